"""A topic a ticket: opened, renamed, closed and opened again with it."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest
from sqlalchemy import select

from adapters.courier import Courier
from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.lease import SoleProcess
from adapters.telegram.moves import Moves
from adapters.telegram.topics import Topics
from bot.introducing import introduce
from bot.message import Message, Place
from bot.reply import Reply
from crm_core import chats
from crm_core.changes import Work
from crm_core.models import ChatIdentity, Ticket, TicketTopic
from tests.adapters.telegram_desk import Desk, adapter_for, running
from tests.adapters.telegram_people import Chat, Sent
from tests.adapters.telegram_rules import Refusal
from tests.adapters.telegram_server import TelegramServer
from tests.bot.intents.test_tickets import ticket
from tests.office import Office


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        yield server


@pytest.fixture
async def adapter(server: TelegramServer) -> AsyncIterator[TelegramAdapter]:
    async with running(adapter_for(server), Desk()) as adapter:
        yield adapter


@pytest.fixture
def forum(server: TelegramServer) -> Chat:
    return server.group("Support", topics=(1,))


def topics_in(office: Office, chat: int) -> Topics:
    shown = partial(introduce, office.assistant)
    return Topics(office.db, SoleProcess(), lambda: office.now, str(chat), shown, seconds=0.02)


@pytest.fixture
def topics(office: Office, forum: Chat) -> Topics:
    return topics_in(office, forum.id)


async def test_a_topic_goes_with_its_ticket(
    server: TelegramServer, adapter: TelegramAdapter, office: Office, topics: Topics
) -> None:
    id_ = await ticket(office, "can't log in")
    for _ in range(2):
        await topics.keep(adapter.bot)
    assert list(server.topics.values()) == [f"#{id_} · can't log in"]
    async with office.db.begin(Work("rename", office.now)) as session:
        (await session.get_one(Ticket, id_)).subject = "The app " + "x" * 200
    await topics.keep(adapter.bot)
    (name,) = server.topics.values()
    assert name.startswith(f"#{id_} · The app")
    assert len(name) == 128
    await office.do("laura", "ticket.resolve", ticket=id_)
    await topics.keep(adapter.bot)
    await office.do("laura", "ticket.reopen", ticket=id_)
    for _ in range(2):
        await topics.keep(adapter.bot)
    assert [len(server.called(f"{verb}ForumTopic")) for verb in ("create", "close", "reopen")] == [
        1,
        1,
        1,
    ]


async def test_trouble_is_tried_again(
    server: TelegramServer, adapter: TelegramAdapter, office: Office, topics: Topics
) -> None:
    id_ = await ticket(office)
    server.plan("createForumTopic", Refusal(500, "Internal Server Error"))
    with pytest.raises(Exception, match="Internal"):
        await topics.keep(adapter.bot)
    await topics.keep(adapter.bot)
    assert len(server.topics) == 1
    await office.do("laura", "ticket.resolve", ticket=id_)
    server.plan("closeForumTopic", Refusal(400, "Bad Request: TOPIC_NOT_MODIFIED"))
    await topics.keep(adapter.bot)
    await topics.keep(adapter.bot)
    assert len(server.called("closeForumTopic")) == 1, "somebody closed it by hand"


async def test_in_a_topic_its_ticket_needs_no_number(
    server: TelegramServer, adapter: TelegramAdapter, office: Office, topics: Topics, forum: Chat
) -> None:
    await ticket(office, "another one")
    id_ = await ticket(office)
    await topics.keep(adapter.bot)
    thread = next(key for key, name in server.topics.items() if name.startswith(f"#{id_} "))
    laura = await office.person("laura")
    async with office.db.begin(Work("link", office.now)) as session:
        account = {"platform": "telegram", "workspace": "", "sender": "7"}
        session.add(ChatIdentity(**account, user_id=laura.id, linked_at=office.now))
    place = Place(platform="telegram", channel=str(forum.id), thread=str(thread))
    said = Message(event="1", place=place, sender="7", text="close it", at=office.now)
    await office.assistant.receive(said)
    await office.assistant.drain()
    reply, _ = await office.delivery("reply:telegram::1")
    assert isinstance(reply, Reply)
    assert f"#{id_} is resolved" in reply.text


async def test_a_topic_begins_with_its_tickets_card(
    server: TelegramServer, adapter: TelegramAdapter, office: Office, topics: Topics, forum: Chat
) -> None:
    id_ = await ticket(office)
    courier = Courier(office.db, [adapter], lambda: office.now)
    for _ in range(2):
        await topics.keep(adapter.bot)
        await courier.drain()
    card = await server.answer(forum)
    assert not forum.unread, "once"
    assert card.topic in server.topics
    assert f"Ticket #{id_} · can't log in" in card.text
    assert "Customer: Alfreds Futterkiste" in card.text
    assert {"Take it", "Reply", "Resolve"} <= {label for row in card.labels for label in row}
    taken = await office.say("laura", press=_token(card, "Take it"))
    assert "goes to Laura Callahan" in taken.text


def _token(sent: Sent, label: str) -> str:
    (data,) = [b["callback_data"] for row in sent.buttons for b in row if b["text"] == label]
    return str(data)


@pytest.mark.parametrize("before", [True, False])
async def test_topics_follow_a_group_that_became_a_supergroup(
    server: TelegramServer, adapter: TelegramAdapter, office: Office, forum: Chat, before: bool
) -> None:
    """The settings name the old group; what is kept may be under the new number already."""
    id_ = await ticket(office)
    old = server.group("Support", topics=(1,))
    topics = topics_in(office, old.id)
    await (topics if before else topics_in(office, forum.id)).keep(adapter.bot)
    old.moved_to, forum.topics = forum.id, forum.topics | old.topics

    async def moved(was: str, new: str) -> None:
        async with office.db.begin(Work("move", office.now)) as session:
            await chats.move(session, "telegram", was, new)

    async with office.db.begin(Work("rename", office.now)) as session:
        (await session.get_one(Ticket, id_)).subject = "renamed"
    running = asyncio.create_task(topics.run(adapter.bot, Moves(moved)))
    await server.until(lambda: f"#{id_} · renamed" in server.topics.values())
    running.cancel()
    async with office.db.read() as session:
        (channel,) = (await session.scalars(select(TicketTopic.channel))).all()
    assert channel == str(forum.id)
    assert len(server.topics) == 1, "the topic is the one there was"
