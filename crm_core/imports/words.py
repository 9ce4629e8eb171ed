"""The words of files: which heading means which field, which word which stage."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from babel.numbers import is_currency

WORDS = Path(__file__).parents[2] / "config" / "imports"
REMARK = re.compile(r"(.+?)\s*[(（\[](.+)[)）\]]")


def folded(text: str) -> str:
    """Reduce a word to its letters and digits: "Customer ID" and "customer_id" are one."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


@dataclass(frozen=True)
class Words:
    """All languages together: a file is in one of them, and nobody says in which."""

    headings: Mapping[str, Mapping[str, tuple[str, int]]]  # kind → folded heading → field, rank
    choices: Mapping[str, Mapping[str, str]]  # stage, status → folded word → value
    currencies: Mapping[str, Sequence[str]]  # sign or word → ISO 4217 codes, the usual one first
    nothing: frozenset[str]
    flags: Mapping[str, bool]

    @classmethod
    def load(cls, folder: Path = WORDS) -> "Words":
        """Read every language of `folder`. Raises ValueError where a heading has two meanings."""
        headings: dict[str, dict[str, tuple[str, int]]] = {}
        choices: dict[str, dict[str, str]] = {"stage": {}, "status": {}}
        currencies: dict[str, list[str]] = {}
        nothing: set[str] = {""}
        flags: dict[str, bool] = {}
        for path in sorted(folder.glob("*.yaml")):
            words: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
            for kind, fields in words["headings"].items():
                known = headings.setdefault(kind, {})
                for field, synonyms in fields.items():
                    for rank, heading in enumerate(synonyms):
                        if known.setdefault(folded(heading), (field, rank))[0] != field:
                            raise ValueError(f"{path.name}: {kind}: {heading} has two meanings")
            for name in choices:
                choices[name] |= _inverted(words[name])
            for code, signs in words["currencies"].items():
                for sign in signs:
                    currencies.setdefault(sign.casefold(), []).append(code)
            nothing |= set(words["nothing"])
            flags |= {folded(word): True for word in words["yes"]}
            flags |= {folded(word): False for word in words["no"]}
        return cls(headings, choices, currencies, frozenset(nothing), flags)

    def currency(self, text: str, home: str | None = None) -> str | None:
        """Return the ISO code that a sign, a word or a code stands for.

        Of the currencies that share a sign it is `home`, the company's, or else the usual one.
        """
        codes = self.currencies.get(text.casefold())
        if codes:
            return home if home in codes else codes[0]
        return text.upper() if is_currency(text.upper()) else None

    def columns(self, kind: str, header: Sequence[str]) -> dict[str, "Column"]:
        """Find the column of each field; of two for one field the better word wins."""
        found: dict[str, tuple[int, Column]] = {}
        for place, heading in enumerate(header):
            word, remark = heading, None
            parts = REMARK.fullmatch(heading.strip())
            # Another remark, as in "amount (thousands)", makes it another heading.
            if parts and (parts[2] == "%" or self.currency(parts[2])):
                word, remark = parts.groups()
            if meaning := self.headings[kind].get(folded(word)):
                field, rank = meaning
                if field not in found or rank < found[field][0]:
                    found[field] = rank, Column(place, heading.strip(), remark)
        return {field: column for field, (_, column) in found.items()}


@dataclass(frozen=True, slots=True)
class Column:
    """Where a field stands in a file, under which heading, and the "(EUR)" or "(%)" after it."""

    place: int
    heading: str
    remark: str | None = None


def _inverted(words: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {folded(word): value for value, synonyms in words.items() for word in synonyms}
