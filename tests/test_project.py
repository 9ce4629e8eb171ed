"""What the project promises about itself: schema, locks, words."""

import re
from enum import StrEnum
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Enum

from adapters.settings import CONFIG
from bot.intent import registry
from bot.intents.help import SILENT
from bot.words import Words
from crm_core.db import Database
from crm_core.models import Base

ROOT = Path(__file__).parents[1]
MESSAGE = re.compile(r"^([a-z][a-z0-9-]*) =", re.MULTILINE)


def vocabularies() -> set[type[StrEnum]]:
    """Return the closed vocabularies of all slots and columns."""
    slots = [slot for intent in registry.values() for slot in intent.slots.values()]
    kinds = [column.type for table in Base.metadata.sorted_tables for column in table.columns]
    return {type(word) for slot in slots for word in slot.words} | {
        kind.enum_class for kind in kinds if isinstance(kind, Enum) and kind.enum_class
    }


def messages_in(folder: Path) -> list[str]:
    return [name for path in folder.glob("*.ftl") for name in MESSAGE.findall(path.read_text())]


async def test_models_and_migrations_agree(db: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))

    async with db.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_locks_pin_every_package_once(name: str) -> None:
    pins = re.findall(r"^([a-z0-9._-]+)==", (ROOT / name).read_text(), re.MULTILINE)
    assert pins
    assert len(pins) == len(set(pins))


def test_development_lock_holds_the_same_versions() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^[a-z0-9._-]+==[^ ;]+", (ROOT / name).read_text(), re.MULTILINE))

    assert pins("requirements.txt") <= pins("requirements-dev.txt")


def test_languages_say_the_same_messages() -> None:
    said = {folder.name: messages_in(folder) for folder in (CONFIG / "replies").iterdir()}
    for messages in said.values():
        assert len(messages) == len(set(messages))
    assert set(said["en"]) == set(said["zh"])


def test_every_message_is_used_and_every_used_one_exists() -> None:
    english = set(messages_in(CONFIG / "replies" / "en"))
    sources = [*(ROOT / "bot").rglob("*.py"), *(ROOT / "crm_core").rglob("*.py")]
    sources += [*(ROOT / "adapters").rglob("*.py"), *(ROOT / "adapters").rglob("*.html")]
    code = "\n".join(path.read_text() for path in sources)
    quoted = set(re.findall(r"""["']([a-z][a-z0-9]*(?:-[a-z0-9]+)*)["']""", code))
    # Messages named at run time: by intent, slot, noun, vocabulary, field or reason.
    made = {"intent", "slot", "noun", "error", "label", "reason", "ask", "no", "not", "undone"}
    made |= {"scope", "told", "notice", "left"}
    made |= {"button", "import", "field"} | {kind.__name__.lower() for kind in vocabularies()}
    made |= {"meaning", "trait", "estimator", "way", "model"}
    unused = {message for message in english - quoted if message.partition("-")[0] not in made}
    assert unused == set()
    families = ("column-", "ask-", "button-", "label-", "deals-", "tasks-", "tickets-")
    refusals = {message.removeprefix("error-") for message in english}
    assert {name for name in quoted if name.startswith(families)} <= english | refusals


def test_every_intent_has_a_label_and_names_for_its_slots() -> None:
    words = Words(CONFIG / "replies")
    for intent in registry.values():
        assert words.has(intent.label)
        assert words.has(f"noun-{intent.noun}") or intent.noun in SILENT
        assert intent.help, intent.name
        for slot in intent.slots.values():
            assert words.has(f"slot-{slot.name.replace('_', '-')}"), slot
            if slot.required:
                assert words.has(f"ask-{slot.name.replace('_', '-')}"), slot
            if slot.record:
                assert words.has(f"no-such-{slot.record.noun()}"), slot
            for word in slot.words:
                family = type(word).__name__.lower()
                assert words.has(f"{family}-{word.value.replace('_', '-')}"), word


def test_every_refusal_has_words() -> None:
    words = Words(CONFIG / "replies")
    refusal = re.compile(r'\b(?:NotFound|NotAllowed|Conflict|Invalid)\(\s*"([a-z-]+)"')
    for floor in ("bot", "crm_core"):
        for path in (ROOT / floor).rglob("*.py"):
            for reason in refusal.findall(path.read_text()):
                assert words.has(f"error-{reason}"), f"{reason} in {path.name}"
