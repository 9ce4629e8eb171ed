"""Judge whether a reading of the grammar is what was meant, or just a way to read the words.

"What's the price of X" is a request about a product whatever X is, and "what's the price of
freedom" fits it. What tells them apart is which words had to be taken for a name, how much of
the sentence had to be taken so, and what the classifier thinks of the whole sentence.
"""

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

from bot.understanding.classifier import Classification
from bot.understanding.grammar import Capture, Match
from bot.understanding.lexicon import Lexicon
from bot.understanding.network import PERSON, TEXT
from bot.understanding.sentence import Sentence
from bot.understanding.tokens import SEPARATOR, is_han

# Weights of logistic regressions on the readings of three sets of tests/data, rounded: one for what
# the grammar reads, one for guesses of the classifier with what the tagger found. The limits above
# which a reading counts are in the offsets. What speaks for a deed is set by hand.
OFFSET, GUESS_OFFSET = 1.4, 2.1
GRAMMAR: Mapping[str, float] = {
    "ordinary": -1.5,
    "capital": 0.5,
    "explained": 3.15,
    "trouble": -0.55,
    "scope": 0.2,
    "agrees": 1.4,
    "misfit": -2.05,
    "hollow": -0.9,
    "topic": 1.65,
    "missing": -0.8,
    "deed": -6.0,
}
GUESS: Mapping[str, float] = {
    "ordinary": -0.7,
    "explained": 0.5,
    "names": 0.9,
    "texts": -0.45,
    "scope": 1.0,
    "agrees": 2.15,
    "misfit": -0.95,
    "hollow": -1.0,
    "topic": 3.0,
    "missing": -2.25,
    "strange": -1.5,
    "deed": -2.0,
}
BARE = 3.0
"""What a sentence that is nothing but a name costs at the most."""
_COMMON = frozenset({"macro", "query", "city", "timezone"})
"""Slots that common words may well fill."""
_LEAST = 0.03
"""The probability of an intent that is not among the classifier's guesses."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a reading, and against."""

    ordinary: float
    """Ordinary words, written small, in names."""
    capital: float
    """Words in names that are written with a capital."""
    explained: float
    """Share of the sentence that is not free words."""
    trouble: float
    """What the reading costs beside the mere length of names and texts."""
    names: int
    texts: int
    scope: float
    """Log odds of the sentence being about any intent, by the classifier."""
    agrees: float
    """Log probability of the reading's intent, by the classifier."""
    misfit: int
    """Persons' names that look like a company's, and companies' that are a person's."""
    hollow: int
    """Names that are nothing but words of commands, ordinary words and digits."""
    deed: bool
    """It leaves out what matters: a deed that no intent does ("sue", 删除), a company's "Inc"."""
    topic: int
    """1 for help with what the CRM knows, -1 with anything else, -3 with a company."""
    strange: int
    """Words that are left out and that the classifier has never seen."""
    missing: int
    """Slots that are needed and not there."""
    guessed: bool
    """The classifier and the tagger made it, not the grammar."""

    @property
    def score(self) -> float:
        """Return the log odds that this is what was meant."""
        offset, weights = (GUESS_OFFSET, GUESS) if self.guessed else (OFFSET, GRAMMAR)
        return offset + sum(weight * float(getattr(self, name)) for name, weight in weights.items())


def weigh(
    match: Match,
    sentence: Sentence,
    lexicon: Lexicon,
    classification: Classification,
    needed: Collection[str],
    seen: Container[str],
    *,
    guessed: bool = False,
) -> Evidence:
    """Collect the evidence for a reading.

    Args:
        needed: the slots that the intent can't do without.
        seen: the words that the classifier knows.
    """
    free = [c for c in match.captures if c.arc is None and c.kind != TEXT]
    names = [c for c in free if not _is_pronoun(c, sentence, lexicon)]
    pronouns = sum(c.last - c.first for c in free if c not in names)
    proper = [name for name in names if name.slot not in _COMMON]
    topics = [c for c in match.captures if c.slot == "topic"]
    ordinary = sum(_ordinary(name, sentence, lexicon) for name in proper)
    hollow = sum(_is_hollow(name, sentence, lexicon) for name in proper)
    left = set(match.unread)
    if guessed:
        read = {i for c in match.captures for i in range(c.first, c.last)}
        left = set(range(len(sentence.tokens))) - read
    in_scope = min(max(classification.in_scope, 1e-6), 1 - 1e-6)
    scope, agrees = (
        log(in_scope / (1 - in_scope)),
        probability(match.template.intent, classification),
    )
    # Of a name ("globex?") the classifier, which learns from words, can say nothing, of one word
    # little.
    words = sum(token.text != SEPARATOR for token in sentence.tokens)
    if guessed and not (left or match.explained):
        agrees = 0.0
    elif guessed and words < 2:
        agrees *= 0.4
    elif not (guessed or match.explained or ordinary or hollow) and match.cost <= BARE:
        scope, agrees = 0.0, 0.45
    return Evidence(
        ordinary=ordinary,
        capital=min(
            2,
            sum(
                2 if _is_company(name, sentence, lexicon) else _capitals(name, sentence)
                for name in names
            ),
        ),
        explained=(match.explained + pronouns) / len(sentence.tokens),
        trouble=match.trouble,
        names=len(names),
        texts=sum(c.kind == TEXT for c in match.captures),
        scope=scope,
        agrees=log(max(_LEAST, agrees)),
        misfit=sum(_is_misfit(name, sentence, lexicon) for name in names),
        hollow=hollow,
        deed=_is_deed(left, names, sentence, lexicon)
        or any(sentence.tokens[i].text in lexicon.lists["company_suffixes"] for i in left),
        topic=sum(_fits_topic(topic, sentence, lexicon) for topic in topics),
        strange=sum(
            sentence.tokens[i].text.isalpha() and sentence.tokens[i].text not in seen for i in left
        ),
        missing=len(set(needed) - {c.slot for c in match.captures}),
        guessed=guessed,
    )


def probability(intent: str, classification: Classification) -> float:
    """Return the classifier's probability of an intent; 0 if it is not among its guesses."""
    return next((g.confidence for g in classification.guesses if g.label == intent), 0.0)


def confidence(score: float) -> float:
    """Return the probability that belongs to log odds."""
    return 1 / (1 + exp(-max(-30.0, min(30.0, score))))


def _ordinary(name: Capture, sentence: Sentence, lexicon: Lexicon) -> int:
    words = [token.text for token in sentence.tokens[name.first : name.last]]
    count = sum(
        word in lexicon.ordinary and not _is_capital(sentence, name.first + i)
        for i, word in enumerate(words)
    )
    return count + sum(
        tuple(words[i : i + length]) in lexicon.ordinary_compounds
        for length in (2, 3)
        for i in range(len(words) - length + 1)
    )


def _is_hollow(name: Capture, sentence: Sentence, lexicon: Lexicon) -> bool:
    words = [token.text for token in sentence.tokens[name.first : name.last]]
    if _is_company(name, sentence, lexicon):
        return False
    if words[-1] in lexicon.lists["determiner"] and len(words) > 1:
        return True
    return not _capitals(name, sentence) and all(
        word in lexicon.commands or word in lexicon.ordinary or any(map(str.isdigit, word))
        for word in words
    )


def _is_deed(
    left: Collection[int], names: Sequence[Capture], sentence: Sentence, lexicon: Lexicon
) -> bool:
    """Tell whether a verb of another deed was left out, or taken for a name's first word.

    Or whether a name is needed, and there is only "every customer".
    """
    if any(name.slot not in _COMMON and _names_nobody(name, sentence, lexicon) for name in names):
        return True
    opening = {
        i for n in names if n.first in sentence.lattice.starts for i in range(n.first, n.last)
    }
    loose = opening | set(left)
    words = [token.text for token in sentence.tokens]
    return any(
        loose.issuperset(range(i, i + len(deed))) and tuple(words[i : i + len(deed)]) == deed
        for i in loose
        if not _is_capital(sentence, i) or i == 0
        for deed in lexicon.deeds.get(words[i], ())
    )


def _names_nobody(name: Capture, sentence: Sentence, lexicon: Lexicon) -> bool:
    words = [token.text for token in sentence.tokens[name.first : name.last]]
    return not _capitals(name, sentence) and all(
        word in lexicon.domain or word in lexicon.lists["quantifier"] for word in words
    )


def _is_company(name: Capture, sentence: Sentence, lexicon: Lexicon) -> bool:
    """Tell whether a name ends like a company's: Help Inc is no call for help."""
    return sentence.tokens[name.last - 1].text in lexicon.lists["company_suffixes"]


def _is_pronoun(name: Capture, sentence: Sentence, lexicon: Lexicon) -> bool:
    words = [token.text for token in sentence.tokens[name.first : name.last]]
    return not lexicon.lists["it"].isdisjoint((" ".join(words), "".join(words)))


def _is_misfit(name: Capture, sentence: Sentence, lexicon: Lexicon) -> bool:
    words = [token.text for token in sentence.tokens[name.first : name.last]]
    person = lexicon.is_whole_person(words)
    return not person if name.kind == PERSON else person and name.slot == "customer"


def _capitals(name: Capture, sentence: Sentence) -> int:
    return sum(_is_capital(sentence, i) for i in range(name.first, name.last))


def _is_capital(sentence: Sentence, token: int) -> bool:
    return sentence.text[sentence.tokens[token].start].isupper()


def _fits_topic(topic: Capture, sentence: Sentence, lexicon: Lexicon) -> int:
    if _is_company(topic, sentence, lexicon):
        return -3
    return 1 if _is_known(topic, sentence, lexicon) else -1


def _is_known(topic: Capture, sentence: Sentence, lexicon: Lexicon) -> bool:
    words = [token.text for token in sentence.tokens[topic.first : topic.last]]
    return any(word in lexicon.domain for word in words) or any(
        tuple(words[i : i + length]) in lexicon.domain_compounds
        for length in (2, 3)
        for i in range(len(words) - length + 1)
    )


def is_empty(sentence: Sentence) -> bool:
    """Tell whether a sentence has no words at all."""
    return all(t.text == SEPARATOR or not _is_word(t.text) for t in sentence.tokens)


def _is_word(text: str) -> bool:
    return text[0].isalnum() or is_han(text[0])
