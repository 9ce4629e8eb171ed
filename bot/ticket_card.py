"""A ticket as it is shown: what it is about, what was said, and what can be done next."""

from datetime import datetime
from typing import Any

from bot import targets
from bot.reply import Button, Buttons, File, Part
from bot.reply import Text as Words
from bot.slots import ME
from bot.turn import Turn
from crm_core import tickets
from crm_core.models import Role, Ticket, TicketMessage, TicketStatus, Visibility

FILLED_IN = {"ticket.reply", "ticket.note", "ticket.prioritize"}
"""What a button alone does not say all of."""
LAST = 10
"""Messages of a ticket that are shown."""
FILES = 5
"""Files of a ticket that are sent along, the newest ones."""
LINES = {
    Visibility.PUBLIC: "line-to-customer",
    Visibility.CUSTOMER: "line-from-customer",
    Visibility.INTERNAL: "line-internal",
}


async def parts(turn: Turn, ticket: Ticket) -> list[Part]:
    """Return the card of a ticket that was loaded whole."""
    said = (await tickets.messages(turn.session, ticket))[-LAST:]
    status = tickets.status_at(ticket, turn.now)
    files = [file for message in said for file in message.files][-FILES:]
    title = turn.say("ticket-title", id=str(ticket.id), subject=ticket.subject)
    card: list[Part] = [
        Words(text=title, style="strong"),
        turn.fields(
            ("label-customer", ticket.customer),
            ("label-status", status),
            ("label-until", ticket.snoozed_until if status is TicketStatus.SNOOZED else None),
            ("label-priority", ticket.priority),
            ("label-assignee", ticket.assignee),
            ("label-opened", ticket.opened_at),
            *(targets.labelled(turn, deadline) for deadline in turn.company.sla.deadlines(ticket)),
            ("label-resolution", ticket.resolution),
            ("label-rating", rating(turn, ticket)),
        ),
    ]
    if said:
        card.append(Words(text="\n\n".join(_line(turn, message) for message in said)))
    card += [File(id=file.file_id, name=file.name, media_type=file.media_type) for file in files]
    return [*card, Buttons(buttons=_next_steps(turn, ticket, status))]


def opener(turn: Turn, ticket: Ticket, mark: str = "") -> Button:
    """Make a button that shows a ticket."""
    return Button(
        label=f"{mark}#{ticket.id}", command=turn.command_for("ticket.show", ticket=ticket)
    )


def _next_steps(turn: Turn, ticket: Ticket, status: TicketStatus) -> list[Button]:
    """Return what the asker, or where nobody asked whoever presses, may do with a ticket next."""
    role = turn.user.role if turn.person else Role.SUPPORT
    mine = turn.person is not None and ticket.assignee_id == turn.user.id
    steps: list[tuple[str, str, dict[str, Any]]]
    if status in tickets.CLOSED:
        steps = [
            (turn.say("button-reopen"), "ticket.reopen", {}),
            (turn.say("button-rating"), "ticket.rate", {}),
        ]
    else:
        opens = _next_morning(turn)
        until = turn.say("button-snooze-until", moment=turn.speaker.coming(opens))
        steps = [
            (turn.say("button-assign-me"), "ticket.assign", {"assignee": ME}),
            (turn.say("button-reply"), "ticket.reply", {}),
            (turn.say("button-note"), "ticket.note", {}),
            (turn.say("button-ready-text"), "ticket.macros", {}),
            (turn.say("button-priority"), "ticket.prioritize", {}),
            (turn.say("button-resolve"), "ticket.resolve", {}),
            (turn.say("button-wake"), "ticket.reopen", {}),
            (until, "ticket.snooze", {"until": opens.isoformat()}),
        ]
    pointless = {"ticket.assign"} if mine else set()
    if status in (TicketStatus.OPEN, TicketStatus.PENDING):
        pointless.add("ticket.reopen")
    return [
        Button(
            label=label,
            command=turn.command_for(name, ticket=ticket, **values),
            form=name in FILLED_IN,
        )
        for label, name, values in steps
        if name not in pointless and turn.registry[name].allows(role)
    ] + [turn.edit(ticket)]


def _next_morning(turn: Turn) -> datetime:
    """Return when people work again on another day."""
    hours = turn.company.sla.hours
    today = turn.now.astimezone(hours.zone).date()
    shifts = (opens for opens, _ in hours.shifts(turn.now))
    return next(opens for opens in shifts if opens.astimezone(hours.zone).date() > today)


def _line(turn: Turn, message: TicketMessage) -> str:
    files = ", ".join(file.name for file in message.files)
    text = " ".join(filter(None, [message.text, turn.say("with-files", files=files) * bool(files)]))
    return turn.say(LINES[message.visibility], when=message.said_at, who=message.author, text=text)


def rating(turn: Turn, ticket: Ticket) -> str | None:
    """Say how content the customer was."""
    if ticket.satisfaction is None:
        return None
    score = turn.say("rating", score=ticket.satisfaction, best=tickets.BEST)
    return ": ".join(filter(None, [score, ticket.satisfaction_comment]))
