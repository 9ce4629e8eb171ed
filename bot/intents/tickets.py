"""Tickets in the conversation."""

from collections.abc import Sequence
from datetime import timedelta

from bot import macros
from bot.intent import Number, Text, intent
from bot.reply import Buttons, Reply
from bot.reply import Text as Words
from bot.turn import Turn
from crm_core import tickets
from crm_core.errors import Invalid
from crm_core.models import (
    Customer,
    Order,
    Priority,
    Role,
    Ticket,
    TicketMessage,
    TicketStatus,
    User,
    Visibility,
)
from crm_core.sla import Deadline, Goal
from crm_core.values import Period, When, midnight

SOON = timedelta(days=1)
"""How far ahead to look for missed targets, when nobody says how far."""
LAST = 10
"""Messages of a ticket that are shown."""
COLUMNS = (
    "column-number",
    "column-subject",
    "column-customer",
    "column-priority",
    "column-status",
    "column-assignee",
    "column-sla",
)


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
        turn.now,
        turn.company.sla,
        assignee=assignee,
        status=status,
        priority=priority,
        customer=customer,
        period=period,
    )
    return turn.listing(
        "tickets-found",
        found,
        COLUMNS,
        lambda row: _cells(turn, row),
        filters=turn.filters(
            assignee=assignee, status=status, priority=priority, customer=customer, period=period
        ),
    )


@intent("ticket.breaching", roles={Role.SUPPORT, Role.MANAGER})
async def breaching(
    turn: Turn, period: Period | None = None, assignee: User | None = None
) -> Reply:
    """List the tickets that miss a target soon, or have missed one."""
    first, after = period.moments(turn.zone) if period else (turn.now, turn.now + SOON)
    found = await tickets.breaching(
        turn.session, turn.actor, turn.company.sla, turn.now, first, after, assignee=assignee
    )
    return turn.listing(
        "tickets-breaching",
        found,
        COLUMNS,
        lambda row: _cells(turn, row),
        filters=turn.filters(period=period, until=None if period else after, assignee=assignee),
    )


def _cells(turn: Turn, row: Ticket) -> Sequence[object]:
    deadline = turn.company.sla.next(row)
    return [
        f"#{row.id}",
        row.subject,
        row.customer.name,
        row.priority,
        tickets.status_at(row, turn.now),
        row.assignee,
        f"{turn.say(GOALS[deadline.goal])}: {_left(turn, deadline)}" if deadline else None,
    ]


GOALS = {Goal.FIRST_RESPONSE: "label-first-response", Goal.RESOLUTION: "label-solution"}


def _left(turn: Turn, deadline: Deadline) -> str:
    """Say how much working time is left until a deadline, or how much too late it is."""
    left = turn.company.sla.left(deadline, turn.now)
    hours, minutes = divmod(int(abs(left).total_seconds()) // 60, 60)
    message = "sla-over" if deadline.breached(turn.now) else "sla-left"
    return turn.say(message, hours=hours, minutes=minutes)


def _deadline(turn: Turn, deadline: Deadline) -> tuple[str, str]:
    """Label when a goal was reached, or by when it is to be."""
    if deadline.met is None:
        shown = turn.say("sla-due", due=deadline.due, left=_left(turn, deadline))
    else:
        late = deadline.breached(turn.now)
        shown = turn.say("sla-met-late" if late else "sla-met", met=deadline.met)
    return GOALS[deadline.goal], shown


@intent("ticket.show", roles={Role.SUPPORT, Role.REP})
async def show(turn: Turn, ticket: Ticket) -> Reply:
    """Show a ticket with what was said on it."""
    ticket = await tickets.whole(turn.session, ticket)
    said = await tickets.messages(turn.session, ticket)
    status = tickets.status_at(ticket, turn.now)
    turn.state.look_at(ticket.customer, ticket)
    buttons = []
    if status not in tickets.CLOSED:
        buttons = [
            turn.button("button-assign-me", "ticket.assign", ticket=ticket, assignee=turn.user),
            turn.button("button-resolve", "ticket.resolve", ticket=ticket),
        ]
    lines = [_line(turn, message) for message in said[-LAST:]]
    return turn.reply(
        Words(
            text=turn.say("ticket-title", id=str(ticket.id), subject=ticket.subject), style="strong"
        ),
        turn.fields(
            ("label-customer", ticket.customer),
            ("label-status", status),
            ("label-until", ticket.snoozed_until if status is TicketStatus.SNOOZED else None),
            ("label-priority", ticket.priority),
            ("label-assignee", ticket.assignee),
            ("label-opened", ticket.opened_at),
            *(_deadline(turn, deadline) for deadline in turn.company.sla.deadlines(ticket)),
            ("label-resolution", ticket.resolution),
            ("label-rating", _rating(turn, ticket)),
        ),
        "\n".join(lines) or None,
        Buttons(buttons=buttons) if buttons else None,
    )


def _line(turn: Turn, message: TicketMessage) -> str:
    public = message.visibility is Visibility.PUBLIC
    return turn.say(
        "line-to-customer" if public else "line-internal",
        when=message.said_at,
        who=message.author,
        text=message.text,
    )


def _rating(turn: Turn, ticket: Ticket) -> str | None:
    if ticket.satisfaction is None:
        return None
    score = turn.say("rating", score=ticket.satisfaction, best=tickets.BEST)
    return ": ".join(filter(None, [score, ticket.satisfaction_comment]))


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
    before = tickets.status_at(ticket, turn.now)
    await tickets.resolve(turn.session, ticket, text)
    turn.state.look_at(ticket)
    changed = turn.fields(
        ("label-status", turn.change(before, ticket.status)), ("label-resolution", text)
    )
    return turn.receipt("ticket-resolved", changed, id=str(ticket.id))


@intent("ticket.prioritize", roles={Role.SUPPORT}, writes=True)
async def prioritize(turn: Turn, ticket: Ticket, priority: Priority) -> Reply:
    """Make a ticket more or less urgent."""
    before = ticket.priority
    await tickets.prioritize(turn.session, ticket, priority)
    turn.state.look_at(ticket)
    deadline = turn.company.sla.next(ticket)
    changed = turn.fields(
        ("label-priority", turn.change(before, priority)),
        _deadline(turn, deadline) if deadline else ("label-due", None),
    )
    return turn.receipt("ticket-prioritized", changed, id=str(ticket.id))


async def _only_recorded(turn: Turn, ticket: Ticket, text: Text) -> str:
    return turn.say("reply-only-recorded", customer=await _customer(turn, ticket))


@intent("ticket.reply", roles={Role.SUPPORT}, writes=True, confirm=True, preview=_only_recorded)
async def reply(turn: Turn, ticket: Ticket, text: Text) -> Reply:
    """Record what the customer was told on a ticket."""
    await tickets.say(turn.session, ticket, turn.user, text, Visibility.PUBLIC)
    turn.state.look_at(ticket)
    return turn.receipt("ticket-replied", turn.fields(("label-message", text)), id=str(ticket.id))


@intent("ticket.note", roles={Role.SUPPORT, Role.REP}, writes=True)
async def note(turn: Turn, ticket: Ticket, text: Text) -> Reply:
    """Write an internal note on a ticket: the customer never sees it."""
    await tickets.say(turn.session, ticket, turn.user, text, Visibility.INTERNAL)
    turn.state.look_at(ticket)
    return turn.receipt("ticket-noted", turn.fields(("label-note", text)), id=str(ticket.id))


async def _filled(turn: Turn, ticket: Ticket, macro: Text) -> str:
    """Return the macro's text in the asker's language, for this ticket's customer."""
    language = turn.speaker.language
    return macros.named(turn.company.macros, macro, language).fill(
        language,
        customer=(await _customer(turn, ticket)).name,
        ticket=ticket.label,
        agent=turn.user.name,
    )


async def _macro_in_full(turn: Turn, ticket: Ticket, macro: Text) -> str:
    text = await _filled(turn, ticket, macro)
    return f"{text}\n\n{await _only_recorded(turn, ticket, Text(text))}"


@intent("ticket.macro", roles={Role.SUPPORT}, writes=True, confirm=True, preview=_macro_in_full)
async def macro_(turn: Turn, ticket: Ticket, macro: Text) -> Reply:
    """Answer a customer on a ticket with a text that is ready."""
    text = Text(await _filled(turn, ticket, macro))
    return await reply(turn, ticket, text)


@intent("ticket.reopen", roles={Role.SUPPORT}, writes=True)
async def reopen(turn: Turn, ticket: Ticket) -> Reply:
    """Open a closed ticket again."""
    before = ticket.status
    await tickets.reopen(turn.session, ticket)
    turn.state.look_at(ticket)
    changed = turn.fields(("label-status", turn.change(before, ticket.status)))
    return turn.receipt("ticket-reopened", changed, id=str(ticket.id))


@intent("ticket.snooze", roles={Role.SUPPORT}, writes=True)
async def snooze(turn: Turn, ticket: Ticket, until: When) -> Reply:
    """Let a ticket rest until a day or an hour."""
    moment = until.at or midnight(until.day, turn.zone)
    if moment <= turn.now:
        raise Invalid("in-the-past", when=until)
    before = tickets.status_at(ticket, turn.now)
    await tickets.snooze(turn.session, ticket, moment)
    turn.state.look_at(ticket)
    changed = turn.fields(("label-status", turn.change(before, ticket.status)))
    return turn.receipt("ticket-snoozed", changed, id=str(ticket.id), until=moment)


@intent("ticket.rate", roles={Role.SUPPORT}, writes=True)
async def rate(turn: Turn, ticket: Ticket, score: Number, comment: Text | None = None) -> Reply:
    """Note how content the customer is with the help, from 1 to 5."""
    before = _rating(turn, ticket)
    await tickets.rate(turn.session, ticket, score, comment)
    turn.state.look_at(ticket)
    changed = turn.fields(("label-rating", turn.change(before, _rating(turn, ticket))))
    return turn.receipt("ticket-rated", changed, id=str(ticket.id))


async def _customer(turn: Turn, ticket: Ticket) -> Customer:
    return await turn.session.get_one(Customer, ticket.customer_id)
