"""Delivers what the outbox holds: in order within a place, side by side between places."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import groupby

import structlog
from prometheus_client import Counter
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from adapters.channel import Adapter, Outgoing, Refused, TryLater, Unreachable
from bot.message import Place
from bot.reply import File, Reply
from crm_core import files, outbox, users
from crm_core.changes import Work
from crm_core.clock import Clock
from crm_core.db import Database, outages_survived
from crm_core.models import Delivery

log = structlog.get_logger()

BATCH = 20
"""Deliveries taken at once."""
IDLE = 1.0
"""Seconds until the outbox is looked at again, for what other processes left there."""
LONGEST_PAUSE = 300.0
OUTCOME = (
    "status",
    "attempts",
    "unsure",
    "not_before",
    "claimed_until",
    "sent_at",
    "reference",
    "problem",
)
"""What a try changes in a delivery."""
DELIVERIES = Counter("crm_deliveries", "Deliveries tried, by outcome", ["platform", "outcome"])


Ask = Callable[[AsyncSession, Delivery, str], Awaitable[None]]
"""Ask for a private chat, where there is none for what only one person may see; with a link."""


class Courier:
    """Takes deliveries from the outbox to the platforms' adapters."""

    def __init__(
        self, db: Database, adapters: Sequence[Adapter], clock: Clock, ask: Ask | None = None
    ) -> None:
        self._db = db
        self._adapters = {adapter.platform: adapter for adapter in adapters}
        self._clock = clock
        self._ask = ask
        self._woken = asyncio.Event()
        self._stopping = False

    def wake(self) -> None:
        """Look at the outbox now: something was put there."""
        self._woken.set()

    def stop(self) -> None:
        """Finish what is under way: a delivery whose outcome is lost would be made again."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Deliver until `stop`."""
        while not self._stopping:
            self._woken.clear()
            with outages_survived():
                await self.drain()
            if not self._stopping:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), IDLE)

    async def drain(self) -> int:
        """Deliver what is due; return how many deliveries were tried."""
        count = 0
        while not self._stopping and (claimed := await self._claim()):
            places = [list(group) for _, group in groupby(sorted(claimed, key=_place), key=_place)]
            await asyncio.gather(*(self._deliver_in_order(group) for group in places))
            count += len(claimed)
            if len(claimed) < BATCH:
                break
        return count

    async def _claim(self) -> Sequence[Delivery]:
        now = self._clock()
        platforms = list(self._adapters)
        return await self._db.run(
            Work("courier", now), lambda session: outbox.claim(session, platforms, now, BATCH)
        )

    async def _deliver_in_order(self, deliveries: Sequence[Delivery]) -> None:
        for position, delivery in enumerate(deliveries):
            pause = await self._deliver(delivery)
            if pause:
                for waiting in deliveries[position + 1 :]:
                    waiting.attempts -= 1  # it was not tried
                    outbox.later(waiting, self._clock() + pause, "behind an older one")
                    await self._save(waiting)
                return

    async def _deliver(self, delivery: Delivery) -> timedelta | None:
        """Try once. Return how long the place wants to be left alone, if it does."""
        pause = None
        try:
            outgoing = await self._completed(_outgoing(delivery))
            reference = await self._adapters[delivery.platform].send(outgoing)
        except Refused as problem:
            outbox.park(delivery, str(problem))
            log.error("delivery refused", delivery=delivery.id, problem=str(problem))
            if isinstance(problem, Unreachable) and self._ask:
                async with self._db.begin(Work("courier", self._clock())) as session:
                    await self._ask(session, delivery, problem.link)
                self.wake()
        except TryLater as problem:
            pause = timedelta(seconds=problem.seconds)
            when = self._clock() + pause
            outbox.later(delivery, when, str(problem), unsure=problem.unsure)
        except Exception:  # an adapter's mistake: told to the operator, tried again, never lost
            error = secrets.token_hex(4)
            pause = timedelta(seconds=min(2.0**delivery.attempts, LONGEST_PAUSE))
            outbox.later(delivery, self._clock() + pause, f"error {error}")
            log.exception("delivery failed", delivery=delivery.id, error=error)
        else:
            outbox.sent(delivery, reference, self._clock())
        DELIVERIES.labels(delivery.platform, delivery.status.value).inc()
        await self._save(delivery)
        return pause

    async def _completed(self, outgoing: Outgoing) -> Outgoing:
        """Add what the reply only refers to: the files, and who is who on the platform."""
        wanted = [part.id for part in outgoing.reply.parts if isinstance(part, File)]
        named, place = outgoing.reply.people, outgoing.place
        if not wanted and not named:
            return outgoing
        async with self._db.read() as session:
            found = {file_id: await files.content(session, file_id) for file_id in wanted}
            people = await users.known_there(session, place.platform, place.workspace, named)
        return outgoing.model_copy(update={"files": found, "people": people})

    async def _save(self, delivery: Delivery) -> None:
        outcome = {name: getattr(delivery, name) for name in OUTCOME}
        statement = update(Delivery).where(Delivery.id == delivery.id).values(**outcome)
        async with self._db.begin(Work("courier", self._clock())) as session:
            await session.execute(statement.execution_options(synchronize_session=False))


def _place(delivery: Delivery) -> tuple[str, str, str, str]:
    return (delivery.platform, delivery.workspace, delivery.channel, delivery.thread)


def _outgoing(delivery: Delivery) -> Outgoing:
    place = Place(
        platform=delivery.platform,
        workspace=delivery.workspace,
        channel=delivery.channel,
        thread=delivery.thread,
    )
    return Outgoing(
        key=delivery.key,
        place=place,
        reply=Reply.model_validate(delivery.reply),
        recipient=delivery.recipient,
        replaces=delivery.replaces,
        answers=delivery.answers,
        attempt=delivery.attempts,
        unsure=delivery.unsure,
    )
