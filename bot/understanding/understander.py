"""Understand a sentence: grammar first, then the classifier, and typed values."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from babel import Locale

from bot.intent import SlotSpec
from bot.message import Slot
from bot.understanding.grammar import Grammar, Match, Template
from bot.understanding.lattice import Lexicon, Sentence, read
from bot.understanding.phrases import Catalogue, Phrases, kind_of, load_phrases
from bot.understanding.slot_filling import as_json, fill
from bot.understanding.spans import Context
from bot.understanding.templates import Literal as LiteralPart
from bot.understanding.templates import compile_part
from bot.understanding.tokens import has_han, words_of
from bot.understanding.vocabulary import Words, load_words

How = Literal["grammar", "classifier", "none"]


@dataclass(frozen=True, slots=True)
class Reading:
    """An intent and its slots: one way to understand a sentence."""

    intent: str
    slots: Mapping[str, Slot] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a sentence asks for. `intent` is None where it asks for nothing the CRM can do."""

    text: str
    language: str
    intent: str | None
    confidence: float
    slots: dict[str, Slot] = field(default_factory=dict)
    then: list[Reading] = field(default_factory=list)
    alternatives: list[Reading] = field(default_factory=list)
    how: How = "none"
    invalid: dict[str, str] = field(default_factory=dict)
    """Slots whose words name no possible value, such as 31 February."""
    reasons: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return what `crm parse --json` prints."""
        shown: dict[str, Any] = {
            "text": self.text,
            "language": self.language,
            "intent": self.intent,
            "confidence": round(self.confidence, 2),
            "slots": _slots_as_json(self.slots),
        }
        if self.then:
            shown["then"] = [
                {"intent": r.intent, "slots": _slots_as_json(r.slots)} for r in self.then
            ]
        return shown


def _slots_as_json(slots: Mapping[str, Slot]) -> dict[str, Any]:
    return {
        name: {"text": slot.text} if slot.value is None else slot.model_dump()
        for name, slot in slots.items()
    }


class Understander:
    """Understands sentences about the intents of a catalogue."""

    def __init__(
        self, catalogue: Catalogue, words: Words, phrases: Sequence[Phrases]
    ) -> None:
        self.catalogue, self.words, self.phrases = catalogue, words, phrases
        templates = [
            Template(entry.intent, entry.language, text, compile_part(part))
            for entry in phrases
            for text, part in entry.sentences.items()
        ]
        self.grammar = Grammar(templates)
        self.lexicon = _lexicon(words, templates)
        self._it = {"it": frozenset(w for lists in words.lists.values() for w in lists.get("it", ()))}

    @classmethod
    def load(cls, config: Path, catalogue: Catalogue, cache: Path) -> "Understander":
        """Read the phrases of the intents of the catalogue.

        Raises:
            ValueError: the phrases and the catalogue don't fit; the message lists all problems.
        """
        words = load_words(config)
        return cls(catalogue, words, load_phrases(config, catalogue, words))

    def understand(self, text: str, context: Context) -> Understanding:
        """Return what a sentence asks for."""
        context = replace(context, looking="forward")
        sentence = read(text, context, self.lexicon)
        matches = self.grammar.match(sentence.lattice) if sentence.tokens else []
        language = "zh" if has_han(text) else "en"
        if not matches:
            return Understanding(text, language, None, 0.0)
        best = matches[0]
        slots = self._slots(best, sentence)
        return Understanding(
            text,
            language,
            best.template.intent,
            max(0.5, 0.99 - 0.03 * best.cost),
            slots,
            how="grammar",
            invalid={n: s.text for n, s in slots.items() if self._is_invalid(best.template.intent, n, s)},
            alternatives=[
                Reading(m.template.intent, self._slots(m, sentence)) for m in matches[1:4]
            ],
            reasons=[f"{m.cost:.2f} {m.template.intent}: {m.template.text}" for m in matches[:5]],
        )

    def examples(self, language: str) -> dict[str, str]:
        """Return an example sentence of each intent."""
        return {
            entry.intent: entry.examples[0].text
            for entry in self.phrases
            if entry.language == language and entry.examples
        }

    def read(self, spec: SlotSpec, text: str, context: Context) -> Slot:
        """Read the value of a slot from words that are nothing else, such as an answer."""
        kind = kind_of(spec, self.words)
        sentence = read(text, context, self.lexicon)
        kinds = ("me",) if kind == "user" else (kind,)
        arcs = [arc for at in sentence.lattice.arcs for k in kinds for arc in at.get(k, ())]
        if not arcs:
            return Slot(text=text)
        arc = max(arcs, key=lambda arc: (arc.last - arc.first, -arc.cost))
        return Slot(
            text=sentence.words(arc.first, arc.last),
            value=as_json(arc.value, context, ahead=context.looking == "forward"),
        )

    def _slots(self, match: Match, sentence: Sentence) -> dict[str, Slot]:
        intent = match.template.intent
        slots = {}
        for capture in match.captures:
            if capture.slot.startswith("_"):
                continue
            slot = fill(intent, sentence, capture, self._it)
            spec = self.catalogue[intent][capture.slot]
            if spec.type_name == "Text" and slot.value is None:
                slot = Slot(text=slot.text, value=slot.text)
            slots[capture.slot] = slot
        return slots

    def _is_invalid(self, intent: str, name: str, slot: Slot) -> bool:
        return self.catalogue[intent][name].record is None and slot.value is None


def _lexicon(words: Words, templates: Sequence[Template]) -> Lexicon:
    lexicon = Lexicon()
    for vocabulary in words.vocabularies.values():
        kind = {"pronoun": "me", "channel": "channel"}.get(vocabulary.name, vocabulary.name)
        for word, value in vocabulary.canonical.items():
            lexicon.add(word, kind, value)
    for code in words.lists:
        for name in _countries(code):
            lexicon.add(name, "country", None)
    everywhere = {
        name: frozenset(w for lists in words.lists.values() for w in lists.get(name, ()))
        for name in ("given_names", "surnames", "given_name_titles")
    }
    lexicon.given_names = everywhere["given_names"]
    lexicon.surnames = everywhere["surnames"]
    lexicon.titles = everywhere["given_name_titles"]
    for lists in words.lists.values():
        for target, names in (
            (lexicon.openers, lists.get("polite_start", ())),
            (lexicon.closers, lists.get("polite_end", ())),
            (lexicon.fillers, lists.get("filler", ())),
        ):
            for name in names:
                phrase = words_of(name)
                if phrase:
                    target[phrase[0]].append(phrase)
    for template in templates:
        for part in template.automaton.positions:
            if isinstance(part, LiteralPart):
                lexicon.learn(part.phrases)
    return lexicon


def _countries(language: str) -> list[str]:
    territories = Locale(language).territories
    return [name for code, name in territories.items() if len(code) == 2 and code.isalpha()]
