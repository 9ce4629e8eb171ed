"""Statistics of values, exact; None where there are too few values for one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crm_core.models import Statistic

if TYPE_CHECKING:
    from numpy.typing import NDArray

IN_SQL = frozenset({Statistic.SUM, Statistic.COUNT, Statistic.MEAN, Statistic.MIN, Statistic.MAX})
"""Made of four numbers that both databases add up alike."""


def of_sums(
    statistic: Statistic, count: int, total: float, least: float | None, most: float | None
) -> float | None:
    """Return a statistic that follows from count, sum, minimum and maximum."""
    match statistic:
        case Statistic.COUNT:
            return count
        case Statistic.SUM:
            return total
        case Statistic.MEAN:
            return total / count if count else None
        case Statistic.MIN:
            return least
        case _:
            return most


def of_values(statistic: Statistic, values: "Sequence[float] | NDArray") -> float | None:  # type: ignore[type-arg]
    """Return any statistic; variance and deviation are a sample's and take two values."""
    import numpy as np

    found = np.asarray(values, dtype=np.float64)
    if statistic in IN_SQL:
        least, most = (float(found.min()), float(found.max())) if found.size else (None, None)
        return of_sums(statistic, found.size, float(found.sum()), least, most)
    if found.size < (1 if statistic is Statistic.MEDIAN else 2):
        return None
    match statistic:
        case Statistic.MEDIAN:
            return float(np.median(found))
        case Statistic.VARIANCE:
            return float(found.var(ddof=1))
        case _:
            return float(found.std(ddof=1))


def major(statistic: Statistic, value: float | None, scale: int) -> float | None:
    """Bring a statistic of minor units to major ones: a variance is of squares."""
    if value is None or statistic is Statistic.COUNT:
        return value
    return value / (scale**2 if statistic is Statistic.VARIANCE else scale)
