"""A rough name, in any script, to the record meant; and an index that keeps up with every write."""

from datetime import UTC, datetime

import pytest

from crm_core import lookup
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.lookup import Directory, find
from crm_core.models import (
    Contact,
    Customer,
    Deal,
    Order,
    OrderStatus,
    Product,
    Record,
    Role,
    Stage,
    Task,
    Ticket,
    User,
)
from tests.office import Office

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=UTC)
WORK = Work("test", NOW)


async def found(db: Database, kind: type[Record], text: str, directory: Directory) -> list[str]:
    async with db.read() as session:
        return [record.label for record in await find(session, directory, kind, text)]


@pytest.mark.parametrize(
    ("kind", "said", "meant"),
    [
        (Customer, "alfreds", "Alfreds Futterkiste"),
        (Customer, "Alfred Futterkist", "Alfreds Futterkiste"),
        (Customer, "ALFKI", "Alfreds Futterkiste"),
        (Customer, "bolido", "Bólido Comidas preparadas"),
        (Customer, "comidas bolido", "Bólido Comidas preparadas"),
        (Customer, "ernst handl", "Ernst Handel"),
        (Customer, "b's beverages", "B's Beverages"),
        (Contact, "maria anders", "Maria Anders"),
        (Contact, "anders", "Maria Anders"),
        (Product, "chai", "Chai"),
        (Product, "mascarpone", "Mascarpone Fabioli"),
        (User, "nancy", "Nancy Davolio"),
        (Order, "10248", "#10248"),
        (Order, "order 10248", "#10248"),
        (Order, "订单10248", "#10248"),
        (Order, "#10248", "#10248"),
    ],
)
async def test_northwind_by_rough_names(
    office: Office, kind: type[Record], said: str, meant: str
) -> None:
    assert await found(office.db, kind, said, office.assistant.directory) == [meant]


@pytest.mark.parametrize(
    ("kind", "said"), [(Customer, "zzqx plumbing"), (Order, "424242"), (Product, "plutonium")]
)
async def test_what_is_not_there_is_not_found(
    office: Office, kind: type[Record], said: str
) -> None:
    assert await found(office.db, kind, said, office.assistant.directory) == []


@pytest.fixture
async def chinese(db: Database) -> Database:
    async with db.begin(WORK) as session:
        for name in ("北京字节跳动科技有限公司", "华为技术有限公司", "腾讯科技(深圳)有限公司"):
            session.add(Customer(name=name))
        for name in ("张伟", "张薇", "李雷"):
            session.add(User(name=name, role=Role.REP))
    return db


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("北京字节跳动科技有限公司", "北京字节跳动科技有限公司"),
        ("字节跳动", "北京字节跳动科技有限公司"),
        ("字节", "北京字节跳动科技有限公司"),
        ("字结跳动", "北京字节跳动科技有限公司"),
        ("zijie tiaodong", "北京字节跳动科技有限公司"),
        ("华为", "华为技术有限公司"),
        ("huawei", "华为技术有限公司"),
        ("腾讯", "腾讯科技(深圳)有限公司"),
    ],
)
async def test_chinese_names_by_characters_short_form_and_pinyin(
    chinese: Database, said: str, meant: str
) -> None:
    assert await found(chinese, Customer, said, Directory()) == [meant]


async def test_two_people_who_sound_the_same_are_both_offered(chinese: Database) -> None:
    assert sorted(await found(chinese, User, "zhang wei", Directory())) == ["张伟", "张薇"]


async def test_several_near_names_are_offered_and_none_is_picked(db: Database) -> None:
    async with db.begin(WORK) as session:
        session.add_all(
            [Customer(name=f"Acme {word}") for word in ("Tools Ltd", "Foods Ltd", "Toys Ltd")]
        )
    assert len(await found(db, Customer, "acme", Directory())) == 3


async def test_a_number_finds_an_order_a_ticket_or_a_task(db: Database) -> None:
    async with db.begin(WORK) as session:
        acme = Customer(name="Acme")
        session.add(acme)
        await session.flush()
        nancy = User(name="Nancy", role=Role.REP)
        session.add(nancy)
        await session.flush()
        order = Order(code="10500", customer_id=acme.id, ordered_at=NOW, currency="USD", total=0)
        order.status = OrderStatus.PENDING
        ticket = Ticket(id=1042, customer_id=acme.id, subject="Late", opened_at=NOW)
        task = Task(id=12, title="Call Acme", owner_id=nancy.id)
        session.add_all([order, ticket, task])
    for text in ("1042", "#1042", "ticket 1042", "工单1042"):
        assert await found(db, Ticket, text, Directory()) == ["#1042"]
    assert await found(db, Task, "task 12", Directory()) == ["Call Acme"]
    assert await found(db, Order, "order #10500", Directory()) == ["#10500"]


async def test_a_deal_is_called_by_its_title_or_by_its_customer(db: Database) -> None:
    async with db.begin(WORK) as session:
        acme = Customer(name="Acme Tools")
        session.add(acme)
        await session.flush()
        for title, stage in (("Renewal 2026", Stage.PROPOSAL), ("Old sale", Stage.WON)):
            deal = Deal(title=title, customer_id=acme.id, stage=stage, currency="USD")
            deal.stage_since, deal.opened_on = NOW, NOW.date()
            session.add(deal)
    directory = Directory()
    assert await found(db, Deal, "renewal", directory) == ["Renewal 2026"]
    assert await found(db, Deal, "acme", directory) == ["Renewal 2026"]  # the open one
    assert await found(db, Deal, "old sale", directory) == ["Old sale"]


async def test_the_index_keeps_up_with_every_write_of_any_process(db: Database) -> None:
    mine, other = Directory(), Directory()
    for directory in (mine, other):
        assert await found(db, Customer, "blue sky", directory) == []
    async with db.begin(WORK) as session:
        customer = Customer(name="Blue Sky Ltd")
        session.add(customer)
        await session.flush()
        assert [found.id for found in await find(session, mine, Customer, "blue sky")] == [
            customer.id
        ]
    assert await found(db, Customer, "blue sky", other) == ["Blue Sky Ltd"]
    async with db.begin(Work("rename", NOW)) as session:
        (await session.get_one(Customer, customer.id)).name = "Red Sea Ltd"
    for directory in (mine, other):
        assert await found(db, Customer, "blue sky", directory) == []
        assert await found(db, Customer, "red sea", directory) == ["Red Sea Ltd"]
    async with db.begin(Work("delete", NOW)) as session:
        await session.delete(await session.get_one(Customer, customer.id))
    for directory in (mine, other):
        assert await found(db, Customer, "red sea", directory) == []


async def test_what_was_rolled_back_never_happened(db: Database) -> None:
    async with db.begin(WORK) as session:
        old = Customer(name="Red Sea Ltd")
        session.add(old)
    directory = Directory()
    with pytest.raises(RuntimeError):
        async with db.begin(Work("rolled back", NOW)) as session:
            session.add(Customer(name="Blue Sky Ltd"))
            await session.delete(await session.get_one(Customer, old.id))
            await session.flush()
            assert [one.label for one in await find(session, directory, Customer, "blue sky")]
            assert not await find(session, directory, Customer, "red sea")
            raise RuntimeError
    assert await found(db, Customer, "blue sky", directory) == []
    assert await found(db, Customer, "red sea", directory) == ["Red Sea Ltd"]
    async with db.begin(Work("next", NOW)) as session:  # takes the same numbers in SQLite
        session.add(Customer(name="Green Hill Ltd"))
    assert await found(db, Customer, "green hill", directory) == ["Green Hill Ltd"]


async def test_after_many_writes_all_names_are_loaded_anew(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "MANY", 10)
    directory = Directory()
    assert await found(db, Customer, "juniper", directory) == []
    names = ["Alder", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Juniper", "Larch", "Maple", "Oak"]
    async with db.begin(WORK) as session:
        session.add_all(
            [Customer(name=f"{name} {last}") for name in names for last in ("Ltd", "AG")]
        )
    assert await found(db, Customer, "juniper ltd", directory) == ["Juniper Ltd"]
    async with db.begin(Work("one more", NOW)) as session:
        session.add(Customer(name="Zebra Crossing"))
    assert await found(db, Customer, "zebra", directory) == ["Zebra Crossing"]
