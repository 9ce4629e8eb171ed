"""The change log, read."""

from datetime import UTC, date, datetime, timedelta

from crm_core import audit
from crm_core.changes import Work, undo
from crm_core.db import Database
from crm_core.models import ChangeKind, Contact, Customer, Deal, Role, Stage, User
from crm_core.values import Money, Period

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=UTC)


async def test_changes_of_a_customer_include_what_belongs_to_it(db: Database) -> None:
    async with db.begin(Work("setup", NOW)) as session:
        user, acme, globex = User(name="Nancy", role=Role.REP), Customer(name="Acme"), None
        globex = Customer(name="Globex")
        session.add_all([user, acme, globex])
        await session.flush()
        dana = Contact(name="Dana", customer_id=acme.id)
        deal = Deal(
            title="Roof",
            customer_id=acme.id,
            stage=Stage.PROPOSAL,
            stage_since=NOW,
            amount=500,
            currency="EUR",
            opened_on=NOW.date(),
        )
        session.add_all([dana, deal, Contact(name="Else", customer_id=globex.id)])
        await session.flush()
    later = NOW + timedelta(days=1)
    async with db.begin(Work("edit", later, user.id)) as session:
        (await session.get_one(Customer, acme.id)).owner_id = user.id
        await session.flush()
        edited = await session.get_one(Deal, deal.id)
        edited.amount, edited.stage, edited.close_date = 750, Stage.WON, date(2026, 4, 1)
        await session.flush()
        await session.delete(await session.get_one(Contact, dana.id))
    async with db.read() as session:
        count, entries = await audit.search(session, UTC, customer=acme)
        assert count == 6
        gone, won, given, *_ = entries
        assert (gone.record.label, gone.change.kind, gone.author) == (
            "Dana",
            ChangeKind.DELETED,
            await session.get(User, user.id),
        )
        assert sorted(won.fields) == [
            ("amount", Money(500, "EUR"), Money(750, "EUR")),
            ("close_date", None, date(2026, 4, 1)),
            ("stage", Stage.PROPOSAL, Stage.WON),
        ]
        ((name, before, after),) = given.fields
        assert (name, before, after.label) == ("owner_id", None, "Nancy")
        assert entries[-1].author is None
        assert (await audit.search(session, UTC, customer=globex))[0] == 2
        assert (await audit.search(session, UTC, user=user))[0] == 3
        first_day = Period(NOW.date(), later.date())
        assert (await audit.search(session, UTC, customer=acme, period=first_day))[0] == 3
        count, page = await audit.search(session, UTC, customer=acme, offset=4, limit=10)
        assert (count, len(page)) == (6, 2)


async def test_what_is_gone_is_named_as_it_was(db: Database) -> None:
    async with db.begin(Work("setup", NOW)) as session:
        user = User(name="Nancy", role=Role.REP)
        session.add(user)
        await session.flush()
    async with db.begin(Work("create", NOW, user.id)) as session:
        acme = Customer(name="Acme", city="Leeds")
        session.add(acme)
        await session.flush()
        acme.city = "York"
    async with db.begin(Work("undo", NOW, user.id)) as session:
        await undo(session, "create", user.id)
    async with db.read() as session:
        count, entries = await audit.search(session, UTC, user=user)
    assert count == len(entries)
    assert {entry.record.label for entry in entries} == {"Acme"}
    assert {bool(entry.change.undone_by) for entry in entries} == {True, False}
