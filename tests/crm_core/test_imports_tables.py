"""People's own files: good records go in, bad ones are reported, again changes nothing."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_core import changes
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.errors import Invalid
from crm_core.imports import Counts, Kind, Problem, Report, import_table, reading
from crm_core.imports.batch import Batch
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
    Record,
    Role,
    Stage,
    User,
)

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CUSTOMERS = "code,name,email,phone,city\nC1,Acme,hi@acme.com,123,Leeds\nC2,Blue Sky,,,York\n"
PRODUCTS = "sku,product name,category,price\nP1,Chai,Drinks,18.00\nP2,Chang,Drinks,19.00\n"
ORDERS = """order id,customer,order date,product,quantity,unit price,discount
O1,C1,2026-01-05,P1,2,18.00,0.1
O2,Blue Sky,2026-01-06,Chang,1,19.00,
O1,C1,2026-01-05,P2,3,19.00,
"""


async def load(db: Database, kind: Kind, text: str | bytes, **options: Any) -> Report:
    source = text.encode() if isinstance(text, str) else text
    return await import_table(db, kind, source, now=options.pop("now", NOW), **options)


async def rows(db: Database, model: type[Record], *fields: str) -> Sequence[tuple[Any, ...]]:
    columns = [getattr(model, field) for field in fields]
    async with db.read() as session:
        found = await session.execute(select(*columns).order_by(model.id))
        return [tuple(row) for row in found]


async def count(db: Database, model: Any) -> int:
    async with db.read() as session:
        return (await session.execute(select(func.count(model.id)))).scalar_one()


def reasons(report: Report) -> list[tuple[int, str | None, str]]:
    return [(problem.line, problem.column, problem.reason) for problem in report.problems]


@pytest.fixture
async def shop(db: Database) -> Database:
    await load(db, "customers", CUSTOMERS)
    await load(db, "products", PRODUCTS)
    return db


@pytest.fixture
async def sqlite_shop(sqlite_db: Database) -> Database:
    await load(sqlite_db, "customers", CUSTOMERS)
    await load(sqlite_db, "products", PRODUCTS)
    return sqlite_db


async def test_customers_go_in_with_their_changes(db: Database) -> None:
    report = await load(db, "customers", CUSTOMERS)
    assert report.counts["customer"] == Counts(created=2)
    assert await rows(db, Customer, "code", "name", "email", "city", "consent", "version") == [
        ("C1", "Acme", "hi@acme.com", "Leeds", True, 1),
        ("C2", "Blue Sky", None, "York", True, 1),
    ]
    async with db.read() as session:
        log = (await session.scalars(select(Change).order_by(Change.id))).all()
    assert {change.work for change in log} == {report.work}
    assert report.work.startswith("import:customers:")
    assert [(c.kind, c.noun, c.version, c.at, c.before) for c in log] == [
        (ChangeKind.CREATED, "customer", 1, NOW, {})
    ] * 2
    assert log[1].after == {"code": "C2", "name": "Blue Sky", "city": "York", "consent": True}


async def test_bulk_writing_logs_what_the_session_would(sqlite_db: Database) -> None:
    await load(sqlite_db, "products", "sku,name,price\nA,Tea,5")
    async with sqlite_db.begin(Work("chat", NOW)) as session:
        session.add(Product(code="B", name="Tea", price=500, currency="USD"))
    async with sqlite_db.read() as session:
        bulk, own = (await session.scalars(select(Change).order_by(Change.id))).all()
    assert {**bulk.after, "code": "B"} == own.after
    assert bulk.kind == own.kind
    assert (bulk.noun, bulk.version, bulk.before) == (own.noun, own.version, own.before)


@pytest.mark.parametrize(
    ("kind", "text"), [("customers", CUSTOMERS), ("products", PRODUCTS), ("orders", ORDERS)]
)
async def test_again_changes_nothing(shop: Database, kind: Kind, text: str) -> None:
    await load(shop, kind, text)
    before = await count(shop, Change)
    report = await load(shop, kind, text, now=NOW + timedelta(days=1))
    assert await count(shop, Change) == before
    assert [(c.created, c.updated, c.unchanged, c.bad) for c in report.counts.values()] == [
        (0, 0, 2, 0)
    ]


async def test_only_what_differs_is_updated(db: Database) -> None:
    await load(db, "customers", CUSTOMERS)
    later = NOW + timedelta(hours=1)
    text = "code,name,email,phone,city\nC1,Acme,,456,Leeds\nC2,Blue Sky,,,York\n"
    report = await load(db, "customers", text, now=later)
    assert report.counts["customer"] == Counts(updated=1, unchanged=1)
    fields = ("email", "phone", "version", "created_at", "updated_at")
    assert await rows(db, Customer, *fields) == [
        ("hi@acme.com", "456", 2, NOW, later),  # an empty cell leaves what is there
        (None, None, 1, NOW, NOW),
    ]
    async with db.read() as session:
        change = (await session.scalars(select(Change).order_by(Change.id.desc()))).first()
    assert change is not None
    assert (change.kind, change.version) == (ChangeKind.UPDATED, 2)
    assert (change.before, change.after) == ({"phone": "123"}, {"phone": "456"})


async def test_bad_rows_are_reported_and_good_ones_go_in(db: Database) -> None:
    text = (
        "code,name,email,postal code\n"
        "C1,Acme,hi@acme.com,1\n"
        "C2,,x@y.z,2\n"
        "C3,Foo,not an address,3\n"
        f"C4,{'x' * 100_000},,4\n"
        "C1,Acme again,,5\n"
        "C5,Bar\n"
        "C6,Baz,,6\n"
    )
    report = await load(db, "customers", text)
    assert report.counts["customer"] == Counts(created=2, bad=5)
    assert report.problems == [
        Problem(3, "name", "missing"),
        Problem(4, "email", "not-an-email", "not an address"),
        Problem(5, "name", "too-long", "x" * 80),
        Problem(6, None, "duplicate", "C1"),
        Problem(7, None, "wrong-number-of-cells"),
    ]
    assert [name for (name,) in await rows(db, Customer, "name")] == ["Acme", "Baz"]


async def test_without_codes_names_and_addresses_tell_customers_apart(db: Database) -> None:
    text = "name,email,city\nAcme,a@x.com,Leeds\nAcme,b@x.com,York\nAcme,,Hull\nFoo,,Hull\n"
    first = await load(db, "customers", text)
    assert first.counts["customer"] == Counts(created=4)
    again = await load(db, "customers", text)
    assert again.counts["customer"] == Counts(unchanged=4)
    filled = await load(db, "customers", "name,email\nFoo,foo@x.com\n")
    assert filled.counts["customer"] == Counts(updated=1)
    await load(db, "customers", "name,city\nFoo,Bath\nAcme,Bath\n")
    assert await rows(db, Customer, "name", "email", "city") == [
        ("Acme", "a@x.com", "Leeds"),
        ("Acme", "b@x.com", "York"),
        ("Acme", None, "Bath"),
        ("Foo", "foo@x.com", "Bath"),
    ]


async def test_one_of_several_with_a_name_is_never_picked(sqlite_db: Database) -> None:
    await load(sqlite_db, "customers", "code,name\nA,Acme\nB,Acme\n")
    report = await load(sqlite_db, "customers", "name,city\nAcme,Leeds\n")
    assert reasons(report) == [(2, None, "several-of-this-name")]
    orders = ORDERS.replace("Blue Sky", "Acme")
    await load(sqlite_db, "products", PRODUCTS)
    report = await load(sqlite_db, "orders", orders)
    assert (3, "customer", "several-customer") in reasons(report)


async def test_contacts_belong_to_customers(shop: Database) -> None:
    text = "company,contact name,email,job title\nC1,Dana Fox,dana@acme.com,Buyer\n"
    text += "Blue Sky,李雷,,经理\nNobody Ltd,Jo,,\n"
    report = await load(shop, "contacts", text)
    assert report.counts["contact"] == Counts(created=2, bad=1)
    assert report.problems == [Problem(4, "company", "unknown-customer", "Nobody Ltd")]
    assert await rows(shop, Contact, "customer_id", "name", "title") == [
        (1, "Dana Fox", "Buyer"),
        (2, "李雷", "经理"),
    ]
    again = await load(shop, "contacts", text)
    assert again.counts["contact"] == Counts(unchanged=2, bad=1)


async def test_chinese_headings_words_and_values(db: Database) -> None:
    text = "客户编号,客户名称,城市,电话,邮箱\nＣ１,华为技术有限公司,深圳,无,-\n"
    assert (await load(db, "customers", text.encode("gb18030"))).problems == []
    await load(db, "products", "产品编号;产品名称;单价（元）\nP1;茶;１２．５０\n")
    orders = "订单号\t客户\t下单日期\t产品\t数量\t单价\t折扣\t状态\n"
    orders += "Ｄ１\t华为技术有限公司\t2025年12月31日\t茶\t１０\t￥12.50\t8折\t已发货\n"
    report = await load(db, "orders", orders)
    assert report.problems == []
    assert await rows(db, Customer, "code", "name", "phone", "email") == [
        ("C1", "华为技术有限公司", None, None)
    ]
    assert await rows(db, Product, "name", "price", "currency") == [("茶", 1250, "CNY")]
    fields = ("code", "ordered_at", "total", "currency", "status")
    assert await rows(db, Order, *fields) == [
        ("D1", datetime(2025, 12, 31, tzinfo=UTC), 10_000, "CNY", OrderStatus.SHIPPED)
    ]


async def test_orders_have_all_their_lines(shop: Database) -> None:
    report = await load(shop, "orders", ORDERS)
    assert report.problems == []
    assert report.counts["order"] == Counts(created=2)
    assert report.counts["order_line"] == Counts(created=3)
    assert sorted(await rows(shop, Order, "code", "customer_id", "total", "status")) == [
        ("O1", 1, 3240 + 5700, OrderStatus.PENDING),
        ("O2", 2, 1900, OrderStatus.PENDING),
    ]
    async with shop.read() as session:
        query = (
            select(Order.code, OrderLine.position, OrderLine.quantity, OrderLine.discount)
            .join(OrderLine.order)
            .order_by(Order.code, OrderLine.position)
        )
        lines = [tuple(row) for row in await session.execute(query)]
    assert lines == [("O1", 1, 2, 1000), ("O1", 2, 3, 0), ("O2", 1, 1, 0)]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("O1,C1,2026-01-05,P1,two,18.00,", (2, "quantity", "not-a-number")),
        ("O1,C1,2026-01-05,P1,1.5,18.00,", (2, "quantity", "not-a-whole-number")),
        ("O1,C1,2026-01-05,P1,2,,", (2, "unit price", "missing")),
        ("O1,C1,2026-01-05,P9,2,18.00,", (2, "product", "unknown-product")),
        ("O1,C9,2026-01-05,P1,2,18.00,", (2, "customer", "unknown-customer")),
        ("O1,C1,2026-02-30,P1,2,18.00,", (2, "order date", "not-a-date")),
        ("O1,C1,2026-03-04,P1,2,18.00,", (2, "order date", "in-the-future")),
        ("O1,C1,2026-01-05,P1,2,18.00,150%", (2, "discount", "out-of-range")),
        ("O1,C1,2026-01-05,P1,2,18.00", (2, None, "wrong-number-of-cells")),
        ("O1,C1,2026-01-05,P1,2,€ 18.00,", (2, None, "mixed-currencies")),
        ("O1,C1,2026-01-05,P1,2000000000,99999999999,", (2, None, "out-of-range")),
    ],
)
async def test_an_order_with_a_bad_line_stays_out_whole(
    sqlite_shop: Database, line: str, problem: tuple[int, str | None, str]
) -> None:
    text = ORDERS.splitlines()
    usd = "O1,C1,2026-01-05,P2,3,$19.00,"
    differs = problem[2] in {"not-a-date", "in-the-future", "unknown-customer"}
    others = [] if differs else [usd]
    report = await load(sqlite_shop, "orders", "\n".join([text[0], line, text[2], *others]))
    assert reasons(report) == [problem]
    assert report.counts["order"] == Counts(created=1, bad=1)
    assert await rows(sqlite_shop, Order, "code") == [("O2",)]
    assert await count(sqlite_shop, OrderLine) == 1


async def test_the_lines_of_an_order_agree(sqlite_shop: Database) -> None:
    report = await load(
        sqlite_shop, "orders", ORDERS.replace("O1,C1,2026-01-05,P2", "O1,C2,2026-01-05,P2")
    )
    assert report.problems == [Problem(4, "customer", "differs-in-order", "C2")]
    assert await rows(sqlite_shop, Order, "code") == [("O2",)]


async def test_rows_without_an_order_are_bad_one_by_one(sqlite_shop: Database) -> None:
    report = await load(
        sqlite_shop, "orders", ORDERS + ",C1,2026-01-05,P1,1,1,\n,C2,2026-01-05,P1,1,1,\n"
    )
    assert report.counts["order"] == Counts(created=2, bad=2)
    assert reasons(report) == [(5, "order id", "missing"), (6, "order id", "missing")]


async def test_an_order_with_an_unreadable_row_stays_out(sqlite_shop: Database) -> None:
    report = await load(sqlite_shop, "orders", ORDERS + 'O2,"Blue Sky,2026-01-06,P1,1,19.00,\n')
    assert reasons(report) == [(5, None, "broken-quotes")]
    assert await rows(sqlite_shop, Order, "code") == [("O1",)]


async def test_returns_and_dates_of_tomorrow_are_fine(sqlite_shop: Database) -> None:
    text = ORDERS.replace("P1,2,", "P1,-2,").replace("2026-01-06", "2026-03-03")
    report = await load(sqlite_shop, "orders", text)
    assert report.problems == []
    totals = dict(await rows(sqlite_shop, Order, "code", "total"))
    assert totals == {"O1": -3240 + 5700, "O2": 1900}


async def test_an_unknown_product_with_a_name_is_created(shop: Database) -> None:
    text = "order,customer,date,sku,description,qty,price\n"
    text += "O1,C1,2026-01-05,P9,Oolong,2,€ 7.50\nO1,C1,2026-01-05,P1,Chai,1,€ 9\n"
    text += "O2,C1,2026-01-05,P8,Matcha,x,€ 5\n"
    report = await load(shop, "orders", text)
    assert report.counts["product"] == Counts(created=1)
    assert (await rows(shop, Product, "code", "name", "price", "currency"))[2:] == [
        ("P9", "Oolong", 750, "EUR")  # and no Matcha: its order is bad
    ]
    again = await load(shop, "orders", text)
    assert again.counts["order"] == Counts(unchanged=1, bad=1)
    assert await count(shop, Product) == 3


async def test_an_order_never_changes_its_lines(shop: Database) -> None:
    await load(shop, "orders", ORDERS)
    report = await load(shop, "orders", ORDERS.replace("P1,2,", "P1,5,"))
    assert report.counts["order"] == Counts(unchanged=1, bad=1)
    assert report.problems == [Problem(2, None, "lines-differ", "O1")]
    assert dict(await rows(shop, Order, "code", "total"))["O1"] == 8940


async def test_a_later_file_may_ship_an_order(shop: Database) -> None:
    await load(shop, "orders", ORDERS)
    shipped = "\n".join(f"{line},2026-01-09" for line in ORDERS.splitlines())
    shipped = shipped.replace("discount,2026-01-09", "discount,shipped date")
    report = await load(shop, "orders", shipped)
    assert report.counts["order"] == Counts(updated=2)
    assert await rows(shop, Order, "status", "version") == [(OrderStatus.SHIPPED, 2)] * 2
    assert (await load(shop, "orders", shipped)).counts["order"] == Counts(unchanged=2)


async def test_dates_are_read_as_their_column_writes_them(sqlite_shop: Database) -> None:
    async def first_day(*dates: str, **options: Any) -> list[date]:
        text = "deal,open date,close date\n"
        text += "\n".join(f"D {day},{day},03/04/2026" for day in dates)
        report = await load(sqlite_shop, "deals", text, **options)
        assert {p.reason for p in report.problems} <= {"ambiguous-date"}
        return [row[0] for row in await rows(sqlite_shop, Deal, "opened_on")]

    assert await first_day("03/04/2025", "31/12/2025") == []  # the other column shows nothing
    both = await first_day("03/04/2025", "31/12/2025", day_first=False)
    assert both == [date(2025, 4, 3), date(2025, 12, 31)]


async def test_deals(db: Database) -> None:
    async with db.begin(Work("setup", NOW)) as session:
        session.add(User(code="nancy", name="Nancy Davolio", role=Role.REP))
    await load(db, "customers", CUSTOMERS)
    text = (
        "deal id;deal name;company;stage;amount;close date;owner\n"
        "D1;Renewal;Acme;Closed Won;1.234,50;31.12.2025;Nancy Davolio\n"
        "D2;Upsell;C2;谈判;50.000;30.06.2026;nancy\n"
        "D3;Nowhere;;;;;\n"
        "D4;Wrong;Acme;maybe;1,00;;\n"
        "D5;Whose;Acme;won;1,00;;Somebody\n"
    )
    report = await load(db, "deals", text, currency="EUR")
    assert report.counts["deal"] == Counts(created=3, bad=2)
    assert reasons(report) == [(5, "stage", "unknown-word"), (6, "owner", "unknown-user")]
    fields = ("title", "stage", "amount", "currency", "opened_on", "close_date", "owner_id")
    assert await rows(db, Deal, *fields) == [
        ("Renewal", Stage.WON, 123_450, "EUR", date(2025, 12, 31), date(2025, 12, 31), 1),
        ("Upsell", Stage.NEGOTIATION, 5_000_000, "EUR", NOW.date(), date(2026, 6, 30), 1),
        ("Nowhere", Stage.PROSPECTING, None, "EUR", NOW.date(), None, None),
    ]
    later = NOW + timedelta(days=3)
    again = await load(db, "deals", text, currency="EUR", now=later)
    assert again.counts["deal"] == Counts(unchanged=3, bad=2)
    moved = await load(db, "deals", text.replace("谈判", "Closed Lost"), currency="EUR", now=later)
    assert moved.counts["deal"] == Counts(updated=1, unchanged=2, bad=2)
    since = dict(await rows(db, Deal, "title", "stage_since"))
    assert since == {
        "Renewal": datetime(2025, 12, 31, tzinfo=UTC),
        "Upsell": later,
        "Nowhere": datetime(2026, 3, 2, tzinfo=UTC),
    }


async def test_deals_without_codes(sqlite_db: Database) -> None:
    await load(sqlite_db, "customers", CUSTOMERS)
    text = "deal,company,amount\nRenewal,C1,5\nRenewal,C2,6\nRenewal,,7\n"
    assert (await load(sqlite_db, "deals", text)).counts["deal"] == Counts(created=3)
    assert (await load(sqlite_db, "deals", text)).counts["deal"] == Counts(unchanged=3)


async def test_percentages_are_seen_in_the_column(sqlite_shop: Database) -> None:
    text = ORDERS.replace("18.00,0.1", "18.00,0.5").replace("19.00,\nO1", "19.00,15\nO1")
    await load(sqlite_shop, "orders", text)
    async with sqlite_shop.read() as session:
        found = await session.scalars(select(OrderLine.discount).order_by(OrderLine.discount))
        assert found.all() == [0, 50, 1500]


@pytest.mark.parametrize(
    ("text", "reason", "data"),
    [
        (b"", "empty-file", {}),
        (
            b"order id,customer,date\n",
            "missing-columns",
            {"columns": ["product", "quantity", "unit_price"]},
        ),
        (ORDERS.splitlines()[0].encode(), "no-rows", {}),
        (b"\x00\x01\x02", "not-text", {}),
        (b"alpha,beta\n1,2", "missing-columns", None),
    ],
)
async def test_what_is_no_order_file_is_refused(
    sqlite_db: Database, text: bytes, reason: str, data: dict[str, Any] | None
) -> None:
    with pytest.raises(Invalid) as problem:
        await load(sqlite_db, "orders", text)
    assert problem.value.reason == reason
    assert data is None or problem.value.data == data
    assert await count(sqlite_db, Change) == 0


async def test_headings_that_mean_nothing_are_named(sqlite_db: Database) -> None:
    report = await load(
        sqlite_db, "customers", "code,name,Shoe size,Amount (thousands)\nC1,Acme,44,1"
    )
    assert report.ignored == ["Shoe size", "Amount (thousands)"]


async def test_formulas_stay_text(sqlite_db: Database) -> None:
    await load(
        sqlite_db, "customers", 'code,name\nC1,"=HYPERLINK(""http://x"",""y"")"\nC2,@SUM(A1)\n'
    )
    names = [name for (name,) in await rows(sqlite_db, Customer, "name")]
    assert names == ['=HYPERLINK("http://x","y")', "@SUM(A1)"]


async def test_problems_kept_are_bounded_but_all_are_counted(sqlite_db: Database) -> None:
    text = "code,name\n" + "".join(f"C{n},\n" for n in range(3000)) + "X,Acme\n"
    report = await load(sqlite_db, "customers", text)
    assert report.counts["customer"] == Counts(created=1, bad=3000)
    assert len(report.problems) == 1000


async def test_records_of_many_chunks(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CHUNK", 7)
    await load(db, "products", PRODUCTS)
    customers = "code,name\n" + "".join(f"C{n},Customer {n}\n" for n in range(50))
    customers += "C3,Again\n"
    report = await load(db, "customers", customers)
    assert report.counts["customer"] == Counts(created=50, bad=1)
    assert report.problems == [Problem(52, None, "duplicate", "C3")]
    # All first lines, then all second lines: every order is complete only near the end.
    lines = [f"O{n},C{n},2026-01-05,P{p},1,1.00" for p in (1, 2) for n in range(50)]
    path = tmp_path / "orders.csv"
    path.write_text("\n".join(["order id,customer,date,product,qty,unit price", *lines]))
    report = await import_table(db, "orders", path, now=NOW)
    assert (report.counts["order"].created, report.counts["order_line"].created) == (50, 100)
    assert {total for (total,) in await rows(db, Order, "total")} == {200}
    report = await import_table(db, "orders", path, now=NOW)
    assert report.counts["order"] == Counts(unchanged=50)


async def test_after_a_crash_the_same_import_completes(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CHUNK", 2)
    text = CUSTOMERS + "".join(f"X{n},Customer {n},,,\n" for n in range(6))
    run = db.run
    times = 0

    async def run_twice(work: Work, task: Any) -> Any:
        nonlocal times
        times += 1
        if times == 3:
            raise ConnectionError
        return await run(work, task)

    monkeypatch.setattr(db, "run", run_twice)
    with pytest.raises(ConnectionError):
        await load(db, "customers", text)
    assert (await count(db, Customer), await count(db, Change)) == (4, 4)
    report = await load(db, "customers", text)
    assert report.counts["customer"] == Counts(created=4, unchanged=4)
    assert (await count(db, Customer), await count(db, Change)) == (8, 8)


async def test_two_imports_of_one_file_at_once_make_one(db: Database) -> None:
    text = "code,name\n" + "".join(f"C{n},Customer {n}\n" for n in range(200))
    reports = await asyncio.gather(load(db, "customers", text), load(db, "customers", text))
    assert sorted(report.counts["customer"].created for report in reports) == [0, 200]
    assert await count(db, Customer) == 200


async def test_an_import_can_be_undone(db: Database) -> None:
    async with db.begin(Work("setup", NOW)) as session:
        session.add(User(code="nancy", name="Nancy", role=Role.MANAGER))
    await load(db, "customers", CUSTOMERS)
    await load(db, "products", PRODUCTS)
    customers = CUSTOMERS.replace("123", "456") + "C3,Third,,,\n"
    report = await load(db, "customers", customers, user_id=1)
    orders = await load(db, "orders", ORDERS, user_id=1)

    async def undo(work: str) -> None:
        async with db.begin(Work(f"undo:{work}", NOW, 1)) as session:
            await changes.undo(session, work, 1)

    await undo(orders.work)
    assert (await count(db, Order), await count(db, OrderLine)) == (0, 0)
    await undo(report.work)
    assert await rows(db, Customer, "code", "phone") == [("C1", "123"), ("C2", None)]


async def test_inside_a_session_all_is_one_transaction(db: Database) -> None:
    async def attempt(session: AsyncSession) -> Report:
        return await import_table(session, "customers", CUSTOMERS.encode(), now=NOW)

    async def fail(session: AsyncSession) -> None:
        await attempt(session)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await db.run(Work("message", NOW), fail)
    assert (await count(db, Customer), await count(db, Change)) == (0, 0)
    async with db.begin(Work("message", NOW)) as session:
        savepoint = await session.begin_nested()  # how a preview is made
        preview = await attempt(session)
        await savepoint.rollback()
    assert preview.counts["customer"] == Counts(created=2)
    assert await count(db, Customer) == 0
    async with db.begin(Work("message", NOW)) as session:
        report = await attempt(session)
    assert report.work == "message"
    assert await count(db, Customer) == 2


async def test_a_file_without_amounts_leaves_currencies_alone(sqlite_db: Database) -> None:
    await load(sqlite_db, "products", "sku,name,price\nP1,Tea,€ 5\n")
    await load(sqlite_db, "products", "sku,name,category\nP1,Tea,Drinks\nP2,Mug,Things\n")
    fields = ("name", "price", "currency", "category")
    assert await rows(sqlite_db, Product, *fields) == [
        ("Tea", 500, "EUR", "Drinks"),
        ("Mug", None, "USD", "Things"),
    ]


@pytest.mark.slow
async def test_an_order_may_name_more_than_a_statement_has_parameters(
    postgres_db: Database,
) -> None:
    await load(postgres_db, "products", PRODUCTS)
    async with postgres_db.read() as session:
        batch = Batch(session, Work("import", NOW), "USD", {})
        found = await batch.find(Product, {f"Thing {n}" for n in range(66_000)} | {"P1", "Chang"})
    assert {text: ids for text, ids in found.items() if ids} == {"P1": [1], "Chang": [2]}


async def test_full_width_and_plain_codes_are_one_order(sqlite_shop: Database) -> None:
    report = await load(sqlite_shop, "orders", ORDERS.replace("O1,", "Ｏ１,", 1))
    assert report.problems == []
    assert sorted(await rows(sqlite_shop, Order, "code")) == [("O1",), ("O2",)]
