"""Everything on a customer: handed out whole, erased without a trace."""

import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook
from sqlalchemy import func, select, text

from crm_core import exports, files, privacy
from crm_core.changes import Work, last_work
from crm_core.db import Database
from crm_core.models import (
    Activity,
    ActivityKind,
    Alert,
    AlertKind,
    Base,
    Change,
    ChangeKind,
    Contact,
    Conversation,
    Customer,
    Deal,
    Delivery,
    InboxEvent,
    InboxStatus,
    Order,
    OrderLine,
    OrderStatus,
    Priority,
    Product,
    Role,
    Stage,
    Task,
    Ticket,
    TicketMessage,
    TicketStatus,
    User,
    Visibility,
)

NOW = datetime(2026, 3, 11, 10, tzinfo=UTC)
NAME, PERSON = "Bólido Zürich GmbH", "Dana 张伟"
SECRETS = [NAME, PERSON, "dana@bolido.example", "+41 44 555 0199", "Bahnhofstrasse 7", "Bólido"]


async def fill(db: Database) -> tuple[Customer, Customer]:
    """Enter a customer with something everywhere, and another who is mentioned with it."""
    async with db.begin(Work("fill", NOW)) as session:
        ann = User(name="Ann", role=Role.ADMIN)
        chai = Product(name="Chai", price=450, currency="EUR")
        session.add_all([ann, chai])
        mine = Customer(name=NAME, code="BOL", email="dana@bolido.example", owner=ann)
        mine.address = "Bahnhofstrasse 7"
        other = Customer(name="Acme")
        session.add_all([mine, other])
        await session.flush()
        dana = Contact(customer=mine, name=PERSON, phone="+41 44 555 0199")
        line = OrderLine(position=1, product=chai, quantity=2, unit_price=450, amount=900)
        order = Order(
            code="O1", customer=mine, status=OrderStatus.PAID, ordered_at=NOW, lines=[line]
        )
        order.total, order.currency = 900, "EUR"
        ticket = Ticket(
            customer=mine,
            subject=f"{PERSON} can't log in",
            status=TicketStatus.OPEN,
            priority=Priority.LOW,
            opened_at=NOW,
        )
        deal = Deal(title=f"{NAME} deal", customer=mine, stage=Stage.WON, stage_since=NOW)
        deal.currency, deal.opened_on = "EUR", NOW.date()
        session.add_all([dana, order, ticket, deal])
        await session.flush()
        said = TicketMessage(ticket=ticket, author=ann, text=f"Dear {PERSON}", said_at=NOW)
        said.visibility = Visibility.PUBLIC
        note = Activity(kind=ActivityKind.NOTE, customer=mine, contact=dana, user=ann, note=NAME)
        theirs = Activity(kind=ActivityKind.NOTE, customer=other, user=ann, note=f"knows {PERSON}.")
        note.happened_at = theirs.happened_at = NOW
        task = Task(title=f"Call {PERSON}", owner=ann, customer=mine)
        alert = Alert(kind=AlertKind.CHURN, key="k", customer=mine, raised_at=NOW, reasons=[])
        session.add_all([said, note, theirs, task, alert])
        event = InboxEvent(platform="t", workspace="", event="1", received_at=NOW)
        event.message, event.status = {"text": "what about bólido"}, InboxStatus.DONE
        sent = Delivery(key="k", platform="t", workspace="", channel="c", created_at=NOW)
        sent.reply, sent.not_before = {"parts": [{"text": f"{NAME}: {PERSON}"}]}, NOW
        memory = Conversation(platform="t", workspace="", channel="c", sender="a", updated_at=NOW)
        memory.state = {"last": {"slots": {"customer": {"text": NAME.upper()}}}}
        session.add_all([event, sent, memory])
        for name, content in (
            ("mine.csv", f"name\n{NAME}\n".encode()),
            ("mine.xlsx", exports.as_workbook([exports.Sheet("x", ["a"], [[PERSON]])])),
            ("other.csv", b"name\nAcme\n"),
        ):
            await files.store(session, name, "", content, NOW)
    async with db.begin(Work("edit", NOW, 1)) as session:
        (await session.get_one(Customer, other.id)).city = "Leeds"
        (await session.get_one(Customer, mine.id)).phone = "+41 44 555 0199"
    return mine, other


async def everything(db: Database) -> str:
    """Return all rows of all tables as text."""
    async with db.read() as session:
        texts = [
            str([tuple(row) for row in (await session.execute(select(table))).all()])
            for table in Base.metadata.sorted_tables
        ]
    return "\n".join(texts).casefold()


async def test_nothing_is_left_after_erasing(db: Database) -> None:
    mine, other = await fill(db)
    before = await everything(db)
    assert all(secret.casefold() in before for secret in SECRETS)
    async with db.begin(Work("erase", NOW, 1)) as session:
        erased = await privacy.erase(session, await session.get_one(Customer, mine.id))
    await db.forget()
    after = await everything(db)
    assert [secret for secret in SECRETS if secret.casefold() in after] == []
    assert erased.rows["orders"] == 1
    async with db.read() as session:
        left = await session.get_one(Customer, mine.id)
        assert (left.name, left.email, left.consent) == (f"#{mine.id}", None, False)
        assert (await session.get_one(Customer, other.id)).name == "Acme"
        assert await session.scalar(select(func.sum(Order.total))) == 900
        assert await session.scalar(select(func.count(Contact.id))) == 0
        notes = (await session.scalars(select(Activity.note).order_by(Activity.id))).all()
        assert sorted(notes) == sorted([privacy.GONE, f"knows {privacy.GONE}."])
        assert await session.scalar(text("SELECT name FROM files")) == "other.csv"
        log = (await session.scalars(select(Change).filter_by(work="erase"))).all()
        assert {change.kind for change in log} == {ChangeKind.ERASED}
        assert {change.user_id for change in log} == {1}
        assert not any(change.before or change.after for change in log)
        assert await last_work(session, 1) == "edit"
    if db.is_sqlite:
        _grep(Path(str(db.url.database)))


def _grep(path: Path) -> None:
    """Look for the data in the file itself, in the ways that it can be written there."""
    for file in path.parent.glob(f"{path.name}*"):
        content = file.read_bytes().lower()
        for secret in SECRETS:
            for form in (secret, json.dumps(secret)[1:-1]):
                assert form.lower().encode() not in content, f"{secret} in {file.name}"


async def test_erasing_twice_finds_nothing_more(sqlite_db: Database) -> None:
    mine, _ = await fill(sqlite_db)
    for expected in (True, False):
        async with sqlite_db.begin(Work(f"erase{expected}", NOW, 1)) as session:
            erased = await privacy.erase(session, await session.get_one(Customer, mine.id))
        assert bool(erased.mentions) is expected


async def test_a_word_that_others_are_called_by_stays_in_chats(sqlite_db: Database) -> None:
    async with sqlite_db.begin(Work("fill", NOW)) as session:
        mine, other = Customer(name="Blue Harbour"), Customer(name="Blue Sky")
        event = InboxEvent(platform="t", workspace="", event="1", received_at=NOW)
        event.message = {"event": "1", "text": "what about harbour?"}
        blue = InboxEvent(platform="t", workspace="", event="2", received_at=NOW)
        blue.message = {"text": "the blue one"}
        session.add_all([mine, other, event, blue])
    async with sqlite_db.begin(Work("erase", NOW)) as session:
        await privacy.erase(session, await session.get_one(Customer, mine.id))
    async with sqlite_db.read() as session:
        found = (await session.scalars(select(InboxEvent.message).order_by(InboxEvent.event))).all()
    assert found == [{"event": "1", "text": privacy.GONE}, {"text": "the blue one"}]


async def test_all_that_is_held_goes_out_and_nothing_of_others(db: Database) -> None:
    mine, _ = await fill(db)
    async with db.read() as session:
        rows = await privacy.holdings(session, await session.get_one(Customer, mine.id))
    held = json.loads(privacy.as_json(rows))
    assert held["customers"][0]["name"] == NAME
    assert held["contacts"][0]["name"] == PERSON
    assert held["ticket_messages"][0]["text"] == f"Dear {PERSON}"
    assert held["order_lines"][0]["amount"] == 900
    assert [each["note"] for each in held["activities"]] == [NAME]
    assert any(change["after"].get("phone") for change in held["changes"])
    assert "users" not in held
    assert "products" not in held
    assert "Acme" not in str(held)
    book = load_workbook(BytesIO(exports.as_workbook(privacy.as_sheets(rows))))
    assert set(book.sheetnames) == set(held)
    assert book["contacts"]["C2"].value is not None
