"""Find periods: last quarter, past 30 days, Q3 2024, since January, from March to May, 近三个月.

Whole calendar units even while they run; "past 30 days" and "last 3 months" end with today and
include it; "30 days" alone lies behind when looking back, else ahead. "Until Monday" runs from
today to that day's start, "by Friday" and "through Friday" include the day. A side left open is
`date.min` or `date.max`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal, NamedTuple

from bot.understanding import durations
from bot.understanding.dates import date_of
from bot.understanding.days import find_days
from bot.understanding.durations import GAP, elapsed, step
from bot.understanding.numbers import SMALL
from bot.understanding.spans import Context, Grammar, Looking, NotADate, Span, choose, fold
from bot.understanding.units import PIECES as UNIT_PIECES
from bot.understanding.units import (
    Kind,
    Unit,
    add_months,
    find_units,
    named,
    number_of,
    unit_of,
    year_of,
)


@dataclass(frozen=True, slots=True)
class PeriodValue:
    """Hold a period of whole days, its end exclusive."""

    start: date
    end: date

    def __post_init__(self) -> None:
        """Raise ValueError for a period without a day."""
        if self.start >= self.end:
            raise ValueError(self)


Reading = PeriodValue | NotADate
_Reader = Callable[[Context], PeriodValue | None]
# Stands for "the same period last year" until the period beside it is known.
_YEAR_EARLIER = PeriodValue(date.min, date.min + timedelta(1))


def _rolling(sign: int | None) -> Callable[..., PeriodValue]:
    """Return a maker of so many units up to today (-1), from today on (1), or as one looks."""

    def make(context: Context, unit: str, count: str = "1", half: str | None = None) -> PeriodValue:
        today, tomorrow = context.today, context.today + timedelta(1)
        if sign == -1 or (sign is None and context.looking == "back"):
            return PeriodValue(step(tomorrow, count, unit, -1, half), tomorrow)
        return PeriodValue(today, step(today, count, unit, 1, half))

    return make


def _hours(sign: int) -> Callable[..., PeriodValue]:
    def make(context: Context, unit: str, count: str = "1") -> PeriodValue:
        other = (context.now + sign * elapsed(count, unit)).date()
        days = sorted((context.today, other))
        return PeriodValue(days[0], days[1] + timedelta(1))

    return make


def _between(
    context: Context, a: _Reader, b: _Reader, *, more: Literal["a", "b"] | None
) -> PeriodValue | None:
    """Read "March to May 2025": the end with less said lies by the one with `more`.

    With neither, both are read from today, and the one that falls on the wrong side of the other
    again from there.
    """

    def seen_from(period: PeriodValue, looking: Looking) -> Context:
        midnight = datetime.combine(period.start, time(), context.now.tzinfo)
        return replace(context, now=midnight, looking=looking)

    first, last = a(context), b(context)
    if first and last:
        days = last.end - last.start == timedelta(1)
        if more == "a" or (
            not more and last.start < first.start and days and context.looking == "forward"
        ):
            last = b(seen_from(first, "forward"))
        elif more == "b" or last.start < first.start:
            first = a(seen_from(last, "back"))
    if not first or not last or first.start >= last.end:
        return None
    return PeriodValue(first.start, last.end)


_KINDS: dict[str, Kind] = {"w": "week", "m": "month", "q": "quarter", "y": "year"}


def _to_date(context: Context, kind: str) -> PeriodValue:
    start = unit_of(_KINDS[kind[0]], context.today).start
    return PeriodValue(start, context.today + timedelta(1))


def _rest(context: Context, kind: str) -> PeriodValue:
    if kind in ("day", "today"):
        return PeriodValue(context.today, context.today + timedelta(1))
    return PeriodValue(context.today, unit_of(_KINDS[kind[0]], context.today).end)


def _days_of_month(
    context: Context, a: str, b: str, month: str, year: str | None = None
) -> PeriodValue:
    first = date_of(context, int(a), number_of(month), year_of(context, year))
    return PeriodValue(first, first.replace(day=int(b)) + timedelta(1))


def _months(
    context: Context, a: str, b: str, first_year: str | None = None, year: str | None = None
) -> PeriodValue | None:
    return _between(
        context,
        lambda c: _whole(named(c, "month", number_of(a), year_of(c, first_year))),
        lambda c: _whole(named(c, "month", number_of(b), year_of(c, year))),
        more="a" if first_year else "b" if year else None,
    )


def _zh_months(context: Context, a: str, b: str, year: str | None = None) -> PeriodValue | None:
    return _months(context, a, b, first_year=year)


_BEHIND, _AHEAD, _EITHER = _rolling(-1), _rolling(1), _rolling(None)
_TO = "(?:to|until|till|through|thru|-)"
_ZH_TO = "(?:到|至|-)"
_GRAMMAR = Grammar[PeriodValue](
    UNIT_PIECES
    | durations.PIECES
    | {
        "plain_count": rf"\d{{1,4}}|(?!an? (?!couple)){SMALL}",
        "kind": "year|quarter|month|week",
        "letter": "[yqmw]",
        "two": r"\d{1,2}",
        "zh_few": r"\d{1,3}|半|[一二两三四五六七八九十百]{1,5}",
        "zh_any_unit": r"天|个?工作日|周|个?星期|个?礼拜|个月|个?季度|年",
    },
    [
        (f"(?:past|last|previous|recent|trailing) <count:plain_count>{GAP}<unit>", _BEHIND),
        ("past <unit:kind>", _BEHIND),
        (f"(?:next|coming|following|upcoming) <count:plain_count>{GAP}<unit>", _AHEAD),
        ("(?:in|for|over|within|than|least|about) (?P<span><count> <unit>)", _EITHER),
        (f"<count:plain_count>{GAP}<unit>", _EITHER),
        (f"(?:past|last) (?:<count:plain_count>{GAP})?<unit:hours>", _hours(-1)),
        (f"next (?:<count:plain_count>{GAP})?<unit:hours>", _hours(1)),
        ("<kind>(?: |-)to(?: |-)date", _to_date),
        ("<kind:letter>td", _to_date),
        ("so far this <kind>", _to_date),
        ("this <kind> so far", _to_date),
        ("(?:the )?rest of (?:the |this )?(?P<kind>day|today|week|month|quarter|year)", _rest),
        (
            f"(?:from )?<a:month>(?: <first_year:full_year>)? ?{_TO} ?"
            "<b:month>(?:,? <year:full_year>)?",
            _months,
        ),
        (
            "between <a:month>(?: <first_year:full_year>)? and <b:month>(?:,? <year:full_year>)?",
            _months,
        ),
        (
            f"<a:two>(?:st|nd|rd|th)? ?{_TO} ?<b:two>(?:st|nd|rd|th)?(?: of)? <month>(?:,? <year>)?",
            _days_of_month,
        ),
        (
            f"<month> <a:two>(?:st|nd|rd|th)? ?{_TO} ?<b:two>(?:st|nd|rd|th)?(?:,? <year>)?",
            _days_of_month,
        ),
        ("(?:the )?same (?:period|time|week|month|quarter) last year", lambda c: _YEAR_EARLIER),
    ],
    [
        ("(?:最近|过去|近|前|这|上)的?<count:zh_count><unit:zh_unit>(?:以来|之?内|里)?", _BEHIND),
        ("(?:未来|接下来|今后|往后|后|下)的?<count:zh_count><unit:zh_unit>(?:之?内|里)?", _AHEAD),
        ("<count:zh_few><unit:zh_any_unit>(?:以内|之?内)?", _EITHER),
        ("(?:最近|过去|近)的?<count:zh_count><unit:zh_hours>(?:之?内|里)?", _hours(-1)),
        ("(?:未来|接下来|今后)的?<count:zh_count><unit:zh_hours>(?:之?内|里)?", _hours(1)),
        (f"从?(?:<year:zh_year>的?)?<a:zh_number>(?:月份?)?{_ZH_TO}<b:zh_number>月份?", _zh_months),
        (
            f"(?:<year:zh_year>)?<month:zh_number>月<a:two>[日号]?{_ZH_TO}<b:two>[日号]",
            _days_of_month,
        ),
        ("(?:去年|上年)同期", lambda c: _YEAR_EARLIER),
    ],
)

# Words around a day or unit, which make it one end of a period.
_BEFORE = re.compile(
    r"(?<![a-z])(?:(?P<since>(?:ever )?since|自从?)|(?P<from_>from|starting|从)|(?P<until>until|till"
    r"|til|up to|直?到|截?至|截止到?)|(?P<by>by|through|thru)|(?P<before>before)|(?P<after>after))"
    r"(?: the)?(?: |(?<![a-z]))$"
)
_AFTER = re.compile(
    r"(?P<since>份?以来|至今|[到至](?:现在|目前)|起|开始| onwards?(?![a-z])| (?:to|until|till) now(?![a-z]))|(?P<before>(?:之|以)?前(?!的?[0-9十]))"
    r"|(?P<after>(?:之|以)?后)"
)
_OPENING = re.compile(r"(?<![a-z])(?:(?P<between>between)|from|从|自)(?: the)? ?$")
_JOIN = re.compile(
    r" ?(?:to|until|till|til|up to|through|thru|-|到|至)(?: the)? ?|(?P<and> and(?: the)? |和|与)"
)
_YEAR = re.compile(r"\d{4}|'\d\d|年|year")
_DAY_ONLY = re.compile(r"(?:the )?(?:\d{1,2}(?:st|nd|rd|th)|[\d一二三四五六七八九十]{1,3}[日号])")


class _Atom(NamedTuple):
    """Hold a day, a unit or a complete period; an edge belongs to what ends with it."""

    reading: Reading
    kind: Literal["day", "edge", "unit", "period"]


def find_periods(text: str, context: Context) -> list[Span[Reading]]:
    """Find periods; a day is a period of one day, and what is impossible a NotADate."""
    folded, atoms = fold(text), _atoms(text, context)
    found: list[Span[Reading]] = []
    while atoms:
        floor = found[-1].end if found else 0
        span = _range(folded, atoms, floor, context)
        if span:
            del atoms[:2]
        else:
            ceiling = atoms[1].start if atoms[1:] else len(folded)
            span = _one_sided(folded, atoms[0], floor, ceiling, context)
            del atoms[:1]
        found.append(span)
    return list(_with_year_earlier(text, found))


def _atoms(text: str, context: Context) -> list[Span[_Atom]]:
    def every() -> Iterator[Span[_Atom]]:
        units = find_units(text, context)
        for unit in units:
            reading = unit.value
            if isinstance(reading, Unit):
                reading = _whole(reading)
            yield Span(unit.start, unit.end, _Atom(reading, "unit"))
        for day in find_days(text, context, units):
            if isinstance(day.value, NotADate):
                yield Span(day.start, day.end, _Atom(day.value, "day"))
            elif day.value.naming != "within":
                kind: Literal["edge", "day"] = "edge" if day.value.naming == "edge" else "day"
                yield Span(day.start, day.end, _Atom(_one_day(day.value.date), kind))
        for period in _GRAMMAR.scan(text, context):
            yield Span(period.start, period.end, _Atom(period.value, "period"))

    return choose(every())


def _whole(unit: Unit) -> PeriodValue:
    return PeriodValue(unit.start, unit.end)


def _one_day(day: date) -> PeriodValue:
    return PeriodValue(day, day + timedelta(1))


def _read(said: str, context: Context) -> PeriodValue | None:
    """Read words that are one day or unit as a whole."""
    for atom in _atoms(said, context):
        if (atom.start, atom.end) == (0, len(said)) and isinstance(atom.value.reading, PeriodValue):
            return atom.value.reading
    return None


def _range(
    folded: str, atoms: list[Span[_Atom]], floor: int, context: Context
) -> Span[Reading] | None:
    if len(atoms) < 2 or "period" in (atoms[0].value.kind, atoms[1].value.kind):
        return None
    a, b = atoms[:2]
    join = _JOIN.fullmatch(folded, a.end, b.start)
    if not join:
        return None
    opening = _OPENING.search(folded, max(floor, a.start - 15), a.start)
    closing = folded.startswith("之间", b.end)
    if join["and"] and not closing and not (opening and opening["between"]):
        return None
    first, last = a.of(folded), b.of(folded)
    more: Literal["a", "b"] | None = None
    if _DAY_ONLY.fullmatch(last) or (_YEAR.search(first) and not _YEAR.search(last)):
        more = "a"
    elif _YEAR.search(last) and not _YEAR.search(first):
        more = "b"
    value = _between(context, lambda c: _read(first, c), lambda c: _read(last, c), more=more)
    if not value:
        return None
    return Span(opening.start() if opening else a.start, b.end + 2 * closing, value)


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
    if side in (None, "from_"):
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
    opened = before and (lead == side or lead == "from_")
    return Span(
        before.start() if before and opened else atom.start,
        after.end() if after else atom.end,
        PeriodValue(start, end),
    )


def _with_year_earlier(text: str, found: list[Span[Reading]]) -> Iterator[Span[Reading]]:
    """Replace "the same period last year" by that of the first other period; ask without one."""
    others = [s.value for s in found if s.value is not _YEAR_EARLIER]
    for span in found:
        if span.value is not _YEAR_EARLIER:
            yield span
        elif others and isinstance(others[0], PeriodValue):
            start, end = (add_months(day, -12) for day in (others[0].start, others[0].end))
            yield Span(span.start, span.end, PeriodValue(start, end))
        else:
            yield Span(span.start, span.end, NotADate(span.of(text)))
