"""Find whole calendar units: this month, last quarter, Q3 2024, in January, 上半年, 2024年3月.

Weeks run Monday to Sunday. A unit without a year is, for a plan, the next that has not ended
and, for a look back, the last that has begun; both may be running.
"""

import calendar
from collections.abc import Callable
from datetime import date, timedelta
from typing import Literal, NamedTuple, cast

from bot.understanding.numbers import parse_number
from bot.understanding.spans import Context, Grammar, NotADate, Rules, Span, numbered, words

Kind = Literal["week", "weekend", "month", "quarter", "half", "year"]
_LENGTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}


class Unit(NamedTuple):
    """Hold a calendar unit, its end exclusive."""

    kind: Kind
    start: date
    end: date


def add_months(day: date, months: int) -> date:
    """Return the same day of another month, or that month's last day if it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError(year)
    last = 28 if day.day <= 28 else calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def unit_of(kind: Kind, day: date, shift: int = 0) -> Unit:
    """Return the unit that the day lies in, or the one so many later."""
    if kind in ("week", "weekend"):
        monday = day + timedelta(7 * shift - day.weekday())
        first = monday + timedelta(5) if kind == "weekend" else monday
        return Unit(kind, first, monday + timedelta(7))
    length = _LENGTHS[kind]
    first = add_months(day.replace(day=1), length * shift - (day.month - 1) % length)
    return Unit(kind, first, add_months(first, length))


def named(context: Context, kind: Kind, index: int, year: int | None = None) -> Unit:
    """Return the month, quarter or half of that number, of the year said or of the one meant."""
    unit = unit_of(kind, date(year or context.today.year, (index - 1) * _LENGTHS[kind] + 1, 1))
    if year is None and context.looking == "forward" and unit.end <= context.today:
        return unit_of(kind, add_months(unit.start, 12))
    if year is None and context.looking == "back" and unit.start > context.today:
        return unit_of(kind, add_months(unit.start, -12))
    return unit


# --- words -----------------------------------------------------------------------------------

MONTHS = numbered(
    "january february march april may june july august september october november december", 1
)
MONTHS |= {name[:3]: number for name, number in MONTHS.items()} | {"sept": 9}
SHIFTS = {"this": 0, "current": 0, "this coming": 0}
SHIFTS |= dict.fromkeys(("next", "coming", "upcoming", "following"), 1)
SHIFTS |= dict.fromkeys(("last", "previous", "prior"), -1)
ZH_SHIFTS = {"这": 0, "这个": 0, "本": 0, "当": 0, "上": -1, "上个": -1, "上一": -1, "下": 1}
ZH_SHIFTS |= {
    "上一个": -1,
    "下个": 1,
    "下一": 1,
    "下一个": 1,
    "上上": -2,
    "上上个": -2,
    "下下": 2,
    "下下个": 2,
}
_ZH_KINDS: dict[str, Kind] = {"周": "week", "星期": "week", "礼拜": "week", "周末": "weekend"}
_ZH_KINDS |= {"月": "month", "季": "quarter", "季度": "quarter", "年": "year", "年度": "year"}
_ZH_YEARS = {"大前年": -3, "前年": -2, "去年": -1, "今年": 0, "明年": 1, "后年": 2}
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3}
_ORDINALS |= dict.fromkeys(("fourth", "4th", "final", "last"), 4)

# Month names that are no other word and no person's; the others need a word before or after.
_SURE = ("january", "february", "july", "september", "october", "november", "december")
_LEADS = (
    "(?:in|by|until|till|til|to|for|since|from|before|after|during|of|through|into|vs|versus|with|"
    "between|than|mid|early|late|due|closing)"
)
_FOLLOWERS = (
    "(?: (?:forecast|revenue|sales|orders|numbers|figures|results|deals|tickets|pipeline|report|"
    "target|quota|vs|versus)| ?- ?[a-z])"
)
_NOT_MODAL = (
    "(?! (?:be|not|have|has|i|we|you|they|also|still|need|want|leave|churn|go|come|buy)(?![a-z]))"
)
_BEFORE_YEAR = (
    "(?:in|during|of|since|from|for|to|until|by|before|after|through|and|vs|versus|than|with|year|"
    "between|revenue|growth|[a-z]{2,12}s)"
)
_NO_YEAR = "(?! ?(?:units|pieces|dollars|euros|usd|eur|gbp|is|was|to|as|has|needs|[€元块万个件%]))"

PIECES = {
    "month": rf"{words(set(MONTHS) - {'may'})}\.?|may{_NOT_MODAL}",
    "year": r"(?:19|20)\d\d|'\d\d|(?:this|last|next) year",
    "full_year": r"(?:19|20)\d\d",
    "shift": words(SHIFTS),
    "zh_number": r"\d{1,2}|[二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九]",
    "zh_year": rf"(?:(?:19|20)\d\d|[一二][零〇一二三四五六七八九]{{3}}|\d\d)年|{words(_ZH_YEARS)}",
    "zh_shift": words(ZH_SHIFTS),
}
_MORE = {
    "kind": "weekend|week|month|quarter|half|year|wk|mth|qtr|q|yr",
    "sure": words(_SURE),
    "not_may": rf"{words(set(MONTHS) - {'may'})}",
    "ordinal": "(?:first|second|third|fourth|final|1st|2nd|3rd|4th)",
    "one_to_four": "[1-4一二三四]",
    "zh_full_year": r"(?:(?:19|20)\d\d|[23]\d|[一二][零〇一二三四五六七八九]{3})年|"
    + words(_ZH_YEARS),
    "zh_kind": words(_ZH_KINDS),
}


def year_of(context: Context, said: str | None) -> int | None:
    """Return the year of "2024", "'24", "last year", 24年 or 去年, or None."""
    if said is None:
        return None
    if said in _ZH_YEARS:
        return context.today.year + _ZH_YEARS[said]
    if said.endswith(" year"):
        return context.today.year + SHIFTS[said.removesuffix(" year")]
    year = int(parse_number(said.strip("'年")) or 0)
    return year + 2000 if year < 100 else year


def number_of(said: str) -> int:
    """Return the number of a month's name, an ordinal or a numeral."""
    number = MONTHS.get(said.rstrip(".")) or _ORDINALS.get(said) or parse_number(said)
    return int(number or 0)


def _named(kind: Kind) -> Callable[..., Unit]:
    def make(context: Context, index: str, year: str | None = None) -> Unit:
        return named(context, kind, number_of(index), year_of(context, year))

    return make


def _zh_half(context: Context, half: str, year: str | None = None) -> Unit:
    return named(context, "half", "上下".index(half) + 1, year_of(context, year))


def _shifted_month(context: Context, shift: str, index: str) -> Unit:
    """Read "next January" as the first yet to begin, "last January" as the last that ended."""
    number, step = number_of(index), SHIFTS[shift]
    elsewhere = step != 0 and (number - context.today.month) * step <= 0
    return unit_of("month", date(context.today.year + step * elsewhere, number, 1))


def _year(context: Context, year: str) -> Unit:
    return unit_of("year", date(year_of(context, year) or 0, 1, 1))


def _weekend(context: Context) -> Unit:
    unit = unit_of("weekend", context.today)
    back = context.looking == "back" and unit.start > context.today
    return unit_of("weekend", context.today, -1) if back else unit


def _zh_shifted(context: Context, zh_shift: str, zh_kind: str) -> Unit:
    return unit_of(_ZH_KINDS[zh_kind], context.today, ZH_SHIFTS[zh_shift])


def _kind(said: str) -> Kind:
    return _SHORT.get(said) or cast(Kind, said)


_SHORT: dict[str, Kind] = {"wk": "week", "mth": "month", "qtr": "quarter", "q": "quarter"}
_SHORT |= {"yr": "year"}
_MONTH, _QUARTER, _HALF = _named("month"), _named("quarter"), _named("half")
_ENGLISH: Rules[Unit] = [
    ("<shift> <kind>", lambda c, shift, kind: unit_of(_kind(kind), c.today, SHIFTS[shift])),
    ("<kind> after next", lambda c, kind: unit_of(_kind(kind), c.today, 2)),
    ("<kind> before last", lambda c, kind: unit_of(_kind(kind), c.today, -2)),
    ("(?:the|at|over) (?P<span>weekend)", _weekend),
    ("<index:month>,?(?: of)? <year>", _MONTH),
    ("(?P<shift>this|next|last|previous|coming) <index:month>", _shifted_month),
    ("<index:sure>", _MONTH),
    (f"{_LEADS}(?: |-)(?P<span><index:month>)", _MONTH),
    ("(?:and |- ?)(?P<span><index:not_may>)", _MONTH),
    ("^(?P<span><index:month>)(?=[ .!?]*$)", _MONTH),
    (f"<index:month>(?={_FOLLOWERS})", _MONTH),
    (r"\d ?[km€]? (?P<span><index:not_may>)(?=[ .!?]*$)", _MONTH),
    ("<index:ordinal> quarter(?:,? (?:of )?<year>)?", _QUARTER),
    ("h(?P<index>[12])(?:,? ?(?:of )?<year>)?", _HALF),
    ("(?P<index>first|second) half(?: of the year|,? (?:of )?<year>)?", _HALF),
    (f"{_BEFORE_YEAR} (?P<span><year:full_year>){_NO_YEAR}", _year),
]
_SHARED: Rules[Unit] = [
    ("q<index:one_to_four>(?:,? ?(?:of )?<year>)?", _QUARTER),
    ("<year>(?: |-)?q<index:one_to_four>", _QUARTER),
    (f"^(?P<span><year:full_year>){_NO_YEAR}", _year),
    (f"- ?(?P<span><year:full_year>){_NO_YEAR}", _year),
]
_CHINESE: Rules[Unit] = [
    ("(?<![晚早马以线])<zh_shift><zh_kind>(?!期)", _zh_shifted),
    ("周末", _weekend),
    ("(?:<year:zh_year>的?)?第?<index:one_to_four>季度", _QUARTER),
    ("(?:<year:zh_year>的?)?q<index:one_to_four>", _QUARTER),
    ("(?:<year:zh_year>的?)?(?P<half>[上下])半年", _zh_half),
    ("(?:<year:zh_year>的?)?<index:zh_number>月份?", _MONTH),
    ("(?<!以)<year:zh_full_year>[度全]?", _year),
]
_GRAMMAR = Grammar[Unit](PIECES | _MORE, _ENGLISH, _CHINESE, _SHARED)


def find_units(text: str, context: Context) -> list[Span[Unit | NotADate]]:
    """Find calendar units; the readings may overlap."""
    return _GRAMMAR.scan(text, context)
