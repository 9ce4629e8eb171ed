"""Tasks are told to their owners at the minute they fall due."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.jobs import Shift, tell
from bot.notices import Draft, action, phrase
from crm_core import tasks
from crm_core.models import AlertKind, Task
from crm_core.receivers import OWNER, Notice

AHEAD = timedelta(seconds=30)
"""A tick a minute, and none of them further than half a minute from what is due."""
BACK = timedelta(days=1)
"""What fell due while nothing ran is told late, but not later than this."""


async def reminders(shift: Shift) -> str:
    """Remind of what is due now."""

    async def gather(session: AsyncSession) -> Sequence[Notice]:
        found = await tasks.due(session, shift.now - BACK, shift.now + AHEAD)
        return [_notice(task) for task in found]

    return f"{await tell(shift, gather)} reminded"


def _notice(task: Task) -> Notice:
    lines = (phrase("notice-task-customer", customer=task.customer),) if task.customer else ()
    draft = Draft(
        title=phrase("notice-task", title=task.title, due=task.due_at),
        lines=lines,
        actions=(
            action("button-done", "task.complete", task=task),
            action("button-snooze-task", "task.snooze", task=task),
        ),
    )
    return Notice(
        f"task:{task.id}:{task.due_at:%Y%m%dT%H%M%S}",
        AlertKind.TASK,
        draft.plain(),
        about=task,
        owner_id=task.owner_id,
        urgent=True,
        to=(OWNER,),
        subscribers=False,
    )
