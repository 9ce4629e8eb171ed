"""Editing a record, several fields at one go: what a form sends."""

from typing import Any

from bot import forms
from bot.intent import Text, intent
from bot.reply import Field, Reply
from bot.turn import Turn
from crm_core import customers, deals, tasks, tickets
from crm_core.edits import edit, empty
from crm_core.errors import Invalid, NotAllowed
from crm_core.models import (
    Activity,
    ActivityKind,
    Customer,
    Deal,
    Priority,
    Record,
    Role,
    Stage,
    Task,
    Ticket,
    User,
)
from crm_core.values import Money, When


@intent("customer.edit", roles={Role.REP, Role.SUPPORT}, writes=True, spoken=False)
async def customer(
    turn: Turn,
    customer: Customer,
    name: Text | None = None,
    email: Text | None = None,
    phone: Text | None = None,
    address: Text | None = None,
    city: Text | None = None,
    country: Text | None = None,
    website: Text | None = None,
    industry: Text | None = None,
    owner: User | None = None,
) -> Reply:
    """Change several things about a customer."""
    before = await forms.held(turn, "customer.edit", customer)
    await edit(
        turn.session,
        customer,
        name=name,
        email=email,
        phone=phone,
        address=address,
        city=city,
        country=country,
        website=website,
        industry=industry,
    )
    if owner:
        await customers.assign(turn.session, customer, owner)
    # Phone numbers and addresses are not for everybody who reads along.
    private = any(value is not None for value in (email, phone, address))
    receipt = await _receipt(turn, customer, before)
    return receipt.model_copy(update={"private": private})


@intent("deal.edit", roles={Role.REP}, writes=True, spoken=False)
async def deal(
    turn: Turn,
    deal: Deal,
    title: Text | None = None,
    amount: Money | None = None,
    stage: Stage | None = None,
    close_date: When | None = None,
    owner: User | None = None,
    reason: Text | None = None,
    emptied: Text | None = None,
) -> Reply:
    """Change several things about a deal."""
    before = await forms.held(turn, "deal.edit", deal)
    if close_date and (stage or deal.stage).open:
        turn.in_the_future(close_date)
    closing = close_date.day if close_date else None
    await edit(turn.session, deal, title=title, reason=reason)
    await empty(turn.session, deal, *_gone(deal, emptied))
    if stage:
        await deals.move(turn.session, deal, stage, today=turn.today, close_date=closing)
    if amount or owner or (closing and not stage):
        await deals.update(turn.session, deal, amount=amount, close_date=closing, owner=owner)
    return await _receipt(turn, deal, before)


@intent("ticket.edit", roles={Role.SUPPORT, Role.REP}, writes=True, spoken=False)
async def ticket(
    turn: Turn,
    ticket: Ticket,
    subject: Text | None = None,
    priority: Priority | None = None,
    assignee: User | None = None,
) -> Reply:
    """Change several things about a ticket."""
    before = await forms.held(turn, "ticket.edit", ticket)
    await edit(turn.session, ticket, subject=subject)
    if assignee:
        await tickets.assign(turn.session, ticket, assignee)
    if priority:
        await tickets.prioritize(turn.session, ticket, priority)
    return await _receipt(turn, ticket, before)


@intent("task.edit", writes=True, spoken=False)
async def task(
    turn: Turn,
    task: Task,
    title: Text | None = None,
    due: When | None = None,
    customer: Customer | None = None,
    owner: User | None = None,
    emptied: Text | None = None,
) -> Reply:
    """Change several things about a task."""
    before = await forms.held(turn, "task.edit", task)
    columns = {"due": ("due_at", "due_on"), "customer": ("customer_id",)}
    gone = [column for name in _gone(task, emptied) for column in columns[name]]
    await empty(turn.session, task, *gone)
    await edit(turn.session, task, title=title, customer_id=customer.id if customer else None)
    if due:
        turn.in_the_future(due)
        await tasks.snooze(turn.session, task, due)
    if owner:
        await tasks.assign(turn.session, task, owner)
    return await _receipt(turn, task, before)


@intent("activity.edit", roles={Role.REP, Role.SUPPORT}, writes=True, spoken=False)
async def activity(
    turn: Turn,
    activity: Activity,
    kind: ActivityKind | None = None,
    note: Text | None = None,
    customer: Customer | None = None,
) -> Reply:
    """Correct what was logged."""
    if activity.user_id != turn.user.id and turn.user.role in (Role.REP, Role.SUPPORT):
        raise NotAllowed("not-yours-to-change", record=activity)
    before = await forms.held(turn, "activity.edit", activity)
    customer_id = customer.id if customer else None
    await edit(turn.session, activity, kind=kind, note=note, customer_id=customer_id)
    return await _receipt(turn, activity, before)


def _gone(record: Record, emptied: str | None) -> list[str]:
    """Return the fields that a form was sent without, of those that may be empty."""
    may = forms.CAN_BE_EMPTY[record.noun()]
    return [name for name in (emptied or "").split() if name in may]


async def _receipt(turn: Turn, record: Record, before: dict[str, Any]) -> Reply:
    """Say what is different now. Raises Invalid where nothing is."""
    turn.state.look_at(record)
    after = await forms.held(turn, f"{record.noun()}.edit", record)
    changed = [
        Field(label=forms.label(turn, name), value=change)
        for name, value in before.items()
        if (change := turn.change(value, after[name]))
    ]
    if not changed:
        raise Invalid("nothing-to-change", record=record)
    return turn.receipt("record-edited", turn.fields(*changed), record=record)
