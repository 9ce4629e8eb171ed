"""How soon customers are to be answered and helped, counted in working hours.

Pure functions of moments: nothing here reads the clock or the database.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple

from crm_core.models import Priority, Ticket
from crm_core.values import midnight

FAR = 3_660
"""Days looked ahead for working hours: a calendar that never opens is an error of the settings."""


@dataclass(frozen=True, slots=True)
class Hours:
    """When people work: some hours, on some days of the week (Monday is 0), in a time zone.

    `closes` at midnight is the end of the day. On the days that clocks change, a shift is as long
    as it really is.
    """

    zone: tzinfo = UTC
    opens: time = time(9)
    closes: time = time(18)
    weekdays: frozenset[int] = frozenset(range(5))
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if not self.weekdays or (self.closes != time() and self.closes <= self.opens):
            raise ValueError("nobody ever works: set days, and an hour to open before closing")

    def shifts(self, since: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the working hours of each working day, in UTC, from the day of a moment on."""
        first = since.astimezone(self.zone).date()
        for day in (first + timedelta(days=ahead) for ahead in range(FAR)):
            if day.weekday() in self.weekdays and day not in self.holidays:
                opens = datetime.combine(day, self.opens, self.zone).astimezone(UTC)
                if self.closes == time():
                    yield opens, midnight(day + timedelta(days=1), self.zone)
                else:
                    yield opens, datetime.combine(day, self.closes, self.zone).astimezone(UTC)

    def after(self, start: datetime, minutes: int) -> datetime:
        """Return the moment at which so many working minutes have passed, in UTC."""
        left = timedelta(minutes=minutes)
        for opens, closes in self.shifts(start):
            begin = max(opens, start)
            if closes - begin >= left:
                return (begin + left).astimezone(UTC)
            left -= max(closes - begin, timedelta())
        raise ValueError(f"fewer than {minutes} working minutes in ten years")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time from one moment to another; negative where that one is past."""
        if end < start:
            return -self.between(end, start)
        total = timedelta()
        for opens, closes in self.shifts(start):
            if opens >= end:
                break
            total += max(min(closes, end) - max(opens, start), timedelta())
        return total


class Goal(StrEnum):
    """What a ticket is due for."""

    FIRST_RESPONSE = "first_response"
    RESOLUTION = "resolution"


class Deadline(NamedTuple):
    """By when a goal is to be reached, and when it was."""

    goal: Goal
    due: datetime
    met: datetime | None

    def breached(self, now: datetime) -> bool:
        """Tell whether it was, or by now is, too late."""
        return (self.met or now) > self.due


Minutes = Mapping[Priority, int]


@dataclass(frozen=True, slots=True)
class Sla:
    """Targets in working minutes from the opening of a ticket, per goal and priority.

    The clock runs until a goal is reached; a pause of the ticket does not stop it.
    """

    hours: Hours = field(default_factory=Hours)
    targets: Mapping[Goal, Minutes] = field(default_factory=dict)

    def deadlines(self, ticket: Ticket) -> list[Deadline]:
        """Return what is or was due on a ticket; a resolved one needs no first answer any more."""
        met = {
            Goal.FIRST_RESPONSE: ticket.first_response_at or ticket.resolved_at,
            Goal.RESOLUTION: ticket.resolved_at,
        }
        return [
            Deadline(goal, self.hours.after(ticket.opened_at, minutes[ticket.priority]), met[goal])
            for goal, minutes in self.targets.items()
        ]

    def next(self, ticket: Ticket) -> Deadline | None:
        """Return the deadline that comes first of those not met yet, None where all are."""
        waiting = [deadline for deadline in self.deadlines(ticket) if deadline.met is None]
        return min(waiting, key=lambda deadline: deadline.due, default=None)

    def left(self, deadline: Deadline, now: datetime) -> timedelta:
        """Return the working time left until a deadline; negative once it is missed."""
        return self.hours.between(now, deadline.due)
