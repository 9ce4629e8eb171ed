"""Every intent has a short form, and the twenty most used are in the chat's menu."""

import pytest

from adapters.serve import menu
from adapters.settings import CONFIG
from bot import slash
from bot.intent import registry
from bot.words import Words
from tests.office import Office


@pytest.mark.parametrize("name", sorted(registry))
@pytest.mark.parametrize("form", ["/{noun}_{verb}", "/{noun} {verb}", "{noun} {verb}", "{name}"])
def test_every_intent_by_its_name(name: str, form: str) -> None:
    noun, _, verb = name.partition(".")
    found = slash.command(form.format(noun=noun, verb=verb, name=name), registry)
    assert found
    assert found.intent == name


@pytest.mark.parametrize("text", ["/nothing here", "/deal_fly", "deal", "won 5", "/"])
def test_what_is_no_command(text: str) -> None:
    assert slash.command(text, registry) is None


async def test_the_words_after_it_are_read_by_type(office: Office) -> None:
    await office.say("nancy", "/deal_create Alfreds 50k")
    moved = await office.say("nancy", "/deal_move Alfreds won")
    assert "prospecting → won" in moved.text
    assert "Which stage" in (await office.say("nancy", "/crm deal move Alfreds")).text


async def test_what_it_leaves_out_is_asked(office: Office) -> None:
    assert "Which deal" in (await office.say("nancy", "/deal_move")).text
    assert "What you can ask" in (await office.say("nancy", "/help")).text


def test_the_menu_is_short_and_in_every_language() -> None:
    shown = menu(Words(CONFIG / "replies"))
    assert shown.keys() == {"en", "zh"}
    for commands in shown.values():
        names = [name for name, _ in commands]
        assert 15 <= len(names) <= 25
        for name in names:
            assert slash.command(f"/{name}", registry)
