"""The clock: an adapter whose messages are ticks."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from crm_core import runs
from crm_core.changes import Work
from crm_core.clock import Clock
from crm_core.db import Database
from crm_core.models import JobRun
from crm_core.timetable import Timetable

log = structlog.get_logger()

GRACE = 300
"""Seconds a tick may come late and still count; later ones are found by the next sweep."""
SWEEP = 20
"""Seconds between two looks for what was missed, failed, or left by a process that died."""
BACK = timedelta(days=35)
"""How far back a missed slot is still made up for."""
BACKOFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
"""Rests before the second, third and last try of a run that fails."""

Run = Callable[[Work], Awaitable[str]]
Failed = Callable[[str, str, Work], Awaitable[None]]
"""Takes the job, the id of its error in the log, and the work."""


async def _silently(job: str, error: str, work: Work) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Plan:
    """A job, and when it runs; None for never of itself."""

    run: Run
    timetable: Timetable | None


class _Trigger(BaseTrigger):  # type: ignore[misc]  # apscheduler has no types
    """A timetable as the scheduler asks for it."""

    def __init__(self, timetable: Timetable) -> None:
        self._timetable = timetable

    def get_next_fire_time(
        self, previous_fire_time: datetime | None, now: datetime
    ) -> datetime | None:
        return self._timetable.next(previous_fire_time or now)


class Ticker:
    """Runs jobs at their times. The run row is the guard, so that many processes may tick."""

    def __init__(
        self,
        db: Database,
        jobs: Mapping[str, tuple[Run, str]],
        timezone: str,
        now: Clock,
        failed: Failed = _silently,
    ) -> None:
        """Take per job what to do and when: cron fields in `timezone`, "" for never.

        `failed` is called once for a run whose last try failed.
        """
        zone = ZoneInfo(timezone)
        self.plans = {
            name: Plan(run, Timetable.crontab(cron, zone) if cron else None)
            for name, (run, cron) in jobs.items()
        }
        self._db = db
        self._now = now
        self._failed = failed
        self._since = now()
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": GRACE},
        )

    def start(self) -> None:
        for name, plan in self.plans.items():
            if plan.timetable:
                trigger = _Trigger(plan.timetable)
                self._scheduler.add_job(self._tick, trigger, args=[name], id=name)
        self._scheduler.add_job(self.sweep, "date", id="first sweep")
        self._scheduler.add_job(self.sweep, "interval", seconds=SWEEP, id="sweep")
        self._scheduler.start()

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def sweep(self) -> None:
        """Make up for slots that were missed, once, and go on with runs that were left."""
        now = self._now()
        async with self._db.read() as session:
            left = await runs.unfinished(session, list(self.plans), now)
        for run in left:
            await self._quietly(run.job, run.slot, run.due_at)
        for name in self.plans:
            await self._tick(name)

    async def _tick(self, name: str) -> None:
        """Run the newest slot that is due and was not run; older ones are not made up for."""
        timetable, now = self.plans[name].timetable, self._now()
        if timetable is None:
            return
        async with self._db.read() as session:
            last = await runs.last_due(session, name)
        # A job that has never run has missed nothing before this process began.
        due = timetable.last(now, max(last or self._since, now - BACK))
        if due is not None:
            await self._quietly(name, slot_of(due), due)

    async def _quietly(self, name: str, slot: str, due: datetime | None) -> None:
        with suppress(Exception):  # it is in the log and in the run row; the clock goes on
            await self.run(name, slot, due)

    async def run(self, name: str, slot: str, due: datetime | None = None) -> str | None:
        """Run a job for a slot. Return what came of it, or None where the slot was taken."""
        now = self._now()
        work = Work(f"job:{name}:{slot}", now)
        claimed = await self._db.run(
            work, lambda session: runs.begin(session, name, slot, now, due)
        )
        if claimed is None:
            return None
        try:
            async with self._alive(claimed, work):
                outcome = await self.plans[name].run(work)
        except Exception:  # the edge: a job's failure must not stop the clock
            error = secrets.token_hex(4)
            log.exception("job failed", job=name, slot=slot, error=error, attempt=claimed.attempts)
            await self._give_up(claimed, error, work)
            raise
        await self._db.run(
            work, lambda session: runs.finish(session, claimed, outcome, self._now())
        )
        log.info("job done", job=name, slot=slot, outcome=outcome)
        return outcome

    async def _give_up(self, run: JobRun, error: str, work: Work) -> None:
        """Leave the run for another try; after the last one, or in good time for the next slot,
        call it failed."""
        now, timetable = self._now(), self.plans[run.job].timetable
        if run.due_at and timetable and run.attempts <= len(BACKOFF):
            when = now + BACKOFF[run.attempts - 1]
            following = timetable.next(run.due_at)
            if following is None or when < following:
                await self._db.run(
                    work, lambda session: runs.retry(session, run, f"error {error}", when)
                )
                return
        await self._db.run(work, lambda session: runs.fail(session, run, f"error {error}", now))
        if run.due_at:  # whoever asked for a run sees for themselves
            await self._failed(run.job, error, work)

    @asynccontextmanager
    async def _alive(self, run: JobRun, work: Work) -> AsyncIterator[None]:
        """Keep the run claimed for as long as the block takes."""

        async def renew() -> None:
            while True:
                await asyncio.sleep(runs.LEASE.total_seconds() / 4)
                await self._db.run(work, lambda session: runs.renew(session, run, self._now()))

        renewing = asyncio.create_task(renew())
        try:
            yield
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)


def slot_of(due: datetime) -> str:
    """Name a slot by the moment it is due."""
    return f"{due:%Y-%m-%dT%H:%M}"
