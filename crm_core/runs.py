"""Each slot of a job runs once, however many processes there are."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from crm_core.db import insert_new
from crm_core.models import JobRun, RunStatus


async def begin(session: AsyncSession, job: str, slot: str, now: datetime) -> int | None:
    """Claim a slot. Return the run's id, or None where some process has it."""
    return await insert_new(
        session, JobRun, job=job, slot=slot, status=RunStatus.RUNNING, started_at=now
    )


async def finish(session: AsyncSession, run_id: int, outcome: str, now: datetime) -> None:
    """Note that a run went well."""
    run = await session.get_one(JobRun, run_id)
    run.status, run.outcome, run.finished_at = RunStatus.DONE, outcome[:500], now


async def fail(session: AsyncSession, run_id: int, error: str, now: datetime) -> None:
    """Note that a run failed, with the short id under which the log has it."""
    run = await session.get_one(JobRun, run_id)
    run.status, run.outcome, run.finished_at = RunStatus.FAILED, error, now
