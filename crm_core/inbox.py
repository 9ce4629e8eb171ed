"""Events taken in exactly once: written before they are acknowledged, done with their work."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_core.db import insert_new
from crm_core.models import InboxEvent, InboxStatus

LEASE = timedelta(seconds=60)


async def accept(
    session: AsyncSession,
    *,
    platform: str,
    workspace: str,
    event: str,
    message: dict[str, Any],
    now: datetime,
) -> int | None:
    """Keep an event. Return its id, or None where the platform sent it before."""
    return await insert_new(
        session,
        InboxEvent,
        platform=platform,
        workspace=workspace,
        event=event,
        message=message,
        received_at=now,
        status=InboxStatus.NEW,
        attempts=0,
    )


async def claim(session: AsyncSession, now: datetime, limit: int = 1) -> Sequence[InboxEvent]:
    """Take the oldest events that nobody is working on, for as long as the lease lasts."""
    query = (
        select(InboxEvent)
        .where(
            InboxEvent.status == InboxStatus.NEW,
            or_(InboxEvent.claimed_until.is_(None), InboxEvent.claimed_until < now),
        )
        .order_by(InboxEvent.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    events = (await session.scalars(query)).all()
    for event in events:
        event.claimed_until = now + LEASE
        event.attempts += 1
    return events


def done(event: InboxEvent, now: datetime) -> None:
    """Mark an event as worked off; commits with its work."""
    event.status, event.done_at, event.claimed_until = InboxStatus.DONE, now, None


def failed(event: InboxEvent, now: datetime, error: str) -> None:
    """Mark an event that can't be worked off, with the short id under which the log has it."""
    event.status, event.done_at, event.error = InboxStatus.FAILED, now, error
