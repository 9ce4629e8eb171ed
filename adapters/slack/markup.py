"""Slack's way of writing text, read and written.

Source: https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate

from bot.said import Span

ELLIPSIS = "…"
_CONTROL = re.compile(r"<([^<>]+)>")
_ENTITY = re.compile(r"&(amp|lt|gt);")
_CHARACTER = {"amp": "&", "lt": "<", "gt": ">"}
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""What databases refuse: NUL, and halves of characters."""
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the direction of whatever follows."""
_BROADCAST = re.compile(r"@(?=(?:here|channel|everyone)\b)", re.IGNORECASE)
_MARKUP = re.compile("<(?=[!@#])")
_JOINER = "\u2060"
"""Invisible, and enough to keep Slack from reading what it stands in."""


def mentioned(text: str) -> list[str]:
    """Return the ids of the people that a raw text mentions."""
    return re.findall(r"<@([UW]\w+)", text)


def plain(text: str, me: str, names: Mapping[str, str]) -> str:
    """Return a raw text as a person reads it, without the mention of `me`.

    `names` says who the mentioned are, by id.
    """
    text = re.sub(rf"<@{me}(?:\|[^<>]*)?>[,:，：]?\s*", "", text)
    text = _CONTROL.sub(lambda match: _word(match[1], names), text)
    text = _ENTITY.sub(lambda match: _CHARACTER[match[1]], text)
    return _UNSTORABLE.sub("", text).strip()


def _word(control: str, names: Mapping[str, str]) -> str:
    """Read what stands between `<` and `>`: a person, a channel, a group, a date or a link."""
    target, _, label = control.partition("|")
    if target.startswith("@"):
        return names.get(target[1:]) or label or target[1:]
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("!"):
        return label or f"@{target[1:].partition('^')[0]}"
    return label or target.removeprefix("mailto:").removeprefix("tel:")


def clean(text: str) -> str:
    """Return text that pages nobody and does not disturb its neighbours."""
    return _tidy(text).strip()


def _tidy(text: str) -> str:
    text = _REORDERING.sub("", _UNSTORABLE.sub("", text)).replace("\r\n", "\n")
    return _BROADCAST.sub(f"@{_JOINER}", text)


def annotated(text: str, spans: Sequence[Span], people: Mapping[int, str]) -> str | None:
    """Write text with its moments in each reader's zone, and its people as Slack's own.

    None where there is nothing of that; `people` are Slack's ids of the CRM's users.
    """
    written, end = "", 0
    for span in spans:
        label = text[span.start : span.end]
        if span.moment is not None:
            fallback = escape(re.sub(r"[|<>\n]", " ", clean(label)))
            control = f"<!date^{int(span.moment.timestamp())}^{{date_short}} {{time}}|{fallback}>"
        elif span.person is not None and span.person in people:
            control = f"<@{people[span.person]}>"
        else:
            continue
        written += escape(_tidy(text[end : span.start])) + control
        end = span.end
    return (written + escape(_tidy(text[end:]))).strip() if end else None


def on_one_line(text: str) -> str:
    """Return clean text without line breaks and runs of spaces."""
    return " ".join(clean(text).split())


def inert(text: str) -> str:
    """Return text for where Slack decodes no entities, so that none may be written."""
    return _MARKUP.sub(f"<{_JOINER}", text)


def escape(text: str) -> str:
    """Write the three characters that Slack reads as markup. Comes last."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def size(text: str) -> int:
    """Count as Slack does at its strictest: in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fit(text: str, limit: int, write: Callable[[str], str] = escape) -> str:
    """Return text as written, cut at a character and with an ellipsis where it is too long."""
    if size(write(text)) <= limit:
        return write(text)
    return write(text[: _prefix(text, limit - 1, write)].rstrip()) + ELLIPSIS


def pages(text: str, limit: int) -> Iterator[str]:
    """Escape text and split it at lines or words into pieces within the limit."""
    while size(escape(text)) > limit:
        end = _prefix(text, limit, escape)
        at = max(text.rfind("\n", 1, end), 0) or max(text.rfind(" ", 1, end), 0) or end
        yield escape(text[:at])
        text = text[at:].lstrip()
    if text:
        yield escape(text)


def _prefix(text: str, limit: int, write: Callable[[str], str]) -> int:
    """Count the characters that fit, once written; each takes a unit at least."""
    sizes = accumulate(size(write(character)) for character in text[:limit])
    return sum(1 for total in sizes if total <= limit)
