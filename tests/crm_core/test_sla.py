"""Targets in working hours, at the edges: nights, weekends, holidays, clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.models import Priority, Ticket, TicketStatus
from crm_core.sla import Goal, Hours, Sla

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Hours(BERLIN, holidays=frozenset({date(2026, 4, 6)}))
ALWAYS = Hours(BERLIN, time(), time(), frozenset(range(7)))
SLA = Sla(
    OFFICE,
    {
        Goal.FIRST_RESPONSE: dict.fromkeys(Priority, 60),
        Goal.RESOLUTION: dict.fromkeys(Priority, 540),
    },
)


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-03-11T10:00", 60, "2026-03-11T11:00"),  # within a day
        ("2026-03-11T17:30", 30, "2026-03-11T18:00"),  # to the last minute
        ("2026-03-11T17:30", 31, "2026-03-12T09:01"),  # over night
        ("2026-03-11T18:00", 60, "2026-03-12T10:00"),  # opened at closing time
        ("2026-03-11T23:59", 60, "2026-03-12T10:00"),  # at night
        ("2026-03-12T03:00", 60, "2026-03-12T10:00"),  # before opening
        ("2026-03-13T17:00", 120, "2026-03-16T10:00"),  # over a weekend
        ("2026-03-14T12:00", 60, "2026-03-16T10:00"),  # on a weekend
        ("2026-04-03T17:00", 120, "2026-04-07T10:00"),  # over Easter Monday
        ("2026-03-11T10:00", 5 * 540, "2026-03-18T10:00"),  # a whole week of work
        ("2026-03-27T17:30", 60, "2026-03-30T09:30"),  # over the spring change of clocks
        ("2026-10-23T17:30", 60, "2026-10-26T09:30"),  # over the autumn one
    ],
)
def test_working_minutes_from_a_moment(start: str, minutes: int, due: str) -> None:
    assert OFFICE.after(at(start), minutes) == at(due)
    assert OFFICE.between(at(start), at(due)) == timedelta(minutes=minutes)


def test_a_shift_through_a_clock_change_is_as_long_as_it_really_is() -> None:
    day = timedelta(days=1)
    spring, autumn = at("2026-03-29T00:00"), at("2026-10-25T00:00")
    assert ALWAYS.between(spring, spring + day) == day
    assert ALWAYS.after(spring, 23 * 60) == at("2026-03-30T00:00")
    assert ALWAYS.after(autumn, 25 * 60) == at("2026-10-26T00:00")
    nights = Hours(BERLIN, time(1), time(5), frozenset(range(7)))
    assert nights.between(spring, at("2026-03-30T00:00")) == timedelta(hours=3)
    assert nights.between(autumn, at("2026-10-26T00:00")) == timedelta(hours=5)


def test_the_same_moment_is_in_hours_in_one_zone_and_out_in_another() -> None:
    shanghai = Hours(ZoneInfo("Asia/Shanghai"))
    moment = datetime(2026, 3, 11, 10, tzinfo=UTC)  # 11:00 in Berlin, 18:00 in Shanghai
    assert OFFICE.after(moment, 60) == moment + timedelta(hours=1)
    assert shanghai.after(moment, 60) == datetime(2026, 3, 12, 2, tzinfo=UTC)


def test_time_past_is_negative_and_stands_still_at_night() -> None:
    due = at("2026-03-11T17:00")
    assert OFFICE.between(at("2026-03-11T17:30"), due) == timedelta(minutes=-30)
    assert OFFICE.between(at("2026-03-11T23:00"), due) == timedelta(hours=-1)
    assert OFFICE.between(at("2026-03-12T10:00"), due) == timedelta(hours=-2)


minutes_of_a_year = st.integers(0, 365 * 24 * 60)


@given(minutes_of_a_year, st.integers(1, 5_000))
def test_what_is_due_after_so_many_minutes_is_so_many_minutes_away(
    into_the_year: int, minutes: int
) -> None:
    start = at("2026-01-01T00:00") + timedelta(minutes=into_the_year)
    due = OFFICE.after(start, minutes)
    assert OFFICE.between(start, due) == timedelta(minutes=minutes)
    assert OFFICE.between(due, start) == -timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "senseless",
    [{"weekdays": frozenset[int]()}, {"opens": time(18), "closes": time(9)}],
)
def test_hours_at_which_nobody_works_are_refused(senseless: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="nobody ever works"):
        Hours(**senseless)  # type: ignore[arg-type]


def ticket(**values: object) -> Ticket:
    given = {"priority": Priority.NORMAL, "status": TicketStatus.OPEN}
    return Ticket(**given, opened_at=at("2026-03-11T10:00"), **values)


def test_the_first_answer_is_due_first_and_the_solution_then() -> None:
    waiting = SLA.next(ticket())
    assert waiting
    assert (waiting.goal, waiting.due) == (Goal.FIRST_RESPONSE, at("2026-03-11T11:00"))
    assert not waiting.breached(waiting.due)
    assert waiting.breached(waiting.due + timedelta(seconds=1))
    answered = SLA.next(ticket(first_response_at=at("2026-03-11T10:30")))
    assert answered
    assert (answered.goal, answered.due) == (Goal.RESOLUTION, at("2026-03-12T10:00"))


def test_a_resolved_ticket_waits_for_nothing_but_may_have_been_late() -> None:
    resolved = ticket(resolved_at=at("2026-03-11T12:00"))
    assert SLA.next(resolved) is None
    now = at("2026-06-01T00:00")
    late = {deadline.goal: deadline.breached(now) for deadline in SLA.deadlines(resolved)}
    assert late == {Goal.FIRST_RESPONSE: True, Goal.RESOLUTION: False}


def test_without_targets_nothing_is_due() -> None:
    assert Sla().next(ticket()) is None
