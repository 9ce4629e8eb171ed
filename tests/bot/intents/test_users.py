"""People with access, in conversation."""

from sqlalchemy import select

from crm_core.models import LinkCode, User
from tests.office import Office


async def test_list_tells_roles_and_accounts(office: Office) -> None:
    reply = await office.do("steven", "user.list")
    assert "9 people have access" in reply.text
    assert "Andrew Fuller | administrator | test" in reply.text
    assert "Your role doesn't allow this" in (await office.do("nancy", "user.list")).text


async def test_invite_gives_a_code_that_links_a_new_person(office: Office) -> None:
    reply = await office.do("andrew", "user.invite", name="Li Lei", role="support")
    assert reply.private
    code = next(line.partition(": ")[2] for line in reply.text.splitlines() if "Code" in line)
    assert f"link {code}" in reply.text
    said = await office.say("newcomer", f"link {code}")
    assert "You are linked: Li Lei, support" in said.text
    said = await office.say("another", f"link {code}")
    assert "wrong, used or too old" in said.text
    undone = await office.press("andrew", reply, "Undo")
    assert "something else now rests on Li Lei" in undone.text


async def test_invite_can_be_undone_before_it_is_taken_up(office: Office) -> None:
    reply = await office.do("andrew", "user.invite", name="Li Lei", role="rep")
    assert "Li Lei removed" in (await office.press("andrew", reply, "Undo")).text
    async with office.db.read() as session:
        assert (await session.scalars(select(User).filter_by(name="Li Lei"))).all() == []
        assert (await session.scalars(select(LinkCode))).all() == []


async def test_invite_knows_who_is_there_already(office: Office) -> None:
    reply = await office.do("andrew", "user.invite", name="nancy davolio", role="rep")
    assert "somebody called Nancy Davolio already" in reply.text
    reply = await office.do("steven", "user.invite", name="Li Lei", role="rep")
    assert "Your role doesn't allow this" in reply.text


async def test_set_role_asks_first_and_never_takes_the_last_admin(office: Office) -> None:
    nancy, andrew = await office.person("nancy"), await office.person("andrew")
    reply = await office.do("andrew", "user.set_role", user=nancy.id, role="admin")
    assert "sales rep → administrator" in reply.text
    assert (await office.person("nancy")).role == "rep"
    reply = await office.press("andrew", reply, "Yes")
    assert "Role: sales rep → administrator" in reply.text
    await office.do("nancy", "user.set_role", user=andrew.id, role="rep")
    assert "administrator → sales rep" in (await office.say("nancy", "yes")).text
    await office.do("nancy", "user.set_role", user=nancy.id, role="rep")
    assert "last administrator" in (await office.say("nancy", "yes")).text
    undone = await office.press("andrew", reply, "Undo")
    assert "Your role doesn't allow this" in undone.text
    assert (await office.person("nancy")).role == "admin"


async def test_chinese(office: Office) -> None:
    await office.do("andrew", "me.set_language", language="zh")
    reply = await office.do("andrew", "user.invite", name="李雷", role="support")
    assert "已邀请 李雷" in reply.text
