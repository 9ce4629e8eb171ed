"""A Reply as Slack's Block Kit, inside every limit.

Source: https://docs.slack.dev/reference/block-kit/blocks
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeVar

import structlog

from adapters.slack.markup import ELLIPSIS, annotated, clean, escape, fit, on_one_line, pages, size
from adapters.slack.tables import native, preformatted
from bot.reply import Button, Buttons, Chart, Fields, File, Part, Reply, Table, Text

BLOCKS = 50
WEIGHT = 12_000
"""Characters that a message's blocks may hold. Slack documents no figure; it was seen to refuse
from about 13,200, the frames of the blocks included."""
FRAME = 50
"""What a block weighs beside its text."""
HEADER, SECTION, CONTEXT = 150, 3_000, 2_000
FIELD, FIELDS = 2_000, 10
LABEL, ACTIONS = 75, 25
FEW = 5
"""Choices shown as buttons; more become a menu."""
OPTIONS = 50
"""Choices in one menu. Slack takes 100, but their labels also count as text of the message."""
FALLBACK = 3_900
PRESS, FORM = "press-", "form-"
"""How the ids of buttons begin: of those that do something at once, and that open a form."""

log = structlog.get_logger(__name__)

Block = dict[str, Any]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Content:
    """What to post. `text` is for notifications and screen readers."""

    text: str
    blocks: list[Block]
    cut: tuple[Table, ...] = ()
    """The tables of which not all rows are shown."""


def render(
    reply: Reply,
    *,
    alone: bool,
    thread: str = "",
    tables: bool = True,
    people: Mapping[int, str] | None = None,
) -> Content:
    """Return the reply as blocks; none if it is empty.

    Private fields are left out unless the reader is `alone`. `thread` is remembered in the buttons,
    for Slack does not tell it of every message that carries them. What is too long loses words
    before buttons. `tables`: Slack draws tables in this place; else they are aligned text.
    `people` are Slack's ids of the users that are named.
    """
    known = people or {}
    parts = [_visible(part, alone) for part in reply.parts]
    source = fit(clean(reply.provenance or ""), CONTEXT)
    provenance = [_context(source)] if source else []
    buttons = _actions(parts, thread)
    kept = [*provenance, *(block for blocks in buttons.values() for block in blocks)]
    room = WEIGHT - weigh(kept) - weigh([_context(ELLIPSIS)])
    free = BLOCKS - len(kept) - 1
    blocks: list[Block] = []
    drawn, cut = 0 if tables else 1, []
    for index, part in enumerate(parts):
        if isinstance(part, Buttons):
            blocks += buttons[index]
            continue
        drawn += isinstance(part, Table)
        for block in _drawn(part, room - 2 * FRAME, drawn == 1, known):
            if isinstance(part, Table) and block["type"] == "context":
                cut.append(part)
            room -= weigh([block])
            free -= 1
            if room < 0 or free < 0:
                break
            blocks.append(block)
    blocks += provenance
    if room < 0 or free < 0:
        blocks.append(_context(ELLIPSIS))
    return Content(_fallback(parts, reply.provenance), blocks, tuple(cut))


def weigh(blocks: list[Block]) -> int:
    """Return what blocks take of a message's room, in characters."""
    return sum(FRAME + _characters(block) for block in blocks)


def _characters(node: Any) -> int:
    if isinstance(node, dict):
        own = sum(size(node[key]) for key in ("text", "value") if isinstance(node.get(key), str))
        return own + sum(map(_characters, node.values()))
    return sum(map(_characters, node)) if isinstance(node, list) else 0


def _visible(part: Part, alone: bool) -> Part:
    if isinstance(part, Fields) and not alone:
        return Fields(fields=[field for field in part.fields if not field.private])
    return part


def _fallback(parts: list[Part], provenance: str | None) -> str:
    said: list[Part] = [part for part in parts if not isinstance(part, Buttons)]
    return fit(clean(Reply(parts=said or parts, provenance=provenance).text) or ELLIPSIS, FALLBACK)


def _drawn(
    part: Text | Fields | Table | Chart | File,
    room: int,
    first_table: bool,
    people: Mapping[int, str],
) -> Iterator[Block]:
    if isinstance(part, Text):
        yield from _words(part, people)
    elif isinstance(part, Fields):
        yield from _labelled(part, people)
    elif isinstance(part, Chart | File):
        yield from _words(Text(text=part.alt if isinstance(part, Chart) else part.name), {})
    else:
        yield from native(part, room) if first_table else preformatted(part, room)


def _words(part: Text, people: Mapping[int, str]) -> Iterator[Block]:
    text = clean(part.text)
    limit = CONTEXT if part.style == "quiet" else SECTION
    own = annotated(part.text, part.spans, people)
    if own and size(own) <= limit and part.style != "strong":
        yield _context(own, _mrkdwn) if part.style == "quiet" else _section(_mrkdwn(own))
    elif part.style == "quiet":
        for page in pages(text, limit):
            yield _context(page)
    elif part.style == "strong" and "\n" not in text and 0 < size(escape(text)) <= HEADER:
        yield {"type": "header", "text": _plain(escape(text))}
    else:
        for page in pages(text, limit):
            yield _section(_plain(page))


def _labelled(part: Fields, people: Mapping[int, str]) -> Iterator[Block]:
    for some in _runs(part.fields, FIELDS):
        texts = []
        for field in some:
            label = fit(on_one_line(field.label) or ELLIPSIS, LABEL)
            value = annotated(field.value, field.spans, people) or ""
            if not 0 < size(value) <= FIELD - LABEL - 3:
                value = fit(clean(field.value) or "–", FIELD - LABEL - 3)
            texts.append(_mrkdwn(f"*{label}*\n{value}"))
        yield {"type": "section", "fields": texts}


def _actions(parts: list[Part], thread: str) -> dict[int, list[Block]]:
    """Return the blocks of each part that has buttons, by its place in the reply.

    They get half the message's room at the most; buttons beyond that are left out.
    """
    numbers = count()
    room, free = WEIGHT // 2, BLOCKS // 2
    drawn: dict[int, list[Block]] = {}
    for index, part in enumerate(parts):
        if not isinstance(part, Buttons):
            continue
        drawn[index] = []
        for n, elements in enumerate(_elements(part, numbers)):
            block = {"type": "actions", "block_id": f"{thread}#{index}-{n}", "elements": elements}
            room -= weigh([block])
            free -= 1
            if room >= 0 and free >= 0:
                drawn[index].append(block)
            else:
                log.warning("slack.buttons_left_out", elements=len(elements))
    return drawn


def _elements(part: Buttons, numbers: "count[int]") -> Iterator[list[Block]]:
    """Give the elements of each block: a menu for many choices, else a row of buttons."""
    if part.choice and len(part.buttons) > FEW:
        for some in _runs(part.buttons, OPTIONS):
            options = [{"text": _label(button), "value": button.token} for button in some]
            yield [
                {
                    "type": "static_select",
                    "action_id": f"{PRESS}{next(numbers)}",
                    "placeholder": _plain(ELLIPSIS),
                    "options": options,
                }
            ]
    else:
        for row in _runs(part.buttons, ACTIONS):
            yield [
                _button(button, f"{FORM if button.form else PRESS}{next(numbers)}")
                for button in row
            ]


def _button(button: Button, action: str) -> Block:
    element = {
        "type": "button",
        "action_id": action,
        "text": _label(button),
        "value": button.token,
    }
    return element if button.style == "default" else {**element, "style": button.style}


def _label(button: Button) -> Block:
    return _plain(fit(on_one_line(button.label) or ELLIPSIS, LABEL))


def _context(text: str, write: Callable[[str], Block] | None = None) -> Block:
    return {"type": "context", "elements": [(write or _plain)(text)]}


def _section(text: Block) -> Block:
    return {"type": "section", "text": text}


def _mrkdwn(text: str) -> Block:
    # Verbatim: Slack looks for no names, channels or links of its own accord.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}


def _runs(items: Sequence[Item], length: int) -> Iterator[Sequence[Item]]:
    return (items[start : start + length] for start in range(0, len(items), length))
