"""Groups of customers: planted ones are found and named by what sets them apart."""

import numpy as np
import pytest

from crm_core.analytics.clusters import LOOKED_AT, grouped
from crm_core.analytics.features import NAMES
from crm_core.errors import Invalid


def test_planted_groups_are_found_and_named() -> None:
    random = np.random.default_rng(0)
    X = np.full((900, len(NAMES)), 10.0)  # noqa: N806
    levels = {"recency": (5, 200, 30), "visits": (40, 2, 8), "spend": (90_000, 900, 9_000)}
    for name, three in levels.items():
        X[:, NAMES.index(name)] = np.repeat(three, 300) * random.lognormal(0, 0.15, 900)
    found = grouped(X)
    assert len(found.groups) == 3
    assert found.stability > 0.95
    assert found.silhouette > 0.6
    assert sorted(group.customers for group in found.groups) == [300, 300, 300]
    named = [
        {(trait["feature"], trait["direction"]) for trait in group.traits} for group in found.groups
    ]
    assert {("recency", "down"), ("visits", "up"), ("spend", "up")} in named
    assert {("recency", "up"), ("visits", "down"), ("spend", "down")} in named


@pytest.mark.parametrize("rows", [0, 1, 49, 500])
def test_too_few_or_all_the_same_are_refused(rows: int) -> None:
    with pytest.raises(Invalid, match="too-little-data"):
        grouped(np.ones((rows, len(NAMES))))


def test_unknown_numbers_do_no_harm() -> None:
    random = np.random.default_rng(1)
    X = random.lognormal(2, 1, (300, len(NAMES)))  # noqa: N806
    X[random.random(X.shape) < 0.2] = np.nan
    found = grouped(X)
    assert sum(group.customers for group in found.groups) == 300
    for group in found.groups:
        assert all(np.isfinite([trait["value"], trait["usual"]]).all() for trait in group.traits)
        assert {trait["feature"] for trait in group.traits} <= set(LOOKED_AT)
