"""Make a sentence a lattice: its tokens, what they may be misspellings of, and typed arcs."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.understanding.codes import find_emails, find_phones
from bot.understanding.lattice import Arc, Lattice
from bot.understanding.lexicon import Lexicon
from bot.understanding.money import MoneyValue, find_money
from bot.understanding.numbers import find_numbers
from bot.understanding.periods import find_periods
from bot.understanding.schedules import find_schedules
from bot.understanding.spans import Context, Span
from bot.understanding.templates import Phrase
from bot.understanding.times import find_whens
from bot.understanding.tokens import LIMIT, SEPARATOR, Token, is_han, simplify, tokenize

MISSPELT = 1.2
"""The price of taking a word for a misspelling of another; short words are dearer."""
SHORTHAND = 0.3
"""The price of taking 4 for "for"."""
LONE_HAN = 0.8
"""The price of taking one Chinese character for a word: it may be part of a name."""
_CODE = re.compile(r"(?=[a-z-]*\d)[a-z0-9]{1,20}(?:-[a-z0-9]{1,20})*(?![a-z0-9])")
_ZONE = re.compile(r"[a-z]+(?:/[a-z_+-]+\d*)+|(?:utc|gmt)(?:[+-]\d\d?(?::?\d\d)?)?")
_SHOWING = ("show", "tell", "give", "get")
_CHANNEL = re.compile(r"#(?=[^\W\d])[\w-]+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its tokens and lattice. Offsets are those of `text`."""

    text: str
    tokens: Sequence[Token]
    lattice: Lattice
    context: Context

    def words(self, first: int, last: int) -> str:
        """Return the original words of tokens `first` to `last` (exclusive)."""
        return self.text[self.tokens[first].start : self.tokens[last - 1].end]


def read(text: str, context: Context, lexicon: Lexicon) -> Sentence:
    """Find everything typed in a sentence; its length is capped at `LIMIT`."""
    text = text[:LIMIT]
    simplified = simplify(text)
    spans = list(_spans(text, simplified, context))
    cuts = [offset for _, span, _ in spans for offset in (span.start, span.end)]
    tokens = tokenize(simplified, cuts, lexicon.names, lexicon.spellings)
    variants = [_variants(token.text, lexicon) for token in tokens]
    arcs: list[dict[str, list[Arc]]] = [{} for _ in tokens]

    def add(arc: Arc) -> None:
        known = arcs[arc.first].setdefault(arc.kind, [])
        if not any(a.last == arc.last and a.cost <= arc.cost for a in known):
            known.append(arc)

    starts = {token.start: i for i, token in enumerate(tokens)}
    ends = {token.end: i + 1 for i, token in enumerate(tokens)}
    for kind, span, cost in spans:
        if span.start in starts and span.end in ends:
            add(Arc(starts[span.start], ends[span.end], kind, span.value, cost))
    for first in range(len(tokens)):
        for word, penalty in variants[first]:
            for phrase, kind, value in lexicon.phrases.get(word, ()):
                if (price := _follows(phrase, first, variants)) is not None:
                    shown = word in ("me", "us") and first and tokens[first - 1].text in _SHOWING
                    own = 0.3 if shown else -0.1  # "show me revenue" is not about mine
                    base = own if kind == "me" else LONE_HAN if _is_lone(phrase) else 0.0
                    add(Arc(first, first + len(phrase), kind, value, base + penalty + price))
    lattice = Lattice(
        [token.text for token in tokens],
        variants,
        arcs,
        *_costs(text, tokens, arcs, lexicon),
        fillers={
            i: found for i in range(len(tokens)) if (found := _ends(lexicon.fillers, i, variants))
        },
        starts=_openings(lexicon, variants),
        ends=_closings(lexicon, variants),
    )
    return Sentence(text, tokens, lattice, context)


def _variants(word: str, lexicon: Lexicon) -> list[tuple[str, float]]:
    """Return what a word may stand for, with the price: first of all itself."""
    corrections = [
        (known, MISSPELT + max(0, 6 - len(known)) * 0.3) for known in lexicon.correct(word)
    ]
    meant = [(lexicon.meant[word], SHORTHAND)] if word in lexicon.meant else []
    return [(word, 0.0), *meant, *corrections]


def _is_lone(phrase: Phrase) -> bool:
    return len(phrase) == 1 and len(phrase[0]) == 1 and is_han(phrase[0])


def _spans(text: str, simplified: str, context: Context) -> Iterable[tuple[str, Span[Any], float]]:
    digits = any(c.isdigit() for c in simplified)
    numbers = find_numbers(text)
    for span in numbers:
        yield "number", span, -0.1
        yield "money", Span(span.start, span.end, MoneyValue(span.value, None)), 0.2
    if digits or numbers:
        for money in find_money(text, context):
            yield "money", money, -0.1
    if digits:
        for match in _CODE.finditer(simplified):
            start, end = match.span()
            digits_only = match[0].isdigit()
            yield "code", Span(start, end, text[start:end]), 0.1 if digits_only else 0.5
            if start and simplified[start - 1] == "#":
                yield "code", Span(start - 1, end, text[start:end]), 0.1
                yield "digits", Span(start - 1, end, text[start:end]), 0.1
            if digits_only and end - start < 10:
                yield "digits", Span(start, end, text[start:end]), 0.1
        for phone in find_phones(text):
            yield "phone", phone, 0.1
    for when in find_whens(text, context):
        yield "when", when, -0.2
    for period in find_periods(text, replace(context, looking="back")):
        yield "period", period, -0.2
    for schedule in find_schedules(text, context):
        yield "schedule", schedule, -0.3
    if "@" in text:
        for email in find_emails(text):
            yield "email", email, 0.1
    if "#" in text:
        for match in _CHANNEL.finditer(simplified):
            yield (
                "channel",
                Span(match.start(), match.end(), text[match.start() : match.end()]),
                0.1,
            )
    if "/" in text or "utc" in simplified or "gmt" in simplified:
        for match in _ZONE.finditer(simplified):
            yield "zone", Span(match.start(), match.end(), text[match.start() : match.end()]), 0.1


def _follows(
    phrase: Phrase, first: int, variants: Sequence[Sequence[tuple[str, float]]]
) -> float | None:
    """Return the price of reading a phrase at a token, its first word apart; None if not there."""
    if first + len(phrase) > len(variants):
        return None
    price = 0.0
    for word, options in zip(phrase[1:], variants[first + 1 :], strict=False):
        costs = [cost for option, cost in options if option == word]
        if not costs:
            return None
        price += costs[0]
    return price


def _ends(
    phrases: Mapping[str, Sequence[Phrase]],
    first: int,
    variants: Sequence[Sequence[tuple[str, float]]],
) -> list[int]:
    word = variants[first][0][0]
    return [
        first + len(phrase)
        for phrase in phrases.get(word, ())
        if _follows(phrase, first, variants) == 0
    ]


def _openings(
    lexicon: Lexicon, variants: Sequence[Sequence[tuple[str, float]]]
) -> dict[int, float]:
    """Return where the request may begin: at the start, or after words of politeness."""
    found = {0: 0.0}
    for here in range(len(variants)):
        if here not in found:
            continue
        steps = _ends(lexicon.openers, here, variants)
        if variants[here][0][0] == SEPARATOR:
            steps.append(here + 1)
        for end in steps:
            if end < len(variants):
                found.setdefault(end, found[here] + 0.05)
    return found


def _closings(
    lexicon: Lexicon, variants: Sequence[Sequence[tuple[str, float]]]
) -> dict[int, float]:
    """Return where the request may end: at the end, or before words of politeness."""
    size = len(variants)
    found = {size: 0.0}
    for here in range(size - 1, 0, -1):
        ends = _ends(lexicon.closers, here, variants)
        word = variants[here][0][0]
        if word in (SEPARATOR, "!", "?", "."):
            ends.append(here + 1)
        prices = [found[end] for end in ends if end in found]
        if prices:
            # A lone particle (了) may as well be part of a text, but hardly of a name.
            found[here] = min(prices) + (
                0.3 if is_han(word) and len(word) == 1 and here + 1 in ends else 0.05
            )
    return found


def _costs(
    text: str,
    tokens: Sequence[Token],
    arcs: Sequence[Mapping[str, Sequence[Arc]]],
    lexicon: Lexicon,
) -> tuple[list[float], list[float], list[float], list[float]]:
    """Return the prices of tokens in a name, in an unsuspicious one, to begin a person's, and in a
    text.
    """
    name_cost, plain_cost, text_cost = [], [], []
    typed = [0.0] * len(tokens)
    for by_kind in arcs:
        for kind in ("when", "period", "money", "schedule"):
            for arc in by_kind.get(kind, ()):
                bare = kind == "money" and arc.cost > 0.1
                for i in range(arc.first, arc.last):
                    typed[i] = max(typed[i], 0.5 if bare else 1.5)
    for i, _ in enumerate(tokens):
        for length in (4, 3, 2):
            words = tuple(t.text for t in tokens[i : i + length])
            if words in lexicon.compounds:
                for j in range(i, i + len(words)):
                    typed[j] = max(typed[j], 0.6)
    function = lexicon.lists["function"]
    titled = sum(text[t.start].isupper() for t in tokens) > 0.7 * len(tokens)
    for i, token in enumerate(tokens):
        word = token.text
        if len(word) == 1 and is_han(word):
            plain_cost.append(0.45)
            name_cost.append(0.45 + typed[i] + (0.8 if word in function else 0))
            text_cost.append(0.25)
            continue
        plain_cost.append(0.3 + 0.1 * len(word))
        price = plain_cost[-1] + typed[i]
        if word in lexicon.commands:
            named = text[token.start].isupper() and i > 0 and not titled
            price += 0.4 if named else 1.2
        name_cost.append(price)
        text_cost.append(0.1 + 0.1 * len(word))
    person_cost = [
        -0.3 if lexicon.is_person([t.text for t in tokens[i : i + 4]]) else 0.2
        for i in range(len(tokens))
    ]
    return name_cost, plain_cost, person_cost, text_cost
