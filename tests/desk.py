"""The jobs at the office, and what they put on its way."""

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from bot.jobs import Job, Shift
from bot.jobs.notices import notices
from bot.reply import Reply
from crm_core import notifications
from crm_core.changes import Work
from crm_core.models import Delivery
from crm_core.receivers import Notice, Policy, Router
from tests.office import Office


class Desk:
    """The jobs at the office, and what is put on its way by it."""

    def __init__(self, office: Office, **policy: Any) -> None:
        self.office = office
        company = office.settings.conversation
        only = {"platforms": ("test",), "to": {}, "fallback": (), **policy}
        own = replace(company.policy, **only)
        self.company = replace(company, policy=own)

    @property
    def policy(self) -> Policy:
        return self.company.policy

    async def tell(self, *notices: Notice) -> None:
        async with self.office.db.begin(Work("cause", self.office.now)) as session:
            router = await Router.load(session, self.policy)
            await notifications.notify(session, router, notices)

    @property
    def shift(self) -> Shift:
        work = Work(f"job:{self.office.now}", self.office.now)
        return Shift(self.office.db, self.office.words, self.company, work)

    async def run(self, job: Job = notices) -> str:
        return await job(self.shift)

    async def posted(self) -> list[Reply]:
        async with self.office.db.read() as session:
            rows = await session.scalars(select(Delivery).order_by(Delivery.id))
            return [
                Reply.model_validate(row.reply) for row in rows if row.key.startswith("notice:")
            ]
