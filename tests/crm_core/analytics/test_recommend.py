"""Recommendations: a planted taste is found, evaluated on orders that were hidden."""

import numpy as np
import pytest

from crm_core.analytics.recommend import (
    Purchases,
    Recommender,
    again,
    leave_last_out,
    new,
    popularity,
)

Line = tuple[int, int, int, int]


def arrays(lines: list[Line]) -> Purchases:
    return Purchases(*np.array(lines, np.int64).reshape(-1, 4).T)


def drawn(customers: int = 300, seed: int = 0) -> Purchases:
    """Let half like products 0 to 19 and half 20 to 39; everybody buys product 40."""
    random = np.random.default_rng(seed)
    lines = []
    for customer in range(customers):
        liked = np.arange(20) + 20 * (customer % 2)
        for order in range(4):
            chosen = [*random.choice(liked, 4, replace=False).tolist(), 40]
            number, age = customer * 10 + order, 80 - 20 * order
            lines += [(customer + 1, number, 100 + product, age) for product in chosen]
    return arrays(lines)


def test_a_taste_is_found() -> None:
    fitted = Recommender().fit(drawn())
    of = {int(product): place for place, product in enumerate(fitted.products_)}
    likes = fitted.weights_[of[100]]
    same = [likes[of[100 + each]] for each in range(1, 20)]
    other = [likes[of[120 + each]] for each in range(20)]
    assert min(same) > max(other)
    assert likes[of[100]] == 0


def test_new_products_beat_popular_ones_on_hidden_orders() -> None:
    hits = leave_last_out(drawn(), count=4)
    assert hits["new for you"] > hits["popular, new"]
    assert hits["buy again"] == 1  # product 40


def test_weights_are_the_matrix_and_its_diagonal_is_popularity() -> None:
    bought = drawn()
    fitted = Recommender(neighbours=5).fit(bought)
    rows = list(fitted.weights())
    itself = {row.product: row.weight for row in rows if row.product == row.other}
    assert itself[140] == 1
    assert len(itself) == 41
    others = [row for row in rows if row.product != row.other]
    assert len(others) <= 41 * 6
    assert len({(row.product, row.other) for row in rows}) == len(rows)


def test_popularity_is_that_of_the_days_before() -> None:
    bought = arrays([(1, 1, 7, 3), (2, 2, 7, 4), (1, 3, 8, 5), (3, 4, 8, 500), (3, 5, 9, 500)])
    products = np.array([7, 8, 9])
    assert popularity(bought, products).tolist() == [1, 0.5, 0]
    assert popularity(bought, products, since=5).tolist() == [0, 1, 0]
    assert popularity(bought, products, since=900).tolist() == [0, 0, 0]


def test_the_two_lists_never_share_a_product() -> None:
    times, popular = np.array([0.0, 2, 1, 0]), np.array([1.0, 0, 0.5, 0.2])
    own = again(times, popular)
    fresh = new(times, np.array([0.1, 0.9, 0.9, 0.3]), popular)
    assert np.argsort(-own)[:2].tolist() == [1, 2]
    assert np.argsort(-fresh)[:2].tolist() == [3, 0]
    assert (np.isfinite(own) != np.isfinite(fresh)).all()


@pytest.mark.parametrize("lines", [[(1, 1, 5, 3)], [(1, 1, 5, 3), (1, 2, 5, 1)]])
def test_little_data_gives_finite_weights(lines: list[Line]) -> None:
    fitted = Recommender().fit(arrays(lines))
    assert np.isfinite(fitted.weights_).all()


def test_no_purchases_give_no_weights() -> None:
    assert list(Recommender().fit(arrays([])).weights()) == []
