"""Eleven segments by recency, frequency and money."""

import numpy as np

from crm_core.analytics.segments import GRID, fifth, named
from crm_core.models import Segment


def test_fifths_are_even_and_equals_stay_together() -> None:
    assert np.bincount(fifth(np.arange(100.0)))[1:].tolist() == [20] * 5
    assert len(set(fifth(np.ones(7)).tolist())) == 1
    assert fifth(np.empty(0)).tolist() == []


def test_every_segment_has_a_place() -> None:
    assert {Segment(name) for row in GRID for name in row} == set(Segment)


def test_the_best_and_the_lost_are_told_apart() -> None:
    n = 100
    recency = np.arange(n, dtype=float)  # the first bought just now
    orders = spend = np.arange(n, 0, -1, dtype=float)
    segments = named(recency, orders, spend)
    assert segments[0] is Segment.CHAMPIONS
    assert segments[-1] is Segment.LOST
    only_lately = named(recency, orders[::-1].copy(), spend[::-1].copy())
    assert only_lately[0] is Segment.NEW_CUSTOMERS
    assert only_lately[-1] is Segment.CANNOT_LOSE
