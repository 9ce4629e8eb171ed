"""Customers in eleven segments by recency, frequency and money, each in fifths."""

from collections.abc import Iterator
from datetime import date

import numpy as np
from numpy.typing import NDArray

from crm_core.analytics.snapshots import History
from crm_core.models import Segment

FIFTHS = 5

# Rows: recency from long ago (1) to just now (5). Columns: frequency and money together, from few
# (1) to many (5).
GRID = (
    ("lost", "hibernating", "at_risk", "at_risk", "cannot_lose"),
    ("hibernating", "hibernating", "at_risk", "at_risk", "cannot_lose"),
    ("about_to_sleep", "about_to_sleep", "need_attention", "loyal", "loyal"),
    ("promising", "potential_loyalists", "potential_loyalists", "loyal", "loyal"),
    ("new_customers", "potential_loyalists", "potential_loyalists", "champions", "champions"),
)


def segments(history: History, as_of: date) -> Iterator[tuple[int, Segment]]:
    """Yield the segment of every customer who has ordered before `as_of`."""
    parts = list(history.everybody(as_of, ("recency", "orders", "spend")))
    customers = np.concatenate([who for who, _ in parts])
    numbers = np.concatenate([numbers for _, numbers in parts])
    for customer, segment in zip(customers, named(*numbers.T), strict=True):
        yield int(customer), segment


def named(
    recency: NDArray[np.float64], orders: NDArray[np.float64], spend: NDArray[np.float64]
) -> list[Segment]:
    """Return a segment per customer: `recency` in days, `orders` in number, `spend` in money."""
    lately = fifth(-recency)
    much = np.ceil((fifth(orders) + fifth(spend)) / 2).astype(int)
    return [Segment(GRID[r - 1][m - 1]) for r, m in zip(lately, much, strict=True)]


def fifth(number: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the fifth, 1 to 5, each number lies in; equal numbers lie in the same one."""
    if not len(number):
        return np.empty(0, np.int64)
    ordered = np.sort(number)
    middle = (
        np.searchsorted(ordered, number, "left") + np.searchsorted(ordered, number, "right") - 1
    ) / 2
    return 1 + np.minimum((middle * FIFTHS / len(number)).astype(np.int64), FIFTHS - 1)
