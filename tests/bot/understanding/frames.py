"""Sentences with the frames they should be understood as, and the comparison of two frames."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from bot.intent import SlotSpec
from bot.message import Slot
from bot.understanding import Understanding
from bot.understanding.spans import Context

SPLITS = ("plain", "natural", "hard")
Frame = tuple[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Utterance:
    """A sentence, and its frames in order: an intent and the words (and value) of each slot."""

    text: str
    split: str
    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class Utterances:
    context: Context
    inside: list[Utterance]
    outside: list[Utterance]


def load(path: Path) -> Utterances:
    """Read a file of utterances; its head explains the format."""
    content: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    inside = [
        Utterance(text, split, ((intent, slots), *map(tuple, then)))
        for split in SPLITS
        for text, intent, slots, *then in content.get(split, [])
    ]
    outside = [
        Utterance(text, split, ())
        for split, texts in content.get("out_of_scope", {}).items()
        for text in texts
    ]
    return Utterances(Context(now=datetime.fromisoformat(content["now"])), inside, outside)


def differences(
    wanted: Utterance, heard: Understanding, catalogue: Mapping[str, Mapping[str, SlotSpec]]
) -> list[str]:
    """Return what is different in slots and further commands; nothing if the frame is right."""
    found = [] if heard.intent == wanted.frames[0][0] else [f"intent {heard.intent}"]
    got = [(heard.intent, heard.slots), *((r.intent, r.slots) for r in heard.then)]
    if len(got) != len(wanted.frames):
        found.append(f"{len(got)} commands")
    for (intent, slots), (got_intent, got_slots) in zip(wanted.frames, got, strict=False):
        if got_intent != intent:
            found.append(f"intent {got_intent}")
            continue
        found += _of_slots(slots, got_slots, catalogue[intent])
    return list(dict.fromkeys(found))


def _of_slots(
    wanted: Mapping[str, str], got: Mapping[str, Slot], specs: Mapping[str, SlotSpec]
) -> Iterator[str]:
    for name in {**wanted, **got}:
        if name not in got:
            yield f"no {name}"
        elif name not in wanted:
            yield f"{name} too: {got[name].text!r}"
        elif not _equal(wanted[name], got[name], specs[name]):
            yield f"{name}: {got[name].text!r} = {got[name].value!r}"


def _equal(wanted: str, got: Slot, spec: SlotSpec) -> bool:
    words, _, value = wanted.partition(" = ")
    if spec.is_text or (spec.record and not value):
        return _plain(words) == _plain(got.text)
    return _written(value or words, spec) == _canonical(got.value)


def _plain(words: str) -> str:
    return " ".join(words.casefold().replace("’", "'").split()).strip(" .,!?:;\"'。，！？")


def _written(value: str, spec: SlotSpec) -> Any:
    match spec.type_name:
        case "Money":
            amount, _, currency = value.partition(" ")
            return (float(amount), currency)
        case "Number":
            return float(value)
        case "Period":
            return tuple(value.split(".."))
        case "Schedule":
            return tuple(None if part == "*" else part for part in value.split())
    return value.casefold()


def _canonical(value: Any) -> Any:
    match value:
        case {"value": amount, **rest}:
            return (float(amount), rest.get("currency", ""))
        case {"start": start, "end": end}:
            return (start, end)
        case {"minute": minute, "hour": hour, **rest}:
            fields = (minute, hour, rest["day"], rest["month"], rest["day_of_week"])
            return tuple(None if f is None else str(f) for f in fields)
        case int() | float():
            return float(value)
        case str():
            return value.casefold()
    return value
