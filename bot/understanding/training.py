"""Make training sentences for the classifier out of the sentences that the grammar knows."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.understanding.lattice import Arc
from bot.understanding.network import NAME, PARTY, PERSON, TEXT
from bot.understanding.phrases import Phrases
from bot.understanding.sentence import Sentence
from bot.understanding.templates import Part, SlotRef, sample
from bot.understanding.tokens import has_han, is_han, words_of
from bot.understanding.vocabulary import Words

Fillers = Mapping[str, Sequence[str]]

PLACEHOLDERS = {
    **dict.fromkeys(("schedule", "period", "when"), "_time_"),
    **{"phone": "_phone_", "email": "_email_", "money": "_money_"},
    **dict.fromkeys(("number", "code", "digits"), "_number_"),
    **{"channel": "_channel_", "zone": "_zone_"},
}
"""What stands in a sentence for typed values, so that every amount is the same word.

Where several kinds fit, the first counts.
"""
BARE = 0.1
"""Amounts that cost more are bare numbers."""
_LISTS = {"city": "cities", "category": "categories", "product": "products"}


@dataclass(frozen=True, slots=True)
class Examples:
    """Sentences with their intents, and sentences that are none."""

    texts: list[str]
    labels: list[str]
    negatives: list[str]


def load_fillers(config: Path) -> dict[str, Fillers]:
    """Read `phrases/*/fillers.yaml`: names and texts by language."""
    return {
        path.parent.name: yaml.load(path.read_text("utf-8"), yaml.CBaseLoader)
        for path in sorted(config.glob("phrases/*/fillers.yaml"))
    }


def load_negatives(config: Path) -> list[str]:
    """Read `phrases/*/out_of_scope.yaml`: sentences that are no intent."""
    return [
        text
        for path in sorted(config.glob("phrases/*/out_of_scope.yaml"))
        for texts in yaml.load(path.read_text("utf-8"), yaml.CBaseLoader).values()
        for text in texts
    ]


def make_examples(
    config: Path,
    phrases: Sequence[Phrases],
    words: Words,
    *,
    a_sentence: int = 4,
    enough: int = 120,
    seed: int = 0,
) -> Examples:
    """Return sentences of all templates, filled with names and texts.

    Args:
        a_sentence: how many a template; an intent with few templates gets more of each.
    """
    fillers, chance = load_fillers(config), random.Random(seed)
    texts, labels = [], []
    for entry in phrases:
        writer = _Writer(fillers[entry.language], words, entry.language, chance)
        each = max(a_sentence, enough // max(1, len(entry.sentences)))
        made = {writer.write(part) for part in entry.sentences.values() for _ in range(each)}
        made |= {as_written(words_of(example.text)) for example in entry.examples}
        texts += sorted(made)
        labels += [entry.intent] * len(made)
    negatives = [as_written(words_of(text)) for text in load_negatives(config)]
    return Examples(texts, labels, negatives)


def as_written(words: Sequence[str]) -> str:
    """Join tokens: Latin words with a space, Chinese characters without."""
    out: list[str] = []
    for word in words:
        glued = out and len(word) == 1 and is_han(word) and is_han(out[-1][-1])
        out.append(word if glued or not out else f" {word}")
    return "".join(out)


def as_trained(sentence: Sentence) -> str:
    """Write a sentence as the classifier knows them: typed values as placeholders."""
    arcs = sorted(
        (
            arc
            for at in sentence.lattice.arcs
            for kind in PLACEHOLDERS
            for arc in at.get(kind, ())
            if kind != "money" or arc.cost < BARE  # "1042" is a number first of all
        ),
        key=lambda arc: (arc.first - arc.last, list(PLACEHOLDERS).index(arc.kind)),
    )
    taken: dict[int, Arc] = {}
    for arc in arcs:
        if not any(i in taken for i in range(arc.first, arc.last)):
            taken |= dict.fromkeys(range(arc.first, arc.last), arc)
    return as_written(
        [
            PLACEHOLDERS[taken[i].kind] if i in taken else token.text
            for i, token in enumerate(sentence.tokens)
            if i not in taken or taken[i].first == i
        ]
    )


class _Writer:
    """Writes sentences of one language."""

    def __init__(
        self, fillers: Fillers, words: Words, language: str, chance: random.Random
    ) -> None:
        self.fillers, self.words, self.chance = fillers, words, chance
        self.polite = words.lists[language]
        self.chinese = language == "zh"

    def write(self, part: Part) -> str:
        """Return one sentence of a template, sometimes with politeness around and a typo in it."""
        pieces: list[str] = []
        for piece in sample(part, self.chance):
            words = self._fill(piece) if isinstance(piece, SlotRef) else piece
            pieces += words
        if self.chance.random() < 0.15:
            pieces = [*words_of(self.chance.choice(self.polite["polite_start"])), *pieces]
        if self.chance.random() < 0.1:
            pieces += words_of(self.chance.choice(self.polite["polite_end"]))
        if self.chance.random() < 0.1:
            pieces = self._misspell(pieces)
        return as_written(pieces)

    def _fill(self, reference: SlotRef) -> Sequence[str]:
        kind, slot = reference.kind, reference.slot
        if kind in PLACEHOLDERS:
            return [PLACEHOLDERS[kind]]
        if kind == TEXT:
            return words_of(self._one(slot if slot in self.fillers else "note"))
        if slot in _LISTS and kind == NAME:
            return words_of(self._one(_LISTS[slot]))
        if kind == PERSON or (kind in (NAME, PARTY) and slot in ("contact", "owner", "user")):
            return words_of(self._one("persons"))
        if kind in (NAME, PARTY):
            return words_of(self._one(slot) if slot in self.fillers else self._company())
        if kind in self.fillers:
            return words_of(self._one(kind))
        said = self.words.vocabularies[{"me": "pronoun"}.get(kind, kind)].canonical
        return words_of(self.chance.choice([w for w in said if has_han(w) == self.chinese]))

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

    def _misspell(self, pieces: list[str]) -> list[str]:
        """Swap or drop a letter of one long word."""
        long = [
            i
            for i, word in enumerate(pieces)
            if word.isascii() and word.isalpha() and len(word) > 4
        ]
        if not long:
            return pieces
        at = self.chance.choice(long)
        word, cut = pieces[at], self.chance.randrange(1, len(pieces[at]) - 1)
        swapped = word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :]
        return [
            *pieces[:at],
            self.chance.choice([swapped, word[:cut] + word[cut + 1 :]]),
            *pieces[at + 1 :],
        ]
