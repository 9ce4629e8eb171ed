"""The writing side of an import: one transaction after the other, each of whole records."""

from collections.abc import Hashable, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from crm_core.access import Actor
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.imports.batch import Batch
from crm_core.imports.orders import put_orders
from crm_core.imports.reading import CHUNK, Draft
from crm_core.imports.report import Report
from crm_core.models import Order, Record


class Writer:
    """Writes what belongs to one import, and adds up its report.

    A crash leaves whole records; the same import again completes them, since what is there is
    found and left alone. Memory grows only by `seen`: the keys of the file, to catch duplicates.
    """

    def __init__(
        self,
        db: Database | AsyncSession,
        work: Work,
        currency: str,
        actor: Actor | None = None,
    ) -> None:
        self.db = db
        self.actor = actor
        self.work = work
        self.currency = currency
        self.report = Report(work.id)
        self.seen: dict[Hashable, int] = {}

    async def put(self, model: type[Record], drafts: Sequence[Draft]) -> None:
        """Create or update these records; bad ones are reported."""
        for start in range(0, len(drafts), CHUNK):
            await self._put(model, drafts[start : start + CHUNK])

    async def _put(self, model: type[Record], drafts: Sequence[Draft]) -> None:
        async def task(session: AsyncSession) -> Batch:
            batch = Batch(session, self.work, self.currency, self.seen, self.actor)
            await batch.prepare()
            await (put_orders(batch, drafts) if model is Order else batch.put(model, drafts))
            return batch

        if isinstance(self.db, AsyncSession):
            batch = await task(self.db)
        else:
            batch = await self.db.run(self.work, task)
        self.report.add(batch.report)
        self.seen |= batch.seen
