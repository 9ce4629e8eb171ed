"""The courier, beside any platform: what happens to deliveries when the process ends."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import select

from adapters.app import App
from adapters.channel import Outgoing, TryLater
from adapters.courier import Courier
from adapters.settings import Settings
from adapters.terminal import Terminal
from bot.reply import Reply, Text
from crm_core import outbox
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.models import Delivery, OutboxStatus

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=UTC)


class SlowTerminal(Terminal):
    """A platform that takes its time to take a delivery."""

    def __init__(self) -> None:
        super().__init__(Console(quiet=True), lambda: NOW)
        self.begun = asyncio.Event()

    async def send(self, outgoing: Outgoing) -> str:
        self.begun.set()
        await asyncio.sleep(0.2)
        return "sent"


async def test_a_delivery_under_way_is_finished_before_the_process_ends(tmp_path: Path) -> None:
    settings = Settings()
    settings.database.url = f"sqlite+aiosqlite:///{tmp_path}/crm.db"
    terminal = SlowTerminal()
    app = App(settings, lambda _app: [terminal], lambda: NOW)
    await app.db.migrate()
    async with app.db.begin(Work("test", NOW)) as session:
        await outbox.queue(
            session,
            key="last words",
            platform="terminal",
            workspace="",
            channel="here",
            reply=Reply(parts=[Text(text="Good night.")]).model_dump(mode="json"),
            now=NOW,
        )
    async with app.running():
        await asyncio.wait_for(terminal.begun.wait(), 10)
    async with app.db.read() as session:
        assert await session.scalar(select(Delivery.status)) is OutboxStatus.SENT
    await app.db.close()


class Doubtful(SlowTerminal):
    """A platform that the process dies talking to, and whose line breaks the second time."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[bool] = []

    async def send(self, outgoing: Outgoing) -> str:
        self.seen.append(outgoing.unsure)
        match outgoing.attempt:
            case 1:
                raise TryLater("a pause")
            case 2:
                raise asyncio.CancelledError
            case _:
                return "sent"


async def test_what_may_have_arrived_is_known(sqlite_db: Database) -> None:
    now, platform = NOW, Doubtful()
    async with sqlite_db.begin(Work("test", NOW)) as session:
        where = {"platform": "terminal", "workspace": "", "channel": "here"}
        await outbox.queue(session, key="words", **where, reply={"parts": []}, now=NOW)
    courier = Courier(sqlite_db, [platform], lambda: now)
    await courier.drain()
    now += timedelta(minutes=1)
    with pytest.raises(asyncio.CancelledError):
        await courier.drain()
    now += outbox.LEASE + timedelta(seconds=1)
    await courier.drain()
    assert platform.seen == [False, False, True]
