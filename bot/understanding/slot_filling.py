"""Turn what the grammar captured into slots: the words, and the value where one is known."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any

from bot.message import Slot
from bot.understanding.grammar import NAME, TEXT, Capture
from bot.understanding.lattice import Sentence
from bot.understanding.money import MoneyValue
from bot.understanding.periods import PeriodValue, find_periods
from bot.understanding.spans import Context, NotADate
from bot.understanding.times import find_whens

AHEAD = frozenset(
    {"deal.list", "deal.forecast", "deal.pipeline", "alert.mute", "ticket.breaching", "task.list"}
)
"""Intents whose periods lie ahead: "closing in May" is the next May, "revenue in May" the last."""
AHEAD_SLOTS = frozenset({"closing"})

ME, IT = "me", "it"


def fill(intent: str, sentence: Sentence, capture: Capture, words: Mapping[str, frozenset[str]]) -> Slot:
    """Return a slot with its words and value; no value where the words name nothing possible.

    Args:
        words: lists of words by name: `pronoun_it`, words that stand for what was spoken of last.
    """
    first, last = _trim(sentence, capture)
    said = sentence.words(first, last)
    if capture.arc is None:
        if capture.kind == NAME and said.casefold() in words["it"]:
            return Slot(text=said, value=IT)
        return Slot(text=said)
    value, kind = capture.arc.value, capture.kind
    if isinstance(value, NotADate):
        return Slot(text=said)
    ahead = intent in AHEAD or capture.slot in AHEAD_SLOTS
    if kind == "period" and ahead:
        value = _again_ahead(said, sentence.context, value)
    return Slot(text=said.lstrip("#") if kind == "code" else said, value=as_json(value, sentence.context, ahead=ahead))


def as_json(value: Any, context: Context, *, ahead: bool = False) -> Any:
    """Return a value as plain JSON, as the parse contract has it."""
    match value:
        case MoneyValue(amount, currency):
            return {"value": amount} | ({"currency": currency} if currency else {})
        case PeriodValue(start, end):
            if start == date.min and ahead:
                start = context.today
            if end == date.max and not ahead:
                end = context.today + timedelta(1)
            return {"start": start.isoformat(), "end": end.isoformat()}
        case date():
            return value.isoformat()
        case str() | int() | float() | None:
            return value
        case _:
            return asdict(value)


def find_when(said: str, context: Context) -> Slot:
    """Read a moment or day from words that are nothing else."""
    for span in find_whens(said, context):
        if not isinstance(span.value, NotADate):
            return Slot(text=span.of(said), value=as_json(span.value, context))
        return Slot(text=span.of(said))
    return Slot(text=said)


def _again_ahead(said: str, context: Context, known: PeriodValue) -> Any:
    """Read a period once more, as one who plans would mean it."""
    for span in find_periods(said, replace(context, looking="forward")):
        return span.value
    return known


def _trim(sentence: Sentence, capture: Capture) -> tuple[int, int]:
    """Leave out articles before a name, and separators around any words."""
    first, last = capture.first, capture.last
    tokens = sentence.tokens
    while first < last - 1 and tokens[first].text == ",":
        first += 1
    while first < last - 1 and tokens[last - 1].text == ",":
        last -= 1
    if capture.kind == TEXT:
        return first, last
    while first < last - 1 and capture.arc is None and tokens[first].text in ("the", "our", "a", "an", "@"):
        if tokens[first].text == "the" and sentence.text[tokens[first].start].isupper() and first > 0:
            break
        first += 1
    return first, last
