"""The composition root: reads the settings, builds everything, runs it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

import bot.intents  # noqa: F401 - registers the handlers
from adapters.channel import Adapter, Refused, TryLater
from adapters.clock import Run, Ticker
from adapters.courier import Courier
from adapters.settings import CONFIG, Settings
from bot import asides
from bot.assistant import Assistant
from bot.errands import Errands
from bot.intent import Registry, registry
from bot.jobs import (
    Job,
    Shift,
    campaign_ideas,
    churn_alerts,
    digests,
    followups,
    notices,
    parked,
    pushes,
    reminders,
    score,
    sla_watch,
    tell,
)
from bot.message import Attachment, Place
from bot.notices import Draft, phrase
from bot.understanding import Understander
from bot.words import Words
from crm_core.changes import Work
from crm_core.clock import Clock
from crm_core.db import Database
from crm_core.models import Delivery, Role
from crm_core.receivers import Notice
from crm_core.spool import Spool

if TYPE_CHECKING:
    from adapters.http import HttpServer

log = structlog.get_logger()

LONGEST_PAUSE = 60.0
"""Seconds between tries to reach a platform that is down."""
FAREWELL = 10.0
"""Seconds that deliveries under way have when the process ends."""
FETCH_TRIES = 3
LONGEST_FETCH_PAUSE = 5.0
"""Seconds; the person waits for an answer meanwhile."""


def utc_now() -> datetime:
    """Read the clock: the only place that does."""
    return datetime.now(UTC)


def load_understander(settings: Settings, intents: Registry = registry) -> Understander:
    """Load the sentences and the classifier for the intents that have handlers."""
    return Understander.load(CONFIG, intents.catalogue, settings.paths.cache)


class App:
    """Everything that runs in one process: assistant, courier, clock and adapters."""

    def __init__(
        self,
        settings: Settings,
        build: Callable[["App"], Sequence[Adapter]],
        clock: Clock = utc_now,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.db = Database(settings.database.url)
        self.words = Words(CONFIG / "replies", settings.replies)
        self.http: HttpServer | None = None
        self.assistant = Assistant(
            self.db,
            load_understander(settings),
            registry,
            self.words,
            settings.rules,
            settings.conversation,
            clock,
            self._fetch,
            Spool(settings.spool),
            replied=self._replied,
        )
        self.adapters = build(self)
        self.courier = Courier(self.db, self.adapters, clock, self._ask)
        self.errands = Errands(self.assistant, clock, replied=self.courier.wake)
        self.ticker = Ticker(
            self.db, self._jobs(), settings.company.timezone, clock, self._tell_admins
        )

    def _replied(self) -> None:
        self.courier.wake()
        self.errands.wake()

    async def _ask(self, session: AsyncSession, delivery: Delivery, link: str) -> None:
        await asides.ask(session, self.words, self.clock(), delivery, link)

    async def _fetch(self, place: Place, file: Attachment) -> bytes | None:
        adapter = next(one for one in self.adapters if one.platform == place.platform)
        for _ in range(FETCH_TRIES):
            try:
                return await adapter.fetch(place, file)
            except TryLater as problem:
                await asyncio.sleep(min(problem.seconds, LONGEST_FETCH_PAUSE))
            except Refused as problem:
                log.warning("no such file", platform=place.platform, problem=str(problem))
                return None
        log.error("file can't be fetched", platform=place.platform, file=file.reference)
        return None

    def _jobs(self) -> dict[str, tuple[Run, str]]:
        analytics, alerts = self.settings.analytics, self.settings.alerts
        scoring = score.Score(
            engine=analytics.engine,
            horizon_days=analytics.churn_horizon_days,
            lookback_days=analytics.churn_lookback_days,
            models=tuple(analytics.models),
        )
        churn = churn_alerts.ChurnAlerts(
            score=scoring,
            most=alerts.churn_most,
            lift=alerts.churn_lift,
        )
        jobs: dict[str, Job] = {
            "score": scoring,
            "churn_alerts": churn,
            "campaign_ideas": campaign_ideas.campaign_ideas,
            "digests": digests.Digests(alerts.digest),
            "followups": followups.Followups(alerts.escalate_hours),
            "notices": notices.notices,
            "parked": parked.parked,
            "pushes": pushes.Pushes(alerts.big_deal),
            "reminders": reminders.reminders,
            "sla_watch": sla_watch.SlaWatch(alerts.sla_warn_minutes, alerts.sla_lead_minutes),
        }
        return {
            name: (self._job(job), getattr(self.settings.jobs, name)) for name, job in jobs.items()
        }

    async def _tell_admins(self, job: str, error: str, work: Work) -> None:
        """Tell the administrators of a job that failed for good, once a day."""
        draft = Draft(title=phrase("notice-job-failed", job=job, error=error))
        notice = Notice(
            f"job-failed:{job}:{work.now:%Y-%m-%d}",
            None,
            draft.plain(),
            to=(Role.ADMIN.value,),
            subscribers=False,
        )

        async def gather(_session: AsyncSession) -> Sequence[Notice]:
            return [notice]

        await tell(Shift(self.db, self.words, self.settings.conversation, work), gather)

    def _job(self, job: Job) -> Run:
        async def run(work: Work) -> str:
            outcome = await job(Shift(self.db, self.words, self.settings.conversation, work))
            self.courier.wake()
            return outcome

        return run

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run until the block is left; then let go of everything in the opposite order."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.db.close)
            stack.push_async_callback(_cancel, asyncio.create_task(self.assistant.run()))
            stack.push_async_callback(_cancel, asyncio.create_task(self.errands.run()))
            for adapter in self.adapters:
                stack.push_async_callback(adapter.stop)
                if not await self._start(adapter):
                    retrying = asyncio.create_task(self._keep_starting(adapter))
                    stack.push_async_callback(_cancel, retrying)
            stack.push_async_callback(self._finish, asyncio.create_task(self.courier.run()))
            if routes := [route for adapter in self.adapters for route in adapter.routes]:
                from adapters.http import HttpServer  # heavy, and a terminal needs none

                self.http = HttpServer(routes, self.settings.http.host, self.settings.http.port)
                await self.http.start()
                stack.push_async_callback(self.http.stop)
            self.ticker.start()
            stack.callback(self.ticker.stop)
            yield

    async def _finish(self, courier: asyncio.Task[None]) -> None:
        self.courier.stop()
        await asyncio.wait([courier], timeout=FAREWELL)
        await _cancel(courier)

    async def _start(self, adapter: Adapter) -> bool:
        try:
            await adapter.start(self.assistant.receive)
        except Exception as problem:  # one platform's outage must not stop the others
            log.error("adapter can't start", adapter=adapter.platform, problem=str(problem))
            return False
        return True

    async def _keep_starting(self, adapter: Adapter) -> None:
        pause = 1.0
        while not await self._start(adapter):
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
