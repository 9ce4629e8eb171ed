"""Asks Telegram for updates, and confirms none before it is safe."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from prometheus_client import Counter, Gauge
from telegram import Bot, Update
from telegram.error import TelegramError

from adapters.telegram.lease import Lease

ALLOWED = [
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.INLINE_QUERY,
    Update.MY_CHAT_MEMBER,
]
POLL = 20
"""Seconds that Telegram holds a question for updates open."""
LEASE = 40.0
"""Seconds: longer than a poll with a slow answer, and as long as a crash may silence the bot."""
LONGEST_REST = 30.0

POLLING = Gauge("crm_telegram_polling", "1 in the process that asks Telegram for updates")
POLLS = Counter("crm_telegram_polls", "Questions for updates that Telegram answered")

log = structlog.get_logger(__name__)


class Poller:
    """Long polling by whoever holds the lease.

    Telegram forgets an update once a later one is asked for. So the offset moves on only after
    `take` has returned: what was not taken comes again, here or in the process that polls next.
    """

    def __init__(
        self,
        bot: Bot,
        lease: Lease,
        name: str,
        take: Callable[[Update], Awaitable[None]],
        rest: float,
    ) -> None:
        self.bot = bot
        self.lease = lease
        self.name = name
        self.take = take
        self.rest = rest
        self._offset: int | None = None
        self._held: bool | None = None

    async def run(self) -> None:
        """Poll until cancelled."""
        try:
            while True:
                await persist(self._step, self.rest)
        finally:
            if self._held:
                await self.lease.release(self.name)
            POLLING.set(0)

    async def _step(self) -> None:
        if self._held:
            self._note(await self.lease.renew(self.name, LEASE))
        else:
            self._note(await self.lease.acquire(self.name, LEASE))
            if self._held:
                await self.bot.delete_webhook()  # while there is one, polling is refused
        if self._held:
            await self._poll()
        else:
            await asyncio.sleep(self.rest)

    def _note(self, held: bool) -> None:
        """Say who polls, whenever that changes."""
        if held and not self._held:
            log.info("telegram.polling")
        elif self._held and not held:
            log.warning("telegram.polling_lost")
        elif self._held is None:
            log.info("telegram.polled_elsewhere")
        self._held = held
        POLLING.set(held)

    async def _poll(self) -> None:
        updates = await self.bot.get_updates(self._offset, timeout=POLL, allowed_updates=ALLOWED)
        POLLS.inc()
        for update in updates:
            await self.take(update)
            self._offset = update.update_id + 1
        if not updates:
            self._offset = None  # all is confirmed; after a quiet week the ids start anew


async def persist(step: Callable[[], Awaitable[None]], rest: float) -> None:
    """Do a step until it succeeds: trouble is logged, and tried again after longer and longer."""
    while True:
        try:
            return await step()
        except TelegramError as problem:
            log.warning("telegram.trouble", kind=type(problem).__name__, problem=problem.message)
        except Exception:
            log.exception("telegram.failed")
        await asyncio.sleep(rest)
        rest = min(rest * 2, LONGEST_REST)
