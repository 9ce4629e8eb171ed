"""Tasks in the conversation."""

from bot.intent import Text, intent
from bot.reply import Reply
from bot.turn import Turn
from crm_core import tasks
from crm_core.models import Customer, Role, Task, User
from crm_core.values import Period, When


@intent("task.create", writes=True)
async def create(
    turn: Turn, title: Text, due: When | None = None, customer: Customer | None = None
) -> Reply:
    """Put a task on your list."""
    if due:
        turn.in_the_future(due)
    task = await tasks.create(
        turn.session,
        title=title,
        owner=turn.user,
        due=due,
        customer_id=customer.id if customer else None,
    )
    turn.state.look_at(customer, task)
    details = turn.fields(("label-due", due), ("label-customer", customer))
    return turn.receipt("task-created", details, turn.edit(task), task=task, id=str(task.id))


@intent("task.list")
async def list_(turn: Turn, owner: User | None = None, period: Period | None = None) -> Reply:
    """List open tasks: yours, or a colleague's if you lead."""
    leads = turn.user.role in (Role.MANAGER, Role.ADMIN)
    found = await tasks.search(
        turn.session, turn.actor, owner=owner or (None if leads else turn.user), period=period
    )
    return turn.listing(
        "tasks-found",
        found,
        ["column-number", "column-task", "column-due", "column-customer", "column-owner"],
        lambda row: [
            f"#{row.id}",
            row.title,
            row.due_at or row.due_on,
            row.customer,
            row.owner.name,
        ],
        filters=turn.filters(owner=owner, period=period),
        of=Task,
    )


@intent("task.complete", writes=True)
async def complete(turn: Turn, task: Task) -> Reply:
    """Tick a task off."""
    await tasks.complete(turn.session, task)
    turn.state.look_at(task)
    return turn.receipt("task-completed", task=task)


@intent("task.assign", writes=True)
async def assign(turn: Turn, task: Task, owner: User) -> Reply:
    """Give a task to a colleague."""
    before = await turn.session.get_one(User, task.owner_id)
    await tasks.assign(turn.session, task, owner)
    turn.state.look_at(task)
    changed = turn.fields(("label-owner", turn.change(before, owner)))
    return turn.receipt("task-assigned", changed, id=str(task.id), task=task, owner=owner)


@intent("task.snooze", writes=True)
async def snooze(turn: Turn, task: Task, until: When) -> Reply:
    """Put a task off to a later day."""
    turn.in_the_future(until)
    before = task.due_at or task.due_on
    await tasks.snooze(turn.session, task, until)
    turn.state.look_at(task)
    changed = turn.fields(("label-due", turn.change(before, until.at or until.day)))
    return turn.receipt("task-snoozed", changed, id=str(task.id), task=task)
