"""Deals: changes, sums per stage, and what stands still."""

from datetime import UTC, date, datetime, timedelta

import pytest

from crm_core import deals
from crm_core.access import Actor, Rules, Scope
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.errors import Invalid
from crm_core.models import Activity, ActivityKind, Customer, Deal, Role, Stage, User
from crm_core.values import Money, Period

NOW = datetime(2026, 3, 11, 10, tzinfo=UTC)
MONTH = timedelta(days=30)
TEAM = Rules({Role.REP: {"deal": Scope.TEAM}}, {})


async def person(db: Database, role: Role = Role.REP) -> Actor:
    async with db.begin(Work("people", NOW)) as session:
        user = User(name="Some Body", role=role)
        session.add(user)
        await session.flush()
    return Actor(user, frozenset({user.id}), TEAM)


async def put(db: Database, actor: Actor, at: datetime = NOW, **values: object) -> Deal:
    given = {
        "title": "a deal",
        "owner_id": actor.user.id,
        "stage": Stage.PROPOSAL,
        "stage_since": at,
        "currency": "USD",
        "opened_on": at.date(),
    }
    async with db.begin(Work(f"{at} {values}", NOW)) as session:
        deal = Deal(**(given | values))
        session.add(deal)
        await session.flush()
    return deal


async def test_update_checks_what_only_the_core_can_know(db: Database) -> None:
    seller, helper = await person(db), await person(db, Role.SUPPORT)
    id_ = (await put(db, seller)).id
    async with db.begin(Work("update", NOW)) as session:
        deal = await session.get_one(Deal, id_)
        with pytest.raises(Invalid, match="nothing-to-change"):
            await deals.update(session, deal)
        with pytest.raises(Invalid, match="negative-amount"):
            await deals.update(session, deal, amount=Money(-1, "USD"))
        with pytest.raises(Invalid, match="not-sales"):
            await deals.update(session, deal, owner=helper.user)
        await deals.update(session, deal, amount=Money(5, "EUR"), close_date=date(2026, 5, 1))
    assert (deal.amount, deal.currency, deal.close_date) == (5, "EUR", date(2026, 5, 1))


async def test_pipeline_has_every_stage_and_never_adds_currencies(db: Database) -> None:
    mine, other = await person(db), await person(db)
    await put(db, mine, amount=10**12)
    await put(db, mine, amount=1)
    await put(db, mine, amount=7, currency="CNY", close_date=date(2026, 3, 31))
    await put(db, mine, stage=Stage.QUALIFIED)
    await put(db, mine, stage=Stage.WON, amount=1)
    await put(db, other, amount=100)
    async with db.read() as session:
        shares = await deals.pipeline(session, mine)
        march = Period(date(2026, 3, 1), date(2026, 4, 1))
        closing = await deals.pipeline(session, mine, closing=march)
        others = await deals.pipeline(session, mine, owner=other.user)
    assert [share.stage for share in shares] == [stage for stage in Stage if stage.open]
    proposal = shares[2]
    assert (proposal.deals, proposal.unpriced) == (3, 0)
    assert proposal.sums == [Money(7, "CNY"), Money(10**12 + 1, "USD")]
    assert (shares[1].deals, shares[1].sums, shares[1].unpriced) == (1, [], 1)
    assert sum(share.deals for share in closing) == 1
    assert sum(share.deals for share in others) == 0


async def test_stale_is_what_neither_moved_nor_was_edited_nor_talked_about(db: Database) -> None:
    actor = await person(db)
    async with db.begin(Work("customers", NOW)) as session:
        quiet, spoken = Customer(name="Quiet"), Customer(name="Spoken")
        session.add_all([quiet, spoken])
        await session.flush()
        for customer, ago in ((quiet, 50), (spoken, 3)):
            session.add(
                Activity(
                    kind=ActivityKind.CALL,
                    customer_id=customer.id,
                    user_id=actor.user.id,
                    note="called",
                    happened_at=NOW - timedelta(days=ago),
                )
            )
    old = NOW - timedelta(days=60)
    alone = await put(db, actor, old)
    talked = await put(db, actor, old, customer_id=quiet.id)
    await put(db, actor, old, customer_id=spoken.id)
    await put(db, actor, NOW - MONTH)
    await put(db, actor, old, stage=Stage.LOST)
    edited = await put(db, actor, old)
    async with db.begin(Work("edit", NOW)) as session:
        await deals.update(session, await session.get_one(Deal, edited.id), amount=Money(1, "USD"))
    async with db.read() as session:
        found = await deals.stale(session, actor, NOW - MONTH)
        later = await deals.stale(session, actor, NOW + MONTH)
    assert [(row.deal.id, row.moved_at) for row in found] == [
        (alone.id, old),
        (talked.id, NOW - timedelta(days=50)),
    ]
    assert [row.deal.id for row in later][-1] == edited.id
    assert len(later) == 5
