"""Tasks in conversation: given to somebody, put off."""

from crm_core.models import Task
from tests.office import Office


async def task(office: Office, sender: str, **slots: object) -> int:
    await office.do(sender, "task.create", title="Call Alfreds", **slots)
    return 1


async def test_assign_gives_a_task_to_a_colleague_and_back(office: Office) -> None:
    id_ = await task(office, "nancy")
    anne = await office.person("anne")
    reply = await office.do("nancy", "task.assign", task=id_, owner=anne.id)
    assert "Task #1 goes to Anne Dodsworth: Call Alfreds" in reply.text
    assert "Nancy Davolio → Anne Dodsworth" in reply.text
    assert "Call Alfreds" in (await office.do("anne", "task.list")).text
    await office.press("nancy", reply, "Undo")
    assert "Call Alfreds" in (await office.do("nancy", "task.list")).text


async def test_assign_refuses_what_is_theirs_or_done(office: Office) -> None:
    id_ = await task(office, "nancy")
    nancy, anne = await office.person("nancy"), await office.person("anne")
    reply = await office.do("nancy", "task.assign", task=id_, owner=nancy.id)
    assert "is Nancy Davolio's already" in reply.text
    reply = await office.do("anne", "task.assign", task=id_, owner=anne.id)
    assert "is a colleague's" in reply.text
    await office.do("nancy", "task.complete", task=id_)
    reply = await office.do("nancy", "task.assign", task=id_, owner=anne.id)
    assert "is done already" in reply.text


async def test_snooze_shows_before_and_after(office: Office) -> None:
    id_ = await task(office, "nancy", due="2026-03-12T15:00:00+00:00")
    reply = await office.do("nancy", "task.snooze", task=id_, until="2026-03-16")
    assert "Mar 12, 2026 15:00 → Mar 16, 2026" in reply.text
    await office.press("nancy", reply, "Undo")
    async with office.db.read() as session:
        assert (await session.get_one(Task, id_)).due_at is not None


async def test_snooze_refuses_the_past(office: Office) -> None:
    id_ = await task(office, "nancy")
    reply = await office.do("nancy", "task.snooze", task=id_, until="2026-03-10")
    assert "is in the past" in reply.text
