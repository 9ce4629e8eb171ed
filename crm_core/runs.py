"""Each slot of a job runs once, however many processes there are and whichever of them dies."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_core.db import insert_new
from crm_core.models import JobRun, RunStatus

LEASE = timedelta(minutes=2)
"""How long a process may be silent about a run before another takes it over."""
UNFINISHED = (RunStatus.RUNNING, RunStatus.RETRYING)


async def begin(
    session: AsyncSession, job: str, slot: str, now: datetime, due_at: datetime | None = None
) -> JobRun | None:
    """Claim a slot: a new one, a failed one whose rest is over, or one whose process died.

    Return None where it is done, or another process has it.
    """
    until = now + LEASE
    run_id = await insert_new(
        session,
        JobRun,
        job=job,
        slot=slot,
        due_at=due_at,
        status=RunStatus.RUNNING,
        attempts=1,
        started_at=now,
        claimed_until=until,
    )
    if run_id is None:
        again = (
            update(JobRun)
            .where(
                JobRun.job == job,
                JobRun.slot == slot,
                JobRun.status.in_(UNFINISHED),
                JobRun.claimed_until <= now,
            )
            .values(status=RunStatus.RUNNING, attempts=JobRun.attempts + 1, claimed_until=until)
            .returning(JobRun.id)
            .execution_options(synchronize_session=False)
        )
        run_id = (await session.execute(again)).scalar_one_or_none()
    return None if run_id is None else await session.get_one(JobRun, run_id)


async def renew(session: AsyncSession, run: JobRun, now: datetime) -> None:
    """Say that the process is still at it."""
    await _write(session, run, claimed_until=now + LEASE)


async def finish(session: AsyncSession, run: JobRun, outcome: str, now: datetime) -> None:
    """Note that a run went well."""
    await _write(session, run, status=RunStatus.DONE, outcome=outcome[:500], finished_at=now)


async def retry(session: AsyncSession, run: JobRun, error: str, when: datetime) -> None:
    """Note that a try failed, and that there is another one at `when`."""
    await _write(session, run, status=RunStatus.RETRYING, outcome=error, claimed_until=when)


async def fail(session: AsyncSession, run: JobRun, error: str, now: datetime) -> None:
    """Note that a run failed for good, with the short id under which the log has it."""
    await _write(session, run, status=RunStatus.FAILED, outcome=error, finished_at=now)


async def _write(session: AsyncSession, run: JobRun, **values: object) -> None:
    """Write, unless another process has taken the run over meanwhile."""
    mine = update(JobRun).where(JobRun.id == run.id, JobRun.attempts == run.attempts)
    await session.execute(mine.values(**values).execution_options(synchronize_session=False))


async def unfinished(
    session: AsyncSession, jobs: Collection[str], now: datetime
) -> Sequence[JobRun]:
    """Return the runs that wait for another try, or whose process died."""
    query = select(JobRun).where(
        JobRun.status.in_(UNFINISHED), JobRun.claimed_until <= now, JobRun.job.in_(jobs)
    )
    return (await session.scalars(query.order_by(JobRun.id))).all()


async def last_due(session: AsyncSession, job: str) -> datetime | None:
    """Return the newest slot of a job that was run, None before the first."""
    newest = select(func.max(JobRun.due_at)).where(JobRun.job == job)
    return await session.scalar(newest)


async def newest(session: AsyncSession) -> dict[str, JobRun]:
    """Return the newest run of each job, however it was started."""
    last = select(func.max(JobRun.id)).group_by(JobRun.job)
    found = await session.scalars(select(JobRun).where(JobRun.id.in_(last)))
    return {run.job: run for run in found}


async def forget(session: AsyncSession, before: datetime) -> int:
    """Drop finished runs from before a moment, but the newest of each job; return how many."""
    last = select(func.max(JobRun.id)).group_by(JobRun.job)
    old = delete(JobRun).where(
        JobRun.started_at < before,
        or_(JobRun.status == RunStatus.DONE, JobRun.status == RunStatus.FAILED),
        JobRun.id.not_in(last),
    )
    dropped = await session.execute(
        old.returning(JobRun.id).execution_options(synchronize_session=False)
    )
    return len(dropped.all())
