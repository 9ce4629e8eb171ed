"""Recognise a sentence with all templates at once: a weighted finite-state recogniser.

All templates read the lattice of the sentence together, from left to right; of two ways to the
same place the cheaper one survives (Viterbi), so the work is linear in the sentence. A literal is
free, a typed slot nearly so, and free words cost by their length: the cheapest reading is the one
that explains most of the sentence.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.understanding.lattice import Arc, Lattice
from bot.understanding.network import NAME, PARTY, PERSON, TEXT, Hit, Moves, Network
from bot.understanding.templates import Literal, SlotRef, Template
from bot.understanding.tokens import SEPARATOR, is_han

OPEN = {NAME: 1.0, PERSON: 1.0, PARTY: 1.0, TEXT: 1.5}
"""What it costs to begin free words."""
ADJACENT = 3.0
"""Where one name or text follows the other at once, nothing tells where the one ends."""
LONE_HAN = 2.5
"""One Chinese character is hardly ever a name."""
LONGEST_NAME = 30
"""Tokens of a name, at the most."""
SKIP_SEPARATOR, SKIP_FILLER = 0.1, 0.3
BEAM = 7.0
"""A reading that costs so much more than the cheapest one up to the same token is given up."""


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
    unread: tuple[int, ...]
    """Tokens that were left out."""
    trouble: float
    """What of the cost is not just the length of names and texts."""


class _Thread(NamedTuple):
    cost: float
    position: int
    start: int
    end: int
    arc: Arc | None
    before: "_Thread | None"


class Grammar:
    """Reads sentences with templates."""

    def __init__(self, templates: Sequence[Template]) -> None:
        self._network = Network(templates)

    def match(self, lattice: Lattice, intents: Collection[str] | None = None) -> list[Match]:
        """Return the cheapest reading of each intent, the cheapest first.

        Of equals the narrower template comes first: it says more of what was said.

        Args:
            intents: look at their templates only.
        """
        best = _Search(self._network, lattice, intents).run()
        found = [self._result(thread, lattice) for thread in best.values()]
        return sorted(
            found, key=lambda match: (round(match.cost, 2), len(match.template.automaton.positions))
        )

    def _result(self, thread: _Thread, lattice: Lattice) -> Match:
        captures: list[Capture] = []
        link: _Thread | None = thread
        explained, last, plain = 0, thread.end, 0.0
        unread: list[int] = []
        if last not in lattice.ends:
            unread += range(last, len(lattice))
        while link is not None:
            part = self._network.positions[link.position]
            unread += range(link.end, last)
            last = link.start
            if isinstance(part, Literal) or link.arc is not None:
                explained += link.end - link.start
            elif part.kind == TEXT:
                plain += OPEN[TEXT] + lattice.text_sums[link.end] - lattice.text_sums[link.start]
            else:
                plain += OPEN[part.kind] + sum(lattice.plain_cost[link.start : link.end])
            if isinstance(part, SlotRef):
                captures.append(Capture(part.slot, part.kind, link.start, link.end, link.arc))
            link = link.before
        if last not in lattice.starts:
            unread += range(last)
        return Match(
            self._network.templates[self._network.template_of[thread.position]],
            thread.cost,
            tuple(reversed(captures)),
            explained,
            tuple(sorted(i for i in unread if lattice.words[i] != SEPARATOR)),
            thread.cost - plain,
        )


class _Search:
    """One pass over a lattice. `active[i]` are the cheapest ways to token i, by position."""

    def __init__(self, network: Network, lattice: Lattice, intents: Collection[str] | None) -> None:
        self.network, self.lattice = network, lattice
        self.hits: list[list[Hit]] = [*network.find(lattice.variants), []]
        self.said = [{hit.phrase for hit in hits} for hits in self.hits]
        self.starts = network.starts(set().union(*self.said), intents)
        self.active: list[dict[int, _Thread]] = [{} for _ in self.hits]

    def run(self) -> dict[str, _Thread]:
        """Return the cheapest complete way of each intent."""
        lattice, best = self.lattice, dict[str, _Thread]()
        skipped = 0.0
        for here, threads in enumerate(self.active):
            if lattice.skipping:
                self._finish(threads, sum(lattice.skip_cost[here:]), best)
            elif here in lattice.ends:
                self._finish(threads, lattice.ends[here], best)
            if here == len(lattice):
                break
            opening: dict[int, tuple[float, str, _Thread | None]] = {}
            if lattice.skipping or here in lattice.starts:
                price = lattice.starts.get(here, skipped)
                self._advance(self.starts, price, None, here, opening)
            skipped += lattice.skip_cost[here]
            limit = min((t.cost for t in threads.values()), default=0.0) + BEAM
            for thread in threads.values():
                if thread.cost <= limit:
                    moves = self.network.after(thread.position)
                    self._advance(moves, thread.cost, thread, here, opening)
                    self._leave_out(thread, here)
            if lattice.words[here] != SEPARATOR:
                for position, (cost, kind, before) in opening.items():
                    self._open(position, kind, cost, before, here)
        return best

    def _leave_out(self, thread: _Thread, here: int) -> None:
        lattice = self.lattice
        if lattice.words[here] == SEPARATOR:
            _put(self.active[here + 1], _dearer(thread, SKIP_SEPARATOR))
        elif lattice.skipping:
            _put(self.active[here + 1], _dearer(thread, lattice.skip_cost[here]))
        for end in lattice.fillers.get(here, ()):
            _put(self.active[end], _dearer(thread, SKIP_FILLER))

    def _advance(
        self,
        moves: Moves,
        cost: float,
        before: _Thread | None,
        here: int,
        opening: dict[int, tuple[float, str, _Thread | None]],
    ) -> None:
        """Go on with literals and typed values; note where free words may begin."""
        for phrase, end, price in self.hits[here]:
            for position in moves.literals.get(phrase, ()):
                _put(self.active[end], _Thread(cost + price, position, here, end, None, before))
        arcs = self.lattice.arcs[here]
        for position, kind in moves.slots:
            if kind in OPEN:
                price = cost
                if before is not None and before.end == here and self._is_free(before):
                    price += ADJACENT
                if position not in opening or price < opening[position][0]:
                    opening[position] = price, kind, before
            else:
                for arc in arcs.get(kind, ()):
                    thread = _Thread(cost + arc.cost, position, here, arc.last, arc, before)
                    _put(self.active[arc.last], thread)

    def _open(
        self, position: int, kind: str, cost: float, before: _Thread | None, here: int
    ) -> None:
        """Let free words begin; they may end wherever something can follow them."""
        ends = self._ends(position, kind, here)
        if not ends:
            return
        lattice = self.lattice
        sums = lattice.text_sums if kind == TEXT else lattice.name_sums
        cost += OPEN[kind] - sums[here]
        if kind == PERSON:
            cost += lattice.person_cost[here]
        elif kind == NAME:
            cost -= lattice.person_cost[here]
        word = lattice.words[here]
        lone = LONE_HAN if kind != TEXT and len(word) == 1 and is_han(word) else 0.0
        for end in ends:
            price = cost + sums[end] + (lone if end == here + 1 else 0.0)
            _put(self.active[end], _Thread(price, position, here, end, None, before))

    def _ends(self, position: int, kind: str, here: int) -> Collection[int]:
        lattice, size = self.lattice, len(self.lattice)
        moves = self.network.after(position)
        stop = size if kind == TEXT else min(lattice.stops[here], here + LONGEST_NAME)
        if lattice.skipping or moves.anything:
            return range(here + 1, stop + 1)
        literals = moves.literals.keys()
        ends = set[int]()
        if literals:
            said = self.said
            ends = {e for e in range(here + 1, stop + 1) if not literals.isdisjoint(said[e])}
            if stop < size:
                ends.add(stop)
            if kind == TEXT:
                ends.update(end for end in lattice.separators if end > here)
        for typed in moves.kinds:
            ends.update(end for end in lattice.begins.get(typed, ()) if here < end <= stop)
            ends.update(end for end in lattice.separators if here < end <= stop)
        if position in self.network.last:
            ends.update(end for end in lattice.ends if here < end <= stop)
        return ends

    def _is_free(self, thread: _Thread) -> bool:
        return thread.arc is None and isinstance(self.network.positions[thread.position], SlotRef)

    def _finish(
        self, threads: Mapping[int, _Thread], price: float, best: dict[str, _Thread]
    ) -> None:
        network = self.network
        for thread in threads.values():
            if thread.position in network.last:
                intent = network.templates[network.template_of[thread.position]].intent
                known = best.get(intent)
                if known is None or thread.cost + price < known.cost:
                    best[intent] = _dearer(thread, price)


def _dearer(thread: _Thread, price: float) -> _Thread:
    cost, position, start, end, arc, before = thread
    return _Thread(cost + price, position, start, end, arc, before)


def _put(threads: dict[int, _Thread], thread: _Thread) -> None:
    """Keep the cheaper of two ways to a place."""
    known = threads.get(thread.position)
    if known is None or thread.cost < known.cost:
        threads[thread.position] = thread
