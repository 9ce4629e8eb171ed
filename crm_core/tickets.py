"""What customers need help with."""

from collections.abc import Sequence
from datetime import tzinfo

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from crm_core.access import Actor
from crm_core.changes import work_of
from crm_core.errors import Conflict, Invalid
from crm_core.models import Customer, Order, Priority, Role, Ticket, TicketStatus, User
from crm_core.values import Period

CLOSED = (TicketStatus.RESOLVED, TicketStatus.CLOSED)
URGENT_FIRST = case(
    {word.value: -rank for rank, word in enumerate(Priority)}, value=Ticket.priority
)


async def create(
    session: AsyncSession,
    *,
    customer: Customer,
    subject: str,
    priority: Priority = Priority.NORMAL,
    order: Order | None = None,
) -> Ticket:
    """Open a ticket. Raises Invalid where the order is somebody else's."""
    if order and order.customer_id != customer.id:
        raise Invalid("order-of-another-customer", record=order)
    ticket = Ticket(
        customer=customer,
        order_id=order.id if order else None,
        subject=subject,
        priority=priority,
        status=TicketStatus.OPEN,
        opened_at=work_of(session).now,
    )
    session.add(ticket)
    await session.flush()
    return ticket


async def search(
    session: AsyncSession,
    actor: Actor,
    zone: tzinfo,
    *,
    assignee: User | None = None,
    status: TicketStatus | None = None,
    priority: Priority | None = None,
    customer: Customer | None = None,
    period: Period | None = None,
) -> Sequence[Ticket]:
    """Return the tickets that match, most urgent and oldest first; unresolved ones if unsaid."""
    conditions: list[ColumnElement[bool]] = [
        Ticket.status == status if status else Ticket.status.not_in(CLOSED)
    ]
    if assignee:
        conditions.append(Ticket.assignee_id == assignee.id)
    if priority:
        conditions.append(Ticket.priority == priority)
    if customer:
        conditions.append(Ticket.customer_id == customer.id)
    if period:
        first, after = period.moments(zone)
        conditions += [Ticket.opened_at >= first, Ticket.opened_at < after]
    query = select(Ticket).where(*conditions).options(*WHOLE).order_by(URGENT_FIRST, Ticket.id)
    return (await session.scalars(actor.limit(query, Ticket))).all()


WHOLE = (joinedload(Ticket.customer), joinedload(Ticket.assignee))


async def whole(session: AsyncSession, ticket: Ticket) -> Ticket:
    """Load a ticket with its customer and assignee."""
    query = select(Ticket).where(Ticket.id == ticket.id).options(*WHOLE)
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


async def assign(
    session: AsyncSession, ticket: Ticket, assignee: User, priority: Priority | None = None
) -> None:
    """Make a ticket somebody's. Raises Invalid for a person who does not do support."""
    if assignee.role is Role.REP:
        raise Invalid("not-support", record=assignee)
    if ticket.status in CLOSED:
        raise Conflict("ticket-closed", record=ticket)
    ticket.assignee = assignee
    if priority:
        ticket.priority = priority
    await session.flush()


async def resolve(session: AsyncSession, ticket: Ticket, resolution: str | None = None) -> None:
    """Close a ticket. Raises Conflict where it is closed already."""
    if ticket.status in CLOSED:
        raise Conflict("ticket-closed", record=ticket)
    ticket.status, ticket.resolved_at = TicketStatus.RESOLVED, work_of(session).now
    if resolution:
        ticket.resolution = resolution
    await session.flush()
