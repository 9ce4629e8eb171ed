"""Understand a sentence: grammar first, then the classifier, and typed values."""

import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from math import inf
from pathlib import Path
from typing import Any, Literal

from bot.intent import SlotSpec
from bot.message import Slot
from bot.understanding import compiling, training
from bot.understanding.classifier import Classification, IntentClassifier
from bot.understanding.compiling import Compiled
from bot.understanding.grammar import Capture, Grammar, Match
from bot.understanding.judging import Evidence, confidence, is_empty, weigh
from bot.understanding.lexicon import Lexicon
from bot.understanding.network import TEXT
from bot.understanding.phrases import Catalogue, kind_of, load_phrases
from bot.understanding.pieces import in_words, pieces
from bot.understanding.sentence import Sentence, read
from bot.understanding.slot_filling import IT, SlotFiller, as_json, captured_by, is_invalid
from bot.understanding.spans import Context
from bot.understanding.splitting import Splitter
from bot.understanding.tagger import Looked, SlotTagger
from bot.understanding.templates import Automaton, Template
from bot.understanding.tokens import LIMIT, has_han
from bot.understanding.vocabulary import Words, load_words

How = Literal["grammar", "classifier", "none"]
ACCEPT = 0.0
"""Log odds from which a reading counts as what was meant."""
SURE = 3.5
"""Log odds from which a reading of the grammar needs no comparison with guesses."""
PREFERRED = 0.7
"""By how much a guess must be likelier than what the grammar reads."""
WORTH_TRYING = 0.1
"""Probability from which a guess of the classifier is tried."""
LIKELY = 0.25
"""Probability from which an intent is worth naming to somebody who asks what there is."""
LIKELY_IN_SCOPE = 0.4
NO_MATCH = -9.0
"""Log odds where no template fits."""
FAR = -2.0
"""Log odds up to which a guess isn't worth offering."""
GUESSES = 3
JUDGED = 10
"""How many guesses of the classifier are looked at."""
AT_MOST = 3000
"""Characters of a message and its parts that are read, which bounds the time of a long one."""
NEAR = 1.0
"""Log odds within which two readings are equally likely."""
RIVALS, CLOSE = 3, 1.5
"""How many readings are judged, and how much dearer than the cheapest they may be."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An intent and its slots: one way to understand a sentence."""

    intent: str
    slots: dict[str, Slot] = field(default_factory=dict)


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
    """Other readings, the likeliest first."""
    how: How = "none"
    invalid: dict[str, str] = field(default_factory=dict)
    """Slots whose words name no possible value, such as 31 February."""
    reasons: list[str] = field(default_factory=list)
    """What led to this, for people who look into it."""
    contested: bool = False
    """Whether the first alternative is nearly as likely."""
    declined: bool = False
    """Whether it asks for what no intent does, such as deleting all customers."""

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
        name: {"text": slot.text} if slot.value is None or slot.value == IT else slot.model_dump()
        for name, slot in slots.items()
    }


@dataclass(frozen=True, slots=True)
class _Verdict:
    """The likeliest reading of some words, and how sure it is."""

    sentence: Sentence
    classification: Classification | None = None
    """None where there are no words."""
    reading: Reading | None = None
    how: How = "none"
    score: float = NO_MATCH
    rival: float = NO_MATCH
    """The score of the likeliest reading of another intent."""
    matches: Sequence[Match] = ()
    """The best first."""
    reasons: Sequence[str] = ()

    @property
    def intent(self) -> str | None:
        """Return the intent of the likeliest reading, even where it isn't likely enough."""
        return self.matches[0].template.intent if self.matches else None

    @property
    def language(self) -> str:
        """Return the language of the request: that of its words, not of the names in it."""
        if self.reading:
            match = self.matches[0]
            free = sum(c.last - c.first for c in match.captures)
            if free < len(self.sentence.tokens):
                return match.template.language
        return "zh" if has_han(self.sentence.text) else "en"


@dataclass(slots=True)
class _Known:
    """What was understood of parts of a message, so that none is read twice."""

    size: int = 0
    """How many characters were read."""
    verdicts: dict[str, _Verdict] = field(default_factory=dict)
    commands: dict[str, tuple[_Verdict, list[Reading]]] = field(default_factory=dict)


class Understander:
    """Understands sentences about the intents of a catalogue."""

    def __init__(
        self,
        catalogue: Catalogue,
        words: Words,
        compiled: Compiled,
        lexicon: Lexicon,
        classifier: IntentClassifier,
        tagger: SlotTagger,
    ) -> None:
        self.catalogue, self.words, self.lexicon = catalogue, words, lexicon
        self.classifier, self.tagger = classifier, tagger
        self._examples = compiled.examples
        self.grammar = Grammar(compiled.templates)
        inside = {key: Grammar(templates) for key, templates in compiled.inside.items()}
        kinds = {
            intent: {name: kind_of(spec, words) for name, spec in slots.items()}
            for intent, slots in catalogue.items()
        }
        self._filler = SlotFiller(catalogue, kinds, self.lexicon, inside)
        self._splitter = Splitter(self.lexicon)
        self._needed = {
            intent: [name for name, spec in slots.items() if spec.required]
            for intent, slots in catalogue.items()
        }

    @classmethod
    def load(cls, config: Path, catalogue: Catalogue, cache: Path) -> "Understander":
        """Read the phrases of the intents of the catalogue, and train on them once.

        Raises:
            ValueError: the phrases and the catalogue don't fit; the message lists all problems.
        """
        words = load_words(config)
        key = compiling.digest(config, catalogue)
        grammar, weights, tags = (
            cache / name.format(key)
            for name in ("grammar-{}.json", "classifier-{}.npz", "tagger-{}.npz")
        )
        for slots in catalogue.values():
            for spec in slots.values():
                kind_of(spec, words)
        gc.disable()  # what is made here stays, so looking for garbage in it is for nothing
        try:
            compiled = compiling.load(grammar)
            lexicon = training.load_lexicon(config, words, compiled.templates)
            classifier, tagger = IntentClassifier.load(weights), SlotTagger.load(tags)
        except (FileNotFoundError, ValueError):  # none yet, or half of one
            phrases = load_phrases(config, catalogue, words)
            compiled = compiling.compile_phrases(phrases)
            lexicon = training.load_lexicon(config, words, compiled.templates)
            examples = training.examples(config, phrases, words, catalogue, lexicon)
            classifier = IntentClassifier(n_guesses=JUDGED).fit(*examples.for_classifier())
            classifier.save(weights)
            tagger = SlotTagger.fit(examples.marked, catalogue, lexicon)
            tagger.save(tags)
            compiling.save(compiled, grammar)
        finally:
            gc.enable()
        understander = cls(catalogue, words, compiled, lexicon, classifier, tagger)
        gc.freeze()
        return understander

    def understand(self, text: str, context: Context) -> Understanding:
        """Return what a sentence asks for."""
        context = replace(context, looking="forward")
        first, then = self._commands(text[:LIMIT], context, _Known())
        first = self._guessed(first)
        reading = self._whole(first.reading, text)
        if reading is None:
            return Understanding(
                text,
                first.language,
                None,
                1 - confidence(first.score),
                alternatives=self._alternatives(first),
                reasons=list(first.reasons),
                declined=self.lexicon.is_deed(first.sentence.tokens, first.sentence.lattice.starts),
            )
        specs = self.catalogue[reading.intent]
        return Understanding(
            text,
            first.language,
            reading.intent,
            confidence(first.score),
            reading.slots,
            then,
            self._alternatives(first),
            first.how,
            {n: s.text for n, s in reading.slots.items() if is_invalid(s, specs[n])},
            list(first.reasons),
            contested=not then and len(first.matches) > 1 and first.score - first.rival < NEAR,
        )

    def examples(self, language: str) -> Mapping[str, str]:
        """Return an example sentence of each intent."""
        return self._examples[language]

    def likely(self, text: str, context: Context) -> list[str]:
        """Return the intents that words may be about, for a topic that is no request."""
        sentence = read(text, context, self.lexicon)
        classification = self.classifier.predict(in_words(pieces(sentence)))
        if classification.in_scope < LIKELY_IN_SCOPE:
            return []
        return [g.label for g in classification.guesses if g.confidence >= LIKELY]

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

    def _whole(self, reading: Reading | None, text: str) -> Reading | None:
        """Give a text that goes on beyond the limit its end back."""
        if reading is None or len(text) <= LIMIT:
            return reading
        specs, read_part = self.catalogue[reading.intent], text[:LIMIT].rstrip()
        slots = {
            name: Slot(
                text=slot.text + text[len(read_part) :], value=slot.text + text[len(read_part) :]
            )
            if specs[name].is_text and read_part.endswith(slot.text)
            else slot
            for name, slot in reading.slots.items()
        }
        return Reading(reading.intent, slots)

    def _commands(
        self, text: str, context: Context, known: _Known
    ) -> tuple[_Verdict, list[Reading]]:
        """Understand a message of one request or several.

        Args:
            known: what was understood of parts already; it grows up to `AT_MOST`.
        """
        whole = self._judge(text, context, known)
        if corrected := self._corrected(whole.sentence):
            return corrected, []
        dearest = whole.matches[0].cost - 1 if whole.reading else inf
        for before, after in self._splitter.parts(whole.sentence, whole.matches):
            if known.size >= AT_MOST:
                break
            first = self._judge(before, context, known)
            if not _is_command(first):
                continue
            assert first.reading
            if another := self._same_for(first, after, context):
                return first, [another]
            left = dearest - first.matches[0].cost
            if left <= 0:
                continue
            if after not in known.commands:
                known.commands[after] = self._commands(after, context, known)
            second, rest = known.commands[after]
            if not _is_command(second) or second.matches[0].cost >= left:
                continue
            assert second.reading
            continued = [self._continued(first.reading, r) for r in (second.reading, *rest)]
            return first, [reading for reading in continued if not _repeats(reading, first.reading)]
        return whole, []

    def _same_for(self, first: _Verdict, said: str, context: Context) -> Reading | None:
        """Understand "close 3002 and 3003": the same once more, for another number."""
        sentence = read(said, context, self.lexicon)
        codes = [c for c in first.matches[0].captures if c.kind in ("code", "digits")]
        if not first.reading or len(codes) != 1 or not sentence.tokens:
            return None
        for arc in sentence.lattice.arcs[0].get(codes[0].kind, ()):
            if arc.last in sentence.lattice.ends:
                slot = Slot(text=sentence.words(0, arc.last).lstrip("#").strip())
                return Reading(first.reading.intent, first.reading.slots | {codes[0].slot: slot})
        return None

    def _judge(self, text: str, context: Context, known: _Known) -> _Verdict:
        """Find the grammar's best reading of words that are one request."""
        if text not in known.verdicts:
            known.size += len(text)
            known.verdicts[text] = self._judged(read(text, context, self.lexicon))
        return known.verdicts[text]

    def _judged(self, sentence: Sentence) -> _Verdict:
        if is_empty(sentence):
            return _Verdict(sentence)
        classification = self.classifier.predict(in_words(pieces(sentence)))
        nothing = _Verdict(sentence, classification, reasons=[_told(classification)])
        matches = self.grammar.match(sentence.lattice)
        near = [m for m in matches[:RIVALS] if m.cost <= matches[0].cost + CLOSE]
        verdict = self._best_of(near, "grammar", nothing)
        return replace(verdict, matches=[*verdict.matches, *matches[len(near) :]])

    def _guessed(self, verdict: _Verdict) -> _Verdict:
        """Compare what the grammar isn't sure of with the classifier's guesses."""
        if verdict.score >= SURE or verdict.classification is None:
            return verdict
        likely = [g for g in verdict.classification.guesses if g.confidence >= WORTH_TRYING]
        looked = self.tagger.look(verdict.sentence, self.lexicon)
        matches = [self._tagged(g.label, verdict.sentence, looked) for g in likely[:GUESSES]]
        return self._best_of(matches, "classifier", verdict)

    def _tagged(self, intent: str, sentence: Sentence, looked: Looked) -> Match:
        """Read a sentence as one of an intent, with whatever fills its slots anywhere in it."""
        kinds = self._filler.kinds[intent]
        tags = self.tagger.tag(looked, intent, kinds)
        spans: dict[str, tuple[int, int]] = {}
        for slot, run in groupby(zip(tags, looked.parts, strict=True), key=lambda item: item[0]):
            of = [piece for _, piece in run]
            if slot and slot not in spans:
                spans[slot] = of[0].first, of[-1].last
            elif slot and kinds[slot] == TEXT:  # a text may name what fills other slots
                spans[slot] = spans[slot][0], of[-1].last
        found = (captured_by(s, kinds[s], *span, sentence) for s, span in spans.items())
        captures = [capture for capture in found if capture]
        explained = sum(c.last - c.first for c in captures if c.arc)
        language = "zh" if has_han(sentence.text) else "en"
        template = Template(intent, language, "what fits anywhere", Automaton())
        return Match(template, 0.0, tuple(captures), explained, (), 0.0)

    def _best_of(self, matches: Sequence[Match], how: How, verdict: _Verdict) -> _Verdict:
        """Return the likeliest of more readings, or the verdict before if none is likelier."""
        assert verdict.classification
        weighed = [
            (
                match,
                weigh(
                    match,
                    verdict.sentence,
                    self.lexicon,
                    verdict.classification,
                    self._needed[match.template.intent],
                    self.classifier.words,
                    guessed=how == "classifier",
                ),
            )
            for match in matches
        ]
        weighed.sort(key=lambda item: -item[1].score)
        near = [match for match, evidence in weighed if how == "grammar" or evidence.score > FAR]
        known = replace(
            verdict,
            matches=[*verdict.matches, *near],
            reasons=[*verdict.reasons, *(_why(*item) for item in weighed)],
        )
        best, evidence = weighed[0] if weighed else (None, None)
        before = verdict.score + (PREFERRED if verdict.reading else 0.0)
        if best is None or evidence is None or evidence.score <= before:
            return known
        reading = None
        if evidence.score >= ACCEPT:
            reading = Reading(best.template.intent, self._filler.fill(best, verdict.sentence))
        return replace(
            known,
            reading=reading,
            how=how if reading else "none",
            score=evidence.score,
            rival=max(
                (
                    *(e.score for m, e in weighed if m.template.intent != best.template.intent),
                    verdict.score if verdict.intent != best.template.intent else verdict.rival,
                )
            ),
            matches=[*near, *verdict.matches] if best in near else [best, *verdict.matches],
        )

    def _corrected(self, sentence: Sentence) -> _Verdict | None:
        """Understand "move it to won, no wait, lost": the last word counts."""
        for before, after in self._splitter.taken_back(sentence):
            first = self._guessed(self._judged(read(before, sentence.context, self.lexicon)))
            if first.reading is None:
                continue
            second = read(after, sentence.context, self.lexicon)
            for capture in reversed(first.matches[0].captures):
                said = self._instead(capture, second)
                if said is not None and capture.slot in first.reading.slots:
                    slots = first.reading.slots | {capture.slot: said}
                    return replace(first, reading=replace(first.reading, slots=slots))
        return None

    def _instead(self, capture: Capture, sentence: Sentence) -> Slot | None:
        """Read a whole sentence as another value for a slot."""
        size = len(sentence.tokens)
        if capture.arc is not None:
            for arc in sentence.lattice.arcs[0].get(capture.kind, ()):
                if arc.last in sentence.lattice.ends:
                    said = sentence.words(0, arc.last)
                    return Slot(text=said, value=as_json(arc.value, sentence.context))
            return None
        plain = (self.lexicon.commands, self.lexicon.ordinary)
        if capture.kind == TEXT or size > 4:
            return None
        if any(token.text in words for token in sentence.tokens for words in plain):
            return None
        return Slot(text=sentence.words(0, size))

    def _continued(self, first: Reading, second: Reading) -> Reading:
        """Take over what the second request leaves unsaid: "close 12 and tell them ..."."""
        slots = dict(second.slots)
        for name, spec in self.catalogue[second.intent].items():
            unsaid = name not in slots or slots[name].value == IT
            if spec.record and spec.required and unsaid and name in first.slots:
                slots = {name: first.slots[name]} | {n: s for n, s in slots.items() if n != name}
        return Reading(second.intent, slots)

    def _alternatives(self, verdict: _Verdict) -> list[Reading]:
        """Return other readings of the same words."""
        taken = verdict.reading.intent if verdict.reading else None
        return [
            Reading(match.template.intent, self._filler.fill(match, verdict.sentence))
            for match in verdict.matches[: GUESSES + 1]
            if match.template.intent != taken
        ][:GUESSES]


def _is_command(verdict: _Verdict) -> bool:
    """Tell whether words are a request by themselves, and not just a name or a courtesy."""
    if verdict.reading is None or verdict.how != "grammar" or verdict.score < ACCEPT + 0.5:
        return False
    noun = verdict.reading.intent.partition(".")[0]
    return noun not in ("talk", "dialog", "help") and verdict.matches[0].explained > 0


def _repeats(reading: Reading, first: Reading) -> bool:
    """Tell whether a second request says nothing that the first one did not."""
    said = first.slots.items()
    return reading.intent == first.intent and all(item in said for item in reading.slots.items())


def _told(classification: Classification) -> str:
    best = classification.guesses[:GUESSES]
    guesses = ", ".join(f"{g.label} {g.confidence:.2f}" for g in best)
    return f"classifier: {guesses}; in scope {classification.in_scope:.2f}"


def _why(match: Match, evidence: Evidence) -> str:
    template = match.template
    return f"{evidence.score:.1f} {template.intent}: {template.text} ({evidence})"
