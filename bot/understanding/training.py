"""Make training sentences out of the templates, beside the sentences that people really say."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml

from bot.understanding.lexicon import Lexicon, make_lexicon
from bot.understanding.network import NAME, PARTY, PERSON, TEXT
from bot.understanding.phrases import Catalogue, Example, Phrases
from bot.understanding.pieces import in_words, pieces
from bot.understanding.sentence import Sentence, read
from bot.understanding.spans import Context
from bot.understanding.tagger import Marked
from bot.understanding.templates import Part, SlotRef, Template, sample
from bot.understanding.tokens import has_han, is_han
from bot.understanding.vocabulary import Words

Fillers = Mapping[str, Sequence[str]]

_LISTS = {"city": "cities", "category": "categories", "product": "products"}


_ANY_DAY = Context(now=datetime(2026, 1, 1, tzinfo=UTC))
_NAME = re.compile(r"\b[A-Z]\w*")
_MARK = re.compile(r"\[([^\[\]]+)\]\(([a-z_]+)\)")


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of an intent, and the characters (end exclusive) that fill its slots."""

    text: str
    intent: str
    slots: Sequence[tuple[int, int, str]] | None = ()
    """None where nobody marked them."""

    @classmethod
    def marked(cls, text: str, intent: str) -> "Said":
        """Read a sentence whose slots are marked: "call [Dana](contact) back"."""
        plain, slots, end = "", [], 0
        for match in _MARK.finditer(text):
            plain += text[end : match.start()]
            slots.append((len(plain), len(plain) + len(match[1]), match[2]))
            plain, end = plain + match[1], match.end()
        return cls(plain + text[end:], intent, tuple(slots))

    @classmethod
    def of_example(cls, example: Example, intent: str) -> "Said":
        """Take over an example of the phrases."""
        if example.slots is None:
            return cls(example.text, intent, None)
        found = [(example.text.find(words), words, slot) for slot, words in example.slots.items()]
        slots = [(at, at + len(words), slot) for at, words, slot in found if at >= 0]
        return cls(example.text, intent, tuple(slots) if len(slots) == len(found) else None)


def load_spoken(config: Path, catalogue: Catalogue) -> list[Said]:
    """Read `phrases/*/spoken.yaml`: what people say, with the slots marked.

    Raises:
        ValueError: a mark names a slot that the intent doesn't have.
    """
    said = [
        Said.marked(text, intent)
        for path in sorted(config.glob("phrases/*/spoken.yaml"))
        for intent, texts in yaml.load(path.read_text("utf-8"), yaml.CBaseLoader).items()
        if intent in catalogue
        for text in texts
    ]
    wrong = [s.text for s in said for *_, slot in s.slots or () if slot not in catalogue[s.intent]]
    if wrong:
        raise ValueError("no such slot:\n  " + "\n  ".join(wrong))
    return said


def load_fillers(config: Path) -> dict[str, Fillers]:
    """Read `phrases/*/fillers.yaml`: names and texts by language."""
    return {
        path.parent.name: yaml.load(path.read_text("utf-8"), yaml.CBaseLoader)
        for path in sorted(config.glob("phrases/*/fillers.yaml"))
    }


def load_negatives(config: Path, *kinds: str) -> list[str]:
    """Read `phrases/*/out_of_scope.yaml`: sentences that are no intent, of some kinds or all."""
    return [
        text
        for path in sorted(config.glob("phrases/*/out_of_scope.yaml"))
        for kind, texts in yaml.load(path.read_text("utf-8"), yaml.CBaseLoader).items()
        if not kinds or kind in kinds
        for text in texts
    ]


@dataclass(frozen=True, slots=True)
class Examples:
    """Sentences with their intents and slots, and sentences that are none of any intent."""

    marked: Sequence[Marked]
    negatives: Sequence[Sentence]

    def for_classifier(self) -> tuple[list[str], list[str], list[str]]:
        """Return the distinct sentences in words, their intents, and those of none."""
        texts = dict.fromkeys((in_words(pieces(m.sentence)), m.intent) for m in self.marked)
        negatives = dict.fromkeys(in_words(pieces(sentence)) for sentence in self.negatives)
        return [text for text, _ in texts], [intent for _, intent in texts], list(negatives)


def examples(
    config: Path, phrases: Sequence[Phrases], words: Words, catalogue: Catalogue, lexicon: Lexicon
) -> Examples:
    """Return all that there is to learn from."""
    said = [*sampled(config, phrases, words), *load_spoken(config, catalogue)]
    return Examples(
        [mark(sentence, lexicon) for sentence in said],
        [read(text, _ANY_DAY, lexicon) for text in load_negatives(config)],
    )


def load_lexicon(config: Path, words: Words, templates: Sequence[Template]) -> Lexicon:
    """Collect the words that the grammar knows, and the names and ordinary words beside them."""
    fillers = load_fillers(config)
    named, known = (
        [name for lists in fillers.values() for key in keys for name in lists[key]]
        for keys in (("products", "categories"), ("cities", "companies"))
    )
    plain = [_NAME.sub("", text) for text in load_negatives(config, "far", "near")]
    return make_lexicon(words, templates, named, known, plain)


def mark(said: Said, lexicon: Lexicon) -> Marked:
    """Read a sentence and tell which slot each of its pieces fills."""
    sentence = read(said.text, _ANY_DAY, lexicon)
    slots = (
        None
        if said.slots is None
        else [
            _slot_at(sentence.tokens[p.first].start, sentence.tokens[p.last - 1].end, said.slots)
            for p in pieces(sentence)
        ]
    )
    return Marked(sentence, said.intent, slots)


def _slot_at(start: int, end: int, slots: Sequence[tuple[int, int, str]]) -> str | None:
    return next((slot for first, last, slot in slots if first < end and last > start), None)


def sampled(
    config: Path,
    phrases: Sequence[Phrases],
    words: Words,
    *,
    a_sentence: int = 2,
    enough: int = 30,
    seed: int = 0,
) -> list[Said]:
    """Return sentences of all templates, filled with names and values.

    Args:
        a_sentence: how many a template; an intent with few templates gets more of each.
    """
    fillers, chance = load_fillers(config), random.Random(seed)
    found: list[Said] = []
    for entry in phrases:
        writer = _Writer(fillers[entry.language], words, entry.language, chance)
        each = max(a_sentence, enough // max(1, len(entry.sentences)))
        made = [
            writer.write(part, entry.intent)
            for part in entry.sentences.values()
            for _ in range(each)
        ]
        found += dict.fromkeys(made)
        found += [Said.of_example(example, entry.intent) for example in entry.examples]
    return found


class _Writer:
    """Writes sentences of one language."""

    def __init__(
        self, fillers: Fillers, words: Words, language: str, chance: random.Random
    ) -> None:
        self.fillers, self.words, self.chance = fillers, words, chance
        self.polite = words.lists[language]
        self.chinese = language == "zh"

    def write(self, part: Part, intent: str) -> Said:
        """Return one sentence of a template, sometimes with politeness around and a typo in it."""
        pieces: list[tuple[str, str]] = []
        if self.chance.random() < 0.15:
            pieces.append((self.chance.choice(self.polite["polite_start"]), ""))
        for piece in sample(part, self.chance):
            if isinstance(piece, SlotRef):
                words = self._fill(piece)
                pieces.append((words.lower() if self.chance.random() < 0.4 else words, piece.slot))
            else:
                pieces += [(word, "") for word in piece]
        if self.chance.random() < 0.1:
            pieces.append((self.chance.choice(self.polite["polite_end"]), ""))
        if self.chance.random() < 0.1:
            pieces = self._misspell(pieces)
        text, slots = "", []
        for words, slot in pieces:
            if not words:
                continue
            if text and not (is_han(text[-1]) and is_han(words[0])):
                text += " "
            if slot and not slot.startswith("_"):
                slots.append((len(text), len(text) + len(words), slot))
            text += words
        return Said(text, intent, tuple(slots))

    def _fill(self, reference: SlotRef) -> str:
        kind, slot = reference.kind, reference.slot
        if kind == TEXT:
            return self._one(slot if slot in self.fillers else "note")
        if slot in _LISTS and kind == NAME:
            return self._one(_LISTS[slot])
        if kind == PERSON or (kind in (NAME, PARTY) and slot in ("contact", "owner", "user")):
            return self._one("persons")
        if kind in (NAME, PARTY):
            return self._one(slot) if slot in self.fillers else self._company()
        if kind in self.fillers:
            return self._one(kind)
        said = self.words.vocabularies[{"me": "pronoun"}.get(kind, kind)].canonical
        return self.chance.choice([w for w in said if has_han(w) == self.chinese])

    def _company(self) -> str:
        draw = self.chance.random()
        if draw < 0.35:
            return self._one("companies")
        if draw < 0.65:
            name = [self._one("company_stems"), self._one("company_nouns")]
        elif draw < 0.8:
            name = [self._one("company_stems")]
        else:
            name = ["".join(self._one("syllables") for _ in range(self.chance.randint(2, 3)))]
        return ("" if self.chinese else " ").join([*name, self._one("company_suffixes")]).strip()

    def _one(self, name: str) -> str:
        return self.chance.choice(self.fillers[name])

    def _misspell(self, pieces: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Swap or drop a letter of one long word."""
        long = [
            i
            for i, (word, slot) in enumerate(pieces)
            if not slot and word.isascii() and word.isalpha() and len(word) > 4
        ]
        if not long:
            return pieces
        at = self.chance.choice(long)
        word, cut = pieces[at][0], self.chance.randrange(1, len(pieces[at][0]) - 1)
        swapped = word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :]
        wrong = self.chance.choice([swapped, word[:cut] + word[cut + 1 :]])
        return [*pieces[:at], (wrong, ""), *pieces[at + 1 :]]
