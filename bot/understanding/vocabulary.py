"""Know the words of the closed vocabularies, in all languages at once."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.understanding.text import simplify


@dataclass(frozen=True)
class Vocabulary:
    """A closed vocabulary: what people say for each of its canonical words."""

    name: str
    canonical: Mapping[str, str]
    """Simplified words to the canonical word."""

    @property
    def values(self) -> frozenset[str]:
        return frozenset(self.canonical.values())

    @property
    def pattern(self) -> str:
        """Return a regular expression for any of the words, the longest first."""
        return any_of(self.canonical)

    def value(self, words: str) -> str | None:
        """Return the canonical word that the words stand for."""
        return self.canonical.get(simplify(words).strip())


@dataclass(frozen=True)
class Words:
    """All closed vocabularies, and lists of words that are no vocabulary, such as `polite_end`."""

    vocabularies: Mapping[str, Vocabulary]
    lists: Mapping[str, Mapping[str, tuple[str, ...]]]
    """Language to name to words."""

    def of_values(self, values: Iterable[str]) -> Vocabulary | None:
        """Return the vocabulary that has exactly these canonical words."""
        wanted = frozenset(values)
        return next((v for v in self.vocabularies.values() if v.values == wanted), None)


def load_words(config: Path) -> Words:
    """Read `phrases/*/vocabulary.yaml` below `config`.

    Raises:
        ValueError: two canonical words of one vocabulary share a word of a language.
    """
    merged: dict[str, dict[str, str]] = {}
    lists: dict[str, dict[str, tuple[str, ...]]] = {}
    for path in sorted(config.glob("phrases/*/vocabulary.yaml")):
        language = path.parent.name
        content: dict[str, Any] = yaml.load(path.read_text("utf-8"), yaml.CBaseLoader)
        lists[language] = {}
        for name, entry in content.items():
            if isinstance(entry, list):
                lists[language][name] = tuple(simplify(word) for word in entry)
                continue
            canonical = merged.setdefault(name, {})
            for value, synonyms in entry.items():
                for word in (value.replace("_", " "), value, *synonyms):
                    known = canonical.setdefault(simplify(word), value)
                    if known != value:
                        raise ValueError(f"{path}: {name}: {word!r} is {known} and {value}")
    return Words({name: Vocabulary(name, words) for name, words in merged.items()}, lists)


def any_of(words: Iterable[str]) -> str:
    """Return a regular expression for any of some words: a trie, so that it is fast."""
    trie: dict[str, Any] = {}
    for word in words:
        node = trie
        for character in word:
            node = node.setdefault(character, {})
        node[""] = {}
    return _branch(trie, "")


def _branch(node: dict[str, Any], before: str) -> str:
    options = []
    for character, rest in sorted(node.items()):
        if character:
            options.append(_edge(before, character) + re.escape(character) + _branch(rest, character))
    if "" in node:
        end = r"(?![a-z0-9])" if _latin(before) else ""
        if not options:
            return end
        return f"(?:{'|'.join([*options, end])})"
    return options[0] if len(options) == 1 else f"(?:{'|'.join(options)})"


def _edge(before: str, character: str) -> str:
    return r"(?<![a-z0-9])" if not before and _latin(character) else ""


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
