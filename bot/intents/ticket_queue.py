"""The queue: tickets by the time left to their next target, to open and to narrow by buttons."""

from collections.abc import Sequence
from datetime import timedelta

from bot import targets, ticket_card
from bot.intent import intent
from bot.message import Command, Slot
from bot.reply import Button, Buttons, Part, Reply
from bot.slots import ME
from bot.turn import PAGED, Turn
from crm_core import tickets
from crm_core.models import Customer, Priority, Role, Ticket, TicketStatus, User
from crm_core.values import Period

SOON = timedelta(days=1)
"""How far ahead to look for missed targets, when nobody says how far."""
COLUMNS = (
    "column-number",
    "column-subject",
    "column-customer",
    "column-priority",
    "column-status",
    "column-assignee",
    "column-sla",
)
ONLY = "only"
"""The slot of the buttons that narrow the queue to what nobody has, or what is late."""


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
    only = turn.view(ONLY)
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
        unassigned=only == "unassigned",
        breached=only == "breached",
    )
    reply = turn.listing(
        "tickets-found",
        found,
        COLUMNS,
        lambda row: _cells(turn, row),
        filters=turn.filters(
            assignee=assignee,
            status=status,
            priority=priority,
            customer=customer,
            period=period,
            only=turn.say(f"queue-{only}") if only else None,
        ),
    )
    narrowed = bool(assignee or priority or only)
    choose = _filters(turn, assignee, priority) if narrowed or len(found) > 1 else []
    return _with_buttons(turn, reply, found, choose)


@intent("ticket.breaching", roles={Role.SUPPORT, Role.MANAGER})
async def breaching(
    turn: Turn, period: Period | None = None, assignee: User | None = None
) -> Reply:
    """List the tickets that miss a target soon, or have missed one."""
    first, after = period.moments(turn.zone) if period else (turn.now, turn.now + SOON)
    found = await tickets.breaching(
        turn.session, turn.actor, turn.company.sla, turn.now, first, after, assignee=assignee
    )
    reply = turn.listing(
        "tickets-breaching",
        found,
        COLUMNS,
        lambda row: _cells(turn, row),
        filters=turn.filters(period=period, until=None if period else after, assignee=assignee),
    )
    return _with_buttons(turn, reply, found, [])


def _cells(turn: Turn, row: Ticket) -> Sequence[object]:
    deadline = turn.company.sla.next(row)
    goal = turn.say(targets.GOALS[deadline.goal]) if deadline else ""
    return [
        f"#{row.id}",
        row.subject,
        row.customer.name,
        row.priority,
        tickets.status_at(row, turn.now),
        row.assignee,
        f"{goal}: {targets.left(turn, deadline)}" if deadline else None,
    ]


def _with_buttons(
    turn: Turn, reply: Reply, found: Sequence[Ticket], choose: Sequence[Part]
) -> Reply:
    """Put a button for each row on the page between the list and the next page."""
    words = [part for part in reply.parts if not isinstance(part, Buttons)]
    onward = [part for part in reply.parts if isinstance(part, Buttons)]
    shown = turn.state.shown.ids if turn.state.shown else []
    by_id = {ticket.id: ticket for ticket in found}
    rows = [_open(turn, by_id[id_]) for id_ in shown]
    buttons = [Buttons(buttons=rows)] if rows else []
    return reply.model_copy(update={"parts": [*words, *buttons, *onward, *choose]})


def _open(turn: Turn, ticket: Ticket) -> Button:
    deadline = turn.company.sla.next(ticket)
    late = deadline is not None and deadline.breached(turn.now)
    return ticket_card.opener(turn, ticket, "▲ " if late else "")


def _filters(turn: Turn, assignee: User | None, priority: Priority | None) -> list[Part]:
    """Make buttons that narrow the queue, each marked where it does so, and then a way back."""
    only = turn.view(ONLY)
    of_whom = [
        _filter(turn, "queue-mine", assignee == turn.user, assignee=ME, only=None),
        _filter(turn, "queue-unassigned", only == "unassigned", assignee=None, only="unassigned"),
        _filter(turn, "queue-breached", only == "breached", only="breached"),
    ]
    of_priority = [
        _filter(turn, f"priority-{word}", priority is word, priority=word.value)
        for word in reversed(Priority)
    ]
    return [Buttons(buttons=of_whom), Buttons(buttons=of_priority)]


def _filter(turn: Turn, label: str, on: bool, **narrower: str | None) -> Button:
    """Make a button that narrows the list shown, or widens it again where it is `on`."""
    assert turn.command is not None
    kept = {name: slot for name, slot in turn.command.slots.items() if name not in narrower}
    added = {name: Slot(value=value) for name, value in narrower.items() if value and not on}
    slots = {**kept, **added, PAGED: Slot(value=0)}
    words = turn.say(label)
    words = words[:1].upper() + words[1:]
    return Button(
        label=f"✓ {words}" if on else words,
        command=Command(intent=turn.command.intent, slots=slots),
    )
