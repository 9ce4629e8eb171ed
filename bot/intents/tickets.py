"""Tickets in the conversation."""

from bot.intent import Text, intent
from bot.reply import Buttons, Reply
from bot.reply import Text as Words
from bot.turn import Turn
from crm_core import tickets
from crm_core.models import Customer, Order, Priority, Role, Ticket, TicketStatus, User
from crm_core.values import Period


@intent("ticket.create", roles={Role.SUPPORT, Role.REP}, writes=True)
async def create(
    turn: Turn,
    customer: Customer,
    subject: Text,
    priority: Priority | None = None,
    order: Order | None = None,
) -> Reply:
    """Open a ticket for a customer."""
    ticket = await tickets.create(
        turn.session,
        customer=customer,
        subject=subject,
        priority=priority or Priority.NORMAL,
        order=order,
    )
    turn.state.look_at(order, customer, ticket)
    details = turn.fields(
        ("label-customer", customer),
        ("label-subject", subject),
        ("label-priority", ticket.priority),
        ("label-order", order),
    )
    return turn.receipt("ticket-created", details, id=str(ticket.id))


@intent("ticket.list", roles={Role.SUPPORT, Role.MANAGER})
async def list_(
    turn: Turn,
    assignee: User | None = None,
    status: TicketStatus | None = None,
    priority: Priority | None = None,
    customer: Customer | None = None,
    period: Period | None = None,
) -> Reply:
    """List tickets by assignee, status, priority or customer."""
    found = await tickets.search(
        turn.session,
        turn.actor,
        turn.zone,
        assignee=assignee,
        status=status,
        priority=priority,
        customer=customer,
        period=period,
    )
    return turn.listing(
        "tickets-found",
        found,
        [
            "column-number",
            "column-subject",
            "column-customer",
            "column-priority",
            "column-status",
            "column-assignee",
        ],
        lambda row: [
            f"#{row.id}",
            row.subject,
            row.customer.name,
            row.priority,
            row.status,
            row.assignee,
        ],
        filters=turn.filters(
            assignee=assignee, status=status, priority=priority, customer=customer, period=period
        ),
    )


@intent("ticket.show", roles={Role.SUPPORT, Role.REP})
async def show(turn: Turn, ticket: Ticket) -> Reply:
    """Show a ticket."""
    ticket = await tickets.whole(turn.session, ticket)
    turn.state.look_at(ticket.customer, ticket)
    buttons = []
    if ticket.status not in tickets.CLOSED:
        buttons = [
            turn.button("button-assign-me", "ticket.assign", ticket=ticket, assignee=turn.user),
            turn.button("button-resolve", "ticket.resolve", ticket=ticket),
        ]
    return turn.reply(
        Words(
            text=turn.say("ticket-title", id=str(ticket.id), subject=ticket.subject), style="strong"
        ),
        turn.fields(
            ("label-customer", ticket.customer),
            ("label-status", ticket.status),
            ("label-priority", ticket.priority),
            ("label-assignee", ticket.assignee),
            ("label-opened", ticket.opened_at),
            ("label-resolved", ticket.resolved_at),
            ("label-resolution", ticket.resolution),
        ),
        Buttons(buttons=buttons) if buttons else None,
    )


@intent("ticket.assign", roles={Role.SUPPORT}, writes=True)
async def assign(
    turn: Turn, ticket: Ticket, assignee: User, priority: Priority | None = None
) -> Reply:
    """Give a ticket to somebody."""
    ticket = await tickets.whole(turn.session, ticket)
    before, was = ticket.assignee, ticket.priority
    await tickets.assign(turn.session, ticket, assignee, priority)
    turn.state.look_at(ticket)
    changed = turn.fields(
        ("label-assignee", turn.change(before, assignee)),
        ("label-priority", turn.change(was, ticket.priority)),
    )
    return turn.receipt("ticket-assigned", changed, id=str(ticket.id), assignee=assignee)


@intent("ticket.resolve", roles={Role.SUPPORT}, writes=True)
async def resolve(turn: Turn, ticket: Ticket, text: Text | None = None) -> Reply:
    """Close a ticket."""
    before = ticket.status
    await tickets.resolve(turn.session, ticket, text)
    turn.state.look_at(ticket)
    changed = turn.fields(
        ("label-status", turn.change(before, ticket.status)), ("label-resolution", text)
    )
    return turn.receipt("ticket-resolved", changed, id=str(ticket.id))
