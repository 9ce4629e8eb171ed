"""The change log and undo."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from crm_core.changes import Work, last_work, of_work, undo
from crm_core.db import Database
from crm_core.errors import Conflict, NotFound
from crm_core.models import (
    Change,
    ChangeKind,
    Contact,
    Customer,
    Deal,
    Order,
    OrderLine,
    OrderStatus,
    Product,
    Role,
    Stage,
    User,
)

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=UTC)


async def a_person(db: Database) -> int:
    async with db.begin(Work("setup", NOW)) as session:
        user = User(name="Nancy Davolio", role=Role.REP)
        session.add(user)
        await session.flush()
        return user.id


async def a_customer(db: Database, user: int, work: str = "create") -> int:
    async with db.begin(Work(work, NOW, user)) as session:
        customer = Customer(name="Bólido", city="Madrid")
        session.add(customer)
        await session.flush()
        return customer.id


async def test_every_write_is_logged_with_what_it_was_before(db: Database) -> None:
    user = await a_person(db)
    customer_id = await a_customer(db, user)
    async with db.begin(Work("move", NOW, user)) as session:
        customer = await session.get_one(Customer, customer_id)
        customer.city, customer.country = "Berlin", "Germany"
    async with db.read() as session:
        (created,) = await of_work(session, "create")
        (updated,) = await of_work(session, "move")
    assert (created.kind, created.noun, created.user_id) == (ChangeKind.CREATED, "customer", user)
    assert created.after == {"name": "Bólido", "city": "Madrid", "consent": True}
    assert updated.before == {"city": "Madrid", "country": None}
    assert updated.after == {"city": "Berlin", "country": "Germany"}
    assert (updated.at, updated.version) == (NOW, 2)


async def test_undo_restores_exact_values_and_can_go_on_back(db: Database) -> None:
    user = await a_person(db)
    customer_id = await a_customer(db, user)
    async with db.begin(Work("move", NOW, user)) as session:
        (await session.get_one(Customer, customer_id)).city = "Berlin"
    async with db.begin(Work("undo 1", NOW, user)) as session:
        assert await last_work(session, user) == "move"
        await undo(session, "move", user)
    async with db.begin(Work("undo 2", NOW, user)) as session:
        assert (await session.get_one(Customer, customer_id)).city == "Madrid"
        assert await last_work(session, user) == "create"
        await undo(session, "create", user)
    async with db.begin(Work("undo 3", NOW, user)) as session:
        assert await session.get(Customer, customer_id) is None
        assert await last_work(session, user) is None


async def test_undo_refuses_when_somebody_has_edited_since(db: Database) -> None:
    user = await a_person(db)
    customer_id = await a_customer(db, user)
    async with db.begin(Work("theirs", NOW, None)) as session:
        (await session.get_one(Customer, customer_id)).phone = "030"
    with pytest.raises(Conflict, match="edited-since"):
        async with db.begin(Work("undo", NOW, user)) as session:
            await undo(session, "create", user)
    async with db.read() as session:
        assert (await session.get_one(Customer, customer_id)).phone == "030"


async def test_undo_refuses_what_others_rest_on(db: Database) -> None:
    user = await a_person(db)
    customer_id = await a_customer(db, user)
    async with db.begin(Work("contact", NOW, None)) as session:
        session.add(Contact(customer_id=customer_id, name="Martín Sommer"))
    with pytest.raises(Conflict, match="in-use"):
        async with db.begin(Work("undo", NOW, user)) as session:
            await undo(session, "create", user)


async def test_undo_happens_once_and_only_to_ones_own(db: Database) -> None:
    user = await a_person(db)
    await a_customer(db, user)
    async with db.begin(Work("undo", NOW, user)) as session:
        await undo(session, "create", user)
    with pytest.raises(Conflict, match="already-undone"):
        async with db.begin(Work("again", NOW, user)) as session:
            await undo(session, "create", user)
    with pytest.raises(NotFound):
        async with db.begin(Work("foreign", NOW, user)) as session:
            await undo(session, "setup", user)


async def test_undo_of_an_order_takes_its_lines_along(db: Database) -> None:
    user = await a_person(db)
    customer_id = await a_customer(db, user)
    async with db.begin(Work("order", NOW, user)) as session:
        line = OrderLine(position=1, quantity=2, unit_price=900, amount=1800)
        line.product = Product(name="Chai", currency="USD")
        session.add(
            Order(
                customer_id=customer_id,
                status=OrderStatus.PAID,
                ordered_at=NOW,
                total=1800,
                currency="USD",
                lines=[line],
            )
        )
    async with db.begin(Work("undo", NOW, user)) as session:
        await undo(session, "order", user)
    async with db.read() as session:
        assert (await session.scalars(select(OrderLine))).all() == []
        assert (await session.scalars(select(Product))).all() == []


async def test_undo_restores_moments_days_and_words(db: Database) -> None:
    user = await a_person(db)
    async with db.begin(Work("open", NOW, user)) as session:
        deal = Deal(
            title="Chai",
            stage=Stage.PROPOSAL,
            stage_since=NOW,
            currency="USD",
            opened_on=NOW.date(),
            close_date=NOW.date(),
        )
        session.add(deal)
    later = NOW + timedelta(days=3)
    async with db.begin(Work("win", later, user)) as session:
        deal = await session.get_one(Deal, deal.id)
        deal.stage, deal.stage_since, deal.close_date = Stage.WON, later, later.date()
    async with db.begin(Work("undo", later, user)) as session:
        await undo(session, "win", user)
    async with db.read() as session:
        deal = await session.get_one(Deal, deal.id)
    assert (deal.stage, deal.stage_since, deal.close_date) == (Stage.PROPOSAL, NOW, NOW.date())


async def test_two_edits_at_once_collide(sqlite_db: Database) -> None:
    user = await a_person(sqlite_db)
    customer_id = await a_customer(sqlite_db, user)
    async with sqlite_db.read() as session:
        stale = await session.get_one(Customer, customer_id)
    async with sqlite_db.begin(Work("first", NOW, user)) as session:
        (await session.get_one(Customer, customer_id)).city = "Berlin"
    with pytest.raises(StaleDataError):
        async with sqlite_db.begin(Work("second", NOW, user)) as session:
            session.add(stale)
            stale.city = "Paris"
    async with sqlite_db.read() as session:
        changes = (await session.scalars(select(Change).where(Change.work == "second"))).all()
    assert changes == []


async def test_a_write_needs_a_work(sqlite_db: Database) -> None:
    async with sqlite_db.read() as session:
        session.add(Customer(name="Nobody's"))
        with pytest.raises(RuntimeError, match=r"outside of Database\.begin"):
            await session.flush()
