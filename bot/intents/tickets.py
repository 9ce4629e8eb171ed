"""Tickets in the conversation."""

from collections.abc import Sequence
from datetime import date, datetime

from bot import mail, targets, ticket_card
from bot.intent import Files, Number, Text, intent
from bot.reply import Button, Buttons, Part, Reply
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
    User,
    Visibility,
)
from crm_core.values import When, midnight


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
    return turn.receipt(
        "ticket-created",
        details,
        turn.edit(ticket),
        ticket_card.opener(turn, ticket),
        id=str(ticket.id),
    )


@intent("ticket.show", roles={Role.SUPPORT, Role.REP})
async def show(turn: Turn, ticket: Ticket) -> Reply:
    """Show a ticket with what was said on it, and the files that came with it."""
    ticket = await tickets.whole(turn.session, ticket)
    turn.state.look_at(ticket.customer, ticket)
    return turn.reply(*await ticket_card.parts(turn, ticket))


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
    return turn.receipt(
        "ticket-assigned",
        changed,
        ticket_card.opener(turn, ticket),
        id=str(ticket.id),
        assignee=assignee,
    )


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
    return turn.receipt(
        "ticket-resolved", changed, ticket_card.opener(turn, ticket), id=str(ticket.id)
    )


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
        targets.labelled(turn, deadline) if deadline else ("label-due", None),
    )
    return turn.receipt(
        "ticket-prioritized", changed, ticket_card.opener(turn, ticket), id=str(ticket.id)
    )


@intent("ticket.reopen", roles={Role.SUPPORT}, writes=True)
async def reopen(turn: Turn, ticket: Ticket) -> Reply:
    """Open a closed ticket again."""
    before = ticket.status
    await tickets.reopen(turn.session, ticket)
    turn.state.look_at(ticket)
    changed = turn.fields(("label-status", turn.change(before, ticket.status)))
    return turn.receipt(
        "ticket-reopened", changed, ticket_card.opener(turn, ticket), id=str(ticket.id)
    )


@intent("ticket.snooze", roles={Role.SUPPORT}, writes=True)
async def snooze(turn: Turn, ticket: Ticket, until: When) -> Reply:
    """Let a ticket rest until a day or an hour."""
    moment = until.at or _begin_of_work(turn, until.day)
    if moment <= turn.now:
        raise Invalid("in-the-past", when=until)
    before = tickets.status_at(ticket, turn.now)
    await tickets.snooze(turn.session, ticket, moment)
    turn.state.look_at(ticket)
    deadline = turn.company.sla.next(ticket)
    changed = turn.fields(
        ("label-status", turn.change(before, ticket.status)),
        ("label-target", targets.while_asleep(turn, deadline, moment) if deadline else None),
    )
    return turn.receipt(
        "ticket-snoozed", changed, ticket_card.opener(turn, ticket), id=str(ticket.id), until=moment
    )


def _begin_of_work(turn: Turn, day: date) -> datetime:
    """Return when people begin to work on a day; where they don't, when it begins."""
    begins = midnight(day, turn.zone)
    opens, _ = next(turn.company.sla.hours.shifts(begins))
    return opens if opens.astimezone(turn.zone).date() == day else begins


@intent("ticket.rate", roles={Role.SUPPORT}, writes=True)
async def rate(turn: Turn, ticket: Ticket, score: Number, comment: Text | None = None) -> Reply:
    """Note how content the customer is with the help, from 1 to 5."""
    before = ticket_card.rating(turn, ticket)
    await tickets.rate(turn.session, ticket, score, comment)
    turn.state.look_at(ticket)
    changed = turn.fields(("label-rating", turn.change(before, ticket_card.rating(turn, ticket))))
    return turn.receipt(
        "ticket-rated", changed, ticket_card.opener(turn, ticket), id=str(ticket.id)
    )
