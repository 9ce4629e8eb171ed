"""Find single days: tomorrow, next Friday, 3 May, the 15th, end of April, 下周五, 月底, 3月5日.

Ambiguous figures: 3/4 and 3/4/2026 are month first, unless only day first can be (13/4);
13.4.2026 is day first and 2026-4-13 year first. "Next Friday" and 下周五 are the following
week's, "last Friday" and 上周五 the week before's, a bare weekday the next to come (or, looking
back, the last that was), never today.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from bot.understanding import durations, units
from bot.understanding.durations import step
from bot.understanding.numbers import parse_number
from bot.understanding.spans import Context, Grammar, NotADate, Span, choose, fold, words
from bot.understanding.units import (
    SHIFTS,
    ZH_SHIFTS,
    Kind,
    Unit,
    add_months,
    find_units,
    number_of,
    unit_of,
    year_of,
)

Part = Literal["dawn", "morning", "noon", "afternoon", "evening"]


@dataclass(frozen=True, slots=True)
class Day:
    """Hold a day and how it was named; `part` where the words say one, as "tonight" does."""

    date: date
    kind: Literal["date", "weekday", "closing", "offset"] = "date"
    part: Part | None = None


# --- words -----------------------------------------------------------------------------------

_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            *("monday mon", "tuesday tues tue", "wednesday weds wed", "thursday thurs thur thu"),
            *("friday fri", "saturday sat", "sunday sun"),
        )
    )
    for name in names.split()
}
_WEEKDAYS |= {name: number for number, name in enumerate("一二三四五六日")} | {"天": 6}
_NAMES = [name for name in _WEEKDAYS if name.isascii()]
# Abbreviations that are other words too.
_UNSURE = ("sat", "sun", "mon", "wed")
_TODAY = {"today": 0, "tomorrow": 1, "yesterday": -1}
_TODAY |= dict.fromkeys(("tmrw", "tmr", "tmw", "tomorow", "tommorow", "tommorrow", "2moro"), 1)
_TODAY |= {"今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3}
_TODAY |= {"昨天": -1, "昨日": -1, "前天": -2, "大前天": -3}
_ORDINALS = {
    name: number
    for number, name in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
        "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth "
        "twentieth".split(),
        1,
    )
}
_ORDINALS |= {"thirtieth": 30, "thirty-first": 31}
_ORDINALS |= {f"twenty-{name}": 20 + number for name, number in list(_ORDINALS.items())[:9]}
_PARTS: dict[str, Part] = {"morning": "morning", "afternoon": "afternoon", "evening": "evening"}
_PARTS |= {"night": "evening", "早": "morning", "晚": "evening", "夜": "evening"}
_EDGES = {"start": 0, "beginning": 0, "early": 0, "初": 0, "上旬": 0}
_EDGES |= {"mid": 1, "middle": 1, "中": 1, "中旬": 1}
_EDGES |= {"end": 2, "close": 2, "late": 2, "底": 2, "末": 2, "下旬": 2}
_KINDS: dict[str, Kind] = {"w": "week", "m": "month", "q": "quarter", "y": "year", "月": "month"}
_KINDS |= {"年": "year", "季": "quarter", "季度": "quarter", "week": "week", "month": "month"}
_KINDS |= {"quarter": "quarter", "year": "year"}

_EDGE_BEFORE = re.compile(
    r"(?<![a-z])(?P<edge>(?:end|close|start|beginning|middle) of(?: the)?|early|mid|late)[ -]$"
)
_EDGE_AFTER = re.compile(r"(?:的?[月年]?(?P<edge>底|末|初|[上中下]旬)| (?P<end>end)(?![a-z]))")
_FROM = re.compile(rf"(?<![a-z])({durations.PIECES['count']}) ?({durations.PIECES['unit']}) (?:from|after) $")

_PIECES = units.PIECES | durations.PIECES
_PIECES |= {
    "today": words(name for name in _TODAY if name.isascii()),
    "zh_today": words(name for name in _TODAY if not name.isascii()),
    "weekday": words(_NAMES),
    "sure": words(set(_NAMES) - set(_UNSURE)),
    "unsure": words(_UNSURE),
    "near": words(SHIFTS, ["past"]),
    "day": rf"\d{{1,2}}(?:st|nd|rd|th)?|{words(_ORDINALS)}",
    "nth": rf"\d{{1,2}}(?:st|nd|rd|th)|{words(_ORDINALS)}",
    "two": r"\d{1,2}",
    "short_year": r"(?:19|20)\d\d|\d\d",
    "edge": "start|beginning|middle|end|close",
    "kind": "week|month|quarter|year",
    "zh_week": "(?:周|星期|礼拜)",
    "zh_weekday": "一(?![共次直定般样些])|[二三四五六日天]",
    "zh_month": "(?:这个?|本|上个?|下个?)月",
}


# --- makers ----------------------------------------------------------------------------------


def _today(context: Context, name: str) -> Day:
    return Day(context.today + timedelta(_TODAY[name]))


def _part_of(shift: int) -> Callable[..., Day]:
    return lambda c, part: Day(c.today + timedelta(shift), part=_PARTS[part])


def _weekday(context: Context, name: str, near: str | None = None) -> Day:
    """Read "Friday", "this Friday" (the next to come), "next Friday" and "last Friday"."""
    today, number = context.today, _WEEKDAYS[name]
    if near == "past" or (near is None and context.looking == "back"):
        return Day(today - timedelta((today.weekday() - number) % 7 or 7), "weekday")
    if near in ("next", "following", "last", "previous", "prior"):
        return _weekday_of(context, name, SHIFTS[near])
    return Day(today + timedelta((number - today.weekday()) % 7 or 7), "weekday")


def _weekday_of(context: Context, name: str, weeks: int) -> Day:
    monday = unit_of("week", context.today, weeks).start
    return Day(monday + timedelta(_WEEKDAYS[name]), "weekday")


def _dated(context: Context, day: str, month: str, year: str | None = None) -> Day:
    return Day(_date(context, _day_of(day), number_of(month), year_of(context, year)))


def _date(context: Context, day: int, month: int, year: int | None = None) -> date:
    """Return the date of that year, else the next (looking back: the last), today included."""
    if year is not None:
        return date(year, month, day)
    step_by = 1 if context.looking == "forward" else -1
    first = context.today.year
    for candidate in range(first, first + 9 * step_by, step_by):
        if (month, day) == (2, 29) and not _is_leap(candidate):
            continue
        found = date(candidate, month, day)
        if (found - context.today).days * step_by >= 0:
            return found
    raise ValueError(day)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _day_of_month(context: Context, day: str) -> Day:
    """Read "the 15th" as the next such day (looking back: the last), today included."""
    number, step_by = _day_of(day), 1 if context.looking == "forward" else -1
    for months in range(0, 3 * step_by, step_by):
        found = _day_in(unit_of("month", context.today, months), number)
        if found and (found - context.today).days * step_by >= 0:
            return Day(found)
    raise ValueError(day)


def _day_in(month: Unit, number: int) -> date | None:
    found = month.start + timedelta(number - 1)
    return found if 0 < number and found < month.end else None


def _day_of_unit(context: Context, day: str, shift: int) -> Day:
    return Day(unit_of("month", context.today, shift).start.replace(day=_day_of(day)))


def _day_of(said: str) -> int:
    said = said.rstrip("thsrnd") if said[0].isdigit() else said
    return _ORDINALS.get(said) or int(parse_number(said) or 0)


def _figures(context: Context, a: str, b: str, year: str | None = None) -> Day | None:
    """Read 3/4 month first; day first where only that can be; None where it is a ratio."""
    first, second = int(a), int(b)
    if year is None and not (1 <= first <= 31 and 1 <= second <= 31 and min(first, second) < 13):
        return None
    if year is None and (first, second) == (24, 7):
        return None
    day, month = (first, second) if first > 12 else (second, first)
    return Day(_date(context, day, month, year_of(context, year)))


def _edge(unit: Unit, edge: int) -> date:
    """Return the first (0), middle (1) or last (2) day of a unit."""
    if edge == 0:
        return unit.start
    if edge == 2:
        return unit.end - timedelta(1)
    if unit.kind in ("week", "weekend"):
        return unit.start + timedelta(2)
    months = {"month": 0, "quarter": 1, "half": 3, "year": 6}[unit.kind]
    return add_months(unit.start, months).replace(day=15 if months < 2 else 1)


def _edge_of_current(context: Context, kind: str, edge: str = "end") -> Day:
    """Read "end of the month", EOM, 月底; a start already past is, for a plan, the next one."""
    found = _edge(unit_of(_KINDS[kind], context.today), _EDGES[edge])
    if context.looking == "forward" and found < context.today:
        found = _edge(unit_of(_KINDS[kind], context.today, 1), _EDGES[edge])
    return Day(found)


def _offset(sign: int) -> Callable[..., Day]:
    def make(context: Context, count: str, unit: str, half: str | None = None) -> Day:
        kind: Literal["offset", "date"] = "offset" if sign > 0 else "date"
        return Day(step(context.today, count, unit, sign, half), kind)

    return make


_AHEAD, _AGO = _offset(1), _offset(-1)
_NOT_A_NUMBERED = "(?!楼|线|单|任务|工单|订单|客户|活动|商机|提醒|的?(?:任务|工单|订单|客户|活动|商机))"

_ENGLISH = [
    ("<name:today>", _today),
    ("(?:the )?day after tomorrow", lambda c: Day(c.today + timedelta(2))),
    ("(?:the )?day before yesterday", lambda c: Day(c.today - timedelta(2))),
    ("to(?P<part>night)", _part_of(0)),
    ("this (?P<part>morning|afternoon|evening)", _part_of(0)),
    ("last (?P<part>night)", _part_of(-1)),
    ("<near> <name:weekday>", _weekday),
    (
        "<name:weekday>,? (?:of |on )?(?P<near>this|next|last) week",
        lambda c, name, near: _weekday_of(c, name, SHIFTS[near]),
    ),
    (
        "(?P<near>this|next|last) week,? (?:on )?<name:weekday>",
        lambda c, name, near: _weekday_of(c, name, SHIFTS[near]),
    ),
    ("<name:sure>", _weekday),
    ("(?:on|by|until|till|til|since|before|from|due|for|to|and|or|-) ?(?P<span><name:unsure>)", _weekday),
    ("^(?P<span><name:unsure>)(?=[ .!?]*$)", _weekday),
    ("<name:unsure>(?=[.!?]*$|,? (?:at |@ ?)?[0-9]|,? (?:morning|afternoon|evening|night|noon))", _weekday),
    ("<day>(?: of)? <month>(?:,? <year>)?", _dated),
    ("<month> (?:the )?<day>(?:,? <year>)?", _dated),
    ("<day:nth> of (?P<near>this|next|last) month", lambda c, day, near: _day_of_unit(c, day, SHIFTS[near])),
    ("the <day:nth>(?= ?(?:$|[,.;:!?)@]|(?:of the month|at|and|to|in|for|until|from|please)(?![a-z])))", _day_of_month),
    ("(?:on|by|until|till|before) (?P<span><day:nth>)(?= ?(?:$|[,.;:!?)@]))", _day_of_month),
    ("<edge> of (?:the )?<kind>", _edge_of_current),
    ("(?P<edge>mid)(?: |-)?<kind>", _edge_of_current),
    ("(?P<kind>month|quarter|year)(?: |-|'s )end", _edge_of_current),
    ("eo(?P<kind>[wmqy])", _edge_of_current),
    ("(?:end of (?:the )?(?:business )?day|eod|cob|(?:close|end) of business)", lambda c: Day(c.today, "closing")),
    ("(?:in|within|for) (?:about |another )?<count> ?<unit>", _AHEAD),
    ("<count> ?<unit> (?:from (?:now|today)|later|hence)", _AHEAD),
    ("<count> ?<unit> ago", _AGO),
]
_CHINESE = [
    ("<name:zh_today>(?!头条)", _today),
    ("今(?P<part>[早晚夜])", _part_of(0)),
    ("明(?P<part>[早晚])", _part_of(1)),
    ("昨(?P<part>[晚夜])", _part_of(-1)),
    ("(?<![每一二两三四五六七八九十0-9])<zh_week><name:zh_weekday>", _weekday),
    (
        "(?<![晚早以线])<near:zh_shift>(?:<zh_week>的)?<zh_week:zh_week><name:zh_weekday>",
        lambda c, near, name, **_: _weekday_of(c, name, ZH_SHIFTS[near]),
    ),
]
