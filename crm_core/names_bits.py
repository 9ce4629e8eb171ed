"""Signatures: the n-grams of texts as few hundred bits each, stored bit by bit.

Superimposed coding (Faloutsos and Christodoulakis, 1984) in the bit-sliced layout of BitFunnel
(Goodwin et al., SIGIR 2017): slice b holds bit b of all rows, so that a query reads only the slices
of its own n-grams, and counting them finds the rows that share most of them.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

WIDTH = 384
"""Bits of a signature; a name sets some twenty of them."""
_BLOCK = 1 << 16
_SHORTLIST = 8
_WEIGHTS = (0.15, 0.35)
_BREAK, _SPACE = ord("\n"), ord(" ")
_IDEOGRAPHS = 0x3005

Bits = npt.NDArray[np.uint8]


def signatures(texts: Sequence[str]) -> Bits:
    """Return a row of `WIDTH` zeros and ones for each text of words set apart by spaces.

    Alphabetic words give letter 3-grams that include the spaces around them; words of ideographs,
    where two characters are a name, give characters and 2-grams.
    """
    rows = np.zeros((len(texts), WIDTH), np.uint8)
    if not texts:
        return rows
    joined = "".join(f"\n{text}" for text in texts) + "\n"
    letters = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32).copy()
    at = np.cumsum(letters == _BREAK) - 1
    letters[letters == _BREAK] = _SPACE
    blank, ideographs = letters == _SPACE, letters >= _IDEOGRAPHS

    def put(where: npt.NDArray[np.bool_], *grams: npt.NDArray[np.uint32]) -> None:
        code = np.full(int(where.sum()), len(grams), np.uint64)
        for letter in grams:
            code = (code ^ letter[where]) * np.uint64(0x9E3779B97F4A7C15)
            code ^= code >> np.uint64(32)
        rows[at[1:-1][where], code % np.uint64(WIDTH)] = 1

    before, here, after = letters[:-2], letters[1:-1], letters[2:]
    ideograph = ideographs[1:-1]
    put(~blank[1:-1] & ~ideograph, before, here, after)
    put(ideograph, here)
    put(ideograph, before, here)
    put(ideograph & blank[2:], here, after)
    return rows


class Slices:
    """Bit-sliced signatures of rows that are appended and cleared.

    They are kept in blocks that neither move nor are copied as the rows get more.
    """

    def __init__(self) -> None:
        self._blocks: list[Bits] = []
        self._sizes = array("B")

    @property
    def nbytes(self) -> int:
        """Memory taken, in bytes."""
        return sum(block.nbytes for block in self._blocks) + len(self._sizes)

    def extend(self, texts: Sequence[str]) -> None:
        """Append rows."""
        rows = signatures(texts)
        while len(rows):
            start = len(self._sizes) % _BLOCK
            if start == 0:
                self._blocks.append(np.zeros((WIDTH, _BLOCK // 8), np.uint8))
            part, rows = rows[: _BLOCK - start], rows[_BLOCK - start :]
            packed = np.packbits(np.pad(part, ((start % 8, 0), (0, 0))), axis=0).T
            self._blocks[-1][:, start // 8 : start // 8 + packed.shape[1]] |= packed
            self._sizes.frombytes(np.minimum(part.sum(axis=1), 255).astype(np.uint8).tobytes())

    def clear(self, rows: Iterable[int]) -> None:
        """Take the bits of rows away, so that no query finds them."""
        for row in rows:
            block, place = divmod(row, _BLOCK)
            self._blocks[block][:, place // 8] &= np.uint8(0xFF ^ (0x80 >> place % 8))
            self._sizes[row] = 0

    def _shared(self, wanted: npt.NDArray[np.intp]) -> Bits:
        """Return how many of the wanted bits each row has."""
        counts = np.empty(_BLOCK * len(self._blocks), np.uint8)
        used = len(self._sizes)
        for start, block in zip(range(0, used, _BLOCK), self._blocks, strict=True):
            slices = np.unpackbits(block[wanted, : (used - start + 7) // 8], axis=1)
            np.sum(slices, axis=0, out=counts[start : start + slices.shape[1]])
        return counts[:used]

    def nearest(self, texts: Sequence[str], limit: int) -> npt.NDArray[np.intp]:
        """Return about `limit` rows that share most n-grams with any of the readings in `texts`.

        Half are those that hold most of the query, which may be a part of their name, and half
        those most like it as a whole.
        """
        wanted = np.flatnonzero(signatures(texts).any(axis=0))[:255]
        shared = self._shared(wanted)
        most = int(shared.max(initial=0))
        fewer = bisect_left(
            range(most - 1),
            _SHORTLIST * limit,
            key=lambda fewer: int(np.count_nonzero(shared >= most - fewer)),
        )
        rows = np.flatnonzero(shared >= max(1, most - fewer))
        if len(rows) <= limit:
            return rows
        # Equal values slow selection down, so a little noise tells them apart.
        score = shared[rows] + np.random.default_rng(0).random(len(rows), np.float32) / 16
        sizes = np.frombuffer(self._sizes, np.uint8)[rows]
        halves = [
            rows[np.argpartition(score - weight * sizes, -limit // 2)[-limit // 2 :]]
            for weight in _WEIGHTS
        ]
        return np.unique(np.concatenate(halves))
