"""Find periods that are said as a whole: past 30 days, year to date, 1-15 March, 近三个月.

"Past 30 days" and "last 3 months" end with today and include it, "next 30 days" begin with it;
"30 days" alone lie behind when looking back, else ahead.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from bot.understanding import durations, units
from bot.understanding.dates import date_of
from bot.understanding.durations import GAP, elapsed, step
from bot.understanding.numbers import SMALL
from bot.understanding.spans import Context, Grammar, Looking, NotADate, Rules, Span
from bot.understanding.units import Kind, Unit, named, number_of, unit_of, year_of


@dataclass(frozen=True, slots=True)
class PeriodValue:
    """Hold a period of whole days, its end exclusive."""

    start: date
    end: date

    def __post_init__(self) -> None:
        """Raise ValueError for a period without a day."""
        if self.start >= self.end:
            raise ValueError(self)


Reader = Callable[[Context], PeriodValue | None]
# Stands for "the same period last year" until the period beside it is known.
YEAR_EARLIER = PeriodValue(date.min, date.min + timedelta(1))
_KINDS: dict[str, Kind] = {"w": "week", "m": "month", "q": "quarter", "y": "year"}


def one_day(day: date) -> PeriodValue:
    """Return the period of that day."""
    return PeriodValue(day, day + timedelta(1))


def whole(unit: Unit) -> PeriodValue:
    """Return the period of that unit."""
    return PeriodValue(unit.start, unit.end)


def between(
    context: Context, a: Reader, b: Reader, *, more: Literal["a", "b"] | None
) -> PeriodValue | None:
    """Read "March to May 2025": the end with less said lies by the one that says `more`.

    Where neither does, both are read from today, and if they are the wrong way round one of them
    again from the other.
    """

    def seen_from(period: PeriodValue, looking: Looking) -> Context:
        midnight = datetime.combine(period.start, time(), context.now.tzinfo)
        return replace(context, now=midnight, looking=looking)

    first, last = a(context), b(context)
    if first and last:
        crossed = more is None and last.start < first.start
        # Of units the last has not ended yet; of days the first is still to come.
        ahead = context.looking == "forward" and last == one_day(last.start)
        if more == "a" or (crossed and ahead):
            last = b(seen_from(first, "forward"))
        elif more == "b" or crossed:
            first = a(seen_from(last, "back"))
    if not first or not last or first.start >= last.end:
        return None
    return PeriodValue(first.start, last.end)


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
    return between(
        context,
        lambda c: whole(named(c, "month", number_of(a), year_of(c, first_year))),
        lambda c: whole(named(c, "month", number_of(b), year_of(c, year))),
        more="a" if first_year else "b" if year else None,
    )


def _zh_months(context: Context, a: str, b: str, year: str | None = None) -> PeriodValue | None:
    return _months(context, a, b, first_year=year)


_BEHIND, _AHEAD, _EITHER = _rolling(-1), _rolling(1), _rolling(None)
_TO = "(?:to|until|till|through|thru|-)"
_ZH_TO = "(?:到|至|-)"
_TH = "(?:st|nd|rd|th)?"
_PIECES = (
    units.PIECES
    | durations.PIECES
    | {
        "plain_count": rf"\d{{1,4}}|(?!an? (?!couple)){SMALL}",
        "kind": "year|quarter|month|week",
        "letter": "[yqmw]",
        "two": r"\d{1,2}",
        "zh_few": r"\d{1,3}|半|[一二两三四五六七八九十百]{1,5}",
        "zh_any_unit": r"天|个?工作日|周|个?星期|个?礼拜|个月|个?季度|年",
    }
)
_ENGLISH: Rules[PeriodValue] = [
    (f"(?:past|last|previous|recent|trailing) <count:plain_count>{GAP}<unit>", _BEHIND),
    ("past <unit:kind>", _BEHIND),
    (f"(?:next|coming|following|upcoming) <count:plain_count>{GAP}<unit>", _AHEAD),
    ("(?:in|for|over|within|than|least|about) (?P<span><count> <unit>)", _EITHER),
    (f"<count:plain_count>{GAP}<unit>", _EITHER),
    (f"(?:past|last) (?:<count:plain_count>{GAP})?<unit:hours>", _hours(-1)),
    (f"next (?:<count:plain_count>{GAP})?<unit:hours>", _hours(1)),
    (f"<count:plain_count>{GAP}<unit:hours>", _hours(1)),
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
    ("(?:the )?same (?:period|time|week|month|quarter) last year", lambda c: YEAR_EARLIER),
]
_CHINESE: Rules[PeriodValue] = [
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
    ("(?:去年|上年)同期", lambda c: YEAR_EARLIER),
]
_GRAMMAR = Grammar[PeriodValue](_PIECES, _ENGLISH, _CHINESE)


def find_stretches(text: str, context: Context) -> list[Span[PeriodValue | NotADate]]:
    """Find periods said as a whole; the readings may overlap."""
    return _GRAMMAR.scan(text, context)
