"""Find schedules: every weekday at 9, mondays and thursdays at 10, 每天早上9点，周末不要, 每月1号.

A routine ("every Monday"), a time and an exception that stand together are one schedule; without
a time it is 9:00. A routine that never falls due (每年2月31日) or that cron words cannot say
("every other week") is a NotADate, so that somebody asks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeVar

from bot.understanding.clocks import Clock, Part, find_clocks
from bot.understanding.dates import ORDINAL, day_of
from bot.understanding.days import PARTS, WEEKDAYS
from bot.understanding.spans import Context, Grammar, NotADate, Rules, Span, choose, fold, words
from bot.understanding.units import PIECES, number_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ScheduleValue:
    """Hold when something recurs, in the words of APScheduler's CronTrigger."""

    minute: int
    hour: int | str
    day_of_week: str | None
    day: int | str | None
    month: int | str | None
    timezone: str


class _Routine(NamedTuple):
    """Hold the days of a schedule, and the hours where they are part of the words."""

    weekdays: frozenset[int] = frozenset(range(7))
    day: int | str | None = None
    month: int | str | None = None
    hour: str | None = None
    part: Part | None = None


class _Except(NamedTuple):
    weekdays: frozenset[int]


_NEVER, _NO_TIME = _Routine(frozenset()), Clock(99)
_CRON = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WORKDAYS, _WEEKEND = frozenset(range(5)), frozenset((5, 6))
_NAME, _ZH_NAME = words(n for n in WEEKDAYS if n.isascii()), "[一二三四五六日天]"
_ZH_WEEK = "(?:周|星期|礼拜)"
_RANGE = re.compile(
    rf"(?P<first>{words(WEEKDAYS)})s?(?: ?(?:-|to|through|到|至) ?{_ZH_WEEK}?(?P<last>{words(WEEKDAYS)}))?"
)
_AND = "(?:,? and |, ?| ?& ?|/)"
_TO = "(?: ?- ?| to | through )"

_PIECES = PIECES | {
    "weekdays": rf"{_NAME}s?(?:(?:{_AND}|{_TO}){_NAME}s?){{0,6}}",
    "plurals": rf"{_NAME}s(?:{_AND}{_NAME}s){{0,6}}",
    "week_range": rf"{_NAME}{_TO}{_NAME}",
    "days": rf"(?:{ORDINAL})(?:{_AND}(?:the )?(?:{ORDINAL})){{0,4}}",
    "day": rf"{ORDINAL}|\d{{1,2}}",
    "position": "first|second|third|fourth|last|1st|2nd|3rd|4th",
    "part": "morning|afternoon|evening|night",
    "zh_weekdays": rf"{_ZH_NAME}(?:[、,和及与到至-]?{_ZH_WEEK}?{_ZH_NAME}){{0,6}}(?!次)",
    "zh_days": r"[\d一二三四五六七八九十]{1,3}[日号]?(?:[、,和及与][\d一二三四五六七八九十]{1,3}[日号]?){0,4}",
}


def _weekdays(said: str) -> frozenset[int]:
    found: set[int] = set()
    for match in _RANGE.finditer(said):
        first = WEEKDAYS[match["first"]]
        last = WEEKDAYS[match["last"]] if match["last"] else first
        found |= {(first + later) % 7 for later in range((last - first) % 7 + 1)}
    if "weekend" in said or "周末" in said:
        found |= _WEEKEND
    return frozenset(found) | (_WORKDAYS if "weekday" in said else frozenset())


def _on_weekdays(context: Context, weekdays: str) -> _Routine:
    return _Routine(_weekdays(weekdays))


def _monthly(context: Context, days: str) -> _Routine:
    numbers = [day_of(said) for said in re.findall(rf"{ORDINAL}|[\d一二三四五六七八九十]+", days)]
    if not all(1 <= number <= 31 for number in numbers):
        raise ValueError(days)
    return _Routine(day=numbers[0] if len(numbers) == 1 else ",".join(map(str, numbers)))


def _yearly(context: Context, month: str, day: str) -> _Routine:
    due = date(2024, number_of(month), day_of(day))  # of a leap year
    return _Routine(day=due.day, month=due.month)


def _nth_weekday(context: Context, position: str, weekdays: str) -> _Routine:
    if position != "last":
        position = ("1st", "2nd", "3rd", "4th")[number_of(position) - 1]
    return _Routine(day=f"{position} {_CRON[WEEKDAYS[weekdays]]}")


def _every_hours(context: Context, two: str) -> _Routine:
    if 24 % int(two):
        raise ValueError(two)
    return _Routine(hour=f"*/{int(two)}")


def _unsayable(context: Context) -> _Routine:
    raise ValueError


_EVERY = "(?:every|each)"
_ENGLISH: Rules[_Routine | _Except] = [
    (rf"{_EVERY} (?:single )?day|daily|everyday|once a day", lambda c: _Routine()),
    ("nightly", lambda c: _Routine(part="evening")),
    (rf"{_EVERY} <part>", lambda c, part: _Routine(part=PARTS[part])),
    (rf"{_EVERY}(?= (?:noon|midnight))", lambda c: _Routine()),
    (
        rf"{_EVERY} (?:week|work|working |business )day|(?:weekdays|workdays)(?: only)?"
        "|on (?P<span>(?:working|business) days)",
        lambda c: _Routine(_WORKDAYS),
    ),
    (rf"{_EVERY} weekend|weekends", lambda c: _Routine(_WEEKEND)),
    (rf"{_EVERY} <weekdays>", _on_weekdays),
    (rf"(?:weekly|once a week|{_EVERY} week),? (?:on |every )?<weekdays>", _on_weekdays),
    ("<weekdays:plurals>", _on_weekdays),
    ("<weekdays:week_range>", _on_weekdays),
    (rf"weekly|once a week|{_EVERY} week", lambda c: _Routine(frozenset((0,)))),
    (rf"monthly|once a month|{_EVERY} month", lambda c: _Routine(day=1)),
    (rf"(?:monthly|{_EVERY} month),? on (?:the )?<days>(?: day)?", _monthly),
    (rf"(?:the )?<days>(?: day)? of (?:the|{_EVERY}) month", _monthly),
    (rf"{_EVERY} <days>(?: of (?:the|{_EVERY}) month)?", _monthly),
    (
        rf"(?:the )?last day of (?:the|{_EVERY}) month|(?:monthly|{_EVERY} month),? on the last day"
        rf"|(?:at )?(?:the )?end of {_EVERY} month|{_EVERY} month end",
        lambda c: _Routine(day="last"),
    ),
    (rf"(?:the )?<position> (?P<weekdays>{_NAME}) of (?:the|{_EVERY}) month", _nth_weekday),
    (rf"{_EVERY} <position> (?P<weekdays>{_NAME})(?: of (?:the|{_EVERY}) month)?", _nth_weekday),
    (rf"quarterly|{_EVERY} quarter", lambda c: _Routine(day=1, month="1,4,7,10")),
    (rf"yearly|annually|{_EVERY} year", lambda c: _Routine(day=1, month=1)),
    (
        rf"(?:yearly|annually|{_EVERY} year|{_EVERY}),?(?: on)?(?: the)? <day>(?: of)? <month>",
        _yearly,
    ),
    (rf"(?:yearly|annually|{_EVERY} year|{_EVERY}),?(?: on)? <month> <day>", _yearly),
    (rf"hourly|{_EVERY} hour", lambda c: _Routine(hour="*")),
    (r"every (?P<two>\d{1,2}) hours", _every_hours),
    (
        rf"{_EVERY} (?:other|second|two|three|four|few|\d{{1,3}}) (?:days?|weeks?|months?|minutes?|"
        r"quarters?|years?)|every (?:other|second) [a-z]{3,6}day|every (?:few )?minutes?|"
        r"bi-?weekly|fortnightly|(?:twice|(?:two|three|\d) times) (?:a|per) (?:day|week|month)",
        _unsayable,
    ),
    (
        rf",? ?(?:but )?(?:not|except(?: for)?|excluding|skip(?:ping)?|without|no) (?:on |at |over )?"
        rf"(?:the )?(?P<weekdays>weekends?|weekdays|{_NAME}s?(?:(?:{_AND}|{_TO}|,? or ){_NAME}s?){{0,6}})",
        lambda c, weekdays: _Except(_weekdays(weekdays)),
    ),
]
_CHINESE: Rules[_Routine | _Except] = [
    ("每(?:一天|天|日)(?:一次)?|天天", lambda c: _Routine()),
    ("每个?(?P<part>[早晚])", lambda c, part: _Routine(part=PARTS[part])),
    ("每(?:个|逢)?工作日|(?<![0-9一二两三四五六七八九十个])工作日", lambda c: _Routine(_WORKDAYS)),
    (f"每(?:个|逢)?(?:{_ZH_WEEK}|周)末", lambda c: _Routine(_WEEKEND)),
    (f"(?:每(?:个|逢)?|逢){_ZH_WEEK}<weekdays:zh_weekdays>", _on_weekdays),
    (f"(?P<weekdays>周{_ZH_NAME}[到至-]周?{_ZH_NAME})", _on_weekdays),
    (f"每个?{_ZH_WEEK}(?:一次)?", lambda c: _Routine(frozenset((0,)))),
    ("每个?月(?:初|一次)?", lambda c: _Routine(day=1)),
    ("每个?月的?<days:zh_days>(?<=[日号])", _monthly),
    ("每个?月的?(?:月?[底末]|最后一天)", lambda c: _Routine(day="last")),
    ("每个?季度?初?", lambda c: _Routine(day=1, month="1,4,7,10")),
    ("每年(?:一次|年初|初)?", lambda c: _Routine(day=1, month=1)),
    ("每年的?<month:zh_number>月<day:zh_number>[日号]", _yearly),
    ("每个?(?:小时|钟头)", lambda c: _Routine(hour="*")),
    (r"每隔?(?P<two>\d{1,2})个?小时", _every_hours),
    (
        "每隔?[0-9半一二两三四五六七八九十几]{1,3}(?:分钟|天|个?星期|周|个?月|个?小时|年)|隔[天周日]|"
        "每(?:天|周|星期|月)[两二三四五六0-9几]次|每分钟",
        _unsayable,
    ),
    (
        f",? ?但?(?P<weekdays>周末|{_ZH_WEEK}{_ZH_NAME}(?:[、,和及与到至-]?{_ZH_WEEK}?{_ZH_NAME})*)"
        "(?:不要|不用|不发|不推|不需要|不提醒|除外|别发|别推|休息|跳过)",
        lambda c, weekdays: _Except(_weekdays(weekdays)),
    ),
    (
        f",? ?(?:除了?|不含|不包括|不要|跳过|排除)(?P<weekdays>周末|{_ZH_WEEK}{_ZH_NAME}"
        f"(?:[、,和及与到至-]?{_ZH_WEEK}?{_ZH_NAME})*)(?:之外|以外|外)?",
        lambda c, weekdays: _Except(_weekdays(weekdays)),
    ),
]
_GRAMMAR = Grammar[_Routine | _Except](_PIECES, _ENGLISH, _CHINESE)

# What may stand between the words of one schedule.
_GAP = re.compile(r"[ ,、(]{0,3}(?:(?:at|around|by|from|in the|@|的|但|都)(?: the)? ?)?")
_AND_TIME = re.compile(r" ?(?:,|and|&|、|和|,? and(?: at)?) ?(?:at )?")


class _Token(NamedTuple):
    """Hold one word of a schedule."""

    start: int
    end: int
    routine: _Routine | None = None
    clock: Clock | None = None
    excluded: frozenset[int] | None = None


def find_schedules(text: str, context: Context) -> list[Span[ScheduleValue | NotADate]]:
    """Find schedules, in the asker's timezone."""
    folded = fold(text)
    runs: list[list[_Token]] = []
    for token in (span.value for span in choose(_tokens(text, context))):
        if runs and _joins(runs[-1], token, folded[runs[-1][-1].end : token.start]):
            runs[-1].append(token)
        else:
            runs.append([token])
    found: list[Span[ScheduleValue | NotADate]] = []
    for run in runs:
        start, end = run[0].start, run[-1].end
        if run[0].excluded:  # its comma
            start += len(folded[start:end]) - len(folded[start:end].lstrip(" ,"))
        try:
            value: ScheduleValue | NotADate | None = _value(run, context)
        except ValueError:
            value = NotADate(text[start:end])
        if value is not None:
            found.append(Span(start, end, value))
    return found


def _tokens(text: str, context: Context) -> Iterator[Span[_Token]]:
    routines = _GRAMMAR.scan(text, context)
    if not routines:
        return
    for span in routines:
        token = _Token(span.start, span.end)
        if isinstance(span.value, _Except):
            token = token._replace(excluded=span.value.weekdays)
        else:
            routine = _NEVER if isinstance(span.value, NotADate) else span.value
            token = token._replace(routine=routine)
        yield Span(span.start, span.end, token)
    for clock in find_clocks(text, context):
        value = _NO_TIME if isinstance(clock.value, NotADate) else clock.value
        yield Span(clock.start, clock.end, _Token(clock.start, clock.end, clock=value))


def _joins(run: list[_Token], token: _Token, gap: str) -> bool:
    if token.clock and token.clock.hour is not None and run[-1].clock:
        times = any(other.routine for other in run) or run[-1].clock.hour is not None
        return (
            times
            and (_AND_TIME if run[-1].clock.hour is not None else _GAP).fullmatch(gap) is not None
        )
    return _GAP.fullmatch(gap) is not None and not any(
        (token.routine and other.routine)
        or (token.excluded and other.excluded)
        or (
            token.clock and other.clock and (token.clock.hour is None) == (other.clock.hour is None)
        )
        for other in run
    )


def _value(run: list[_Token], context: Context) -> ScheduleValue | None:
    routine = next((token.routine for token in run if token.routine), None)
    if not routine:
        return None
    weekdays = routine.weekdays.difference(*(token.excluded or () for token in run))
    if not weekdays:
        raise ValueError
    clocks = [token.clock for token in run if token.clock]
    part = next((clock.part for clock in clocks if clock.hour is None), routine.part)
    times = sorted(
        clock.minutes(part, afternoon_until=5) % (24 * 60)
        for clock in [c for c in clocks if c.hour is not None] or [Clock(None, part=part)]
    )
    if len({minutes % 60 for minutes in times}) > 1:  # cron words can't say 9:00 and 17:30
        raise ValueError
    hours = [minutes // 60 for minutes in times]
    return ScheduleValue(
        minute=times[0] % 60,
        hour=routine.hour or (hours[0] if len(hours) == 1 else ",".join(map(str, hours))),
        day_of_week=_cron_weekdays(weekdays),
        day=routine.day,
        month=routine.month,
        timezone=str(context.now.tzinfo),
    )


def _cron_weekdays(weekdays: frozenset[int]) -> str | None:
    if len(weekdays) == 7:
        return None
    first, last = min(weekdays), max(weekdays)
    if last - first + 1 == len(weekdays) > 2:
        return f"{_CRON[first]}-{_CRON[last]}"
    return ",".join(_CRON[number] for number in sorted(weekdays))
