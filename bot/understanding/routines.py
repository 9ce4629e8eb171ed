"""Find what schedules are made of: every weekday, monthly on the 15th, not at weekends, 每周一三五.

A routine that never falls due (every 31 February) or that cron words cannot say (every other
week) is a NotADate.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from bot.understanding.clocks import Part
from bot.understanding.dates import ORDINAL, day_of
from bot.understanding.days import PARTS, WEEKDAYS
from bot.understanding.spans import Context, Grammar, NotADate, Rules, Span, words
from bot.understanding.units import PIECES, number_of


class Routine(NamedTuple):
    """Hold the days of a schedule, and its hours or part of the day if the words say them."""

    weekdays: frozenset[int] = frozenset(range(7))
    day: int | str | None = None
    month: int | str | None = None
    hour: str | None = None
    part: Part | None = None


class Exceptions(NamedTuple):
    """Hold the weekdays that are left out."""

    weekdays: frozenset[int]


CRON_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ANY_WEEKDAY = words(WEEKDAYS)
_NAME, _ZH_NAME = words(name for name in WEEKDAYS if name.isascii()), "[一二三四五六日天]"
_ZH_WEEK = "(?:周|星期|礼拜)"
_RANGE = re.compile(
    rf"(?P<first>{_ANY_WEEKDAY})s?"
    rf"(?: ?(?:-|to|through|到|至) ?{_ZH_WEEK}?(?P<last>{_ANY_WEEKDAY}))?"
)
_AND = "(?:,? (?:and|or) |, ?| ?& ?|/)"
_TO = "(?: ?- ?| to | through )"
_PLURAL = words(f"{name}s" for name in WEEKDAYS if name.endswith("day"))
_ONE = f"(?:weekends?|weekdays?|workdays?|{_PLURAL}|{_NAME})"
_ALL = f"(?:weekends|weekdays|workdays|{_PLURAL})"
_NUMERAL = r"[\d一二三四五六七八九十]{1,3}"

_PIECES = PIECES | {
    "weekdays": f"{_ONE}(?:(?:{_AND}|{_TO}){_ONE}){{0,6}}",
    "plurals": f"{_ALL}(?:{_AND}{_ALL}){{0,6}}",
    "week_range": f"{_NAME}{_TO}{_NAME}",
    "name": _NAME,
    "days": f"(?:{ORDINAL})(?:{_AND}(?:the )?(?:{ORDINAL})){{0,4}}",
    "day": rf"{ORDINAL}|\d{{1,2}}",
    "nth": "first|second|third|fourth|last|1st|2nd|3rd|4th",
    "part": "morning|afternoon|evening|night",
    "two": r"\d{1,2}",
    "zh_names": f"{_ZH_NAME}(?:[、,和及与到至-]?{_ZH_WEEK}?{_ZH_NAME}){{0,6}}(?!次)",
    "zh_excluded": f"周末|{_ZH_WEEK}{_ZH_NAME}(?:[、,和及与到至-]?{_ZH_WEEK}?{_ZH_NAME}){{0,6}}",
    "zh_days": f"{_NUMERAL}[日号]?(?:[、,和及与]{_NUMERAL}[日号]?){{0,4}}(?<=[日号])",
}


def _weekdays(said: str) -> frozenset[int]:
    found: set[int] = set()
    for match in _RANGE.finditer(said):
        first = WEEKDAYS[match["first"]]
        last = WEEKDAYS[match["last"]] if match["last"] else first
        found |= {(first + later) % 7 for later in range((last - first) % 7 + 1)}
    if "weekend" in said or "周末" in said:
        found |= {5, 6}
    if "weekday" in said or "workday" in said:
        found |= set(range(5))
    return frozenset(found)


def _always(routine: Routine) -> Callable[[Context], Routine]:
    return lambda context: routine


def _on(context: Context, weekdays: str) -> Routine:
    return Routine(_weekdays(weekdays))


def _except(context: Context, weekdays: str) -> Exceptions:
    return Exceptions(_weekdays(weekdays))


def _monthly(context: Context, days: str) -> Routine:
    numbers = [day_of(said) for said in re.findall(rf"{ORDINAL}|{_NUMERAL}", days)]
    if not all(1 <= number <= 31 for number in numbers):
        raise ValueError(days)
    return Routine(day=numbers[0] if len(numbers) == 1 else ",".join(map(str, numbers)))


def _yearly(context: Context, month: str, day: str) -> Routine:
    due = date(2024, number_of(month), day_of(day))  # of a leap year
    return Routine(day=due.day, month=due.month)


def _nth_weekday(context: Context, nth: str, name: str) -> Routine:
    position = nth if nth == "last" else ("1st", "2nd", "3rd", "4th")[number_of(nth) - 1]
    return Routine(day=f"{position} {CRON_WEEKDAYS[WEEKDAYS[name]]}")


def _every_hours(context: Context, two: str) -> Routine:
    if int(two) == 0 or 24 % int(two):
        raise ValueError(two)
    return Routine(hour=f"*/{int(two)}")


def _unsayable(context: Context) -> Routine:
    raise ValueError


_DAILY, _WORKDAYS = _always(Routine()), _always(Routine(frozenset(range(5))))
_WEEKLY, _MONTHLY = _always(Routine(frozenset((0,)))), _always(Routine(day=1))
_QUARTERLY = _always(Routine(day=1, month="1,4,7,10"))
_YEARLY, _HOURLY = _always(Routine(day=1, month=1)), _always(Routine(hour="*"))
_EVERY = "(?:every|each)"
_EACH_MONTH = f"(?:the|{_EVERY}) month"
_ENGLISH: Rules[Routine | Exceptions] = [
    (f"{_EVERY} (?:single )?day|daily|everyday|once a day", _DAILY),
    (f"{_EVERY}(?= (?:noon|midnight))", _DAILY),
    (f"{_EVERY} <part>", lambda c, part: Routine(part=PARTS[part])),
    ("nightly", _always(Routine(part="evening"))),
    (f"{_EVERY} (?:work|working |business )day|on (?P<span>(?:working|business) days)", _WORKDAYS),
    (f"{_EVERY} <weekdays>", _on),
    (f"(?:weekly|once a week|{_EVERY} week),? (?:on |every )?<weekdays>", _on),
    ("<weekdays:plurals>(?: only)?", _on),
    ("<weekdays:week_range>", _on),
    ("(?P<weekdays>weekday|weekend)(?= (?:morning|afternoon|evening|night)s)", _on),
    (f"weekly|once a week|{_EVERY} week", _WEEKLY),
    (f"monthly|once a month|{_EVERY} month", _MONTHLY),
    (f"(?:monthly|{_EVERY} month),? on (?:the )?<days>(?: day)?", _monthly),
    (f"(?:the )?<days>(?: day)? of {_EACH_MONTH}", _monthly),
    (f"{_EVERY} <days>(?: of {_EACH_MONTH})?", _monthly),
    (
        f"(?:the )?last day of {_EACH_MONTH}|(?:monthly|{_EVERY} month),? on the last day"
        f"|(?:the )?end of {_EVERY} month|{_EVERY} month end",
        _always(Routine(day="last")),
    ),
    (f"(?:the )?<nth> <name> of {_EACH_MONTH}", _nth_weekday),
    (f"{_EVERY} <nth> <name>(?: of {_EACH_MONTH})?", _nth_weekday),
    (f"quarterly|{_EVERY} quarter", _QUARTERLY),
    (f"yearly|annually|{_EVERY} year", _YEARLY),
    (f"(?:yearly|annually|{_EVERY}(?: year)?),?(?: on)?(?: the)? <day>(?: of)? <month>", _yearly),
    (f"(?:yearly|annually|{_EVERY}(?: year)?),?(?: on)? <month> <day>", _yearly),
    ("on (?:the )?<day>(?: of)? <month>", _yearly),
    ("on <month> <day>", _yearly),
    (f"hourly|{_EVERY} hour", _HOURLY),
    ("every <two> hours", _every_hours),
    (
        rf"{_EVERY} (?:other|second|two|three|four|few|\d{{1,3}}) (?:day|week|month|minute|quarter|"
        r"year)s?|every (?:other|second) [a-z]{3,6}day|every (?:few )?minutes?|bi-?weekly|"
        r"fortnightly|(?:twice|(?:two|three|\d) times) (?:a|per) (?:day|week|month)",
        _unsayable,
    ),
    (
        "(?:not|except(?: for)?|excluding|skip(?:ping)?|without|no) (?:on |at |over )?(?:the )?"
        "<weekdays>",
        _except,
    ),
]
_CHINESE: Rules[Routine | Exceptions] = [
    ("每(?:一天|天|日)(?:一次)?|天天", _DAILY),
    ("每个?(?P<part>[早晚])", lambda c, part: Routine(part=PARTS[part])),
    ("每(?:个|逢)?工作日|(?<![0-9一二两三四五六七八九十个])工作日", _WORKDAYS),
    ("每(?:个|逢)?(?P<weekdays>周末)", _on),
    (f"(?:每(?:个|逢)?|逢){_ZH_WEEK}<weekdays:zh_names>", _on),
    (f"(?P<weekdays>周{_ZH_NAME}[到至-]周?{_ZH_NAME})", _on),
    (f"每个?{_ZH_WEEK}(?:一次)?", _WEEKLY),
    ("每个?月(?:初|一次)?", _MONTHLY),
    ("每个?月的?<days:zh_days>", _monthly),
    ("每个?月的?(?:月?[底末]|最后一天)", _always(Routine(day="last"))),
    ("每个?季度?初?", _QUARTERLY),
    ("每年(?:一次|年初|初)?", _YEARLY),
    ("每年的?<month:zh_number>月<day:zh_number>[日号]", _yearly),
    ("每个?(?:小时|钟头)", _HOURLY),
    ("每隔?<two>个?小时", _every_hours),
    (
        "每隔?[0-9半一二两三四五六七八九十几]{1,3}(?:分钟|天|个?星期|周|个?月|年)|隔[天周日]|每分钟"
        "|每(?:天|周|星期|月)[两二三四五六0-9几]次",
        _unsayable,
    ),
    (
        "<weekdays:zh_excluded>(?:都?不要|不用|不发|不推|不需要|不提醒|除外|别发|别推|休息|跳过)",
        _except,
    ),
    ("(?:除了?|不含|不包括|不要|跳过|排除)<weekdays:zh_excluded>(?:之外|以外|外)?", _except),
]
_GRAMMAR = Grammar[Routine | Exceptions](_PIECES, _ENGLISH, _CHINESE)


def find_routines(text: str, context: Context) -> list[Span[Routine | Exceptions | NotADate]]:
    """Find routines and exceptions; the readings may overlap."""
    return _GRAMMAR.scan(text, context)
