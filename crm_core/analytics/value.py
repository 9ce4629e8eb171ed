"""What each customer will spend in the next twelve months, and between which bounds.

Visits by BG/NBD times the spend of a visit by Gamma-Gamma (`lifetime.py`). A plain linear
regression on the same history is fitted beside it and both are compared on days that neither saw.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from crm_core.analytics.features import NAMES
from crm_core.analytics.lifetime import Spend, Visits, interval
from crm_core.analytics.snapshots import History, Snapshot, Span
from crm_core.errors import Invalid

Floats = NDArray[np.float64]

VERSION = 1
YEAR = 365  # days foretold
SHORTEST = 30  # days: a comparison over fewer says nothing
RESTS_ON = ("visits", "span", "tenure", "orders", "spend_mean")


@dataclass(frozen=True, slots=True)
class Worth:
    """What one customer is expected to do in the next `YEAR` days; money in minor units.

    `few` and `many` visits and the money from `low` to `high` hold with 80 % chance.
    """

    visits: float
    few: int
    many: int
    money: float
    low: float
    high: float
    alive: float


class Value:
    """The two models of one history, in scikit-learn's manner."""

    visits_: Visits
    spend_: Spend
    metrics_: dict[str, Any]

    def fit(self, X: Floats) -> Self:  # noqa: N803
        """Learn from the features (n, features) of customers who have ordered.

        Raises Invalid("too-little-data") with what there is and what is needed.
        """
        repeats, last, age, count, mean = evidence(X)
        self.visits_ = Visits().fit(repeats, last, age)
        self.spend_ = Spend().fit(count, np.nan_to_num(mean))
        self.metrics_ = {}
        return self

    def predict(self, X: Floats, days: float = YEAR) -> Floats:  # noqa: N803
        """Return the money to expect within `days`, (n,), in minor units."""
        repeats, last, age, count, mean = evidence(X)
        orders = count / np.maximum(repeats + 1, 1)  # of a visit, as there may be two a day
        visits = self.visits_.expected(days, repeats, last, age)
        return visits * orders * self.spend_.expected(count, mean)

    def worth(self, rests_on: list[float | None]) -> Worth:
        """Foretell one customer by the numbers named in RESTS_ON, None where not known."""
        visits, span, tenure, orders, mean = (
            np.nan if each is None else float(each) for each in rests_on
        )
        customer = visits - 1, span, tenure
        (few, many), (low, high) = interval(
            self.visits_, self.spend_, YEAR, *customer, count=orders, mean=mean
        )
        a_visit = orders / max(visits, 1)
        expected = float(self.visits_.expected(YEAR, *customer)[0])
        level = float(self.spend_.expected(orders, mean))
        return Worth(
            visits=expected,
            few=few,
            many=many,
            money=expected * a_visit * level,
            low=low * a_visit,
            high=high * a_visit,
            alive=float(self.visits_.alive(*customer)),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return what `from_dict` needs, as JSON can hold it."""
        return {
            "version": VERSION,
            "target": "value",
            "horizon": YEAR,
            "features": list(RESTS_ON),
            "visits": {name: getattr(self.visits_, name) for name in ("r_", "alpha_", "a_", "b_")},
            "spend": {name: getattr(self.spend_, name) for name in ("p_", "q_", "v_")},
            "metrics": self.metrics_,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Make the model again. Raises Invalid where the code expects another version."""
        if data["version"] != VERSION or data["features"] != list(RESTS_ON):
            raise Invalid("model-outdated", name="value")
        model = cls()
        model.visits_, model.spend_ = Visits(), Spend()
        for part, numbers in ((model.visits_, data["visits"]), (model.spend_, data["spend"])):
            for name, number in numbers.items():
                setattr(part, name, number)
        model.metrics_ = dict(data["metrics"])
        return model


def evidence(X: Floats) -> tuple[Floats, ...]:  # noqa: N803
    """Return repeats, last, age, count and mean of customers, as `lifetime.py` counts them."""
    visits, span, tenure, orders, mean = (X[:, NAMES.index(name)] for name in RESTS_ON)
    return np.maximum(visits - 1, 0), span, tenure, orders, mean


def train(history: History, as_of: date) -> Value:
    """Learn what is known before `as_of`, and compare with regression on a past stretch.

    The stretch is a year, or a third of the history where that is shorter.
    """
    first = history.first_day or as_of
    now = history.at(as_of)
    model = Value().fit(now.X)
    model.metrics_ = {
        "learnt_from": first.isoformat(),
        "tested_to": as_of.isoformat(),
        "currency": history.currency,
        "customers": len(now.X),
        "visits_log_likelihood": model.visits_.log_likelihood_,
    }
    past = stretches(as_of, first)
    if past:
        then, earlier = (history.at(*span) for span in past)
        try:
            model.metrics_ |= compared(earlier, then, past[0][1])
        except Invalid as short:
            model.metrics_["untested"] = short.reason
    return model


def stretches(as_of: date, first: date) -> list[Span]:
    """Return the stretch before `as_of` on which ways are compared, and the one before that."""
    days = min(YEAR, (as_of - first).days // 3)
    if days < SHORTEST:
        return []
    return [(as_of - timedelta(days=days), days), (as_of - timedelta(days=2 * days), days)]


def compared(earlier: Snapshot, then: Snapshot, days: int) -> dict[str, Any]:
    """Foretell the spend of the `days` after `then` in three ways, by what was known before.

    BG/NBD with Gamma-Gamma learns from the histories of `then`; linear regression from what the
    customers of `earlier` spent until `then`; "as before" takes the spend of the last 365 days in
    proportion. Errors are means of absolute ones, in minor units of money.
    """
    actual = np.maximum(then.next_spend, 0)
    ways = {
        "lifetime": Value().fit(then.X).predict(then.X, days),
        "as_before": np.maximum(then.feature("spend_365"), 0)
        * days
        / np.clip(then.feature("tenure"), days, YEAR),
    }
    if len(earlier.X) >= len(NAMES):
        from sklearn.linear_model import LinearRegression

        line = LinearRegression().fit(_plain(earlier.X), np.maximum(earlier.next_spend, 0))
        ways["regression"] = np.maximum(line.predict(_plain(then.X)), 0)
    return {
        "tested_from": then.as_of.isoformat(),
        "days": days,
        "actual": float(actual.sum()),
        "mean": float(actual.mean()),
        "ways": {
            name: {
                "foretold": float(guess.sum()),
                "error": float(np.abs(guess - actual).mean()),
                "correlation": _correlation(guess, actual),
            }
            for name, guess in ways.items()
        },
    }


def _plain(X: Floats) -> Floats:  # noqa: N803
    names = ("recency", "visits", "tenure", "spend_mean", "spend_90", "spend_365")
    return np.nan_to_num(np.column_stack([X[:, NAMES.index(name)] for name in names]))


def _correlation(one: Floats, other: Floats) -> float | None:
    if not one.std() or not other.std():
        return None
    return float(np.corrcoef(one, other)[0, 1])
