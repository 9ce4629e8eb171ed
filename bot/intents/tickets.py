"""Tickets in the conversation."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot import mail
from bot.intent import Files, Number, Text, intent
from bot.reply import Button, Buttons, File, Part, Reply
from bot.reply import Text as Words
from bot.turn import Turn
from crm_core import tickets
from crm_core.errors import Invalid
from crm_core.models import (
    Customer,
    Order,
    Priority,
    Role,
    StoredFile,
    Ticket,
    TicketMessage,
    TicketStatus,
    User,
    Visibility,
)
from crm_core.sla import Deadline, Goal
from crm_core.values import Period, When, midnight

FILLED_IN = {"ticket.reply", "ticket.note", "ticket.prioritize"}
"""What a button alone does not say all of."""
SOON = timedelta(days=1)
"""How far ahead to look for missed targets, when nobody says how far."""
LAST = 10
"""Messages of a ticket that are shown."""
FILES = 5
"""Files of a ticket that are sent along, the newest ones."""
COLUMNS = (
    "column-number",
    "column-subject",
    "column-customer",
    "column-priority",
    "column-status",
    "column-assignee",
    "column-sla",
)


async def _open_already(
    turn: Turn, customer: Customer, subject: Text, message: Text | None = None, **_: object
) -> Sequence[Part]:
    """Offer the customer's open ticket about the same instead of a second one."""
    ticket = await tickets.similar(turn.session, customer, message or subject)
    if ticket is None:
        return ()
    id_, text = str(ticket.id), message or subject
    instead = Button(
        label=turn.say("button-add-to-ticket", id=id_),
        command=turn.command_for("ticket.add", ticket=ticket, text=text),
        style="primary",
        once=True,
    )
    offer = turn.say("ticket-open-already", id=id_, subject=ticket.subject, customer=customer)
    return [Words(text=offer), Buttons(buttons=[instead])]


@intent(
    "ticket.create",
    roles={Role.SUPPORT, Role.REP},
    writes=True,
    preview=_open_already,
)
async def create(
    turn: Turn,
    customer: Customer,
    subject: Text,
    priority: Priority | None = None,
    order: Order | None = None,
    message: Text | None = None,
    files: Files | None = None,
) -> Reply:
    """Open a ticket for a customer."""
    ticket = await tickets.create(
        turn.session,
        customer=customer,
        subject=subject,
        priority=priority or Priority.NORMAL,
        order=order,
    )
    if message or files:
        said = Visibility.CUSTOMER
        found = [await turn.session.get_one(StoredFile, id_) for id_ in files or ()]
        await tickets.say(turn.session, ticket, turn.user, message or "", said, found)
    turn.state.look_at(order, customer, ticket)
    details = turn.fields(
        ("label-customer", customer),
        ("label-subject", subject),
        ("label-priority", ticket.priority),
        ("label-order", order),
    )
    return turn.receipt("ticket-created", details, turn.edit(ticket), id=str(ticket.id))


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
    return _working_time(turn, left, over=deadline.breached(turn.now))


def _working_time(turn: Turn, left: timedelta, *, over: bool = False) -> str:
    hours, minutes = divmod(int(abs(left).total_seconds()) // 60, 60)
    return turn.say("sla-over" if over else "sla-left", hours=hours, minutes=minutes)


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
    """Show a ticket with what was said on it, and the files that came with it."""
    ticket = await tickets.whole(turn.session, ticket)
    said = (await tickets.messages(turn.session, ticket))[-LAST:]
    status = tickets.status_at(ticket, turn.now)
    turn.state.look_at(ticket.customer, ticket)
    files = [file for message in said for file in message.files][-FILES:]
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
        "\n".join(_line(turn, message) for message in said) or None,
        *(File(id=file.file_id, name=file.name, media_type=file.media_type) for file in files),
        Buttons(buttons=_next_steps(turn, ticket, status)),
    )


def _next_steps(turn: Turn, ticket: Ticket, status: TicketStatus) -> list[Button]:
    """Return what this person may do with a ticket next."""
    steps: list[tuple[str, str, dict[str, Any]]]
    if status in tickets.CLOSED:
        steps = [("button-reopen", "ticket.reopen", {})]
    else:
        tomorrow = turn.today + timedelta(days=1)
        steps = [
            ("button-assign-me", "ticket.assign", {"assignee": turn.user}),
            ("button-reply", "ticket.reply", {}),
            ("button-note", "ticket.note", {}),
            ("button-ready-text", "ticket.macros", {}),
            ("button-priority", "ticket.prioritize", {}),
            ("button-tomorrow", "ticket.snooze", {"until": tomorrow.isoformat()}),
            ("button-resolve", "ticket.resolve", {}),
        ]
    if ticket.assignee_id == turn.user.id:
        steps = [step for step in steps if step[0] != "button-assign-me"]
    return [
        turn.button(label, name, form=name in FILLED_IN, ticket=ticket, **values)
        for label, name, values in steps
        if turn.registry[name].allows(turn.user.role)
    ] + [turn.edit(ticket)]


LINES = {
    Visibility.PUBLIC: "line-to-customer",
    Visibility.CUSTOMER: "line-from-customer",
    Visibility.INTERNAL: "line-internal",
}


def _line(turn: Turn, message: TicketMessage) -> str:
    files = ", ".join(file.name for file in message.files)
    text = " ".join(filter(None, [message.text, turn.say("with-files", files=files) * bool(files)]))
    return turn.say(LINES[message.visibility], when=message.said_at, who=message.author, text=text)


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
        ("label-status", turn.change(before, ticket.status)),
        ("label-resolution", text),
        ("label-message", await _ask_rating(turn, ticket)),
    )
    return turn.receipt("ticket-resolved", changed, id=str(ticket.id))


async def _ask_rating(turn: Turn, ticket: Ticket) -> str | None:
    """Ask the customer by e-mail how content they are; return the question, None for none."""
    policy = turn.company.mail
    if policy is None or not policy.ask_rating or ticket.satisfaction is not None:
        return None
    customer = await turn.session.get_one(Customer, ticket.customer_id)
    if await mail.address(turn, customer) is None:
        return None
    text = turn.say("rating-request", customer=customer, best=tickets.BEST, agent=turn.user)
    said = await tickets.say(turn.session, ticket, turn.user, text, Visibility.PUBLIC)
    await mail.post(turn, ticket, said)
    return text


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
    deadline = turn.company.sla.next(ticket)
    changed = turn.fields(
        ("label-status", turn.change(before, ticket.status)),
        ("label-target", _while_asleep(turn, deadline, moment) if deadline else None),
    )
    return turn.receipt("ticket-snoozed", changed, id=str(ticket.id), until=moment)


def _while_asleep(turn: Turn, deadline: Deadline, wakes: datetime) -> str:
    """Say what a snooze does to the target: nothing, and so it may be missed meanwhile."""
    goal, due = turn.say(GOALS[deadline.goal]), deadline.due
    if deadline.breached(wakes):
        return turn.say("snooze-misses-target", goal=goal, due=due)
    left = _working_time(turn, turn.company.sla.left(deadline, wakes))
    return turn.say("snooze-keeps-target", goal=goal, due=due, left=left)


@intent("ticket.rate", roles={Role.SUPPORT}, writes=True)
async def rate(turn: Turn, ticket: Ticket, score: Number, comment: Text | None = None) -> Reply:
    """Note how content the customer is with the help, from 1 to 5."""
    before = _rating(turn, ticket)
    await tickets.rate(turn.session, ticket, score, comment)
    turn.state.look_at(ticket)
    changed = turn.fields(("label-rating", turn.change(before, _rating(turn, ticket))))
    return turn.receipt("ticket-rated", changed, id=str(ticket.id))
