"""The two public data sets, on SQLite and PostgreSQL."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from crm_core.db import Database
from crm_core.errors import Invalid
from crm_core.imports import Report, import_crm_sales, import_northwind
from crm_core.models import (
    Change,
    Contact,
    Customer,
    Deal,
    Order,
    OrderLine,
    Product,
    Record,
    Role,
    Stage,
    User,
)

SAMPLES = Path(__file__).parents[2] / "config" / "samples"
NORTHWIND, CRM_SALES = SAMPLES / "northwind", SAMPLES / "crm_sales"
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TODAY = NOW.date()


async def tally(db: Database, column: InstrumentedAttribute[Any]) -> dict[Any, int]:
    """Count the rows of each value of a column."""
    async with db.read() as session:
        rows = await session.execute(select(column, func.count()).group_by(column))
        return {row[0]: row[1] for row in rows}


def created(report: Report) -> dict[str, int]:
    return {noun: counts.created for noun, counts in report.counts.items() if counts.created}


def touched(report: Report) -> int:
    return sum(each.created + each.updated + each.bad for each in report.counts.values())


async def changes(db: Database) -> int:
    async with db.read() as session:
        return (await session.execute(select(func.count(Change.id)))).scalar_one()


async def owners(db: Database) -> dict[str | None, str]:
    async with db.read() as session:
        rows = await session.execute(select(Customer.code, User.name).join(Customer.owner))
        return {row[0]: row[1] for row in rows}


@pytest.fixture
async def northwind(db: Database) -> Database:
    report = await import_northwind(db, NORTHWIND, now=NOW)
    assert report.problems == []
    assert created(report) == {
        "user": 9,
        "product": 77,
        "customer": 91,
        "contact": 91,
        "order": 830,
        "order_line": 2155,
    }
    return db


async def test_northwind_is_whole(northwind: Database) -> None:
    assert await tally(northwind, Order.status) == {"shipped": 809, "pending": 21}
    tables = (Customer, Contact, Product, User, Order, OrderLine)
    async with northwind.read() as session:
        counts = [await session.scalar(select(func.count(table.id))) for table in tables]
        assert counts == [91, 91, 77, 9, 830, 2155]
        totals = select(func.sum(Order.total), func.sum(Order.freight))
        assert (await session.execute(totals)).one() == (126_579_302, 6_494_269)
        lines = select(func.sum(OrderLine.amount), func.sum(OrderLine.quantity))
        assert (await session.execute(lines)).one() == (126_579_302, 51_317)
        apart = select(Order.id).join(Order.lines).group_by(Order.id, Order.total)
        wrong = apart.having(func.sum(OrderLine.amount) != Order.total)
        assert (await session.scalars(wrong)).all() == []


async def test_northwind_in_particular(northwind: Database) -> None:
    async with northwind.read() as session:
        alfki = (await session.scalars(select(Customer).where(Customer.code == "ALFKI"))).one()
        assert (alfki.name, alfki.phone) == ("Alfreds Futterkiste", "030-0074321")
        assert (alfki.address, alfki.postal_code) == ("Obere Str. 57", "12209")
        assert (alfki.city, alfki.country) == ("Berlin", "Germany")
        contact = select(Contact).where(Contact.customer_id == alfki.id)
        maria = (await session.scalars(contact)).one()
        assert (maria.name, maria.title) == ("Maria Anders", "Sales Representative")
        comma = select(Customer.address, Customer.city).where(Customer.code == "BLONP")
        assert (await session.execute(comma)).one() == ("24, place Kléber", "Strasbourg")
        chai = (await session.scalars(select(Product).where(Product.name == "Chai"))).one()
        assert (chai.code, chai.category, chai.price, chai.active) == ("1", "Beverages", 1800, True)
        assert await session.scalar(select(func.count(Product.id)).where(~Product.active)) == 8
        order = (await session.scalars(select(Order).where(Order.code == "10248"))).one()
        assert order.ordered_at == datetime(1996, 7, 4, tzinfo=UTC)
        assert order.due_at == datetime(1996, 8, 1, tzinfo=UTC)
        assert order.shipped_at == datetime(1996, 7, 16, tzinfo=UTC)
        assert (order.total, order.freight, order.currency) == (44_000, 3238, "USD")
        query = select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.position)
        lines = (await session.scalars(query)).all()
        assert [(line.position, line.quantity, line.amount) for line in lines] == [
            (1, 12, 16_800),
            (2, 10, 9800),
            (3, 5, 17_400),
        ]


async def test_northwind_people(northwind: Database) -> None:
    chief = aliased(User)
    query = select(User.name, User.role, chief.name).outerjoin(chief, chief.id == User.manager_id)
    async with northwind.read() as session:
        people: dict[str, tuple[Role, str | None]] = {
            name: (role, boss) for name, role, boss in await session.execute(query)
        }
    assert people["Andrew Fuller"] == (Role.ADMIN, None)
    assert people["Steven Buchanan"] == (Role.MANAGER, "Andrew Fuller")
    assert people["Laura Callahan"] == (Role.SUPPORT, "Andrew Fuller")
    assert people["Nancy Davolio"] == (Role.REP, "Andrew Fuller")
    assert people["Anne Dodsworth"] == (Role.REP, "Steven Buchanan")
    assert Counter(role for role, _ in people.values())[Role.REP] == 6


async def test_customers_belong_to_whoever_took_most_of_their_orders(northwind: Database) -> None:
    owner = await owners(northwind)
    assert owner["ALFKI"] == "Nancy Davolio"  # two orders each with another, but the last
    assert owner["ANTON"] == "Janet Leverling"
    assert owner["AROUT"] == "Margaret Peacock"
    assert len(owner) == 89
    assert not {"FISSA", "PARIS"} & owner.keys()  # they never ordered


async def test_northwind_again_changes_nothing(northwind: Database) -> None:
    before = await changes(northwind)
    again = await import_northwind(northwind, NORTHWIND, now=NOW + timedelta(days=1))
    assert touched(again) == 0
    assert again.counts["order"].unchanged == 830
    assert await changes(northwind) == before == 9 + 77 + 91 + 91 + 830


async def test_northwind_leaves_what_people_did_to_an_order(northwind: Database) -> None:
    async with northwind.engine.begin() as connection:
        table = Order.__table__
        code = table.c.code == "10248"
        await connection.execute(table.update().where(code).values(status="delivered"))  # type: ignore[attr-defined]
    assert touched(await import_northwind(northwind, NORTHWIND, now=NOW)) == 0


async def test_dates_move_so_that_the_last_order_is_yesterday(db: Database) -> None:
    first = await import_northwind(db, NORTHWIND, now=NOW, shift_to=TODAY)
    assert created(first)["order"] == 830
    yesterday = datetime(2026, 3, 1, tzinfo=UTC)
    moved = timedelta(days=(yesterday.date() - date(1998, 5, 6)).days)

    async def dates() -> tuple[datetime, datetime, datetime | None]:
        async with db.read() as session:
            last = await session.scalar(select(func.max(Order.ordered_at)))
            order = (await session.scalars(select(Order).where(Order.code == "10248"))).one()
            assert last is not None
            return last, order.ordered_at, order.shipped_at

    assert await dates() == (
        yesterday,
        datetime(1996, 7, 4, tzinfo=UTC) + moved,
        datetime(1996, 7, 16, tzinfo=UTC) + moved,
    )
    before = await changes(db)
    assert touched(await import_northwind(db, NORTHWIND, now=NOW, shift_to=TODAY)) == 0
    assert await changes(db) == before
    later = TODAY + timedelta(days=3)
    third = await import_northwind(db, NORTHWIND, now=NOW + timedelta(days=3), shift_to=later)
    assert (third.counts["order"].updated, created(third)) == (830, {})
    assert (await dates())[0] == yesterday + timedelta(days=3)
    assert await changes(db) == before + 830


async def test_another_currency_has_its_own_minor_units(sqlite_db: Database) -> None:
    await import_northwind(sqlite_db, NORTHWIND, now=NOW, currency="JPY")
    async with sqlite_db.read() as session:
        order = (await session.scalars(select(Order).where(Order.code == "10248"))).one()
        assert (order.total, order.currency) == (440, "JPY")


async def test_crm_sales(db: Database) -> None:
    report = await import_crm_sales(db, CRM_SALES, now=NOW)
    assert report.problems == []
    assert created(report) == {"user": 41, "product": 7, "customer": 85, "deal": 8800}
    assert await tally(db, User.role) == {Role.REP: 35, Role.MANAGER: 6}
    assert await tally(db, Deal.stage) == {
        Stage.WON: 4238,
        Stage.LOST: 2473,
        Stage.QUALIFIED: 1589,
        Stage.PROSPECTING: 500,
    }
    async with db.read() as session:
        led = select(func.count(User.id)).where(User.role == Role.REP, User.manager_id.is_not(None))
        assert await session.scalar(led) == 35
        worth = select(func.sum(Deal.amount)).where(Deal.stage == Stage.WON)
        assert await session.scalar(worth) == 1_000_553_400
        lost = select(func.sum(Deal.amount)).where(Deal.stage == Stage.LOST)
        assert await session.scalar(lost) == 0
        nobody = select(func.count(Deal.id)).where(Deal.customer_id.is_(None))
        assert await session.scalar(nobody) == 1425
        pro = select(func.count(Deal.id)).join(Product, Product.id == Deal.product_id)
        assert await session.scalar(pro.where(Product.name == "GTX Pro")) == 1480
        industries = (await session.scalars(select(Customer.industry).distinct())).all()
        assert len(industries) == 10
        assert "technology" in industries
    before = await changes(db)
    again = await import_crm_sales(db, CRM_SALES, now=NOW + timedelta(days=9))
    assert (touched(again), await changes(db)) == (0, before)


async def test_crm_sales_in_particular(sqlite_db: Database) -> None:
    await import_crm_sales(sqlite_db, CRM_SALES, now=NOW)
    async with sqlite_db.read() as session:

        async def deal(code: str) -> Deal:
            return (await session.scalars(select(Deal).where(Deal.code == code))).one()

        won = await deal("1C1I7A6R")
        assert (won.title, won.amount) == ("GTX Plus Basic · Cancity", 105_400)
        assert (won.opened_on, won.close_date) == (date(2016, 10, 20), date(2017, 3, 1))
        assert won.stage_since == datetime(2017, 3, 1, tzinfo=UTC)
        engaging = select(Deal).where(Deal.stage == Stage.QUALIFIED, Deal.customer_id.is_(None))
        open_deal = (await session.scalars(engaging.order_by(Deal.id))).first()
        assert open_deal is not None
        product = await session.get(Product, open_deal.product_id)
        assert product is not None
        assert (open_deal.title, open_deal.amount) == (product.name, product.price)
        assert open_deal.close_date is None
        assert open_deal.stage_since.date() == open_deal.opened_on
        prospect = select(Deal.opened_on).where(Deal.stage == Stage.PROSPECTING).distinct()
        assert (await session.scalars(prospect)).all() == [date(2017, 12, 31)]
        acme = select(Customer).where(Customer.code == "acme-corporation")
        assert (await session.scalars(acme)).one().industry == "technology"
        anna = (await session.scalars(select(User).where(User.name == "Anna Snelling"))).one()
        assert anna.code == "agent:anna-snelling"
        boss = await session.get(User, anna.manager_id)
        assert boss is not None
        assert (boss.name, boss.role) == ("Dustin Brinkmann", Role.MANAGER)
    assert len(await owners(sqlite_db)) == 85


async def test_crm_sales_moves_to_yesterday(sqlite_db: Database) -> None:
    await import_crm_sales(sqlite_db, CRM_SALES, now=NOW, shift_to=TODAY)
    async with sqlite_db.read() as session:
        assert await session.scalar(select(func.max(Deal.close_date))) == date(2026, 3, 1)
    assert touched(await import_crm_sales(sqlite_db, CRM_SALES, now=NOW, shift_to=TODAY)) == 0


async def test_both_samples_live_in_one_database(sqlite_db: Database) -> None:
    await import_northwind(sqlite_db, NORTHWIND, now=NOW, shift_to=TODAY)
    await import_crm_sales(sqlite_db, CRM_SALES, now=NOW, shift_to=TODAY)
    assert touched(await import_northwind(sqlite_db, NORTHWIND, now=NOW, shift_to=TODAY)) == 0
    async with sqlite_db.read() as session:
        counts = [
            await session.scalar(select(func.count(noun.id)))
            for noun in (User, Customer, Product, Order, Deal)
        ]
    assert counts == [50, 176, 84, 830, 8800]


async def test_every_record_has_its_change(sqlite_db: Database) -> None:
    await import_northwind(sqlite_db, NORTHWIND, now=NOW)
    nouns: tuple[type[Record], ...] = (User, Product, Customer, Contact, Order)
    async with sqlite_db.read() as session:
        for noun in nouns:
            logged = select(Change.record_id).where(Change.noun == noun.noun())
            ids = select(noun.id)
            assert set(await session.scalars(logged)) == set(await session.scalars(ids))
        works = (await session.scalars(select(Change.work).distinct())).all()
    assert len(works) == 1
    assert works[0].startswith("import:northwind:")


async def test_a_folder_without_the_files_is_refused(sqlite_db: Database, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as problem:
        await import_northwind(sqlite_db, tmp_path, now=NOW)
    assert (problem.value.reason, problem.value.data) == ("no-file", {"name": "employees.csv"})
    for path in CRM_SALES.glob("*.csv"):
        text = path.read_text(encoding="utf-8").replace("sales_agent,manager", "agent,manager")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    with pytest.raises(Invalid) as problem:
        await import_crm_sales(sqlite_db, tmp_path, now=NOW)
    assert problem.value.data == {"columns": ["sales_agent"]}
