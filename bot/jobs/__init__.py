"""Scheduled work, one file a job. A job is told when it is, and commits what it did at once."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.company import Company
from bot.notices import send_due
from bot.words import Words
from crm_core import notifications
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.receivers import Notice, Router


@dataclass(frozen=True)
class Shift:
    """What a job is given: the data, the words, and the moment."""

    db: Database
    words: Words
    company: Company
    work: Work

    @property
    def now(self) -> datetime:
        return self.work.now


Job = Callable[[Shift], Awaitable[str]]
"""Does one run and returns in a few words what came of it."""


async def tell(shift: Shift, gather: Callable[[AsyncSession], Awaitable[Sequence[Notice]]]) -> int:
    """Tell what `gather` finds and was not told yet; return how many notifications are new.

    It is decided while only reading; the write lock is taken for what is new.
    """
    async with shift.db.read() as session:
        router = await Router.load(session, shift.company.policy)
        new = await notifications.untold(session, router, await gather(session))
    if not new:
        return 0

    async def write(session: AsyncSession) -> int:
        router = await Router.load(session, shift.company.policy)
        count = await notifications.notify(session, router, new)
        await send_due(session, shift.words, shift.company, shift.now)
        return count

    return await shift.db.run(shift.work, write)
