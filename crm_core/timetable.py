"""When something recurs: cron fields in a time zone, right in both nights that clocks change.

Pure arithmetic of moments: nothing here waits, runs or reads the clock.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from crm_core.errors import Invalid

FIELDS = ("minute", "hour", "day", "month", "day_of_week")
LONGEST_SHIFT = timedelta(hours=3)
"""More than any zone moves its clocks at once."""
SECOND = timedelta(seconds=1)


class Timetable:
    """Cron fields, in APScheduler's words, and the zone whose clock they mean.

    A fixed time of day comes once a day: a time that spring skips comes as much later as the clock
    jumps, and one that autumn repeats counts the first time. What recurs within the day ("every
    ten minutes") goes by time passed, through both nights.
    """

    def __init__(self, fields: Mapping[str, Any], zone: ZoneInfo) -> None:
        """Raise Invalid("never-fires") for fields that mean no time at all."""
        self.zone = zone
        given = {name: fields[name] for name in FIELDS if fields.get(name) is not None}
        try:
            # Fed with the wall clock's time as if it were UTC: it never meets a clock change.
            self._cron = CronTrigger(**given, timezone=UTC)
        except ValueError as problem:
            raise Invalid("never-fires") from problem
        self._within_the_day = not re.fullmatch(r"[\d,]+", str(given.get("hour", "*")))
        if self._cron.get_next_fire_time(None, datetime(2024, 1, 1, tzinfo=UTC)) is None:
            raise Invalid("never-fires")

    @classmethod
    def crontab(cls, line: str, zone: ZoneInfo) -> "Timetable":
        """Read the five fields of a line: minute, hour, day, month, day of the week."""
        return cls(dict(zip(FIELDS, line.split(), strict=True)), zone)

    def next(self, after: datetime) -> datetime | None:
        """Return the first moment due after another, in UTC; None where none ever comes."""
        after = after.astimezone(UTC)
        return self._by_time_passed(after) if self._within_the_day else self._by_wall_clock(after)

    def last(self, now: datetime, since: datetime) -> datetime | None:
        """Return the newest moment due after `since` and not after `now`."""
        # From near to far: a minute's table must not be walked through a month.
        for days in (0.01, 1.0, 32.0, 400.0):
            due, start = None, max(since, now - timedelta(days=days))
            while (following := self.next(due or start)) and following <= now:
                due = following
            if due or start == since:
                return due
        return None

    def _by_wall_clock(self, after: datetime) -> datetime | None:
        local = after.astimezone(self.zone).replace(tzinfo=UTC, fold=0) - LONGEST_SHIFT
        while (wall := self._cron.get_next_fire_time(None, local)) is not None:
            due: datetime = wall.replace(tzinfo=self.zone, fold=0).astimezone(UTC)
            if due > after:
                return due
            local = wall + SECOND
        return None

    def _by_time_passed(self, after: datetime) -> datetime | None:
        start = after + SECOND
        while True:
            offset = self._offset(start)
            wall = self._cron.get_next_fire_time(None, start + offset)
            if wall is None:
                return None
            due: datetime = wall - offset
            if self._offset(due) == offset:
                return due
            start = self._shift(start, due, offset)

    def _shift(self, start: datetime, end: datetime, offset: timedelta) -> datetime:
        """Return the first second between two moments at which the zone's offset is another."""
        while end - start > SECOND:
            middle = start + (end - start) // 2
            start, end = (middle, end) if self._offset(middle) == offset else (start, middle)
        return end.replace(microsecond=0)

    def _offset(self, moment: datetime) -> timedelta:
        return moment.astimezone(self.zone).utcoffset() or timedelta()
