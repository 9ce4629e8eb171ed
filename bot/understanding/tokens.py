"""Cut a sentence into tokens: Latin words, single Chinese characters, separators and signs."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from bot.understanding.spans import fold

LIMIT = 600
"""Characters of a message that are looked at; what follows can only be the rest of a text."""

SEPARATOR = ","
"""The text of every token that separates clauses: comma, colon, full stop, dash, arrow."""

_WORD = r"[^\W_\u3400-\u9fff]"
_TOKEN = re.compile(
    r"[「『“«\"](?P<quoted>[\w&'.-]{1,20}(?: [\w&'.-]{1,20}){0,3})[」』”»\"]"
    rf"|(?P<han>[\u3400-\u9fff])|(?P<abbreviation>\bw/(?!\S))|(?P<clitic>'(?:s|t|m|d|re|ve|ll)?(?!{_WORD}))"
    rf"|(?P<word>{_WORD}+(?:(?:[-&/.+_@]|:(?=\d)){_WORD}+|'(?!(?:s|t|m|d|re|ve|ll)(?!{_WORD})){_WORD}+)*)"
    r"|(?P<break>[,，、;；:：。！？!?|()\[\]{}（）【】→…\n]+|[-=]+>|\.(?=\s|$|[\u3400-\u9fff])|(?<=\s)-+(?=\s))"
    r"|(?P<quote>[\"“”„«»「」『』《》`*‘’_~])|(?P<sign>\S)"
)
_CLITIC_FREE = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'"})


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the sentence, simplified, and where it stands in the original."""

    text: str
    start: int
    end: int


def is_han(character: str) -> bool:
    """Tell whether a character is a Han character."""
    return "\u3400" <= character <= "\u9fff"


def has_han(text: str) -> bool:
    """Tell whether a text has Han characters."""
    return any(map(is_han, text))


def simplify(text: str) -> str:
    """Fold case, width, accents and apostrophes, keeping the length."""
    folded = fold(text.translate(_CLITIC_FREE))
    if folded.isascii():
        return folded
    return "".join(c if c.isascii() or is_han(c) else _base(c) for c in folded)


@lru_cache(maxsize=4096)
def _base(character: str) -> str:
    """Return the letter without its accents; a space for what can't be seen or is a picture."""
    if unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "So", "Sk", "Mn"):
        return " "
    base = "".join(
        c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c)
    )
    return base if len(base) == 1 else character


def tokenize(
    simplified: str,
    cuts: Iterable[int] = (),
    names: Collection[str] = (),
    spellings: Mapping[str, str] = MappingProxyType({}),
) -> list[Token]:
    """Return the tokens of a text that went through `simplify`; quotes are left out.

    A word is cut in two at each offset of `cuts`, so that what finders found has its own tokens.
    A few words in quotation marks are one token, and so are the Chinese `names`: the last
    character of 成都 is no word of a sentence. `spellings` are short forms and what they stand for.
    """
    wanted = sorted(set(cuts))
    skip_to = 0
    tokens: list[Token] = []
    for match in _TOKEN.finditer(simplified):
        kind, start, end = match.lastgroup, match.start(), match.end()
        if kind == "quoted":  # a name, whatever its words mean elsewhere
            start, end = match.span("quoted")
            tokens.append(Token(match["quoted"], start, end))
            continue
        if start < skip_to:
            continue
        if kind == "han" and names:
            skip_to = next(
                (start + n for n in (6, 5, 4, 3, 2) if simplified[start : start + n] in names), 0
            )
            if skip_to:
                tokens.append(Token(simplified[start:skip_to], start, skip_to))
                continue
        if kind == "quote" or (kind == "sign" and not match[0].isprintable()):
            continue
        if kind == "break":
            if not tokens or tokens[-1].text != SEPARATOR:
                tokens.append(Token(SEPARATOR, start, end))
            continue
        for cut in wanted:
            if start < cut < end and kind == "word":
                tokens.append(Token(simplified[start:cut], start, cut))
                start = cut
        word = simplified[start:end]
        tokens.append(Token(spellings.get(word, word), start, end))
    return tokens


def words_of(text: str) -> tuple[str, ...]:
    """Return the texts of the tokens of a phrase."""
    return tuple(token.text for token in tokenize(simplify(text)))
