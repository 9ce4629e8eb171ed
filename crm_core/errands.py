"""Errands: put by a message, taken by one process, done when their outcome is on its way."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_core.models import Errand, ErrandStatus

LEASE = timedelta(minutes=15)
"""After this a process that took an errand counts as dead, and another takes it."""
TRIES = 3


async def put(
    session: AsyncSession, kind: str, event_id: int, arguments: dict[str, Any], now: datetime
) -> Errand:
    """Leave work to be done after this transaction."""
    errand = Errand(kind=kind, event_id=event_id, arguments=arguments, created_at=now)
    session.add(errand)
    await session.flush()
    return errand


WAITING = select(Errand.id).where(Errand.status == ErrandStatus.WAITING).limit(1)


async def waits(session: AsyncSession) -> bool:
    """Tell whether there is an errand that is not finished."""
    return await session.scalar(WAITING) is not None


async def claim(session: AsyncSession, now: datetime) -> Errand | None:
    """Take the oldest errand that nobody is at, or None."""
    query = (
        select(Errand)
        .where(
            Errand.status == ErrandStatus.WAITING,
            or_(Errand.claimed_until.is_(None), Errand.claimed_until < now),
        )
        .order_by(Errand.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    errand = (await session.scalars(query)).first()
    if errand is not None:
        errand.claimed_until = now + LEASE
        errand.attempts += 1
    return errand


def done(errand: Errand, now: datetime, error: str | None = None) -> None:
    """Mark an errand as done, or as failed with the short id under which the log has it."""
    errand.status = ErrandStatus.FAILED if error else ErrandStatus.DONE
    errand.finished_at, errand.claimed_until, errand.error = now, None, error
