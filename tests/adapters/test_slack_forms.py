"""Forms in Slack: from the click through the modal and the inbox to the receipt."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from adapters.app import App
from adapters.channel import Adapter
from adapters.slack.adapter import SlackAdapter
from bot.glance import Glance
from crm_core.changes import Work

from .conftest import Running, now
from .slack_desk import settings
from .slack_server import SlackServer


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer() as server:
        yield server


@asynccontextmanager
async def at_work(company: Running, slack: SlackServer, **people: str) -> AsyncIterator[App]:
    def build(app: App) -> list[Adapter]:
        return [SlackAdapter(settings(slack), now, Glance(app.assistant))]

    async with company(build, **(people or {"U1": "nancy", "U2": "laura"})) as app:
        yield app


def field(view: dict[str, Any], name: str) -> dict[str, Any]:
    (element,) = [b["element"] for b in view["blocks"] if b.get("block_id") == name]
    return dict(element)


async def test_the_global_shortcut_opens_a_deal(company: Running, slack: SlackServer) -> None:
    async with at_work(company, slack):
        slack.shortcut("U1", "deal.create")
        view = await slack.modal()
        assert view["title"]["text"] == "Open a deal"
        [alfreds, *_] = await slack.suggestions("U1", view, "customer", "alfreds")
        wrong = await slack.submit("U1", view, customer=alfreds, amount="lots")
        assert "lots" in wrong["errors"]["amount"]
        assert (
            await slack.submit(
                "U1",
                view,
                customer=alfreds,
                amount="50k",
                close_date="2026-04-30",
                stage="proposal",
            )
            == {}
        )
        receipt = await slack.posted()
    assert receipt["channel"] == slack.direct("U1")
    assert "$50,000" in str(receipt)
    assert "Apr 30, 2026" in str(receipt)


async def test_a_message_becomes_a_ticket_and_an_activity(
    company: Running, slack: SlackServer
) -> None:
    async with at_work(company, slack):
        said = slack.say("U2", "Alfreds can't log in &amp; is angry\nsince this morning", "C1")
        message = slack.channels["C1"].find(said)
        slack.shortcut("U1", "ticket.create", message, "C1")
        view = await slack.modal()
        assert field(view, "subject")["initial_value"] == "Alfreds can't log in & is angry"
        [alfreds, *_] = await slack.suggestions("U1", view, "customer", "alfreds")
        assert await slack.submit("U1", view, customer=alfreds, priority="high") == {}
        receipt = await slack.posted()
        assert (receipt["channel"], receipt["thread_ts"]) == ("C1", said)
        assert "#1" in receipt["text"]
        slack.shortcut("U1", "activity.log", message, "C1")
        view = await slack.modal(2)
        assert field(view, "note")["multiline"]
        assert await slack.submit("U1", view, customer=alfreds, kind="call") == {}
        assert "Logged: call" in (await slack.posted(2))["text"]


async def test_a_card_is_edited_in_place_of_a_sentence(
    company: Running, slack: SlackServer
) -> None:
    async with at_work(company, slack):
        slack.say("U1", "new deal for alfreds worth 50k")
        slack.press("U1", await slack.posted(), "Edit")
        view = await slack.modal()
        assert field(view, "amount")["initial_value"] == "50000 USD"
        answer = await slack.submit("U1", view, stage="negotiation", close_date="2026-05-31")
        assert answer == {}
        receipt = str(await slack.posted(2))
        assert "prospecting → negotiation" in receipt
        assert "May 31, 2026" in receipt
        assert "50,000" not in receipt  # it was not changed


async def test_a_moment_is_a_day_and_a_time(company: Running, slack: SlackServer) -> None:
    async with at_work(company, slack):
        slack.shortcut("U1", "task.create")
        view = await slack.modal()
        answer = await slack.submit(
            "U1", view, title="Call back", due="2026-03-20", due__time="15:30"
        )
        assert answer == {}
        assert "15:30" in str(await slack.posted())


async def test_strangers_and_the_wrong_role_are_told_so(
    company: Running, slack: SlackServer
) -> None:
    async with at_work(company, slack, U2="laura"):
        slack.shortcut("U1", "deal.create")
        view = await slack.modal()
        assert "don't know you" in str(view)
        assert "submit" not in view
        slack.shortcut("U2", "deal.create")
        assert "Your role" in str(await slack.modal(2))


async def test_a_form_opens_while_somebody_writes(company: Running, slack: SlackServer) -> None:
    async with at_work(company, slack) as app:
        slack.say("U1", "new deal for alfreds worth 50k")
        receipt = await slack.posted()
        async with app.db.begin(Work("slow", now())):
            began = time.monotonic()
            slack.press("U1", receipt, "Edit")
            view = await slack.modal()
            wrong = await slack.submit("U1", view, amount="lots")
            assert wrong["response_action"] == "errors"
            assert time.monotonic() - began < 1


async def test_a_form_that_slack_does_not_open_is_asked_for_in_words(
    company: Running, slack: SlackServer
) -> None:
    async with at_work(company, slack):
        slack.fail("views.open", "expired_trigger_id")
        slack.shortcut("U1", "deal.create")
        question = await slack.posted()
        assert question["channel"] == slack.direct("U1")
        assert "Which customer?" in question["text"]


async def test_a_form_sent_twice_counts_once(company: Running, slack: SlackServer) -> None:
    async with at_work(company, slack):
        slack.shortcut("U1", "task.create")
        view = await slack.modal()
        await slack.submit("U1", view, title="Call back")
        await slack.submit("U1", view, title="Call back")
        await slack.posted()
        slack.say("U1", "what's on my plate")
        assert "1 open task" in str(await slack.posted(2))
        await asyncio.sleep(0)
        assert len(slack.posts) == 2
