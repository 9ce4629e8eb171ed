"""How alike a query and names are, from 0 to 1: what people do to names, undone."""

from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, LCSseq, Prefix

from crm_core.names_sound import as_initials, initials, pinyin, sound
from crm_core.names_text import core, fold, is_chinese, orders, rough_core

Scores = npt.NDArray[np.float32]

_HEARD = 0.15
"""The weight of sound beside spelling: it settles which of several near spellings is meant."""
_HOMOPHONE, _SHORT_HOMOPHONE, _PINYIN = 0.85, 0.7, 0.95
"""What the same sound is worth: of a long name, of one that has many homophones, in pinyin."""
_ACRONYM, _ACRONYM_BEGUN, _ABBREVIATED, _BEGUN = 0.85, 0.7, 0.66, 0.57
"""What other short and long forms are worth; below 0.73 they are asked about, see `choose`."""
_BEGINNING, _SHORTEST_BEGINNING = 0.8, 3
_LONGEST, _LONGEST_ACRONYM, _SHORTEST_ABBREVIATED, _FEW = 120, 6, 4, 3


class Query:
    """A name as somebody typed it, with all that it may mean."""

    def __init__(self, text: str, *, chinese: bool) -> None:
        self.folded = fold(text)
        self.core = rough_core(self.folded)[:_LONGEST].rstrip()
        self._readings = pinyin(self.core) if chinese and self.core else []
        self._chinese = bool(self._readings) or is_chinese(self.core)
        single = self.core.isascii() and self.core.isalpha()
        self._acronym = self.core if single and 1 < len(self.core) <= _LONGEST_ACRONYM else ""

    def index_texts(self) -> list[str]:
        """Return what to look for in an index: the name as heard and as initials."""
        texts = [sound(self.core), *self._readings]
        return [*texts, as_initials(self._acronym)] if self._acronym else texts

    def best(self, names: Sequence[str], limit: int) -> npt.NDArray[np.intp]:
        """Return the places of the names that sound most like the query, in no order."""
        cores = [core(name) for name in names]
        heard = self._heard(cores)
        scores = self._short(cores)
        for reading in (sound(self.core), *self._readings):
            scores = np.maximum(scores, _osa(orders(reading), _joined(heard)))
            scores = np.maximum(scores, _part(reading, heard))
        return np.argpartition(-scores, min(limit, len(names) - 1))[:limit]

    def _heard(self, names: Sequence[str]) -> Sequence[str]:
        return sound("\n".join(names)).split("\n") if self._chinese else names

    def scores(self, names: Sequence[str]) -> Scores:
        """Return how alike each of the folded names is, from 0 to 1; 1 only for the same name."""
        cores = [core(name) for name in names]
        scores = _alike(self.folded, self.core, names, cores)
        if self._chinese:
            heard, heard_cores = self._heard(names), self._heard(cores)
            alike = _alike(sound(self.folded), sound(self.core), heard, heard_cores)
            homophone = _HOMOPHONE if len(self.core) > 3 else _SHORT_HOMOPHONE
            scores = np.maximum((1 - _HEARD) * scores + _HEARD * alike, homophone * alike)
            for reading in self._readings:
                alike = _alike(reading, reading, heard, heard_cores)
                scores = np.maximum(scores, _PINYIN * alike)
        scores = np.maximum(np.maximum(scores, self._short(cores)), self._more(cores))
        same = np.array([name == self.folded for name in names])
        return np.where(same, np.float32(1), np.minimum(scores, np.float32(0.99)))

    def _short(self, cores: Sequence[str]) -> Scores:
        """Score the names that the query may be a short form of: "ibm", "zjtd", 工行."""
        if self._acronym:
            return _floats(_acronym(self._acronym, initials(name)) for name in cores)
        if self.core.isascii():
            return _floats(0 for _ in cores)
        shortest = max(_SHORTEST_ABBREVIATED, len(self.core) + 2)
        kept = process.cdist([self.core], cores, scorer=LCSseq.similarity)[0]
        return _floats(
            _ABBREVIATED * (count == len(self.core) and len(name) >= shortest)
            for count, name in zip(kept, cores, strict=True)
        )

    def _more(self, cores: Sequence[str]) -> Scores:
        """Score the few names that begin with what the query holds beside more: 深圳华为."""
        scores = _floats(_BEGUN * _begins(name, self.core) for name in cores)
        return scores if np.count_nonzero(scores) <= _FEW else 0 * scores


def _floats(scores: Iterable[float]) -> Scores:
    return np.fromiter(scores, np.float32)


def _acronym(query: str, letters: str) -> float:
    if len(letters) > 1 and letters.startswith(query):
        return _ACRONYM if letters == query else _ACRONYM_BEGUN
    return 0


def _begins(name: str, query: str) -> bool:
    if is_chinese(name[:2]):
        return len(name) > 1 and name[:2] in query
    first = name.partition(" ")[0]
    return len(first) > 2 and first in query.split(" ")


def _alike(query: str, query_core: str, names: Sequence[str], cores: Sequence[str]) -> Scores:
    return np.maximum(_whole(query, query_core, names, cores), _part(query_core, cores))


def _whole(query: str, query_core: str, names: Sequence[str], cores: Sequence[str]) -> Scores:
    """Compare names as wholes: few typos, words in another order, spaces anywhere."""
    with_form = _osa(orders(query), _joined(names))
    alike = np.maximum(with_form, _osa(orders(query_core), _joined(cores)))
    # Letters out of order are likelier typed than other letters.
    letters = _osa([_sorted(query_core)], [_sorted(name) for name in cores])
    return 0.85 * (0.9 * alike + 0.1 * with_form) + 0.15 * letters


def _joined(names: Sequence[str]) -> list[str]:
    return [name.replace(" ", "") for name in names]


def _sorted(text: str) -> str:
    return "".join(sorted(text.replace(" ", "")))


def _osa(queries: Sequence[str], names: Sequence[str]) -> Scores:
    """Return 1 - optimal string alignment distance / longer length, for the best of queries."""
    alike: Scores = process.cdist(queries, names, scorer=OSA.normalized_similarity)
    best: Scores = alike.max(axis=0)
    return best


def _part(query: str, names: Sequence[str]) -> Scores:
    """Compare each word of the query with what in the name is most like it.

    A word that no name has counts half beside one that some have.
    """
    words = query.split(" ")
    found = np.stack([(_within if word > "\u3005" else _word)(word, names) for word in words])
    lengths, best = _floats(map(len, words)), found.max(axis=1)
    weights = lengths * (1 + best / max(best.max(), 0.01)) / 2
    share = np.minimum(1, len(query) / _floats(map(len, names)))
    scores: Scores = (lengths @ found) / weights.sum() * (0.82 + 0.12 * share)
    return scores


def _word(word: str, names: Sequence[str]) -> Scores:
    """Compare a word with the word of each name that is most like it or begins with it."""
    each = [name.split(" ") for name in names]
    flat = list(chain.from_iterable(each))
    alike = _osa([word], flat)
    if len(word) >= _SHORTEST_BEGINNING:
        begun = process.cdist([word], flat, scorer=Prefix.similarity)[0] == len(word)
        alike = np.maximum(alike, _BEGINNING * begun)
    starts = np.cumsum([0, *map(len, each[:-1])])
    best: Scores = np.maximum.reduceat(alike, starts)
    return best


def _within(word: str, names: Sequence[str]) -> Scores:
    """Compare a Chinese word with the characters in a row of each name that are most like it."""
    alike: Scores = process.cdist([word], names, scorer=fuzz.partial_ratio)[0] / 100
    # A word longer than a name may hold all of it, but then it is not a part of it. Squared, as
    # half of the few characters of a word is little.
    return (alike * np.minimum(1, _floats(map(len, names)) / len(word))) ** 2
