"""Four kinds of estimators: what they learn, that reasons are the score, that JSON keeps all."""

import json

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from crm_core.analytics.estimators import CANDIDATES, Boosting, Estimator, Logistic, Tree
from crm_core.analytics.features import NAMES
from crm_core.errors import Invalid

Floats = NDArray[np.float64]


@pytest.fixture(scope="module")
def data() -> tuple[Floats, NDArray[np.bool_]]:
    """Make rows whose label rests on two features, and on whether they agree; some are unknown."""
    random = np.random.default_rng(0)
    X = random.lognormal(2, 1, (3000, len(NAMES)))  # noqa: N806
    X[random.random(X.shape) < 0.05] = np.nan
    logs = np.nan_to_num(np.log1p(X[:, :3]), nan=2.1) - 2.1
    odds = 2 * logs[:, 0] - logs[:, 1] + 2 * np.sign(logs[:, 0] * logs[:, 2])
    return X, random.random(3000) < 1 / (1 + np.exp(-odds))


@pytest.mark.parametrize("kind", CANDIDATES, ids=lambda kind: kind.name)
def test_each_learns_calibrated_and_survives_json(
    kind: type[Estimator], data: tuple[Floats, NDArray[np.bool_]]
) -> None:
    X, y = data  # noqa: N806
    fitted = kind().fit(X[:2000], y[:2000])
    chance = fitted.predict_proba(X[2000:])[:, 1]
    assert roc_auc_score(y[2000:], chance) > 0.75
    assert chance.mean() == pytest.approx(y[2000:].mean(), abs=0.05)
    assert np.mean((chance - y[2000:]) ** 2) < y.mean() * (1 - y.mean())
    parts = fitted.contributions(X[2000:])
    assert parts.sum(axis=1) + fitted.intercept_ == pytest.approx(
        fitted.decision_function(X[2000:])
    )
    kept = json.loads(json.dumps(fitted.to_dict(), allow_nan=False))
    assert (Estimator.from_dict(kept).predict_proba(X[2000:])[:, 1] == chance).all()


def test_trees_see_what_lines_cannot(data: tuple[Floats, NDArray[np.bool_]]) -> None:
    X, y = data  # noqa: N806
    area = {
        kind: roc_auc_score(y[2000:], kind().fit(X[:2000], y[:2000]).decision_function(X[2000:]))
        for kind in (Logistic, Boosting)
    }
    assert area[Boosting] > area[Logistic] + 0.02


def test_boosting_says_what_the_library_says(data: tuple[Floats, NDArray[np.bool_]]) -> None:
    from sklearn.ensemble import HistGradientBoostingClassifier

    X, y = data  # noqa: N806
    ours = Boosting().fit(X, y)
    Z = ours._standardised(X).astype(np.float32)  # noqa: N806
    theirs = HistGradientBoostingClassifier(
        max_iter=40,
        max_leaf_nodes=8,
        min_samples_leaf=15,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=0,
    ).fit(Z, y)
    assert ours.decision_function(X) == pytest.approx(theirs.decision_function(Z), abs=1e-4)


@pytest.mark.parametrize("kind", [Logistic, Tree])
@pytest.mark.parametrize("events", [0, 4, 100])
def test_one_class_is_refused(kind: type[Estimator], events: int) -> None:
    y = np.arange(100) < events
    with pytest.raises(Invalid, match="too-little-data"):
        kind().fit(np.ones((100, len(NAMES))), y)
