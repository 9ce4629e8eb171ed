"""Each feature by hand, and nothing of the day itself or later in any of them."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from importlib import import_module
from typing import Any

import ibis
import pyarrow as pa
import pytest

from crm_core.analytics.features import FEATURES, GROUPS, NAMES, features, outcomes
from crm_core.analytics.warehouse import TABLES, from_tables

AS_OF = date(2025, 1, 1)
MIDNIGHT = datetime(2025, 1, 1)  # noqa: DTZ001 - the warehouse counts in UTC

Rows = list[dict[str, Any]]


def ago(days: float) -> datetime:
    return MIDNIGHT - timedelta(days=days)


def order(number: int, days: float, total: int = 1000, **more: Any) -> dict[str, Any]:
    known = {"id": number, "customer_id": 1, "ordered_at": ago(days), "total": total}
    return {"status": "delivered", "currency": "EUR", "updated_at": ago(days), **known, **more}


def ticket(opened: float, resolved: float | None) -> dict[str, Any]:
    end = None if resolved is None else ago(resolved)
    return {"customer_id": 1, "opened_at": ago(opened), "resolved_at": end, "updated_at": end}


def arrow(tables: Mapping[str, Rows]) -> dict[str, pa.Table]:
    return {
        name: pa.Table.from_pylist(rows, ibis.schema(TABLES[name]).to_pyarrow())
        for name, rows in tables.items()
    }


def computed(as_of: date = AS_OF, **tables: Rows) -> dict[int, dict[str, Any]]:
    """Return the features of each customer; customer 1 is there anyway."""
    tables.setdefault("customers", [{"id": 1, "created_at": ago(800)}])
    with from_tables(arrow(tables)) as opened:
        found = opened.read(features(opened, as_of).drop("look")).to_pylist()
    return {row.pop("customer_id"): row for row in found}


def test_every_feature_by_hand() -> None:
    line = {"order_id": 1, "product_id": 5, "discount": 0, "amount": 500}
    found = computed(
        orders=[
            order(1, 400, 1000, due_at=ago(390), shipped_at=ago(380)),  # late
            order(2, 300, 2000, due_at=ago(290), shipped_at=ago(295), payment_due_at=ago(270)),
            # on the same day, paid in time
            order(3, 299.5, 6000, payment_due_at=ago(270), paid_at=ago(280)),
            order(4, 100, 3000, due_at=ago(10), payment_due_at=ago(-9)),  # late, not shipped yet
            order(5, 90, -1500),  # a credit note
            order(6, 50, 4000, status="returned"),
            order(7, 20, 9999, status="cancelled"),
        ],
        order_lines=[
            line,
            {**line, "discount": 2000},
            {**line, "order_id": 2, "product_id": 6, "discount": 1000},
            {**line, "order_id": 5, "product_id": 7, "amount": -500},
            {**line, "order_id": 7, "product_id": 8},
        ],
        products=[{"id": 5, "category": "tea"}, {"id": 6, "category": "tea"}],
        tickets=[
            {**ticket(200, 100), "first_response_at": ago(199.5), "satisfaction": 5},
            {**ticket(30, 20), "first_response_at": ago(28), "satisfaction": 2},
            ticket(5, None),
        ],
        activities=[
            {"customer_id": 1, "kind": "call", "happened_at": ago(91)},
            {"customer_id": 1, "kind": "email", "happened_at": ago(12)},
            {"customer_id": 1, "kind": "note", "happened_at": ago(2)},
        ],
    )[1]
    expected = {
        "recency": 50,
        "overdue": 50 / (350 / 3),
        "orders": 5,
        "visits": 4,
        "gap": 350 / 3,
        "orders_90": 1,
        "orders_180": 2,
        "pace": (225 - (400 + 300 + 300 + 100 + 50) / 5) / 350,
        "season": 2,
        "tenure": 400,
        "span": 350,
        "spend": 1000 + 2000 + 6000 + 3000 - 1500 + 4000,
        "spend_mean": 3200,
        "spend_median": 3000,
        "spend_std": (sum((each - 3200) ** 2 for each in (1000, 2000, 6000, 3000, 4000)) / 5)
        ** 0.5,
        "spend_90": 4000 - 1500,
        "spend_180": 3000 - 1500 + 4000,
        "spend_365": 2000 + 6000 + 3000 - 1500 + 4000,
        "basket": 3 / 5,
        "products": 2,
        "categories": 1,
        "returned": (1500 + 4000) / 16000,
        "discount": 0.1,
        "late": 2 / 5,
        "paid_late": 1 / 2,
        "tickets_open": 1,
        "tickets_180": 2,
        "waited": 2,
        "satisfaction": 3.5,
        "contacts_90": 1,
        "silence": 12,
    }
    assert found == pytest.approx(expected)
    assert tuple(expected) == NAMES


def test_nothing_of_the_day_or_later_is_used() -> None:
    past: dict[str, Any] = {
        "orders": [
            order(1, 60, due_at=ago(50)),
            order(2, 30, due_at=ago(1), shipped_at=None),
            order(6, 20, due_at=ago(-1), shipped_at=None),
            order(7, 19, payment_due_at=ago(1), paid_at=None),
            order(8, 18, payment_due_at=ago(-1), paid_at=None),
        ],
        "order_lines": [{"order_id": 1, "product_id": 1, "discount": 0, "amount": 1000}],
        "tickets": [ticket(10, None)],
        "activities": [{"customer_id": 1, "kind": "call", "happened_at": ago(10)}],
    }
    later: dict[str, Any] = {
        "customers": [
            {"id": 1, "created_at": ago(800)},
            {"id": 2, "created_at": ago(0)},  # made at that midnight
        ],
        "orders": [
            order(1, 60, due_at=ago(50), status="returned", updated_at=ago(-3)),
            order(2, 30, due_at=ago(1), shipped_at=ago(-1), status="cancelled", updated_at=ago(-1)),
            order(6, 20, due_at=ago(-1), shipped_at=ago(-2), updated_at=ago(-2)),
            order(7, 19, payment_due_at=ago(1), paid_at=ago(-1)),
            order(8, 18, payment_due_at=ago(-1), paid_at=ago(-2)),
            order(3, 0, 777),
            order(4, -500, -777),
            order(5, -3, 777, customer_id=2),
        ],
        "order_lines": [
            *past["order_lines"],
            {"order_id": 3, "product_id": 9, "discount": 5000, "amount": 777},
        ],
        "tickets": [
            {**ticket(10, -4), "first_response_at": ago(-2), "satisfaction": 1},
            {"customer_id": 1, "opened_at": ago(0), "resolved_at": None},
        ],
        "activities": [
            *past["activities"],
            {"customer_id": 1, "kind": "visit", "happened_at": ago(-0.001)},
        ],
    }
    assert computed(**later) == computed(**past)


def test_the_last_moment_before_counts() -> None:
    assert computed(orders=[order(1, 1e-6)])[1]["recency"] == 1


def test_what_cannot_be_known_is_null_and_what_did_not_happen_zero() -> None:
    found = computed(orders=[])[1]
    unknown = {name for name, value in found.items() if value is None}
    assert unknown == {
        *("recency", "overdue", "gap", "pace", "tenure", "span", "basket", "returned", "late"),
        *("paid_late", "satisfaction"),
        *("spend_mean", "spend_median", "spend_std", "discount", "silence"),
    }
    assert {value for value in found.values() if value is not None} == {0}


def test_one_order_has_no_gap() -> None:
    found = computed(orders=[order(1, 30)])[1]
    assert (found["recency"], found["gap"], found["overdue"], found["pace"]) == (
        30,
        None,
        None,
        None,
    )


def test_an_imported_customer_is_as_old_as_its_records() -> None:
    customers = [{"id": number, "created_at": ago(-100)} for number in (1, 2, 3, 4)]
    found = computed(
        customers=customers,
        orders=[order(1, 30)],
        tickets=[{"customer_id": 2, "opened_at": ago(3), "resolved_at": None}],
        activities=[{"customer_id": 3, "kind": "call", "happened_at": ago(3)}],
    )
    assert sorted(found) == [1, 2, 3]


def test_money_of_another_currency_is_not_added() -> None:
    found = computed(
        orders=[order(1, 9), order(2, 8), order(3, 7, 500_000, currency="JPY")],
    )[1]
    assert (found["orders"], found["spend"], found["spend_mean"]) == (3, 2000, 1000)


def test_outcomes_are_counted_from_the_day_until_the_horizon() -> None:
    orders = [
        order(1, 1e-6, payment_due_at=ago(-9)),  # just before; due within, never paid
        order(2, 0),
        order(3, -9.9, payment_due_at=ago(-11)),
        order(4, -5, -100),
        order(5, -5, status="cancelled"),
        order(6, -10),  # just after
    ]
    clear = {"customer_id": 1, "kind": "churn", "status": "dismissed"}
    alerts = [{**clear, "taken_at": ago(days)} for days in (10.1, 10, -9.9, -10)]
    alerts += [{**clear, "status": "claimed", "taken_at": ago(1)}]
    alerts += [{**clear, "kind": "deal", "taken_at": ago(1)}]
    with from_tables(arrow({"orders": orders, "alerts": alerts})) as opened:
        rows = opened.read(outcomes(opened, (AS_OF, 10))).to_pylist()
    assert rows == [
        {
            "customer_id": 1,
            "look": 0,
            "next_orders": 2,
            "next_visits": 2,
            "next_returns": 1,
            "next_late": 1,
            "next_spend": 1900,
            "cleared": 2,
        }
    ]


def test_days_together_are_as_each_alone() -> None:
    orders = [order(number, 7 * number, 100 * number) for number in range(40)]
    orders[9] |= {"status": "cancelled", "updated_at": ago(30)}
    days = [AS_OF, AS_OF - timedelta(days=50), AS_OF - timedelta(days=10)]
    customers = [{"id": 1, "created_at": ago(800)}]
    with from_tables(arrow({"customers": customers, "orders": orders})) as opened:
        together = opened.read(features(opened, *days).order_by("look")).to_pylist()
        after = opened.read(outcomes(opened, *((day, 9) for day in days)).order_by("look"))
        for look, day in enumerate(days):
            (alone,) = opened.read(features(opened, day)).to_pylist()
            (next_,) = opened.read(outcomes(opened, (day, 9))).to_pylist()
            assert together[look] == alone | {"look": look}
            assert after.to_pylist()[look] == next_ | {"look": look}


def test_the_table_of_features_is_consistent() -> None:
    assert len(set(NAMES)) == len(NAMES)
    for feature in FEATURES:
        assert feature.meaning
        assert not feature.shown or feature.shown in NAMES
        assert not feature.usual or feature.usual in NAMES
    assert {feature.group for feature in FEATURES} == set(GROUPS)


@pytest.mark.parametrize("engine", ["databricks", "snowflake", "postgres"])
def test_the_definition_can_be_said_to_other_engines(engine: str) -> None:
    """Databricks speaks the SQL of Apache Spark."""
    compiler = import_module(f"ibis.backends.sql.compilers.{engine}").compiler
    with from_tables({}) as opened:
        query = compiler.to_sqlglot(features(opened, AS_OF)).sql(dialect=compiler.dialect)
    assert "order_lines" in query
