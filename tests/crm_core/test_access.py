"""Own, team and all records."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from crm_core.access import Rules, Scope, actor
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.errors import NotAllowed
from crm_core.models import Customer, Deal, Role, Stage, User

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=UTC)
RULES = Rules(
    see={Role.REP: {"deal": Scope.TEAM, "customer": Scope.ALL}, Role.SUPPORT: {"deal": Scope.OWN}},
    change={Role.REP: {"customer": Scope.TEAM, "deal": Scope.OWN}},
)


async def company(db: Database) -> dict[str, User]:
    """Two teams: Ann and Bob under Mia, Cy under Max; a customer and a deal for each."""
    async with db.begin(Work("setup", NOW)) as session:
        mia = User(name="mia", role=Role.MANAGER)
        max_ = User(name="max", role=Role.MANAGER)
        session.add_all([mia, max_])
        await session.flush()
        people = [mia, max_] + [
            User(name=name, role=role, manager_id=manager.id)
            for name, role, manager in (
                ("ann", Role.REP, mia),
                ("bob", Role.REP, mia),
                ("cy", Role.REP, max_),
                ("sue", Role.SUPPORT, max_),
            )
        ]
        session.add_all(people[2:])
        await session.flush()
        for user in people:
            session.add(Customer(name=f"{user.name}'s", owner_id=user.id))
            session.add(
                Deal(
                    title=f"{user.name}'s",
                    owner_id=user.id,
                    stage=Stage.PROPOSAL,
                    stage_since=NOW,
                    currency="USD",
                    opened_on=date(2026, 3, 1),
                )
            )
        session.add(Customer(name="nobody's"))
        return {user.name: user for user in people}


@pytest.mark.parametrize(
    ("who", "deals"),
    [
        ("ann", {"ann's", "bob's"}),
        ("cy", {"cy's", "sue's"}),
        ("sue", {"sue's"}),
        ("mia", {"ann's", "bob's", "cy's", "sue's", "mia's", "max's"}),
    ],
)
async def test_lists_hold_only_what_one_may_see(db: Database, who: str, deals: set[str]) -> None:
    people = await company(db)
    async with db.read() as session:
        person = await actor(session, people[who], RULES)
        titles = await session.scalars(person.limit(select(Deal.title), Deal))
        assert set(titles) == deals


async def test_not_yours_is_said_and_never_disguised(sqlite_db: Database) -> None:
    people = await company(sqlite_db)
    async with sqlite_db.read() as session:
        ann = await actor(session, people["ann"], RULES)
        deals = {deal.title: deal for deal in await session.scalars(select(Deal))}
        customers = {each.name: each for each in await session.scalars(select(Customer))}
    with pytest.raises(NotAllowed, match="not-yours-to-see"):
        ann.check(deals["cy's"])
    with pytest.raises(NotAllowed, match="not-yours-to-change"):
        ann.check(deals["bob's"], change=True)
    ann.check(deals["ann's"], change=True)
    with pytest.raises(NotAllowed, match="not-yours-to-change"):
        ann.check(customers["cy's"], change=True)
    ann.check(customers["cy's"])
    ann.check(customers["bob's"], change=True)
    ann.check(customers["nobody's"], change=True)
