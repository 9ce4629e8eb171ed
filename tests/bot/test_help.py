"""Help by role and by topic, with examples that work."""

import pytest

from bot.intent import registry
from bot.understanding import Understander
from bot.understanding.spans import Context
from tests.office import NOW, Office


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_example_is_understood_as_what_it_is_an_example_of(
    understander: Understander, language: str
) -> None:
    context = Context(now=NOW, language=language, currency="USD")
    examples = understander.examples(language)
    assert examples.keys() <= registry.keys()
    wrong = {
        name: text
        for name, text in examples.items()
        if understander.understand(text, context).intent != name
    }
    assert wrong == {}


async def test_by_role(office: Office) -> None:
    rep, support = await office.say("nancy", "help"), await office.say("laura", "help")
    assert "List deals |" in rep.text
    assert "List deals |" not in support.text
    assert "audit" not in rep.text


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("help deals", "Move a deal"),
        ("how do i close a ticket", "Resolve a ticket"),
        ("帮助 商机", "推进商机"),
        ("how can i undo", "Undo your last change"),
        ("help alerts", "List alerts"),
    ],
)
async def test_by_topic(office: Office, asked: str, shown: str) -> None:
    reply = await office.say("andrew", asked)
    assert shown in reply.text


async def test_nothing_on_a_topic(office: Office) -> None:
    assert "nothing on" in (await office.say("nancy", "help quantum physics")).text


async def test_what_needs_no_more_words_is_a_button(office: Office) -> None:
    reply = await office.say("nancy", "help deals")
    assert "No deals" in (await office.press("nancy", reply, "List deals")).text
