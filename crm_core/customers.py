"""What is known of a customer, and what can be changed about one."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from crm_core.access import Actor
from crm_core.errors import Invalid
from crm_core.lookup import countries_like, values_like
from crm_core.models import (
    Activity,
    Contact,
    Customer,
    Deal,
    Order,
    OrderStatus,
    Segment,
    Stage,
    Ticket,
    TicketStatus,
    User,
)
from crm_core.values import Money

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
        select(Order.currency, func.count(), func.sum(Order.total))
        .where(theirs, Order.status != OrderStatus.CANCELLED)
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
    customer = Customer(
        name=name.strip(), owner=owner, email=email, phone=phone, city=city, country=country
    )
    session.add(customer)
    await session.flush()
    return customer


async def update(session: AsyncSession, customer: Customer, field: str, value: str) -> str | None:
    """Change one field and return what it was. Raises Invalid for a field that is not theirs."""
    if field not in FIELDS:
        raise Invalid("no-such-field", field=field)
    before: str | None = getattr(customer, field)
    setattr(customer, field, value.strip())
    await session.flush()
    return before
