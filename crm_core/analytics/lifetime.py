"""What a customer will buy: how often they come (BG/NBD) and what they leave (Gamma-Gamma).

A customer comes at a rate of their own until some day, after a visit, they stop for good; rates
and the chance to stop differ between customers (Fader, Hardie, Lee 2005, "Counting Your Customers
the Easy Way"). What a visit brings varies around a level of the customer's own, whatever the rate
(Fader and Hardie 2013, "The Gamma-Gamma Model of Monetary Value"). Both are fitted by maximum
likelihood. Time is in any unit, the same throughout; a customer's rows are

- `repeats`: visits after the first, `last`: time from the first to the last, `age`: time since the
  first visit, all (n,);
- `count` and `mean`: how many purchases there were, and their mean amount, (n,).
"""

from collections.abc import Callable
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crm_core.errors import Invalid

Floats = NDArray[np.float64]

PENALTY = 1e-4  # on the squared logarithms: holds what the data leave open
LARGEST = 6.0  # of a logarithm: beyond, all customers are the same
FEWEST = 30  # customers, and
FEWEST_REPEATS = 10  # of those who came again
ROWS = 250_000  # to fit on: more changes nothing in models of four and three numbers
MOST_VISITS = 2_000  # within the time foretold
HALVINGS = 60
NODES = 500


class Visits:
    """How often customers come: BG/NBD, in scikit-learn's manner.

    `r_` and `alpha_` shape the rates (gamma), `a_` and `b_` the chances to stop (beta).
    """

    r_: float
    alpha_: float
    a_: float
    b_: float
    log_likelihood_: float

    def fit(self, repeats: ArrayLike, last: ArrayLike, age: ArrayLike) -> Self:
        """Learn from the past of many customers. Raises Invalid where there is too little."""
        x, seen, T = _arrays(repeats, last, age)  # noqa: N806
        _require_enough(len(x), int((x > 0).sum()))
        unit = max(float(T.mean()), 1e-9)
        (x, seen, T), weights = _collapsed(x, seen / unit, T / unit)  # noqa: N806
        counts, where = np.unique(x, return_inverse=True)
        weight_of = np.bincount(where, weights)
        again = counts > 0
        again_rows = np.where(x > 0, 0.0, -np.inf)

        def loss(logs: Floats) -> tuple[float, Floats]:
            from scipy.special import gammaln, psi

            r, alpha, a, b = np.exp(logs)
            per_count = gammaln(r + counts) - gammaln(r) + r * np.log(alpha)
            per_count += gammaln(a + b) + gammaln(b + counts) - gammaln(b)
            per_count -= gammaln(a + b + counts)
            stopped = np.log(a) - np.log(np.where(again, b + counts - 1, 1.0))
            to_now, to_last = np.log(alpha + T), np.log(alpha + seen)
            alive = -(r + x) * to_now
            gone = stopped[where] - (r + x) * to_last + again_rows
            both = np.logaddexp(alive, gone)
            value = weight_of @ per_count + weights @ both
            share = np.exp(gone - both) * weights  # of those who stopped, by row
            rest = weights - share
            share_of = np.bincount(where, share)
            slope = np.array(
                [
                    weight_of @ (psi(r + counts) - psi(r) + np.log(alpha))
                    - rest @ to_now
                    - share @ to_last,
                    weight_of.sum() * r / alpha
                    - (r + x) @ (rest / (alpha + T) + share / (alpha + seen)),
                    weight_of @ (psi(a + b) - psi(a + b + counts)) + share_of.sum() / a,
                    weight_of @ (psi(a + b) + psi(b + counts) - psi(b) - psi(a + b + counts))
                    - share_of @ np.where(again, 1 / np.where(again, b + counts - 1, 1.0), 0.0),
                ]
            )
            return -float(value), -slope * np.exp(logs)

        logs, value = _minimum(loss, np.array([0.0, 0.0, 0.0, 1.0]), float(weights.sum()))
        self.r_, alpha, self.a_, self.b_ = np.exp(logs).tolist()
        self.alpha_ = alpha * unit
        self.log_likelihood_ = -value - float(weights @ x) * float(np.log(unit))
        return self

    def alive(self, repeats: ArrayLike, last: ArrayLike, age: ArrayLike) -> Floats:
        """Return the chances that customers still come, (n,); 1 for all who came but once."""
        x, seen, T = _arrays(repeats, last, age)  # noqa: N806
        odds = np.log(self.a_) - np.log(self.b_ + np.maximum(x, 1) - 1)
        odds += (self.r_ + x) * np.log((self.alpha_ + T) / (self.alpha_ + seen))
        chance: Floats = np.where(x > 0, 1 / (1 + np.exp(np.minimum(odds, 700))), 1.0)
        return chance

    def expected(self, time: float, repeats: ArrayLike, last: ArrayLike, age: ArrayLike) -> Floats:
        """Return how many visits to expect within the next `time`, (n,)."""
        from scipy.special import hyp2f1

        x, seen, T = np.atleast_1d(*_arrays(repeats, last, age))  # noqa: N806
        r, alpha, a, b = self.r_ + x, self.alpha_ + T, self.a_, self.b_ + x
        if abs(a - 1) < 1e-6:  # a removable singularity
            a = 1 + 1e-6
        c, z = a + b - 1, time / (alpha + time)
        with np.errstate(all="ignore"):
            visits = c / (a - 1) * (1 - hyp2f1(r, b, c, z) * (1 - z) ** r)
        wild = ~np.isfinite(visits)  # where the terms of the closed form are too large
        visits[wild] = _by_quadrature(time, r[wild], alpha[wild], a, b[wild])
        expected: Floats = np.maximum(visits, 0) * self.alive(x, seen, T)
        return expected

    def distribution(self, time: float, repeats: float, last: float, age: float) -> Floats:
        """Return the chances of 0, 1, 2 ... visits of one customer within the next `time`.

        Those who still come are as new customers whose gamma and beta have learnt from the past.
        """
        from scipy.special import betainc, betaln, gammaln

        alive = float(self.alive(repeats, last, age))
        r, alpha, a, b = self.r_ + repeats, self.alpha_ + age, self.a_, self.b_ + repeats
        most = int(min(20 + 3 * r * time / alpha + 10 * np.sqrt(r) * time / alpha, MOST_VISITS))
        n = np.arange(most + 1)
        stay = alpha / (alpha + time)
        counts = gammaln(r + n) - gammaln(r) - gammaln(n + 1) + r * np.log(stay)
        counts += n * np.log1p(-stay)
        chances = np.exp(betaln(a, b + n) - betaln(a, b) + counts)
        more = betainc(n[1:], r, 1 - stay)  # that there would have been as many or more
        chances[1:] += np.exp(betaln(a + 1, b + n[1:] - 1) - betaln(a, b)) * more
        chances = np.maximum(chances, 0) * alive / chances.sum()
        chances[0] += 1 - alive
        distribution: Floats = chances
        return distribution


class Spend:
    """What a purchase brings: Gamma-Gamma, in scikit-learn's manner. `v_` is in money."""

    p_: float
    q_: float
    v_: float

    def fit(self, count: ArrayLike, mean: ArrayLike) -> Self:
        """Learn from customers with a mean above zero. Raises Invalid where there is too little."""
        x, m = _arrays(count, mean)
        known = (x > 0) & (m > 0)
        _require_enough(int(known.sum()), int(known.sum()))
        unit = float(np.exp(np.log(m[known]).mean()))
        (x, m), weights = _collapsed(x[known], m[known] / unit)
        log_x, log_m = np.log(x), np.log(m)

        def loss(logs: Floats) -> tuple[float, Floats]:
            from scipy.special import gammaln, psi

            p, q, v = np.exp(logs)
            shape, money = p * x, np.log(x * m + v)
            value = gammaln(shape + q) - gammaln(shape) - gammaln(q) + q * np.log(v)
            value += (shape - 1) * log_m + shape * log_x - (shape + q) * money
            both = psi(shape + q)
            slope = np.array(
                [
                    weights @ (x * (both - psi(shape) + log_m + log_x - money)),
                    weights @ (both - psi(q) + np.log(v) - money),
                    weights @ (q / v - (shape + q) / (x * m + v)),
                ]
            )
            return -float(weights @ value), -slope * np.exp(logs)

        logs, _ = _minimum(loss, np.array([1.0, 1.0, 0.0]), float(weights.sum()))
        self.p_, self.q_, v = np.exp(logs).tolist()
        self.v_ = v * unit
        return self

    def expected(self, count: ArrayLike, mean: ArrayLike) -> Floats:
        """Return the mean amount to expect of a purchase, (n,); unknown customers are average."""
        x, m = _arrays(count, mean)
        x, m = np.where(np.isnan(m), 0, x), np.maximum(np.nan_to_num(m), 0)
        level: Floats = self.p_ * (self.v_ + x * m) / np.maximum(self.p_ * x + self.q_ - 1, 0.1)
        return level


def interval(
    visits: Visits,
    spend: Spend,
    time: float,
    repeats: float,
    last: float,
    age: float,
    count: float,
    mean: float,
    level: float = 0.8,
) -> tuple[tuple[int, int], tuple[float, float]]:
    """Return between what the visits and the money of one customer will lie, with chance `level`.

    These are exact quantiles of what both models foretell: the sum of n amounts, given the past,
    is beta prime distributed, and n as `Visits.distribution` has it. How unsure the models' own
    few numbers are is not in it: fitted on many customers, that is small beside.
    """
    from scipy.special import betainc

    chances = visits.distribution(time, repeats, last, age)
    tails = (1 - level) / 2, (1 + level) / 2
    between = np.searchsorted(np.cumsum(chances), tails)
    x, m = (0.0, 0.0) if np.isnan(mean) else (count, max(mean, 0.0))
    shape, scale = spend.p_ * x + spend.q_, spend.v_ + x * m
    n = np.arange(1, len(chances))

    def up_to(money: float) -> float:
        share = money / (money + scale)
        return float(chances[0] + chances[1:] @ betainc(spend.p_ * n, shape, share))

    low, high = (_quantile(up_to, tail, scale) for tail in tails)
    return (int(between[0]), int(between[1])), (low, high)


def _quantile(up_to: Callable[[float], float], tail: float, scale: float) -> float:
    if up_to(0.0) >= tail:
        return 0.0
    low, high = 0.0, scale
    while up_to(high) < tail and high < scale * 1e9:
        low, high = high, high * 4
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if up_to(middle) < tail else (low, middle)
    return high


def _by_quadrature(time: float, r: Floats, alpha: Floats, a: float, b: Floats) -> Floats:
    """Return the mean of (1 - exp(-rate * p * time)) / p over the gamma and the beta, (n,)."""
    from scipy.special import betaincinv

    middle = (np.arange(NODES) + 0.5) / NODES
    p = np.maximum(betaincinv(a, b[:, None], middle), 1e-12)
    stays = -np.expm1(-r[:, None] * np.log1p(p * time / alpha[:, None]))
    visits: Floats = (stays / p).mean(axis=1)
    return visits


def _minimum(
    loss: Callable[[Floats], tuple[float, Floats]], start: Floats, rows: float
) -> tuple[Floats, float]:
    """Return where a loss over `rows` customers is least, and how much it is there."""
    from scipy.optimize import minimize

    def penalised(logs: Floats) -> tuple[float, Floats]:
        value, slope = loss(logs)
        penalty = PENALTY * float(logs @ logs)
        return (value + penalty) / rows, (slope + 2 * PENALTY * logs) / rows

    found = minimize(
        penalised,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(-LARGEST, LARGEST)] * len(start),
        options={"ftol": 1e-12, "gtol": 1e-7, "maxiter": 500},
    )
    return found.x, loss(found.x)[0]


def _arrays(*columns: ArrayLike) -> tuple[Floats, ...]:
    return tuple(np.asarray(column, float) for column in columns)


def _collapsed(*columns: Floats) -> tuple[list[Floats], Floats]:
    """Return every different row once, and how often it stands for."""
    rows = np.column_stack(columns)
    if len(rows) > ROWS:
        rows = rows[:: -(-len(rows) // ROWS)]
    order = np.lexsort(rows.T)
    rows = rows[order]
    new = np.append(True, np.any(rows[1:] != rows[:-1], axis=1))
    first = np.flatnonzero(new)
    return list(rows[first].T), np.diff(np.append(first, len(rows))).astype(float)


def _require_enough(customers: int, repeating: int) -> None:
    if customers < FEWEST or repeating < FEWEST_REPEATS:
        raise Invalid(
            "too-little-data",
            customers=customers,
            events=repeating,
            needed=FEWEST,
            needed_each=FEWEST_REPEATS,
        )
