"""Find the slots of an intent anywhere in a sentence, whatever stands around them.

An averaged structured perceptron (Collins, Discriminative training methods for hidden Markov
models, 2002) gives each piece of the sentence one of the intent's slots, or none. Fitting and
tagging need numpy only.
"""

import random
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bot.understanding.lexicon import Lexicon
from bot.understanding.pieces import PLACEHOLDERS, Piece, pieces
from bot.understanding.sentence import Sentence
from bot.understanding.tokens import is_han

EPOCHS = 3
NO_SLOT = 0
_RARE = 3
"""What is seen less often says nothing, but that a word is a rare one."""
_UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence of an intent, and the slot (None for none) of each of its pieces."""

    sentence: Sentence
    intent: str
    slots: Sequence[str | None] | None
    """None where nobody marked them."""


class SlotTagger:
    """Gives the pieces of a sentence the slots of its intent."""

    def __init__(
        self,
        slots: Sequence[str],
        features: Mapping[str, int],
        weights: NDArray[np.float32],
        moves: NDArray[np.float32],
    ) -> None:
        """Store what was learnt.

        Args:
            slots: the names; their weights are the columns from 1 on, those of no slot come first.
            features: the rows of `weights`.
            moves: weights (slots + 1, slots + 1) of one slot after another; the last row is that
                of the beginning, so it is (slots + 2, slots + 1).
        """
        self.slots, self.features, self.weights, self.moves = slots, features, weights, moves
        self._columns = {slot: i + 1 for i, slot in enumerate(slots)}

    @classmethod
    def fit(
        cls,
        examples: Sequence[Marked],
        of_intent: Mapping[str, Iterable[str]],
        lexicon: Lexicon,
        seed: int = 0,
    ) -> Self:
        """Learn from marked sentences.

        Args:
            of_intent: the slots that each intent has.
        """
        examples = [e for e in examples if e.slots]
        slots = sorted({slot for names in of_intent.values() for slot in names})
        columns = {slot: i + 1 for i, slot in enumerate(slots)}
        seen: dict[str, int] = {}
        told = [_features(e.sentence, e.intent, lexicon) for e in examples]
        for rows in told:
            for row in rows:
                for name in row:
                    seen[name] = seen.get(name, 0) + 1
        kept = [name for name, times in seen.items() if times >= _RARE]
        features = {name: i for i, name in enumerate([_UNKNOWN, *kept])}
        size = len(slots) + 1
        weights = np.zeros((len(features) + 1, size), dtype=np.float32)
        total = np.zeros_like(weights)
        moves, total_moves = np.zeros((size + 1, size), np.float32), np.zeros((size + 1, size))
        known = [[_known(row, features) for row in rows] for rows in told]
        allowed = {i: np.array([0, *sorted(columns[s] for s in s_)]) for i, s_ in of_intent.items()}
        wanted = [np.array([columns[s] if s else 0 for s in e.slots or ()]) for e in examples]
        order = list(range(len(examples)))
        chance = random.Random(seed)
        step = 0
        for _ in range(EPOCHS):
            chance.shuffle(order)
            for n in order:
                step += 1
                options = allowed[examples[n].intent]
                score = np.array([weights[ids].sum(axis=0) for ids in known[n]])
                found = _best(score[:, options], options, moves)
                right = wanted[n]
                if np.array_equal(found, right):
                    continue
                before_found = before_right = size
                for ids, said, meant in zip(known[n], found, right, strict=True):
                    if said != meant:
                        weights[ids, meant] += 1
                        weights[ids, said] -= 1
                        total[ids, meant] += step
                        total[ids, said] -= step
                    if said != meant or before_found != before_right:
                        moves[before_right, meant] += 1
                        moves[before_found, said] -= 1
                        total_moves[before_right, meant] += step
                        total_moves[before_found, said] -= step
                    before_found, before_right = said, meant
        weights -= total / step
        moves -= (total_moves / step).astype(np.float32)
        return cls(slots, features, weights[:-1], moves)

    def look(self, sentence: Sentence, lexicon: Lexicon) -> "Looked":
        """Return what speaks for each slot at each piece, whatever the intent."""
        parts = pieces(sentence)
        seen = _seen(parts, sentence, lexicon)
        weights = np.array([self._weigh(names) for names in seen.features])
        return Looked(parts, seen, weights)

    def tag(self, looked: "Looked", intent: str, slots: Iterable[str]) -> list[str | None]:
        """Return the slot of each piece of a sentence."""
        options = np.array([NO_SLOT, *sorted(self._columns[slot] for slot in slots)])
        told = np.array([self._weigh(names) for names in looked.seen.by_intent(intent)])
        found = _best((looked.weights + told)[:, options], options, self.moves)
        return [self.slots[column - 1] if column else None for column in found]

    def _weigh(self, names: Iterable[str]) -> NDArray[np.float32]:
        weights: NDArray[np.float32] = self.weights[_known(names, self.features)].sum(axis=0)
        return weights

    def save(self, path: Path) -> None:
        """Write everything to a .npz file."""
        slots, names = (
            np.frombuffer("\n".join(of).encode(), np.uint8) for of in (self.slots, self.features)
        )
        weights = self.weights.astype(np.float16)
        np.savez(path, slots=slots, features=names, weights=weights, moves=self.moves)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what was saved.

        Raises:
            FileNotFoundError: there is none.
            ValueError: the file is broken.
        """
        try:
            with np.load(path, allow_pickle=False) as file:
                slots, names = (
                    file[k].tobytes().decode().split("\n") for k in ("slots", "features")
                )
                features = dict(zip(names, range(len(names)), strict=True))
                return cls(slots, features, file["weights"].astype(np.float32), file["moves"])
        except (zipfile.BadZipFile, EOFError, KeyError) as error:
            raise ValueError(f"{path} is not a saved tagger") from error


def _best(
    score: NDArray[np.float32], options: NDArray[np.int64], moves: NDArray[np.float32]
) -> NDArray[np.int64]:
    """Return the columns of the best slots (Viterbi).

    Args:
        score: what speaks for each of the options at each piece (pieces, options).
        moves: as in `SlotTagger`.
    """
    steps = moves[np.ix_(options, options)]
    best = moves[-1, options] + score[0]
    back = []
    for here in score[1:]:
        through = best[:, None] + steps
        back.append(through.argmax(axis=0))
        best = through.max(axis=0) + here
    at = int(best.argmax())
    path = [at]
    for came in reversed(back):
        at = int(came[at])
        path.append(at)
    found: NDArray[np.int64] = options[path[::-1]]
    return found


def _known(names: Iterable[str], features: Mapping[str, int]) -> list[int]:
    return [
        features[name] if name in features else features[_UNKNOWN]
        for name in names
        if name in features or name.startswith("0=")
    ]


@dataclass(frozen=True, slots=True)
class Seen:
    """What is the case at each piece of a sentence."""

    words: Sequence[str]
    traits: Sequence[str]
    features: Sequence[Sequence[str]]

    def by_intent(self, intent: str) -> list[list[str]]:
        """Return the names of what is the case in a sentence of an intent."""
        return [
            [f"i{intent}|{trait}", f"I{intent}|{before}", f"J{intent}|{word}"]
            for before, word, trait in zip(
                ["<", *self.words], self.words, self.traits, strict=False
            )
        ]


@dataclass(frozen=True, slots=True)
class Looked:
    """The pieces of a sentence, what is the case there, and what speaks for each slot."""

    parts: Sequence[Piece]
    seen: Seen
    weights: NDArray[np.float32]


def _features(sentence: Sentence, intent: str, lexicon: Lexicon) -> list[list[str]]:
    seen = _seen(pieces(sentence), sentence, lexicon)
    return [[*a, *b] for a, b in zip(seen.features, seen.by_intent(intent), strict=True)]


def _seen(parts: Sequence[Piece], sentence: Sentence, lexicon: Lexicon) -> Seen:
    words = ["<", "<", *(p.word for p in parts), ">", ">"]
    traits = [
        _traits(piece, words[i + 1], words[i + 3], sentence, lexicon)
        for i, piece in enumerate(parts)
    ]
    traits = ["<", *traits, ">"]
    rows = []
    for i, piece in enumerate(parts):
        a, b, c, d, e = words[i : i + 5]
        ta, t, tb = traits[i : i + 3]
        kinds = sentence.lattice.arcs[piece.first]
        rows.append(
            [
                "",
                f"0={c}",
                f"-1{b}",
                f"+1{d}",
                f"-2{a}",
                f"+2{e}",
                f"-10{b}|{c}",
                f"01{c}|{d}",
                f"-21{a}|{b}",
                f"12{d}|{e}",
                f"-11{b}|{d}",
                f"t{t}",
                f"-t{ta}|{t}",
                f"t+{t}|{tb}",
                f"b{b}|{t}",
                f"d{t}|{d}",
                f"s{c[-3:]}",
                f"p{c[:3]}",
                *(f"k{kind}" for kind in kinds),
                *(f"K{kind}|{b}" for kind in kinds),
            ]
        )
    return Seen(words[2:-2], traits[1:-1], rows)


def _traits(piece: Piece, before: str, after: str, sentence: Sentence, lexicon: Lexicon) -> str:
    """Return what kind of a word a piece is."""
    word = piece.word
    if word in PLACEHOLDERS.values():
        return word
    letters = [
        "H"
        if is_han(word[0])
        else "A"
        if sentence.text[sentence.tokens[piece.first].start].isupper()
        else "a",
        "c" if word in lexicon.commands else "",
        "o" if word in lexicon.ordinary else "",
        "g" if word in lexicon.given_names or word in lexicon.surnames else "",
        "s" if word in lexicon.lists["company_suffixes"] else "",
        "n" if word in lexicon.names else "",
        "f" if word in lexicon.lists["function"] else "",
        "" if word.isalnum() else "%",
        "<" if (before, word) in lexicon.compounds else "",
        ">" if (word, after) in lexicon.compounds else "",
    ]
    return "".join(letters)
