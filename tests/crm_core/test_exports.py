"""Files out: what is in them, who may have it, and that no cell runs."""

import csv
from datetime import UTC, date, datetime
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from crm_core import exports, imports
from crm_core.access import Actor, Rules, Scope
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.exports import FileFormat, RecordKind, Sheet
from crm_core.models import Customer, Deal, Role, Stage, User
from crm_core.values import Period

NOW = datetime(2026, 3, 11, 10, tzinfo=UTC)
ALL = Rules({}, {})
CUSTOMERS = b"code,name,email,phone,city\nC1,Acme,a@acme.com,+44 20 7946 0000,Leeds\nC2,=1+1,,-5,\n"
PRODUCTS = b"code,name,price,currency\nP1,Chai,4.50,EUR\n"
ORDERS = (
    b"order code,customer,order date,product code,quantity,unit price,discount,currency\n"
    b"O1,Acme,2026-02-01,P1,3,4.50,0.1,EUR\nO2,Acme,2026-03-01,P1,1,4.50,0,EUR\n"
)


@pytest.fixture
async def shop(db: Database) -> tuple[Database, Actor]:
    user = User(name="Ann", role=Role.MANAGER)
    async with db.begin(Work("start", NOW)) as session:
        session.add(user)
    for kind, content in (("customers", CUSTOMERS), ("products", PRODUCTS), ("orders", ORDERS)):
        report = await imports.import_table(db, kind, content, now=NOW)  # type: ignore[arg-type]
        assert not report.problems
    return db, Actor(user, frozenset([user.id]), ALL)


@pytest.mark.parametrize("file_format", list(FileFormat))
@pytest.mark.parametrize("kind", ["customers", "products", "orders"])
async def test_what_goes_out_comes_in_unchanged(
    shop: tuple[Database, Actor], kind: imports.Kind, file_format: FileFormat
) -> None:
    db, actor = shop
    async with db.read() as session:
        sheet = await exports.table(session, actor, UTC, RecordKind(kind))
    content = exports.as_file(sheet, file_format)
    report = await imports.import_table(db, kind, content, now=NOW)
    assert report.problems == []
    for counts in report.counts.values():
        assert (counts.created, counts.updated, counts.bad) == (0, 0, 0)


async def test_a_period_and_the_askers_rights_limit_what_goes_out(
    shop: tuple[Database, Actor],
) -> None:
    db, actor = shop
    march = Period(date(2026, 3, 1), date(2026, 4, 1))
    async with db.begin(Work("deals", NOW)) as session:
        other = User(name="Bob", role=Role.REP)
        for title, owner in (("mine", actor.user), ("his", other)):
            session.add(
                Deal(
                    title=title,
                    owner_id=owner.id,
                    owner=await session.merge(owner),
                    stage=Stage.WON,
                    stage_since=NOW,
                    currency="EUR",
                    opened_on=NOW.date(),
                )
            )
    rules = Rules({Role.MANAGER: {"deal": Scope.OWN}}, {})
    limited = Actor(actor.user, actor.team, rules)
    async with db.read() as session:
        orders = await exports.table(session, actor, UTC, RecordKind.ORDERS, march)
        deals = await exports.table(session, limited, UTC, RecordKind.DEALS, march)
        for kind in RecordKind:
            assert (await exports.table(session, actor, UTC, kind)).columns
    assert [row[0] for row in orders.rows] == ["O2"]
    assert [row[1] for row in deals.rows] == ["mine"]


DANGER = Sheet(
    "x", ["a"], [["=1+1"], ["+49 30 1"], ["-cmd"], ["@SUM(A1)"], ["\t=1"], [-5], ["a=b"]]
)


def test_csv_cells_run_nothing() -> None:
    text = exports.as_csv(DANGER).decode("utf-8-sig")
    cells = [row[0] for row in csv.reader(StringIO(text))][1:]
    assert cells == ["'=1+1", "'+49 30 1", "'-cmd", "'@SUM(A1)", "'\t=1", "-5", "a=b"]


def test_workbook_cells_are_text() -> None:
    page = load_workbook(BytesIO(exports.as_workbook([DANGER]))).active
    assert page is not None
    cells = [row[0] for row in page.iter_rows(min_row=2)]
    assert [cell.data_type for cell in cells] == ["s", "s", "s", "s", "s", "n", "s"]
    assert cells[0].value == "=1+1"


def test_text_that_a_workbook_cannot_hold() -> None:
    sheet = Sheet(
        "a very long name of a sheet, longer than any", ["a"], [["a\x07b"], ["x" * 40_000]]
    )
    page = load_workbook(BytesIO(exports.as_workbook([sheet]))).active
    assert page is not None
    assert page["A2"].value == "ab"
    assert len(str(page["A3"].value)) == 32_767


def test_the_columns_are_as_many_as_the_cells() -> None:
    for export in exports.EXPORTS.values():
        assert len(export.columns) == len(export.query.column_descriptions)
    assert exports.EXPORTS[RecordKind.CUSTOMERS].record is Customer
