"""What somebody has promised to do."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from crm_core.access import Actor
from crm_core.changes import work_of
from crm_core.errors import Conflict, Invalid
from crm_core.models import Customer, Task, User
from crm_core.values import Period, When


async def create(
    session: AsyncSession,
    *,
    title: str,
    owner: User,
    due: When | None = None,
    customer_id: int | None = None,
) -> Task:
    """Put a task on somebody's list."""
    task = Task(
        title=title,
        owner=owner,
        customer_id=customer_id,
        due_on=due.day if due else None,
        due_at=due.at if due else None,
    )
    session.add(task)
    await session.flush()
    return task


async def search(
    session: AsyncSession,
    actor: Actor,
    *,
    owner: User | None = None,
    period: Period | None = None,
    customer: Customer | None = None,
) -> Sequence[Task]:
    """Return open tasks, those due first in front.

    A period takes in what is overdue at its start: that is still on the plate.
    """
    conditions: list[ColumnElement[bool]] = [Task.done_at.is_(None)]
    if owner:
        conditions.append(Task.owner_id == owner.id)
    if period:
        conditions.append(Task.due_on < period.end)
    if customer:
        conditions.append(Task.customer_id == customer.id)
    query = select(Task).where(*conditions)
    query = query.options(joinedload(Task.customer), joinedload(Task.owner))
    by_due = (Task.due_on.nulls_last(), Task.due_at.nulls_first(), Task.id)
    return (await session.scalars(actor.limit(query, Task).order_by(*by_due))).all()


async def complete(session: AsyncSession, task: Task) -> None:
    """Tick a task off. Raises Conflict where it is done already."""
    _still_to_do(task)
    task.done_at = work_of(session).now
    await session.flush()


async def assign(session: AsyncSession, task: Task, owner: User) -> None:
    """Give a task to somebody. Raises Conflict where it is done, Invalid where it is theirs."""
    _still_to_do(task)
    if task.owner_id == owner.id:
        raise Invalid("task-theirs", record=task, owner=owner)
    task.owner_id = owner.id
    await session.flush()


async def snooze(session: AsyncSession, task: Task, until: When) -> None:
    """Make a task due later. Raises Conflict where it is done."""
    _still_to_do(task)
    task.due_on, task.due_at = until.day, until.at
    await session.flush()


async def due(session: AsyncSession, since: datetime, until: datetime) -> Sequence[Task]:
    """Return the open tasks with a time of day that fall due after one moment, up to another."""
    query = select(Task).where(Task.done_at.is_(None), Task.due_at > since, Task.due_at <= until)
    query = query.options(joinedload(Task.customer)).order_by(Task.due_at, Task.id)
    return (await session.scalars(query)).all()


def _still_to_do(task: Task) -> None:
    if task.done_at is not None:
        raise Conflict("task-done", record=task)
