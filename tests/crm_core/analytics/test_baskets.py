"""Association rules: all of them, no others, and chance told from habit."""

from collections import Counter
from datetime import date, datetime
from itertools import combinations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from mlxtend.frequent_patterns import association_rules, fpgrowth

from crm_core.analytics.baskets import Baskets, baskets, frequent_sets, rules
from crm_core.analytics.warehouse import from_tables

AS_OF = date(2025, 1, 1)


def drawn(orders: int, products: int, seed: int = 0) -> list[set[int]]:
    """Draw orders in which 1 goes with 2, and whoever has both takes 3; the rest is chance."""
    random = np.random.default_rng(seed)
    bought = []
    for _ in range(orders):
        order = set(random.choice(np.arange(4, products), random.integers(1, 5)).tolist())
        if random.random() < 0.2:
            order |= {1, 2} if random.random() < 0.8 else {1}
            order |= {3} if random.random() < 0.7 and {1, 2} <= order else set()
        bought.append(order)
    return bought


def arrays(orders: list[set[int]]) -> Baskets:
    rows = [(number * 7, product) for number, order in enumerate(orders) for product in order]
    table = np.array(rows, np.int64).reshape(-1, 2)
    return Baskets(table[:, 0], table[:, 1])


def test_the_sets_are_those_found_by_counting() -> None:
    orders = drawn(300, 12)
    counted: Counter[tuple[int, ...]] = Counter()
    for order in orders:
        for size in range(1, len(order) + 1):
            counted.update(combinations(sorted(order), size))
    least = 0.03 * len(orders)
    expected = {each: count for each, count in counted.items() if count >= least}
    assert max(map(len, expected)) >= 4
    assert frequent_sets(arrays(orders), 0.03) == expected


def test_sets_and_rules_are_those_of_a_peer() -> None:
    orders = drawn(2000, 40)
    table = pd.DataFrame([dict.fromkeys(sorted(order), True) for order in orders])
    table = table.astype("boolean").fillna(False).astype(bool)
    sets = fpgrowth(table, 0.01, use_colnames=True)
    peer = association_rules(sets, metric="confidence", min_threshold=0.3)
    found = rules(arrays(orders), 0.01, 0.3)
    assert len(frequent_sets(arrays(orders), 0.01)) == len(sets)
    expected = {
        (tuple(sorted(row.antecedents)), tuple(sorted(row.consequents))): (
            row.support,
            row.confidence,
            row.lift,
        )
        for row in peer.itertuples()
    }
    assert {(rule.products, rule.also) for rule in found} == set(expected)
    for rule in found:
        numbers = (rule.support, rule.confidence, rule.lift)
        assert numbers == pytest.approx(expected[rule.products, rule.also])


def test_habits_are_told_from_chance() -> None:
    found = rules(arrays(drawn(1000, 30)), 0.005, 0.01)
    sure = {(rule.products, rule.also) for rule in found if rule.p_value < 0.01 and rule.lift > 1}
    assert {((1,), (2,)), ((2,), (1,)), ((1, 2), (3,))} <= sure
    # With 1 goes 2, whatever else is in the order.
    assert all({1, 2, 3} & set(products) and {1, 2, 3} & set(also) for products, also in sure)
    assert any(rule.p_value == 1 for rule in found)


@pytest.mark.parametrize("orders", [[], [{1}], [{1, 2}], [{1}, {2}, {3}] * 9])
def test_too_little_says_nothing(orders: list[set[int]]) -> None:
    assert rules(arrays(orders)) == []


def test_one_product_always_bought_with_another() -> None:
    (first, second) = rules(arrays([{1, 2}] * 20))
    assert (first.confidence, first.lift, first.p_value) == (1, 1, 1)
    assert second.p_value == 1


def test_baskets_are_the_purchases_known_then() -> None:
    moments = {1: 2, 2: 40, 3: -1, 4: 5, 5: 6}  # days ago
    orders = [
        {
            "id": order,
            "customer_id": 9,
            "ordered_at": datetime(2025, 1, 1) - pd.Timedelta(days=days),  # noqa: DTZ001
            "status": "cancelled" if order == 4 else "shipped",
            "total": -5 if order == 5 else 5,
            "currency": "EUR",
        }
        for order, days in moments.items()
    ]
    lines = [{"order_id": order, "product_id": 70 + order, "amount": 5} for order in moments]
    lines += [
        {"order_id": 1, "product_id": 71, "amount": 3},  # the same product twice
        {"order_id": 1, "product_id": 99, "amount": -3},  # what came back
    ]
    tables = {
        "customers": pa.table({"id": [9]}),
        "orders": pa.Table.from_pylist(orders),
        "order_lines": pa.Table.from_pylist(lines),
    }
    with from_tables(tables) as opened:
        found = baskets(opened, AS_OF)
    pairs = zip(found.orders.tolist(), found.products.tolist(), strict=True)
    assert sorted(pairs) == [(1, 71), (2, 72)]
