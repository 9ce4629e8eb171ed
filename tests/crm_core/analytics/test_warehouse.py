"""The same five tables, wherever they come from."""

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from crm_core.analytics import source, warehouse
from crm_core.analytics.source import stream
from crm_core.analytics.warehouse import TABLES, Warehouse, connect, from_tables
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.models import Activity, ActivityKind, Customer, Order, OrderStatus, Role, User

NOW = datetime(2025, 3, 1, 12, 30, 15, 123456, UTC)


def rows(opened: Warehouse, name: str) -> list[dict[str, Any]]:
    key = "id" if "id" in TABLES[name] else "customer_id"
    found: list[dict[str, Any]] = opened.read(opened.table(name).order_by(key)).to_pylist()
    return found


async def fill(db: Database, orders: int) -> None:
    """Write one customer with `orders` orders, the last of which alone is shipped."""
    async with db.begin(Work("test", NOW)) as session:
        user, customer = User(name="Nancy", role=Role.REP), Customer(name="Acme")
        session.add_all([user, customer])
        await session.flush()
        session.add_all(
            Order(
                customer_id=customer.id,
                status=OrderStatus.PAID,
                ordered_at=NOW + timedelta(days=day),
                shipped_at=NOW + timedelta(days=day) if day == orders - 1 else None,
                total=100 + day,
                currency="EUR",
            )
            for day in range(orders)
        )
        session.add_all(
            Activity(
                kind=ActivityKind.CALL, customer_id=who, user_id=user.id, note="x", happened_at=NOW
            )
            for who in (customer.id, None)
        )


async def test_rows_come_as_they_are_stored(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "BATCH_ROWS", 2)  # the first batches have no moment of shipping
    await fill(db, orders=7)

    def read() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        with connect(db.url) as opened:
            return rows(opened, "orders"), rows(opened, "activities")

    orders, activities = await asyncio.to_thread(read)

    moment = NOW.replace(tzinfo=None)
    assert [order["ordered_at"] for order in orders] == [
        moment + timedelta(days=day) for day in range(7)
    ]
    assert [order["shipped_at"] for order in orders] == [None] * 6 + [moment + timedelta(days=6)]
    assert [order["total"] for order in orders] == list(range(100, 107))
    assert {order["status"] for order in orders} == {"paid"}
    assert len(activities) == 1, "what is nobody's is left out"


def test_the_database_is_only_read(tmp_path: Path) -> None:
    missing = tmp_path / "missing.db"
    with pytest.raises(Exception, match="failed to open"), connect(f"sqlite:///{missing}"):
        pass
    assert not missing.exists()


def test_a_missing_table_or_column_is_empty() -> None:
    customers = pa.table({"id": [1, 2]})
    with from_tables({"customers": customers}) as opened:
        assert [row["created_at"] for row in rows(opened, "customers")] == [None, None]
        assert rows(opened, "orders") == []
        assert opened.first_day is None
        assert opened.currency == ""


def test_money_counts_in_the_commonest_currency_unless_told() -> None:
    orders = pa.table({"customer_id": [1, 1, 1], "currency": ["USD", "EUR", "EUR"]})
    with from_tables({"orders": orders}) as opened:
        assert opened.currency == "EUR"
    with from_tables({"orders": orders}, currency="USD") as opened:
        assert opened.currency == "USD"


def test_parts_share_out_all_customers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warehouse, "PART_CUSTOMERS", 30)
    ids = list(range(1, 101))
    tables = {"customers": pa.table({"id": ids}), "orders": pa.table({"customer_id": ids * 2})}
    with from_tables(tables) as opened:
        assert len(opened.parts()) > 1
        shared = [row["id"] for part in opened.parts() for row in rows(part, "customers")]
        orders = [row["customer_id"] for part in opened.parts() for row in rows(part, "orders")]
    assert sorted(shared) == ids
    assert sorted(orders) == sorted(ids * 2)


def test_any_engine_of_ibis_will_do(tmp_path: Path) -> None:
    import duckdb

    path = tmp_path / "house.duckdb"
    with duckdb.connect(path) as house:
        house.execute("CREATE TABLE customers AS SELECT 7 AS id, NULL::TIMESTAMP AS created_at")
    with connect("sqlite:///unused.db", engine=f"duckdb://{path}") as opened:
        assert rows(opened, "customers") == [{"id": 7, "created_at": None}]


def test_duckdb_keeps_to_itself() -> None:
    wanted = {
        "threads": "2",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    with from_tables({}) as opened:
        found = opened.backend.con.sql("SELECT name, value FROM duckdb_settings()").fetchall()
    assert wanted.items() <= dict(found).items()


def test_importing_analytics_is_quick() -> None:
    code = "import sys, crm_core.analytics.propensity, crm_core.scores; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"ibis", "duckdb", "sklearn", "scipy", "pyarrow", "pandas", "adbc_driver_manager"}
    assert not heavy & set(done.stdout.split())


async def test_reading_tables_side_by_side_locks_none_of_them(sqlite_db: Database) -> None:
    """Who closes the last connection of a SQLite file locks it for a moment."""

    def read(name: str) -> int:
        with stream(sqlite_db.url, name, TABLES[name]) as batches:
            return int(batches.read_all().num_rows)

    await sqlite_db.close()
    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(read, list(TABLES) * 60)) == {0}
