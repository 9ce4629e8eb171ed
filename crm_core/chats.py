"""A chat that got another number: what is kept under the old one follows."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from crm_core.models import (
    Conversation,
    Delivery,
    Notification,
    NotificationStatus,
    OutboxStatus,
    Subscription,
    TicketTopic,
)

PLACED: tuple[Any, ...] = (Conversation, Subscription, TicketTopic)
"""What there is one of in a chat."""
WAITING: dict[Any, Any] = {
    Delivery: Delivery.status == OutboxStatus.QUEUED,
    Notification: Notification.status == NotificationStatus.WAITING,
}


async def move(session: AsyncSession, platform: str, old: str, new: str) -> None:
    """Move conversations, subscriptions, tickets' topics and what waits to be sent.

    What there is under the new number already stays as it is.
    """
    for kind in PLACED:
        here = select(kind).where(kind.platform == platform, kind.channel == old)
        for row in (await session.scalars(here)).all():
            try:
                async with session.begin_nested():
                    row.channel = new
            except IntegrityError:
                continue
    for kind, waits in WAITING.items():
        moved = update(kind).where(waits, kind.platform == platform, kind.channel == old)
        unsynchronized = moved.execution_options(synchronize_session=False)
        await session.execute(unsynchronized.values(channel=new))
