"""Inbox and outbox: taken in once, delivered in order, nothing lost when a process dies."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from crm_core import inbox, outbox
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.models import Delivery, InboxEvent, OutboxStatus

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=UTC)
WORK = Work("test", NOW)


async def accept(db: Database, event: str) -> int | None:
    async with db.begin(WORK) as session:
        return await inbox.accept(
            session, platform="slack", workspace="T1", event=event, message={"text": "hi"}, now=NOW
        )


async def queue(db: Database, key: str, channel: str = "C1") -> int | None:
    async with db.begin(WORK) as session:
        return await outbox.queue(
            session,
            key=key,
            platform="slack",
            workspace="T1",
            channel=channel,
            reply={"parts": []},
            now=NOW,
        )


async def test_an_event_is_taken_in_once(db: Database) -> None:
    assert await accept(db, "Ev1") is not None
    assert await accept(db, "Ev1") is None
    assert await accept(db, "Ev2") is not None
    async with db.read() as session:
        assert len((await session.scalars(select(InboxEvent))).all()) == 2


async def test_an_event_waits_until_its_work_is_committed(db: Database) -> None:
    number = await accept(db, "Ev1")
    with pytest.raises(ZeroDivisionError):
        async with db.begin(WORK) as session:
            event = await inbox.oldest(session)
            assert event
            inbox.done(event, NOW)
            raise ZeroDivisionError
    async with db.begin(WORK) as session:
        again = await inbox.oldest(session)
        assert again
        assert again.id == number
        inbox.done(again, NOW)
    async with db.begin(WORK) as session:
        assert await inbox.oldest(session) is None


async def test_many_at_once_take_each_event_once(postgres_db: Database) -> None:
    for number in range(20):
        await accept(postgres_db, f"Ev{number}")

    async def work() -> list[int]:
        taken = []
        while True:
            async with postgres_db.begin(WORK) as session:
                event = await inbox.oldest(session)
                if event is None:
                    return taken
                await asyncio.sleep(0.001)
                taken.append(event.id)
                inbox.done(event, NOW)

    taken = [id_ for some in await asyncio.gather(*(work() for _ in range(4))) for id_ in some]
    assert len(taken) == len(set(taken)) == 20


async def test_a_key_is_delivered_once(db: Database) -> None:
    assert await queue(db, "alert:1") is not None
    assert await queue(db, "alert:1") is None


async def test_a_place_keeps_its_order_while_others_go_on(db: Database) -> None:
    for key, channel in (("a1", "A"), ("a2", "A"), ("b1", "B")):
        await queue(db, key, channel)
    async with db.begin(WORK) as session:
        first, second, other = await outbox.claim(session, ["slack"], NOW)
        assert [first.key, second.key, other.key] == ["a1", "a2", "b1"]
        outbox.later(first, NOW + timedelta(seconds=30), "429")
        outbox.later(second, NOW, "behind")
        outbox.sent(other, "123.4", NOW)
    async with db.begin(WORK) as session:
        assert await outbox.claim(session, ["slack"], NOW) == []
        later = await outbox.claim(session, ["slack"], NOW + timedelta(seconds=31))
        assert [delivery.key for delivery in later] == ["a1", "a2"]


async def test_other_platforms_deliveries_are_left_alone(db: Database) -> None:
    await queue(db, "a1")
    async with db.begin(WORK) as session:
        assert await outbox.claim(session, ["telegram"], NOW) == []


async def test_what_is_refused_is_parked_and_blocks_nobody(db: Database) -> None:
    await queue(db, "a1")
    await queue(db, "a2")
    async with db.begin(WORK) as session:
        first, second = await outbox.claim(session, ["slack"], NOW)
        outbox.park(first, "is_archived")
        outbox.later(second, NOW, "")
    async with db.begin(WORK) as session:
        (left,) = await outbox.claim(session, ["slack"], NOW)
        assert left.key == "a2"
        parked = (await session.scalars(select(Delivery).filter_by(key="a1"))).one()
        assert (parked.status, parked.problem) == (OutboxStatus.PARKED, "is_archived")
