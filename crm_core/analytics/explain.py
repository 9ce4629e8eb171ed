"""Why a customer's score is what it is: the features that move it most, as plain numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal, TypedDict, overload

import numpy as np
from numpy.typing import NDArray

from crm_core.analytics.features import FEATURES, FRACTIONS, GROUPS, NAMES

if TYPE_CHECKING:
    from crm_core.analytics.propensity import Propensity

Floats = NDArray[np.float64]

GROUP = np.array([GROUPS.index(feature.group) for feature in FEATURES])
MEMBERS = np.equal.outer(GROUP, np.arange(len(GROUPS))).astype(float)  # (features, groups)
SHOWN = np.array([NAMES.index(each.shown or each.name) for each in FEATURES])
USUAL = np.array([NAMES.index(each.usual) if each.usual else -1 for each in FEATURES])
FRACTIONAL = np.array([feature.unit in FRACTIONS for feature in FEATURES])
SETTLED = 3  # days with an order: one gap is not yet a habit
LEAST = 1e-3  # log-odds: what moves a score less is no reason


class Reason(TypedDict):
    """One feature that moves a score: `value` beside what is `usual`.

    Numbers are whole (days, counts, money in minor units) but for a share and a trend.
    `contribution` is in log-odds against the average customer and counts all features of the same
    group; `direction` is where it moves the probability. `own` tells whether `usual` is this
    customer's own or that of the average customer.
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
    values: Floats
    usual: Floats
    own: NDArray[np.bool_]
    contributions: Floats

    def __len__(self) -> int:
        return len(self.features)

    def __iter__(self) -> Iterator[list[Reason]]:
        shares = FRACTIONAL[self.features]
        columns = (
            self.features,
            _rounded(self.values, shares),
            _rounded(self.usual, shares),
            self.own,
            self.contributions.round(4),
        )
        for row in zip(*(column.tolist() for column in columns), strict=True):
            yield [_reason(*numbers) for numbers in zip(*row, strict=True) if numbers[0] >= 0]

    @overload
    def __getitem__(self, index: int) -> list[Reason]: ...
    @overload
    def __getitem__(self, index: slice) -> "Reasons": ...
    def __getitem__(self, index: int | slice) -> "list[Reason] | Reasons":
        if isinstance(index, slice):
            return Reasons(*(getattr(self, field.name)[index] for field in fields(self)))
        (reasons,) = self[index : index + 1 or None]
        return reasons

    @classmethod
    def joined(cls, parts: "Sequence[Reasons]") -> "Reasons":
        return cls(
            *(
                np.concatenate([getattr(part, field.name) for part in parts])
                for field in fields(cls)
            )
        )


def explain(
    model: "Propensity",
    X: Floats,  # noqa: N803
    count: int = 3,
    contributions: Floats | None = None,
) -> Reasons:
    """Return for each row of X (n, features) the `count` groups of features that move it most.

    The contributions of a model are exact: those of all groups and the intercept add up to the
    log-odds. A group is named after the feature in it that moves the score most its way.
    """
    rows = np.arange(len(X))
    single = model.contributions(X) if contributions is None else contributions
    grouped = single @ MEMBERS
    average = model.usual_
    strongest = np.argsort(-np.abs(grouped), axis=1, kind="stable")[:, :count]
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


def _rounded(numbers: Floats, shares: NDArray[np.bool_]) -> NDArray[np.object_]:
    whole = np.nan_to_num(numbers).round().astype(np.int64).astype(object)
    return np.where(shares, numbers.round(3), whole)


def _reason(feature: int, value: float, usual: float, own: bool, contribution: float) -> Reason:
    return {
        "feature": NAMES[feature],
        "unit": FEATURES[feature].unit,
        "value": value,
        "usual": usual,
        "own": own,
        "contribution": contribution,
        "direction": "up" if contribution > 0 else "down",
    }
