"""Cut a sentence into pieces: words, and each typed value as one."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.understanding.lattice import Arc
from bot.understanding.sentence import Sentence
from bot.understanding.tokens import is_han

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
_RANKS = {kind: rank for rank, kind in enumerate(PLACEHOLDERS)}


@dataclass(frozen=True, slots=True)
class Piece:
    """Tokens `first` to `last` (exclusive), and the word for them."""

    word: str
    first: int
    last: int


def pieces(sentence: Sentence) -> list[Piece]:
    """Return the pieces of a sentence: of typed values that overlap the longest."""
    arcs = sorted(
        (
            arc
            for at in sentence.lattice.arcs
            for kind in PLACEHOLDERS
            for arc in at.get(kind, ())
            if kind != "money" or arc.cost < BARE  # "1042" is a number first of all
        ),
        key=lambda arc: (arc.first - arc.last, _RANKS[arc.kind]),
    )
    taken: dict[int, Arc] = {}
    for arc in arcs:
        if not any(i in taken for i in range(arc.first, arc.last)):
            taken |= dict.fromkeys(range(arc.first, arc.last), arc)
    return [
        Piece(PLACEHOLDERS[taken[i].kind], i, taken[i].last)
        if i in taken
        else Piece(token.text, i, i + 1)
        for i, token in enumerate(sentence.tokens)
        if i not in taken or taken[i].first == i
    ]


def in_words(of: Sequence[Piece]) -> str:
    """Write a sentence as the classifier knows them: typed values as placeholders."""
    return as_written([piece.word for piece in of])


def as_written(words: Sequence[str]) -> str:
    """Join words: Latin ones with a space, Chinese characters without."""
    out: list[str] = []
    for word in words:
        glued = out and len(word) == 1 and is_han(word) and is_han(out[-1][-1])
        out.append(word if glued or not out else f" {word}")
    return "".join(out)
