"""What is bought together: association rules between the products of one order.

Frequent sets are found by Eclat (Zaki 2000): every product is a row of bits, one an order, and the
orders with all of a set are the bits its products share. The kept libraries for this are slower by
a factor of ten and more, and hold every set as Python objects (`benchmarks/predictions.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crm_core.analytics.features import known_orders
from crm_core.analytics.warehouse import Warehouse

Ids = NDArray[np.int64]
Places = NDArray[np.int32]
Bits = NDArray[np.uint64]
Set = tuple[int, ...]

SUPPORT, CONFIDENCE = 0.01, 0.3
MANY = 1_000  # orders: with fewer, a set must be in
FEWEST = 5  # of them
LONGEST = 8  # products in a set: some thirty always bought together would be a billion sets


@dataclass(frozen=True, slots=True)
class Baskets:
    """Which products are in which order: one position a product in an order, without repeats."""

    orders: Ids
    products: Ids

    @property
    def count(self) -> int:
        return len(np.unique(self.orders))


class Rule(NamedTuple):
    """Who buys all of `products` also buys all of `also`, with these odds.

    `p_value` is the chance to see as many orders or more if the two had nothing to do with each
    other (Fisher's exact test), times the number of rules that were tested (Bonferroni).
    """

    products: Set
    also: Set
    orders: int
    support: float
    confidence: float
    lift: float
    p_value: float


def baskets(warehouse: Warehouse, as_of: date) -> Baskets:
    """Return the purchases known before `as_of`: all of them, or those of a fair sample."""
    sample = warehouse.sample()
    orders = known_orders(sample, as_of)
    orders = orders.filter(orders.bought).select("id")
    lines = sample.table("order_lines")
    lines = lines.filter(lines.amount >= 0).join(orders, lines.order_id == orders.id)
    rows = sample.read(lines.select("order_id", "product_id").distinct())
    return Baskets(rows["order_id"].to_numpy(), rows["product_id"].to_numpy())


def least_support(orders: int) -> float:
    """Return the share of the orders that a set must be in: a hundredth if there are many."""
    return max(SUPPORT if orders >= MANY else 0, FEWEST / max(orders, 1))


def rules(
    found: Baskets, support: float | None = None, confidence: float = CONFIDENCE
) -> list[Rule]:
    """Return the rules that hold in `support` of the orders and for `confidence` of the buyers.

    The ones least likely by chance come first.
    """
    count = found.count
    if not count:
        return []
    sets = frequent_sets(found, support if support is not None else least_support(count))
    return sorted(_rules(sets, count, confidence), key=lambda rule: (rule.p_value, -rule.lift))


def frequent_sets(found: Baskets, support: float) -> dict[Set, int]:
    """Return every set of products in at least `support` of the orders, with how many those are."""
    orders, order = np.unique(found.orders, return_inverse=True)
    names, product = np.unique(found.products, return_inverse=True)
    least = max(support * len(orders), 1)
    total = np.bincount(product, minlength=len(names))
    frequent = np.flatnonzero(total >= least)
    position = np.full(len(names), -1)
    position[frequent] = np.arange(len(frequent))
    kept = position[product] >= 0
    places: Places = order[kept].astype(np.int32)
    items: Places = position[product[kept]].astype(np.int32)
    sets: dict[Set, int] = {(int(names[item]),): int(total[item]) for item in frequent}
    together = _pairs(places, items, len(orders), len(frequent))
    bits = _bits(places, items, len(orders), len(frequent))
    names = names[frequent]
    for item in range(len(frequent)):
        partners = item + 1 + np.flatnonzero(together[item, item + 1 :] >= least)
        for partner in partners:
            pair = (int(names[item]), int(names[partner]))
            sets[pair] = int(together[item, partner])
        for longer, number in _longer(bits, (item,), bits[item], partners, least):
            sets[tuple(int(names[each]) for each in longer)] = number
    return sets


def _longer(
    bits: Bits, items: Set, shared: Bits, partners: Ids, least: float
) -> Iterator[tuple[Set, int]]:
    """Yield the sets of three and more that begin with `items`, depth first.

    `partners` are the products that are frequent together with `items`.
    """
    if len(items) + 1 >= LONGEST:
        return
    for place, partner in enumerate(partners):
        rest = partners[place + 1 :]
        if not len(rest):
            return
        both = shared & bits[partner]
        counts = np.bitwise_count(bits[rest] & both).sum(axis=1, dtype=np.int64)
        frequent = counts >= least
        for other, number in zip(rest[frequent], counts[frequent], strict=True):
            yield (*items, int(partner), int(other)), int(number)
        yield from _longer(bits, (*items, int(partner)), both, rest[frequent], least)


def _pairs(order: Places, product: Places, orders: int, products: int) -> NDArray[np.int32]:
    """Return how many orders every two products share, (products, products)."""
    from scipy.sparse import csr_array

    ones = np.ones(len(order), np.int32)
    bought = csr_array((ones, (order, product)), shape=(orders, products))
    together: NDArray[np.int32] = (bought.T @ bought).toarray()
    return together


def _bits(order: Places, product: Places, orders: int, products: int) -> Bits:
    """Return a row of bits a product, one bit an order, in words of 64."""
    bits = np.zeros((products, -(-orders // 64)), np.uint64)
    by_product = np.argsort(product, kind="stable")
    ends = np.searchsorted(product[by_product], np.arange(products + 1))
    for item in range(products):
        present = np.zeros(bits.shape[1] * 64, bool)
        present[order[by_product[ends[item] : ends[item + 1]]]] = True
        bits[item] = np.packbits(present).view(np.uint64)
    return bits


def _rules(sets: dict[Set, int], orders: int, confidence: float) -> Iterator[Rule]:
    from scipy.stats import hypergeom

    tested = [
        (products, tuple(each for each in whole if each not in products), number)
        for whole, number in sets.items()
        if len(whole) > 1
        for size in range(1, len(whole))
        for products in combinations(whole, size)
    ]
    kept = [each for each in tested if each[2] / sets[each[0]] >= confidence]
    if not kept:
        return
    count, buyers, others = np.array(
        [(number, sets[products], sets[also]) for products, also, number in kept]
    ).T
    chance = hypergeom.sf(count - 1, orders, buyers, others)
    frequent = sum(len(each) == 1 for each in sets)
    tests = len(tested) + frequent * (
        frequent - 1
    )  # pairs that are not frequent were looked at too
    for (products, also, number), by_chance in zip(kept, chance.tolist(), strict=True):
        share = number / sets[products]
        yield Rule(
            products,
            also,
            number,
            number / orders,
            share,
            share / (sets[also] / orders),
            min(by_chance * tests, 1.0),
        )
