"""Going on from the list shown last."""

from collections.abc import Mapping
from enum import StrEnum

from bot import doing, slots
from bot.intent import Field, Number, SlotSpec, Text, intent
from bot.message import Command, Slot
from bot.reply import Reply
from bot.turn import COUNT, PAGED, SORT, Turn
from crm_core.errors import Invalid, NotAllowed
from crm_core.models import (
    AlertKind,
    CampaignStatus,
    Customer,
    OrderStatus,
    Priority,
    Product,
    Segment,
    Stage,
    TicketStatus,
    User,
)
from crm_core.values import Money, Period


class Status(StrEnum):
    """A status of anything: the list shown last says of what."""

    PENDING = OrderStatus.PENDING
    PAID = OrderStatus.PAID
    SHIPPED = OrderStatus.SHIPPED
    DELIVERED = OrderStatus.DELIVERED
    RETURNED = OrderStatus.RETURNED
    CANCELLED = OrderStatus.CANCELLED
    OPEN = TicketStatus.OPEN
    SNOOZED = TicketStatus.SNOOZED
    RESOLVED = TicketStatus.RESOLVED
    CLOSED = TicketStatus.CLOSED
    SUGGESTED = CampaignStatus.SUGGESTED
    APPROVED = CampaignStatus.APPROVED
    RUNNING = CampaignStatus.RUNNING
    FINISHED = CampaignStatus.FINISHED
    REJECTED = CampaignStatus.REJECTED


SAME = {"owner": "assignee", "assignee": "owner", "period": "closing", "closing": "period"}
"""Slots that mean nearly the same of another list: "only mine" of tickets is their assignee."""


@intent("result.more")
async def more(turn: Turn) -> Reply:
    """Show the next page of the last list."""
    shown = turn.state.shown
    if shown is None or shown.command is None:
        return turn.reply(turn.say("nothing-shown"))
    return await _again(turn, shown.command, {PAGED: Slot(value=shown.page + 1)})


@intent("result.refine")
async def refine(
    turn: Turn,
    owner: User | None = None,
    assignee: User | None = None,
    customer: Customer | None = None,
    product: Product | None = None,
    category: Text | None = None,
    city: Text | None = None,
    country: Text | None = None,
    segment: Segment | None = None,
    stage: Stage | None = None,
    status: Status | None = None,
    priority: Priority | None = None,
    kind: AlertKind | None = None,
    amount_min: Money | None = None,
    amount_max: Money | None = None,
    closing: Period | None = None,
    period: Period | None = None,
    count: Number | None = None,
    sort: Field | None = None,
) -> Reply:
    """Narrow or sort the last list."""
    assert turn.command is not None
    said = turn.command.slots
    shown = turn.state.shown.command if turn.state.shown else None
    asked = [command for command in (turn.state.last, shown) if command is not None]
    if not asked:
        return turn.reply(turn.say("nothing-shown"))
    for command in asked:
        slots_of_it = turn.registry[command.intent].slots
        renamed = {_renamed(name, slots_of_it): slot for name, slot in said.items()}
        if renamed.keys() <= slots_of_it.keys() | {COUNT, SORT}:
            return await _again(turn, command, {**renamed, PAGED: Slot(value=0)})
    raise _cannot(turn, asked[-1], said)


def _renamed(name: str, known: Mapping[str, SlotSpec]) -> str:
    return SAME[name] if name not in known and SAME.get(name) in known else name


def _cannot(turn: Turn, command: Command, said: dict[str, Slot]) -> Invalid:
    """Say by what the list can't be narrowed, and by what it can."""
    known = turn.registry[command.intent].slots
    strange = [name for name in said if _renamed(name, known) not in known and name != SORT]
    by = [turn.say(f"slot-{name.replace('_', '-')}") for name in known]
    what = [turn.say(f"slot-{name.replace('_', '-')}") for name in strange]
    reason = "cannot-refine" if by else "cannot-refine-at-all"
    return Invalid(reason, what=what, by=by, list=doing.label(turn, command.intent))


async def _again(turn: Turn, command: Command, more: dict[str, Slot]) -> Reply:
    """Answer a question once more, with other slots."""
    asked = turn.registry[command.intent]
    if not doing.open_to(turn, command.intent):
        raise NotAllowed("role-may-not", what=doing.label(turn, command.intent))
    again = Command(intent=command.intent, slots={**command.slots, **more})
    reply = await doing.handled(turn, asked, again, await slots.fill(turn, asked, again))
    turn.state.last = turn.command
    return reply
