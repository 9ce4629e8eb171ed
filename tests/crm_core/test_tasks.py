"""Tasks: given to somebody, put off, and not once they are done."""

from datetime import UTC, date, datetime

import pytest

from crm_core import tasks
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.errors import Conflict, Invalid
from crm_core.models import Role, User
from crm_core.values import When

NOW = datetime(2026, 3, 11, 10, tzinfo=UTC)


async def test_assign_and_snooze_until_it_is_done(db: Database) -> None:
    async with db.begin(Work("tasks", NOW)) as session:
        ann, bob = User(name="Ann", role=Role.REP), User(name="Bob", role=Role.SUPPORT)
        session.add_all([ann, bob])
        await session.flush()
        task = await tasks.create(session, title="call", owner=ann, due=When.of(NOW))
        with pytest.raises(Invalid, match="task-theirs"):
            await tasks.assign(session, task, ann)
        await tasks.assign(session, task, bob)
        assert task.owner_id == bob.id
        await tasks.snooze(session, task, When(date(2026, 3, 16)))
        assert (task.due_on, task.due_at) == (date(2026, 3, 16), None)
        await tasks.complete(session, task)
        for verb in (
            tasks.complete(session, task),
            tasks.assign(session, task, ann),
            tasks.snooze(session, task, When.of(NOW)),
        ):
            with pytest.raises(Conflict, match="task-done"):
                await verb
