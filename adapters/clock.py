"""The clock: an adapter whose messages are ticks."""

import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from crm_core import runs
from crm_core.changes import Work
from crm_core.clock import Clock
from crm_core.db import Database

log = structlog.get_logger()

GRACE = 300
"""Seconds a tick may come late and still count."""

Run = Callable[[Work], Awaitable[str]]


class Ticker:
    """Runs jobs at their times. The run row is the guard, so that many processes may tick."""

    def __init__(
        self, db: Database, jobs: dict[str, tuple[Run, str]], timezone: str, now: Clock
    ) -> None:
        """Take per job what to do and when: cron fields in `timezone`, "" for never."""
        self._db = db
        self._jobs = jobs
        self._zone = ZoneInfo(timezone)
        self._now = now
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": GRACE},
        )

    def start(self) -> None:
        for name, (_, cron) in self._jobs.items():
            if cron:
                trigger = CronTrigger.from_crontab(cron, timezone=self._zone)
                self._scheduler.add_job(self._tick, trigger, args=[name, trigger], id=name)
        self._scheduler.start()

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _tick(self, name: str, trigger: CronTrigger) -> None:
        due = last_due(trigger, self._now())
        if due is not None:
            await self.run(name, slot_of(due))

    async def run(self, name: str, slot: str) -> str | None:
        """Run a job for a slot. Return what came of it, or None where the slot was taken."""
        now = self._now()
        work = Work(f"job:{name}:{slot}", now)
        run_id = await self._db.run(work, lambda session: runs.begin(session, name, slot, now))
        if run_id is None:
            return None
        job, _ = self._jobs[name]
        try:
            outcome = await job(work)
        except Exception:  # the edge: a job's failure must not stop the clock
            error = secrets.token_hex(4)
            log.exception("job failed", job=name, slot=slot, error=error)
            async with self._db.begin(work) as session:
                await runs.fail(session, run_id, f"error {error}", self._now())
            raise
        async with self._db.begin(work) as session:
            await runs.finish(session, run_id, outcome, self._now())
        log.info("job done", job=name, slot=slot, outcome=outcome)
        return outcome


def last_due(trigger: CronTrigger, now: datetime) -> datetime | None:
    """Return the newest time within the grace at which the trigger was due."""
    due, moment = None, now - timedelta(seconds=GRACE)
    while (moment_due := trigger.get_next_fire_time(None, moment)) and moment_due <= now:
        due, moment = moment_due, moment_due + timedelta(seconds=1)
    return due


def slot_of(due: datetime) -> str:
    """Name a slot by its local date and time: the autumn night's second 02:30 is the same."""
    return f"{due:%Y-%m-%dT%H:%M}"
