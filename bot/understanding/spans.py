"""Share the tiny types and the rule scanner of the finders of typed values.

A finder is a table of rules, each a regular expression and a maker: the named groups of a match
are the maker's keyword arguments. Rules see the *folded* sentence, which has the length of the
original, so that offsets hold for both.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, Literal, TypeVar

T = TypeVar("T")
Maker = Callable[..., T | None]
Looking = Literal["forward", "back"]


@dataclass(frozen=True, slots=True)
class Span(Generic[T]):
    """Hold a value and the characters of the sentence it was read from, half-open."""

    start: int
    end: int
    value: T

    def of(self, sentence: str) -> str:
        """Return the words of the sentence that the span covers."""
        return sentence[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Context:
    """Say who asks and when: what the same words mean depends on it."""

    now: datetime
    """Aware, in the asker's timezone."""
    language: str = "en"
    currency: str = "USD"
    """The company's."""
    looking: Looking = "forward"
    """A plan or a look back: where a date or month without a year lies."""

    @property
    def today(self) -> date:
        """Return the asker's calendar day."""
        return self.now.date()


@dataclass(frozen=True, slots=True)
class NotADate:
    """Stand for words that name no possible day or time, such as "31 February" or "25:00"."""

    text: str


_SIMPLIFIED = dict(
    zip(
        "週點後號兩個億萬過這從開時塊錢圓鐘禮間內現為發幣歐鎊來末當條單項",
        "周点后号两个亿万过这从开时块钱元钟礼间内现为发币欧镑来末当条单项",
        strict=True,
    )
)
_FOLD = str.maketrans(
    {chr(wide): chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)}
    | _SIMPLIFIED
    | dict.fromkeys("‐‑‒–—―−～〜~", "-")
    | dict.fromkeys("\t\n\r\v\f\u00a0\u2007\u2009\u200a\u202f\u3000", " ")
    | {"‘": "'", "’": "'", "￥": "¥", "￡": "£"}
)


def half_width(text: str) -> str:
    """Replace full-width and typographic signs by plain ones, keeping the length."""
    return text.translate(_FOLD)


def fold(text: str) -> str:
    """Make half-width and lower-case, which is what rules see, keeping the length."""
    folded = half_width(text)
    lower = folded.lower()
    if len(lower) == len(text):
        return lower
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in folded)


def numbered(names: str, start: int = 0, step: int = 1) -> dict[str, int]:
    """Number the names in the order they stand."""
    return {name: start + step * index for index, name in enumerate(names.split())}


def words(*names: str | Iterable[str]) -> str:
    """Return a regular expression for any of the names, the longest first."""
    every = {n for name in names for n in ([name] if isinstance(name, str) else name)}
    return "(?:" + "|".join(sorted(map(re.escape, every), key=lambda n: (-len(n), n))) + ")"


_GROUP = re.compile(r"(?<!\?P)<([a-z_]+)(?::([a-z_]+))?>")
# Ends with a word, so that a shorter alternative is tried before a rule gives up.
_ENDING = r"(?:(?<![a-z0-9])|(?![a-z0-9]))"
# Within a word that is not Chinese, a decimal number or a clock time.
_LETTER = r"[^\W\u2e80-\uffff]"
_INSIDE = re.compile(rf"(?<={_LETTER})(?={_LETTER})|(?<=\d[.,:])(?=\d)|(?<=\d)(?=[.,:]\d)")
Rules = Sequence[tuple[str, Maker[T]]]


class Grammar(Generic[T]):
    """Scan sentences for what tables of rules describe.

    In a pattern `<name>` is the group `name` made of the piece of that name, `<name:piece>` of
    another, and one space is one or two. A group `span` narrows the span. The maker is called
    with the context and the groups that matched; one that returns None declines, one that raises
    ValueError or OverflowError met an impossible date. A sentence may mix languages: a table is
    left out only if the sentence has no letter of its script.
    """

    def __init__(
        self,
        pieces: Mapping[str, str],
        english: Rules[T] = (),
        chinese: Rules[T] = (),
        shared: Rules[T] = (),
    ) -> None:
        def compiled(rules: Rules[T]) -> list[tuple[re.Pattern[str], Maker[T]]]:
            return [(_compile(pattern, pieces), maker) for pattern, maker in rules]

        self.english, self.chinese = compiled(english), compiled(chinese)
        self.shared = compiled(shared)

    def scan(self, text: str, context: Context | None = None) -> list[Span[T | NotADate]]:
        """Return every reading of every rule; they may overlap, see `choose`."""
        folded = fold(text)
        rules = self.shared
        if re.search("[a-z]", folded):
            rules = rules + self.english
        if not folded.isascii():
            rules = rules + self.chinese
        found: list[Span[T | NotADate]] = []
        for pattern, maker in rules:
            for match in pattern.finditer(folded):
                groups = {name: said for name, said in match.groupdict().items() if said}
                start, end = match.span("span" if groups.pop("span", None) else 0)
                if _INSIDE.match(folded, start) or _INSIDE.match(folded, end):
                    continue
                value: T | NotADate | None
                try:
                    value = maker(context, **groups)
                except (ValueError, OverflowError):
                    value = NotADate(text[start:end])
                if value is not None:
                    found.append(Span(start, end, value))
        return found


def _compile(pattern: str, pieces: Mapping[str, str]) -> re.Pattern[str]:
    spaced = re.sub(r" (?!\{)", " {1,2}", pattern.replace(" ?", " {0,2}"))
    whole = _GROUP.sub(lambda m: f"(?P<{m[1]}>{pieces[m[2] or m[1]]})", spaced)
    return re.compile(f"(?:{whole}){_ENDING}", re.ASCII)


def choose(*candidates: Iterable[Span[T]]) -> list[Span[T]]:
    """Keep the leftmost, longest, first-named spans that don't overlap, in sentence order."""
    ordered = sorted((s for spans in candidates for s in spans), key=lambda s: (s.start, -s.end))
    kept: list[Span[T]] = []
    for span in ordered:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept
