"""What customers will spend: a known truth is found again, kept as numbers, and never NaN."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from crm_core.analytics.features import NAMES
from crm_core.analytics.snapshots import History
from crm_core.analytics.value import RESTS_ON, YEAR, Value, stretches, train
from crm_core.analytics.warehouse import from_tables
from crm_core.errors import Invalid

AS_OF = date(2025, 1, 1)
MIDNIGHT = datetime(2025, 1, 1)  # noqa: DTZ001 - the warehouse counts in UTC
CUSTOMERS, DAYS = 400, 720


def tables(customers: int = CUSTOMERS, seed: int = 3) -> dict[str, pa.Table]:
    """Let each order at a rate and a level of their own, and a third stop on some day."""
    random = np.random.default_rng(seed)
    who, ages, totals = [], [], []
    for customer in range(1, customers + 1):
        gap, level = random.gamma(4, 12), random.lognormal(8, 0.6)
        first = random.uniform(200, DAYS)
        stops = random.uniform(0, first) if random.random() < 0.33 else -365
        days = first - np.cumsum([0, *random.exponential(gap, 200)])
        days = days[(days > stops) & (days > -365)]
        who += [customer] * len(days)
        ages += days.tolist()
        totals += (level * random.lognormal(0, 0.3, len(days))).astype(int).tolist()
    moments = [MIDNIGHT - timedelta(days=age) for age in ages]
    return {
        "customers": pa.table({"id": range(1, customers + 1)}),
        "orders": pa.table(
            {
                "id": range(len(who)),
                "customer_id": who,
                "ordered_at": pa.array(moments, pa.timestamp("us")),
                "total": totals,
                "currency": ["EUR"] * len(who),
            }
        ),
    }


@pytest.fixture(scope="module")
def history() -> Iterator[History]:
    with from_tables(tables()) as opened:
        past = History(opened)
        past.take([(AS_OF, 0), (AS_OF, YEAR), *stretches(AS_OF, past.first_day or AS_OF)])
        yield past


@pytest.fixture(scope="module")
def model(history: History) -> Value:
    return train(history, AS_OF)


def test_what_is_foretold_comes(history: History, model: Value) -> None:
    after = history.at(AS_OF, YEAR)
    foretold = model.predict(after.X)
    assert foretold.sum() == pytest.approx(after.next_spend.sum(), rel=0.15)
    assert np.corrcoef(foretold, after.next_spend)[0, 1] > 0.7
    ways = model.metrics_["ways"]
    assert ways.keys() == {"lifetime", "as_before", "regression"}
    assert ways["lifetime"]["error"] < ways["as_before"]["error"]


def test_eight_of_ten_lie_within_their_bounds(history: History, model: Value) -> None:
    after = history.at(AS_OF, YEAR)
    rests_on = np.column_stack([after.feature(name) for name in RESTS_ON])
    held = []
    for row, spent in list(zip(rests_on.tolist(), after.next_spend, strict=True))[::4]:
        worth = model.worth([None if np.isnan(number) else number for number in row])
        assert worth.low <= worth.high
        held.append(worth.low <= spent <= worth.high)
    assert 0.68 < np.mean(held) < 0.95


def test_one_customer_is_foretold_as_all_are(history: History, model: Value) -> None:
    X = history.at(AS_OF).X  # noqa: N806
    worth = model.worth([X[0, NAMES.index(name)] for name in RESTS_ON])
    assert worth.money == pytest.approx(model.predict(X[:1])[0])


def test_json_keeps_all(history: History, model: Value) -> None:
    kept = Value.from_dict(json.loads(json.dumps(model.to_dict(), allow_nan=False)))
    X = history.at(AS_OF).X  # noqa: N806
    assert (kept.predict(X) == model.predict(X)).all()
    with pytest.raises(Invalid, match="model-outdated"):
        Value.from_dict({**model.to_dict(), "version": 0})


def test_one_customer_alone_is_too_little() -> None:
    with from_tables(tables(1)) as opened, pytest.raises(Invalid, match="too-little-data"):
        train(History(opened), AS_OF)


def test_odd_money_is_a_sound_number(model: Value) -> None:
    X = np.zeros((4, len(NAMES)))  # noqa: N806
    X[:, NAMES.index("visits")] = X[:, NAMES.index("orders")] = [1, 1, 2, 500]
    X[:, NAMES.index("tenure")] = [0, 800, 30, 1]
    X[:, NAMES.index("spend_mean")] = [np.nan, 0, -50, 1e12]
    money = model.predict(X)
    assert np.isfinite(money).all()
    assert (money >= 0).all()
