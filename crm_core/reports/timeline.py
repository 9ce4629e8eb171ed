"""Steps of time: days, weeks from Monday to Sunday, months, quarters, years."""

from datetime import date, timedelta

from crm_core.errors import Invalid
from crm_core.models import Dimension
from crm_core.values import Period

MONTHS = {Dimension.MONTH: 1, Dimension.QUARTER: 3, Dimension.YEAR: 12}
DAYS = {Dimension.DAY: 1, Dimension.WEEK: 7}
STEPS = frozenset([*MONTHS, *DAYS])
MOST = 1_500
"""Steps of one report."""


def steps(period: Period, dimension: Dimension) -> list[Period]:
    """Cut a period into calendar steps; the first and the last may be cut short by its ends.

    Raises Invalid for more than `MOST`.
    """
    found: list[Period] = []
    start = period.start
    while start < period.end:
        if len(found) == MOST:
            raise Invalid("too-many-steps", most=MOST)
        after = min(_after(start, dimension), period.end)
        found.append(Period(start, after))
        start = after
    return found


def beginning(day: date, dimension: Dimension) -> date:
    """Return the first day of the step that a day is in."""
    if dimension is Dimension.DAY:
        return day
    if dimension is Dimension.WEEK:
        return day - timedelta(days=day.weekday())
    return _months_on(day.replace(day=1), -((day.month - 1) % MONTHS[dimension]))


def _after(day: date, dimension: Dimension) -> date:
    """Return the first day of the step after the one that a day is in."""
    first = beginning(day, dimension)
    if dimension in DAYS:
        return first + timedelta(days=DAYS[dimension])
    return _months_on(first, MONTHS[dimension])


def before(period: Period) -> Period:
    """Return the period that ends where this one begins: whole months for whole months."""
    months = _months(period)
    if months:
        return Period(_months_on(period.start, -months), period.start)
    return Period(period.start - (period.end - period.start), period.start)


def following(period: Period) -> Period:
    """Return the period that begins where this one ends: whole months for whole months."""
    months = _months(period)
    if months:
        return Period(period.end, _months_on(period.end, months))
    return Period(period.end, period.end + (period.end - period.start))


def _months(period: Period) -> int:
    """Return how many whole months a period is; 0 for one that begins or ends within a month."""
    if period.start.day != 1 or period.end.day != 1:
        return 0
    years = period.end.year - period.start.year
    return years * 12 + period.end.month - period.start.month


def _months_on(first: date, months: int) -> date:
    """Return the first day of the month that is so many months from the month of `first`."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
