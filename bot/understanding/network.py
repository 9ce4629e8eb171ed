"""All templates as one network: which literals a sentence has, and what may come after what.

Literals are numbered, and a trie finds all that a sentence has in one pass; a template whose
literals aren't all there is never looked at. Tables of moves are made when they are first needed.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from bot.understanding.templates import Automaton, Literal, Phrase, SlotRef, Template

NAME, PERSON, PARTY, TEXT = "name", "person", "party", "text"
"""Kinds of free words: any name, a person's, a person's or a company's, and anything."""
FREE = frozenset({NAME, PERSON, PARTY, TEXT})
Variants = Sequence[Sequence[tuple[str, float]]]
_END = ""
"""The key of a phrase's number in the trie."""


class Hit(NamedTuple):
    """A phrase of the templates at a token of the sentence: its number, end and price."""

    phrase: int
    end: int
    price: float


class Moves(NamedTuple):
    """What may come after a position."""

    literals: dict[int, list[int]]
    """Number of a phrase to positions."""
    slots: list[tuple[int, str]]
    kinds: tuple[str, ...] = ()
    """Kinds of typed values among the slots."""
    anything: bool = False
    """Free words may follow."""


class Network:
    """The positions of all templates."""

    def __init__(self, templates: Sequence[Template]) -> None:
        self.templates = templates
        self.positions: list[Literal | SlotRef] = []
        self.template_of: list[int] = []
        self.last: set[int] = set()
        self._numbers: dict[Phrase, int] = {}
        self._trie: dict[str, Any] = {}
        self._offset: list[int] = []
        self._moves: dict[int, Moves] = {}
        self._tables: dict[tuple[int, ...], Moves] = {}
        first: list[int] = []
        for number, template in enumerate(templates):
            automaton, offset = template.automaton, len(self.positions)
            self._offset.append(offset)
            self.positions += automaton.positions
            self.template_of += [number] * len(automaton.positions)
            self.last |= {offset + p for p in automaton.last}
            first += [offset + p for p in sorted(automaton.first)]
        for part in self.positions:
            for phrase in part.phrases if isinstance(part, Literal) else ():
                self._learn(phrase)
        starts = self._table(first)
        self._starts = starts.literals
        self._slot_starts: dict[int, list[tuple[int, str]]] = {}
        for position, kind in starts.slots:
            self._slot_starts.setdefault(self.template_of[position], []).append((position, kind))
        self._free: list[int] = []
        """Templates that need no word."""
        self._needing: dict[int, list[tuple[int, list[frozenset[int]]]]] = {}
        """By a phrase: templates, with what else each needs."""
        for number, template in enumerate(templates):
            needs = sorted(self._needs(template.automaton), key=len)
            if not needs:
                self._free.append(number)
            for needed in needs[0] if needs else ():
                self._needing.setdefault(needed, []).append((number, needs[1:]))

    def find(self, variants: Variants) -> list[list[Hit]]:
        """Return the phrases that begin at each token."""
        return [
            list(self._follow(self._trie, variants, here, 0.0)) for here in range(len(variants))
        ]

    def starts(self, found: Collection[int], intents: Collection[str] | None) -> Moves:
        """Return the first moves of the templates whose phrases are all among those found."""
        possible = set(self._free)
        for phrase in found:
            for number, needs in self._needing.get(phrase, ()):
                if not any(need.isdisjoint(found) for need in needs):
                    possible.add(number)
        if intents is not None:
            possible = {n for n in possible if self.templates[n].intent in intents}
        literals = {
            phrase: [p for p in self._starts[phrase] if self.template_of[p] in possible]
            for phrase in found
            if phrase in self._starts
        }
        slots = [move for number in possible for move in self._slot_starts.get(number, ())]
        return Moves(literals, sorted(slots))

    def after(self, position: int) -> Moves:
        """Return what may come after a position."""
        moves = self._moves.get(position)
        if moves is None:
            number = self.template_of[position]
            offset = self._offset[number]
            follow = self.templates[number].automaton.follow[position - offset]
            key = tuple(offset + p for p in sorted(follow))
            moves = self._tables.get(key) or self._table(key)
            self._tables[key] = self._moves[position] = moves
        return moves

    def _learn(self, phrase: Phrase) -> None:
        if phrase not in self._numbers:
            number = self._numbers[phrase] = len(self._numbers)
            node = self._trie
            for word in phrase:
                node = node.setdefault(word, {})
            node[_END] = number

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

    def _table(self, positions: Iterable[int]) -> Moves:
        literals: dict[int, list[int]] = {}
        slots: list[tuple[int, str]] = []
        for position in positions:
            part = self.positions[position]
            if isinstance(part, SlotRef):
                slots.append((position, part.kind))
            else:
                for phrase in part.phrases:
                    literals.setdefault(self._numbers[phrase], []).append(position)
        kinds = {kind for _, kind in slots}
        return Moves(literals, slots, tuple(sorted(kinds - FREE)), not kinds.isdisjoint(FREE))

    def _needs(self, automaton: Automaton) -> list[frozenset[int]]:
        """Return sets of phrases; a sentence of the template has one of each set.

        A literal is needed if no way from the first to the last position leads around it.
        """
        return [
            frozenset(self._numbers[phrase] for phrase in part.phrases)
            for position, part in enumerate(automaton.positions)
            if isinstance(part, Literal) and not _way_around(automaton, position)
        ]


def _way_around(automaton: Automaton, avoided: int) -> bool:
    seen = {avoided}
    todo = [p for p in automaton.first if p != avoided]
    while todo:
        position = todo.pop()
        if position in automaton.last:
            return True
        if position not in seen:
            seen.add(position)
            todo += [p for p in automaton.follow[position] if p not in seen]
    return False
