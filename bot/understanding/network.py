"""All templates as one network: which phrases a sentence has, and what may come after what.

The positions of all templates that the same words lead to are one state (the subset construction:
Rabin and Scott, Finite automata and their decision problems, 1959). So the work for a sentence
doesn't grow with the templates that begin alike. States are made when they are first reached.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import Any, NamedTuple

from bot.understanding.templates import Literal, Phrase, SlotRef, Template

NAME, PERSON, PARTY, TEXT = "name", "person", "party", "text"
"""Kinds of free words: any name, a person's, a person's or a company's, and anything."""
FREE = (NAME, PERSON, PARTY, TEXT)
Part = int | str
"""What leads from state to state: a phrase, by its number, or a value of some kind."""
Variants = Sequence[Sequence[tuple[str, float]]]
_END = ""
"""The key of a phrase's number in the trie."""


class Hit(NamedTuple):
    """A phrase of the templates at a token of the sentence: its number, end and price."""

    phrase: int
    end: int
    price: float


class State:
    """Positions of templates that the same words lead to."""

    def __init__(self, network: "Network", reached_by: Part, positions: frozenset[int]) -> None:
        self._network = network
        self._after: dict[Part, State | None] = {}
        self.positions = positions
        self.reached_by = reached_by
        self.is_free = reached_by in FREE
        self.follow = frozenset().union(*(network.follow[p] for p in positions))
        """The positions that may come next."""

    def after(self, part: Part) -> "State | None":
        """Return the state that a phrase or value leads to, None if it may not come next."""
        try:
            return self._after[part]
        except KeyError:
            reached = self._network.reached(part, self.follow)
            return self._after.setdefault(part, reached)

    @cached_property
    def is_before_literal(self) -> bool:
        """Tell whether a phrase may come next."""
        return not self.follow <= self._network.slots

    @cached_property
    def is_before_typed(self) -> bool:
        """Tell whether a typed value may come next."""
        return not self._network.slots.isdisjoint(self.follow)

    @cached_property
    def is_before_free(self) -> bool:
        """Tell whether free words may come next."""
        return any(self.after(kind) for kind in FREE)

    @cached_property
    def complete(self) -> dict[str, int]:
        """Return the positions at which a template ends, by intent: the first one's."""
        network, found = self._network, dict[str, int]()
        for position in sorted(self.positions & network.last):
            found.setdefault(network.template_of[position].intent, position)
        return found

    def before(self, position: int) -> int:
        """Return the first of the positions from which a later one is reached."""
        network = self._network
        of_template = network.ranges[position]
        return next(p for p in of_template if p in self.positions and position in network.follow[p])


class Network:
    """The positions of all templates."""

    def __init__(self, templates: Sequence[Template]) -> None:
        self.positions: list[Literal | SlotRef] = []
        self.follow: list[AbstractSet[int]] = []
        self.template_of: list[Template] = []
        self.ranges: list[range] = []
        """The positions of each position's template."""
        self.last: set[int] = set()
        first: set[int] = set()
        for template in templates:
            automaton, offset = template.automaton, len(self.positions)
            self.positions += automaton.positions
            self.follow += [{offset + p for p in after} for after in automaton.follow]
            size = len(automaton.positions)
            self.template_of += [template] * size
            self.ranges += [range(offset, offset + size)] * size
            self.last |= {offset + p for p in automaton.last}
            first |= {offset + p for p in automaton.first}
        self._numbers: dict[Phrase, int] = {}
        self._trie: dict[str, Any] = {}
        self._at: dict[Part, set[int]] = {}
        """The positions of each phrase and kind of values."""
        self.slots: set[int] = set()
        for position, part in enumerate(self.positions):
            if isinstance(part, SlotRef):
                self.slots.add(position)
                self._at.setdefault(part.kind, set()).add(position)
            else:
                for phrase in part.phrases:
                    self._at.setdefault(self._number(phrase), set()).add(position)
        self._states: dict[frozenset[int], State] = {}
        self.start = State(self, "", frozenset())
        self.start.follow = frozenset(first)

    def find(self, variants: Variants) -> list[list[Hit]]:
        """Return the phrases that begin at each token."""
        return [
            list(self._follow(self._trie, variants, here, 0.0)) for here in range(len(variants))
        ]

    def reached(self, part: Part, positions: frozenset[int]) -> State | None:
        """Return the state of those positions that a phrase or value leads to."""
        there = positions & self._at.get(part, set())
        if there and there not in self._states:
            self._states[there] = State(self, part, there)
        return self._states[there] if there else None

    def _number(self, phrase: Phrase) -> int:
        if phrase not in self._numbers:
            number = self._numbers[phrase] = len(self._numbers)
            node = self._trie
            for word in phrase:
                node = node.setdefault(word, {})
            node[_END] = number
        return self._numbers[phrase]

    def _follow(
        self, node: dict[str, Any], variants: Variants, here: int, price: float
    ) -> Iterable[Hit]:
        if here == len(variants):
            return
        for word, penalty in variants[here]:
            if (inner := node.get(word)) is not None:
                if _END in inner:
                    yield Hit(inner[_END], here + 1, price + penalty)
                if len(inner) > (_END in inner):
                    yield from self._follow(inner, variants, here + 1, price + penalty)
