"""What a campaign changed, beside published figures and another implementation."""

import numpy as np
import pytest
from scipy.stats import ttest_ind

from crm_core.analytics.lift import (
    means,
    power_of_rates,
    rates,
    size_for_means,
    size_for_rates,
    targeting,
)
from crm_core.errors import Invalid

# Visits and purchases of the Hillstrom e-mail test, without mail: 21,306 customers.
NONE, NO_VISITS, NO_ORDERS = 21306, 2262, 122


@pytest.mark.parametrize(
    ("events", "treated", "other", "difference", "low", "high"),
    [
        (3894, 21307, NO_VISITS, 7.66, 6.995, 8.32),
        (267, 21307, NO_ORDERS, 0.681, 0.501, 0.864),
        (3238, 21387, NO_VISITS, 4.52, 3.89, 5.16),
        (189, 21387, NO_ORDERS, 0.311, 0.150, 0.475),
    ],
)
def test_rates_agree_with_a_published_test(
    events: int, treated: int, other: int, difference: float, low: float, high: float
) -> None:
    effect = rates(events, treated, other, NONE)
    digits = 2 if difference > 1 else 3
    shown = [effect.difference, effect.low, effect.high]
    assert shown == pytest.approx(
        [difference / 100, low / 100, high / 100], abs=5.1 * 10 ** -(digits + 3)
    )
    assert effect.evident


def test_rates_of_nobody_and_everybody_keep_an_interval() -> None:
    effect = rates(0, 10, 0, 10)
    assert effect.difference == 0
    assert -0.3 < effect.low < 0 < effect.high < 0.3
    assert not effect.evident
    assert rates(10, 10, 0, 10).low > 0.5


def test_means_agree_with_scipy() -> None:
    random = np.random.default_rng(0)
    x, y = random.lognormal(3, 1, 200), random.lognormal(2.8, 0.5, 90)
    effect = means(x, y)
    expected = ttest_ind(x, y, equal_var=False).confidence_interval(0.95)
    assert (effect.low, effect.high) == pytest.approx((expected.low, expected.high))
    assert effect.difference == pytest.approx(x.mean() - y.mean())


def test_means_of_equal_numbers_differ_by_nothing() -> None:
    effect = means([5, 5], [5, 5, 5])
    assert (effect.low, effect.high, effect.evident) == (0, 0, False)


@pytest.mark.parametrize("compare", [lambda: rates(0, 0, 1, 2), lambda: means([1.0], [1.0, 2.0])])
def test_a_group_is_needed_to_compare_with(compare: object) -> None:
    with pytest.raises(Invalid, match="no-group-to-compare"):
        compare()  # type: ignore[operator]


@pytest.mark.parametrize(
    ("base", "goal", "size"), [(0.05, 0.06, 8158), (0.10, 0.12, 3841), (0.10, 0.15, 686)]
)
def test_sizes_at_eighty_percent_power(base: float, goal: float, size: int) -> None:
    assert size_for_rates(base, goal) == (size, size)
    assert power_of_rates(base, goal, size, size) == pytest.approx(0.8, abs=0.001)


def test_a_small_control_needs_more_customers_in_all() -> None:
    treated, control = size_for_rates(0.10, 0.12, control_share=0.1)
    assert treated == pytest.approx(9 * control, rel=0.001)
    assert treated + control > 2 * 3841
    assert power_of_rates(0.10, 0.12, treated, control) == pytest.approx(0.8, abs=0.001)


def test_the_size_for_means_finds_the_difference_four_times_in_five() -> None:
    treated, control = size_for_means(deviation=50, difference=10)
    assert treated == control == 393
    random = np.random.default_rng(1)
    found = [
        means(random.normal(10, 50, treated), random.normal(0, 50, control)).evident
        for _ in range(500)
    ]
    assert np.mean(found) == pytest.approx(0.8, abs=0.05)


def test_targeting_is_found_where_it_is_and_not_where_it_is_not() -> None:
    random = np.random.default_rng(1)
    n = 6000
    moved, treated = random.random(n), random.random(n) < 0.5
    ordered = random.random(n) < 0.1 + 0.2 * moved * treated
    found = targeting(moved, treated, ordered)
    assert found.evident
    assert targeting(-moved, treated, ordered).qini < -found.noise
    alike = random.random(n) < 0.1 + 0.1 * treated  # it works, for everybody the same
    assert not targeting(moved, treated, alike).evident
    with pytest.raises(Invalid, match="no-group-to-compare"):
        targeting(moved, np.ones(n), ordered)


def test_the_area_of_targeting_by_hand() -> None:
    found = targeting([4, 3, 2, 1], [1, 0, 1, 0], [1, 0, 0, 0], shuffles=10)
    gains, by_lot = np.array([1, 1, 1, 1]), np.arange(1, 5) / 4
    assert found.qini == pytest.approx((gains - by_lot).mean() / 2)
