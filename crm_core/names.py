"""A rough name, in any script, to the records that may be meant."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from crm_core.names_bits import Slices
from crm_core.names_score import Query
from crm_core.names_sound import index_texts
from crm_core.names_text import core, fold_all, is_chinese

CANDIDATES = 600
"""Names that share most n-grams with the query, to be compared letter by letter."""
FINALISTS = 120
"""The best of them, compared in every way."""
SURE, WORTH, MARGIN = 73.0, 55.0, 10.0
"""Scores: taken without asking, worth asking about, and how far behind a rival may be."""
_CHUNK, _BLOCK = 1 << 13, 1 << 16


@dataclass(frozen=True, slots=True)
class Match:
    """A record that a text may mean, by one of its names."""

    key: int
    name: str
    score: float
    """From 0 to 100; 100 only where the names are the same but for case, accents, punctuation."""


class _Texts:
    """Texts as bytes, in blocks that are not copied as they get more: a third of as many `str`."""

    def __init__(self) -> None:
        self._blocks: list[bytearray] = []
        self._ends = array("I")

    def extend(self, texts: Iterable[str]) -> None:
        for text in texts:
            if len(self._ends) % _BLOCK == 0:
                self._blocks.append(bytearray())
            self._blocks[-1] += text.encode("utf-8", "surrogatepass")
            self._ends.append(len(self._blocks[-1]))

    def __getitem__(self, row: int) -> str:
        block, place = divmod(row, _BLOCK)
        start = self._ends[row - 1] if place else 0
        return self._blocks[block][start : self._ends[row]].decode("utf-8", "surrogatepass")

    @property
    def nbytes(self) -> int:
        return sum(map(len, self._blocks)) + 4 * len(self._ends)


class NameIndex:
    """Names of records, found again by what people type for them.

    Signatures of n-grams, of letters or of the sounds of Chinese characters, find the candidates;
    edit distances rank them. Rows are appended and cleared, and packed when most are dead.
    """

    def __init__(self) -> None:
        self._keys = array("q")
        self._names = _Texts()
        self._signatures = Slices()
        self._dead: set[int] = set()
        self._chinese = False

    @classmethod
    def build(cls, names: Iterable[tuple[int, str]]) -> "NameIndex":
        """Return an index of (record's id, name) pairs; several names may share an id."""
        index = cls()
        index._extend(names)
        return index

    def __len__(self) -> int:
        return len(self._keys) - len(self._dead)

    @property
    def nbytes(self) -> int:
        """Memory taken, in bytes."""
        return self._names.nbytes + self._signatures.nbytes + 8 * len(self._keys)

    def add(self, key: int, *names: str) -> None:
        """Give a record these names instead of those it had."""
        self.discard(key)
        self._extend((key, name) for name in names)

    def discard(self, key: int) -> None:
        """Forget a record's names; nothing happens where there are none."""
        same = np.flatnonzero(np.frombuffer(self._keys, np.int64) == key).tolist()
        rows = set(same) - self._dead
        self._signatures.clear(rows)
        self._dead |= rows
        if len(self._dead) > len(self) + _CHUNK:
            self._pack()

    def search(self, text: str, limit: int = 5) -> list[Match]:
        """Return the records that a text may mean, best first, each by the name most like it."""
        query = Query(text, chinese=self._chinese)
        rows = self._signatures.nearest(query.index_texts(), CANDIDATES).tolist()
        if not rows or not query.folded:
            return []
        names = fold_all([self._names[row] for row in rows])
        near = query.best(names, max(FINALISTS, limit)).tolist()
        scores = query.scores([names[at] for at in near])
        found: dict[int, Match] = {}
        for place in np.argsort(-scores, kind="stable").tolist():
            if len(found) == limit:
                break
            row = rows[near[place]]
            key = self._keys[row]
            if key not in found:
                score = round(100 * float(scores[place]), 1)
                found[key] = Match(key, self._names[row], score)
        return list(found.values())

    def _extend(self, names: Iterable[tuple[int, str]]) -> None:
        pairs = iter(names)
        while chunk := list(islice(pairs, _CHUNK)):
            folded = fold_all([name for _, name in chunk])
            kept = [(*pair, text) for pair, text in zip(chunk, folded, strict=True) if text]
            if not kept:
                continue
            keys, spelt, texts = zip(*kept, strict=True)
            self._keys.extend(keys)
            self._names.extend(spelt)
            self._signatures.extend(index_texts([core(text) for text in texts]))
            self._chinese = self._chinese or any(map(is_chinese, texts))

    def _pack(self) -> None:
        """Build everything anew without the dead rows."""
        live = (row for row in range(len(self._keys)) if row not in self._dead)
        packed = NameIndex.build((self._keys[row], self._names[row]) for row in live)
        self.__dict__.update(packed.__dict__)


def choose(matches: Sequence[Match]) -> list[Match]:
    """Return whom to take: nobody, one who is clearly meant, or several to ask about.

    `matches` are from `search`, best first, at least two where there are two. The same name wins
    over longer ones that contain it; otherwise whoever is nearly as near as the best is a rival.
    An unsure best is never alone: the next one is offered beside it, or it is not offered.
    """
    if not matches or matches[0].score < WORTH:
        return []
    best = matches[0].score
    rivals = [match for match in matches if match.score > best - MARGIN]
    if best == 100:
        return [match for match in matches if match.score == 100]
    if len(rivals) > 1 or best >= SURE:
        return rivals
    return list(matches[:2]) if len(matches) > 1 else []
