"""Previews of links, the assistant's panel, and `crm doctor slack`."""

from collections.abc import AsyncIterator

import pytest

from adapters.app import App
from adapters.channel import Adapter
from adapters.doctor import lines
from adapters.settings import CONFIG
from adapters.slack.adapter import SlackAdapter
from adapters.slack.doctor import examine
from bot.glance import Glance
from bot.words import Words
from crm_core.changes import Work

from .conftest import Running, now
from .slack_desk import settings
from .slack_server import SlackServer

CONSOLE = "https://crm.example.com"


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer() as server:
        yield server


async def test_links_are_previewed_by_the_posters_rights(
    company: Running, slack: SlackServer
) -> None:
    def build(app: App) -> list[Adapter]:
        return [SlackAdapter(settings(slack, console_url=CONSOLE), now, Glance(app.assistant))]

    def share(user: str, *paths: str) -> str:
        links = [{"domain": "crm.example.com", "url": f"{CONSOLE}{path}"} for path in paths]
        event = {"type": "link_shared", "user": user, "channel": "C2", "message_ts": "1.1"}
        return slack.emit({**event, "links": links})

    async with company(build, U1="nancy"):
        shared = [
            share("U2", "/customers/1"),  # a stranger
            share("U1", "/customers/999999"),
            share("U1", "/elsewhere/1"),
            share("U1", "/customers/1"),
        ]
        await slack.until(lambda: set(shared) <= set(slack.acked) and len(slack.previews) > 0)
    [preview] = slack.previews
    shown = str(preview["unfurls"][f"{CONSOLE}/customers/1"])
    assert "Alfreds Futterkiste" in shown
    assert "030-0074321" not in shown
    assert "actions" not in shown


async def test_the_assistants_panel_suggests_what_the_role_may(
    company: Running, slack: SlackServer
) -> None:
    def build(app: App) -> list[Adapter]:
        return [SlackAdapter(settings(slack), now, Glance(app.assistant))]

    async with company(build, U1="nancy") as app:
        began = slack.keep(slack.channels[slack.direct("U1")], user=slack.bot_user, text="New chat")
        at = began["ts"]
        thread = {"user_id": "U1", "channel_id": slack.direct("U1"), "thread_ts": at}
        slack.emit({"type": "assistant_thread_started", "assistant_thread": thread})
        await slack.until(lambda: at in slack.prompts)
        asked = slack.prompts[at][0]["message"]
        async with app.db.begin(Work("slow", now())):
            slack.say("U1", asked, thread=at)
            await slack.until(lambda: bool(slack.statuses and slack.titles))
        assert "task" in (await slack.posted())["text"].lower()
        slack.say("U1", "hi", thread=at)  # quickly answered
        await slack.posted(2)
    assert slack.statuses == [(at, "is thinking…")]
    assert slack.titles == [(at, asked)]


async def test_the_doctor_finds_what_is_missing(slack: SlackServer) -> None:
    speaker = Words(CONFIG / "replies").plain("en")
    checks = await examine(settings(slack))
    assert all(check.ok for check in checks)
    assert "Socket Mode works." in "\n".join(lines(checks, speaker))
    slack.scopes.remove("im:history")
    said = "\n".join(lines(await examine(settings(slack, app_token="xapp-0")), speaker))
    assert "lacks permissions: im:history" in said
    assert "connections:write" in said
    wrong = await examine(settings(slack, bot_token="xoxb-0"))
    assert [check.found for check in wrong] == ["doctor-slack-bad-token"]
    assert [check.found for check in await examine(None)] == ["doctor-slack-no-token"]
    away = settings(slack, base_url="http://127.0.0.1:1/api/")
    assert [check.found for check in await examine(away)] == ["doctor-slack-unreachable"]
