"""Work that a message asked for and that takes its time: done aside, its outcome told.

A message's transaction must not wait for a large file. So its handler leaves an errand; here it is
done, in transactions of its own, and its outcome goes to where the message was said.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.assistant import Assistant
from bot.company import Company
from bot.doing import READ, do
from bot.message import Command
from bot.reply import Reply
from bot.turn import Turn
from crm_core import errands
from crm_core.access import Actor
from crm_core.changes import Work
from crm_core.clock import Clock
from crm_core.db import Database, outages_survived
from crm_core.errors import CrmError, NotAllowed
from crm_core.models import Errand, InboxEvent

log = structlog.get_logger()

IDLE = 1.0
"""Seconds until errands are looked for again, for what other processes left."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What an errand is done with: the data, and for whom."""

    db: Database
    actor: Actor
    company: Company
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.actor.user.timezone)


Tell = Callable[[Turn], Awaitable[Reply]]
"""Says what came of an errand, in the transaction that marks it as done."""
Errandwork = Callable[..., Awaitable[Tell]]
"""Takes a Desk and the errand's arguments."""
WORKS: dict[str, Errandwork] = {}


def errand(kind: str) -> Callable[[Errandwork], Errandwork]:
    """Register what does errands of a kind. Done twice, after a crash, it must do no harm."""

    def register(work: Errandwork) -> Errandwork:
        WORKS[kind] = work
        return work

    return register


class Errands:
    """Does the errands, one after the other."""

    def __init__(
        self, assistant: Assistant, clock: Clock, *, replied: Callable[[], None] = lambda: None
    ) -> None:
        self._assistant = assistant
        self._db = assistant.db
        self._clock = clock
        self._replied = replied
        self._woken = asyncio.Event()
        self.idle = asyncio.Event()
        """Set while nothing is to be done."""

    def wake(self) -> None:
        """Look for errands now: a message may have left one."""
        self.idle.clear()
        self._woken.set()

    async def run(self) -> None:
        """Do errands for as long as the task lives."""
        while True:
            self._woken.clear()
            with outages_survived():
                await self.drain()
            if not self._woken.is_set():
                self.idle.set()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), IDLE)

    async def drain(self) -> int:
        """Do all errands that wait; return how many that were."""
        count = 0
        while await self._waits() and (found := await self._claim()) is not None:
            await self._do(found)
            self._replied()
            count += 1
        return count

    async def _waits(self) -> bool:
        """Look without the lock of a writer: there is an errand once in a hundred messages."""
        async with self._db.read() as session:
            return await errands.waits(session)

    async def _claim(self) -> Errand | None:
        now = self._clock()
        return await self._db.run(Work("errands", now), lambda session: errands.claim(session, now))

    async def _do(self, found: Errand) -> None:
        """Do one errand. A crash leaves it claimed, and it is done again later."""
        error = None
        try:
            tell = await self._work(found)
        except CrmError as problem:
            tell = _refused(problem)
        except Exception:  # told to the person, kept for the operator
            error = secrets.token_hex(4)
            log.exception("errand failed", errand=found.id, kind=found.kind, error=error)
            if found.attempts < errands.TRIES:
                return
            tell = _failed(error)

        async def finish(session: AsyncSession) -> None:
            mine = await session.get_one(Errand, found.id, with_for_update=True)
            event = await session.get_one(InboxEvent, mine.event_id)
            turn, conversation = await self._assistant.begin(session, event, f"errand:{mine.id}")
            await self._assistant.answer(turn, conversation, await tell(turn))
            errands.done(mine, turn.now, error)

        await self._db.run(Work(f"errand:{found.id}", self._clock()), finish)

    async def _work(self, found: Errand) -> Tell:
        async with self._db.read() as session:
            event = await session.get_one(InboxEvent, found.event_id)
            turn, _ = await self._assistant.begin(session, event, f"errand:{found.id}")
            if turn.person is None:
                raise NotAllowed("role-may-not", what=found.kind)
            if found.kind == READ:
                return await _read(turn, **found.arguments)
        desk = Desk(self._db, turn.person, turn.company, turn.now)
        return await WORKS[found.kind](desk, **found.arguments)


async def _read(turn: Turn, command: dict[str, Any]) -> Tell:
    """Answer a question on a snapshot: however long it takes, it holds up no writer."""
    turn.aside = True
    reply = await do(turn, [Command.model_validate(command)], sure=True)
    shown, last = turn.state.shown, turn.state.last

    async def tell(after: Turn) -> Reply:
        after.state.shown, after.state.last = shown, last
        return reply

    return tell


def _refused(problem: CrmError) -> Tell:
    async def tell(turn: Turn) -> Reply:
        return turn.reply(turn.say(f"error-{problem.reason}", **problem.data))

    return tell


def _failed(error: str) -> Tell:
    async def tell(turn: Turn) -> Reply:
        return turn.reply(turn.say("failed", error=error))

    return tell
