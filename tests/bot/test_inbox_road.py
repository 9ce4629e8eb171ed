"""Messages on their way in: edited before they are answered or after, and ones that kill."""

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot.message import Message, Place
from bot.reply import Reply
from bot.understanding import Understander
from crm_core.db import Database
from crm_core.models import Delivery, InboxEvent, InboxStatus
from tests.office import Office


def message(office: Office, event: str, text: str, **more: Any) -> Message:
    office.now += timedelta(seconds=1)
    place = Place(platform="test", channel="laura", direct=True)
    said = {"event": event, "place": place, "sender": "laura", "text": text, "at": office.now}
    return Message(**(said | {"said": "laura/1"} | more))


async def replies(office: Office) -> list[str]:
    async with office.db.read() as session:
        rows = await session.scalars(select(Delivery).order_by(Delivery.id))
        return [Reply.model_validate(row.reply).text for row in rows]


async def test_the_last_version_counts_until_it_is_acted_upon(office: Office) -> None:
    assert await office.assistant.receive(message(office, "1", "customers in Berlin"))
    assert await office.assistant.receive(message(office, "2", "customers in Paris", edited=True))
    assert await office.assistant.receive(message(office, "3", "customers in Lyon", edited=True))
    await office.assistant.drain()
    (only,) = await replies(office)
    assert "Victuailles en stock" in only


async def test_an_edit_that_comes_too_late_is_said_kindly_once(office: Office) -> None:
    await office.assistant.receive(message(office, "1", "customers in Berlin"))
    await office.assistant.drain()
    edit = message(office, "2", "customers in Paris", edited=True)
    assert await office.assistant.receive(edit)
    assert not await office.assistant.receive(edit)
    await office.assistant.drain()
    _, second = await replies(office)
    assert "before you changed it" in second
    assert "Paris" not in second


async def test_an_edit_that_changes_no_word_says_nothing(office: Office) -> None:
    await office.assistant.receive(message(office, "1", "customers in Berlin"))
    await office.assistant.drain()
    same = message(office, "2", "customers in Berlin", edited=True)
    assert not await office.assistant.receive(same)


async def test_an_edit_of_what_never_came_is_a_message(office: Office) -> None:
    await office.assistant.receive(message(office, "2", "customers in Berlin", edited=True))
    await office.assistant.drain()
    assert "Alfreds" in (await replies(office))[0]


class Killed(BaseException):
    """The process dies: nothing is told to anybody."""


async def test_a_message_that_kills_the_process_is_given_up(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def die(*_: object) -> None:
        raise Killed

    await office.assistant.receive(message(office, "1", "customers in Berlin"))
    await office.assistant.receive(message(office, "2", "customers in London", said="laura/2"))
    with monkeypatch.context() as patch:
        patch.setattr("bot.responder.Responder.reply", die)
        for _ in range(5):
            office.restart()
            with pytest.raises(Killed):
                await office.assistant.drain()
    office.restart()
    await office.assistant.drain()
    async with office.db.read() as session:
        first, second = await session.scalars(select(InboxEvent).order_by(InboxEvent.id))
    assert (first.status, second.status) == (InboxStatus.FAILED, InboxStatus.DONE)
    given_up, answered = await replies(office)
    assert "Something went wrong" in given_up
    assert "Around the Horn" in answered


async def test_an_outage_of_the_database_loses_nothing_and_ends_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = office.db.run
    outage = OperationalError("BEGIN IMMEDIATE", None, sqlite3.OperationalError("locked"))

    async def fails(*_: object) -> None:
        raise outage

    monkeypatch.setattr(office.db, "run", fails)
    running = asyncio.create_task(office.assistant.run())
    assert await office.assistant.receive(message(office, "1", "customers in Berlin"))
    done, _ = await asyncio.wait([running], timeout=0.05)
    assert not done
    running.cancel()
    monkeypatch.setattr(office.db, "run", works)
    assert await office.assistant.receive(message(office, "2", "customers in London", said="2"))
    await office.assistant.drain()
    said = await replies(office)
    assert ["Berlin" in said[0], "London" in said[1]] == [True, True]


async def test_postgresql_s_locked_inbox_holds_nobody_up(
    postgres_db: Database,
    understander: Understander,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)  # where the events wait meanwhile
    office = Office(postgres_db, understander)
    said = [f"hello {n}" for n in range(5)]
    async with postgres_db.engine.begin() as other:
        await other.exec_driver_sql("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
        async with asyncio.timeout(1):
            for n, text in enumerate(said):
                assert await office.assistant.receive(message(office, f"{n}", text, said=f"{n}"))
    await office.assistant.drain()
    async with postgres_db.read() as session:
        rows = (await session.scalars(select(InboxEvent).order_by(InboxEvent.id))).all()
    assert [row.message["text"] for row in rows] == said
