"""What is known of a customer, and what can be changed about one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from crm_core import orders
from crm_core.access import Actor
from crm_core.errors import Invalid
from crm_core.fields import checked
from crm_core.lookup import countries_like, values_like
from crm_core.models import (
    Activity,
    Contact,
    Customer,
    Deal,
    Metric,
    Order,
    OrderLine,
    Record,
    Segment,
    Stage,
    Task,
    Ticket,
    TicketStatus,
    User,
)
from crm_core.values import Money, Period, midnight

FIELDS = {"name", "email", "phone", "city", "country", "address", "website", "industry"}
"""What people may change by naming the field."""


@dataclass(frozen=True, slots=True)
class Overview:
    """A customer at one glance. Deals are only those that the asker may see."""

    contacts: Sequence[Contact]
    orders: int
    revenue: Sequence[Money]
    last_order: Order | None
    deals: Sequence[Deal]
    tickets: Sequence[Ticket]
    activities: Sequence[Activity]


async def overview(session: AsyncSession, actor: Actor, customer: Customer) -> Overview:
    """Gather what one wants to know before calling a customer."""
    theirs = Order.customer_id == customer.id
    totals = await session.execute(
        select(Order.currency, orders.PURCHASES, func.sum(Order.total))
        .where(theirs, orders.sold())
        .group_by(Order.currency)
        .order_by(Order.currency)
    )
    sums = totals.all()
    deals = select(Deal).where(
        Deal.customer_id == customer.id, Deal.stage.not_in([Stage.WON, Stage.LOST])
    )
    closed = [TicketStatus.RESOLVED, TicketStatus.CLOSED]
    return Overview(
        contacts=(
            await session.scalars(
                select(Contact).where(Contact.customer_id == customer.id).order_by(Contact.id)
            )
        ).all(),
        orders=sum(count for _, count, _ in sums),
        revenue=[Money(int(total), currency) for currency, _, total in sums],
        last_order=(
            await session.scalars(
                select(Order).where(theirs).order_by(Order.ordered_at.desc()).limit(1)
            )
        ).first(),
        deals=(await session.scalars(actor.limit(deals, Deal).order_by(Deal.id.desc()))).all(),
        tickets=(
            await session.scalars(
                select(Ticket)
                .where(Ticket.customer_id == customer.id, Ticket.status.not_in(closed))
                .order_by(Ticket.id.desc())
            )
        ).all(),
        activities=(
            await session.scalars(
                select(Activity)
                .where(Activity.customer_id == customer.id)
                .options(joinedload(Activity.user))
                .order_by(Activity.happened_at.desc())
                .limit(3)
            )
        ).all(),
    )


async def search(
    session: AsyncSession,
    actor: Actor,
    *,
    ids: Sequence[int] | None = None,
    city: str | None = None,
    country: str | None = None,
    segment: Segment | None = None,
    owner: User | None = None,
) -> Sequence[Customer]:
    """Return the customers that match all that is given, by name.

    `ids` are those whose name is like the words searched for.
    """
    conditions: list[ColumnElement[bool]] = []
    if ids is not None:
        conditions.append(Customer.id.in_(ids))
    if city:
        conditions.append(Customer.city.in_(await values_like(session, Customer.city, city)))
    if country:
        conditions.append(Customer.country.in_(await countries_like(session, country)))
    if segment:
        conditions.append(Customer.segment == segment)
    if owner:
        conditions.append(Customer.owner_id == owner.id)
    query = select(Customer).where(*conditions).options(joinedload(Customer.owner))
    return (await session.scalars(actor.limit(query, Customer).order_by(Customer.name))).all()


async def create(
    session: AsyncSession,
    *,
    name: str,
    owner: User | None,
    email: str | None = None,
    phone: str | None = None,
    city: str | None = None,
    country: str | None = None,
) -> Customer:
    """Add a customer. Raises Invalid where one with exactly this name exists."""
    same = await session.scalar(
        select(Customer).where(func.lower(Customer.name) == name.strip().lower())
    )
    if same is not None:
        raise Invalid("customer-exists", record=same)
    values = checked(Customer, name=name, email=email, phone=phone, city=city, country=country)
    customer = Customer(owner=owner, **values)
    session.add(customer)
    await session.flush()
    return customer


async def update(session: AsyncSession, customer: Customer, field: str, value: str) -> str | None:
    """Change one field and return what it was. Raises Invalid for a field that is not theirs."""
    if field not in FIELDS:
        raise Invalid("no-such-field", field=field)
    before: str | None = getattr(customer, field)
    setattr(customer, field, checked(Customer, **{field: value})[field])
    await session.flush()
    return before


async def assign(session: AsyncSession, customer: Customer, owner: User) -> User | None:
    """Make a customer somebody's and return whose it was.

    Raises Invalid for a person without access, and where it is theirs already.
    """
    if not owner.active:
        raise Invalid("no-access", record=owner)
    if customer.owner_id == owner.id:
        raise Invalid("already-owner", record=customer, owner=owner)
    before = await session.get(User, customer.owner_id) if customer.owner_id else None
    customer.owner_id = owner.id
    await session.flush()
    return before


async def history(
    session: AsyncSession,
    actor: Actor,
    zone: tzinfo,
    customer: Customer,
    period: Period | None = None,
) -> list[tuple[datetime, Record]]:
    """Return what happened with a customer, newest first: each record once, at its moment.

    Orders when placed, tickets and deals when opened, activities, and tasks when done. Deals and
    tasks are only those that the asker may see.
    """
    first, after = period.moments(zone) if period else (None, None)
    events: list[tuple[datetime, Record]] = []
    for kind, moment in MOMENTS.items():
        query = select(kind).where(kind.customer_id == customer.id, moment.is_not(None))
        if kind is Activity:
            query = query.options(joinedload(Activity.user))
        for record in await session.scalars(actor.limit(query, kind)):
            said = getattr(record, moment.key)
            at = said if isinstance(said, datetime) else midnight(said, zone)
            if (first is None or at >= first) and (after is None or at < after):
                events.append((at, record))
    return sorted(events, key=lambda event: event[0], reverse=True)


MOMENTS: dict[type[Any], InstrumentedAttribute[Any]] = {
    Order: Order.ordered_at,
    Ticket: Ticket.opened_at,
    Deal: Deal.opened_on,
    Activity: Activity.happened_at,
    Task: Task.done_at,
}


async def untouched(
    session: AsyncSession,
    actor: Actor,
    zone: tzinfo,
    period: Period,
    *,
    owner: User | None = None,
) -> list[tuple[Customer, datetime | None]]:
    """Return the customers without an activity in a period, and when the last one was.

    Those nobody ever talked to come first, then those left alone the longest.
    """
    first, after = period.moments(zone)
    talked = select(Activity.customer_id).where(
        Activity.customer_id.is_not(None),
        Activity.happened_at >= first,
        Activity.happened_at < after,
    )
    last = (
        select(Activity.customer_id, func.max(Activity.happened_at).label("at"))
        .group_by(Activity.customer_id)
        .subquery()
    )
    query = (
        select(Customer, last.c.at)
        .outerjoin(last, last.c.customer_id == Customer.id)
        .where(Customer.id.not_in(talked))
        .options(joinedload(Customer.owner))
        .order_by(last.c.at.nulls_first(), Customer.name)
    )
    if owner:
        query = query.where(Customer.owner_id == owner.id)
    return [(customer, at) for customer, at in await session.execute(actor.limit(query, Customer))]


@dataclass(frozen=True, slots=True)
class Standing:
    """What one customer bought, in one currency; credit notes are in `units` and `revenue` only."""

    customer: Customer
    orders: int
    units: int
    revenue: Money
    purchased: Money

    @property
    def average(self) -> Money | None:
        """The average order value; None for who only has credit notes."""
        if not self.orders:
            return None
        return Money(round(self.purchased.minor / self.orders), self.purchased.currency)


async def top(
    session: AsyncSession,
    actor: Actor,
    zone: tzinfo,
    *,
    currency: str,
    now: datetime,
    metric: Metric = Metric.REVENUE,
    period: Period | None = None,
    limit: int = 10,
) -> list[Standing]:
    """Return the best customers by a metric, over their orders in one currency.

    Raises Invalid for a metric that no single customer has.
    """
    lines = (
        select(OrderLine.order_id, func.sum(OrderLine.quantity).label("units"))
        .group_by(OrderLine.order_id)
        .subquery()
    )
    sums: dict[Metric, ColumnElement[Any]] = {
        Metric.ORDERS: orders.PURCHASES,
        Metric.UNITS: func.coalesce(func.sum(lines.c.units), 0),
        Metric.REVENUE: func.sum(Order.total),
        Metric.AVERAGE_ORDER_VALUE: orders.PURCHASED * 1.0 / func.nullif(orders.PURCHASES, 0),
    }
    if metric not in sums:
        raise Invalid("no-metric-of-customers", metric=metric)
    query = (
        select(
            Customer,
            sums[Metric.ORDERS],
            sums[Metric.UNITS],
            sums[Metric.REVENUE],
            orders.PURCHASED,
        )
        .join(Order, Order.customer_id == Customer.id)
        .outerjoin(lines, lines.c.order_id == Order.id)
        .where(Order.currency == currency, orders.sold(), Order.ordered_at <= now)
        .group_by(Customer.id)
        .order_by(sums[metric].desc().nulls_last(), Customer.name)
        .limit(limit)
    )
    if period:
        first, after = period.moments(zone)
        query = query.where(Order.ordered_at >= first, Order.ordered_at < after)
    return [
        Standing(
            customer, count, int(units), Money(int(revenue), currency), Money(int(gross), currency)
        )
        for customer, count, units, revenue, gross in await session.execute(
            actor.limit(query, Customer)
        )
    ]
