"""Groups of customers who are alike, by k-means, with how far the groups can be trusted.

Numbers are on a log scale and standardised: on raw ones a few large customers are a cluster and
everybody else is the other, which the silhouette rewards.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crm_core.analytics.features import FEATURES, NAMES
from crm_core.analytics.snapshots import History
from crm_core.errors import Invalid

Floats = NDArray[np.float64]

LOOKED_AT = ("recency", "visits", "spend", "spend_mean", "products", "tenure")
FEWEST = 50  # customers
MOST = 20_000  # customers to learn from
SILHOUETTE_ROWS = 2_000
LARGEST_K = 8
RESAMPLED = 10
STABLE = 0.8  # adjusted Rand index
APART = 0.4  # standard deviations from the average that make a trait


@dataclass(frozen=True, slots=True)
class Group:
    """How many customers (of those looked at) are alike, and what sets them apart, most first.

    A trait is a feature with its unit, the median in the group (`value`), that of all customers
    (`usual`), and the `direction`, up or down.
    """

    customers: int
    traits: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Clusters:
    """The groups, largest first.

    `silhouette` (-1 to 1) says how far apart they are; `stability`, the mean adjusted Rand index
    with the clusters of resampled customers, how far they are the same when chance is drawn again.
    """

    groups: list[Group]
    silhouette: float
    stability: float


def clusters(history: History, as_of: date) -> Clusters:
    """Group the customers known before `as_of`. Raises Invalid where they are too few.

    On one thread: many small fits spend their time waiting for each other's threads.
    """
    from threadpoolctl import threadpool_limits

    X = history.at(as_of).X  # noqa: N806
    with threadpool_limits(1):
        return grouped(X)


def grouped(X: Floats, seed: int = 0) -> Clusters:  # noqa: N803
    """Group customers by their features (n, features).

    Of two to LARGEST_K groups, the number with the best silhouette is taken among those that are
    stable; where none is, the most stable.
    """
    from sklearn.metrics import silhouette_score

    numbers = np.nan_to_num(X[:, [NAMES.index(name) for name in LOOKED_AT]])
    numbers = numbers[:: -(-len(numbers) // MOST) or 1]
    different = len(np.unique(numbers, axis=0))
    if len(numbers) < FEWEST or different < 2 * LARGEST_K:
        raise Invalid("too-little-data", customers=min(len(numbers), different), needed=FEWEST)
    Z = _standardised(numbers)  # noqa: N806
    tried = []
    for k in range(2, LARGEST_K + 1):
        labels, centres = _fitted(Z, k, seed)
        rows = min(len(Z), SILHOUETTE_ROWS)
        silhouette = float(silhouette_score(Z, labels, sample_size=rows, random_state=seed))
        tried.append((_stability(Z, centres, labels, seed), silhouette, labels))
    stable = [each for each in tried if each[0] >= STABLE]
    stability, silhouette, labels = (
        max(stable, key=lambda each: each[1]) if stable else max(tried, key=lambda each: each[0])
    )
    groups = [_group(numbers, Z, labels == label) for label in np.unique(labels)]
    groups.sort(key=lambda group: -group.customers)
    return Clusters(groups, silhouette, stability)


def _standardised(numbers: Floats) -> Floats:
    logs = np.sign(numbers) * np.log1p(np.abs(numbers))
    spread = logs.std(axis=0)
    centred: Floats = (logs - logs.mean(axis=0)) / np.where(spread < 1e-9, np.inf, spread)
    return centred


def _fitted(Z: Floats, k: int, seed: int) -> tuple[NDArray[np.int64], Floats]:  # noqa: N803
    from sklearn.cluster import KMeans

    fitted = KMeans(k, n_init=4, random_state=seed).fit(Z)
    return fitted.labels_, fitted.cluster_centers_


def _stability(
    Z: Floats,  # noqa: N803
    centres: Floats,
    labels: NDArray[np.int64],
    seed: int,
) -> float:
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score, pairwise_distances_argmin

    random = np.random.default_rng(seed)
    rows = min(len(Z), SILHOUETTE_ROWS)
    scores = []
    for _ in range(RESAMPLED):
        again = Z[random.integers(0, len(Z), rows)]
        found = KMeans(len(centres), n_init=2, random_state=seed).fit(again).cluster_centers_
        scores.append(adjusted_rand_score(labels, pairwise_distances_argmin(Z, found)))
    return float(np.mean(scores))


def _group(numbers: Floats, Z: Floats, inside: NDArray[np.bool_]) -> Group:  # noqa: N803
    apart = Z[inside].mean(axis=0)
    everybody, these = np.median(numbers, axis=0), np.median(numbers[inside], axis=0)
    traits = [
        {
            "feature": LOOKED_AT[place],
            "unit": FEATURES[NAMES.index(LOOKED_AT[place])].unit,
            "value": float(these[place]),
            "usual": float(everybody[place]),
            "direction": "up" if apart[place] > 0 else "down",
        }
        for place in np.argsort(-np.abs(apart))
        if abs(apart[place]) >= APART and these[place] != everybody[place]
    ]
    return Group(int(inside.sum()), traits)
