"""Keep compiled templates in a file, so that only the first start parses them."""

import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.understanding.phrases import Catalogue, Phrases
from bot.understanding.templates import Automaton, Literal, SlotRef, Template, compile_part

VERSION = 8
"""Raise it with any change of what is compiled or trained from the same phrases."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """What understanding needs of the phrases."""

    templates: Sequence[Template]
    inside: Mapping[str, Sequence[Template]]
    """By `intent/slot`: templates of what the slot's text says about other slots."""
    examples: Mapping[str, Mapping[str, str]]
    """Language to intent to a sentence."""


def digest(config: Path, catalogue: Catalogue) -> str:
    """Return what changes whenever the phrases or the catalogue do."""
    said = hashlib.sha256(str(VERSION).encode())
    for path in sorted(config.glob("phrases/*/*.yaml")):
        said.update(str(path.relative_to(config)).encode() + path.read_bytes())
    for intent, slots in sorted(catalogue.items()):
        for spec in slots.values():
            said.update(f"{intent} {spec.name} {spec.type_name} {spec.words}".encode())
    return said.hexdigest()[:16]


def compile_phrases(phrases: Sequence[Phrases]) -> Compiled:
    """Build the automata of all templates."""
    inside: dict[str, list[Template]] = {}
    examples: dict[str, dict[str, str]] = {}
    templates = []
    for entry in phrases:
        for text, part in entry.sentences.items():
            templates.append(Template(entry.intent, entry.language, text, compile_part(part)))
        for slot, parts in entry.inside.items():
            inside.setdefault(f"{entry.intent}/{slot}", []).extend(
                Template(entry.intent, entry.language, text, compile_part(part))
                for text, part in parts.items()
            )
        for example in entry.examples[:1]:
            examples.setdefault(entry.language, {})[entry.intent] = example.text
    return Compiled(templates, inside, examples)


def save(compiled: Compiled, path: Path) -> None:
    """Write compiled phrases as JSON."""
    content = {
        "templates": [_template(template) for template in compiled.templates],
        "inside": {key: [_template(t) for t in of] for key, of in compiled.inside.items()},
        "examples": compiled.examples,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    # Several processes may start at once: each writes a file of its own, the last one stays.
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        written = Path(folder) / path.name
        written.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        written.replace(path)


def load(path: Path) -> Compiled:
    """Read compiled phrases.

    Raises:
        FileNotFoundError: there are none yet.
        ValueError: the file is broken.
    """
    try:
        content: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return Compiled(
            [_from_json(item) for item in content["templates"]],
            {key: [_from_json(item) for item in of] for key, of in content["inside"].items()},
            content["examples"],
        )
    except (KeyError, TypeError, IndexError) as problem:
        raise ValueError(f"{path} does not hold compiled phrases") from problem


def _template(template: Template) -> list[Any]:
    automaton = template.automaton
    return [
        template.intent,
        template.language,
        template.text,
        [
            [list(phrase) for phrase in p.phrases]
            if isinstance(p, Literal)
            else f"{p.kind}:{p.slot}"
            for p in automaton.positions
        ],
        [sorted(follow) for follow in automaton.follow],
        sorted(automaton.first),
        sorted(automaton.last),
    ]


def _from_json(item: Sequence[Any]) -> Template:
    intent, language, text, positions, follow, first, last = item
    automaton = Automaton(
        [_position(p) for p in positions], [set(f) for f in follow], set(first), set(last)
    )
    return Template(intent, language, text, automaton)


def _position(item: Any) -> Literal | SlotRef:
    if isinstance(item, str):
        kind, _, slot = item.partition(":")
        return SlotRef(slot, kind)
    return Literal(tuple(tuple(phrase) for phrase in item))
