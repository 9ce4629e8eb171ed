"""Find when something is to happen or happened: a day, with a time where one was said.

Days, clocks and parts of the day that stand together are one moment ("Friday, 13 March at 3pm").
A unit is a deadline and means its last day ("push it to June"), but a week or weekend its first.
A time alone is the next such time, or looking back the last. Clock times that do not exist on
the day the clocks change move forward; "in 2 hours" is elapsed time.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, NamedTuple

from bot.understanding.clocks import Clock, find_clocks
from bot.understanding.days import Day, find_days
from bot.understanding.durations import GAP, PIECES, elapsed
from bot.understanding.spans import Context, Grammar, NotADate, Span, choose, fold
from bot.understanding.units import Unit, find_units

__all__ = ["NotADate", "find_whens"]

When = date | datetime | NotADate
Slot = Literal["date", "weekday", "closing", "clock", "part", "moment"]

# What may stand between the words of one moment.
_GAP = re.compile(r"[ ,()]{0,3}(?:(?:at|around|about|on|by|of|in|the|in the|@|的|-)(?: the)? ?)?")
_DAY_GAP = re.compile(r"[ ,()]{0,3}(?:(?:the|on) )?")


def _moment(context: Context, delta: timedelta) -> datetime:
    zone = context.now.tzinfo
    return (context.now.astimezone(UTC) + delta).astimezone(zone).replace(microsecond=0)


def _ahead(context: Context, count: str, unit: str, half: str | None = None) -> datetime:
    return _moment(context, elapsed(count, unit, half))


def _ago(context: Context, count: str, unit: str) -> datetime:
    return _moment(context, -elapsed(count, unit))


def _either_way(context: Context, count: str, unit: str, way: str) -> datetime:
    return (_ago if way == "ago" else _ahead)(context, count, unit)


def _ahead_both(context: Context, hours: str, minutes: str) -> datetime:
    return _moment(context, elapsed(hours, "hour") + elapsed(minutes, "minute"))


def _iso(context: Context, said: str) -> datetime:
    moment = datetime.fromisoformat(said.upper())
    if moment.tzinfo is None:
        return at(moment.date(), moment.hour * 60 + moment.minute, context)
    return moment.astimezone(context.now.tzinfo)


_MOMENTS = Grammar[datetime](
    PIECES | {"two": r"\d{1,2}"},
    [
        (f"(?:in|within|for) (?:about |another )?<count>{GAP}<unit:hours>(?: time)?", _ahead),
        ("(?:in|within|for) <count> (?P<half>and a half) <unit:hours>", _ahead),
        ("(?:in|within|for) (?P<count>an?|one) (?P<unit>hour) (?P<half>and a half)", _ahead),
        (
            f"(?:in|within|for) <hours:count>{GAP}(?:hours?|hrs?|h)(?: and|,)? ?"
            "<minutes:two> ?(?:minutes?|mins?|m)?",
            _ahead_both,
        ),
        (f"<count>{GAP}<unit:hours> (?P<way>from now|later|ago)", _either_way),
        (
            r"(?P<said>\d{4}-\d\d-\d\dt\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:z|[+-]\d\d:?\d\d)?)",
            _iso,
        ),
    ],
    [
        ("<count:zh_count><unit:zh_hours>(?:之?后|以后|过后|之?内)", _ahead),
        ("(?<![超通不])再?过<count:zh_count><unit:zh_hours>(?:(?:之|以)?后)?", _ahead),
        ("<count:zh_count>个(?P<half>半)<unit:zh_hours>(?:之?后|以后|内)", _ahead),
        ("(?:暂停|静音|免打扰|勿扰|屏蔽)(?P<span><count:zh_count><unit:zh_hours>)", _ahead),
        ("<count:zh_count><unit:zh_hours>(?:之?前|以前)", _ago),
    ],
)


class _Token(NamedTuple):
    """Hold one word of a moment; one without any value is impossible."""

    start: int
    end: int
    slot: Slot
    day: Day | None = None
    clock: Clock | None = None
    moment: datetime | None = None


def find_whens(text: str, context: Context) -> list[Span[When]]:
    """Find days (as date) and moments (as aware datetime); what is impossible is a NotADate."""
    runs: list[list[_Token]] = []
    for token in (span.value for span in choose(_tokens(text, context))):
        if runs and _joins(runs[-1], token, text):
            runs[-1].append(token)
        else:
            runs.append([token])
    found: list[Span[When]] = []
    for run in runs:
        start, end = run[0].start, run[-1].end
        try:
            value = _value(run, context)
        except (ValueError, OverflowError):
            value = NotADate(text[start:end])
        if value is not None:
            found.append(Span(start, end, value))
    return found


def at(day: date, minutes: int, context: Context) -> datetime:
    """Return the moment so many minutes by the wall clock into the day, in the asker's zone."""
    naive = datetime.combine(day, time()) + timedelta(minutes=minutes)
    local = naive.replace(tzinfo=context.now.tzinfo)
    return local.astimezone(UTC).astimezone(context.now.tzinfo)


def _tokens(text: str, context: Context) -> Iterator[Span[_Token]]:
    for start, end, value in _parts(text, context):
        token = _Token(start, end, "date")
        if isinstance(value, datetime):
            token = token._replace(slot="moment", moment=value)
        elif isinstance(value, Day):
            slot: Slot = value.naming if value.naming in ("weekday", "closing") else "date"
            token = token._replace(slot=slot, day=value)
        elif isinstance(value, Clock):
            token = token._replace(slot="part" if value.hour is None else "clock", clock=value)
        elif isinstance(value, Unit):
            token = token._replace(day=Day(_deadline(value, context), "edge"))
        yield Span(start, end, token)


def _parts(
    text: str, context: Context
) -> Iterator[tuple[int, int, datetime | Day | Clock | Unit | NotADate]]:
    for moment in _MOMENTS.scan(text, context):
        yield moment.start, moment.end, moment.value
    units = find_units(text, context)
    for day in find_days(text, context, units):
        yield day.start, day.end, day.value
    for clock in find_clocks(text, context):
        yield clock.start, clock.end, clock.value
    for unit in units:
        yield unit.start, unit.end, unit.value


def _deadline(unit: Unit, context: Context) -> date:
    starts = unit.kind in ("week", "weekend") and unit.start > context.today
    return unit.start if starts else unit.end - timedelta(1)


def _joins(run: list[_Token], token: _Token, text: str) -> bool:
    slots = {other.slot for other in run}
    if token.slot in slots or "moment" in slots or token.slot == "moment":
        return False
    gap = fold(text[run[-1].end : token.start])
    others = [other for other in run if other.day]
    if not others or not token.day:
        return _GAP.fullmatch(gap) is not None
    # "Friday, 13 March" is one day, even if a wrong one; "tomorrow, Monday" may be two.
    days = [t.day for t in (*others, token) if t.day and t.slot != "closing"]
    agree = len({day.date.weekday() for day in days}) <= 1
    written = any(day.naming == "date" for day in days)
    return len(others) == 1 and (agree or written) and _DAY_GAP.fullmatch(gap) is not None


def _value(run: list[_Token], context: Context) -> When | None:
    if run[0].moment:
        return run[0].moment
    if not all(token.day or token.clock for token in run):
        raise ValueError(run)
    days = {token.slot: token.day for token in run if token.day}
    clocks = {token.slot: token.clock for token in run if token.clock}
    weekday, clock, part_clock = days.get("weekday"), clocks.get("clock"), clocks.get("part")
    day = days.get("date") or weekday or days.get("closing")
    if day and weekday and day.date.weekday() != weekday.date.weekday():
        raise ValueError(run)
    part = part_clock.part if part_clock else day.part if day else None
    if not clock and not part:
        return day.date if day else None
    if not day and not clock and part_clock and not part_clock.alone:
        return None
    minutes = (clock or Clock(None)).minutes(part)
    if day:
        return at(day.date, minutes, context)
    found = at(context.today, minutes, context)
    if context.looking == "forward" and found <= context.now:
        return at(context.today + timedelta(1), minutes, context)
    if context.looking == "back" and found > context.now:
        return at(context.today - timedelta(1), minutes, context)
    return found
