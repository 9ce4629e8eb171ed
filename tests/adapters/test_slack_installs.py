"""Several workspaces: installed by whoever may, each answered with its own token."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import httpx
import pytest
from starlette.applications import Starlette

from adapters.channel import Outgoing, Refused
from adapters.settings import Settings
from adapters.slack.adapter import SlackAdapter
from adapters.slack.doctor import examine
from adapters.slack.installs import AHEAD
from adapters.slack.settings import SlackSettings
from bot.message import Place
from crm_core.db import Database

from .slack_desk import Desk, echo, now, settings, words
from .slack_oauth import CLIENT, LIFE
from .slack_server import SlackServer


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer() as server:
        server.redirect = "http://crm/slack/oauth_redirect"
        yield server


def many(slack: SlackServer, **more: object) -> SlackSettings:
    known = {"bot_token": "", "client_id": CLIENT[0], "client_secret": CLIENT[1]}
    return settings(slack, **{**known, **more})


@asynccontextmanager
async def running(
    slack: SlackServer, db: Database, clock: object = now, **more: object
) -> AsyncIterator[tuple[Desk, httpx.AsyncClient]]:
    """Run the adapter, and a browser that can reach it as `crm`."""
    adapter = SlackAdapter(many(slack, **more), clock, None, db)
    desk = Desk(adapter, echo)
    await adapter.start(desk.receive)
    app = httpx.ASGITransport(Starlette(routes=adapter.routes))
    mounts = {"all://crm": app, "all://127.0.0.1": httpx.AsyncHTTPTransport()}
    async with httpx.AsyncClient(mounts=mounts, base_url="http://crm") as browser:
        try:
            yield desk, browser
        finally:
            await adapter.stop()


async def install(browser: httpx.AsyncClient, team: str = "T1") -> httpx.Response:
    """Go the whole way: the app's page, Slack's page, and back."""
    page = await browser.get("/slack/install", params={"team": team})
    [link] = re.findall(r'href="([^"]+authorize[^"]+)"', page.text)
    agreed = await browser.get(html.unescape(link))
    assert agreed.status_code == 302
    cookie = page.headers["Set-Cookie"].partition(";")[0]
    return await browser.get(agreed.headers["Location"], headers={"Cookie": cookie})


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_two_workspaces_are_answered_with_their_own_tokens(
    slack: SlackServer, db: Database, transport: str
) -> None:
    async with running(slack, db, transport=transport) as (desk, browser):
        if transport == "http":
            slack.http = browser
        other = slack.neighbour(2)
        assert (await install(browser)).status_code == 200
        assert (await install(browser, "T2")).status_code == 200
        slack.mention("U1", "hello", "C1")
        other.mention("U1", "good morning", "C1")
        first, second = await slack.posted(), await other.posted()
        assert (first["text"], second["text"]) == ("you said: hello", "you said: good morning")
        assert sorted(message.place.workspace for message in desk.inbox) == ["T1", "T2"]
        # Somebody of T2 in a channel that both share is nobody here.
        slack.users["U7"] = {"name": "eve", "locale": "en", "team_id": "T2"}
        slack.channels["C1"].members.add("U7")
        slack.mention("U7", "customers in Berlin", "C1")
        await slack.until(lambda: len(slack.acked) == 2)
        slack.fail("users.info", "user_not_visible")
        slack.mention("U8", "customers in Berlin", "C1")
        await slack.until(lambda: len(slack.acked) == 3)
        assert len(desk.inbox) == 2


async def test_the_workspaces_outlive_a_restart_and_end_when_the_app_is_removed(
    slack: SlackServer, db: Database
) -> None:
    async with running(slack, db) as (_, browser):
        missing = await examine(many(slack))
        assert [check.found for check in missing] == ["doctor-slack-no-workspace"]
        await install(browser)
    async with running(slack, db) as (desk, _):
        tokens = [bot.bot_token for bot in await desk.adapter._installs.bots()]
        assert all(check.ok for check in await examine(many(slack), tokens))
        place = Place(platform="slack", channel="C1")
        await desk.adapter.send(Outgoing(key="1", place=place, reply=words("to the only one")))
        slack.emit({"type": "app_uninstalled"})
        await slack.until(lambda: len(slack.acked) == 1)
        for team in ("T1", "T9", ""):
            elsewhere = place.model_copy(update={"workspace": team})
            with pytest.raises(Refused, match=r"not installed|0 workspaces"):
                await desk.adapter.send(Outgoing(key="2", place=elsewhere, reply=words("x")))
        slack.mention("U1", "are you there?", "C1")
        await slack.until(lambda: len(slack.acked) == 2)
        assert desk.inbox == []


async def test_only_those_named_may_install(slack: SlackServer, db: Database) -> None:
    async with running(slack, db, workspaces=["T1"]) as (desk, browser):
        slack.neighbour(2)
        assert (await install(browser, "T2")).status_code == 500
        assert (await install(browser)).status_code == 200
        assert [bot.team_id for bot in await desk.adapter._installs.bots()] == ["T1"]


async def test_a_forged_way_back_installs_nothing(slack: SlackServer, db: Database) -> None:
    async with running(slack, db) as (desk, browser):
        slack.codes["stolen"] = slack
        for query in ("code=stolen", "code=stolen&state=guessed", "error=access_denied"):
            answer = await browser.get(f"/slack/oauth_redirect?{query}")
            assert "Oops" in answer.text or answer.status_code >= 400
        assert await desk.adapter._installs.bots() == []


async def test_a_token_is_replaced_before_it_ends(slack: SlackServer, db: Database) -> None:
    slack.rotates = True
    async with running(slack, db) as (_, browser):
        await install(browser)
    old = slack.bot_token

    def later() -> datetime:
        return now() + timedelta(seconds=LIFE - AHEAD * 60 + 1)

    async with running(slack, db, later) as (desk, _):
        async with running(slack, db, later):
            assert len(slack.refreshers) == 1, "of two processes one has replaced it, once"
        assert slack.bot_token != old
        slack.mention("U1", "hello", "C1")
        assert (await slack.posted())["text"] == "you said: hello"
        # Another process replaces it: this one takes the new token on at its next look.
        slack.bot_token = "xoxb-from-elsewhere"
        [bot] = await desk.adapter._installs.bots()
        bot.bot_token = slack.bot_token
        await desk.adapter._installs._store.async_save_bot(bot)
        await desk.adapter._installs._look()
        slack.mention("U1", "hello again", "C1")
        assert (await slack.posted(2))["text"] == "you said: hello again"


async def test_installations_are_read_while_the_database_is_locked(
    slack: SlackServer, sqlite_db: Database
) -> None:
    async with running(slack, sqlite_db) as (desk, browser):
        await install(browser)
        async with sqlite_db.engine.begin(), asyncio.timeout(2):
            place = Place(platform="slack", workspace="T1", channel="C1")
            await desk.adapter.send(Outgoing(key="1", place=place, reply=words("hello")))


def test_the_settings_say_what_is_missing(
    slack: SlackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong, said in (
        ({"bot_token": "xoxb-1"}, "either bot_token or client_id"),
        ({"client_id": ""}, "either bot_token or client_id"),
        ({"client_secret": ""}, "client_secret"),
        ({"link_by_email": True}, "workspaces"),
    ):
        with pytest.raises(ValueError, match=said):
            many(slack, **wrong)
    monkeypatch.setenv("CRM_SLACK__CLIENT_ID", "1.2")
    monkeypatch.setenv("CRM_SLACK__CLIENT_SECRET", "s")
    monkeypatch.setenv("CRM_SLACK__APP_TOKEN", "xapp-1")
    monkeypatch.setenv("CRM_SLACK__WORKSPACES", '["T1"]')
    found = Settings().slack
    assert found
    assert found.workspaces == ["T1"]
