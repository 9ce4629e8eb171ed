"""The recipes of CONTRIBUTING: a new intent and a new language, and what start-up says of mistakes.

They are followed here in a copy of `config`, and then the bot is talked to.
"""

import shutil
from pathlib import Path

import pytest
import yaml

from adapters.settings import CONFIG
from bot.assistant import Assistant
from bot.intent import Number, Registry, Text, registry
from bot.reply import Reply
from bot.turn import Turn
from bot.understanding import Understander
from bot.words import Words
from crm_core.models import Customer, Role, Stage
from crm_core.spool import Spool
from tests.office import NOW, Office

PHRASES = {
    "en": {
        "toast.raise": {
            "sentences": ["(toast|cheers) to {customer} [with {drink}]"],
            "examples": {"toast to Acme with tea": {"customer": "Acme", "drink": "tea"}},
        }
    },
    "zh": {"toast.raise": {"sentences": ["为{customer}干杯"], "examples": ["为华为干杯"]}},
}
REPLIES = {
    "en": "intent-toast-raise = Raise a toast\ntoasted = Cheers, { $customer }! ({ $drink })\n"
    "slot-drink = drink\nnoun-toast = toast\n",
    "zh": "intent-toast-raise = 干杯\ntoasted = 干杯，{ $customer }！（{ $drink }）\n"
    "slot-drink = 饮料\nnoun-toast = 干杯\n",
}


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the words, and add those of the toy intent: steps 3 and 4 of the recipe."""
    folder = tmp_path_factory.mktemp("recipe") / "config"
    shutil.copytree(CONFIG, folder, ignore=shutil.ignore_patterns("samples"))
    for language, phrases in PHRASES.items():
        path = folder / "phrases" / language / "toasts.yaml"
        path.write_text(yaml.safe_dump(phrases, allow_unicode=True), "utf-8")
        (folder / "replies" / language / "toasts.ftl").write_text(REPLIES[language], "utf-8")
    return folder


@pytest.fixture(scope="module")
def intents() -> Registry:
    """Register the handler: step 2 of the recipe."""
    mine = Registry({name: registry[name] for name in ("customer.show", "help.show", "talk.greet")})

    @mine.intent("toast.raise", roles={Role.REP})
    async def raise_(turn: Turn, customer: Customer, drink: Text | None = None) -> Reply:
        """Raise a toast to a customer."""
        turn.state.look_at(customer)
        return turn.reply(
            turn.say("toasted", customer=customer, drink=drink or turn.say("nothing"))
        )

    return mine


def _load(config: Path, intents: Registry, cache: Path) -> Understander:
    return Understander.load(config, {name: one.slots for name, one in intents.items()}, cache)


async def test_a_new_intent_is_a_function_its_phrases_and_its_replies(
    office: Office, config: Path, intents: Registry, tmp_path: Path
) -> None:
    understander = _load(config, intents, tmp_path)
    office.assistant = Assistant(
        office.db,
        understander,
        intents,
        Words(config / "replies"),
        office.settings.rules,
        office.company,
        lambda: office.now,
        office._fetch,
        Spool(tmp_path / "spool"),
    )
    assert (
        "Cheers, Alfreds Futterkiste! (tea)"
        in (await office.say("nancy", "toast to alfreds with tea")).text
    )
    assert "干杯，Ernst Handel" in (await office.say("nancy", "为 Ernst Handel 干杯")).text
    assert "Which customer" in (await office.say("andrew", "/toast_raise")).text
    assert "Cheers, Bólido" in (await office.say("andrew", "bolido")).text
    assert "doesn't allow" in (await office.say("laura", "toast to alfreds")).text
    assert (
        "Raise a toast | toast to Acme with tea"
        in (await office.say("nancy", "help me with toast")).text
    )


async def test_a_new_language_is_two_folders(
    office: Office, config: Path, intents: Registry, tmp_path: Path
) -> None:
    folder = tmp_path / "config"
    shutil.copytree(config, folder)
    for words in ("phrases", "replies"):
        shutil.copytree(folder / words / "en", folder / words / "de")
    path = folder / "phrases" / "de" / "toasts.yaml"
    path.write_text(
        yaml.safe_dump(
            {"toast.raise": {"sentences": ["prost [auf] {customer}"], "examples": ["prost Acme"]}}
        )
    )
    replies = folder / "replies" / "de" / "toasts.ftl"
    replies.write_text(REPLIES["en"].replace("Cheers", "Zum Wohl"), "utf-8")
    understander = _load(folder, intents, tmp_path / "cache")
    words = Words(folder / "replies")
    assert words.languages == ["de", "en", "zh"]
    assert words.plain("de").say("toasted", customer="Acme", drink="Tee") == "Zum Wohl, Acme! (Tee)"
    from bot.understanding.spans import Context

    heard = understander.understand(
        "prost auf Alfreds", Context(now=NOW, language="de", currency="EUR")
    )
    assert (heard.intent, heard.slots["customer"].text) == ("toast.raise", "Alfreds")


@pytest.mark.parametrize(
    ("phrases", "complaint"),
    [
        ({"toast.raise": {"sentences": ["toast {guest}"], "examples": []}}, "guest"),
        ({"other.thing": {"sentences": ["toast"], "examples": []}}, "no phrase for toast.raise"),
        ({"toast.raise": {"sentences": ["toast {drink:_a"], "examples": []}}, "not a template"),
    ],
)
def test_mistakes_in_the_words_stop_the_start(
    config: Path, intents: Registry, tmp_path: Path, phrases: object, complaint: str
) -> None:
    folder = tmp_path / "config"
    shutil.copytree(config, folder)
    (folder / "phrases" / "en" / "toasts.yaml").write_text(yaml.safe_dump(phrases))
    with pytest.raises(ValueError, match=complaint):
        _load(folder, intents, tmp_path / "cache")


def test_a_slot_whose_type_nothing_reads_stops_the_start(config: Path, tmp_path: Path) -> None:
    mine = Registry()

    @mine.intent("toast.raise")
    async def raise_(turn: Turn, drink: complex) -> Reply:
        """Raise a toast."""
        raise AssertionError

    with pytest.raises(ValueError, match="complex"):
        _load(config, mine, tmp_path)


def test_two_handlers_of_one_name_stop_the_start() -> None:
    mine = Registry()

    async def handler(turn: Turn, stage: Stage, count: Number) -> Reply:
        """Do nothing."""
        raise AssertionError

    mine.intent("toast.raise")(handler)
    with pytest.raises(ValueError, match="two handlers for toast"):
        mine.intent("toast.raise")(handler)
