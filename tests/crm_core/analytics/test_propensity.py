"""A known truth is found again, honestly measured; too little data is refused."""

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from sqlalchemy import insert

from crm_core.analytics.estimators import Logistic
from crm_core.analytics.features import NAMES
from crm_core.analytics.measures import measures
from crm_core.analytics.propensity import (
    CHURN,
    Propensity,
    Scored,
    Target,
    score,
    train,
)
from crm_core.analytics.snapshots import History
from crm_core.analytics.warehouse import connect, from_tables
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.errors import Invalid
from crm_core.models import Customer, ModelName, Order, OrderStatus

AS_OF = date(2025, 1, 1)
MIDNIGHT = datetime(2025, 1, 1)  # noqa: DTZ001 - the warehouse counts in UTC
CUSTOMERS = 300
DAYS = 360

Rows = list[dict[str, Any]]


def history(stopping: float = 0.5, seed: int = 0) -> Rows:
    """Let half order every few days, half every month; a share stops on some day, for good."""
    random = np.random.default_rng(seed)
    rows = []
    for customer in range(1, CUSTOMERS + 1):
        gap = random.choice([4, 35]) * random.uniform(0.8, 1.2)
        stops = random.uniform(0, DAYS) if random.random() < stopping else -DAYS
        days = np.arange(DAYS - random.uniform(0, gap), -60, -gap)
        rows += [
            {
                "customer_id": customer,
                "ordered_at": MIDNIGHT - timedelta(days=float(day)),
                "total": int(random.lognormal(8, 0.5)),
                "currency": "EUR",
            }
            for day in days
            if day > stops
        ]
    return [{"id": number, **row} for number, row in enumerate(rows)]


def tables(orders: Rows, customers: int = CUSTOMERS) -> dict[str, pa.Table]:
    kinds = [("id", pa.int64()), ("customer_id", pa.int64()), ("ordered_at", pa.timestamp("us"))]
    schema = pa.schema([*kinds, ("total", pa.int64()), ("currency", pa.string())])
    return {
        "customers": pa.table({"id": range(1, customers + 1)}),
        "orders": pa.Table.from_pylist(orders, schema),
    }


def learnt(orders: Rows, target: Target = CHURN) -> tuple[Propensity, Scored]:
    with from_tables(tables(orders)) as opened:
        past = History(opened)
        model = train(past, target, AS_OF)
        return model, score(past, model, AS_OF)


@pytest.fixture(scope="module")
def orders() -> Rows:
    return history()


@pytest.fixture(scope="module")
def both(orders: Rows) -> tuple[Propensity, Scored]:
    return learnt(orders)


@pytest.fixture(scope="module")
def model(both: tuple[Propensity, Scored]) -> Propensity:
    return both[0]


@pytest.fixture(scope="module")
def scored(both: tuple[Propensity, Scored]) -> Scored:
    return both[1]


def test_who_has_stopped_is_found(orders: Rows, scored: Scored) -> None:
    back = {row["customer_id"] for row in orders if row["ordered_at"] >= MIDNIGHT}
    gone = ~np.isin(scored.customers, list(back))
    assert 0.2 < gone.mean() < 0.6
    assert measures(gone, scored.probability)["auc"] > 0.95
    likeliest = np.argsort(-scored.probability)[: len(gone) // 10]
    assert gone[likeliest].all()


def test_the_measures_are_those_of_days_not_learnt_from(model: Propensity) -> None:
    found = model.metrics_
    horizon = timedelta(days=CHURN.horizon)
    tested = date.fromisoformat(found["tested_from"])
    assert tested + horizon == AS_OF
    assert found["snapshots"]
    assert all(date.fromisoformat(day) + horizon <= tested for day in found["snapshots"])
    assert found["auc"] > max(found["alone"].values()) > 0.5
    assert found["brier"] < found["brier_base"]
    assert found["lift"] > 1.5
    assert found["auc_interval"][0] < found["auc"] < found["auc_interval"][1]


def test_nothing_is_learnt_from_the_day_or_later(orders: Rows, model: Propensity) -> None:
    past = [row for row in orders if row["ordered_at"] < MIDNIGHT]
    with from_tables(tables(past)) as opened:
        again = train(History(opened), CHURN, AS_OF)
    assert again.to_dict() == model.to_dict()


def test_probabilities_are_those_of_the_truth() -> None:
    random = np.random.default_rng(4)
    X = np.zeros((20_000, len(NAMES)))  # noqa: N806
    X[:, :4] = random.lognormal(3, 1, (len(X), 4))
    truth = 1 / (1 + np.exp(-(np.log1p(X[:, :4]) @ [1.0, -0.5, 0.5, 0.0] - 4)))
    found = Propensity().fit(X, random.random(len(X)) < truth).predict_proba(X)[:, 1]
    for tenth in np.array_split(np.argsort(found), 10):
        assert found[tenth].mean() == pytest.approx(truth[tenth].mean(), abs=0.02)


def test_another_label_is_another_model(orders: Rows, scored: Scored) -> None:
    target = Target(ModelName.PURCHASE, lambda outcome: outcome.next_orders > 0)
    _, buying = learnt(orders, target)
    assert np.corrcoef(buying.probability, scored.probability)[0, 1] < -0.9


def test_what_people_called_no_risk_is_learnt(orders: Rows, model: Propensity) -> None:
    day = AS_OF - timedelta(days=CHURN.horizon)
    cleared = pa.Table.from_pylist(
        [
            {
                "customer_id": customer,
                "kind": "churn",
                "status": "dismissed",
                "taken_at": MIDNIGHT - timedelta(days=20),
            }
            for customer in range(1, CUSTOMERS + 1, 2)
        ]
    )
    with from_tables({**tables(orders), "alerts": cleared}) as opened:
        snapshot = History(opened).at(day, CHURN.horizon)
        again = train(History(opened), CHURN, AS_OF)
    lost = snapshot.customers[CHURN.label(snapshot)]
    assert len(lost)
    assert not (lost % 2).any()
    assert again.metrics_["base_rate"] < 0.7 * model.metrics_["base_rate"]


def test_the_lookback_says_who_is_scored(orders: Rows, model: Propensity, scored: Scored) -> None:
    found = {}
    with from_tables(tables(orders)) as opened:
        for lookback in (30, None):
            other = Propensity.from_dict({**model.to_dict(), "lookback": lookback})
            found[lookback] = set(score(History(opened), other, AS_OF).customers.tolist())
    assert found[30] < set(scored.customers.tolist()) <= found[None]
    assert found[None] == {row["customer_id"] for row in orders if row["ordered_at"] < MIDNIGHT}


def test_value_is_the_spend_of_a_year(orders: Rows, scored: Scored) -> None:
    spent = {int(customer): 0 for customer in scored.customers}
    for row in orders:
        if row["ordered_at"] < MIDNIGHT and row["customer_id"] in spent:
            spent[row["customer_id"]] += row["total"]
    assert scored.value.tolist() == [spent[int(customer)] for customer in scored.customers]


def test_a_model_survives_json(model: Propensity) -> None:
    kept = json.dumps(model.to_dict(), allow_nan=False)
    again = Propensity.from_dict(json.loads(kept))
    X = np.random.default_rng(1).uniform(0, 100, (50, len(NAMES)))  # noqa: N806
    assert (again.predict_proba(X) == model.predict_proba(X)).all()
    assert again.target == model.target
    assert again.metrics_ == model.metrics_


def test_a_model_of_other_features_is_refused(model: Propensity) -> None:
    kept = {**model.to_dict(), "features": ["recency", "mood"]}
    with pytest.raises(Invalid) as refused:
        Propensity.from_dict(kept)
    assert refused.value.reason == "model-outdated"


def test_coefficients_never_point_against_the_data() -> None:
    """Two features that say the same: an unbounded fit gives one of them the wrong sign."""
    random = np.random.default_rng(2)
    X = np.zeros((2000, len(NAMES)))  # noqa: N806
    X[:, 0] = random.uniform(0, 100, 2000)
    X[:, 1] = X[:, 0] * random.lognormal(0, 0.05, 2000)
    y = random.random(2000) < 1 / (1 + np.exp(5 - X[:, 0] / 10 + 30 * np.log(X[:, 1] / X[:, 0])))
    fitted = Logistic(C=100.0).fit(X, y)
    free = np.linalg.lstsq(np.log1p(X[:, :2]) - np.log1p(X[:, :2]).mean(axis=0), y - y.mean())[0]
    assert free[1] < 0 < np.corrcoef(X[:, 1], y)[0, 1]
    assert (fitted.coef_ >= 0).all()
    assert fitted.coef_[2:].tolist() == [0] * (len(NAMES) - 2), "what is constant says nothing"


def regular(days: range, customers: int = CUSTOMERS, **more: Any) -> Rows:
    """Let all customers order on the same days before the first of January."""
    plain = {"total": 100, "currency": "EUR", **more}
    return [
        {"id": 0, "customer_id": customer, "ordered_at": MIDNIGHT - timedelta(days=day), **plain}
        for customer in range(1, customers + 1)
        for day in days
    ]


@pytest.mark.parametrize(
    ("orders", "missing"),
    [
        ([], {"days": 0, "needed_days": 112}),
        (regular(range(-50, -10)), {"days": 0, "needed_days": 112}),
        (regular(range(10, 90, 7)), {"days": 87, "needed_days": 112}),
        (regular(range(1, 350, 7), customers=1), {"customers": 1, "events": 0}),
        (regular(range(1, 350, 7), customers=29), {"customers": 29, "needed": 30}),
        (regular(range(1, 350, 7)), {"events": 0, "needed_each": 5}),
        (regular(range(300, 301)), {"customers": 300, "events": 300}),
        (regular(range(1, 350, 7), total=-100), {"customers": 0}),
    ],
    ids=[
        *("no orders", "all in the future", "a short time", "one customer", "few customers"),
        *("nobody leaves", "one same day", "credit notes only"),
    ],
)
def test_too_little_is_refused_with_what_is_missing(orders: Rows, missing: dict[str, int]) -> None:
    with pytest.raises(Invalid) as refused:
        learnt(orders)
    assert refused.value.reason == "too-little-data"
    assert missing.items() <= refused.value.data.items()


def test_odd_rows_do_no_harm(orders: Rows) -> None:
    random = np.random.default_rng(3)
    odd = [dict(row) for row in orders]
    for row in odd:
        row["total"] = int(random.choice([row["total"], 0, -row["total"]], p=[0.8, 0.1, 0.1]))
        row["currency"] = str(random.choice(["EUR", "USD", "JPY"], p=[0.6, 0.3, 0.1]))
        row["customer_id"] = row["customer_id"] if random.random() < 0.95 else None
    _, found = learnt(odd)
    assert len(found.customers) > CUSTOMERS / 2
    assert ((found.probability > 0) & (found.probability < 1)).all()
    assert (found.value >= 0).all()
    json.dumps(list(found.reasons), allow_nan=False)


def test_measures_by_hand() -> None:
    y = np.array([1, 0, 1, 0, 0, 0, 0, 0, 0, 0], bool)
    p = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0])
    found = measures(y, p)
    assert found["auc"] == pytest.approx(15 / 16)
    assert found["average_precision"] == pytest.approx((1 + 2 / 3) / 2)
    assert found["brier"] == pytest.approx(np.mean((p - y) ** 2))
    assert (found["base_rate"], found["brier_base"]) == pytest.approx((0.2, 0.16))
    assert (found["top_decile"], found["lift"]) == (1, 5)
    assert found["reliability"][0] == pytest.approx(
        {"predicted": 0.85, "observed": 0.5, "customers": 2}
    )


async def test_the_operational_database_is_scored(db: Database, scored: Scored) -> None:
    orders = history()
    now = datetime(2025, 1, 1, tzinfo=UTC)
    stamps = {"created_at": now, "updated_at": now, "version": 1}
    async with db.begin(Work("test", now)) as session:
        connection = await session.connection()
        await connection.execute(
            insert(Customer),
            [{"id": id_, "name": "x", **stamps} for id_ in range(1, CUSTOMERS + 1)],
        )
        await connection.execute(
            insert(Order),
            [
                {
                    **row,
                    "id": row["id"] + 1,
                    "ordered_at": row["ordered_at"].replace(tzinfo=UTC),
                    "status": OrderStatus.DELIVERED,
                    **stamps,
                }
                for row in orders
            ],
        )

    def scored_there() -> Scored:
        with connect(db.url) as opened:
            past = History(opened)
            return score(past, train(past, CHURN, AS_OF), AS_OF)

    found = await asyncio.to_thread(scored_there)
    order = np.argsort(found.customers)
    expected = scored.probability[np.argsort(scored.customers)]
    assert found.probability[order] == pytest.approx(expected)
