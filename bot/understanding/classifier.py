"""Which intent a sentence means, learnt from example sentences.

Scores (scorer.py) become probabilities by three numbers calibrated on held-out examples. A fitted
classifier is saved without pickle and loads in milliseconds, without scikit-learn.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bot.understanding.scorer import Floats, Integers, MeaningScores, NgramScores

Encoder = Callable[[Sequence[str]], Floats]

# Raise it with any change that makes saved classifiers differ from newly fitted ones.
VERSION = 2

# The share of sentences, and of whole intents, held out to calibrate.
HELD_OUT = 0.2
# Of sentences that do mean an intent, this share falls below `threshold_`.
FALSE_REJECTION = 0.05

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Guess:
    """One intent a sentence may mean."""

    label: str
    confidence: float
    """Probability of this intent, provided that the sentence means one at all."""


@dataclass(frozen=True)
class Classification:
    """What a sentence may mean."""

    guesses: tuple[Guess, ...]
    """The most probable intents, best first."""
    in_scope: float
    """Probability that the sentence means any known intent, if one in two does."""


class IntentClassifier:
    """Classify sentences by intent, in any mixture of English and Chinese.

    Follows scikit-learn's conventions: the constructor stores, `fit` learns, learned names end
    in an underscore. Among them is `threshold_`: a sentence whose `in_scope` is lower should be
    rejected, which happens to one in twenty that do mean an intent.
    """

    classes_: list[str]
    fingerprint_: str
    threshold_: float
    # (2, 3): for a sentence without and with an encoder's vector, the sharpness of the
    # confidences, and slope and offset of the probability of being in scope.
    calibration_: NDArray[np.float64]
    ngram_scores_: NgramScores
    meaning_scores_: MeaningScores | None

    def __init__(
        self,
        *,
        C: float = 1.0,  # noqa: N803 - scikit-learn's name
        n_guesses: int = 3,
        encoder: Encoder | None = None,
        seed: int = 0,
    ) -> None:
        """Store the parameters.

        C is the inverse strength of the regularisation. The encoder turns sentences into unit
        vectors, or zeros for a sentence it cannot read.
        """
        self.C = C
        self.n_guesses = n_guesses
        self.encoder = encoder
        self.seed = seed

    def fit(
        self, texts: Sequence[str], labels: Sequence[str], negatives: Sequence[str] = ()
    ) -> Self:
        """Learn from examples and, if there are any, from sentences that mean no intent.

        The words of a label are an example of it too: "deal.move" of "deal move".
        Raises ValueError for fewer than three intents, or unequal numbers of texts and labels.
        """
        self.classes_ = sorted({str(label) for label in labels})
        if len(self.classes_) < 3:
            raise ValueError("three intents are the least to choose between")
        if len(texts) != len(labels):
            raise ValueError(f"{len(texts)} texts have {len(labels)} labels")
        self.fingerprint_ = self._fingerprint(texts, labels, negatives)

        sentences = [*texts, *(" ".join(_WORD.findall(label)) for label in self.classes_)]
        codes = np.searchsorted(self.classes_, [*labels, *self.classes_])
        # Sentences that mean none are a class of their own, which only tells what is in scope.
        sentences += negatives
        codes = np.append(codes, [len(self.classes_)] * len(negatives)).astype(np.int64)
        vectors = self.encoder(sentences) if self.encoder else None
        self._calibrate(sentences, vectors, codes)
        self._fit_scores(sentences, vectors, codes, len(self.classes_))
        return self

    def predict(self, text: str) -> Classification:
        """Return the best guesses for one sentence, and whether it means anything known."""
        return self.predict_many([text])[0]

    def predict_many(self, texts: Sequence[str]) -> list[Classification]:
        """Return what each sentence may mean; with an encoder faster than one by one."""
        if not texts:
            return []
        vectors = self.encoder(texts) if self.encoder else None
        scores, scope = self._scores(texts, vectors, len(self.classes_))
        calibration = self.calibration_[_readable(vectors, len(texts))]
        confidences = _softmax(scores * calibration[:, :1])
        in_scope = _sigmoid(calibration[:, 1] * scope + calibration[:, 2])
        best = np.argsort(-scores, axis=1, kind="stable")[:, : self.n_guesses]
        return [
            Classification(
                tuple(Guess(self.classes_[i], float(confidences[row, i])) for i in best[row]),
                float(in_scope[row]),
            )
            for row in range(len(texts))
        ]

    @cached_property
    def words(self) -> frozenset[str]:
        """Return the words of the sentences that were learnt."""
        single = (name[1:] for name in self.ngram_scores_.vocabulary if name.startswith("|"))
        return frozenset(word for word in single if "|" not in word)

    def save(self, path: Path) -> None:
        """Write the fitted classifier to a .npz file, completely or not at all."""
        description = {
            "version": VERSION,
            "fingerprint": self.fingerprint_,
            "parameters": {"C": self.C, "n_guesses": self.n_guesses, "seed": self.seed},
            "classes": self.classes_,
            "threshold": self.threshold_,
        }
        arrays: dict[str, Any] = {
            "description": np.frombuffer(json.dumps(description).encode(), dtype=np.uint8),
            "calibration": self.calibration_,
            **self.ngram_scores_.arrays(),
            **(self.meaning_scores_.arrays() if self.meaning_scores_ else {}),
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            written = Path(folder) / path.name
            with written.open("wb") as file:
                np.savez(file, **arrays)
            os.replace(written, path)

    @classmethod
    def load(cls, path: Path, encoder: Encoder | None = None) -> Self:
        """Read a saved classifier; one fitted with an encoder needs the same again.

        Raises FileNotFoundError, and ValueError for a file that cannot be used.
        """
        try:
            with np.load(path, allow_pickle=False) as file:
                arrays = dict(file)
            description = json.loads(arrays["description"].tobytes())
        except (zipfile.BadZipFile, EOFError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path} is not a saved classifier") from error
        if description["version"] != VERSION:
            raise ValueError(f"{path} has version {description['version']}, not {VERSION}")
        meaning_scores = MeaningScores.from_arrays(arrays)
        if (meaning_scores is None) != (encoder is None):
            raise ValueError(f"{path} was fitted {'without' if encoder else 'with'} an encoder")
        self = cls(**description["parameters"], encoder=encoder)
        self.classes_ = description["classes"]
        self.fingerprint_ = description["fingerprint"]
        self.threshold_ = description["threshold"]
        self.calibration_ = arrays["calibration"]
        self.ngram_scores_ = NgramScores.from_arrays(arrays)
        self.meaning_scores_ = meaning_scores
        return self

    @classmethod
    def load_or_fit(
        cls,
        path: Path,
        texts: Sequence[str],
        labels: Sequence[str],
        negatives: Sequence[str] = (),
        **parameters: Any,
    ) -> Self:
        """Load the classifier if it was fitted to exactly this; else fit and save it.

        The parameters are the constructor's.
        """
        new = cls(**parameters)
        try:
            saved = cls.load(path, new.encoder)
        except (FileNotFoundError, ValueError):
            saved = None  # there is none yet, or one of another version
        if saved and saved.fingerprint_ == new._fingerprint(texts, labels, negatives):
            return saved
        new.fit(texts, labels, negatives).save(path)
        return new

    def _fingerprint(
        self, texts: Sequence[str], labels: Sequence[str], negatives: Sequence[str]
    ) -> str:
        """Digest everything that the fitted classifier depends on."""
        encoder = getattr(self.encoder, "__qualname__", type(self.encoder).__qualname__)
        parameters = [VERSION, self.C, self.n_guesses, encoder, self.seed]
        everything = [parameters, list(texts), list(labels), list(negatives)]
        return hashlib.sha256(json.dumps(everything).encode()).hexdigest()

    def _fit_scores(
        self, texts: Sequence[str], vectors: Floats | None, codes: Integers, n_classes: int
    ) -> None:
        self.ngram_scores_ = NgramScores.fit(texts, codes, c=self.C, seed=self.seed)
        self.meaning_scores_ = (
            None if vectors is None else MeaningScores.fit(vectors, codes, n_classes, c=self.C)
        )

    def _scores(
        self, texts: Sequence[str], vectors: Floats | None, n_classes: int
    ) -> tuple[Floats, Floats]:
        """Return the scores (texts, intents), and by how much the best exceeds that of none."""
        margins = self.ngram_scores_(texts)
        scores, none = margins[:, :n_classes], margins[:, n_classes:]
        if self.meaning_scores_ is not None and vectors is not None:
            scores = scores + self.meaning_scores_(vectors)
        return scores, scores.max(axis=1) - none.sum(axis=1)

    def _calibrate(self, texts: list[str], vectors: Floats | None, codes: Integers) -> None:
        """Learn what scores mean, from sentences that another classifier has not seen.

        That one does without a fifth of the sentences, and without all sentences of a fifth of
        the intents: these stand for whatever is out of scope, so that no examples of it are
        needed.
        """
        rng = np.random.default_rng(self.seed)
        n_classes = len(self.classes_)
        hidden = rng.permutation(n_classes)[: max(1, round(HELD_OUT * n_classes))]
        held = np.isin(codes, hidden)
        for code in np.unique(codes):
            members = rng.permutation(np.flatnonzero(codes == code))
            held[members[: int(np.ceil(HELD_OUT * len(members)))]] = True

        kept_codes, kept_targets = np.unique(codes[~held], return_inverse=True)
        n_kept = n_classes - len(hidden)
        kept, rest = np.flatnonzero(~held), np.flatnonzero(held)
        other = IntentClassifier(C=self.C, seed=self.seed)
        other._fit_scores(
            [texts[i] for i in kept],
            None if vectors is None else vectors[kept],
            kept_targets,
            n_kept,
        )
        rest_vectors = None if vectors is None else vectors[rest]
        scores, scope = other._scores([texts[i] for i in rest], rest_vectors, n_kept)
        known = np.isin(codes[rest], kept_codes[:n_kept])
        targets = np.searchsorted(kept_codes, codes[rest])

        readable = _readable(rest_vectors, len(rest))
        self.calibration_ = np.empty((2, 3))
        for kind in (0, 1):
            chosen = readable == kind
            if len(np.unique(known[chosen])) < 2:  # no such sentences: take what there is
                chosen[:] = True
            sharpness = _sharpness(scores[chosen & known], targets[chosen & known])
            slope, offset = _logistic(scope[chosen], known[chosen])
            self.calibration_[kind] = sharpness, slope, offset
        _, slopes, offsets = self.calibration_[readable].T
        in_scope = _sigmoid(slopes * scope + offsets)
        self.threshold_ = float(np.quantile(in_scope[known], FALSE_REJECTION))


def _readable(vectors: Floats | None, n: int) -> Integers:
    """Return 1 for each of n sentences that an encoder could read, else 0."""
    return np.zeros(n, dtype=int) if vectors is None else vectors.any(axis=1).astype(int)


def _sigmoid(x: NDArray[np.float64]) -> NDArray[np.float64]:
    result: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(x, -500, 500)))
    return result


def _softmax(x: NDArray[np.float64]) -> NDArray[np.float64]:
    exponential = np.exp(x - x.max(axis=1, keepdims=True))
    result: NDArray[np.float64] = exponential / exponential.sum(axis=1, keepdims=True)
    return result


def _sharpness(scores: Floats, targets: Integers) -> float:
    """Return the factor on scores whose softmax is most likely (Guo et al. 2017, 1706.04599)."""
    from scipy.optimize import minimize_scalar

    def loss(log_factor: float) -> float:
        log_likelihood = np.log(_softmax(np.exp(log_factor) * scores) + 1e-12)
        right = log_likelihood[np.arange(len(targets)), targets].sum()
        # One more sentence, of which nothing is known: few easy ones must not make it too sure.
        return float(-right - log_likelihood.mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-1, 4), method="bounded").x))


def _logistic(x: Floats, positive: NDArray[np.bool_]) -> tuple[float, float]:
    """Return slope and offset of P(positive | x), both outcomes weighing the same (Platt 1999)."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=10, class_weight="balanced").fit(x[:, None], positive)
    return float(model.coef_[0, 0]), float(model.intercept_[0])
