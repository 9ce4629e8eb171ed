"""Events taken in exactly once: written before they are acknowledged, done with their work."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_core.db import insert_new
from crm_core.models import InboxEvent, InboxStatus


async def accept(
    session: AsyncSession,
    *,
    platform: str,
    workspace: str,
    event: str,
    message: dict[str, Any],
    now: datetime,
    said: str | None = None,
) -> int | None:
    """Keep an event. Return its id, or None where the platform sent it before."""
    return await insert_new(
        session,
        InboxEvent,
        platform=platform,
        workspace=workspace,
        event=event,
        message=message,
        said=said,
        received_at=now,
        status=InboxStatus.NEW,
    )


# Built once: to build a statement costs more than to run it.
OLDEST = (
    select(InboxEvent)
    .where(InboxEvent.status == InboxStatus.NEW)
    .order_by(InboxEvent.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)


WAITING = select(InboxEvent.id).where(InboxEvent.status == InboxStatus.NEW).limit(1)


async def waits(session: AsyncSession) -> bool:
    """Tell whether there is an event that nobody has answered yet."""
    return await session.scalar(WAITING) is not None


async def oldest(session: AsyncSession) -> InboxEvent | None:
    """Lock the oldest event that waits and that no other process works on.

    The lock is the transaction's: if the process dies, the event waits again.
    """
    return (await session.scalars(OLDEST)).first()


async def version(
    session: AsyncSession, platform: str, workspace: str, said: str
) -> InboxEvent | None:
    """Lock the last version taken in of what was said; wait for whoever works on it."""
    query = select(InboxEvent).filter_by(platform=platform, workspace=workspace, said=said)
    query = query.order_by(InboxEvent.id.desc()).limit(1)
    return (await session.scalars(query.with_for_update())).first()


async def newest(session: AsyncSession) -> int:
    """Return the id of the newest event, 0 where there is none."""
    return await session.scalar(select(func.max(InboxEvent.id))) or 0


def done(event: InboxEvent, now: datetime) -> None:
    """Mark an event as worked off; commits with its work."""
    event.status, event.done_at = InboxStatus.DONE, now


def failed(event: InboxEvent, now: datetime, error: str) -> None:
    """Mark an event that can't be worked off, with the short id under which the log has it."""
    event.status, event.done_at, event.error = InboxStatus.FAILED, now, error
