"""Read lengths of time and step by them: two weeks, half an hour, 三个月, 半年, 一个半小时."""

from datetime import date, timedelta

from bot.understanding.numbers import SMALL, parse_number
from bot.understanding.units import add_months

_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_MINUTES = {"minute": 1, "quarter": 15, "hour": 60}
_BUSINESS = ("business day", "working day", "workday", "工作日")
_SHORT = {"d": "day", "wk": "week", "w": "week", "mo": "month", "yr": "year", "y": "year"}
_SHORT |= {"h": "hour", "hr": "hour", "min": "minute", "m": "minute"}
_ZH = {"天": "day", "日": "day", "周": "week", "星期": "week", "礼拜": "week", "月": "month"}
_ZH |= {
    "季度": "quarter",
    "年": "year",
    "小时": "hour",
    "钟头": "hour",
    "分钟": "minute",
    "刻钟": "quarter",
}

# Between a count and its unit: 2h and 2 hours, but not "an" and "d".
GAP = r"(?: |(?<=\d))"
# Pieces of patterns: a count and a unit, with which `step` and `elapsed` are called.
PIECES = {
    "count": rf"\d{{1,15}}(?:\.\d)?|{SMALL}",
    "unit": r"(?:(?:business|working) )?days?|workdays?|d|weeks?|wks?|w|fortnights?|months?|mos?"
    r"|quarters?|years?|yrs?|y",
    "hours": r"hours?|hrs?|h|minutes?|mins?|m",
    "zh_count": r"\d{1,15}(?:\.\d)?|半|[一二两三四五六七八九十百]{1,5}",
    "zh_unit": r"天|日|个?工作日|周|个?星期|个?礼拜|个月|个?季度|年",
    "zh_hours": r"个?小时|个?钟头|分钟|刻钟",
}


def step(day: date, count: str, unit: str, sign: int = 1, half: str | None = None) -> date:
    """Go so many days, weeks, months or years on; `half` adds half a unit to the count.

    Raises ValueError or OverflowError for half a week, and for what no plan or record reaches.
    """
    found = _step(day, count, unit, sign, half)
    if not 1900 <= found.year < 2200:
        raise OverflowError(found)
    return found


def _step(day: date, count: str, unit: str, sign: int, half: str | None) -> date:
    number, name = _number(count, half), _name(unit)
    if name in _BUSINESS:
        return _business_days(day, sign * _whole(number))
    if name == "month" and number % 1 == 0.5:
        return add_months(day, sign * int(number)) + timedelta(15 * sign)
    if name in _MONTHS:
        return add_months(day, sign * _whole(number * _MONTHS[name]))
    return day + timedelta(sign * _whole(number * _DAYS[name]))


def elapsed(count: str, unit: str, half: str | None = None) -> timedelta:
    """Return the time of so many hours or minutes."""
    return timedelta(minutes=_number(count, half) * _MINUTES[_name(unit)])


def _number(count: str, half: str | None) -> float:
    number = parse_number(count)
    if number is None:
        raise ValueError(count)
    return number + (0.5 if half else 0)


def _name(unit: str) -> str:
    if not unit.isascii():
        return "工作日" if "工作日" in unit else _ZH[unit.lstrip("个")]
    return _SHORT.get(unit) or _SHORT.get(unit.removesuffix("s")) or unit.removesuffix("s")


def _whole(number: float) -> int:
    if number != int(number):
        raise ValueError(number)
    return int(number)


def _business_days(day: date, count: int) -> date:
    sign = 1 if count >= 0 else -1
    while day.weekday() > 4:
        day -= timedelta(sign)
    weeks, days = divmod(abs(count), 5)
    day += timedelta(7 * weeks * sign)
    while days:
        day += timedelta(sign)
        days -= day.weekday() < 5
    return day
