"""How alike a query and names are, from 0 to 1: what people do to names, undone."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, LCSseq

from crm_core.names_text import as_initials, core, fold, initials, orders, pinyin, sound

Scores = npt.NDArray[np.float32]

_HEARD = 0.2
"""The weight of sound beside spelling: it settles which of the near spellings is meant."""
_ONLY_HEARD = 0.75
_PINYIN = 0.95
_ACRONYM, _ACRONYM_BEGUN, _ABBREVIATED = 0.85, 0.7, 0.66
_LONGEST_ACRONYM = 6


class Query:
    """A name as somebody typed it, with all that it may mean."""

    def __init__(self, text: str, *, chinese: bool) -> None:
        self.folded = fold(text)
        self.core = core(self.folded)
        self.readings = pinyin(self.core) if chinese else []
        single = self.core.isascii() and self.core.isalpha()
        self.acronym = self.core if single and 1 < len(self.core) <= _LONGEST_ACRONYM else ""

    def index_texts(self) -> list[str]:
        """Return what to look for in an index: the name as typed, heard and as initials."""
        texts = [sound(self.core), *self.readings]
        return [*texts, as_initials(self.acronym)] if self.acronym else texts

    def scores(self, names: Sequence[str]) -> Scores:
        """Return how alike each of the folded names is, from 0 to 1; 1 only for the same name."""
        cores = [core(name) for name in names]
        scores = _alike(self.folded, self.core, names, cores)
        if self.readings or not self.core.isascii():
            heard, heard_cores = [sound(name) for name in names], [sound(name) for name in cores]
            alike = _alike(sound(self.folded), sound(self.core), heard, heard_cores)
            scores = np.maximum((1 - _HEARD) * scores + _HEARD * alike, _ONLY_HEARD * alike)
            for reading in self.readings:
                alike = _alike(reading, reading, heard, heard_cores)
                scores = np.maximum(scores, _PINYIN * alike)
        if self.acronym:
            scores = np.maximum(scores, [_acronym(self.acronym, initials(name)) for name in cores])
        elif not self.core.isascii():
            scores = np.maximum(scores, _ABBREVIATED * _abbreviates(self.core, cores))
        scores = np.minimum(scores, 0.99)
        return np.where([name == self.folded for name in names], 1, scores).astype(np.float32)


def _alike(query: str, query_core: str, names: Sequence[str], cores: Sequence[str]) -> Scores:
    return np.maximum(_whole(query, query_core, names, cores), _part(query_core, cores))


def _whole(query: str, query_core: str, names: Sequence[str], cores: Sequence[str]) -> Scores:
    """Compare names as wholes: few typos, words in another order, spaces anywhere."""
    joined = [name.replace(" ", "") for name in names]
    joined_cores = [name.replace(" ", "") for name in cores]
    with_form = _osa(orders(query), joined)
    alike = np.maximum(with_form, _osa(orders(query_core), joined_cores))
    # Letters out of order are likelier typed than letters changed.
    letters = _osa([_sorted(query_core)], [_sorted(name) for name in joined_cores])
    return 0.85 * (0.9 * alike + 0.1 * with_form) + 0.15 * letters


def _sorted(text: str) -> str:
    return "".join(sorted(text.replace(" ", "")))


def _osa(queries: Sequence[str], names: Sequence[str]) -> Scores:
    """Return 1 - optimal string alignment distance / longer length, for the best of queries."""
    return process.cdist(queries, names, scorer=OSA.normalized_similarity).max(axis=0)


def _part(query: str, names: Sequence[str]) -> Scores:
    """Compare each word of the query with the part of the name most like it.

    Alphabetic words have to match words, Chinese ones any characters in a row. A word that is in
    no name at all counts half.
    """
    words = query.split(" ")
    padded = [f" {name} " for name in names]
    sought = [f" {word} " if word < "\u3005" else word for word in words]
    # A word longer than a name has to hold it, but then it is not a part of it.
    room = np.divide.outer([1 / len(word) for word in sought], [1 / len(name) for name in padded])
    found = process.cdist(sought, padded, scorer=fuzz.partial_ratio) / 100
    found = (found * np.minimum(1, room)) ** 2
    lengths = np.array([len(word) for word in words], np.float32)
    weights = lengths * (1 + found.max(axis=1)) / 2
    share = np.minimum(1, len(query) / np.array([len(name) for name in names], np.float32))
    return (lengths @ found) / weights.sum() * (0.82 + 0.12 * share)


def _acronym(query: str, letters: str) -> float:
    """Compare "ibm" with the initials of a name: of words, or of Chinese characters in pinyin."""
    if len(letters) > 1 and letters.startswith(query):
        return _ACRONYM if letters == query else _ACRONYM_BEGUN
    return 0.0


def _abbreviates(query: str, names: Sequence[str]) -> Scores:
    """Tell which names hold all characters of a Chinese abbreviation in order: 工行, 人大."""
    kept = process.cdist([query], names, scorer=LCSseq.similarity)[0]
    long = np.array([len(name) for name in names]) >= max(4, len(query) + 2)
    return ((kept == len(query)) & long).astype(np.float32)
