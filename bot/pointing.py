"""Words that point at what was shown before: "the second one", "these", 第二个."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

from bot.dialog import Shown

POINTERS = Path(__file__).parent.parent / "config" / "pointers.yaml"

HEAD = re.compile(r"([^:：]{1,20})[:：](.+)", re.DOTALL)
"""What is to be done with the words after the colon."""


class Naming(NamedTuple):
    """How a language calls records by number."""

    bare: re.Pattern[str]
    """A word that points at one."""
    names: dict[str, str]
    headed: str
    around: list[str]
    ascii: bool


@dataclass(frozen=True, slots=True)
class Pointers:
    """The pointing words of all languages."""

    places: dict[str, int]
    everything: frozenset[str]
    every: re.Pattern[str]
    """Any of these in a sentence."""
    several: frozenset[str]
    bare: frozenset[str]
    """Those that don't say what kind of thing they mean."""
    phrases: list[tuple[re.Pattern[str], str]]
    """What "the second one" looks like in each language, and the word that may stand for it."""
    naming: list["Naming"]


@cache
def load() -> Pointers:
    """Read the words once."""
    places: dict[str, int] = {}
    everything: set[str] = set()
    several: set[str] = set()
    bare: set[str] = set()
    phrases, naming = [], []
    for words in yaml.safe_load(POINTERS.read_text(encoding="utf-8")).values():
        table = {str(word): place for word, place in words["places"].items()}
        places |= table
        everything |= set(words["all"])
        several |= set(words["several"])
        bare |= set(words["bare"])
        nouns = "|".join(sorted(map(re.escape, words["nouns"]), key=len, reverse=True))
        listed = "|".join(sorted(map(re.escape, table), key=len, reverse=True))
        pattern = rf"(?:\bthe )?\b({listed})\b (?:{nouns})\b"
        if not words["one"].isascii():  # written without spaces
            pattern = rf"({listed})(?:{nouns})"
        phrases.append((re.compile(pattern, re.IGNORECASE), words["one"]))
        one = {*words["bare"]} - {*words["all"], *words["several"]}
        alone = "|".join(sorted(map(re.escape, one), key=len, reverse=True))
        bounded = rf"\b(?:{alone})\b" if words["one"].isascii() else alone
        asked = (words["named"], words["headed"], words["around"], words["one"].isascii())
        naming.append(Naming(re.compile(bounded, re.IGNORECASE), *asked))
    longest = sorted(everything, key=len, reverse=True)
    said = [rf"\b{word}\b" if word.isascii() else word for word in map(re.escape, longest)]
    return Pointers(
        places,
        frozenset(everything),
        re.compile("|".join(said), re.IGNORECASE),
        frozenset(several),
        frozenset(bare),
        phrases,
        naming,
    )


def place(text: str) -> int | None:
    """Return the place in a list that an answer means, from 1: "2", "the 2nd", "second", 第二个.

    -1 is the last.
    """
    words = load().places
    for word in re.findall(r"\d+[a-z]*|[a-z]+|最后一|第?[一二三四五六七八九十]", text.casefold()):
        if word.isdigit():
            return int(word) or None
        if word in words:
            return words[word]
    return None


def pick(ids: list[int], position: int | None) -> int | None:
    """Return the id at a place, None where the list is shorter."""
    if position is None or position > len(ids) or not ids:
        return None
    return ids[-1] if position < 0 else ids[position - 1]


class Pointed(NamedTuple):
    """What "the second one" in a sentence points at."""

    said: str
    """The words that point."""
    rest: str
    """What else is said."""
    text: str
    """The sentence with "it" for them."""
    noun: str
    record: int


def pointed(text: str, shown: Shown | None) -> Pointed | None:
    """Find "the second one" in a sentence that follows a list."""
    if shown is None:
        return None
    pointers = load()
    for phrase, one in pointers.phrases:
        found = phrase.search(text)
        record = pick(shown.ids, pointers.places[found[1].casefold()]) if found else None
        if found and record is not None:
            before, after = text[: found.start()], text[found.end() :]
            rest = f"{before}{after}".strip(" ,.?!，。？！")
            return Pointed(found[0], rest, f"{before}{one}{after}", shown.noun, record)
    return None


def named(text: str, noun: str, id_: int, *, pointed_at: bool) -> Iterator[str]:
    """Yield sentences that name a record where the text says "it", or names none.

    `pointed_at`: only where it says "it". There are none for kinds of records that are not called
    by number.
    """
    for one in load().naming:
        if noun not in one.names or text.isascii() != one.ascii:
            continue
        name, found, head = one.names[noun].format(id_), one.bare.search(text), HEAD.match(text)
        if head and not pointed_at and not one.bare.search(head[1]):
            yield one.headed.format(head[1], name, head[2])
        elif found:
            yield f"{text[: found.start()]}{name}{text[found.end() :]}"
        elif not pointed_at:
            yield from (form.format(text, name) for form in one.around)


def points(text: str) -> bool:
    """Tell whether a word in the text points at one thing."""
    return any(one.bare.search(text) for one in load().naming)


def all_said(text: str) -> str | None:
    """Return the words of a text that mean everything on a page, such as "these"."""
    found = re.search(load().every, text)
    return found[0] if found else None


def is_all(text: str, shown: Shown | None) -> bool:
    """Tell whether words mean every record on the page shown last."""
    if shown is None or len(shown.ids) < 2:
        return False
    said = text.casefold().strip()
    return said in load().everything or (shown.fresh and said in load().several)
