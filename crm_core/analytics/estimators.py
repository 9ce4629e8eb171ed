"""What learns a probability from features: two linear models and two of trees.

All follow scikit-learn's conventions, see the same standardised features and, in place of pickled
code, are kept as plain numbers. Their log-odds are sums of one contribution a feature, so that the
reasons given for a score are the score.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from crm_core.analytics.features import FEATURES, FRACTIONS, NAMES
from crm_core.errors import Invalid

Floats = NDArray[np.float64]
Labels = NDArray[np.bool_]

FEWEST = 30  # customers, and
FEWEST_EACH = 5  # of those who did and of those who did not
LOGARITHMIC = np.array([feature.unit not in FRACTIONS for feature in FEATURES])
BOUNDS = {1.0: (0, None), -1.0: (None, 0), 0.0: (0, 0)}  # of a coefficient, by its sign
FARTHEST = 5.0  # standard deviations: a number beyond counts as that far
FOLDS = 5


class Estimator(ABC):
    """The log-odds of an event, as a sum over the features, from X (n, features).

    Features are on a log scale but for shares, and standardised; an unknown one (NaN) counts as
    the average.
    """

    name: ClassVar[str]
    rows: ClassVar[int]  # to learn from: more change nothing but the time
    mean_: Floats
    scale_: Floats
    intercept_: float

    def fit(self, X: Floats, y: Labels) -> Self:  # noqa: N803
        """Learn from X (n, features) and y (n,). Raises Invalid where there is too little."""
        from threadpoolctl import threadpool_limits

        require_enough(y)
        scaled = _log(X)
        known = ~np.isnan(scaled)
        count = np.maximum(known.sum(axis=0), 1)
        self.mean_ = np.where(known, scaled, 0).sum(axis=0) / count
        spread = np.where(known, (scaled - self.mean_) ** 2, 0).sum(axis=0) / count
        self.scale_ = np.sqrt(spread)
        self.scale_[self.scale_ < 1e-9] = np.inf  # a constant says nothing
        # One thread: on a busy machine the threads of small matrices only wait for each other.
        with threadpool_limits(1):
            self._fit(self._standardised(X), y)
        return self

    @abstractmethod
    def _fit(self, Z: Floats, y: Labels) -> None: ...  # noqa: N803

    @abstractmethod
    def _contributions(self, Z: Floats) -> Floats: ...  # noqa: N803

    @abstractmethod
    def _numbers(self) -> dict[str, Any]: ...

    @abstractmethod
    def _recall(self, numbers: Mapping[str, Any]) -> None: ...

    def contributions(self, X: Floats) -> Floats:  # noqa: N803
        """Return what each feature adds to the log-odds of the average customer: (n, features).

        A row and `intercept_` add up to the `decision_function` exactly.
        """
        return self._contributions(self._standardised(X))

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
        """The numbers of the average customer."""
        return np.where(LOGARITHMIC, np.sign(self.mean_) * np.expm1(np.abs(self.mean_)), self.mean_)

    def to_dict(self) -> dict[str, Any]:
        """Return what `from_dict` needs, as JSON can hold it."""
        return {
            "estimator": self.name,
            "features": list(NAMES),
            "mean": self.mean_.tolist(),
            "scale": [None if scale == np.inf else scale for scale in self.scale_.tolist()],
            "intercept": self.intercept_,
            **self._numbers(),
        }

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> "Estimator":
        """Make an estimator again. Raises KeyError for one that is not known any more."""
        made = ESTIMATORS[data["estimator"]]()
        made.mean_ = np.array(data["mean"])
        made.scale_ = np.array([np.inf if scale is None else scale for scale in data["scale"]])
        made.intercept_ = data["intercept"]
        made._recall(data)
        return made

    def _standardised(self, X: Floats) -> Floats:  # noqa: N803
        z = (_log(X) - self.mean_) / self.scale_
        return np.clip(np.nan_to_num(z, nan=0.0), -FARTHEST, FARTHEST)


class _Linear(Estimator):
    rows = 100_000
    coef_: Floats

    def _contributions(self, Z: Floats) -> Floats:  # noqa: N803
        parts: Floats = Z * self.coef_
        return parts

    def _numbers(self) -> dict[str, Any]:
        return {"coefficients": self.coef_.tolist()}

    def _recall(self, numbers: Mapping[str, Any]) -> None:
        self.coef_ = np.array(numbers["coefficients"])


class Logistic(_Linear):
    """Logistic regression with a ridge penalty (a normal prior of variance `C`).

    Every coefficient is bounded to the sign of its feature's own correlation with the label: among
    features that say much the same none can turn against what the data shows of it, so that
    reasons do not mislead. Probabilities are calibrated as those of any logistic regression are.
    """

    name = "logistic"

    def __init__(self, C: float = 0.01) -> None:  # noqa: N803
        self.C = C

    def _fit(self, Z: Floats, y: Labels) -> None:  # noqa: N803
        from scipy.optimize import minimize
        from scipy.special import expit

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


class VectorMachine(_Linear):
    """A linear support vector machine; its margins are calibrated by a sigmoid (Platt 1999).

    The sigmoid is learnt from margins of rows that the machine had not seen, in FOLDS parts.
    """

    name = "vector_machine"

    def __init__(self, C: float = 0.01) -> None:  # noqa: N803
        self.C = C

    def _fit(self, Z: Floats, y: Labels) -> None:  # noqa: N803
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import StratifiedKFold, cross_val_predict
        from sklearn.svm import LinearSVC

        machine = LinearSVC(C=self.C, dual=False)
        folds = StratifiedKFold(min(FOLDS, FEWEST_EACH), shuffle=True, random_state=0)
        margins = cross_val_predict(machine, Z, y, cv=folds, method="decision_function")
        sigmoid = LogisticRegression(C=1e6).fit(margins[:, None], y)
        slope = max(float(sigmoid.coef_[0, 0]), 0.0)
        machine.fit(Z, y)
        self.coef_ = slope * machine.coef_[0]
        self.intercept_ = slope * float(machine.intercept_[0]) + float(sigmoid.intercept_[0])


class _Trees(Estimator):
    """Trees whose nodes have log-odds; a feature adds what the way through its splits adds.

    A node is `feature_` (-1: a leaf), `threshold_`, `left_`, `right_` and `value_`; those of all
    trees follow each other, and `roots_` says where each begins.
    """

    rows = 10_000
    feature_: NDArray[np.int64]
    threshold_: Floats
    left_: NDArray[np.int64]
    right_: NDArray[np.int64]
    value_: Floats
    roots_: NDArray[np.int64]

    def _contributions(self, Z: Floats) -> Floats:  # noqa: N803
        parts, rows = np.zeros(Z.shape), np.arange(len(Z))
        Z = Z.astype(np.float32)  # noqa: N806 - as the trees were grown
        for root in self.roots_:
            node, on = np.full(len(Z), root), rows
            while len(on := on[self.feature_[node[on]] >= 0]):
                at = node[on]
                feature = self.feature_[at]
                goes_left = Z[on, feature] <= self.threshold_[at]
                node[on] = np.where(goes_left, self.left_[at], self.right_[at])
                parts[on, feature] += self.value_[node[on]] - self.value_[at]
        return parts

    def _keep(self, trees: list[dict[str, NDArray[Any]]], base: float) -> None:
        sizes = [len(tree["feature"]) for tree in trees]
        self.roots_ = np.cumsum([0, *sizes[:-1]])
        for name in ("feature", "threshold", "value"):
            setattr(self, f"{name}_", np.concatenate([tree[name] for tree in trees]))
        self.left_, self.right_ = (
            np.concatenate([t[side] + r for t, r in zip(trees, self.roots_, strict=True)])
            for side in ("left", "right")
        )
        self.intercept_ = base + float(self.value_[self.roots_].sum())

    def _numbers(self) -> dict[str, Any]:
        names = ("feature", "threshold", "left", "right", "value", "roots")
        return {name: getattr(self, f"{name}_").tolist() for name in names}

    def _recall(self, numbers: Mapping[str, Any]) -> None:
        for name in ("feature", "left", "right", "roots"):
            setattr(self, f"{name}_", np.array(numbers[name], np.int64))
        for name in ("threshold", "value"):
            setattr(self, f"{name}_", np.array(numbers[name], float))


class Tree(_Trees):
    """One shallow decision tree; the odds of a leaf lean a little to those of everybody."""

    name = "tree"

    def _fit(self, Z: Floats, y: Labels) -> None:  # noqa: N803
        from sklearn.tree import DecisionTreeClassifier

        least = max(len(y) // 50, 10)
        grown = DecisionTreeClassifier(max_depth=4, min_samples_leaf=least, random_state=0)
        nodes = grown.fit(Z, y).tree_
        count = nodes.n_node_samples
        share = (nodes.value[:, 0, -1] * count + 2 * y.mean()) / (count + 2)
        self._keep(
            [
                {
                    "feature": np.where(nodes.children_left < 0, -1, nodes.feature),
                    "threshold": nodes.threshold,
                    "left": nodes.children_left,
                    "right": nodes.children_right,
                    "value": np.log(share / (1 - share)),
                }
            ],
            0.0,
        )


class Boosting(_Trees):
    """Histogram gradient boosting: some dozens of small trees, each mending those before."""

    name = "boosting"

    def _fit(self, Z: Floats, y: Labels) -> None:  # noqa: N803
        from sklearn.ensemble import HistGradientBoostingClassifier

        grown = HistGradientBoostingClassifier(
            max_iter=40,
            max_leaf_nodes=8,
            min_samples_leaf=max(len(y) // 200, 10),
            l2_regularization=1.0,
            early_stopping=False,
            random_state=0,
        ).fit(Z.astype(np.float32), y)
        trees = []
        for (predictor,) in grown._predictors:
            nodes = predictor.nodes
            leaf, value = nodes["is_leaf"].astype(bool), nodes["value"].copy()
            left, right = nodes["left"].astype(np.int64), nodes["right"].astype(np.int64)
            count = nodes["count"].astype(float)
            for node in np.flatnonzero(~leaf)[::-1]:  # children come after their parent
                pair = [left[node], right[node]]
                value[node] = np.average(value[pair], weights=count[pair])
            trees.append(
                {
                    "feature": np.where(leaf, -1, nodes["feature_idx"]),
                    "threshold": nodes["num_threshold"],
                    "left": left,
                    "right": right,
                    "value": value,
                }
            )
        self._keep(trees, float(grown._baseline_prediction[0, 0]))


CANDIDATES: tuple[type[Estimator], ...] = (Logistic, VectorMachine, Tree, Boosting)
ESTIMATORS = {each.name: each for each in CANDIDATES}


def require_enough(y: Labels) -> None:
    """Raise Invalid("too-little-data") with what there is and what is needed."""
    events = int(y.sum())
    if len(y) < FEWEST or min(events, len(y) - events) < FEWEST_EACH:
        raise Invalid(
            "too-little-data",
            customers=len(y),
            events=events,
            needed=FEWEST,
            needed_each=FEWEST_EACH,
        )


def _log(X: Floats) -> Floats:  # noqa: N803
    return np.where(LOGARITHMIC, np.sign(X) * np.log1p(np.abs(X)), X)
