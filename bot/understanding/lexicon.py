"""Collect what the lattice and the judge have to know of single words."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from babel import Locale
from rapidfuzz.distance import OSA

from bot.understanding.templates import Literal, Phrase, Template
from bot.understanding.tokens import Token, is_han, simplify, words_of
from bot.understanding.vocabulary import Vocabulary, Words

PhraseTable = dict[str, list[Phrase]]
_DOMAIN = ("record_kind", "alert_kind", "activity_kind", "metric", "segment", "stage", "domain")
"""Vocabularies whose words are what the CRM is about."""


@dataclass
class Lexicon:
    """Words with a meaning to the grammar, and words that mean nothing to it."""

    phrases: dict[str, list[tuple[Phrase, str, Any]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """First token to (tokens, kind, value): the words of vocabularies, countries, pronouns."""
    openers: PhraseTable = field(default_factory=lambda: defaultdict(list))
    closers: PhraseTable = field(default_factory=lambda: defaultdict(list))
    fillers: PhraseTable = field(default_factory=lambda: defaultdict(list))
    deeds: PhraseTable = field(default_factory=lambda: defaultdict(list))
    """Verbs for what no intent does, wherever a template does not use them."""
    commands: set[str] = field(default_factory=set)
    """Words of templates and vocabularies: they are seldom part of a name."""
    compounds: set[Phrase] = field(default_factory=set)
    """Chinese words of templates: two characters or more."""
    ordinary: set[str] = field(default_factory=set)
    ordinary_compounds: set[Phrase] = field(default_factory=set)
    domain: set[str] = field(default_factory=set)
    domain_compounds: set[Phrase] = field(default_factory=set)
    given_names: set[str] = field(default_factory=set)
    surnames: set[str] = field(default_factory=set)
    titles: set[str] = field(default_factory=set)
    companies: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    """Chinese names that are one token: cities and well-known companies."""
    spellings: Mapping[str, str] = field(default_factory=dict)
    """Short forms to the word they always stand for: "wat" to "what"."""
    meant: Mapping[str, str] = field(default_factory=dict)
    """Short forms to the word they may stand for: "4" to "for"."""
    around: list[Phrase] = field(default_factory=list)
    """Words around a word of a vocabulary that are not part of it."""
    lists: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Other lists of words, by name."""
    _deletions: dict[str, set[str]] = field(default_factory=dict)

    def add(self, words: str, kind: str, value: Any) -> None:
        """Let words stand for a value of a kind."""
        phrase = words_of(words)
        if phrase:
            self.phrases[phrase[0]].append((phrase, kind, value))
            self.learn([phrase])

    def learn(self, phrases: Iterable[Phrase]) -> None:
        """Remember phrases as words of commands."""
        for phrase in phrases:
            self.commands.update(w for w in phrase if not (len(w) == 1 and is_han(w)))
            runs = "".join(w if len(w) == 1 and is_han(w) else " " for w in phrase).split()
            self.compounds.update(tuple(run) for run in runs if len(run) > 1)

    def is_person(self, words: Sequence[str]) -> bool:
        """Tell whether words begin like the name of a person."""
        if not words:
            return False
        return (
            words[0] in self.given_names
            or words[0] in self.titles
            or (words[0] in self.surnames and len(words) > 1 and is_han(words[1]))
            or (words[0] in "小老阿" and len(words) > 1 and words[1] in self.surnames)
        )

    def is_whole_person(self, words: Sequence[str]) -> bool:
        """Tell whether words are the name of a person and not of a company."""
        name = "".join(words)
        if any(word in self.lists["company_suffixes"] for word in words) or name in self.companies:
            return False
        if not self.is_person(words):
            return False
        han = all(is_han(word) for word in words)
        return len(words) <= (4 if han else 3) or any(name.endswith(t) for t in self.titles)

    def is_deed(self, tokens: Sequence[Token], starts: Iterable[int]) -> bool:
        """Tell whether a request begins with a verb for what no intent does."""
        words = [token.text for token in tokens]
        return any(
            tuple(words[at : at + len(deed)]) == deed
            for at in starts
            if at < len(words)
            for deed in self.deeds.get(words[at], ())
        )

    def correct(self, word: str) -> list[str]:
        """Return the command words that a word may be a misspelling of (one edit).

        Source of the method: symmetric deletion, Wolf Garbe, SymSpell, 2012.
        """
        if not self._deletions:
            for known in self.commands:
                if len(known) >= 4 and known.isalpha() and known.isascii():
                    for form in _deletions(known):
                        self._deletions.setdefault(form, set()).add(known)
        if len(word) < 4 or word in self.commands or not (word.isalpha() and word.isascii()):
            return []
        near = {known for form in _deletions(word) for known in self._deletions.get(form, ())}
        close = [known for known in near if OSA.distance(word, known, score_cutoff=1) == 1]
        return sorted(known for known in close if known[0] == word[0] or len(word) > 5)


def make_lexicon(
    words: Words,
    templates: Sequence[Template],
    named: Iterable[str],
    known: Iterable[str],
    elsewhere: Iterable[str],
) -> Lexicon:
    """Collect the words.

    Args:
        named: words that do name things, such as products, however ordinary they are.
        known: names of cities and companies.
        elsewhere: sentences about something else; their words are ordinary.
    """
    vocabularies = dict(words.vocabularies)
    lexicon = Lexicon(
        spellings=_apart(vocabularies.pop("spelling", None)),
        meant=_apart(vocabularies.pop("shorthand", None)),
    )
    for vocabulary in vocabularies.values():
        kind = {"pronoun": "me"}.get(vocabulary.name, vocabulary.name)
        for said, value in vocabulary.canonical.items():
            lexicon.add(said, kind, value)
            if vocabulary.name in _DOMAIN:
                _note(said, lexicon.domain, lexicon.domain_compounds)
    for language, lists in words.lists.items():
        for name in Locale(language).territories.values():
            lexicon.add(name, "country", None)
        for table, name in (
            (lexicon.openers, "polite_start"),
            (lexicon.closers, "polite_end"),
            (lexicon.fillers, "filler"),
            (lexicon.deeds, "deed"),
        ):
            for said in lists.get(name, ()):
                if phrase := words_of(said):
                    table[phrase[0]].append(phrase)
        for name, entries in lists.items():
            lexicon.lists[name] |= set(entries)
        for said in lists.get("ordinary", ()):
            _note(said, lexicon.ordinary, lexicon.ordinary_compounds)
        for said in lists.get("domain", ()):
            _note(said, lexicon.domain, lexicon.domain_compounds)
        lexicon.around += [words_of(said) for said in lists.get("around", ())]
        lexicon.given_names |= set(lists.get("given_names", ()))
        lexicon.surnames |= set(lists.get("surnames", ()))
        lexicon.titles |= set(lists.get("given_name_titles", ()))
        lexicon.companies |= set(lists.get("companies", ()))
    lexicon.names = {simplify(n) for n in known if len(n) > 1 and all(map(is_han, n))}
    lexicon.names |= lexicon.companies
    lexicon.learn(
        {
            phrase
            for template in templates
            for part in template.automaton.positions
            if isinstance(part, Literal)
            for phrase in part.phrases
        }
    )
    for sentence in elsewhere:
        foreign = {word for word in words_of(sentence) if len(word) > 2}
        lexicon.ordinary |= foreign - lexicon.commands
    lexicon.ordinary -= lexicon.lists["company_suffixes"]
    lexicon.ordinary -= {word for name in named for word in words_of(name)}
    return lexicon


def _apart(spellings: Vocabulary | None) -> dict[str, str]:
    """Return the short forms of words, without the words themselves."""
    said = spellings.canonical.items() if spellings else ()
    return {short: word for short, word in said if short != word}


def _note(said: str, single: set[str], compounds: set[Phrase]) -> None:
    phrase = words_of(said)
    if len(phrase) == 1:
        single.add(phrase[0])
    elif all(is_han(word) for word in phrase):
        compounds.add(phrase)
    else:
        single.update(word for word in phrase if len(word) > 3)


def _deletions(word: str) -> set[str]:
    return {word} | {word[:i] + word[i + 1 :] for i in range(len(word))}
