"""Know the words of the closed vocabularies, in all languages at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.understanding.tokens import simplify


@dataclass(frozen=True)
class Vocabulary:
    """A closed vocabulary: what people say for each of its canonical words."""

    name: str
    canonical: Mapping[str, str]
    """Simplified words to the canonical word."""

    @property
    def values(self) -> frozenset[str]:
        return frozenset(self.canonical.values())

    def value(self, words: str) -> str | None:
        """Return the canonical word that the words stand for."""
        return self.canonical.get(simplify(words).strip())


@dataclass(frozen=True)
class Words:
    """All closed vocabularies, and lists of words that are no vocabulary, such as `polite_end`."""

    vocabularies: dict[str, Vocabulary]
    lists: Mapping[str, Mapping[str, tuple[str, ...]]]
    """Language to name to words."""

    def of_values(self, values: Iterable[str]) -> Vocabulary | None:
        """Return the vocabulary that has exactly these canonical words, or several as one."""
        wanted = frozenset(values)
        parts = []
        for vocabulary in self.vocabularies.values():
            if vocabulary.values == wanted:
                return vocabulary
            if vocabulary.values < wanted:
                parts.append(vocabulary)
        if not parts or frozenset().union(*(v.values for v in parts)) != wanted:
            return None
        merged: dict[str, str] = {}
        for part in reversed(parts):
            merged |= part.canonical
        name = "+".join(part.name for part in parts)
        self.vocabularies[name] = Vocabulary(name, merged)
        return self.vocabularies[name]


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
