"""Scores of a sentence for every intent, linear in its n-grams.

A sentence is the set of its word 1-2-grams and of the character 2-5-grams inside its words; in
Chinese every character is a word, so that mixed sentences need no special care and Chinese no
segmenter. An encoder's vectors, where there are any, add two more scores.

Fitting needs scikit-learn and scipy; scoring and loading need numpy only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

# A command is short; of a pasted page its beginning is enough.
MAX_CHARACTERS = 1000
# Words count less than characters: that is what makes typing errors harmless.
WORD_WEIGHT = 0.7
CHARACTER_NGRAMS = range(2, 6)
# Measured as good as a thousandth of it, in half the time.
TOLERANCE = 0.1

# What an encoder's two scores count beside the margin of the n-grams.
LOGIT_WEIGHT = np.float32(1 / 3)
NEAREST_WEIGHT = np.float32(10 / 3)
# Sentences compared with all examples at once: bounds the memory.
CHUNK = 256

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{_HAN}]+|[^\W{_HAN}]+")
_HAN_RUN = re.compile(rf"[{_HAN}]+")
_ACCENT_OR_APOSTROPHE = re.compile("[\u0300-\u036f'\u2018\u2019`\u00b4]")
_DIGIT = re.compile(r"\d")


def ngrams(text: str) -> tuple[list[str], list[str]]:
    """Return the distinct word n-grams and character n-grams of a sentence.

    Case, accents, apostrophes, full width and the values of digits are ignored. Word n-grams
    begin with "|", and "|" also marks both ends of the sentence; character n-grams include the
    space on either side of a word.
    """
    plain = unicodedata.normalize("NFKD", text[:MAX_CHARACTERS].casefold())
    runs = _RUN.findall(_DIGIT.sub("0", _ACCENT_OR_APOSTROPHE.sub("", plain)))
    words = [word for run in runs for word in (run if _HAN_RUN.match(run) else (run,))]
    pairs = zip(["", *words], [*words, ""], strict=True)
    padded = [f" {run} " for run in runs]
    characters = (
        run[i : i + n] for run in padded for n in CHARACTER_NGRAMS for i in range(len(run) - n + 1)
    )
    # Dictionaries and not sets: their order is the same in every process.
    by_word = dict.fromkeys([f"|{word}" for word in words] + [f"|{a}|{b}" for a, b in pairs])
    return list(by_word), list(dict.fromkeys(characters))


@dataclass(frozen=True)
class NgramScores:
    """One linear function of the n-grams per intent: a support vector machine, one against all.

    Features are binary and not weighted by rarity (measured better than tf-idf). Both halves of
    a vector have unit length times the share of the sentence's n-grams that are known: the less
    of it is familiar, the smaller its scores, so that the best alone tells what is out of scope.
    """

    vocabulary: Mapping[str, int]
    weights: Floats  # (n-grams, intents), and one column more for none of them, if it was learnt
    intercept: Floats  # (intents,), or one more

    @classmethod
    def fit(cls, texts: Sequence[str], codes: Integers, *, c: float, seed: int) -> Self:
        """Learn from sentences and the codes of their intents; the last one may mean none.

        Args:
            c: the inverse strength of the regularisation.
        """
        from scipy.sparse import csr_matrix
        from sklearn.svm import LinearSVC

        vocabulary: dict[str, int] = {}
        for text in texts:
            for kind in ngrams(text):
                for ngram in kind:
                    vocabulary.setdefault(ngram, len(vocabulary))
        features = [_features(text, vocabulary) for text in texts]
        matrix = csr_matrix(
            (
                np.concatenate([values for _, values in features]),
                np.concatenate([columns for columns, _ in features]),
                np.cumsum([0] + [len(columns) for columns, _ in features]),
            ),
            shape=(len(texts), len(vocabulary)),
        )
        svm = LinearSVC(C=c, dual=True, tol=TOLERANCE, random_state=seed).fit(matrix, codes)
        weights, intercept = svm.coef_, svm.intercept_
        if len(svm.classes_) == 2:  # scikit-learn keeps one function for two classes
            weights, intercept = np.vstack([-weights, weights]), np.r_[-intercept, intercept]
        return cls(
            vocabulary,
            np.ascontiguousarray(weights.T, dtype=np.float32),
            intercept.astype(np.float32),
        )

    def __call__(self, texts: Sequence[str]) -> Floats:
        """Return the margins (texts, intents), and those of none if there is such a column."""
        scores = np.empty((len(texts), len(self.intercept)), dtype=np.float32)
        for row, text in zip(scores, texts, strict=True):
            columns, values = _features(text, self.vocabulary)
            row[:] = values @ self.weights[columns] + self.intercept
        return scores

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything as arrays, to be saved."""
        names = np.frombuffer("\n".join(self.vocabulary).encode(), dtype=np.uint8)
        return {"vocabulary": names, "weights": self.weights, "intercept": self.intercept}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Undo `arrays`."""
        names = arrays["vocabulary"].tobytes().decode().split("\n")
        vocabulary = dict(zip(names, range(len(names)), strict=True))
        return cls(vocabulary, arrays["weights"], arrays["intercept"])


@dataclass(frozen=True)
class MeaningScores:
    """Scores by an encoder's unit vectors: a logistic regression, and the nearest example.

    The first generalises best from few examples; the second knows that far from all examples
    nothing is certain. A sentence without a vector (zeros) scores alike for all intents.
    """

    mean: Floats  # (size,) of the examples
    weights: Floats  # (intents, size)
    intercept: Floats  # (intents,)
    examples: Floats  # (examples, size), centred unit vectors sorted by intent
    starts: Integers  # (intents,) where the examples of each begin

    @classmethod
    def fit(cls, vectors: Floats, codes: Integers, n_classes: int, *, c: float) -> Self:
        """Learn from vectors and the codes of their intents, as `NgramScores.fit`."""
        from sklearn.linear_model import LogisticRegression

        order = np.argsort(codes, kind="stable")
        mean: Floats = vectors.sum(axis=0) / np.float32(max(1, vectors.any(axis=1).sum()))
        centred, codes = _centred(vectors[order], mean), codes[order]
        logistic = LogisticRegression(C=50 * c, max_iter=500).fit(centred, codes)
        weights, intercept = logistic.coef_, logistic.intercept_
        if len(logistic.classes_) == 2:
            weights, intercept = (
                np.vstack([-weights, weights]) / 2,
                np.r_[-intercept, intercept] / 2,
            )
        return cls(
            mean,
            weights[:n_classes].astype(np.float32),
            intercept[:n_classes].astype(np.float32),
            centred[codes < n_classes],
            np.searchsorted(codes, np.arange(n_classes)),
        )

    def __call__(self, vectors: Floats) -> Floats:
        """Return the scores (texts, intents) for vectors (texts, size)."""
        centred = _centred(vectors, self.mean)
        logits = _product(centred, self.weights) + self.intercept
        nearest = np.concatenate(
            [
                np.maximum.reduceat(
                    _product(centred[i : i + CHUNK], self.examples), self.starts, axis=1
                )
                for i in range(0, len(centred), CHUNK)
            ]
        )
        scores: Floats = np.add(LOGIT_WEIGHT * logits, NEAREST_WEIGHT * nearest, dtype=np.float32)
        return scores

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything as arrays, to be saved."""
        return {f"meaning_{name}": value for name, value in vars(self).items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self | None:
        """Undo `arrays`; None where there were none."""
        mine = {
            name.removeprefix("meaning_"): value
            for name, value in arrays.items()
            if name.startswith("meaning_")
        }
        return cls(**mine) if mine else None


def _features(text: str, vocabulary: Mapping[str, int]) -> tuple[Integers, Floats]:
    """Return the columns of the known n-grams of a sentence and their values."""
    columns: list[int] = []
    values: list[float] = []
    for kind, weight in zip(ngrams(text), (WORD_WEIGHT, 1.0), strict=True):
        known = [vocabulary[ngram] for ngram in kind if ngram in vocabulary]
        if known:
            length, familiar = weight / len(known) ** 0.5, len(known) / len(kind)
            columns += known
            values += [length * familiar] * len(known)
    return np.array(columns, dtype=np.int64), np.array(values, dtype=np.float32)


def _centred(vectors: Floats, mean: Floats) -> Floats:
    """Return unit vectors around the mean; vectors of zeros stay."""
    centred = np.where(vectors.any(axis=1, keepdims=True), vectors - mean, np.float32(0))
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    unit: Floats = centred / np.maximum(length, np.float32(1e-9))
    return unit


def _product(a: Floats, b: Floats) -> Floats:
    """Return a @ b.T, for a single row without BLAS.

    Its threads would go on waiting for work, and slow down an encoder that uses one of them.
    """
    product: Floats = np.einsum("nd,md->nm", a, b, optimize=len(a) > 1)
    return product
