"""A sentence as the grammar sees it: tokens, and arcs over several tokens for typed values."""

from collections.abc import Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from itertools import accumulate
from typing import Any, NamedTuple

from bot.understanding.tokens import SEPARATOR


class Arc(NamedTuple):
    """Tokens `first` to `last` (exclusive) read as one typed value."""

    first: int
    last: int
    kind: str
    value: Any
    cost: float = 0.1


@dataclass(slots=True)
class Lattice:
    """A sentence as the grammar sees it.

    `variants[i]` are the words that token i stands for, with a cost: itself, and what it may be
    a misspelling of. `name_cost` and `text_cost` are the prices of tokens inside free words.
    """

    words: Sequence[str]
    variants: Sequence[Sequence[tuple[str, float]]]
    arcs: Sequence[Mapping[str, Sequence[Arc]]]
    name_cost: InitVar[Sequence[float]]
    plain_cost: Sequence[float]
    """What the tokens would cost in a name if nothing spoke against it."""
    person_cost: Sequence[float]
    """What it costs more where the name of a person is to begin."""
    text_cost: InitVar[Sequence[float]]
    fillers: Mapping[int, Sequence[int]]
    """Token to the ends of phrases without meaning that begin there."""
    starts: Mapping[int, float]
    """Tokens where the request may begin, after politeness, and the price."""
    ends: Mapping[int, float]
    name_sums: list[float] = field(init=False)
    """What the tokens before each one cost together."""
    text_sums: list[float] = field(init=False)
    separators: list[int] = field(init=False)
    stops: list[int] = field(init=False)
    """The next separator from each token on, or the end: no name goes further."""
    begins: dict[str, list[int]] = field(init=False)
    """Where values of each kind begin."""
    misspelt: list[int] = field(init=False)
    """Tokens that may be misspellings."""

    def __post_init__(self, name_cost: Sequence[float], text_cost: Sequence[float]) -> None:
        self.name_sums = [0.0, *accumulate(name_cost)]
        self.text_sums = [0.0, *accumulate(text_cost)]
        self.separators = [i for i, word in enumerate(self.words) if word == SEPARATOR]
        self.stops, stop = [], len(self.words)
        for i in range(len(self.words) - 1, -1, -1):
            stop = i if self.words[i] == SEPARATOR else stop
            self.stops.append(stop)
        self.stops.reverse()
        self.begins = {}
        for i, kinds in enumerate(self.arcs):
            for kind in kinds:
                self.begins.setdefault(kind, []).append(i)
        self.misspelt = [i for i, of in enumerate(self.variants) if len(of) > 1]

    def __len__(self) -> int:
        return len(self.words)
