"""What a campaign changed: those who got it beside those held back, and how sure that is."""

from dataclasses import dataclass
from math import ceil, hypot, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crm_core.errors import Invalid

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Effect:
    """A figure of the treated beside that of the control, and the interval of their difference."""

    treated: float
    control: float
    low: float
    high: float

    @property
    def difference(self) -> float:
        return self.treated - self.control

    @property
    def evident(self) -> bool:
        """Tell whether the interval leaves out "no difference"."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Targeting:
    """What is won by sending to the first of a ranking in place of any: the Qini coefficient.

    `noise` is what as good as no ranking by chance goes beyond (97.5 % of those shuffled).
    """

    qini: float
    noise: float

    @property
    def evident(self) -> bool:
        return self.qini > self.noise


def targeting(
    ranking: ArrayLike, treated: ArrayLike, outcome: ArrayLike, shuffles: int = 200, seed: int = 0
) -> Targeting:
    """Tell whether those ranked first gained more from a campaign than others, (n,) each.

    The area between the gain by `ranking` and that by lot (Radcliffe 2007, "Using Control Groups to
    Target on Predicted Lift"), as a share of the customers who got it. To be asked of a ranking
    that has not seen the `outcome`.
    """
    rank, arm, y = np.asarray(ranking, float), np.asarray(treated, bool), np.asarray(outcome, float)
    _require(0 < arm.sum() < len(arm), int(arm.sum()), int((~arm).sum()))
    random = np.random.default_rng(seed)

    def area(order: NDArray[np.int64]) -> float:
        got, events = arm[order], y[order]
        given, held = np.cumsum(got), np.cumsum(~got)
        gain = np.cumsum(events * got) - np.cumsum(events * ~got) * given / np.maximum(held, 1)
        by_lot = gain[-1] * np.arange(1, len(gain) + 1) / len(gain)
        return float((gain - by_lot).mean()) / int(given[-1])

    shuffled = [area(random.permutation(len(rank))) for _ in range(shuffles)]
    return Targeting(
        area(np.argsort(-rank, kind="stable")), float(np.quantile(shuffled, (1 + LEVEL) / 2))
    )


def rates(
    treated_events: int, treated: int, control_events: int, control: int, level: float = LEVEL
) -> Effect:
    """Compare two shares, such as who ordered, by Newcombe's hybrid score interval (1998).

    Sound for small groups and for shares of 0 and 1. Raises Invalid("no-group-to-compare").
    """
    _require(min(treated, control) > 0, treated, control)
    p, p_low, p_high = _wilson(treated_events, treated, level)
    q, q_low, q_high = _wilson(control_events, control, level)
    low = p - q - hypot(p - p_low, q_high - q)
    high = p - q + hypot(p_high - p, q - q_low)
    return Effect(p, q, low, high)


def means(treated: ArrayLike, control: ArrayLike, level: float = LEVEL) -> Effect:
    """Compare two means, such as money a customer, by Welch's t interval (1947).

    Takes one number a customer, those who spent nothing included. Raises
    Invalid("no-group-to-compare") for a group of fewer than two.
    """
    x, y = np.asarray(treated, float), np.asarray(control, float)
    _require(min(len(x), len(y)) > 1, len(x), len(y))
    difference = float(x.mean() - y.mean())
    by_x, by_y = float(x.var(ddof=1)) / len(x), float(y.var(ddof=1)) / len(y)
    error = by_x + by_y
    margin = 0.0
    if error > 0:
        from scipy.special import stdtrit

        freedom = error**2 / (by_x**2 / (len(x) - 1) + by_y**2 / (len(y) - 1))
        margin = float(stdtrit(freedom, (1 + level) / 2)) * sqrt(error)
    return Effect(float(x.mean()), float(y.mean()), difference - margin, difference + margin)


def size_for_rates(
    base: float, goal: float, power: float = 0.8, level: float = LEVEL, control_share: float = 0.5
) -> tuple[int, int]:
    """Return how many to treat and how many to hold back, to see a share rise from `base`.

    Two-sided test of two proportions, pooled under "no difference" (Fleiss, Levin, Paik 2003,
    without the continuity correction).
    """
    ratio = control_share / (1 - control_share)
    alpha, beta = NormalDist().inv_cdf((1 + level) / 2), NormalDist().inv_cdf(power)
    pooled = (goal + ratio * base) / (1 + ratio)
    spread = alpha * sqrt(pooled * (1 - pooled) * (1 + 1 / ratio))
    spread += beta * sqrt(goal * (1 - goal) + base * (1 - base) / ratio)
    treated = (spread / (goal - base)) ** 2
    return ceil(treated), ceil(treated * ratio)


def size_for_means(
    deviation: float,
    difference: float,
    power: float = 0.8,
    level: float = LEVEL,
    control_share: float = 0.5,
) -> tuple[int, int]:
    """Return how many to treat and how many to hold back, to see a mean differ by `difference`.

    Two-sided normal test; `deviation` is the standard deviation of one customer's number.
    """
    ratio = control_share / (1 - control_share)
    alpha, beta = NormalDist().inv_cdf((1 + level) / 2), NormalDist().inv_cdf(power)
    treated = (1 + 1 / ratio) * ((alpha + beta) * deviation / difference) ** 2
    return ceil(treated), ceil(treated * ratio)


def power_of_rates(
    base: float, goal: float, treated: int, control: int, level: float = LEVEL
) -> float:
    """Return the chance that these two groups would show a share risen from `base` to `goal`."""
    _require(min(treated, control) > 0, treated, control)
    alpha = NormalDist().inv_cdf((1 + level) / 2)
    pooled = (goal * treated + base * control) / (treated + control)
    none = sqrt(pooled * (1 - pooled) * (1 / treated + 1 / control))
    some = sqrt(goal * (1 - goal) / treated + base * (1 - base) / control)
    if not some:
        return float(goal != base)
    return NormalDist().cdf((abs(goal - base) - alpha * none) / some)


def _wilson(events: int, count: int, level: float) -> tuple[float, float, float]:
    """Return a share and its score interval (Wilson 1927)."""
    z, share = NormalDist().inv_cdf((1 + level) / 2), events / count
    centre = share + z**2 / (2 * count)
    margin = z * sqrt(share * (1 - share) / count + (z / (2 * count)) ** 2)
    scale = 1 + z**2 / count
    return share, (centre - margin) / scale, (centre + margin) / scale


def _require(enough: bool, treated: int, control: int) -> None:
    if not enough:
        raise Invalid("no-group-to-compare", treated=treated, control=control)
