"""Customers who are in the books twice."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from crm_core import duplicates
from crm_core.access import Actor, Rules
from crm_core.changes import Work, undo
from crm_core.db import Database
from crm_core.duplicates import Pair
from crm_core.errors import Invalid
from crm_core.models import (
    Activity,
    ActivityKind,
    Alert,
    AlertKind,
    AlertStatus,
    Contact,
    Customer,
    Deal,
    ModelName,
    Order,
    OrderStatus,
    Role,
    Score,
    Stage,
    Task,
    Ticket,
    User,
)

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=UTC)
TODAY = NOW.date()


async def found(db: Database, *customers: Customer) -> list[Pair]:
    async with db.begin(Work("setup", NOW)) as session:
        user = User(name="Nancy", role=Role.MANAGER)
        session.add_all([user, *customers])
        await session.flush()
        return await duplicates.find(session, Actor(user, frozenset(), Rules({}, {})))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Inc", "ACME"),
        ("Ernst Handel", "Ernst Händel GmbH"),
        ("Save-a-lot Markets", "Save a lot Market"),
        ("Golddex", "Golddexx"),
        ("Handel Ernst", "Ernst Handel"),
        ("华为技术有限公司", "华为技术"),
    ],
)
async def test_names_that_are_nearly_equal(sqlite_db: Database, one: str, other: str) -> None:
    (pair,) = await found(
        sqlite_db, Customer(name=one), Customer(name="Zebra Foods"), Customer(name=other)
    )
    assert (pair.customer.name, pair.duplicate.name) == (one, other)
    assert pair.alike >= 0.86
    assert pair.same == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Blue Sky Ltd", "Blue Sea Ltd"),
        ("Store 101 North", "Store 102 North"),
        ("Paris spécialités", "Spécialités du monde"),
        ("Acme", "Acme Consulting Europe"),
        ("华为技术有限公司", "华为科技有限公司"),
    ],
)
async def test_names_of_others(sqlite_db: Database, one: str, other: str) -> None:
    assert await found(sqlite_db, Customer(name=one), Customer(name=other)) == []


async def test_equal_emails_and_phones_however_written(db: Database) -> None:
    pairs = await found(
        db,
        Customer(name="Alfreds Futterkiste", phone="030-0074321", email="Info@Alfreds.example"),
        Customer(name="AFK Berlin", phone="+49 30 0074321", email="info@alfreds.example"),
        Customer(name="Futter und mehr", phone="0049300074321"),
        Customer(name="Somebody else", phone="030"),
        Customer(name="Another one", phone="030"),
    )
    assert [(pair.customer.name, pair.duplicate.name, pair.same) for pair in pairs] == [
        ("Alfreds Futterkiste", "AFK Berlin", ["email", "phone"]),
        ("Alfreds Futterkiste", "Futter und mehr", ["phone"]),
    ]


async def test_a_phone_that_many_share_tells_nothing(sqlite_db: Database) -> None:
    names = ("Ash", "Birch", "Cedar", "Dogwood", "Elm", "Fir")
    customers = [Customer(name=name, phone="030 1234567") for name in names]
    assert await found(sqlite_db, *customers) == []


async def test_many_names_take_moments(sqlite_db: Database) -> None:
    syllables = ("ka", "lo", "mi", "ne", "pu", "ra", "so", "ti", "vu", "xe")
    names = [
        " ".join("".join(syllables[int(digit)] for digit in str(n * k % 10**5)) for k in (7, 13))
        for n in range(1, 3001)
    ]
    pairs = await found(
        sqlite_db, *(Customer(name=name) for name in names), Customer(name=f"{names[1500]} GmbH")
    )
    assert names[1500] in {pair.customer.name for pair in pairs}


async def two(db: Database) -> tuple[int, int, int]:
    """Make two customers; the second has one record of every kind. Returns user and both."""
    async with db.begin(Work("setup", NOW)) as session:
        user = User(name="Steven", role=Role.MANAGER)
        kept, goes = Customer(name="Acme", city="Leeds"), Customer(name="Acme Inc", code="ACME")
        goes.city, goes.phone = "York", "01904 1"
        session.add_all([user, kept, goes])
        await session.flush()
        mine = {"customer_id": goes.id}
        session.add_all(
            [
                Contact(name="Dana", **mine),
                Order(status=OrderStatus.PAID, ordered_at=NOW, total=5, currency="USD", **mine),
                Deal(
                    title="Roof",
                    stage=Stage.WON,
                    stage_since=NOW,
                    currency="USD",
                    opened_on=TODAY,
                    **mine,
                ),
                Activity(
                    kind=ActivityKind.CALL, user_id=user.id, note="hello", happened_at=NOW, **mine
                ),
                Task(title="Call", owner_id=user.id, **mine),
                Ticket(subject="Broken", opened_at=NOW, **mine),
                Alert(
                    kind=AlertKind.CHURN,
                    key="churn 1",
                    status=AlertStatus.OPEN,
                    raised_at=NOW,
                    reasons=[],
                    **mine,
                ),
            ]
        )
        for customer, days in ((kept, (1,)), (goes, (1, 2))):
            for day in days:
                session.add(
                    Score(
                        name=ModelName.CHURN,
                        as_of=date(2026, 3, day),
                        customer_id=customer.id,
                        value=customer.id / 10,
                        reasons=[],
                    )
                )
        return user.id, kept.id, goes.id


KINDS = (Contact, Order, Deal, Activity, Task, Ticket, Alert)


async def test_merge_moves_everything_and_undo_brings_it_back(db: Database) -> None:
    user, kept, goes = await two(db)
    async with db.begin(Work("merge", NOW, user)) as session:
        moved, filled = await duplicates.merge(
            session, await session.get_one(Customer, kept), await session.get_one(Customer, goes)
        )
    assert moved == {kind.noun(): 1 for kind in KINDS}
    assert filled == ["code", "phone"]
    async with db.read() as session:
        assert await session.get(Customer, goes) is None
        customer = await session.get_one(Customer, kept)
        assert (customer.code, customer.city, customer.phone) == ("ACME", "Leeds", "01904 1")
        for kind in KINDS:
            assert (await session.scalars(select(kind.customer_id))).all() == [kept]
        scores = (await session.scalars(select(Score).order_by(Score.as_of))).all()
        assert [(score.as_of.day, score.customer_id) for score in scores] == [(1, kept), (2, kept)]
        assert scores[0].value == kept / 10
    async with db.begin(Work("undo", NOW, user)) as session:
        await undo(session, "merge", user)
    async with db.read() as session:
        back, customer = (
            await session.get_one(Customer, goes),
            await session.get_one(Customer, kept),
        )
        assert (back.name, back.code, back.city, back.phone) == (
            "Acme Inc",
            "ACME",
            "York",
            "01904 1",
        )
        assert (customer.code, customer.phone) == (None, None)
        for kind in KINDS:
            assert (await session.scalars(select(kind.customer_id))).all() == [goes]


async def test_merge_of_one_customer_is_refused(sqlite_db: Database) -> None:
    user, kept, _ = await two(sqlite_db)
    async with sqlite_db.begin(Work("merge", NOW, user)) as session:
        customer = await session.get_one(Customer, kept)
        with pytest.raises(Invalid, match="same-customer"):
            await duplicates.merge(session, customer, customer)
