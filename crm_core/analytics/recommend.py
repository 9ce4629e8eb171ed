"""What to offer a customer: what they buy again, and what is new to them.

"Buy again" ranks a customer's own products by how often they were bought, then by how popular they
are these days. "New for you" adds up how much each product bought speaks for every other one: the
weights of EASE, a linear model of all products from all others (Steck 2019, "Embarrassingly
Shallow Autoencoders for Sparse Data"), and a little of today's popularity.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from crm_core.analytics.features import known_orders
from crm_core.analytics.warehouse import Warehouse

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]

PENALTY = 800.0
POPULAR_DAYS = 30
POPULARITY = 0.1  # how much that counts beside the weights, which lie between -1 and 1
MOST_PRODUCTS = 4_000  # the weights are found by inverting a matrix of products × products
NEIGHBOURS = 50  # weights kept of a product, the greatest


@dataclass(frozen=True, slots=True)
class Purchases:
    """Who bought what in which order, how many days before: one position a line, (n,)."""

    customers: Ids
    orders: Ids
    products: Ids
    ages: Ids

    def where(self, kept: NDArray[np.bool_]) -> "Purchases":
        return Purchases(
            self.customers[kept], self.orders[kept], self.products[kept], self.ages[kept]
        )


class Weight(NamedTuple):
    """How much having bought one product speaks for another.

    Of a product with itself, it is how popular that is these days: 1 for the most popular one.
    """

    product: int
    other: int
    weight: float


def purchases(warehouse: Warehouse, as_of: date) -> Purchases:
    """Return the purchases known before `as_of`: all of them, or those of a fair sample."""
    sample = warehouse.sample()
    orders = known_orders(sample, as_of)
    orders = orders.filter(orders.bought).select("id", "customer_id", "age")
    lines = sample.table("order_lines")
    lines = lines.filter(lines.amount >= 0).join(orders, lines.order_id == orders.id)
    rows = sample.read(lines.select("customer_id", "order_id", "product_id", "age").distinct())
    columns = (rows[name].to_numpy() for name in ("customer_id", "order_id", "product_id", "age"))
    return Purchases(*columns)


class Recommender:
    """EASE and popularity, in scikit-learn's manner; products are columns of `products_`."""

    products_: Ids
    weights_: Floats
    popular_: Floats

    def __init__(self, penalty: float = PENALTY, neighbours: int = NEIGHBOURS) -> None:
        self.penalty = penalty
        self.neighbours = neighbours

    def fit(self, bought: Purchases) -> Self:
        """Learn from everybody's purchases; only the products bought most take part."""
        from scipy.linalg import inv

        self.products_ = _most_bought(bought.products, MOST_PRODUCTS)
        matrix, _ = _matrix(bought, self.products_)
        together = (matrix.T @ matrix).toarray()
        together[np.diag_indices_from(together)] += self.penalty
        inverse = inv(together, overwrite_a=True, check_finite=False)
        weights: Floats = -inverse / np.diag(inverse)
        np.fill_diagonal(weights, 0.0)
        if self.neighbours < len(weights):
            least = np.partition(np.abs(weights), -self.neighbours, axis=1)
            weights[np.abs(weights) < least[:, -self.neighbours, None]] = 0.0
        self.weights_ = weights
        self.popular_ = popularity(bought, self.products_)
        return self

    def weights(self) -> Iterator[Weight]:
        """Yield everything that was learnt, a row a pair of products."""
        for product, popular in zip(self.products_, self.popular_, strict=True):
            yield Weight(int(product), int(product), float(popular))
        for row, column in zip(*np.nonzero(self.weights_), strict=True):
            weight = float(self.weights_[row, column])
            yield Weight(int(self.products_[row]), int(self.products_[column]), weight)


def popularity(bought: Purchases, products: Ids, since: int = 0) -> Floats:
    """Return how often products were bought in the days before `since` days ago, at most 1."""
    late = (bought.ages >= since) & (bought.ages < since + POPULAR_DAYS)
    late &= np.isin(bought.products, products)
    counts = np.bincount(np.searchsorted(products, bought.products[late]), minlength=len(products))
    shares: Floats = counts / max(int(counts.max(initial=0)), 1)
    return shares


def again(times: Floats, popular: Floats) -> Floats:
    """Rank a customer's own products: `times` bought, ties by popularity. Unbought: -inf."""
    return np.where(times > 0, times + popular, -np.inf)


def new(times: Floats, spoken_for: Floats, popular: Floats) -> Floats:
    """Rank what a customer never bought by the sum of the weights of what they did."""
    return np.where(times > 0, -np.inf, spoken_for + POPULARITY * popular)


def leave_last_out(bought: Purchases, count: int = 10) -> dict[str, float]:
    """Hide everybody's last order and return how often a list of `count` holds a part of it.

    Of all customers with two orders and more: "buy again", "new for you" (only a product they had
    not bought before is a hit), and popularity alone for both.
    """
    in_time = np.lexsort((-bought.orders, bought.ages, bought.customers))
    customers, first = np.unique(bought.customers[in_time], return_index=True)
    orders, ages = bought.orders[in_time][first], bought.ages[in_time][first]  # the last ones
    newest = bought.orders == orders[np.searchsorted(customers, bought.customers)]
    several = np.intersect1d(bought.customers[newest], bought.customers[~newest])
    hidden = newest & np.isin(bought.customers, several)
    known, future = bought.where(~hidden), bought.where(hidden)
    fitted = Recommender().fit(known)
    products = fitted.products_
    times, rows = _matrix(known, products, often=True)
    wanted, wanting = _matrix(future, products)
    popular = {day: popularity(bought, products, day + 1) for day in np.unique(future.ages)}
    hits: dict[str, list[bool]] = {}
    for row, customer in enumerate(wanting):
        past = times[[np.searchsorted(rows, customer)]].toarray()[0]
        target = wanted[[row]].toarray()[0] > 0
        lately = popular[ages[np.searchsorted(customers, customer)]]
        spoken_for = (past > 0) @ fitted.weights_
        lists = {
            "buy again": again(past, lately),
            "new for you": new(past, spoken_for, lately),
            "popular": lately,
            "popular, new": new(past, lately, lately),
        }
        for name, score in lists.items():
            top = np.argpartition(-score, min(count, len(score) - 1))[:count]
            hits.setdefault(name, []).append(bool((target & np.isfinite(score))[top].any()))
    return {name: float(np.mean(each)) for name, each in hits.items()}


def _most_bought(products: Ids, most: int) -> Ids:
    names, counts = np.unique(products, return_counts=True)
    return np.sort(names[np.argsort(-counts, kind="stable")[:most]])


def _matrix(bought: Purchases, products: Ids, often: bool = False) -> tuple[Any, Ids]:
    """Return customers × products, 1 where bought or the number of times, and the customers."""
    from scipy.sparse import csr_array

    kept = bought.where(np.isin(bought.products, products))
    customers, row = np.unique(kept.customers, return_inverse=True)
    column = np.searchsorted(products, kept.products)
    shape = (len(customers), len(products))
    matrix = csr_array((np.ones(len(row)), (row, column)), shape=shape)
    if not often:
        matrix.data = np.minimum(matrix.data, 1)
    return matrix, customers
