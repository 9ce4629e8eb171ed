"""What customers need help with."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from rapidfuzz import fuzz
from sqlalchemy import ColumnElement, and_, case, event, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import UOWTransaction, joinedload, selectinload

from crm_core import outbox
from crm_core.access import Actor
from crm_core.changes import TrackedSession, work_of
from crm_core.errors import Conflict, Invalid
from crm_core.lookup import folded
from crm_core.models import (
    Customer,
    Order,
    Priority,
    Role,
    StoredFile,
    Ticket,
    TicketFile,
    TicketMessage,
    TicketStatus,
    TicketTopic,
    User,
    Visibility,
)
from crm_core.sla import Sla
from crm_core.values import Period

CLOSED = (TicketStatus.RESOLVED, TicketStatus.CLOSED)
URGENT_FIRST = case(
    {word.value: -rank for rank, word in enumerate(Priority)}, value=Ticket.priority
)
BEST = 5
"""The best rating; 1 is the worst."""
POST = "ticket-message:"
WORD = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+")
SAME = 75
"""How like each other, of 100, two complaints of a customer are that mean the same."""


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
    now: datetime,
    sla: Sla,
    *,
    assignee: User | None = None,
    status: TicketStatus | None = None,
    priority: Priority | None = None,
    customer: Customer | None = None,
    period: Period | None = None,
    unassigned: bool = False,
    breached: bool = False,
) -> Sequence[Ticket]:
    """Return the tickets that match, unresolved ones if no status is said.

    Those whose next target is nearest, or most missed, come first; then the resolved ones, most
    urgent and oldest first.
    """
    conditions = [_in_status(status, now) if status else Ticket.status.not_in(CLOSED)]
    if assignee:
        conditions.append(Ticket.assignee_id == assignee.id)
    if priority:
        conditions.append(Ticket.priority == priority)
    if customer:
        conditions.append(Ticket.customer_id == customer.id)
    if period:
        first, after = period.moments(zone)
        conditions += [Ticket.opened_at >= first, Ticket.opened_at < after]
    if unassigned:
        conditions.append(Ticket.assignee_id.is_(None))
    query = select(Ticket).where(*conditions).options(*WHOLE).order_by(URGENT_FIRST, Ticket.id)
    found = (await session.scalars(actor.limit(query, Ticket))).all()
    kept = [ticket for ticket in found if _due(sla, ticket) < now] if breached else found
    return sorted(kept, key=lambda ticket: _due(sla, ticket))


def _in_status(status: TicketStatus, now: datetime) -> ColumnElement[bool]:
    """Match the status a ticket has at a moment: one whose snooze is over is open."""
    snoozed = Ticket.status == TicketStatus.SNOOZED
    if status is TicketStatus.OPEN:
        return (Ticket.status == status) | and_(snoozed, Ticket.snoozed_until <= now)
    if status is TicketStatus.SNOOZED:
        return snoozed & (Ticket.snoozed_until > now)
    return Ticket.status == status


def status_at(ticket: Ticket, now: datetime) -> TicketStatus:
    """Return a ticket's status at a moment: a snooze ends by itself."""
    over = ticket.snoozed_until is not None and ticket.snoozed_until <= now
    return TicketStatus.OPEN if ticket.status is TicketStatus.SNOOZED and over else ticket.status


def _due(sla: Sla, ticket: Ticket) -> datetime:
    deadline = sla.next(ticket)
    return deadline.due if deadline else datetime.max.replace(tzinfo=UTC)


async def breaching(
    session: AsyncSession,
    actor: Actor,
    sla: Sla,
    now: datetime,
    first: datetime,
    after: datetime,
    *,
    assignee: User | None = None,
) -> list[Ticket]:
    """Return the unresolved tickets that miss a target from one moment to before another.

    Those that have missed it already are among them where `now` lies in between.
    """
    query = select(Ticket).where(Ticket.status.not_in(CLOSED)).options(*WHOLE).order_by(Ticket.id)
    if assignee:
        query = query.where(Ticket.assignee_id == assignee.id)
    found = (await session.scalars(actor.limit(query, Ticket))).all()
    late = first <= now < after
    tickets = [t for t in found if _due(sla, t) < after and (late or _due(sla, t) >= first)]
    return sorted(tickets, key=lambda ticket: _due(sla, ticket))


WHOLE = (joinedload(Ticket.customer), joinedload(Ticket.assignee))


async def whole(session: AsyncSession, ticket: Ticket) -> Ticket:
    """Load a ticket with its customer and assignee."""
    query = select(Ticket).where(Ticket.id == ticket.id).options(*WHOLE)
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


async def unresolved(session: AsyncSession) -> Sequence[Ticket]:
    """Return everybody's tickets that are not resolved, with customers and assignees."""
    query = select(Ticket).where(Ticket.status.not_in(CLOSED)).options(*WHOLE).order_by(Ticket.id)
    return (await session.scalars(query)).all()


async def messages(session: AsyncSession, ticket: Ticket) -> Sequence[TicketMessage]:
    """Return what was said on a ticket, first to last."""
    query = select(TicketMessage).where(TicketMessage.ticket_id == ticket.id)
    query = query.options(joinedload(TicketMessage.author), selectinload(TicketMessage.files))
    return (await session.scalars(query.order_by(TicketMessage.id))).all()


async def in_topic(session: AsyncSession, platform: str, channel: str, thread: str) -> int | None:
    """Return the id of the ticket whose own place in a chat this is."""
    query = select(TicketTopic.ticket_id).filter_by(
        platform=platform, channel=channel, thread=thread
    )
    return await session.scalar(query)


async def similar(session: AsyncSession, customer: Customer, words: str) -> Ticket | None:
    """Return the customer's unresolved ticket about the same, if there is one."""
    query = select(Ticket).where(Ticket.customer_id == customer.id, Ticket.status.not_in(CLOSED))
    found = (await session.scalars(query.order_by(Ticket.id))).all()
    likeness = {
        ticket: fuzz.token_set_ratio(_words(words), _words(ticket.subject)) for ticket in found
    }
    best = max(found, key=lambda ticket: likeness[ticket], default=None)
    return best if best and likeness[best] >= SAME else None


def _words(text: str) -> str:
    """Set words apart, and Chinese characters, which stand for some."""
    return " ".join(WORD.findall(folded(text)))


async def assign(
    session: AsyncSession, ticket: Ticket, assignee: User, priority: Priority | None = None
) -> None:
    """Make a ticket somebody's. Raises Invalid for a person who does not do support."""
    if assignee.role is Role.REP:
        raise Invalid("not-support", record=assignee)
    _unresolved(ticket)
    ticket.assignee_id = assignee.id
    if priority:
        ticket.priority = priority
    await session.flush()


async def prioritize(session: AsyncSession, ticket: Ticket, priority: Priority) -> None:
    """Make a ticket more or less urgent. Raises Conflict where it is closed."""
    _unresolved(ticket)
    if ticket.priority is priority:
        raise Invalid("already-that-priority", record=ticket)
    ticket.priority = priority
    await session.flush()


async def say(
    session: AsyncSession,
    ticket: Ticket,
    author: User,
    text: str,
    visibility: Visibility,
    files: Sequence[StoredFile] = (),
) -> TicketMessage:
    """Write a message on a ticket.

    The first one to the customer meets the first target; one from the customer opens the ticket.
    """
    now = work_of(session).now
    message = TicketMessage(
        ticket_id=ticket.id,
        author=author,
        visibility=visibility,
        text=text,
        said_at=now,
        files=[
            TicketFile(file_id=file.id, name=file.name, media_type=file.media_type)
            for file in files
        ],
    )
    session.add(message)
    if visibility is Visibility.PUBLIC and ticket.first_response_at is None:
        ticket.first_response_at = now
    if visibility is Visibility.CUSTOMER and ticket.status is not TicketStatus.OPEN:
        _open(ticket)
    await session.flush()
    return message


def post_key(message: TicketMessage) -> str:
    """Name the delivery that brings a message to the customer."""
    return f"{POST}{message.id}"


def message_of(key: str) -> int | None:
    """Return which message a delivery brings; None where it brings something else."""
    return int(key.removeprefix(POST)) if key.startswith(POST) else None


@event.listens_for(TrackedSession, "before_flush")
def _take_back(session: TrackedSession, _context: UOWTransaction, _instances: object) -> None:
    """Stop the delivery of a message that is deleted. Raises Conflict where it is too late."""
    for record in session.deleted:
        if isinstance(record, TicketMessage) and record.visibility is Visibility.PUBLIC:
            with session.no_autoflush:
                if not outbox.withdraw(session, post_key(record)):
                    raise Conflict("customer-has-it", record=record.label)


async def resolve(session: AsyncSession, ticket: Ticket, resolution: str | None = None) -> None:
    """Close a ticket. Raises Conflict where it is closed already."""
    _unresolved(ticket)
    ticket.status, ticket.resolved_at = TicketStatus.RESOLVED, work_of(session).now
    ticket.snoozed_until = None
    if resolution:
        ticket.resolution = resolution
    await session.flush()


async def reopen(session: AsyncSession, ticket: Ticket) -> None:
    """Open a closed ticket again, or wake one that rests. Raises Conflict where it is open."""
    if status_at(ticket, work_of(session).now) not in (*CLOSED, TicketStatus.SNOOZED):
        raise Conflict("ticket-open", record=ticket)
    _open(ticket)
    await session.flush()


def _open(ticket: Ticket) -> None:
    ticket.status, ticket.snoozed_until = TicketStatus.OPEN, None
    ticket.resolved_at, ticket.resolution = None, None


async def snooze(session: AsyncSession, ticket: Ticket, until: datetime) -> None:
    """Let a ticket rest until a moment. Raises Conflict where it is closed."""
    _unresolved(ticket)
    ticket.status, ticket.snoozed_until = TicketStatus.SNOOZED, until
    await session.flush()


async def rate(
    session: AsyncSession, ticket: Ticket, score: float, comment: str | None = None
) -> None:
    """Note how content the customer is, from 1 to 5. Raises Invalid for any other score."""
    if score not in range(1, BEST + 1):
        raise Invalid("no-such-score", score=score, best=BEST)
    ticket.satisfaction, ticket.satisfaction_comment = int(score), comment
    await session.flush()


def _unresolved(ticket: Ticket) -> None:
    if ticket.status in CLOSED:
        raise Conflict("ticket-closed", record=ticket)
