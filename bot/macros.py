"""Texts for customers that are written once, in `config/macros`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import yaml
from rapidfuzz import fuzz

from crm_core.errors import NotFound
from crm_core.lookup import folded

PLACEHOLDERS = {"customer", "ticket", "agent"}
SURE = 75
"""How like a name the words must be, of 100; words of either that the other has not don't count."""


@dataclass(frozen=True, slots=True)
class Macro:
    """A text in each language, and the names it goes by; the first one is its title."""

    names: Mapping[str, Sequence[str]]
    text: Mapping[str, str]

    def fill(self, language: str, *, customer: str, ticket: str, agent: str) -> str:
        """Return the text with its placeholders filled in."""
        return self.text[language].format(customer=customer, ticket=ticket, agent=agent)

    def title(self, language: str) -> str:
        return self.names[language][0]

    def likeness(self, words: str) -> float:
        """Return how like one of its names, in any language, the words are: 0 to 100."""
        names = [name for names in self.names.values() for name in names]
        return max(fuzz.token_set_ratio(folded(words), folded(name)) for name in names)


def load(folder: Path) -> list[Macro]:
    """Read all macros. Raises ValueError for a language or a placeholder that is not there."""
    macros = []
    for path in sorted(folder.glob("*.yaml")):
        macro = Macro(**yaml.safe_load(path.read_text(encoding="utf-8")))
        unknown = {
            name
            for text in macro.text.values()
            for _, name, _, _ in Formatter().parse(text)
            if name is not None
        } - PLACEHOLDERS
        if unknown:
            raise ValueError(f"{path.name}: unknown placeholders {sorted(unknown)}")
        if macro.names.keys() != macro.text.keys() or not all(macro.names.values()):
            raise ValueError(f"{path.name}: names and text are not in the same languages")
        macros.append(macro)
    if len({frozenset(macro.text) for macro in macros}) > 1:
        raise ValueError(f"{folder.name}: not all macros are in the same languages")
    return macros


def named(macros: Sequence[Macro], words: str, language: str) -> Macro:
    """Return the macro meant by rough words. Raises NotFound, with the names that there are."""
    best = max(macros, key=lambda macro: macro.likeness(words), default=None)
    if best is None or best.likeness(words) < SURE:
        known = ", ".join(macro.title(language) for macro in macros)
        raise NotFound("no-such-macro", text=words, known=known)
    return best
