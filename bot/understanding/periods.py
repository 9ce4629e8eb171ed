"""Find periods: last quarter, past 30 days, Q3 2024, since January, from March to May, 近三个月.

Days and whole calendar units, even while they run, and what is made of them. "Until Monday" runs
from today to that day's start, "by Friday" and "through Friday" include the day. A side left open
is `date.min` or `date.max`.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal, NamedTuple

from bot.understanding.days import WEEKDAYS, find_days
from bot.understanding.spans import Context, NotADate, Span, choose, fold, words
from bot.understanding.stretches import (
    YEAR_EARLIER,
    PeriodValue,
    between,
    find_stretches,
    one_day,
    whole,
)
from bot.understanding.units import Unit, add_months, find_units

__all__ = ["PeriodValue", "find_periods"]

Reading = PeriodValue | NotADate

# Words around a day or unit, which make it one end of a period.
_BEFORE = re.compile(
    r"(?<![a-z])(?:(?P<since>(?:ever )?since|自从?)|(?P<opening>from|starting|从)"
    r"|(?P<until>until|till|til|up to|直?到|截?至|截止到?)|(?P<by>by|through|thru)"
    r"|(?P<before>before)|(?P<after>after))"
    r"(?: the)?(?: |(?<![a-z]))$"
)
_AFTER = re.compile(
    r"(?P<since>份?以来|至今|[到至](?:现在|目前)|起|开始"
    r"| (?:onwards?|(?:to|until|till) now)(?![a-z]))"
    r"|(?P<before>(?:之|以)?前(?!的?[0-9十]))|(?P<after>(?:之|以)?后)"
)
_OPENING = re.compile(r"(?<![a-z])(?:(?P<between>between)|from|从|自)(?: the)? ?$")
_JOIN = re.compile(
    r" ?(?:to|until|till|til|up to|through|thru|-|到|至)(?: the)? ?|(?P<and> and(?: the)? |和|与)"
)
_YEAR = re.compile(r"\d{4}|'\d\d|年|year")
_DAY_ONLY = re.compile(r"(?:the )?(?:\d{1,2}(?:st|nd|rd|th)|[\d一二三四五六七八九十]{1,3}[日号])")

_WEEKDAY = re.compile(words(WEEKDAYS) + "|(?:周|星期|礼拜)[一二三四五六日天]")


class _Atom(NamedTuple):
    """Hold a day, a unit or a complete period; an edge belongs to what ends with it."""

    reading: Reading
    kind: Literal["day", "edge", "unit", "period"]


def find_periods(text: str, context: Context) -> list[Span[Reading]]:
    """Find periods; a day is a period of one day, and what is impossible a NotADate."""
    folded, atoms = fold(text), _atoms(text, context)
    found: list[Span[Reading]] = []
    at = 0
    while at < len(atoms):
        floor = found[-1].end if found else 0
        atom, following = atoms[at], atoms[at + 1] if at + 1 < len(atoms) else None
        span = _range(folded, atom, following, floor, context) if following else None
        at += 2 if span else 1
        if not span:
            ceiling = following.start if following else len(folded)
            span = _one_sided(folded, atom, floor, ceiling, context)
        found.append(span)
    return list(_with_year_earlier(text, found))


def _atoms(text: str, context: Context) -> list[Span[_Atom]]:
    def every() -> Iterator[Span[_Atom]]:
        units = find_units(text, context)
        for unit in units:
            reading = whole(unit.value) if isinstance(unit.value, Unit) else unit.value
            yield Span(unit.start, unit.end, _Atom(reading, "unit"))
        for day in find_days(text, context, units):
            if isinstance(day.value, NotADate):
                yield Span(day.start, day.end, _Atom(day.value, "day"))
            elif day.value.naming != "within":
                kind: Literal["edge", "day"] = "edge" if day.value.naming == "edge" else "day"
                yield Span(day.start, day.end, _Atom(one_day(day.value.date), kind))
        for period in find_stretches(text, context):
            yield Span(period.start, period.end, _Atom(period.value, "period"))

    return choose(every())


def _read(said: str, context: Context) -> PeriodValue | None:
    """Read words that are one day or unit as a whole."""
    for atom in _atoms(said, context):
        if (atom.start, atom.end) == (0, len(said)) and isinstance(atom.value.reading, PeriodValue):
            return atom.value.reading
    return None


def _range(
    folded: str, a: Span[_Atom], b: Span[_Atom], floor: int, context: Context
) -> Span[Reading] | None:
    if "period" in (a.value.kind, b.value.kind):
        return None
    join = _JOIN.fullmatch(folded, a.end, b.start)
    if not join:
        return None
    opening = _OPENING.search(folded, max(floor, a.start - 15), a.start)
    closing = folded.startswith("之间", b.end)
    if join["and"] and not closing and not (opening and opening["between"]):
        return None
    first, last = a.of(folded), b.of(folded)
    more: Literal["a", "b"] | None = None
    if _DAY_ONLY.fullmatch(last) or _says_less(last, first):
        more = "a"
    elif _says_less(first, last):
        more = "b"
    value = between(context, lambda c: _read(first, c), lambda c: _read(last, c), more=more)
    if not value:
        return None
    return Span(opening.start() if opening else a.start, b.end + 2 * closing, value)


def _says_less(a: str, b: str) -> bool:
    """Tell whether one end of a range leaves its month, week or year to the other."""
    return any(
        pattern.fullmatch(a) and not pattern.fullmatch(b) for pattern in (_DAY_ONLY, _WEEKDAY)
    ) or bool(_YEAR.search(b) and not _YEAR.search(a))


def _one_sided(
    folded: str, atom: Span[_Atom], floor: int, ceiling: int, context: Context
) -> Span[Reading]:
    """Read since, until, by, before or after a day or unit, or else the day or unit itself."""
    reading, kind = atom.value
    plain = Span(atom.start, atom.end, reading)
    if kind == "period" or isinstance(reading, NotADate):
        return plain
    before = _BEFORE.search(folded, max(floor, atom.start - 18), atom.start)
    after = _AFTER.match(folded, atom.end, ceiling)
    lead = before.lastgroup if before else None
    side = after.lastgroup if after else lead
    if side in (None, "opening"):
        return plain
    said = atom.of(folded)
    today, tomorrow = context.today, context.today + timedelta(1)
    start, end = (today, date.max) if context.looking == "forward" else (date.min, tomorrow)
    if side == "since":
        start = (_read(said, replace(context, looking="back")) or reading).start
        end = tomorrow if start <= today else date.max
    elif side == "after":
        start = reading.end
    elif side == "by" or kind == "edge":
        end = reading.end
    else:
        end = reading.start
    if start >= end:
        return plain
    opened = before and lead in (side, "opening")
    return Span(
        before.start() if before and opened else atom.start,
        after.end() if after else atom.end,
        PeriodValue(start, end),
    )


def _with_year_earlier(text: str, found: list[Span[Reading]]) -> Iterator[Span[Reading]]:
    """Replace "the same period last year" by that of the first other period; ask without one."""
    others = [s.value for s in found if s.value is not YEAR_EARLIER]
    for span in found:
        if span.value is not YEAR_EARLIER:
            yield span
        elif others and isinstance(others[0], PeriodValue):
            start, end = (add_months(day, -12) for day in (others[0].start, others[0].end))
            yield Span(span.start, span.end, PeriodValue(start, end))
        else:
            yield Span(span.start, span.end, NotADate(span.of(text)))
