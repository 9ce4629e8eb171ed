"""Find schedules: every weekday at 9, mondays and thursdays at 10, 每天早上9点，周末不要, 每月1号.

A routine, its times and exceptions are one schedule; without a time it is 9:00.
What never falls due or what cron words cannot say is a NotADate, so that somebody asks. An hour
from 1 to 5 without am or pm is in the afternoon, 6 and 7 are not: a routine starts the day.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from bot.understanding.clocks import Clock, find_clocks
from bot.understanding.routines import CRON_WEEKDAYS, Exceptions, Routine, find_routines
from bot.understanding.spans import Context, NotADate, Span, choose, fold


@dataclass(frozen=True, slots=True)
class ScheduleValue:
    """Hold when something recurs, in the words of APScheduler's CronTrigger."""

    minute: int
    hour: int | str
    """A number, "9,17", "*" or "*/2"."""
    day_of_week: str | None
    day: int | str | None
    """A number, "1,15", "last" or "1st mon"."""
    month: int | str | None
    timezone: str


_NEVER = Routine(frozenset())
# What may stand between the words of one schedule, and between two times of it.
_GAP = re.compile(r"[ ,、(]{0,3}(?:(?:but|at|around|by|from|in the|@|的|但|都)(?: the)? ?)?")
_AND = re.compile(r" ?(?:,|&|、|和|,? and) ?(?:at )?")


class _Token(NamedTuple):
    """Hold one word of a schedule."""

    start: int
    end: int
    slot: Literal["routine", "exceptions", "part", "clock"]
    routine: Routine | None = None
    clock: Clock | None = None
    excluded: frozenset[int] = frozenset()


def find_schedules(text: str, context: Context) -> list[Span[ScheduleValue | NotADate]]:
    """Find schedules, in the asker's timezone."""
    folded = fold(text)
    runs: list[list[_Token]] = []
    for token in (span.value for span in choose(_tokens(text, context))):
        if runs and _joins(runs[-1], token, folded[runs[-1][-1].end : token.start]):
            runs[-1].append(token)
        else:
            runs.append([token])
    scheduled = [run for run in runs if any(token.routine for token in run)]
    elsewhere = [token for run in runs if all(not t.routine for t in run) for token in run]
    found: list[Span[ScheduleValue | NotADate]] = []
    for run in scheduled:
        # "Every day send me the digest at 9, but not at weekends": it belongs to the only routine.
        slots = {token.slot for token in run}
        apart = [t for t in elsewhere if t.slot not in slots] if len(scheduled) == 1 else []
        start, end = run[0].start, run[-1].end
        try:
            found.append(Span(start, end, _value([*run, *apart], context)))
        except ValueError:
            found.append(Span(start, end, NotADate(text[start:end])))
    return found


def _tokens(text: str, context: Context) -> Iterator[Span[_Token]]:
    routines = find_routines(text, context)
    for start, end, found in ((s.start, s.end, s.value) for s in routines):
        if isinstance(found, Exceptions):
            token = _Token(start, end, "exceptions", excluded=found.weekdays)
        else:
            routine = _NEVER if isinstance(found, NotADate) else found
            token = _Token(start, end, "routine", routine=routine)
        yield Span(start, end, token)
    if not routines:
        return
    for start, end, clock in ((s.start, s.end, s.value) for s in find_clocks(text, context)):
        slot: Literal["part", "clock"] = "part" if clock.hour is None else "clock"
        yield Span(start, end, _Token(start, end, slot, clock=clock))


def _joins(run: list[_Token], token: _Token, gap: str) -> bool:
    if token.slot == run[-1].slot == "clock":
        return _AND.fullmatch(gap) is not None
    return token.slot not in {other.slot for other in run} and _GAP.fullmatch(gap) is not None


def _value(run: list[_Token], context: Context) -> ScheduleValue:
    routine = next(token.routine for token in run if token.routine)
    weekdays = routine.weekdays.difference(*(token.excluded for token in run))
    if not weekdays:
        raise ValueError
    parts = [token.clock.part for token in run if token.clock and token.slot == "part"]
    clocks = [token.clock for token in run if token.clock and token.slot == "clock"]
    part = parts[0] if parts else routine.part
    times = sorted(
        clock.minutes(part, afternoon_until=5) % (24 * 60) for clock in clocks or [Clock(None)]
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
        return f"{CRON_WEEKDAYS[first]}-{CRON_WEEKDAYS[last]}"
    return ",".join(CRON_WEEKDAYS[number] for number in sorted(weekdays))
