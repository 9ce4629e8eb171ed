"""The reasons named are those that move the score, in numbers that can be said."""

import json
import time

import numpy as np
import pytest
from numpy.typing import NDArray

from crm_core.analytics.estimators import Logistic
from crm_core.analytics.explain import GROUP, explain
from crm_core.analytics.features import FEATURES, FRACTIONS, GROUPS, NAMES
from crm_core.analytics.propensity import Propensity

N = 400


def at(name: str) -> int:
    return NAMES.index(name)


@pytest.fixture(scope="module")
def numbers() -> NDArray[np.float64]:
    """Make customers of every sort, a tenth of whose numbers is not known."""
    random = np.random.default_rng(0)
    X = random.lognormal(2, 1.5, (N, len(NAMES))).round()  # noqa: N806
    for position, feature in enumerate(FEATURES):
        if feature.unit in FRACTIONS:
            X[:, position] = random.uniform(0, 1, N)
    X[random.random(X.shape) < 0.1] = np.nan
    X[:, at("recency")] = random.integers(1, 300, N)
    X[:, at("visits")] = random.integers(1, 6, N)
    return X


@pytest.fixture(scope="module")
def model(numbers: NDArray[np.float64]) -> Propensity:
    random = np.random.default_rng(1)
    odds = np.nan_to_num(np.log1p(np.abs(numbers))) @ random.normal(0, 0.5, len(NAMES))
    return Propensity(estimator=Logistic(C=1.0)).fit(
        numbers, odds + random.normal(0, 1, N) > np.median(odds)
    )


def test_contributions_add_up_to_the_score(model: Propensity, numbers: NDArray[np.float64]) -> None:
    parts = model.contributions(numbers)
    odds = model.intercept_ + parts.sum(axis=1)
    assert odds == pytest.approx(model.decision_function(numbers), abs=1e-12)
    assert 1 / (1 + np.exp(-odds)) == pytest.approx(model.predict_proba(numbers)[:, 1])
    everything = explain(model, numbers, count=len(GROUPS))
    assert everything.contributions.sum(axis=1) == pytest.approx(parts.sum(axis=1))


def test_the_average_customer_has_no_contributions(model: Propensity) -> None:
    average = model.usual_[None, :]
    assert model.contributions(average) == pytest.approx(0, abs=1e-9)
    assert explain(model, average)[0] == []


def test_what_is_named_moves_the_score_most(
    model: Propensity, numbers: NDArray[np.float64]
) -> None:
    """Set each group of features to the average in turn: the three named ones change most."""
    odds = model.decision_function(numbers)
    moved = np.empty((N, len(GROUPS)))
    for group in range(len(GROUPS)):
        without = np.where(group == GROUP, model.usual_, numbers)
        moved[:, group] = odds - model.decision_function(without)
    found = explain(model, numbers)
    for customer in range(N):
        reasons = found[customer]
        named = [GROUP[at(reason["feature"])] for reason in reasons]
        assert len(set(named)) == 3
        largest = np.sort(np.abs(moved[customer]))[::-1]
        assert [abs(reason["contribution"]) for reason in reasons] == pytest.approx(
            largest[:3], abs=1e-4
        )
        for group, reason in zip(named, reasons, strict=True):
            assert reason["contribution"] == pytest.approx(moved[customer, group], abs=1e-4)
            assert reason["direction"] == ("up" if moved[customer, group] > 0 else "down")


def test_only_what_is_known_is_named_in_whole_numbers(
    model: Propensity, numbers: NDArray[np.float64]
) -> None:
    found = explain(model, numbers)
    json.dumps(list(found), allow_nan=False)
    for customer in range(N):
        for reason in found[customer]:
            known = numbers[customer, at(reason["feature"])]
            assert reason["value"] == pytest.approx(known, abs=0.5)
            assert reason["unit"] in FRACTIONS or isinstance(reason["value"], int)
            assert reason["unit"] in FRACTIONS or isinstance(reason["usual"], int)
            assert reason["unit"] != "ratio", "days are shown in its place"


def test_a_rhythm_is_the_customers_own_from_the_third_order_on() -> None:
    random = np.random.default_rng(2)
    X = np.full((N, len(NAMES)), np.nan)  # noqa: N806
    X[:, at("recency")] = random.integers(1, 200, N)
    fitted = Propensity(estimator=Logistic(C=1.0)).fit(X, X[:, at("recency")] > 90)
    customer = np.full((2, len(NAMES)), np.nan)
    customer[:, at("recency")], customer[:, at("gap")] = 180, 21
    customer[:, at("visits")] = [3, 2]
    settled, new = explain(fitted, customer)[:]
    assert settled[0] == {
        "feature": "recency",
        "unit": "days",
        "value": 180,
        "usual": 21,
        "own": True,
        "contribution": settled[0]["contribution"],
        "direction": "up",
    }
    assert (new[0]["usual"], new[0]["own"]) == (round(fitted.usual_[at("recency")]), False)


def test_one_customer_is_explained_at_once(model: Propensity, numbers: NDArray[np.float64]) -> None:
    took = []
    for _ in range(20):
        start = time.perf_counter()
        explain(model, numbers[:1])[0]
        took.append(time.perf_counter() - start)
    assert min(took) < 0.005
