"""Turn what the grammar captured into slots: the words, and the value where one is known."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any

from bot.intent import SlotSpec
from bot.message import Slot
from bot.understanding.grammar import Capture, Grammar, Match
from bot.understanding.lexicon import Lexicon
from bot.understanding.money import MoneyValue
from bot.understanding.network import FREE, NAME, PARTY, TEXT
from bot.understanding.periods import PeriodValue, find_periods
from bot.understanding.phrases import Catalogue
from bot.understanding.sentence import Sentence, read
from bot.understanding.spans import Context, NotADate
from bot.understanding.templates import COMPOSITE
from bot.understanding.tokens import words_of
from bot.understanding.trimming import trimmed

AHEAD = frozenset(
    {"deal.list", "deal.forecast", "deal.pipeline", "alert.mute", "ticket.breaching", "task.list"}
)
"""Intents whose periods lie ahead: "closing in May" is the next May, "revenue in May" the last."""
AHEAD_SLOTS = frozenset({"closing"})

ME, IT = "me", "it"
"""Values of slots that mean the asker, and what was spoken of last."""
TAIL = "_tail"
"""A captured word that belongs to the name before it."""


class SlotFiller:
    """Fills the slots of an intent from a match."""

    def __init__(
        self,
        catalogue: Catalogue,
        kinds: Mapping[str, Mapping[str, str]],
        lexicon: Lexicon,
        inside: Mapping[str, Grammar],
    ) -> None:
        """Store them; `kinds` are the kinds of words of each intent's slots."""
        self.catalogue, self.kinds, self.lexicon, self.inside = catalogue, kinds, lexicon, inside

    def fill(self, match: Match, sentence: Sentence) -> dict[str, Slot]:
        """Return the slots of a match, in the order of the sentence."""
        intent = match.template.intent
        specs = self.catalogue[intent]
        slots: dict[str, Slot] = {}
        captures = list(match.captures)
        for i, captured in enumerate(captures):
            if captured.slot.startswith("_"):
                continue
            tailed = i + 1 < len(captures) and captures[i + 1].slot == TAIL
            capture = replace(captured, last=captures[i + 1].last) if tailed else captured
            slot = self._slot(intent, capture, sentence, match.unread)
            name = self._party(capture, sentence) if capture.kind == PARTY else capture.slot
            if name in specs:
                slots[name] = _as_text(slot) if specs[name].is_text else slot
            key = f"{intent}/{name}"
            if key in self.inside:
                slots = self._inside(key, slot.text, slots, sentence.context) | slots
        return slots

    def _slot(
        self, intent: str, capture: Capture, sentence: Sentence, unread: Sequence[int] = ()
    ) -> Slot:
        first, last = trimmed(capture, sentence, self.lexicon, unread)
        said = sentence.words(first, last)
        if capture.arc is None:
            if capture.kind != TEXT and self._is_pronoun(said):
                return Slot(text=said, value=IT)
            return Slot(text=said)
        value = capture.arc.value
        if isinstance(value, NotADate):
            return Slot(text=said)
        if capture.kind in ("code", "digits"):
            return Slot(text=said.lstrip("#").strip())
        ahead = intent in AHEAD or capture.slot in AHEAD_SLOTS
        if capture.kind == "period" and ahead:
            value = _ahead(said, sentence.context, value)
        return Slot(text=said, value=as_json(value, sentence.context, ahead=ahead))

    def _is_pronoun(self, said: str) -> bool:
        return (
            " ".join(words_of(said)) in self.lexicon.lists["it"]
            or "".join(words_of(said)) in self.lexicon.lists["it"]
        )

    def _party(self, capture: Capture, sentence: Sentence) -> str:
        """Tell a person that was spoken to from a company."""
        words = [token.text for token in sentence.tokens[capture.first : capture.last]]
        return "contact" if self.lexicon.is_whole_person(words) else "customer"

    def _inside(
        self, key: str, said: str, slots: Mapping[str, Slot], context: Context
    ) -> dict[str, Slot]:
        """Read other slots from the text of one: the customer in a task's title."""
        intent = key.partition("/")[0]
        sentence = read(said, context, self.lexicon)
        if not sentence.tokens:
            return {}
        found: dict[str, Slot] = {}
        for match in self.inside[key].match(sentence.lattice)[:1]:
            for capture in match.captures:
                if capture.slot.startswith("_") or capture.slot in slots:
                    continue
                if capture.arc is None and not self._is_company(capture, sentence):
                    continue
                found[capture.slot] = self._slot(intent, capture, sentence)
        return {name: slot for name, slot in found.items() if slot.value != IT}

    def _is_company(self, name: Capture, sentence: Sentence) -> bool:
        """Tell whether words inside a text name a company: no person, no bank, no printer."""
        first, last = trimmed(name, sentence, self.lexicon)
        tokens = sentence.tokens[first:last]
        words = [token.text for token in tokens]
        while len(words) > 1 and words[0] in self.lexicon.lists["function"]:
            words = words[1:]
        if self.lexicon.is_whole_person(words) or tuple(words) in self.lexicon.compounds:
            return False
        if " ".join(words) in self.lexicon.lists["no_company"]:
            return False
        if "".join(words) in self.lexicon.lists["no_company"]:
            return False
        if any(sentence.text[token.start].isupper() for token in tokens):
            return True
        plain = (self.lexicon.ordinary, self.lexicon.commands, self.lexicon.lists["no_company"])
        return first == name.first and not any(word in of for word in words for of in plain)


def captured_by(slot: str, kind: str, first: int, last: int, sentence: Sentence) -> Capture | None:
    """Return how tokens `first` to `last` (exclusive) fill a slot: as the longest value in them.

    None where the slot takes a value and there is none.
    """
    options = COMPOSITE.get(kind, (kind,))
    arcs = [
        arc
        for at in sentence.lattice.arcs[first:last]
        for option in options
        for arc in at.get(option, ())
        if arc.last <= last
    ]
    if arcs:
        arc = max(arcs, key=lambda arc: (arc.last - arc.first, -arc.cost))
        return Capture(slot, arc.kind, arc.first, arc.last, arc)
    free = next((option for option in options if option in FREE), None)
    if free is None and kind == "code":
        free = NAME
    return Capture(slot, free, first, last, None) if free else None


def as_json(value: Any, context: Context, *, ahead: bool = False) -> Any:
    """Return a value as plain JSON, as the parse contract has it."""
    match value:
        case MoneyValue(amount, currency):
            return {"value": amount} | ({"currency": currency} if currency else {})
        case PeriodValue(start, end):
            if start == date.min and ahead:
                start = context.today
            if end == date.max and not ahead:
                end = context.today + timedelta(1)
            return {"start": start.isoformat(), "end": end.isoformat()}
        case date():
            return value.isoformat()
        case str() | int() | float() | None:
            return value
        case _:
            return asdict(value)


def is_invalid(slot: Slot, spec: SlotSpec) -> bool:
    """Tell whether the words of a slot name no possible value, such as 31 February."""
    return spec.record is None and slot.value is None


def _as_text(slot: Slot) -> Slot:
    return slot if slot.value is not None else Slot(text=slot.text, value=slot.text)


def _ahead(said: str, context: Context, known: PeriodValue) -> PeriodValue | NotADate:
    """Read a period once more, as one who plans would mean it."""
    for span in find_periods(said, replace(context, looking="forward")):
        return span.value
    return known
