"""Prepare a sentence for matching, while every character knows where it came from."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from bot.understanding.spans import fold

LIMIT = 2000
"""Characters of a message that are looked at; a longer one is a text, not a request."""

CJK = "\u3400-\u9fff"
SEPARATOR = ","

_CJK = re.compile(f"[{CJK}]")
_QUOTES = frozenset("\"“”„«»「」『』《》`*")
_SEPARATORS = frozenset(",，、;；。！？|()[]{}（）【】→…\n")
_BREAKS = frozenset(".:!?-")
"""Separators only where a space, a Chinese character or the end follows."""


def is_chinese(character: str) -> bool:
    """Tell whether a character is a Han character."""
    return "\u3400" <= character <= "\u9fff"


def has_chinese(text: str) -> bool:
    """Tell whether a text has Han characters."""
    return _CJK.search(text) is not None


def simplify(text: str) -> str:
    """Fold case, width, accents and traditional measure words, keeping the length."""
    folded = fold(text)
    if folded.isascii():
        return folded
    return "".join(c if c.isascii() or is_chinese(c) else _base(c) for c in folded)


def _base(character: str) -> str:
    decomposed = unicodedata.normalize("NFKD", character)
    first = decomposed[0] if decomposed else character
    if len(decomposed) > 1 and all(unicodedata.combining(c) for c in decomposed[1:]):
        return first
    if unicodedata.category(character) in ("Cc", "Cf", "So", "Sk", "Mn", "Co", "Cs"):
        return " "
    return character


@dataclass(frozen=True, slots=True)
class Matchable:
    """The text that rules are matched against, and where its characters stood.

    `starts[i]` and `ends[i]` are the offsets in the original of character `i`.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the original sentence of a part of `text`."""
        return self.starts[start], self.ends[end - 1]

    def cut(self, start: int, end: int) -> "Matchable":
        return Matchable(self.text[start:end], self.starts[start:end], self.ends[start:end])


def matchable(folded: str, placeholders: Iterable[tuple[int, int, str]] = ()) -> Matchable:
    """Make the text for matching.

    Args:
        folded: the sentence after `simplify`.
        placeholders: (start, end, character) of spans, in order, each to become one character.
    """
    out: list[tuple[str, int, int]] = []
    position = 0
    for start, end, mark in [*placeholders, (len(folded), len(folded), "")]:
        for index in range(position, start):
            out.append((_normal(folded, index), index, index + 1))
        if mark:
            out.append((mark, start, end))
        position = end
    kept: list[tuple[str, int, int]] = []
    for item in out:
        character, last = item[0], kept[-1][0] if kept else SEPARATOR
        if not character:
            continue
        if character == " " and (last in " ," or is_chinese(last)):
            continue
        if character == SEPARATOR and last == SEPARATOR:
            continue
        if (character == SEPARATOR or is_chinese(character)) and last == " ":
            kept.pop()
            if character == SEPARATOR and kept and kept[-1][0] == SEPARATOR:
                continue
        kept.append(item)
    while kept and kept[-1][0] in " ,":
        kept.pop()
    return Matchable(
        "".join(item[0] for item in kept),
        tuple(item[1] for item in kept),
        tuple(item[2] for item in kept),
    )


def _normal(folded: str, index: int) -> str:
    character = folded[index]
    if character.isalnum() or character in " '":
        return character
    if character in _QUOTES:
        return ""
    if character in _SEPARATORS:
        return SEPARATOR
    following = folded[index + 1 : index + 2]
    if character in _BREAKS and (
        not following or following in " .!?>-" or is_chinese(following) or character in "!?"
    ):
        if character == "-" and folded[index - 1 : index].isalnum():
            return "-" if following not in ">-" else SEPARATOR
        return SEPARATOR
    if character == ">" and folded[index - 1 : index] in ("-", "="):
        return SEPARATOR
    if character == ":" and not (following.isdigit() or following == "/"):
        return SEPARATOR
    if character == "@" and (index == 0 or folded[index - 1] == " "):
        return ""
    return character if character.isprintable() else " "
