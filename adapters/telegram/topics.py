"""A topic a ticket, in a group that has topics: opened, renamed and closed with it.

What should be is compared with what is, again and again: so it doesn't matter where a ticket was
changed, or whether that was undone.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, RetryAfter, TelegramError

from adapters.telegram.lease import Lease
from adapters.telegram.moves import Moves
from adapters.telegram.pace import seconds_of
from bot.message import Place
from crm_core import tickets
from crm_core.changes import Work
from crm_core.clock import Clock
from crm_core.db import Database
from crm_core.models import Ticket, TicketTopic

PLATFORM = "telegram"
LEASE = 60.0
LONGEST = 128
"""Characters of a topic's name. Source: https://core.telegram.org/bots/api#createforumtopic"""
AT_ONCE = 20

Introduce = Callable[[AsyncSession, int, Place], Awaitable[None]]
"""Put on its way what a ticket's own place begins with."""

log = structlog.get_logger(__name__)


class Topics:
    """Keeps the topics of one group, by whichever process holds the lease."""

    def __init__(
        self,
        db: Database,
        lease: Lease,
        clock: Clock,
        chat: str,
        introduce: Introduce,
        seconds: float = 5.0,
    ) -> None:
        self._db = db
        self._lease = lease
        self._clock = clock
        self._introduce = introduce
        self.chat = chat
        self.seconds = seconds

    async def run(self, bot: Bot, moves: Moves) -> None:
        """Keep them until cancelled."""
        name = f"telegram-topics:{self.chat}"
        while True:
            self.chat = moves.of(self.chat)
            if await self._lease.acquire(name, LEASE):
                try:
                    await self.keep(bot)
                except ChatMigrated as moved:
                    await moves.follow(self.chat, str(moved.new_chat_id))
                    continue
                except RetryAfter as problem:
                    await asyncio.sleep(seconds_of(problem.retry_after))
                except TelegramError as problem:
                    log.warning("telegram.topics", problem=problem.message)
                except Exception:
                    log.exception("telegram.topics_failed")
            await asyncio.sleep(self.seconds)

    async def keep(self, bot: Bot) -> None:
        """Bring the topics in line with the tickets, once."""
        for ticket, topic in await self._differing():
            await self._align(bot, ticket, topic)

    async def _differing(self) -> Sequence[tuple[Ticket, TicketTopic | None]]:
        """Return unresolved tickets without a topic, and topics that are not as their tickets."""
        mine = (TicketTopic.ticket_id == Ticket.id) & (TicketTopic.channel == self.chat)
        resolved = Ticket.status.in_(tickets.CLOSED)
        async with self._db.read() as session:
            query = (
                select(Ticket, TicketTopic)
                .outerjoin(TicketTopic, mine)
                .where(
                    or_(
                        TicketTopic.id.is_(None) & ~resolved,
                        TicketTopic.id.is_not(None) & (TicketTopic.closed != resolved),
                        TicketTopic.id.is_not(None) & (TicketTopic.subject != Ticket.subject),
                    )
                )
                .order_by(Ticket.id)
                .limit(AT_ONCE)
            )
            return [(ticket, topic) for ticket, topic in await session.execute(query)]

    async def _align(self, bot: Bot, ticket: Ticket, topic: TicketTopic | None) -> None:
        closed = ticket.status in tickets.CLOSED
        opened = topic is None
        if topic is None:
            made = await bot.create_forum_topic(self.chat, _name(ticket))
            topic = TicketTopic(
                ticket_id=ticket.id,
                platform=PLATFORM,
                channel=self.chat,
                thread=str(made.message_thread_id),
            )
        else:
            thread = int(topic.thread)
            try:
                if topic.subject != ticket.subject:
                    await bot.edit_forum_topic(self.chat, thread, _name(ticket))
                if topic.closed and not closed:
                    await bot.reopen_forum_topic(self.chat, thread)
                if closed and not topic.closed:
                    await bot.close_forum_topic(self.chat, thread)
            except BadRequest as problem:  # somebody did so by hand, or removed the topic
                log.info("telegram.topic_as_it_is", ticket=ticket.id, problem=problem.message)
        topic.subject, topic.closed = ticket.subject, closed
        async with self._db.begin(Work("topics", self._clock())) as session:
            await session.merge(topic)
            if opened:
                await self._introduce(session, ticket.id, self._place(bot, topic))

    def _place(self, bot: Bot, topic: TicketTopic) -> Place:
        workspace = str(bot.id)
        return Place(platform=PLATFORM, workspace=workspace, channel=self.chat, thread=topic.thread)


def _name(ticket: Ticket) -> str:
    name = f"#{ticket.id} · {' '.join(ticket.subject.split())}"
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
