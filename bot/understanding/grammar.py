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
from bot.understanding.network import FREE, NAME, PARTY, PERSON, TEXT, Hit, Network, Part, State
from bot.understanding.templates import SlotRef, Template
from bot.understanding.tokens import SEPARATOR, is_han

OPEN: Mapping[Part, float] = {NAME: 1.0, PERSON: 1.0, PARTY: 1.0, TEXT: 1.5}
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
    """A way through the sentence so far: what was read last, and before it."""

    cost: float
    state: State
    start: int
    end: int
    arc: Arc | None
    before: "_Thread | None"


class Grammar:
    """Reads sentences with templates."""

    def __init__(self, templates: Sequence[Template]) -> None:
        self._network = Network(templates)

    def match(self, lattice: Lattice) -> list[Match]:
        """Return the cheapest reading of each intent, the cheapest first.

        Of equals the narrower template comes first: it says more of what was said.
        """
        best = _Search(self._network, lattice).run()
        found = [self._result(thread, intent, lattice) for intent, thread in best.items()]
        return sorted(
            found, key=lambda match: (round(match.cost, 2), len(match.template.automaton.positions))
        )

    def _result(self, thread: _Thread, intent: str, lattice: Lattice) -> Match:
        position = thread.state.complete[intent]
        template = self._network.template_of[position]
        captures: list[Capture] = []
        link: _Thread | None = thread
        explained, last, plain = 0, thread.end, 0.0
        unread: list[int] = []
        if last not in lattice.ends:
            unread += range(last, len(lattice))
        while link is not None:
            unread += range(link.end, last)
            last = link.start
            if not link.state.is_free:
                explained += link.end - link.start
            elif link.state.reached_by == TEXT:
                plain += OPEN[TEXT] + lattice.text_sums[link.end] - lattice.text_sums[link.start]
            else:
                plain += OPEN[link.state.reached_by] + sum(
                    lattice.plain_cost[link.start : link.end]
                )
            part = self._network.positions[position]
            if isinstance(part, SlotRef):
                captures.append(Capture(part.slot, part.kind, link.start, link.end, link.arc))
            link = link.before
            if link is not None:
                position = link.state.before(position)
        if last not in lattice.starts:
            unread += range(last)
        return Match(
            template,
            thread.cost,
            tuple(reversed(captures)),
            explained,
            tuple(sorted(i for i in unread if lattice.words[i] != SEPARATOR)),
            thread.cost - plain,
        )


_Opening = dict[State, tuple[float, _Thread | None]]
"""Where free words may begin: what it costs to get there, and from where."""


class _Search:
    """One pass over a lattice. `active[i]` are the cheapest ways to token i, by state."""

    def __init__(self, network: Network, lattice: Lattice) -> None:
        self.network, self.lattice = network, lattice
        self.hits: list[list[Hit]] = [*network.find(lattice.variants), []]
        self.said = [{hit.phrase for hit in hits} for hits in self.hits]
        self.active: list[dict[State, _Thread]] = [{} for _ in self.hits]

    def run(self) -> dict[str, _Thread]:
        """Return the cheapest complete way of each intent."""
        lattice, best = self.lattice, dict[str, _Thread]()
        for here, threads in enumerate(self.active):
            if here in lattice.ends:
                self._finish(threads, lattice.ends[here], best)
            if here == len(lattice):
                break
            opening: _Opening = {}
            if here in lattice.starts:
                self._advance(self.network.start, lattice.starts[here], None, here, opening)
            limit = min((t.cost for t in threads.values()), default=0.0) + BEAM
            for thread in threads.values():
                if thread.cost <= limit:
                    self._advance(thread.state, thread.cost, thread, here, opening)
                    self._leave_out(thread, here)
            if lattice.words[here] != SEPARATOR:
                for state, (cost, before) in opening.items():
                    self._open(state, cost, before, here)
        return best

    def _leave_out(self, thread: _Thread, here: int) -> None:
        lattice = self.lattice
        if lattice.words[here] == SEPARATOR:
            self._put(here + 1, _dearer(thread, SKIP_SEPARATOR))
        for end in lattice.fillers.get(here, ()):
            self._put(end, _dearer(thread, SKIP_FILLER))

    def _advance(
        self, state: State, cost: float, before: _Thread | None, here: int, opening: _Opening
    ) -> None:
        """Go on with literals and typed values; note where free words may begin."""
        for phrase, end, price in self.hits[here]:
            if (after := state.after(phrase)) is not None:
                self._put(end, _Thread(cost + price, after, here, end, None, before))
        for kind, arcs in self.lattice.arcs[here].items():
            if (after := state.after(kind)) is not None:
                for arc in arcs:
                    thread = _Thread(cost + arc.cost, after, here, arc.last, arc, before)
                    self._put(arc.last, thread)
        if before is not None and before.end == here and state.is_free:
            cost += ADJACENT
        for kind in FREE:
            if (after := state.after(kind)) is not None and (
                after not in opening or cost < opening[after][0]
            ):
                opening[after] = cost, before

    def _open(self, state: State, cost: float, before: _Thread | None, here: int) -> None:
        """Let free words begin; they may end wherever something can follow them."""
        ends = self._ends(state, here)
        if not ends:
            return
        lattice, kind = self.lattice, state.reached_by
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
            self._put(end, _Thread(price, state, here, end, None, before))

    def _ends(self, state: State, here: int) -> Collection[int]:
        lattice, size = self.lattice, len(self.lattice)
        is_text = state.reached_by == TEXT
        stop = size if is_text else min(lattice.stops[here], here + LONGEST_NAME)
        if state.is_before_free:
            return range(here + 1, stop + 1)
        ends = set[int]()
        if state.is_before_literal:
            ends = {e for e in range(here + 1, stop + 1) if any(map(state.after, self.said[e]))}
            if stop < size:
                ends.add(stop)
            if is_text:
                ends.update(end for end in lattice.separators if end > here)
        if state.is_before_typed:
            ends.update(end for end in lattice.separators if here < end <= stop)
        for kind, begins in lattice.begins.items():
            if state.after(kind):
                ends.update(end for end in begins if here < end <= stop)
        if state.complete:
            ends.update(end for end in lattice.ends if here < end <= stop)
        return ends

    def _finish(
        self, threads: Mapping[State, _Thread], price: float, best: dict[str, _Thread]
    ) -> None:
        for thread in threads.values():
            for intent in thread.state.complete:
                known = best.get(intent)
                if known is None or thread.cost + price < known.cost:
                    best[intent] = _dearer(thread, price)

    def _put(self, at: int, thread: _Thread) -> None:
        """Keep the cheaper of two ways to a place."""
        threads = self.active[at]
        known = threads.get(thread.state)
        if known is None or thread.cost < known.cost:
            threads[thread.state] = thread


def _dearer(thread: _Thread, price: float) -> _Thread:
    cost, state, start, end, arc, before = thread
    return _Thread(cost + price, state, start, end, arc, before)
