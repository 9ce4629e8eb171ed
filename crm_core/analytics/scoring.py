"""One pass over all customers: every model learns, then every part of the customers is scored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crm_core.analytics import value
from crm_core.analytics.features import NAMES
from crm_core.analytics.propensity import Propensity, Target, applied, train
from crm_core.analytics.snapshots import History
from crm_core.analytics.value import RESTS_ON, Value
from crm_core.errors import Invalid
from crm_core.models import ModelName

ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Batch:
    """What one model says of some customers (ROWS at the most), one position a customer.

    `rests_on` has the reasons of a probability, or the numbers named in RESTS_ON of a value.
    """

    name: ModelName
    customers: Sequence[int]
    values: Sequence[float]
    rests_on: Sequence[list[Any]]


@dataclass
class Learnt:
    """The models of one day, and why those are missing that are."""

    as_of: date
    propensities: list[Propensity] = field(default_factory=list)
    value: Value | None = None
    missing: dict[ModelName, Invalid] = field(default_factory=dict)

    @property
    def models(self) -> dict[ModelName, Propensity | Value]:
        found: dict[ModelName, Propensity | Value] = {m.target.name: m for m in self.propensities}
        return found if self.value is None else {**found, ModelName.VALUE: self.value}


def learn(history: History, targets: Sequence[Target], as_of: date) -> Learnt:
    """Train a model of every target and of the value; what has too little data is missing."""
    learnt, first = Learnt(as_of), history.first_day or as_of
    spans = [span for target in targets for span in target.spans(as_of, first)]
    history.take([*spans, *value.stretches(as_of, first), (as_of, 0)])
    for target in targets:
        try:
            learnt.propensities.append(train(history, target, as_of))
        except Invalid as short:
            learnt.missing[target.name] = short
    try:
        learnt.value = value.train(history, as_of)
    except Invalid as short:
        learnt.missing[ModelName.VALUE] = short
    return learnt


def score(history: History, learnt: Learnt) -> Iterator[Batch]:
    """Yield what every model says of all customers, part by part.

    Where the value cannot be foretold, the spend of the last 365 days stands for it.
    """
    for customers, X in history.everybody(learnt.as_of):  # noqa: N806
        for model in learnt.propensities:
            scored = applied(model, customers, X)
            yield from _batches(
                model.target.name, scored.customers, scored.probability, scored.reasons
            )
        numbers = np.column_stack([X[:, NAMES.index(name)] for name in RESTS_ON])
        rests_on = numbers.round(2).astype(object)
        rests_on[np.isnan(numbers)] = None
        if learnt.value is not None:
            worth = learnt.value.predict(X)
        else:
            worth = np.maximum(np.nan_to_num(X[:, NAMES.index("spend_365")]), 0)
        yield from _batches(ModelName.VALUE, customers, worth.round(), rests_on.tolist())


def _batches(
    name: ModelName,
    customers: NDArray[np.int64],
    values: NDArray[np.float64],
    rests_on: Sequence[list[Any]],
) -> Iterator[Batch]:
    for start in range(0, len(customers), ROWS):
        rows = slice(start, start + ROWS)
        yield Batch(name, customers[rows].tolist(), values[rows].tolist(), rests_on[rows])
