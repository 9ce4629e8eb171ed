"""Excel files are read like delimited ones."""

from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from crm_core import imports
from crm_core.access import Actor, Rules, Scope
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.errors import Invalid
from crm_core.imports.workbooks import as_delimited
from crm_core.models import Customer, Role, User

NOW = datetime(2026, 3, 11, 10, tzinfo=UTC)


def book(*rows: list[object], empty_first: bool = False) -> bytes:
    made = Workbook()
    page = made.active
    assert page is not None
    if empty_first:
        page = made.create_sheet("data")
    for row in rows:
        page.append(row)
    file = BytesIO()
    made.save(file)
    return file.getvalue()


def test_cells_are_written_as_people_would() -> None:
    content = book(["a", "b", "c", "d"], [1.0, 2.5, True, None], [date(2026, 3, 1), "x", 7, "é,"])
    text = as_delimited(content)
    assert isinstance(text, bytes)
    assert text.decode().splitlines() == ["a,b,c,d", "1,2.5,yes,", '2026-03-01,x,7,"é,"']


def test_the_first_sheet_with_anything_counts(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(book(["name"], ["Acme"], empty_first=True))
    text = as_delimited(path)
    assert isinstance(text, bytes)
    assert b"Acme" in text


def test_what_is_no_workbook() -> None:
    assert as_delimited(b"name\nAcme\n") == b"name\nAcme\n"
    with pytest.raises(Invalid, match="not-text"):
        as_delimited(b"PK\x03\x04 this is no archive")
    with pytest.raises(Invalid, match="empty-file"):
        as_delimited(book())


async def test_customers_from_excel(sqlite_db: Database) -> None:
    content = book(
        ["Customer ID", "Company name", "City"], [7, "Acme", "Leeds"], ["", None, "Rome"]
    )
    report = await imports.import_table(sqlite_db, "customers", content, now=NOW)
    assert report.counts["customer"].created == 1
    assert [(p.line, p.reason) for p in report.problems] == [(3, "missing")]


async def test_a_look_changes_nothing_and_tells_what_would(db: Database) -> None:
    user = User(name="Ann", role=Role.REP)
    async with db.begin(Work("start", NOW)) as session:
        session.add(user)
        session.add(Customer(name="Acme", code="C1", owner_id=None))
    actor = Actor(user, frozenset([user.id]), Rules({}, {}))
    content = b"code,name,city\nC1,Acme,Leeds\nC2,Blue,Rome\nC3,,\n"
    look = await imports.check(db, content, None, actor=actor, now=NOW, currency="EUR", first=2)
    counts = look.report.counts["customer"]
    assert (look.kind, look.rows, look.tried) == ("customers", 3, True)
    assert (counts.created, counts.updated, counts.bad) == (1, 1, 1)
    assert look.first == [["C1", "Acme", "Leeds"], ["C2", "Blue", "Rome"]]
    async with db.read() as session:
        assert await session.scalar(select(func.count(Customer.id))) == 1


async def test_what_is_a_colleagues_stays_as_it_is(db: Database) -> None:
    ann, bob = User(name="Ann", role=Role.REP), User(name="Bob", role=Role.REP)
    async with db.begin(Work("start", NOW)) as session:
        session.add_all([ann, bob])
        await session.flush()
        session.add(Customer(name="Acme", code="C1", owner_id=bob.id))
    rules = Rules({}, {Role.REP: {"customer": Scope.OWN}})
    actor = Actor(ann, frozenset([ann.id]), rules)
    content = b"code,name,city\nC1,Acme,Leeds\nC2,Blue,Rome\n"
    report = await imports.import_table(db, "customers", content, now=NOW, actor=actor)
    assert [(p.line, p.reason, p.value) for p in report.problems] == [(2, "not-yours", "Acme")]
    assert report.counts["customer"].created == 1


async def test_a_large_file_is_read_but_not_tried(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_core.imports.checking.TRIED", 1)
    actor = Actor(User(id=1, name="Ann", role=Role.MANAGER), frozenset(), Rules({}, {}))
    content = b"name,email\nAcme,a@acme.com\nBlue,nonsense\n"
    look = await imports.check(
        sqlite_db, content, None, actor=actor, now=NOW, currency="EUR", first=2
    )
    assert not look.tried
    assert [(p.line, p.reason) for p in look.report.problems] == [(3, "not-an-email")]


async def test_a_file_of_no_kind(sqlite_db: Database) -> None:
    actor = Actor(User(id=1, name="Ann", role=Role.MANAGER), frozenset(), Rules({}, {}))
    with pytest.raises(Invalid, match="unknown-file"):
        await imports.check(
            sqlite_db, b"foo,bar\n1,2\n", None, actor=actor, now=NOW, currency="EUR", first=2
        )
