"""Messages to deliver, until they are delivered; in order within one place."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, Select, bindparam, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, aliased

from crm_core.changes import work_of
from crm_core.db import insert_new
from crm_core.models import Delivery, OutboxStatus
from crm_core.models.base import UtcDateTime

LEASE = timedelta(seconds=60)
LAST = 20
"""Versions of a message that are looked through; another chat may have the same reference."""


def _due() -> Select[Delivery]:
    now = bindparam("now", type_=UtcDateTime)
    older = aliased(Delivery)
    waiting = exists().where(
        older.status == OutboxStatus.QUEUED,
        older.id < Delivery.id,
        older.platform == Delivery.platform,
        older.workspace == Delivery.workspace,
        older.channel == Delivery.channel,
        older.thread == Delivery.thread,
        or_(older.not_before > now, older.claimed_until >= now),
    )
    return (
        select(Delivery)
        .where(
            Delivery.status == OutboxStatus.QUEUED,
            Delivery.platform.in_(bindparam("platforms", expanding=True)),
            Delivery.not_before <= now,
            or_(Delivery.claimed_until.is_(None), Delivery.claimed_until < now),
            ~waiting,
        )
        .order_by(Delivery.id)
        .limit(bindparam("limit", type_=Integer))
        .with_for_update(skip_locked=True)
    )


DUE = _due()  # built once: to build a statement costs more than to run it


async def queue(
    session: AsyncSession,
    *,
    key: str,
    platform: str,
    workspace: str,
    channel: str,
    reply: dict[str, Any],
    now: datetime,
    thread: str = "",
    recipient: str | None = None,
    replaces: str | None = None,
    answers: str | None = None,
    not_before: datetime | None = None,
    about: dict[str, Any] | None = None,
) -> int | None:
    """Put a message on its way. Return None where one with this key is or was on its way."""
    return await insert_new(
        session,
        Delivery,
        key=key,
        platform=platform,
        workspace=workspace,
        channel=channel,
        thread=thread,
        recipient=recipient,
        replaces=replaces,
        answers=answers,
        reply=reply,
        about=about,
        status=OutboxStatus.QUEUED,
        created_at=now,
        not_before=not_before or now,
        attempts=0,
        unsure=False,
    )


async def claim(
    session: AsyncSession, platforms: Sequence[str], now: datetime, limit: int = 20
) -> Sequence[Delivery]:
    """Take what is due on these platforms, never past an older one for the same place."""
    asked = {"platforms": platforms, "now": now, "limit": limit}
    deliveries = (await session.scalars(DUE, asked)).all()
    for delivery in deliveries:
        if delivery.claimed_until is not None:  # whoever had it died
            delivery.unsure = True
        delivery.claimed_until = now + LEASE
        delivery.attempts += 1
    return deliveries


def sent(delivery: Delivery, reference: str, now: datetime) -> None:
    """Note that the platform has taken it."""
    delivery.status, delivery.sent_at, delivery.reference = OutboxStatus.SENT, now, reference
    delivery.claimed_until = None


def later(delivery: Delivery, when: datetime, problem: str, *, unsure: bool = False) -> None:
    """Leave it queued until `when`; `unsure`: it may have arrived all the same."""
    delivery.unsure = delivery.unsure or unsure
    delivery.not_before, delivery.problem, delivery.claimed_until = when, problem[:500], None


def park(delivery: Delivery, problem: str) -> None:
    """Give it up, with the reason; somebody has to look at it."""
    delivery.status, delivery.problem, delivery.claimed_until = (
        OutboxStatus.PARKED,
        problem[:500],
        None,
    )


async def references(session: AsyncSession, platform: str, thread: str) -> Sequence[str]:
    """Return the platform's ids of what was sent in a thread, first to last."""
    query = select(Delivery.reference).where(
        Delivery.platform == platform,
        Delivery.thread == thread,
        Delivery.status == OutboxStatus.SENT,
        Delivery.reference.is_not(None),
    )
    return [str(found) for found in await session.scalars(query.order_by(Delivery.sent_at))]


async def known_as(
    session: AsyncSession, platform: str, workspace: str, channel: str, reference: str
) -> Delivery | None:
    """Return what was delivered last as this message of a chat, or of a person's own chat."""
    here = (Delivery.channel == channel) & Delivery.recipient.is_(None)
    query = select(Delivery).where(
        Delivery.platform == platform,
        Delivery.reference == reference,
        Delivery.workspace.in_(["", workspace]),
        here | (Delivery.recipient == channel),
    )
    return (await session.scalars(query.order_by(Delivery.id.desc()).limit(1))).first()


async def shown(session: AsyncSession, platform: str, reference: str) -> Sequence[Delivery]:
    """Return what was, or is about to be, shown as the platform's message; the last comes first."""
    soon = (Delivery.status == OutboxStatus.QUEUED) & (Delivery.replaces == reference)
    query = select(Delivery).where(
        Delivery.platform == platform, or_(Delivery.reference == reference, soon)
    )
    return (await session.scalars(query.order_by(Delivery.id.desc()).limit(LAST))).all()


async def parked(session: AsyncSession, since: datetime) -> Sequence[Delivery]:
    """Return what was given up of what was queued since a moment."""
    query = select(Delivery).where(
        Delivery.status == OutboxStatus.PARKED, Delivery.not_before >= since
    )
    return (await session.scalars(query.order_by(Delivery.id))).all()


async def release(
    session: AsyncSession, platform: str, workspace: str, person: str, since: datetime
) -> None:
    """Deliver after all what was given up for a person since a moment: they can be reached now."""
    now = work_of(session).now
    mine = (Delivery.recipient == person) | (Delivery.channel == person)
    await session.execute(
        update(Delivery)
        .where(
            Delivery.status == OutboxStatus.PARKED,
            Delivery.not_before >= since,
            Delivery.platform == platform,
            Delivery.workspace == workspace,
            mine,
        )
        .values(status=OutboxStatus.QUEUED, not_before=now, attempts=0, problem=None)
        .execution_options(synchronize_session=False)
    )


def withdraw(session: Session, key: str) -> bool:
    """Take a delivery back. False: it is on its way or has arrived."""
    waits = (Delivery.status == OutboxStatus.QUEUED) & Delivery.claimed_until.is_(None)
    gone = waits | (Delivery.status == OutboxStatus.PARKED)
    session.execute(delete(Delivery).where(Delivery.key == key, gone))
    return session.scalar(select(Delivery.id).where(Delivery.key == key)) is None
