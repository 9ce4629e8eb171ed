"""Lines of marked words, and the messages they fit into: counted first, escaped last."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from itertools import groupby

LENGTH = 4096
"""UTF-16 units in a message, without its tags. Source: https://core.telegram.org/bots/api"""
CAPTION = 1024
"""The same under a picture."""
ENTITIES = 100
"""Marked stretches in a message; Telegram ignores further ones."""

_ENDINGS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNWANTED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, halves of characters, and marks that turn round the words after them."""
_MENTION = re.compile(r"(?<!\w)@(?=\w)")
_JOINER = "\u2060"
"""Invisible, and enough to keep a name with an @ from calling a member of the group."""
_BLANKS = "\u115f\u1160\u2800\u3164\uffa0\ufffc"
"""Letters and symbols by name that show nothing."""


@dataclass(frozen=True, slots=True)
class Span:
    """Words within one line, under one tag: `b`, `i`, `pre` or none."""

    text: str
    tag: str = ""


Line = tuple[Span, ...]
EMPTY: Line = (Span(""),)


def clean(text: str) -> str:
    """Return the text without what Telegram drops, what would garble its surroundings or page."""
    text = _UNWANTED.sub("", _ENDINGS.sub("\n", text).replace("\t", " "))
    return _MENTION.sub("@" + _JOINER, text)


def on_one_line(text: str) -> str:
    return " ".join(clean(text).split())


def is_visible(text: str) -> bool:
    """Tell whether there is anything to see: Telegram refuses a message of spaces."""
    return any(unicodedata.category(char)[0] in "LNPS" and char not in _BLANKS for char in text)


def units(text: str) -> int:
    """Count UTF-16 units, as Telegram does: most emoji are two."""
    return len(text) + sum(char > "\uffff" for char in text)


@dataclass(slots=True)
class Page:
    """One message in the making."""

    lines: list[Line] = field(default_factory=list)
    length: int = 0
    entities: int = 0

    def takes(self, lines: Iterable[Line]) -> bool:
        """Tell whether these lines still fit."""
        lines = list(lines)
        return (
            self.length + sum(map(_length, lines)) <= LENGTH
            and self.entities + sum(map(_entities, lines)) <= ENTITIES
        )

    def add(self, line: Line) -> None:
        self.lines.append(line)
        self.length += _length(line)
        self.entities += _entities(line)

    @property
    def visible(self) -> bool:
        return any(is_visible(span.text) for line in self.lines for span in line)

    @property
    def html(self) -> str:
        """Return the message as Telegram's HTML; neighbouring `pre` lines share one box."""
        stretches = []
        for boxed, lines in groupby(self.lines, key=lambda line: line[0].tag == "pre"):
            if boxed:
                rows = "\n".join(escape(line[0].text, quote=False) for line in lines)
                stretches.append(f"<pre>{rows}</pre>")
            else:
                stretches += ["".join(map(_marked, line)) for line in lines]
        return "\n".join(stretches)


def paginate(blocks: Iterable[list[Line]]) -> list[Page]:
    """Put blocks on pages: whole where one fits on a page, else cut between its lines."""
    page = Page()
    pages = [page]
    for block in blocks:
        lines = [piece for line in block for piece in _pieces(line)]
        if not page.takes(lines):
            page = Page()
            pages.append(page)
        for line in lines:
            if not page.takes([line]):
                page = Page()
                pages.append(page)
            page.add(line)
    return [page for page in pages if page.visible]


def _pieces(line: Line) -> Iterator[Line]:
    """Cut a line that is longer than a message, at a space where there is one near."""
    if _length(line) <= LENGTH:
        yield line
        return
    piece: list[Span] = []
    room = LENGTH - 1
    for span in line:
        rest = span.text
        while rest:
            part = head(rest, room)
            piece.append(Span(part, span.tag))
            rest = rest[len(part) :]
            room -= units(part)
            if rest:
                yield tuple(piece)
                piece, room = [], LENGTH - 1
    yield tuple(piece)


def head(text: str, room: int) -> str:
    """Return as much of the text as fits into so many units."""
    head = text[:room].encode("utf-16-le")[: room * 2].decode("utf-16-le", "ignore")
    if len(head) < len(text):
        return head[: head.rfind(" ", len(head) // 2) + 1] or head
    return head


def _length(line: Line) -> int:
    return 1 + sum(units(span.text) for span in line)


def _entities(line: Line) -> int:
    return sum(bool(span.tag) for span in line)


def _marked(span: Span) -> str:
    words = escape(span.text, quote=False)
    return f"<{span.tag}>{words}</{span.tag}>" if span.tag and words else words
