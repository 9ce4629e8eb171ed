"""How often and for how much: published figures, a peer, and futures drawn by lot."""

import csv
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from lifetimes import BetaGeoFitter
from numpy.typing import NDArray

from crm_core.analytics.lifetime import Spend, Visits, interval
from crm_core.errors import Invalid

Floats = NDArray[np.float64]


@pytest.fixture(scope="module")
def cdnow() -> Floats:
    """Repeats, last and age in weeks, mean amount: 2,357 buyers of records in 1997."""
    (package,) = find_spec("lifetimes").submodule_search_locations  # type: ignore[union-attr, misc]
    path = Path(package) / "datasets" / "cdnow_customers_summary_with_transactions.csv"
    with path.open() as file:
        rows = [list(row.values())[1:] for row in csv.DictReader(file)]
    return np.array(rows, float).T


@pytest.fixture(scope="module")
def visits(cdnow: Floats) -> Visits:
    return Visits().fit(*cdnow[:3])


@pytest.fixture(scope="module")
def spend(cdnow: Floats) -> Spend:
    return Spend().fit(cdnow[0], cdnow[3])


def test_the_published_parameters_are_found(visits: Visits) -> None:
    found = [visits.r_, visits.alpha_, visits.a_, visits.b_]
    assert found == pytest.approx([0.243, 4.414, 0.793, 2.426], abs=0.0006)
    assert visits.log_likelihood_ == pytest.approx(-9582.43, abs=0.01)


def test_the_published_customer_is_foretold(visits: Visits) -> None:
    assert visits.expected(39, 2, 30.43, 38.86) == pytest.approx(1.226, abs=0.0005)
    assert visits.alive(2, 30.43, 38.86) == pytest.approx(0.727, abs=0.0005)
    assert visits.alive(0, 0, 38.86) == 1


def test_the_published_spend_is_found(spend: Spend) -> None:
    assert [spend.p_, spend.q_, spend.v_] == pytest.approx([6.25, 3.74, 15.45], abs=0.006)


def test_expected_visits_agree_with_the_peer(cdnow: Floats, visits: Visits) -> None:
    repeats, last, age, _ = cdnow
    peer = BetaGeoFitter().fit(repeats, last, age)
    expected = peer.conditional_expected_number_of_purchases_up_to_time(39, repeats, last, age)
    assert visits.expected(39, repeats, last, age) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("customer", [(0, 0, 30), (2, 30.43, 38.86), (20, 30, 31), (9, 2, 38)])
def test_the_distribution_has_the_expected_mean(
    visits: Visits, customer: tuple[float, float, float]
) -> None:
    chances = visits.distribution(39, *customer)
    assert chances.sum() == pytest.approx(1)
    mean = chances @ np.arange(len(chances))
    assert mean == pytest.approx(visits.expected(39, *customer)[0], rel=1e-3)


def drawn(random: np.random.Generator, customers: int) -> dict[str, Floats]:
    """Draw histories and futures of a year each, in days, with a known truth."""
    rate = random.gamma(1.5, 1 / 60, customers)
    stop = random.beta(0.8, 8, customers)
    level = random.gamma(4, 1, customers)
    first = random.uniform(0, 300, customers)
    columns = ("repeats", "last", "age", "count", "mean", "next_visits", "next_money")
    rows = []
    for customer in range(customers):
        moment, moments = first[customer], [first[customer]]
        while random.random() > stop[customer] or len(moments) == 1:
            moment += random.exponential(1 / rate[customer])
            if moment > 730:
                break
            moments.append(moment)
        amounts = random.gamma(3, 2000 / level[customer], len(moments))
        known = np.array(moments) < 365
        rows.append(
            [
                known.sum() - 1,
                moments[known.sum() - 1] - first[customer],
                365 - first[customer],
                known.sum(),
                amounts[known].mean(),
                (~known).sum(),
                amounts[~known].sum(),
            ]
        )
    return dict(zip(columns, np.array(rows, float).T, strict=True))


def test_the_interval_holds_what_happens_four_times_in_five() -> None:
    past = drawn(np.random.default_rng(3), 600)
    rows = [past[name] for name in ("repeats", "last", "age", "count", "mean")]
    visits, spend = Visits().fit(*rows[:3]), Spend().fit(*rows[3:])
    foretold = visits.expected(365, *rows[:3]) * spend.expected(*rows[3:])
    assert foretold.sum() == pytest.approx(past["next_money"].sum(), rel=0.1)
    inside = []
    for number, row in enumerate(zip(*rows, strict=True)):
        (fewest, most), (low, high) = interval(visits, spend, 365, *row)
        assert 0 <= fewest <= most
        assert 0 <= low <= high
        inside.append(low <= past["next_money"][number] <= high)
    # Amounts are drawn once for all; what lies at zero is inside when the low end is zero.
    assert 0.76 <= np.mean(inside) <= 0.9


def test_customers_who_never_stop_are_no_problem() -> None:
    random = np.random.default_rng(0)
    age = random.uniform(200, 700, 500)
    repeats = np.floor(age / 30)
    visits = Visits().fit(repeats, repeats * 30, age)
    expected = visits.expected(365, repeats, repeats * 30, age)
    assert np.isfinite(expected).all()
    assert expected == pytest.approx(365 / 30, rel=0.35)


def test_extreme_customers_get_sound_numbers(visits: Visits, spend: Spend) -> None:
    repeats, last, age = np.array([[0, 0, 0], [5000, 700, 700], [3, 0.01, 4000], [400, 1, 1]]).T
    expected = visits.expected(365, repeats, last, age)
    assert np.isfinite(expected).all()
    assert (expected >= 0).all()
    levels = spend.expected([0, 3, 5, 1], [np.nan, 0, 1e9, -4])
    assert np.isfinite(levels).all()
    assert (levels >= 0).all()
    for row in zip(repeats, last, age, strict=True):
        (fewest, most), (low, high) = interval(visits, spend, 365, *row, 1, np.nan)
        assert np.isfinite([fewest, most, low, high]).all()


def test_too_few_are_refused() -> None:
    with pytest.raises(Invalid, match="too-little-data"):
        Visits().fit([1, 2], [3, 4], [5, 6])
    with pytest.raises(Invalid, match="too-little-data"):
        Visits().fit(np.zeros(100), np.zeros(100), np.full(100, 30.0))  # nobody came again
    with pytest.raises(Invalid, match="too-little-data"):
        Spend().fit(np.ones(100), np.zeros(100))


def test_equal_amounts_everywhere_are_no_problem() -> None:
    spend = Spend().fit(np.arange(1, 101), np.full(100, 2500.0))
    assert spend.expected([1, 50], [2500.0, 2500.0]) == pytest.approx([2500, 2500], rel=0.02)
