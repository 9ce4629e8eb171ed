"""A rough name, in any script, to the records that may be meant."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from crm_core.names_bits import Slices
from crm_core.names_score import Query
from crm_core.names_text import fold, index_text

CANDIDATES = 800
"""Names that share most n-grams with the query, to be compared letter by letter."""
SURE, WORTH, MARGIN = 75.0, 55.0, 8.0
_CHUNK = 1 << 15


@dataclass(frozen=True, slots=True)
class Match:
    """A record that a text may mean, by one of its names."""

    key: int
    name: str
    score: float
    """From 0 to 100; 100 only where the names are the same but for case, accents, punctuation."""


class _Texts:
    """Texts in one string of bytes: a third of the memory of as many `str`."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("Q", [0])

    def append(self, text: str) -> None:
        self._bytes += text.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._bytes))

    def __getitem__(self, row: int) -> str:
        part = self._bytes[self._ends[row] : self._ends[row + 1]]
        return part.decode("utf-8", "surrogatepass")

    @property
    def nbytes(self) -> int:
        return len(self._bytes) + 8 * len(self._ends)


class NameIndex:
    """Names of records, found again by what people type for them.

    Signatures of n-grams, of letters or of the sounds of Chinese characters, find the candidates;
    edit distances rank them. Rows are appended and cleared, and packed when half of them are dead.
    """

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self._keys = array("q")
        self._names, self._folded = _Texts(), _Texts()
        self._signatures = Slices()
        self._dead: set[int] = set()
        self._chinese = False
