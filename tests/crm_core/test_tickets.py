"""Tickets: what was said on them, snoozes that end by themselves, targets in order."""

from datetime import UTC, datetime, timedelta

import pytest

from crm_core import tickets
from crm_core.access import Actor, Rules
from crm_core.changes import Work, undo
from crm_core.db import Database
from crm_core.errors import Conflict, Invalid
from crm_core.models import Customer, Priority, Role, Ticket, TicketStatus, User, Visibility
from crm_core.sla import Goal, Sla

NOW = datetime(2026, 3, 11, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
SLA = Sla(
    targets={
        Goal.FIRST_RESPONSE: dict(zip(Priority, (480, 240, 120, 30), strict=True)),
        Goal.RESOLUTION: dict.fromkeys(Priority, 540),
    }
)


async def helper(db: Database) -> Actor:
    async with db.begin(Work("people", NOW)) as session:
        user = User(name="Hel Per", role=Role.SUPPORT)
        session.add(user)
        await session.flush()
    return Actor(user, frozenset({user.id}), Rules({}, {}))


async def put(db: Database, at: datetime = NOW, **values: object) -> int:
    async with db.begin(Work(f"put {at} {values}", at)) as session:
        customer = Customer(name="Ace")
        session.add(customer)
        await session.flush()
        ticket = Ticket(customer_id=customer.id, subject="broken", opened_at=at, **values)
        session.add(ticket)
        await session.flush()
        return ticket.id


async def listed(
    db: Database, actor: Actor, now: datetime, status: TicketStatus | None = None
) -> list[int]:
    async with db.read() as session:
        found = await tickets.search(session, actor, UTC, now, SLA, status=status)
    return [ticket.id for ticket in found]


async def test_messages_are_kept_in_order_and_the_first_public_one_answers(db: Database) -> None:
    actor, id_ = await helper(db), await put(db)
    for hours, visibility in enumerate(
        (Visibility.INTERNAL, Visibility.PUBLIC, Visibility.PUBLIC), 1
    ):
        work = Work(f"say {hours}", NOW + hours * HOUR, actor.user.id)
        async with db.begin(work) as session:
            ticket = await session.get_one(Ticket, id_)
            await tickets.say(session, ticket, actor.user, f"text {hours}", visibility)
    assert ticket.first_response_at == NOW + 2 * HOUR
    async with db.read() as session:
        said = await tickets.messages(session, ticket)
    assert [message.text for message in said] == ["text 1", "text 2", "text 3"]
    assert said[0].author.name == "Hel Per"
    async with db.begin(Work("undo", NOW + 4 * HOUR, actor.user.id)) as session:
        await undo(session, "say 3", actor.user.id)
    async with db.read() as session:
        assert len(await tickets.messages(session, ticket)) == 2


async def test_a_snooze_ends_by_itself(db: Database) -> None:
    actor, id_ = await helper(db), await put(db)
    until = NOW + 5 * HOUR
    async with db.begin(Work("snooze", NOW)) as session:
        ticket = await session.get_one(Ticket, id_)
        await tickets.snooze(session, ticket, until)
    before = until - timedelta(seconds=1)
    assert tickets.status_at(ticket, before) is TicketStatus.SNOOZED
    assert tickets.status_at(ticket, until) is TicketStatus.OPEN
    assert await listed(db, actor, before, TicketStatus.OPEN) == []
    assert await listed(db, actor, before, TicketStatus.SNOOZED) == [id_]
    assert await listed(db, actor, until, TicketStatus.OPEN) == [id_]
    assert await listed(db, actor, until, TicketStatus.SNOOZED) == []
    assert await listed(db, actor, before) == [id_]


async def test_those_with_the_nearest_target_come_first(db: Database) -> None:
    actor = await helper(db)
    low = await put(db, priority=Priority.LOW)
    old = await put(db, NOW - 24 * HOUR, first_response_at=NOW - 23 * HOUR)
    urgent = await put(db, priority=Priority.URGENT)
    resolved = await put(db, status=TicketStatus.RESOLVED, resolved_at=NOW)
    assert await listed(db, actor, NOW) == [old, urgent, low]
    assert await listed(db, actor, NOW, TicketStatus.RESOLVED) == [resolved]
    async with db.read() as session:
        missed = await tickets.breaching(session, actor, SLA, NOW, NOW, NOW + HOUR)
        later = await tickets.breaching(session, actor, SLA, NOW, NOW + HOUR, NOW + 24 * HOUR)
        sometime = await tickets.breaching(session, actor, SLA, NOW + HOUR, NOW, NOW + 24 * HOUR)
    assert [ticket.id for ticket in missed] == [old, urgent]
    assert [ticket.id for ticket in later] == [low]
    assert [ticket.id for ticket in sometime] == [old, urgent, low]


async def test_what_is_closed_takes_no_changes_but_opens_again(db: Database) -> None:
    actor, id_ = await helper(db), await put(db)
    async with db.begin(Work("close", NOW)) as session:
        ticket = await session.get_one(Ticket, id_)
        with pytest.raises(Conflict, match="ticket-open"):
            await tickets.reopen(session, ticket)
        with pytest.raises(Invalid, match="already-that-priority"):
            await tickets.prioritize(session, ticket, Priority.NORMAL)
        await tickets.resolve(session, ticket, "done")
        for verb in (
            tickets.resolve(session, ticket),
            tickets.prioritize(session, ticket, Priority.LOW),
            tickets.snooze(session, ticket, NOW + HOUR),
            tickets.assign(session, ticket, actor.user),
        ):
            with pytest.raises(Conflict, match="ticket-closed"):
                await verb
        await tickets.say(session, ticket, actor.user, "it is fixed", Visibility.PUBLIC)
        await tickets.reopen(session, ticket)
    assert (ticket.status, ticket.resolved_at) == (TicketStatus.OPEN, None)


async def test_ratings_are_whole_numbers_from_1_to_5(db: Database) -> None:
    id_ = await put(db)
    async with db.begin(Work("rate", NOW)) as session:
        ticket = await session.get_one(Ticket, id_)
        for score in (0, 6, 2.5, float("nan")):
            with pytest.raises(Invalid, match="no-such-score"):
                await tickets.rate(session, ticket, score)
        await tickets.rate(session, ticket, 5.0, "great")
    assert (ticket.satisfaction, ticket.satisfaction_comment) == (5, "great")


@pytest.mark.parametrize(
    ("words", "subject", "same"),
    [
        ("still no parcel! My parcel has not come", "My parcel has not come since Monday.", True),
        ("parcel not arrived", "my parcel has not arrived yet, order 10278", True),
        ("包裹还没到", "我的包裹没有到", True),
        ("包裹没到", "发票开错了", False),
        ("can't log in", "can't print", False),
    ],
)
async def test_similar(sqlite_db: Database, words: str, subject: str, same: bool) -> None:
    id_ = await put(sqlite_db)
    async with sqlite_db.begin(Work("rename", NOW)) as session:
        ticket = await session.get_one(Ticket, id_)
        ticket.subject = subject
        customer = await session.get_one(Customer, ticket.customer_id)
        assert (await tickets.similar(session, customer, words) is not None) == same
