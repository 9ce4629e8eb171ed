"""Customers as they were known on past days, with what they did after: what models learn from."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from crm_core.analytics.features import NAMES, OUTCOMES, features, outcomes
from crm_core.analytics.warehouse import Warehouse

if TYPE_CHECKING:  # heavy: imported where it is used
    import pyarrow as pa

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]

Span = tuple[date, int]
"""A day to look back from, and how many days from it on are looked at."""
Rows = TypeVar("Rows", "pa.RecordBatch", "pa.Table")
ROWS = 100_000  # of features, computed in one query


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everybody who had ordered before `as_of`, and what they did in the days after it.

    `X` is (n, features); the fields named as in OUTCOMES are (n,), zero for who did nothing.
    """

    as_of: date
    customers: Ids
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
        self.warehouse = warehouse
        self.sample = warehouse.sample()
        self.first_day = warehouse.first_day
        self.currency = warehouse.currency
        self._taken: dict[Span, Snapshot] = {}

    def at(self, day: date, horizon: int = 0) -> Snapshot:
        """Return the customers as known before `day`, with the `horizon` days from then on."""
        self.take([(day, horizon)])
        return self._taken[day, horizon]

    def take(self, spans: Iterable[Span]) -> None:
        """Take the snapshots that are not there yet, as many in one query as memory allows."""
        missing = [span for span in dict.fromkeys(spans) if span not in self._taken]
        together = max(ROWS // max(self.sample.count("customers"), 1), 1)
        for start in range(0, len(missing), together):
            self._take(missing[start : start + together])

    def _take(self, spans: Sequence[Span]) -> None:
        known = self.sample.read(features(self.sample, *(day for day, _ in spans)))
        known = _who_ordered(known)
        after = self.sample.read(outcomes(self.sample, *spans))
        X, did = matrix(known), matrix(after, OUTCOMES)  # noqa: N806
        for look, span in enumerate(spans):
            rows, customers = _ordered(known, look)
            next_rows, who = _ordered(after, look)
            had_ordered = np.isin(who, customers)
            next_ = np.zeros((len(rows), len(OUTCOMES)))
            next_[np.searchsorted(customers, who[had_ordered])] = did[next_rows[had_ordered]]
            self._taken[span] = Snapshot(span[0], customers, X[rows], *next_.T)

    def everybody(self, day: date, names: Sequence[str] = NAMES) -> Iterator[tuple[Ids, Floats]]:
        """Yield who had ordered before `day` (n,), with X (n, names), part by part."""
        if self.sample.of == 1:
            alike = self.at(day)
            yield alike.customers, alike.X[:, [NAMES.index(name) for name in names]]
            return
        for part in self.warehouse.parts():
            columns = dict.fromkeys(("customer_id", "recency", *names))
            for rows in map(_who_ordered, part.fetch(features(part, day).select(*columns))):
                yield rows["customer_id"].to_numpy(), matrix(rows, names)


def days_before(as_of: date, first: date, horizon: int, count: int) -> list[date]:
    """Return up to `count` days to look back from, newest first, a third of the horizon apart.

    The outcome of the newest ends at `as_of`; before each lies at least half a horizon of history.
    """
    days = [as_of - timedelta(days=horizon + each * horizon // 3) for each in range(count)]
    return [day for day in days if day - first >= timedelta(days=horizon / 2)]


def _who_ordered(rows: Rows) -> Rows:
    """Leave out who never ordered; asked of the engine, it would join everything else first."""
    return rows.filter(rows["recency"].is_valid())


def _ordered(rows: "pa.Table", look: int) -> tuple[Ids, Ids]:
    """Return where the rows of one look are, by customer, however the engine hands them out."""
    its = np.flatnonzero(rows["look"].to_numpy() == look)
    customers = rows["customer_id"].to_numpy()[its]
    order = np.argsort(customers)
    return its[order], customers[order]


def matrix(rows: Rows, names: Sequence[str] = NAMES) -> Floats:
    """Return the features of rows, (n, names), NaN where not known."""
    return np.column_stack([np.asarray(rows[name]) for name in names])
