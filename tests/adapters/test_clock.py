"""The clock: each slot once, missed ones made up for once, failures tried again and then told."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from adapters.clock import Ticker
from crm_core import runs
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.models import JobRun, RunStatus

NOW = datetime(2026, 3, 11, 8, 0, tzinfo=UTC)  # a Wednesday


class Process:
    """One of several processes on a database, with a job that notes its runs."""

    def __init__(self, db: Database, cron: str = "0 9 * * *", done: list[str] | None = None):
        self.now = NOW
        self.done = [] if done is None else done
        self.told: list[str] = []
        self.broken = False
        self.ticker = Ticker(db, {"job": (self.job, cron)}, "UTC", lambda: self.now, self.failed)

    async def job(self, work: Work) -> str:
        if self.broken:
            raise ZeroDivisionError
        self.done.append(work.id)
        return "well"

    async def failed(self, job: str, error: str, work: Work) -> None:
        self.told.append(job)

    async def at(self, moment: datetime) -> None:
        self.now = moment
        await self.ticker.sweep()


async def test_each_slot_runs_once_in_many_processes(db: Database) -> None:
    done: list[str] = []
    processes = [Process(db, done=done) for _ in range(3)]
    for minutes in range(0, 24 * 60 * 2, 20):
        for process in processes:
            await process.at(NOW + timedelta(minutes=minutes))
    assert done == ["job:job:2026-03-11T09:00", "job:job:2026-03-12T09:00"]


async def test_what_was_missed_is_made_up_for_once(db: Database) -> None:
    process = Process(db)
    await process.at(NOW + timedelta(hours=1))
    again = Process(db, done=process.done)
    await again.at(NOW + timedelta(days=4, hours=3))
    await again.at(NOW + timedelta(days=4, hours=4))
    assert process.done == ["job:job:2026-03-11T09:00", "job:job:2026-03-15T09:00"]


async def test_a_job_that_never_ran_has_missed_nothing(db: Database) -> None:
    process = Process(db, "0 7 * * *")
    await process.at(NOW)
    assert process.done == []


async def test_a_failure_is_tried_again_and_told_once(db: Database) -> None:
    process = Process(db)
    process.broken = True
    for minutes in range(60, 120, 1):
        await process.at(NOW + timedelta(minutes=minutes))
    assert process.told == ["job"]
    async with db.read() as session:
        run = (await session.scalars(select(JobRun))).one()
    assert (run.status, run.attempts) == (RunStatus.FAILED, 4)
    assert run.outcome
    assert run.outcome.startswith("error ")


async def test_a_failure_that_passes_is_told_to_nobody(db: Database) -> None:
    process = Process(db)
    process.broken = True
    await process.at(NOW + timedelta(hours=1))
    process.broken = False
    await process.at(NOW + timedelta(hours=1, seconds=30))
    assert process.done == []
    await process.at(NOW + timedelta(hours=1, minutes=1))
    assert (process.done, process.told) == (["job:job:2026-03-11T09:00"], [])


async def test_a_minutely_job_waits_for_its_next_slot_instead(db: Database) -> None:
    process = Process(db, "* * * * *")
    process.broken = True
    await process.at(NOW + timedelta(minutes=1))
    process.broken = False
    await process.at(NOW + timedelta(minutes=2))
    assert (process.done, process.told) == (["job:job:2026-03-11T08:02"], ["job"])


async def test_a_dead_process_leaves_its_slot_to_another(db: Database) -> None:
    due = NOW + timedelta(hours=1)
    async with db.begin(Work("dying", due)) as session:
        lost = await runs.begin(session, "job", "2026-03-11T09:00", due, due)
        assert lost
    process = Process(db)
    await process.at(due + timedelta(minutes=1))
    assert process.done == []
    await process.at(due + runs.LEASE)
    assert process.done == ["job:job:2026-03-11T09:00"]
    async with db.begin(Work("back from the dead", process.now)) as session:
        await runs.fail(session, lost, "too late", process.now)
    async with db.read() as session:
        run = (await session.scalars(select(JobRun))).one()
    assert (run.status, run.attempts) == (RunStatus.DONE, 2)


async def test_a_run_that_is_alive_keeps_its_slot(db: Database) -> None:
    async with db.begin(Work("slow", NOW)) as session:
        slow = await runs.begin(session, "job", "slot", NOW, NOW)
        assert slow
        await runs.renew(session, slow, NOW + runs.LEASE / 2)
    async with db.begin(Work("eager", NOW)) as session:
        assert await runs.begin(session, "job", "slot", NOW + runs.LEASE, NOW) is None


async def test_whoever_asks_for_a_run_sees_its_failure(db: Database) -> None:
    process = Process(db)
    process.broken = True
    with pytest.raises(ZeroDivisionError):
        await process.ticker.run("job", "now")
    await process.at(NOW + timedelta(minutes=30))
    assert process.told == []


async def test_old_runs_are_forgotten_but_the_newest(db: Database) -> None:
    process = Process(db, "* * * * *")
    for minute in range(5):
        await process.at(NOW + timedelta(minutes=minute))
    async with db.begin(Work("tidy", process.now)) as session:
        assert await runs.forget(session, process.now + timedelta(days=1)) == 3
        newest = await runs.newest(session)
    assert newest["job"].slot == "2026-03-11T08:04"
