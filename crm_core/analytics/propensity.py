"""How likely each customer does something within a horizon, such as not buying again.

A model is learnt from the past as it was known then: customers as of some days ago, and what they
did in the horizon after. It is tested on the newest such snapshot, whose outcome had not begun when
those it was learnt from ended; then it is fitted again with that snapshot and scores today.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import URL

from crm_core.analytics.explain import Reasons, explain
from crm_core.analytics.features import FEATURES, NAMES, features, outcomes
from crm_core.analytics.warehouse import Warehouse, connect
from crm_core.errors import Invalid
from crm_core.models import ModelName

if TYPE_CHECKING:  # heavy: imported where it is used
    import ibis
    import pyarrow as pa

Floats = NDArray[np.float64]

VERSION = 1
SNAPSHOTS = 3  # to learn from, a third of the horizon apart
FEWEST = 30  # customers, and
FEWEST_EACH = 5  # of those who did and of those who did not
LOGARITHMIC = np.array([feature.unit != "share" for feature in FEATURES])
BOUNDS = {1.0: (0, None), -1.0: (None, 0), 0.0: (0, 0)}  # of a coefficient, by its sign
FARTHEST = 5.0  # standard deviations: a number beyond counts as that far


@dataclass(frozen=True, slots=True)
class Target:
    """What is foretold of the customers who bought in the `lookback` days before (None: ever).

    `label` tells from `next_orders` and `next_returns`, counted over the `horizon` days from the
    day on, whether it happened.
    """

    name: ModelName
    label: Callable[[Any], Any]
    horizon: int = 45
    lookback: int | None = 365


CHURN = Target(ModelName.CHURN, lambda outcome: outcome.next_orders == 0)
TARGETS = {target.name: target for target in (CHURN,)}


class Propensity:
    """Logistic regression on FEATURES, on a log scale but for shares, in scikit-learn's manner.

    Ridge penalty (a normal prior of variance `C`) on standardised features, and every coefficient
    bounded to the sign of its feature's own correlation with the label: among features that say
    much the same none can turn against what the data shows of it, so that reasons do not mislead.
    An unknown number (NaN) counts as the average. Probabilities are calibrated as those of any
    logistic regression are; `metrics_["reliability"]` shows how far that held later.
    """

    mean_: Floats
    scale_: Floats
    coef_: Floats
    intercept_: float
    metrics_: dict[str, Any]

    def __init__(self, target: Target = CHURN, C: float = 0.01) -> None:  # noqa: N803
        self.target = target
        self.C = C
        self.metrics_ = {}

    def fit(self, X: Floats, y: NDArray[np.bool_]) -> Self:  # noqa: N803
        """Learn from X (n, features) and y (n,). Raises Invalid where there is too little."""
        from scipy.optimize import minimize
        from scipy.special import expit

        _require_enough(y)
        scaled = _log(X)
        known = ~np.isnan(scaled)
        count = np.maximum(known.sum(axis=0), 1)
        self.mean_ = np.where(known, scaled, 0).sum(axis=0) / count
        spread = np.where(known, (scaled - self.mean_) ** 2, 0).sum(axis=0) / count
        self.scale_ = np.sqrt(spread)
        self.scale_[self.scale_ < 1e-9] = np.inf  # a constant says nothing
        Z = self._standardised(X)  # noqa: N806
        truth = y.astype(float)
        signs = np.sign(Z.T @ (truth - truth.mean()))

        def loss(weights: Floats) -> tuple[float, Floats]:
            w, margin = weights[1:], Z @ weights[1:] + weights[0]
            error = expit(margin) - truth
            value = np.sum(np.logaddexp(0, margin) - truth * margin) + w @ w / (2 * self.C)
            return float(value), np.append(error.sum(), Z.T @ error + w / self.C)

        base = float(np.log(truth.mean() / (1 - truth.mean())))
        bounds = [(None, None), *(BOUNDS[sign] for sign in signs)]
        start = np.append(base, np.zeros(len(signs)))
        found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
        self.intercept_, self.coef_ = float(found.x[0]), found.x[1:]
        return self

    def contributions(self, X: Floats) -> Floats:  # noqa: N803
        """Return what each feature adds to the log-odds of the average customer: (n, features).

        A row and `intercept_` add up to the `decision_function` exactly.
        """
        parts: Floats = self._standardised(X) * self.coef_
        return parts

    def decision_function(self, X: Floats) -> Floats:  # noqa: N803
        """Return the log-odds, (n,)."""
        odds: Floats = self.contributions(X).sum(axis=1) + self.intercept_
        return odds

    def predict_proba(self, X: Floats) -> Floats:  # noqa: N803
        """Return the probabilities that it does not and that it does happen, (n, 2)."""
        likely = 1 / (1 + np.exp(-self.decision_function(X)))
        return np.column_stack([1 - likely, likely])

    @property
    def usual_(self) -> Floats:
        """The numbers of the average customer, whose contributions are zero."""
        return np.where(LOGARITHMIC, np.sign(self.mean_) * np.expm1(np.abs(self.mean_)), self.mean_)

    def to_dict(self) -> dict[str, Any]:
        """Return what `from_dict` needs, as JSON can hold it."""
        return {
            "version": VERSION,
            "target": self.target.name.value,
            "horizon": self.target.horizon,
            "lookback": self.target.lookback,
            "C": self.C,
            "features": list(NAMES),
            "mean": self.mean_.tolist(),
            "scale": [None if scale == np.inf else scale for scale in self.scale_.tolist()],
            "coefficients": self.coef_.tolist(),
            "intercept": self.intercept_,
            "metrics": self.metrics_,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Make the model again. Raises Invalid where it knows other features than the code."""
        if data["version"] != VERSION or tuple(data["features"]) != NAMES:
            raise Invalid("model-outdated", name=data["target"])
        target = TARGETS[ModelName(data["target"])]
        model = cls(replace(target, horizon=data["horizon"], lookback=data["lookback"]), data["C"])
        model.mean_ = np.array(data["mean"])
        model.scale_ = np.array([np.inf if scale is None else scale for scale in data["scale"]])
        model.coef_ = np.array(data["coefficients"])
        model.intercept_ = data["intercept"]
        model.metrics_ = dict(data["metrics"])
        return model

    def _standardised(self, X: Floats) -> Floats:  # noqa: N803
        z = (_log(X) - self.mean_) / self.scale_
        return np.clip(np.nan_to_num(z, nan=0.0), -FARTHEST, FARTHEST)


def _log(X: Floats) -> Floats:  # noqa: N803
    return np.where(LOGARITHMIC, np.sign(X) * np.log1p(np.abs(X)), X)


def _require_enough(y: NDArray[np.bool_]) -> None:
    events = int(y.sum())
    if len(y) < FEWEST or min(events, len(y) - events) < FEWEST_EACH:
        raise Invalid(
            "too-little-data",
            customers=len(y),
            events=events,
            needed=FEWEST,
            needed_each=FEWEST_EACH,
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Customers as they were known before a day, and whether it happened in the horizon after."""

    as_of: date
    X: Floats
    y: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Scored:
    """What a model says of all customers of its target, one position a customer.

    `value` is what may be lost: the spend of the last 365 days in minor units of `currency`, the
    plain estimate of that of the next.
    """

    as_of: date
    currency: str
    customers: NDArray[np.int64]
    probability: Floats
    value: NDArray[np.int64]
    reasons: Reasons


def score_customers(
    url: str | URL, target: Target, as_of: date, engine: str = "duckdb"
) -> tuple[Propensity, Scored]:
    """Learn and score from the operational database at `url`; takes seconds to a minute."""
    with connect(url, engine) as warehouse:
        model = train(warehouse, target, as_of)
        return model, score(warehouse, model, as_of)


def train(warehouse: Warehouse, target: Target, as_of: date) -> Propensity:
    """Learn `target` from what is known before `as_of`, and measure how good that is.

    The figures in `metrics_` are those of the model that had not seen the newest snapshot. Raises
    Invalid("too-little-data") with what there is and what is needed.
    """
    warehouse = warehouse.parts()[0]  # more than this changes nothing in a model of this size
    horizon = target.horizon
    newest = as_of - timedelta(days=horizon)
    days = [newest - timedelta(days=horizon + i * horizon // 3) for i in range(SNAPSHOTS)]
    first = warehouse.first_day or as_of
    days = [day for day in days if day - first >= timedelta(days=horizon / 2)]
    if not days:
        raise Invalid(
            "too-little-data", days=max((as_of - first).days, 0), needed_days=horizon * 5 // 2
        )
    test = snapshot(warehouse, target, newest)
    past = [snapshot(warehouse, target, day) for day in days]
    _require_enough(test.y)
    trial = _fitted(target, past)
    model = _fitted(target, [test, *past])
    model.metrics_ = {
        "tested_from": newest.isoformat(),
        "tested_to": as_of.isoformat(),
        "learnt_from": first.isoformat(),
        "snapshots": [day.isoformat() for day in days],
        "currency": warehouse.currency,
        **measures(test.y, trial.predict_proba(test.X)[:, 1]),
        "alone": {name: _alone(test, name) for name in ("recency", "orders")},
    }
    return model


def score(warehouse: Warehouse, model: Propensity, as_of: date) -> Scored:
    """Apply `model` to its customers, part by part."""
    customers, probability, value, reasons = [], [], [], []
    parts = (part.fetch(_population(part, model.target, as_of)) for part in warehouse.parts())
    for batch in chain.from_iterable(parts):
        X = _matrix(batch)  # noqa: N806
        customers.append(batch["customer_id"].to_numpy())
        probability.append(model.predict_proba(X)[:, 1])
        value.append(np.maximum(X[:, NAMES.index("spend_365")], 0).round().astype(np.int64))
        reasons.append(explain(model, X))
    if not customers:
        raise Invalid("too-little-data", customers=0, needed=1)
    return Scored(
        as_of,
        warehouse.currency,
        np.concatenate(customers),
        np.concatenate(probability),
        np.concatenate(value),
        Reasons.joined(reasons),
    )


def snapshot(warehouse: Warehouse, target: Target, as_of: date) -> Snapshot:
    """Take the customers of `target` as known before `as_of`, with what happened then."""
    known = _population(warehouse, target, as_of)
    known = known.left_join(outcomes(warehouse, as_of, target.horizon), "customer_id")
    known = known.fill_null({"next_orders": 0, "next_returns": 0})
    batches = list(warehouse.fetch(known.mutate(label=target.label(known))))
    return Snapshot(
        as_of,
        np.concatenate([np.empty((0, len(NAMES))), *map(_matrix, batches)]),
        np.concatenate(
            [np.empty(0, bool), *(batch["label"].to_numpy(False).astype(bool) for batch in batches)]
        ),
    )


def measures(y: NDArray[np.bool_], probability: Floats) -> dict[str, Any]:
    """Measure probabilities by what happened: how well they rank, and how far they are true.

    `auc` with its 95 % interval (Hanley and McNeil, 1982), average precision, Brier score beside
    that of giving everybody the base rate, precision and lift of the tenth with the highest, and
    predicted beside observed by fifths.
    """
    from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

    auc, base = float(roc_auc_score(y, probability)), float(y.mean())
    events, others = int(y.sum()), int(len(y) - y.sum())
    one, two = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc) + (events - 1) * (one - auc**2) + (others - 1) * (two - auc**2)
    margin = 1.96 * float(np.sqrt(max(spread, 0) / (events * others)))
    order = np.argsort(-probability, kind="stable")
    top = float(y[order[: max(len(y) // 10, 1)]].mean())
    return {
        "customers": len(y),
        "events": events,
        "base_rate": base,
        "auc": auc,
        "auc_interval": [max(auc - margin, 0.0), min(auc + margin, 1.0)],
        "average_precision": float(average_precision_score(y, probability)),
        "brier": float(brier_score_loss(y, probability)),
        "brier_base": base * (1 - base),
        "top_decile": top,
        "lift": top / base,
        "reliability": [
            {
                "predicted": float(probability[fifth].mean()),
                "observed": float(y[fifth].mean()),
                "customers": len(fifth),
            }
            for fifth in np.array_split(order, 5)
        ],
    }


def _alone(test: Snapshot, name: str) -> float:
    """Return the area under the curve of one feature alone, whichever way it points."""
    from sklearn.metrics import roc_auc_score

    auc = float(roc_auc_score(test.y, test.X[:, NAMES.index(name)]))
    return max(auc, 1 - auc)


def _fitted(target: Target, snapshots: list[Snapshot]) -> Propensity:
    return Propensity(target).fit(
        np.concatenate([each.X for each in snapshots]),
        np.concatenate([each.y for each in snapshots]),
    )


def _population(warehouse: Warehouse, target: Target, as_of: date) -> "ibis.Table":
    known = features(warehouse, as_of)
    if target.lookback is None:
        return known.filter(known.recency.notnull())
    return known.filter(known.recency <= target.lookback)


def _matrix(batch: "pa.RecordBatch") -> Floats:
    """Return the features of a batch, (n, features), NaN where not known."""
    return np.column_stack([batch[name].to_numpy(zero_copy_only=False) for name in NAMES])
