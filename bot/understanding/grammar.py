"""Recognise a sentence with all templates at once: a weighted finite-state recogniser.

The sentence is a lattice: its tokens, and arcs over several tokens for what finders found (money,
a moment, a word of a vocabulary). All templates read it together, from left to right; of two ways
to the same place the cheaper one survives (Viterbi), so the work is linear in the sentence. A
literal is free, a typed slot nearly so, and free words cost by their length: the cheapest reading
is the one that explains most of the sentence.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from itertools import accumulate
from typing import Any, NamedTuple

from bot.understanding.templates import Automaton, Literal, Phrase, SlotRef
from bot.understanding.tokens import SEPARATOR

NAME, PERSON, PARTY, TEXT = "name", "person", "party", "text"
"""Kinds of free words: any name, a person's, a person's or a company's, and anything."""
OPEN = {NAME: 1.0, PERSON: 1.0, PARTY: 1.0, TEXT: 1.5}
"""What it costs to begin free words."""
ADJACENT = 3.0
"""Where one name or text follows the other at once, nothing tells where the one ends."""
SKIP_SEPARATOR, SKIP_FILLER = 0.1, 0.3
BEAM = 14.0
"""A reading that costs so much more than the cheapest one up to the same token is given up."""


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
    person_cost: Sequence[float]
    """What it costs more where the name of a person is to begin."""
    text_cost: InitVar[Sequence[float]]
    skip_cost: Sequence[float]
    """What it costs to leave a token out, where that is allowed."""
    fillers: Mapping[int, Sequence[int]]
    """Token to the ends of phrases without meaning that begin there."""
    starts: Mapping[int, float]
    """Tokens where the request may begin, after politeness, and the price."""
    ends: Mapping[int, float]
    skipping: bool = False
    """Words that fit nowhere may be left out, at a price."""
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


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence template as written, and the intent it stands for."""

    intent: str
    language: str
    text: str
    automaton: Automaton


@dataclass(frozen=True, slots=True)
class Capture:
    """Tokens `first` to `last` (exclusive) that fill a slot; `arc` where the slot is typed."""

    slot: str
    kind: str
    first: int
    last: int
    arc: Arc | None


@dataclass(frozen=True, slots=True)
class Match:
    """One reading of the sentence."""

    template: Template
    cost: float
    captures: tuple[Capture, ...]
    explained: int
    """How many tokens are literals or typed values."""
    skipped: int
    """How many tokens were left out."""


class _Thread(NamedTuple):
    cost: float
    position: int
    start: int
    end: int
    arc: Arc | None
    before: "_Thread | None"


class _Moves(NamedTuple):
    """What may come after a position."""

    literals: dict[str, list[tuple[int, Phrase]]]
    slots: list[tuple[int, str]]
    kinds: tuple[str, ...] = ()
    """Kinds of typed values among the slots."""
    anything: bool = False
    """Free words may follow."""


class Grammar:
    """All templates as one automaton. Tables of moves are made when they are first needed."""

    def __init__(self, templates: Sequence[Template]) -> None:
        self.templates = templates
        self.positions: list[Literal | SlotRef] = []
        self._template_of: list[int] = []
        self._offset: list[int] = []
        self._last: set[int] = set()
        self._moves: dict[int, _Moves] = {}
        first: list[int] = []
        for number, template in enumerate(templates):
            automaton, offset = template.automaton, len(self.positions)
            self._offset.append(offset)
            self.positions += automaton.positions
            self._template_of += [number] * len(automaton.positions)
            self._last |= {offset + p for p in automaton.last}
            first += [offset + p for p in sorted(automaton.first)]
        starts = self._table(first)
        self._starts = starts.literals
        self._slot_starts: dict[int, list[tuple[int, str]]] = {}
        for position, kind in starts.slots:
            number = self._template_of[position]
            self._slot_starts.setdefault(number, []).append((position, kind))
        self._free: list[int] = []
        """Templates that need no word."""
        self._needing: dict[str, list[tuple[int, list[frozenset[str]]]]] = {}
        """By a word: templates, with what else each needs."""
        for number, template in enumerate(templates):
            needs = sorted(_needs(template.automaton), key=len)
            if not needs:
                self._free.append(number)
            for word in needs[0] if needs else ():
                self._needing.setdefault(word, []).append((number, needs[1:]))

    def match(self, lattice: Lattice, intents: Collection[str] | None = None) -> list[Match]:
        """Return the cheapest reading of each intent, the cheapest first.

        Of equals the narrower template comes first: it says more of what was said.

        Args:
            intents: look at their templates only.
        """
        size = len(lattice)
        active: list[dict[int, _Thread]] = [{} for _ in range(size + 1)]
        starts = self._possible_starts(lattice, intents)
        best: dict[str, _Thread] = {}
        skipped = 0.0
        for here in range(size + 1):
            threads = active[here]
            if lattice.skipping:
                self._finish(threads, sum(lattice.skip_cost[here:]), best)
            elif here in lattice.ends:
                self._finish(threads, lattice.ends[here], best)
            if here == size:
                break
            if lattice.skipping or here in lattice.starts:
                price = lattice.starts.get(here, skipped)
                self._advance(starts, price, None, here, lattice, active)
            skipped += lattice.skip_cost[here]
            limit = min((t.cost for t in threads.values()), default=0.0) + BEAM
            for thread in threads.values():
                if thread.cost > limit:
                    continue
                position = thread.position
                moves = self._moves.get(position) or self._moves_of(position)
                self._advance(moves, thread.cost, thread, here, lattice, active)
                if lattice.words[here] == SEPARATOR:
                    _put(active[here + 1], _dearer(thread, SKIP_SEPARATOR))
                elif lattice.skipping:
                    _put(active[here + 1], _dearer(thread, lattice.skip_cost[here]))
                for end in lattice.fillers.get(here, ()):
                    _put(active[end], _dearer(thread, SKIP_FILLER))
        found = [self._result(thread, lattice) for thread in best.values()]
        return sorted(
            found, key=lambda match: (round(match.cost, 2), len(match.template.automaton.positions))
        )

    def _possible_starts(self, lattice: Lattice, intents: Collection[str] | None) -> _Moves:
        """Return the first moves of the templates whose words are all in the sentence."""
        said = {word for variants in lattice.variants for word, _ in variants}
        possible = set(self._free)
        for word in said:
            for number, needs in self._needing.get(word, ()):
                if not any(need.isdisjoint(said) for need in needs):
                    possible.add(number)
        if intents is not None:
            possible = {n for n in possible if self.templates[n].intent in intents}
        literals = {
            word: [move for move in self._starts[word] if self._template_of[move[0]] in possible]
            for word in said & self._starts.keys()
        }
        slots = [move for number in possible for move in self._slot_starts.get(number, ())]
        return _Moves(literals, sorted(slots))

    def _advance(
        self,
        moves: _Moves,
        cost: float,
        before: _Thread | None,
        here: int,
        lattice: Lattice,
        active: list[dict[int, _Thread]],
    ) -> None:
        for word, penalty in lattice.variants[here]:
            for position, phrase in moves.literals.get(word, ()):
                price = penalty if len(phrase) == 1 else _rest(phrase, here, lattice)
                if price is not None:
                    end = here + len(phrase)
                    total = cost + price + (penalty if len(phrase) > 1 else 0)
                    _put(active[end], _Thread(total, position, here, end, None, before))
        arcs = lattice.arcs[here]
        for position, kind in moves.slots:
            if kind in OPEN:
                self._open(position, kind, cost, before, here, lattice, active)
            else:
                for arc in arcs.get(kind, ()):
                    thread = _Thread(cost + arc.cost, position, here, arc.last, arc, before)
                    _put(active[arc.last], thread)

    def _open(
        self,
        position: int,
        kind: str,
        cost: float,
        before: _Thread | None,
        here: int,
        lattice: Lattice,
        active: list[dict[int, _Thread]],
    ) -> None:
        """Let free words begin; they may end wherever something can follow them."""
        words, size = lattice.words, len(lattice.words)
        if words[here] == SEPARATOR:
            return
        moves = self._moves.get(position) or self._moves_of(position)
        literals, stop = moves.literals, size if kind == TEXT else lattice.stops[here]
        if lattice.skipping or moves.anything:
            ends = list(range(here + 1, stop + 1))
        else:
            ends = [end for end in range(here + 1, min(stop + 1, size)) if words[end] in literals]
            if kind != TEXT:
                ends.append(stop)
            else:
                ends += [end for end in lattice.separators if end > here]
                ends.append(size)
            if position in self._last:
                ends += [end for end in lattice.ends if here < end <= stop]
            for typed in moves.kinds:
                ends += [end for end in lattice.begins.get(typed, ()) if here < end <= stop]
            ends += [
                end
                for end in lattice.misspelt
                if here < end <= stop and any(w in literals for w, _ in lattice.variants[end])
            ]
        if not ends:
            return
        sums = lattice.text_sums if kind == TEXT else lattice.name_sums
        cost += OPEN[kind] - sums[here]
        if before is not None and before.end == here and self._is_free(before):
            cost += ADJACENT
        if kind == PERSON:
            cost += lattice.person_cost[here]
        elif kind == NAME:
            cost -= lattice.person_cost[here]
        for end in ends:
            _put(active[end], _Thread(cost + sums[end], position, here, end, None, before))

    def _is_free(self, thread: _Thread) -> bool:
        return thread.arc is None and isinstance(self.positions[thread.position], SlotRef)

    def _finish(
        self, threads: Mapping[int, _Thread], price: float, best: dict[str, _Thread]
    ) -> None:
        for thread in threads.values():
            position = thread.position
            if position in self._last:
                intent = self.templates[self._template_of[position]].intent
                known = best.get(intent)
                if known is None or thread.cost + price < known.cost:
                    best[intent] = _dearer(thread, price)

    def _result(self, thread: _Thread, lattice: Lattice) -> Match:
        captures: list[Capture] = []
        link: _Thread | None = thread
        explained, last, unread = 0, thread.end, list[str]()
        if last not in lattice.ends:
            unread += lattice.words[last:]
        while link is not None:
            part = self.positions[link.position]
            unread += lattice.words[link.end : last]
            last = link.start
            if isinstance(part, SlotRef):
                captures.append(Capture(part.slot, part.kind, link.start, link.end, link.arc))
            if isinstance(part, Literal) or link.arc is not None:
                explained += link.end - link.start
            link = link.before
        if last not in lattice.starts:
            unread += lattice.words[:last]
        template = self.templates[self._template_of[thread.position]]
        skipped = sum(word != SEPARATOR for word in unread)
        return Match(template, thread.cost, tuple(reversed(captures)), explained, skipped)

    def _moves_of(self, position: int) -> _Moves:
        number = self._template_of[position]
        offset = self._offset[number]
        follow = self.templates[number].automaton.follow[position - offset]
        moves = self._moves[position] = self._table([offset + p for p in sorted(follow)])
        return moves

    def _table(self, positions: Iterable[int]) -> _Moves:
        literals: dict[str, list[tuple[int, Phrase]]] = {}
        slots: list[tuple[int, str]] = []
        for position in positions:
            part = self.positions[position]
            if isinstance(part, SlotRef):
                slots.append((position, part.kind))
            else:
                for phrase in part.phrases:
                    literals.setdefault(phrase[0], []).append((position, phrase))
        kinds = {kind for _, kind in slots}
        typed = tuple(sorted(kinds - OPEN.keys()))
        return _Moves(literals, slots, typed, not kinds.isdisjoint(OPEN))


def _dearer(thread: _Thread, price: float) -> _Thread:
    cost, position, start, end, arc, before = thread
    return _Thread(cost + price, position, start, end, arc, before)


def _put(threads: dict[int, _Thread], thread: _Thread) -> None:
    """Keep the cheaper of two ways to a place."""
    known = threads.get(thread.position)
    if known is None or thread.cost < known.cost:
        threads[thread.position] = thread


def _rest(phrase: Phrase, here: int, lattice: Lattice) -> float | None:
    """Return the price of the words of a phrase after its first, None where they don't follow."""
    if here + len(phrase) > len(lattice):
        return None
    total = 0.0
    for offset in range(1, len(phrase)):
        for word, penalty in lattice.variants[here + offset]:
            if word == phrase[offset]:
                total += penalty
                break
        else:
            return None
    return total


def _needs(automaton: Automaton) -> list[frozenset[str]]:
    """Return sets of words; a sentence of the template has a word of each set.

    A literal is needed if no way from the first to the last position leads around it.
    """
    needs = []
    for position, part in enumerate(automaton.positions):
        if isinstance(part, Literal) and not _way_around(automaton, position):
            needs.append(frozenset(phrase[0] for phrase in part.phrases))
    return needs


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
