"""What each receiver is to be told, once: noted with its cause, sent when due, kept as the log.

A Notice is what happened; it becomes one Notification a receiver, in the transaction of its cause.
`bot/notices.py` says those that are due, in the receiver's language.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from crm_core import quiet
from crm_core.changes import work_of
from crm_core.db import insert_all_new
from crm_core.models import AlertKind, Delivery, Notification, NotificationStatus, OutboxStatus
from crm_core.receivers import Address, Notice, Receiver, Router

ROWS = 500  # written at once
ANNOUNCED = "subscribed:"
"""How the keys of what is said in a channel when it is subscribed begin."""


async def notify(session: AsyncSession, router: Router, notices: Iterable[Notice]) -> int:
    """Note what each receiver is to be told; what a receiver was told before is left out.

    Return how many notifications are new.
    """
    now = work_of(session).now
    rows = [
        {
            "key": f"{notice.key}>{receiver.address}",
            "kind": notice.kind,
            "platform": receiver.address.platform,
            "workspace": receiver.address.workspace,
            "channel": receiver.address.channel,
            "user_id": receiver.user.id if receiver.user else None,
            "subscription_id": receiver.subscription.id if receiver.subscription else None,
            "alert_id": notice.alert_id,
            "value": notice.value.minor if notice.value else 0,
            "urgent": notice.urgent,
            "draft": notice.draft,
            "created_at": now,
            "due_at": quiet.due_at(receiver, router.policy, now, urgent=notice.urgent),
            "over": False,
            "status": NotificationStatus.WAITING,
        }
        for notice in notices
        for receiver in await router.receivers(notice)
    ]
    new = 0
    for start in range(0, len(rows), ROWS):
        new += len(await insert_all_new(session, Notification, rows[start : start + ROWS]))
    return new


async def untold(session: AsyncSession, router: Router, notices: Sequence[Notice]) -> list[Notice]:
    """Return the notices of which somebody has not been told yet; it writes nothing."""
    keys = {
        f"{notice.key}>{receiver.address}": notice
        for notice in notices
        for receiver in await router.receivers(notice)
    }
    known: set[str] = set()
    names = list(keys)
    for start in range(0, len(names), ROWS):
        query = select(Notification.key).where(Notification.key.in_(names[start : start + ROWS]))
        known.update(await session.scalars(query))
    return list({id(keys[key]): keys[key] for key in names if key not in known}.values())


async def is_known(session: AsyncSession, key: str) -> bool:
    """Tell whether something of this key was told already."""
    return await session.scalar(select(Notification.id).filter_by(key=key)) is not None


async def note(
    session: AsyncSession, key: str, kind: AlertKind, receiver: Receiver
) -> Notification | None:
    """Note that a receiver is told something at once; None where it was already."""
    now = work_of(session).now
    address, one = receiver.address, receiver.subscription
    row: dict[str, Any] = {
        "key": key,
        "kind": kind,
        "platform": address.platform,
        "workspace": address.workspace,
        "channel": address.channel,
        "user_id": receiver.user.id if receiver.user else None,
        "subscription_id": one.id if one else None,
        "draft": {},
        "created_at": now,
        "due_at": now,
    }
    new = await insert_all_new(session, Notification, [row])
    return await session.get_one(Notification, new[0]) if new else None


def _todo(now: datetime) -> Any:
    return (Notification.status == NotificationStatus.WAITING) & (Notification.due_at <= now)


async def any_due(session: AsyncSession, now: datetime) -> bool:
    """Tell whether somebody is to be told something by now."""
    return await session.scalar(select(Notification.id).where(_todo(now)).limit(1)) is not None


async def due(session: AsyncSession, now: datetime, limit: int = 200) -> list[Notification]:
    """Lock what is due, the most valuable first; another process's share is left alone."""
    query = (
        select(Notification)
        .where(_todo(now))
        .order_by(Notification.urgent.desc(), Notification.value.desc(), Notification.id)
        .limit(limit)
        .options(
            joinedload(Notification.user),
            joinedload(Notification.alert),
            joinedload(Notification.subscription),
        )
        .with_for_update(skip_locked=True, of=Notification)
    )
    return list(await session.scalars(query))


async def sent_today(session: AsyncSession, address: Address, zone: ZoneInfo, now: datetime) -> int:
    """Count the messages a receiver had on this day of its own, but for digests and urgent ones."""
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    query = select(func.count(func.distinct(Notification.delivery_id))).where(
        Notification.platform == address.platform,
        Notification.workspace == address.workspace,
        Notification.channel == address.channel,
        Notification.sent_at >= midnight,
        Notification.urgent.is_(False),
        Notification.kind.is_distinct_from(AlertKind.DIGEST),
    )
    return await session.scalar(query) or 0


def told(row: Notification, delivery_id: int | None, now: datetime) -> None:
    """Note that it is on its way."""
    row.status, row.sent_at, row.delivery_id = NotificationStatus.SENT, now, delivery_id


def drop(row: Notification, problem: str) -> None:
    """Note that it was not said, and why."""
    row.status, row.problem = NotificationStatus.DROPPED, problem


async def log(
    session: AsyncSession,
    since: datetime,
    until: datetime,
    kind: AlertKind | None = None,
    *,
    start: int = 0,
    limit: int = ROWS,
) -> tuple[int, Sequence[Notification]]:
    """Count what was and is to be told, and return a page of it with receivers and deliveries,
    newest first."""
    those = [Notification.created_at >= since, Notification.created_at < until]
    if kind:
        those.append(Notification.kind == kind)
    count = await session.scalar(select(func.count(Notification.id)).where(*those)) or 0
    query = select(Notification).where(*those).order_by(Notification.id.desc())
    query = query.options(joinedload(Notification.user), joinedload(Notification.delivery))
    return count, (await session.scalars(query.offset(start).limit(limit))).all()


async def refused(session: AsyncSession, since: datetime) -> Sequence[Notification]:
    """Return what a platform refused to post for a subscription, and nobody was told of yet."""
    query = (
        select(Notification)
        .join(Notification.delivery)
        .where(Notification.subscription_id.is_not(None), Notification.sent_at >= since)
        .where(Delivery.status == OutboxStatus.PARKED, Notification.problem.is_(None))
        .options(joinedload(Notification.subscription))
        .order_by(Notification.id.desc())
    )
    return (await session.scalars(query)).all()
