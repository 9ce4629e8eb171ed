"""Read `config/phrases`: the sentences and examples of each intent, in each language."""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml
from hassil.parser import ParseError

from bot.intent import SlotSpec
from bot.understanding.network import NAME, PARTY, PERSON, TEXT
from bot.understanding.templates import Part, Rules, SlotRef, parse, slots_of
from bot.understanding.vocabulary import Words

Catalogue = Mapping[str, Mapping[str, SlotSpec]]

_BY_TYPE = {
    "Customer": NAME,
    "Contact": PERSON,
    "Product": NAME,
    "Deal": NAME,
    "User": "user",
    "Order": "code",
    "Ticket": "code",
    "Task": "code",
    "Campaign": "code",
    "Alert": "code",
    "Money": "money",
    "Number": "number",
    "When": "when",
    "Period": "period",
    "Schedule": "schedule",
    "Channel": "channel",
    "Field": "field",
    "Files": "files",
}
_BY_NAME = {
    **dict.fromkeys(("title", "subject", "note", "text", "reason", "comment", "message"), TEXT),
    **{"topic": TEXT, "value": "value", "email": "email", "phone": "phone", "country": "country"},
    **{"code": "code", "timezone": "zone"},
}
"""Kinds of the slots of type Text, where they are not names."""
_OTHER = frozenset(
    {NAME, PARTY, PERSON, TEXT, "code", "digits", "email", "phone", "country", "zone", "me"}
)
OTHER_FILES = frozenset({"vocabulary.yaml", "out_of_scope.yaml", "fillers.yaml", "spoken.yaml"})


@dataclass(frozen=True, slots=True)
class Example:
    """A real sentence. `slots`: the words of each slot, None where the file doesn't tell."""

    text: str
    slots: Mapping[str, str] | None


@dataclass
class Phrases:
    """What the files of one language say about one intent."""

    intent: str
    language: str
    sentences: dict[str, Part] = field(default_factory=dict)
    inside: dict[str, dict[str, Part]] = field(default_factory=dict)
    """Templates of what a slot's text may say of other slots: a task's title names a customer."""
    examples: list[Example] = field(default_factory=list)


def kind_of(spec: SlotSpec, words: Words) -> str:
    """Return the kind of words that fill a slot: the name of a vocabulary, or of a finder.

    Raises:
        ValueError: the slot has a type that nothing can be read for.
    """
    if inspect.isclass(spec.type) and issubclass(spec.type, StrEnum):
        vocabulary = words.of_values(word.value for word in spec.type)
        if vocabulary is None:
            raise ValueError(f"no vocabulary has the words of {spec.type_name}")
        return vocabulary.name
    if spec.type_name == "Text":
        return _BY_NAME.get(spec.name, NAME)
    try:
        return _BY_TYPE[spec.type_name]
    except KeyError:
        raise ValueError(f"no words for the type {spec.type_name}") from None


def load_phrases(config: Path, catalogue: Catalogue, words: Words) -> list[Phrases]:
    """Read the phrases of all intents of the catalogue, in every language there is.

    Raises:
        ValueError: lists everything that is wrong: a slot or rule that isn't there, an intent
            without a phrase in one of the languages, a slot type without words.
    """
    problems: list[str] = []
    found: list[Phrases] = []
    kinds: dict[str, dict[str, str]] = {}
    for intent, slots in catalogue.items():
        kinds[intent] = {}
        for name, spec in slots.items():
            try:
                kinds[intent][name] = kind_of(spec, words)
            except ValueError as problem:
                problems.append(f"{intent}: {name}: {problem}")
    for folder in sorted(path for path in (config / "phrases").iterdir() if path.is_dir()):
        reader = _Reader(folder, kinds, words, problems)
        phrases = reader.read()
        found += phrases
        missing = catalogue.keys() - {p.intent for p in phrases if p.sentences}
        problems += [f"{folder.name}: no phrase for {intent}" for intent in sorted(missing)]
    if problems:
        raise ValueError("config/phrases:\n  " + "\n  ".join(dict.fromkeys(problems)))
    return found


class _Reader:
    """Reads the files of one language, and collects what is wrong with them."""

    def __init__(
        self,
        folder: Path,
        kinds: Mapping[str, Mapping[str, str]],
        words: Words,
        problems: list[str],
    ) -> None:
        self.folder, self.kinds, self.words, self.problems = folder, kinds, words, problems

    def read(self) -> list[Phrases]:
        """Return the phrases of all files; each has its own rules beside those of `common`."""
        contents = {
            path: yaml.load(path.read_text("utf-8"), yaml.CBaseLoader)
            for path in sorted(self.folder.glob("*.yaml"))
            if path.name not in OTHER_FILES
        }
        common = self.folder / "common.yaml"
        shared = contents.pop(common).get("rules", {}) if common in contents else {}
        return [
            self._phrases(path, intent, entry, {**shared, **content.get("rules", {})})
            for path, content in contents.items()
            for intent, entry in content.items()
            if intent in self.kinds
        ]

    def _phrases(
        self, path: Path, intent: str, entry: Mapping[str, Any], rules: Mapping[str, str]
    ) -> Phrases:
        phrases = Phrases(intent, self.folder.name)
        parts = Rules(rules, self.kinds[intent])
        where = f"{self.folder.name}/{path.name}: {intent}"
        phrases.sentences = self._templates(where, entry["sentences"], intent, parts)
        for slot, templates in entry.get("inside", {}).items():
            phrases.inside[slot] = self._templates(where, templates, intent, parts)
        examples = entry.get("examples") or []
        for text in examples:
            slots = examples[text] if isinstance(examples, dict) else None
            phrases.examples.append(Example(text, slots))
        return phrases

    def _templates(
        self, where: str, templates: Sequence[str], intent: str, rules: Mapping[str, Part]
    ) -> dict[str, Part]:
        found: dict[str, Part] = {}
        for template in templates:
            part = self._parse(f"{where}: {template!r}", template, self.kinds[intent], rules)
            if part is None:
                continue
            for reference in slots_of(part):
                if reference.slot not in self.kinds[intent] and not reference.slot.startswith("_"):
                    self.problems.append(f"{where}: {template!r}: no slot {reference.slot}")
            found[template] = part
        return found

    def _parse(
        self, where: str, template: str, kinds: Mapping[str, str], rules: Mapping[str, Part]
    ) -> Part | None:
        try:
            part = parse(template, rules, kinds)
        except (ParseError, ValueError) as problem:
            self.problems.append(f"{where}: not a template: {problem}")
        except KeyError as problem:
            self.problems.append(f"{where}: no slot or rule {problem}")
        else:
            for reference in slots_of(part):
                if not self._is_kind(reference):
                    self.problems.append(f"{where}: no kind {reference.kind}")
            return part
        return None

    def _is_kind(self, reference: SlotRef) -> bool:
        kind = reference.kind
        return kind in _OTHER or kind in _BY_TYPE.values() or kind in self.words.vocabularies
