"""Alerts on customers about to leave: whom, what changed, what to do, and what became of it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from crm_core.changes import work_of
from crm_core.models import (
    Activity,
    ActivityKind,
    Alert,
    AlertKind,
    AlertOutcome,
    AlertStatus,
    Contact,
    Customer,
    ModelName,
    Order,
    OrderLine,
    OrderStatus,
    Product,
    Score,
    Segment,
    Ticket,
)

LOOKED_AT = timedelta(days=365)
ANSWERED = timedelta(days=30)
"""An order so soon after an activity counts as its answer."""
MOST_LOOKED_AT = 20_000
ENOUGH = 10
"""Activities of a kind in a segment, before its success means anything."""


class NextStep(NamedTuple):
    """What helped with such customers most often: how often, of how many tries."""

    kind: ActivityKind
    share: float
    tries: int


class TrackRecord(NamedTuple):
    """What became of the alerts that settled in a period. `saved` is money a year, minor units."""

    settled: int
    lost: int
    saved: int
    stayed: int
    saved_value: int
    currency: str | None
    dismissed: int
    dismissed_rightly: int

    @property
    def precision(self) -> float | None:
        """Return how many of those warned of were at risk: lost, or saved by somebody."""
        return (self.lost + self.saved) / self.settled if self.settled else None


async def unsettled(session: AsyncSession) -> set[int]:
    """Return the customers whose last alert has not shown yet whether it was right."""
    query = select(Alert.customer_id).where(
        Alert.kind == AlertKind.CHURN, Alert.outcome.is_(None), Alert.customer_id.is_not(None)
    )
    return {customer for customer in await session.scalars(query) if customer is not None}


async def before(
    session: AsyncSession, customers: Collection[int], as_of: date
) -> dict[int, tuple[date, float]]:
    """Return each customer's probability at the last scoring before a day, and its day."""
    newest = (
        select(func.max(Score.as_of))
        .where(Score.name == ModelName.CHURN, Score.as_of < as_of)
        .scalar_subquery()
    )
    query = select(Score).where(
        Score.name == ModelName.CHURN, Score.as_of == newest, Score.customer_id.in_(customers)
    )
    return {one.customer_id: (one.as_of, one.value) for one in await session.scalars(query)}


async def next_steps(session: AsyncSession, now: datetime) -> dict[Segment | None, NextStep]:
    """Return per segment the kind of contact that an order followed most often.

    Under None that of all customers; a segment with too few contacts is left out.
    """
    following = (
        select(func.min(Order.ordered_at))
        .where(
            Order.customer_id == Activity.customer_id,
            Order.ordered_at > Activity.happened_at,
            _bought(),
        )
        .scalar_subquery()
    )
    query = (
        select(Customer.segment, Activity.kind, Activity.happened_at, following)
        .join(Customer, Customer.id == Activity.customer_id)
        .where(
            Activity.happened_at > now - LOOKED_AT,
            Activity.happened_at <= now - ANSWERED,
            Activity.kind != ActivityKind.NOTE,
        )
        .order_by(Activity.id.desc())
        .limit(MOST_LOOKED_AT)
    )
    tally: dict[Segment | None, dict[ActivityKind, list[bool]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for segment, kind, happened_at, ordered_at in await session.execute(query):
        answered = ordered_at is not None and _utc(ordered_at) <= happened_at + ANSWERED
        for group in {segment, None}:
            tally[group][kind].append(answered)
    return {group: best for group, kinds in tally.items() if (best := _best(kinds))}


def _utc(moment: datetime | str) -> datetime:
    """Read a moment that came through an aggregate, where SQLite has forgotten its type."""
    return datetime.fromisoformat(moment) if isinstance(moment, str) else moment


def _best(kinds: dict[ActivityKind, list[bool]]) -> NextStep | None:
    steps = [
        NextStep(kind, sum(answers) / len(answers), len(answers))
        for kind, answers in kinds.items()
        if len(answers) >= ENOUGH
    ]
    return max(steps, key=lambda step: step.share, default=None)


def _bought() -> ColumnElement[bool]:
    return and_(Order.status != OrderStatus.CANCELLED, Order.total >= 0)


async def settle(session: AsyncSession, today: date, now: datetime, limit: int = 500) -> int:
    """Note what became of alerts: ordered again, or not within the horizon; return how many.

    Saved is who ordered after somebody had taken the alert on; who did so untouched would have
    stayed anyway.
    """
    first = _first_order_after()
    query = (
        select(Alert, first)
        .where(Alert.kind == AlertKind.CHURN, Alert.outcome.is_(None))
        .where(or_(first.is_not(None), Alert.settles_on <= today))
        .order_by(Alert.id)
        .limit(limit)
    )
    count = 0
    for alert, ordered in (await session.execute(query)).all():
        ordered_at = _utc(ordered) if ordered is not None else None
        if ordered_at is None:
            alert.outcome = AlertOutcome.LOST
        elif alert.status is AlertStatus.CLAIMED and (alert.taken_at or now) <= ordered_at:
            alert.outcome = AlertOutcome.SAVED
        else:
            alert.outcome = AlertOutcome.STAYED
        alert.settled_at = now
        count += 1
    await session.flush()
    return count


def _first_order_after() -> ScalarSelect[datetime]:
    return (
        select(func.min(Order.ordered_at))
        .where(
            Order.customer_id == Alert.customer_id,
            Order.ordered_at > Alert.raised_at,
            _bought(),
        )
        .scalar_subquery()
    )


async def track_record(session: AsyncSession, since: datetime, until: datetime) -> TrackRecord:
    """Add up what became of the alerts that settled between two moments."""
    query = select(Alert).where(
        Alert.kind == AlertKind.CHURN, Alert.settled_at >= since, Alert.settled_at < until
    )
    found = (await session.scalars(query)).all()

    def count(outcome: AlertOutcome) -> int:
        return sum(alert.outcome is outcome for alert in found)

    saved = [alert for alert in found if alert.outcome is AlertOutcome.SAVED]
    dismissed = [alert for alert in found if alert.status is AlertStatus.DISMISSED]
    return TrackRecord(
        len(found),
        count(AlertOutcome.LOST),
        len(saved),
        count(AlertOutcome.STAYED),
        sum(alert.value or 0 for alert in saved),
        next((alert.currency for alert in found if alert.currency), None),
        len(dismissed),
        sum(alert.outcome is not AlertOutcome.LOST for alert in dismissed),
    )


def _untaken(raised_before: datetime) -> ColumnElement[bool]:
    return and_(
        Alert.kind == AlertKind.CHURN,
        Alert.status == AlertStatus.OPEN,
        Alert.raised_at <= raised_before,
        Alert.escalated_at.is_(None),
        Alert.outcome.is_(None),
    )


async def untaken(session: AsyncSession, raised_before: datetime) -> Sequence[Alert]:
    """Return the alerts that nobody has seen to since before a moment, to be escalated once."""
    query = select(Alert).where(_untaken(raised_before)).options(joinedload(Alert.customer))
    return (await session.scalars(query.order_by(Alert.id))).all()


async def escalated(session: AsyncSession, raised_before: datetime) -> None:
    """Note of the alerts that nobody has seen to that they were escalated."""
    for alert in await untaken(session, raised_before):
        alert.escalated_at = work_of(session).now
    await session.flush()


class TalkingPoints(NamedTuple):
    """What to know before calling a customer; None where there is none."""

    contact: Contact | None
    phone: str | None
    ordered_at: datetime | None
    product: Product | None
    favourite: Product | None
    ticket: Ticket | None


async def talking_points(session: AsyncSession, customer: Customer) -> TalkingPoints:
    """Return whom to call, what was bought last and most, and what is still open."""
    contact = (
        await session.scalars(
            select(Contact).where(Contact.customer_id == customer.id).order_by(Contact.id).limit(1)
        )
    ).first()
    lines = (
        select(Product, Order.ordered_at)
        .join(OrderLine, OrderLine.product_id == Product.id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.customer_id == customer.id, _bought())
    )
    newest = lines.order_by(Order.ordered_at.desc(), OrderLine.amount.desc()).limit(1)
    last = (await session.execute(newest)).first()
    often = (
        select(Product)
        .join(OrderLine, OrderLine.product_id == Product.id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.customer_id == customer.id, _bought())
        .group_by(Product.id)
        .order_by(func.count().desc(), Product.id)
        .limit(1)
    )
    ticket = (
        await session.scalars(
            select(Ticket)
            .where(Ticket.customer_id == customer.id, Ticket.resolved_at.is_(None))
            .order_by(Ticket.id)
            .limit(1)
        )
    ).first()
    return TalkingPoints(
        contact,
        contact.phone if contact else None,
        last[1] if last else None,
        last[0] if last else None,
        (await session.scalars(often)).first(),
        ticket,
    )
