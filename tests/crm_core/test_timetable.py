"""Recurring times, through the nights that clocks change."""

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm_core.errors import Invalid
from crm_core.timetable import Timetable
from crm_core.values import midnight

# A zone, the day its clocks go forward and the day they go back.
ZONES = [
    ("Europe/Berlin", date(2026, 3, 29), date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8), date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 10, 4), date(2026, 4, 5)),
]


def times(line: str, zone: ZoneInfo, first: date, days: int = 1) -> list[datetime]:
    """Return what is due in some local days."""
    table = Timetable.crontab(line, zone)
    end = midnight(first + timedelta(days=days), zone)
    moment = midnight(first, zone) - timedelta(seconds=1)
    due = []
    while (moment := table.next(moment) or end) < end:
        due.append(moment)
    return due


@pytest.mark.parametrize(("name", "spring", "autumn"), ZONES)
@pytest.mark.parametrize("line", ["0 2 * * *", "15 2 * * *", "30 1 * * *", "45 1 * * *"])
def test_a_time_of_day_comes_once_a_day(name: str, spring: date, autumn: date, line: str) -> None:
    zone = ZoneInfo(name)
    for night in (spring, autumn):
        before = night - timedelta(days=1)
        due = times(line, zone, before, days=3)
        assert [moment.astimezone(zone).day for moment in due] == [
            (before + timedelta(days=ahead)).day for ahead in range(3)
        ]


def test_a_time_that_spring_skips_comes_later_by_the_jump() -> None:
    (due,) = times("30 2 * * *", ZoneInfo("Europe/Berlin"), date(2026, 3, 29))
    assert due == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 03:30 there


def test_a_time_that_autumn_repeats_counts_the_first_time() -> None:
    (due,) = times("30 2 * * *", ZoneInfo("Europe/Berlin"), date(2026, 10, 25))
    assert due == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(("name", "spring", "autumn"), ZONES)
def test_minutes_pass_evenly_through_both_nights(name: str, spring: date, autumn: date) -> None:
    zone = ZoneInfo(name)
    for night in (spring, autumn):
        due = times("*/10 * * * *", zone, night)
        assert {later - earlier for earlier, later in itertools.pairwise(due)} == {
            timedelta(minutes=10)
        }
        length = midnight(night + timedelta(days=1), zone) - midnight(night, zone)
        assert len(due) == length // timedelta(minutes=10)


def test_the_hour_is_that_of_the_zone() -> None:
    (due,) = times("0 9 * * mon-fri", ZoneInfo("Asia/Kolkata"), date(2026, 3, 11))
    assert due == datetime(2026, 3, 11, 3, 30, tzinfo=UTC)
    assert times("0 9 * * mon-fri", ZoneInfo("Asia/Kolkata"), date(2026, 3, 14)) == []


def test_an_hourly_table_of_one_month_is_found_across_the_shifts_between() -> None:
    table = Timetable({"minute": 0, "hour": "*", "month": 12}, ZoneInfo("Europe/Berlin"))
    after = datetime(2026, 3, 1, tzinfo=UTC)
    assert table.next(after) == datetime(2026, 11, 30, 23, tzinfo=UTC)


def test_the_newest_missed_time_is_found() -> None:
    table = Timetable.crontab("0 9 * * mon-fri", ZoneInfo("UTC"))
    monday = datetime(2026, 3, 9, 8, tzinfo=UTC)
    friday = datetime(2026, 3, 6, 9, tzinfo=UTC)
    assert table.last(monday, monday - timedelta(days=30)) == friday
    assert table.last(monday, friday) is None
    minutely = Timetable.crontab("* * * * *", ZoneInfo("UTC"))
    assert minutely.last(monday, monday - timedelta(days=30)) == monday


@pytest.mark.parametrize(
    "fields",
    [
        {"minute": 0, "hour": 9, "day": 31, "month": 2},
        {"minute": 0, "hour": 25},
        {"minute": 0, "hour": 9, "day": 31, "month": "4,6,9,11"},
    ],
)
def test_what_never_comes_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(Invalid, match="never-fires"):
        Timetable(fields, ZoneInfo("UTC"))
