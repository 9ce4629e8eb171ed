"""Customers as they were known on past days, with what they did after: what models learn from."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crm_core.analytics.features import NAMES, OUTCOMES, features, outcomes
from crm_core.analytics.warehouse import Warehouse

if TYPE_CHECKING:  # heavy: imported where it is used
    import pyarrow as pa

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everybody who had ordered before `as_of`, and what they did in the days after it.

    `X` is (n, features); the fields named as in OUTCOMES are (n,), zero for who did nothing.
    """

    as_of: date
    customers: NDArray[np.int64]
    X: Floats
    next_orders: Floats
    next_visits: Floats
    next_returns: Floats
    next_late: Floats
    next_spend: Floats
    cleared: Floats

    def feature(self, name: str) -> Floats:
        column: Floats = self.X[:, NAMES.index(name)]
        return column


class History:
    """The snapshots of a warehouse, of all its customers or a fair sample; each is taken once."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.sample = warehouse.parts()[0]  # more changes nothing in models of this size
        self.first_day = warehouse.first_day
        self.currency = warehouse.currency
        self._taken: dict[tuple[date, int], Snapshot] = {}

    def at(self, day: date, horizon: int) -> Snapshot:
        """Return the customers as known before `day`, with the `horizon` days from then on."""
        if (day, horizon) not in self._taken:
            self._taken[day, horizon] = self._take(day, horizon)
        return self._taken[day, horizon]

    def _take(self, day: date, horizon: int) -> Snapshot:
        known = features(self.sample, day)
        known = known.filter(known.recency.notnull())
        if horizon:
            after = outcomes(self.sample, day, horizon)
            known = known.left_join(after, "customer_id").fill_null(dict.fromkeys(OUTCOMES, 0))
        batches = list(self.sample.fetch(known))
        count = sum(len(batch) for batch in batches)

        def column(name: str) -> Floats:
            if not horizon or not batches:
                return np.zeros(count)
            parts = [batch[name].to_numpy(zero_copy_only=False) for batch in batches]
            return np.concatenate(parts).astype(float)

        return Snapshot(
            day,
            np.concatenate([np.empty(0, np.int64), *(batch["customer_id"] for batch in batches)]),
            np.concatenate([np.empty((0, len(NAMES))), *map(matrix, batches)]),
            *map(column, OUTCOMES),
        )


def days_before(as_of: date, first: date, horizon: int, count: int) -> list[date]:
    """Return up to `count` days to look back from, newest first, a third of the horizon apart.

    The outcome of the newest ends at `as_of`; before each lies at least half a horizon of history.
    """
    days = [as_of - timedelta(days=horizon + each * horizon // 3) for each in range(count)]
    return [day for day in days if day - first >= timedelta(days=horizon / 2)]


def matrix(batch: "pa.RecordBatch") -> Floats:
    """Return the features of a batch, (n, features), NaN where not known."""
    return np.column_stack([batch[name].to_numpy(zero_copy_only=False) for name in NAMES])
