"""Sentences with the frames they should be understood as, and how many of them are understood."""

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from bot.intent import SlotSpec
from bot.message import Slot
from bot.understanding import Understander, Understanding
from bot.understanding.phrases import Catalogue
from bot.understanding.spans import Context
from bot.understanding.tokens import has_han

SPLITS = ("plain", "natural", "hard")
Frame = tuple[str, Mapping[str, str]]
# Words around a day, a period or an amount that may as well be left out.
_AROUND = re.compile(r"^(?:(?:the|a|an|in|on|at|by|for|to|of|until|till|til|over|from|about) )+")


@dataclass(frozen=True, slots=True)
class Utterance:
    """A sentence, and its frames in order: an intent and the words (and value) of each slot."""

    text: str
    split: str
    frames: tuple[Frame, ...] = ()

    @property
    def language(self) -> str:
        return "zh" if has_han(self.text) else "en"


@dataclass(frozen=True, slots=True)
class Utterances:
    """A file of utterances. Those outside ask for nothing that the CRM can do."""

    context: Context
    inside: list[Utterance]
    outside: list[Utterance]


@dataclass
class Score:
    """How many sentences were understood."""

    count: int = 0
    intents: int = 0
    frames: int = 0
    """Intent, all slots and all further commands right."""
    rejected: int = 0
    milliseconds: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Miss:
    """A sentence that was understood wrong, and what is wrong."""

    utterance: Utterance
    heard: Understanding
    wrong: list[str]


def load(path: Path) -> Utterances:
    """Read a file of utterances; the head of utterances.yaml explains the format."""
    content: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    inside = [
        Utterance(text, split, ((intent, slots), *map(tuple, then)))
        for split in SPLITS
        for text, intent, slots, *then in content.get(split, [])
    ]
    outside = [
        Utterance(text, split)
        for split, texts in content.get("out_of_scope", {}).items()
        for text in texts
    ]
    return Utterances(Context(now=datetime.fromisoformat(content["now"])), inside, outside)


def score(
    understander: Understander, utterances: Utterances, catalogue: Catalogue
) -> tuple[dict[tuple[str, str], Score], list[Miss]]:
    """Understand all sentences; return the scores by split and language, and what went wrong."""
    scores: dict[tuple[str, str], Score] = {}
    misses: list[Miss] = []
    for utterance in (*utterances.inside, *utterances.outside):
        began = time.process_time()
        heard = understander.understand(utterance.text, utterances.context)
        taken = time.process_time() - began
        of = scores.setdefault((utterance.split, utterance.language), Score())
        wanted = utterance.frames[0][0] if utterance.frames else None
        wrong = differences(utterance, heard, catalogue)
        of.count += 1
        of.intents += heard.intent == wanted
        of.frames += not wrong
        of.rejected += heard.intent is None
        of.milliseconds.append(1000 * taken)
        if wrong:
            misses.append(Miss(utterance, heard, wrong))
    return scores, misses


def differences(
    wanted: Utterance, heard: Understanding, catalogue: Mapping[str, Mapping[str, SlotSpec]]
) -> list[str]:
    """Return what is different in intent, slots and further commands; nothing if all is right."""
    if heard.intent is None:
        return ["not understood"] if wanted.frames else []
    got = [(heard.intent, heard.slots), *((r.intent, r.slots) for r in heard.then)]
    found = [] if len(got) == len(wanted.frames) else [f"{len(got)} commands"]
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
    said, heard = (_AROUND.sub("", _plain(text)) for text in (words, got.text))
    within = said in heard or heard in said  # "high" or "high priority": the value decides
    return within and _written(value or words, spec) == _canonical(got.value)


def _plain(words: str) -> str:
    return " ".join(words.casefold().replace("’", "'").split()).strip(" .,!?:;\"'。，！？「」")


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
            fields = [None if part == "*" else part for part in value.split()]
            return (*fields[:4], re.sub(r"\d", _weekday, fields[4]) if fields[4] else None)
        case "When":
            return _moment(value)
    return value.casefold()


def _moment(value: str) -> str:
    """Write a moment like every other that is the same, and anything else small."""
    return re.sub(r"(T\d\d:\d\d)(:00)?(\+00:00)?$", r"\1", value).casefold()


def _weekday(number: re.Match[str]) -> str:
    return ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")[int(number[0])]


def _canonical(value: Any) -> Any:
    match value:
        case {"value": amount, **rest}:
            return (float(amount), rest.get("currency", ""))
        case {"start": start, "end": end}:
            return (start, end)
        case {"minute": minute, "hour": hour, **rest}:
            fields = (minute, hour, rest["day"], rest["month"], rest["day_of_week"])
            return tuple(None if f in (None, "*") else str(f) for f in fields)
        case int() | float():
            return float(value)
        case str():
            return _moment(value)
    return value
