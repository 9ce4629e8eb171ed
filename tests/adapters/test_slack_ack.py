"""Acknowledgements while the database is locked: at once; nothing lost, doubled or reordered."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from sqlalchemy import select

from adapters.app import App
from adapters.channel import Adapter
from adapters.slack.adapter import SlackAdapter
from bot.glance import Glance
from bot.message import Message, Place
from crm_core import sqlite
from crm_core.models import InboxEvent

from .conftest import Running, now
from .slack_desk import now as real_now
from .slack_desk import settings
from .slack_server import SlackServer

EVENTS = 30


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer() as server:
        yield server


@asynccontextmanager
async def locked(app: App) -> AsyncIterator[None]:
    """Hold the database's write lock, as another process does."""
    other = await sqlite.connect(str(app.db.url.database), timeout=5, isolation_level=None)
    await other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        await other.close()


@asynccontextmanager
async def at_work(company: Running, slack: SlackServer, transport: str) -> AsyncIterator[App]:
    def build(app: App) -> list[Adapter]:
        return [SlackAdapter(settings(slack, transport=transport), real_now, Glance(app.assistant))]

    async with company(build, U1="nancy") as app:
        if transport == "socket":
            yield app
        else:
            assert app.http
            url = f"http://127.0.0.1:{app.http.port}"
            async with httpx.AsyncClient(base_url=url) as slack.http:
                yield app


async def said(app: App) -> list[str]:
    """Return what came into the inbox, in order."""
    async with app.db.read() as session:
        rows = await session.scalars(select(InboxEvent).order_by(InboxEvent.id))
        return [row.message["text"] for row in rows]


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_events_are_acknowledged_while_the_database_is_locked(
    company: Running, slack: SlackServer, transport: str
) -> None:
    async with at_work(company, slack, transport) as app:
        async with locked(app):
            for number in range(EVENTS):
                slack.say("U1", f"task {number}")
            await slack.until(lambda: len(slack.acked) == EVENTS)
            # And what comes while something waits already does not wait itself.
            slack.slash("U1", "hi")
            await slack.until(lambda: len(slack.acked) == EVENTS + 1)
            assert slack.waited[-1] < max(slack.waited)
            assert await said(app) == []
        await slack.posted(EVENTS + 1)
        expected = [f"task {number}" for number in range(EVENTS)]
        assert await said(app) == [*expected, "hi"]
        assert len(slack.posts) == EVENTS + 1
    assert set(slack.attempts.values()) == {1}


async def test_what_waited_when_the_process_died_is_answered_once(
    company: Running, slack: SlackServer
) -> None:
    place = Place(platform="slack", workspace="T1", channel=slack.direct("U1"), direct=True)
    texts = ["show alfreds", "show bolido", "hi"]
    messages = [
        Message(event=f"Ev{n}", place=place, sender="U1", text=text, at=now())
        for n, text in enumerate(texts)
    ]
    async with at_work(company, slack, "socket") as app:
        # It died after the first had reached the inbox, and before its file was deleted.
        await app.assistant._take_in(messages[:1])
        for message in messages:
            await app.assistant._spool.keep(message.model_dump_json(), now())
        await slack.posted(3)
        assert await said(app) == texts
        assert not app.assistant._spool.holds
