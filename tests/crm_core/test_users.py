"""People: access, invitations, roles, and the last administrator."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from crm_core import users
from crm_core.changes import Work, undo
from crm_core.db import Database
from crm_core.errors import Conflict, Invalid
from crm_core.models import Language, LinkCode, Role, User

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=UTC)


async def person(db: Database, name: str, role: Role) -> int:
    async with db.begin(Work(f"setup {name}", NOW)) as session:
        user = User(name=name, role=role)
        session.add(user)
        await session.flush()
        return user.id


async def invited(db: Database, admin: int) -> str:
    async with db.begin(Work("invite", NOW, admin)) as session:
        _, code = await users.invite(
            session, name=" Li Lei ", role=Role.SUPPORT, language=Language.ZH, timezone="UTC"
        )
        return code


async def test_an_invitation_links_once_and_within_a_day(db: Database) -> None:
    code = await invited(db, await person(db, "Andrew", Role.ADMIN))
    late = NOW + timedelta(days=1)
    for attempt, now in (("late", late), ("in time", late - timedelta(seconds=1)), ("again", NOW)):
        async with db.begin(Work(attempt, now)) as session:
            if attempt == "in time":
                user = await users.redeem_code(session, code.lower(), "web", "", "lilei")
                assert (user.name, user.role) == ("Li Lei", Role.SUPPORT)
            else:
                with pytest.raises(Invalid, match="bad-link-code"):
                    await users.redeem_code(session, code, "web", "", "lilei")
    async with db.read() as session:
        found = await users.identify(session, "web", "", "lilei")
        assert found is not None
        assert await users.accounts(session) == {found.id: ["web"]}


async def test_undo_of_an_invitation_takes_the_code_along(db: Database) -> None:
    admin = await person(db, "Andrew", Role.ADMIN)
    await invited(db, admin)
    async with db.begin(Work("undo", NOW, admin)) as session:
        await undo(session, "invite", admin)
    async with db.read() as session:
        assert (await session.scalars(select(LinkCode))).all() == []


async def test_one_name_one_person(sqlite_db: Database) -> None:
    admin = await person(sqlite_db, "Li LEI", Role.ADMIN)
    with pytest.raises(Invalid, match="user-exists"):
        await invited(sqlite_db, admin)


async def set_role(db: Database, work: str, by: int, whose: int, role: Role) -> None:
    async with db.begin(Work(work, NOW, by)) as session:
        await users.set_role(session, await session.get_one(User, whose), role)


async def test_the_last_admin_stays(db: Database) -> None:
    andrew, nancy = await person(db, "Andrew", Role.ADMIN), await person(db, "Nancy", Role.REP)
    with pytest.raises(Conflict, match="last-admin"):
        await set_role(db, "alone", andrew, andrew, Role.REP)
    await set_role(db, "promote", andrew, nancy, Role.ADMIN)
    await set_role(db, "demote", nancy, andrew, Role.REP)
    with pytest.raises(Conflict, match="last-admin"):
        async with db.begin(Work("undo", NOW, andrew)) as session:
            await undo(session, "promote", andrew)
    with pytest.raises(Conflict, match="last-admin"):
        async with db.begin(Work("leave", NOW, nancy)) as session:
            (await session.get_one(User, nancy)).active = False
    async with db.begin(Work("speak", NOW, nancy)) as session:
        (await session.get_one(User, nancy)).language = Language.ZH
    with pytest.raises(Invalid, match="already-in-role"):
        await set_role(db, "again", nancy, nancy, Role.ADMIN)


async def test_codes_begin_with_a_digit(sqlite_db: Database) -> None:
    admin = await person(sqlite_db, "Andrew", Role.ADMIN)
    async with sqlite_db.begin(Work("codes", NOW)) as session:
        user = await session.get_one(User, admin)
        codes = [await users.issue_code(session, user) for _ in range(20)]
    assert all(code[0].isdigit() and len(code) == 9 for code in codes)
