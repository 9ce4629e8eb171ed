"""How likely each customer does something within a horizon, such as not buying again.

A model is learnt from the past as it was known then: customers as of some days ago, and what they
did in the horizon after. Several kinds compete on earlier days, each judged by days whose outcome
had not begun when those it was learnt from ended. The winner is tested on the newest such day,
which had no part in the choice; then it is fitted again with that day and scores today.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from crm_core.analytics.estimators import CANDIDATES, Estimator, Logistic, require_enough
from crm_core.analytics.explain import Reasons, explain
from crm_core.analytics.features import NAMES
from crm_core.analytics.measures import alone, measures
from crm_core.analytics.snapshots import History, Snapshot, Span, days_before
from crm_core.errors import Invalid
from crm_core.models import ModelName

Floats = NDArray[np.float64]
Labels = NDArray[np.bool_]

VERSION = 2
SNAPSHOTS = 3  # to learn from, a third of the horizon apart
TRIALS = 2  # earlier days on which the candidates compete
TRIED = 3_000  # rows that a candidate is tried on, and judged by
BETTER = 0.01  # in average precision: less is no reason to leave the plainest candidate
WORSE = 1.02  # times the Brier score of the plainest: more is not as well calibrated


@dataclass(frozen=True, slots=True)
class Target:
    """What is foretold of the customers who bought in the `lookback` days before (None: ever).

    `label` tells from a Snapshot, whose outcomes are counted over the `horizon` days from its day
    on, for whom it happened.
    """

    name: ModelName
    label: Callable[[Snapshot], Labels]
    horizon: int = 45
    lookback: int | None = 365

    def population(self, X: Floats) -> Labels:  # noqa: N803
        """Tell which rows of features (n, features) it is foretold for."""
        recency = X[:, NAMES.index("recency")]
        return recency <= (np.inf if self.lookback is None else self.lookback)

    def spans(self, as_of: date, first: date) -> list[Span]:
        """Return what it is learnt from, newest first, as far as there is history from `first` on.

        The newest tests the model that the others made.
        """
        newest = as_of - timedelta(days=self.horizon)
        past = days_before(newest, first, self.horizon, SNAPSHOTS + TRIALS)
        return [(day, self.horizon) for day in [newest, *past]]

    def rows(self, snapshot: Snapshot) -> tuple[Floats, Labels]:
        """Return the features (n, features) of its customers and whether it happened (n,)."""
        among = self.population(snapshot.X)
        return snapshot.X[among], self.label(snapshot)[among]


# Who stays away is no loss where somebody who knows the customer has said so.
CHURN = Target(ModelName.CHURN, lambda after: (after.next_orders == 0) & (after.cleared == 0))
PURCHASE = Target(ModelName.PURCHASE, lambda after: after.next_orders > 0, lookback=None)
RISK = Target(ModelName.RISK, lambda after: after.next_returns + after.next_late > 0)
TARGETS = {target.name: target for target in (CHURN, PURCHASE, RISK)}


class Propensity:
    """An estimator of a target, with the measures of how good it was."""

    metrics_: dict[str, Any]

    def __init__(self, target: Target = CHURN, estimator: Estimator | None = None) -> None:
        self.target = target
        self.estimator = estimator or Logistic()
        self.metrics_ = {}

    def fit(self, X: Floats, y: Labels) -> Self:  # noqa: N803
        """Learn from X (n, features) and y (n,). Raises Invalid where there is too little."""
        self.estimator.fit(X, y)
        return self

    def contributions(self, X: Floats) -> Floats:  # noqa: N803
        """Return what each feature adds to the log-odds of the average customer."""
        return self.estimator.contributions(X)

    def decision_function(self, X: Floats) -> Floats:  # noqa: N803
        """Return the log-odds, (n,)."""
        return self.estimator.decision_function(X)

    def predict_proba(self, X: Floats) -> Floats:  # noqa: N803
        """Return the probabilities that it does not and that it does happen, (n, 2)."""
        return self.estimator.predict_proba(X)

    @property
    def intercept_(self) -> float:
        return self.estimator.intercept_

    @property
    def usual_(self) -> Floats:
        """The numbers of the average customer."""
        return self.estimator.usual_

    def to_dict(self) -> dict[str, Any]:
        """Return what `from_dict` needs, as JSON can hold it."""
        return {
            "version": VERSION,
            "target": self.target.name.value,
            "horizon": self.target.horizon,
            "lookback": self.target.lookback,
            **self.estimator.to_dict(),
            "metrics": self.metrics_,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Make the model again. Raises Invalid where it knows other features than the code."""
        if data["version"] != VERSION or tuple(data["features"]) != NAMES:
            raise Invalid("model-outdated", name=data["target"])
        target = TARGETS[ModelName(data["target"])]
        target = replace(target, horizon=data["horizon"], lookback=data["lookback"])
        model = cls(target, Estimator.from_dict(data))
        model.metrics_ = dict(data["metrics"])
        return model


@dataclass(frozen=True, slots=True)
class Scored:
    """What a model says of customers, one position a customer.

    `value` is the spend of the last 365 days in minor units of the currency: the plain estimate of
    what may be lost.
    """

    customers: NDArray[np.int64]
    probability: Floats
    value: NDArray[np.int64]
    reasons: Reasons


def train(history: History, target: Target, as_of: date) -> Propensity:
    """Learn `target` from what is known before `as_of`, and measure how good that is.

    The figures in `metrics_` are those of the model that had not seen the newest snapshot. Raises
    Invalid("too-little-data") with what there is and what is needed.
    """
    horizon = target.horizon
    first = history.first_day or as_of
    (newest, _), *past_spans = spans = target.spans(as_of, first)
    days = [day for day, _ in past_spans]
    if not days:
        raise Invalid(
            "too-little-data", days=max((as_of - first).days, 0), needed_days=horizon * 5 // 2
        )
    history.take(spans)
    past = [history.at(day, horizon) for day in days[:SNAPSHOTS]]
    test = history.at(newest, horizon)
    X, y = target.rows(test)  # noqa: N806
    require_enough(y)
    candidate, trials = _choose(history, target, days)
    trial = _fitted(target, candidate, past)
    model = _fitted(target, candidate, [test, *past])
    model.metrics_ = {
        "tested_from": newest.isoformat(),
        "tested_to": as_of.isoformat(),
        "learnt_from": first.isoformat(),
        "snapshots": [day.isoformat() for day in days[:SNAPSHOTS]],
        "currency": history.currency,
        **measures(y, trial.predict_proba(X)[:, 1]),
        "alone": {name: alone(y, X[:, NAMES.index(name)]) for name in ("recency", "orders")},
        "chosen": candidate.name,
        "trials": trials,
    }
    return model


def score(history: History, model: Propensity, as_of: date) -> Scored:
    """Apply `model` to all of its customers."""
    parts = [applied(model, *some) for some in history.everybody(as_of)]
    if not any(len(part.customers) for part in parts):
        raise Invalid("too-little-data", customers=0, needed=1)
    return Scored(
        np.concatenate([part.customers for part in parts]),
        np.concatenate([part.probability for part in parts]),
        np.concatenate([part.value for part in parts]),
        Reasons.joined([part.reasons for part in parts]),
    )


def applied(
    model: Propensity,
    customers: NDArray[np.int64],
    X: Floats,  # noqa: N803
) -> Scored:
    """Return what `model` says of those `customers` (n,) of X (n, features) that it is for."""
    among = model.target.population(X)
    X = X[among]  # noqa: N806
    value = np.maximum(X[:, NAMES.index("spend_365")], 0).round().astype(np.int64)
    contributions = model.contributions(X)
    probability = 1 / (1 + np.exp(-contributions.sum(axis=1) - model.intercept_))
    reasons = explain(model, X, contributions=contributions)
    return Scored(customers[among], probability, value, reasons)


def _choose(
    history: History, target: Target, days: list[date]
) -> tuple[type[Estimator], list[dict[str, Any]]]:
    """Let the candidates compete on the newest of `days` that have earlier ones to learn from.

    Each is measured by average precision and Brier score. The plainest stays unless another ranks
    clearly better and is as well calibrated, or where the history is too short for a trial.
    """
    horizon = target.horizon
    trials = []
    for day in days[:TRIALS]:
        earlier = [each for each in days if each <= day - timedelta(days=horizon)]
        if not earlier:
            break
        X, y = _sampled(*target.rows(history.at(day, horizon)), TRIED)  # noqa: N806
        past = [history.at(each, horizon) for each in earlier]
        try:
            require_enough(y)
            fitted = {each: _fitted(target, each, past, TRIED) for each in CANDIDATES}
        except Invalid:
            break
        found = {each: measures(y, model.predict_proba(X)[:, 1]) for each, model in fitted.items()}
        trials.append((day, found))
    if not trials:
        return CANDIDATES[0], []

    def mean(each: type[Estimator], measure: str) -> float:
        return float(np.mean([found[each][measure] for _, found in trials]))

    plainest = CANDIDATES[0]
    brier = mean(plainest, "brier") * WORSE
    able = [plainest, *(each for each in CANDIDATES[1:] if mean(each, "brier") <= brier)]
    best = max(able, key=lambda each: mean(each, "average_precision"))
    plain = mean(plainest, "average_precision")
    events = sum(found[plainest]["events"] for _, found in trials)
    by_chance = float(np.sqrt(plain * (1 - plain) / events))  # few customers prove little
    if mean(best, "average_precision") < plain + max(BETTER, by_chance):
        best = plainest
    shown = ("average_precision", "brier", "brier_base", "auc", "top_decile", "base_rate", "lift")
    return best, [
        {
            "as_of": day.isoformat(),
            **{each.name: {key: found[each][key] for key in shown} for each in CANDIDATES},
        }
        for day, found in trials
    ]


def _fitted(
    target: Target, candidate: type[Estimator], snapshots: list[Snapshot], most: int | None = None
) -> Propensity:
    rows = [target.rows(snapshot) for snapshot in snapshots]
    X = np.concatenate([X for X, _ in rows])  # noqa: N806
    y = np.concatenate([y for _, y in rows])
    return Propensity(target, candidate()).fit(*_sampled(X, y, most or candidate.rows))


def _sampled(X: Floats, y: Labels, most: int) -> tuple[Floats, Labels]:  # noqa: N803
    """Return every so manieth row, `most` at the most."""
    step = -(-len(y) // most) or 1
    return X[::step], y[::step]
