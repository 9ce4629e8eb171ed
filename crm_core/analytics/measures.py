"""How good probabilities are, by what happened: how well they rank, and how far they are true."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def measures(y: NDArray[np.bool_], probability: Floats) -> dict[str, Any]:
    """Measure the probabilities (n,) of events by whether they happened, y (n,).

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


def alone(y: NDArray[np.bool_], feature: Floats) -> float:
    """Return the area under the curve of one feature alone, whichever way it points."""
    from sklearn.metrics import roc_auc_score

    known = ~np.isnan(feature)
    if not 0 < y[known].sum() < known.sum():
        return 0.5
    auc = float(roc_auc_score(y[known], feature[known]))
    return max(auc, 1 - auc)
