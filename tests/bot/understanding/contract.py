"""The catalogue of `tests/data/catalogue.yaml`, as an Understander takes it."""

from enum import StrEnum
from pathlib import Path
from typing import Any, NewType

import yaml

from bot import intent
from bot.intent import SlotSpec
from crm_core import models, values
from crm_core.models import Record

DATA = Path(__file__).parents[2] / "data"
CONFIG = Path(__file__).parents[3] / "config"


def catalogue() -> dict[str, dict[str, SlotSpec]]:
    """Return every intent of the contract with its slots."""
    contract = yaml.safe_load((DATA / "catalogue.yaml").read_text("utf-8"))
    types = _types(contract["vocabularies"])
    found: dict[str, dict[str, SlotSpec]] = {}
    for name, slots in contract["intents"].items():
        found[name] = {}
        for part in filter(None, slots.split(",")):
            slot, _, kind = part.strip().partition(": ")
            required = not slot.endswith("?")
            slot = slot.rstrip("?")
            found[name][slot] = SlotSpec(slot, types[kind], required)
    return found


def _types(vocabularies: dict[str, list[str]]) -> dict[str, Any]:
    types: dict[str, Any] = {
        name: record
        for name, record in vars(models).items()
        if isinstance(record, type) and issubclass(record, Record)
    }
    for name, words in vocabularies.items():
        types[name] = StrEnum(name, {word.upper(): word for word in words})
    statuses = ("OrderStatus", "TicketStatus", "CampaignStatus")
    kinds = ("ActivityKind", "AlertKind")
    types["Status"] = _union("Status", [vocabularies[name] for name in statuses])
    types["Kind"] = _union("Kind", [vocabularies[name] for name in kinds])
    types |= {"Text": intent.Text, "Number": intent.Number}
    types |= {name: getattr(values, name) for name in ("Money", "When", "Period")}
    types |= {"Schedule": NewType("Schedule", dict), "Channel": NewType("Channel", str)}
    return types


def _union(name: str, lists: list[list[str]]) -> Any:
    return StrEnum(name, {word.upper(): word for words in lists for word in words})
