"""Steps of time in reports."""

from datetime import date

import pytest

from crm_core.models import Dimension
from crm_core.reports import before, following
from crm_core.reports.timeline import steps
from crm_core.values import Period


def period(start: str, end: str) -> Period:
    return Period(date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    ("dimension", "starts"),
    [
        (Dimension.WEEK, ["2026-01-30", "2026-02-02", "2026-02-09"]),
        (Dimension.MONTH, ["2026-01-30", "2026-02-01"]),
        (Dimension.QUARTER, ["2026-01-30"]),
        (Dimension.YEAR, ["2026-01-30"]),
    ],
)
def test_steps_follow_the_calendar(dimension: Dimension, starts: list[str]) -> None:
    whole = period("2026-01-30", "2026-02-11")
    found = steps(whole, dimension)
    assert [step.start.isoformat() for step in found] == starts
    assert [step.end for step in found] == [*(step.start for step in found[1:]), whole.end]


@pytest.mark.parametrize(
    ("this", "last"),
    [
        (("2026-01-01", "2026-04-01"), ("2025-10-01", "2026-01-01")),
        (("2026-03-01", "2026-04-01"), ("2026-02-01", "2026-03-01")),
        (("2026-01-01", "2027-01-01"), ("2025-01-01", "2026-01-01")),
        (("2026-03-09", "2026-03-16"), ("2026-03-02", "2026-03-09")),
    ],
)
def test_the_period_before_and_the_one_after(this: tuple[str, str], last: tuple[str, str]) -> None:
    assert before(period(*this)) == period(*last)
    assert following(period(*last)) == period(*this)
