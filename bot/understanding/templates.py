"""Compile hassil's sentence templates to positions: Glushkov's automaton of a template.

A position is a place in the template that consumes something: a literal (one of several phrases)
or a slot. `follow` says which positions may come next; there are no empty moves.

Source: V. M. Glushkov, The abstract theory of automata, 1961.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from hassil.expression import (
    Alternative,
    Expression,
    ListReference,
    Permutation,
    RuleReference,
    Sequence,
    TextChunk,
)
from hassil.parse_expression import parse_sentence

from bot.understanding.tokens import words_of

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Literal:
    """Any of some phrases, each a tuple of tokens."""

    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class SlotRef:
    """A slot and the kind of words that fill it."""

    slot: str
    kind: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several parts; an empty `parts[i]` is nothing at all."""

    parts: tuple["Part", ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """Parts one after the other; `any_order`: in whatever order."""

    parts: tuple["Part", ...]
    any_order: bool = False


COMPOSITE = {"user": ("me", "person"), "value": ("email", "phone", "text")}
"""Kinds that are one of several."""

Part = Literal | SlotRef | Choice | Chain
EMPTY = Chain(())


@dataclass(slots=True)
class Automaton:
    """A template as positions. `follow[p]` are the positions that may come after p."""

    positions: list[Literal | SlotRef] = field(default_factory=list)
    follow: list[set[int]] = field(default_factory=list)
    first: set[int] = field(default_factory=set)
    last: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence template as written, and the intent it stands for."""

    intent: str
    language: str
    text: str
    automaton: Automaton


class Rules(Mapping[str, Part]):
    """Named pieces of templates, as an intent uses them: each is parsed when first asked for."""

    def __init__(self, templates: Mapping[str, str], kinds: Mapping[str, str]) -> None:
        self._templates, self._kinds = templates, kinds
        self._parts: dict[str, Part] = {}

    def __getitem__(self, name: str) -> Part:
        if name not in self._parts:
            self._parts[name] = parse(self._templates[name], self, self._kinds)
        return self._parts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._templates)

    def __len__(self) -> int:
        return len(self._templates)


def parse(template: str, rules: Mapping[str, Part], kinds: Mapping[str, str]) -> Part:
    """Return the structure of a template.

    Args:
        template: in hassil's syntax; `{slot}` or `{kind:slot}`, `<rule>`.
        rules: the parts that `<rule>` stands for.
        kinds: what `{slot}` without a kind is filled with.

    Raises:
        KeyError: the template names a rule or a slot that is not there.
    """
    return _part(_syntax(template), rules, kinds)


@lru_cache(maxsize=4096)
def _syntax(template: str) -> Expression:
    return parse_sentence(template).expression


def _part(expression: Expression, rules: Mapping[str, Part], kinds: Mapping[str, str]) -> Part:
    if isinstance(expression, TextChunk):
        phrase = words_of(expression.original_text)
        return Literal((phrase,)) if phrase else EMPTY
    if isinstance(expression, RuleReference):
        return rules[expression.rule_name]
    if isinstance(expression, ListReference):
        slot = expression.slot_name
        kind = expression.list_name if expression.list_name != slot else kinds[slot]
        options = COMPOSITE.get(kind, (kind,))
        return _choice([SlotRef(slot, option) for option in options])
    parts = [_part(item, rules, kinds) for item in expression.items]  # type: ignore[attr-defined]
    if isinstance(expression, Alternative):
        return _choice(parts)
    if isinstance(expression, Permutation):
        return Chain(tuple(p for p in parts if p != EMPTY), any_order=True)
    assert isinstance(expression, Sequence)
    return _chain(parts)


def _chain(parts: list[Part]) -> Part:
    flat: list[Part] = []
    for part in parts:
        inner = part.parts if isinstance(part, Chain) and not part.any_order else (part,)
        for item in inner:
            previous = flat[-1] if flat else None
            if (
                isinstance(item, Literal)
                and isinstance(previous, Literal)
                and len(item.phrases) == len(previous.phrases) == 1
            ):
                flat[-1] = Literal((previous.phrases[0] + item.phrases[0],))
            else:
                flat.append(item)
    return flat[0] if len(flat) == 1 else Chain(tuple(flat))


def _choice(parts: list[Part]) -> Part:
    """Make a choice, with all its literals in one position."""
    phrases: dict[Phrase, None] = {}
    others: dict[Part, None] = {}
    for part in parts:
        for option in part.parts if isinstance(part, Choice) else (part,):
            if isinstance(option, Literal):
                phrases |= dict.fromkeys(option.phrases)
            else:
                others[option] = None
    options: list[Part] = [Literal(tuple(phrases)), *others] if phrases else [*others]
    return options[0] if len(options) == 1 else Choice(tuple(options))


def compile_part(part: Part) -> Automaton:
    """Build the automaton of a template."""
    automaton = Automaton()
    automaton.first, automaton.last, _ = _build(part, automaton)
    return automaton


def _build(part: Part, automaton: Automaton) -> tuple[set[int], set[int], bool]:
    """Add a part; return its first and last positions, and whether it may be left out."""
    if isinstance(part, Literal | SlotRef):
        automaton.positions.append(part)
        automaton.follow.append(set())
        number = len(automaton.positions) - 1
        return {number}, {number}, False
    built = [_build(item, automaton) for item in part.parts]
    if isinstance(part, Choice) or part.any_order:
        first = set().union(*(b[0] for b in built))
        last = set().union(*(b[1] for b in built))
        if isinstance(part, Chain):  # any order: each part may come after each other one
            for i, before in enumerate(built):
                for j, after in enumerate(built):
                    if i != j:
                        _link(before[1], after[0], automaton)
        return first, last, any(b[2] for b in built)
    first, last, nullable = set[int](), set[int](), True
    for item_first, item_last, item_nullable in built:
        _link(last, item_first, automaton)
        first |= item_first if nullable else set()
        last = last | item_last if item_nullable else item_last
        nullable = nullable and item_nullable
    return first, last, nullable


def _link(before: set[int], after: set[int], automaton: Automaton) -> None:
    for position in before:
        automaton.follow[position] |= after


def slots_of(part: Part) -> set[SlotRef]:
    """Return the slots that a template can fill."""
    if isinstance(part, SlotRef):
        return {part}
    if isinstance(part, Literal):
        return set()
    return set().union(*(slots_of(item) for item in part.parts))


def _weight(part: Part) -> float:
    return len(part.phrases) ** 0.5 if isinstance(part, Literal) else 1.0


def sample(part: Part, chance: random.Random) -> list[Phrase | SlotRef]:
    """Return one sentence of the template, as literal phrases and slots still to be filled."""
    if isinstance(part, Literal):
        return [chance.choice(part.phrases)]
    if isinstance(part, SlotRef):
        return [part]
    if isinstance(part, Choice):
        weights = [0.6 * len(part.parts) if p == EMPTY else _weight(p) for p in part.parts]
        return sample(chance.choices(part.parts, weights)[0], chance)
    parts = list(part.parts)
    if part.any_order:
        chance.shuffle(parts)
    return [piece for item in parts for piece in sample(item, chance)]
