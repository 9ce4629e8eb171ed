"""Find calendar dates: 3 May, March 13th 2026, the 15th, 2026-03-13, 3月5日, 本月15号.

A date without a year is the next such day of a plan, or the last of a look back, today included.
Figures: 2026-4-3 is year first, 3.4.2026 day first, 3/4 and 3/4/2026 month first unless only
day first can be (13/4).
"""

from datetime import date, timedelta

from bot.understanding.numbers import parse_number
from bot.understanding.spans import Context, Grammar, NotADate, Rules, Span, numbered, words
from bot.understanding.units import PIECES, SHIFTS, ZH_SHIFTS, number_of, unit_of, year_of

_ORDINALS = numbered(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth",
    1,
)
_ORDINALS |= {f"twenty-{name}": 20 + number for name, number in _ORDINALS.items() if number < 10}
_ORDINALS |= {"thirtieth": 30, "thirty-first": 31}
ORDINAL = rf"\d{{1,2}}(?:st|nd|rd|th)|{words(_ORDINALS)}"

_PIECES = PIECES | {
    "day": rf"\d{{1,2}}(?:st|nd|rd|th)?|{words(_ORDINALS)}",
    "nth": ORDINAL,
    "near": "this|next|last",
    "two": r"\d{1,2}",
    "short_year": r"(?:19|20)\d\d|\d\d",
    "zh_month": "(?:这个?|本|当|上个?|下个?)月",
}
_MONTH_DAY = "(?:<year:zh_year>的?)?<month:zh_number>月<day:zh_number>"
# 12号 may be the number of a thing.
_HAO = "号(?!楼|线|单|的?(?:任务|工单|订单|客户|活动|商机|提醒))"


def day_of(said: str) -> int:
    """Return the number of 3, 3rd, third or 三."""
    if said[0].isdigit():
        said = said.rstrip("stndrh")
    return _ORDINALS.get(said) or int(parse_number(said) or 0)


def _said(context: Context, day: str, month: str, year: str | None = None) -> date:
    return date_of(context, day_of(day), number_of(month), year_of(context, year))


def date_of(context: Context, day: int, month: int, year: int | None = None) -> date:
    """Return the date of that year, or of the year meant; ValueError if there is none."""
    if year is not None:
        return date(year, month, day)
    leap_day = (month, day) == (2, 29)
    sign = 1 if context.looking == "forward" else -1
    for candidate in range(context.today.year, context.today.year + 9 * sign, sign):
        if leap_day and not _is_leap(candidate):
            continue
        found = date(candidate, month, day)
        if (found - context.today).days * sign >= 0:
            return found
    raise ValueError(day)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _day_of_month(context: Context, day: str) -> date:
    number, sign = day_of(day), 1 if context.looking == "forward" else -1
    for months in range(0, 3 * sign, sign):  # of two months in a row, one has 31 days
        month = unit_of("month", context.today, months)
        found = month.start + timedelta(number - 1)
        if month.start <= found < month.end and (found - context.today).days * sign >= 0:
            return found
    raise ValueError(day)


def _day_of_that_month(context: Context, day: str, shift: int) -> date:
    return unit_of("month", context.today, shift).start.replace(day=day_of(day))


def _figures(context: Context, a: str, b: str, year: str | None = None) -> date | None:
    first, second = int(a), int(b)
    if year is None:
        ratio = not (1 <= first <= 31 and 1 <= second <= 31 and min(first, second) <= 12)
        if ratio or (first, second) == (24, 7):
            return None
    day, month = (first, second) if first > 12 else (second, first)
    return date_of(context, day, month, year_of(context, year))


_ENGLISH: Rules[date] = [
    ("<day>(?: of)? <month>(?:,? <year>)?", _said),
    ("<month> (?:the )?<day>(?:,? <year>)?", _said),
    (
        "(?:the )?<day:nth> of (?:the )?<near> month",
        lambda c, day, near: _day_of_that_month(c, day, SHIFTS[near]),
    ),
    (
        "the <day:nth>(?: of the month)?"
        "(?= ?(?:$|[,.;:!?)@]|(?:at|and|to|in|for|until|from|please)(?![a-z])))",
        _day_of_month,
    ),
    (r"(?:on|by|until|till|before) (?P<span><day:nth>)(?= ?(?:$|[,.;:!?)@]))", _day_of_month),
]
_CHINESE: Rules[date] = [
    (f"{_MONTH_DAY}(?:日|{_HAO}|(?![0-9一二三四五六七八九十百千万亿年月个家单名件元块点]))", _said),
    (
        f"<zh_month>的?<day:zh_number>(?:日|{_HAO})",
        lambda c, zh_month, day: _day_of_that_month(c, day, ZH_SHIFTS[zh_month[:-1]]),
    ),
    (f"(?<![单务户动机第0-9一二三四五六七八九十])<day:zh_number>{_HAO}", _day_of_month),
]
_SHARED: Rules[date] = [
    (
        r"<year:full_year>[-/.]<month:two>[-/.]<day:two>",
        lambda c, year, month, day: date(int(year), int(month), int(day)),
    ),
    (r"<a:two>/<b:two>/<year:short_year>", _figures),
    (r"<a:two>-<b:two>-<year:full_year>", _figures),
    (r"<day:two>\.<month:two>\.<year:full_year>", _said),
    (r"<a:two>/<b:two>", _figures),
]
_GRAMMAR = Grammar[date](_PIECES, _ENGLISH, _CHINESE, _SHARED)


def find_dates(text: str, context: Context) -> list[Span[date | NotADate]]:
    """Find calendar dates; the readings may overlap."""
    return _GRAMMAR.scan(text, context)
