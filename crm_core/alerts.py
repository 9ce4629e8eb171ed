"""What somebody should be told: raised once, and what people did about it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from crm_core.access import Actor
from crm_core.changes import work_of
from crm_core.errors import Conflict
from crm_core.models import Alert, AlertKind, AlertStatus, Customer
from crm_core.values import Money


async def raise_once(
    session: AsyncSession,
    key: str,
    *,
    kind: AlertKind,
    customer: Customer | None = None,
    probability: float | None = None,
    value: Money | None = None,
    reasons: Sequence[dict[str, Any]] = (),
    details: Mapping[str, Any] | None = None,
    settles_on: date | None = None,
) -> Alert | None:
    """Raise an alert, or return None where this key has had its alert.

    The key's uniqueness is the guard; two processes at once leave one alert.
    """
    alert = Alert(
        kind=kind,
        key=key,
        customer=customer,
        status=AlertStatus.OPEN,
        raised_at=work_of(session).now,
        probability=probability,
        value=value.minor if value else None,
        currency=value.currency if value else None,
        reasons=list(reasons),
        details=dict(details or {}),
        settles_on=settles_on,
    )
    try:
        async with session.begin_nested():
            session.add(alert)
    except IntegrityError:
        return None
    return alert


async def search(
    session: AsyncSession, actor: Actor, now: datetime, kind: AlertKind | None = None
) -> Sequence[Alert]:
    """Return the alerts that wait for somebody, newest first; snoozed ones once they are back."""
    waiting: ColumnElement[bool] = (Alert.status == AlertStatus.OPEN) | (
        (Alert.status == AlertStatus.SNOOZED) & (Alert.snoozed_until <= now)
    )
    query = select(Alert).where(waiting)
    if kind:
        query = query.where(Alert.kind == kind)
    query = actor.limit(query.outerjoin(Customer), Customer).options(joinedload(Alert.customer))
    return (await session.scalars(query.order_by(Alert.raised_at.desc(), Alert.id.desc()))).all()


async def claim(
    session: AsyncSession, alert: Alert, user_id: int, reason: str | None = None
) -> None:
    """Take an alert on, and note why. Raises Conflict where somebody has."""
    if alert.status is AlertStatus.CLAIMED:
        raise Conflict("alert-taken", record=alert)
    alert.status, alert.taken_by_id, alert.reason = AlertStatus.CLAIMED, user_id, reason
    alert.taken_at = work_of(session).now
    await session.flush()


async def snooze(session: AsyncSession, alert: Alert, until: datetime) -> None:
    """Let an alert rest. Raises Conflict where somebody has taken it."""
    if alert.status is AlertStatus.CLAIMED:
        raise Conflict("alert-taken", record=alert)
    alert.status, alert.snoozed_until = AlertStatus.SNOOZED, until
    await session.flush()


async def dismiss(session: AsyncSession, alert: Alert, user_id: int, reason: str | None) -> None:
    """Note that there is no real risk, and why: the next training learns from it.

    Raises Conflict where somebody else has taken it.
    """
    if alert.status is AlertStatus.CLAIMED and alert.taken_by_id != user_id:
        raise Conflict("alert-taken", record=alert)
    alert.status, alert.taken_by_id, alert.reason = AlertStatus.DISMISSED, user_id, reason
    alert.taken_at = work_of(session).now
    await session.flush()
