"""Why a customer's score is what it is: the features that move it most, as plain numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal, TypedDict, overload

import numpy as np
from numpy.typing import NDArray

from crm_core.analytics.features import FEATURES, GROUPS, NAMES

if TYPE_CHECKING:
    from crm_core.analytics.propensity import Propensity

GROUP = np.array([GROUPS.index(feature.group) for feature in FEATURES])
SHOWN = np.array([NAMES.index(each.shown or each.name) for each in FEATURES])
USUAL = np.array([NAMES.index(each.usual) if each.usual else -1 for each in FEATURES])
SETTLED = 3  # days with an order: one gap is not yet a habit
LEAST = 1e-3  # log-odds: what moves a score less is no reason


class Reason(TypedDict):
    """One feature that moves a score: `value` beside what is `usual`.

    Numbers are whole (days, counts, money in minor units) but for a share. `contribution` is in
    log-odds against the average customer and counts all features of the same group; `direction`
    is where it moves the probability. `own` tells whether `usual` is this customer's own or that
    of the average customer.
    """

    feature: str
    unit: str
    value: float
    usual: float
    own: bool
    contribution: float
    direction: Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Reasons(Sequence[list[Reason]]):
    """The reasons of many customers, as arrays (customers, reasons); made into dicts when read."""

    features: NDArray[np.int16]  # positions in FEATURES, -1: no further reason
    values: NDArray[np.float64]
    usual: NDArray[np.float64]
    own: NDArray[np.bool_]
    contributions: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.features)

    @overload
    def __getitem__(self, index: int) -> list[Reason]: ...
    @overload
    def __getitem__(self, index: slice) -> "list[list[Reason]]": ...
    def __getitem__(self, index: int | slice) -> "list[Reason] | list[list[Reason]]":
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        return [
            _reason(*numbers)
            for numbers in zip(
                self.features[index].tolist(),
                self.values[index].tolist(),
                self.usual[index].tolist(),
                self.own[index].tolist(),
                self.contributions[index].tolist(),
                strict=True,
            )
            if numbers[0] >= 0
        ]

    @classmethod
    def joined(cls, parts: "Sequence[Reasons]") -> "Reasons":
        return cls(
            *(
                np.concatenate([getattr(part, field.name) for part in parts])
                for field in fields(cls)
            )
        )


def explain(model: "Propensity", X: NDArray[np.float64], count: int = 3) -> Reasons:  # noqa: N803
    """Return for each row of X (n, features) the `count` groups of features that move it most.

    The contributions of a linear model are exact: those of all groups and the intercept add up to
    the log-odds. A group is named after the feature in it that moves the score most its way.
    """
    rows = np.arange(len(X))
    single = model.contributions(X)
    grouped = np.column_stack(
        [single[:, group == GROUP].sum(axis=1) for group in range(len(GROUPS))]
    )
    strongest = np.argsort(-np.abs(grouped), axis=1, kind="stable")[:, :count]
    average = model.usual_
    settled = X[:, NAMES.index("visits")] >= SETTLED
    sayable = ~np.isnan(X[:, SHOWN])  # trees are moved by what is not known, too
    found = []
    for group in strongest.T:
        moved = grouped[rows, group]
        inside = np.where(
            (group[:, None] == GROUP) & sayable, single * np.sign(moved)[:, None], -np.inf
        )
        leader = inside.argmax(axis=1)
        shown = SHOWN[leader]
        normal = np.where((USUAL[leader] >= 0) & settled, X[rows, USUAL[leader]], np.nan)
        own = ~np.isnan(normal)
        found.append(
            (
                np.where((np.abs(moved) >= LEAST) & sayable[rows, leader], shown, -1).astype(
                    np.int16
                ),
                X[rows, shown],
                np.where(own, normal, average[shown]),
                own,
                moved,
            )
        )
    return Reasons(*(np.column_stack(column) for column in zip(*found, strict=True)))


def _reason(feature: int, value: float, usual: float, own: bool, contribution: float) -> Reason:
    unit = FEATURES[feature].unit
    digits = 3 if unit == "share" else None
    return {
        "feature": NAMES[feature],
        "unit": unit,
        "value": round(value, digits),
        "usual": round(usual, digits),
        "own": own,
        "contribution": round(contribution, 4),
        "direction": "up" if contribution > 0 else "down",
    }
