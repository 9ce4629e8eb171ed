"""Words that remember which of them name a person or a moment.

A platform that knows its people, and its readers' time zones, shows those in its own way; all
others show the words as they are.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.message import Neutral

# Private characters: they stand around a name while a sentence is put together, and nowhere else.
_OPEN, _MIDDLE, _CLOSE = "\ue000", "\ue001", "\ue002"
_MARKS = str.maketrans("", "", _OPEN + _MIDDLE + _CLOSE)
_MARKED = re.compile(f"{_OPEN}(\\d+){_MIDDLE}([^{_OPEN}{_CLOSE}]*){_CLOSE}")


class Span(Neutral):
    """The characters from `start` up to `end` name a user of the CRM by id, or a moment."""

    start: int
    end: int
    person: int | None = None
    moment: datetime | None = None


class Said(str):
    """Text with its spans, in order and apart. Cut or joined it is a mere string."""

    __slots__ = ("spans",)
    spans: tuple[Span, ...]

    def __new__(cls, text: str, spans: Iterable[Span] = ()) -> "Said":
        said = super().__new__(cls, text)
        said.spans = tuple(spans)
        return said

    @classmethod
    def naming(cls, text: str, **what: Any) -> "Said":
        """Make words that as a whole name one thing."""
        return cls(text, [Span(start=0, end=len(text), **what)])


def sentence(make: Callable[[Mapping[str, Any]], str], data: Mapping[str, Any]) -> str:
    """Return the sentence that `make` forms of `data`; it knows what the names in it name."""
    if not any(isinstance(value, Said) and value.spans for value in data.values()):
        return make(data)
    named: list[Span] = []
    text = make({name: _marked(value, named) for name, value in data.items()})
    spans, plain, end = [], "", 0
    for match in _MARKED.finditer(text):
        plain += text[end : match.start()]
        start, end = len(plain), match.end()
        plain += match[2]
        spans.append(named[int(match[1])].model_copy(update={"start": start, "end": len(plain)}))
    return Said(plain + text[end:], spans)


def _marked(value: Any, named: list[Span]) -> Any:
    if not isinstance(value, str):
        return value
    pieces, end = "", 0
    for span in value.spans if isinstance(value, Said) else ():
        pieces += value[end : span.start].translate(_MARKS)
        name = value[span.start : span.end].translate(_MARKS)
        pieces += f"{_OPEN}{len(named)}{_MIDDLE}{name}{_CLOSE}"
        named.append(span)
        end = span.end
    return pieces + value[end:].translate(_MARKS)


def spans_of(name: str) -> Callable[[Any], Any]:
    """Make a check before validation: what is said in the field `name` brings its spans along."""

    def bring(data: Any) -> Any:
        said = data.get(name) if isinstance(data, dict) else None
        return {"spans": said.spans, **data} if isinstance(said, Said) else data

    return bring
