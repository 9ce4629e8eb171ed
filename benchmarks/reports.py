"""Reports beside pandas: the same figures, and how long they take.

A generated company (SQLite, ten orders a customer, two lines an order, `--orders 1000000`) and,
with `--data online_retail.csv.gz`, the statistics of what the customers of UCI Online Retail spent.
pandas has the tables in memory already; its time to read them is given apart.
"""

import argparse
import asyncio
import gc
import json
import math
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from crm_core import reports
from crm_core.access import Actor, Rules
from crm_core.db import Database
from crm_core.models import Dimension, Metric, Role, Statistic, User
from crm_core.reports import Filters, Query
from crm_core.values import Period

START, DAYS = date(2023, 1, 1), 730
NOW = datetime(2025, 1, 1, tzinfo=UTC)
MADE = "2023-01-01 00:00:00.000000"
YEARS = Period(START, date(2025, 1, 1))
FULL = 541_909  # rows of the whole year of Online Retail, which the targets are of
TARGETS = {
    "count": 4338,
    "mean": 2054.27,
    "median": 674.485,
    "std": 8989.23,
    "variance": 80806263.93,
}
COLUMNS = {
    "products": "id, name, category, currency, active, version, created_at, updated_at",
    "customers": "id, name, country, consent, version, created_at, updated_at",
    "orders": "id, customer_id, ordered_at, created_at, updated_at, total, freight, status,"
    " currency, version",
    "order_lines": "order_id, position, product_id, quantity, unit_price, discount, amount",
}
Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Result:
    what: str
    ours_ms: float
    pandas_ms: float
    equal: bool


def insert(path: Path, table: str, rows: Any) -> None:
    marks = ", ".join("?" * len(COLUMNS[table].split(",")))
    with sqlite3.connect(path) as connection:
        connection.executemany(f"INSERT INTO {table} ({COLUMNS[table]}) VALUES ({marks})", rows)


def generate(path: Path, orders: int) -> None:
    """Fill a migrated database with orders in order of time."""
    random = np.random.default_rng(1)
    customers = max(orders // 10, 1)
    seconds = np.sort(random.integers(0, DAYS * 86_400, orders))
    moments = np.datetime64(START) + seconds.astype("timedelta64[s]")
    at = [f"{moment}.000000".replace("T", " ") for moment in moments]
    buyer = random.integers(1, customers + 1, orders).tolist()
    product = random.integers(1, 501, (orders, 2)).tolist()
    amount = random.integers(500, 50_000, (orders, 2)).tolist()
    insert(
        path,
        "products",
        [(n, f"p{n}", f"category {n % 12}", "EUR", 1, 1, MADE, MADE) for n in range(1, 501)],
    )
    insert(
        path,
        "customers",
        ((n, f"c{n}", f"country {n % 20}", 1, 1, MADE, MADE) for n in range(1, customers + 1)),
    )
    insert(
        path,
        "orders",
        (
            (n + 1, buyer[n], at[n], at[n], at[n], sum(amount[n]), 0, "delivered", "EUR", 1)
            for n in range(orders)
        ),
    )
    insert(
        path,
        "order_lines",
        (
            (n + 1, k + 1, product[n][k], 1, amount[n][k], 0, amount[n][k])
            for n in range(orders)
            for k in (0, 1)
        ),
    )


def retail(path: Path, source: Path) -> tuple[pd.Series, int]:
    """Fill a migrated database with the purchases of Online Retail; return spends and row count.

    A purchase has a customer, a quantity and a price; a `C…` invoice is a cancellation.
    """
    lines = pd.read_csv(source, dtype={"InvoiceNo": str})
    good = lines[lines.CustomerID.notna() & (lines.Quantity > 0) & (lines.UnitPrice > 0)]
    good = good.assign(money=good.Quantity * good.UnitPrice)
    invoices = good.groupby("InvoiceNo").agg(
        customer=("CustomerID", "first"), at=("InvoiceDate", "first"), money=("money", "sum")
    )
    moments = pd.to_datetime(invoices["at"]).dt.strftime("%Y-%m-%d %H:%M:%S.000000")
    ids = sorted(int(each) for each in good.CustomerID.unique())
    insert(path, "customers", [(n, f"c{n}", None, 1, 1, MADE, MADE) for n in ids])
    rows = zip(invoices.customer, moments, (invoices.money * 100).round(), strict=True)
    insert(
        path,
        "orders",
        [
            (n, int(customer), at, at, at, int(total), 0, "delivered", "GBP", 1)
            for n, (customer, at, total) in enumerate(rows, 1)
        ],
    )
    return good.groupby("CustomerID").money.sum(), len(lines)


async def ask(db: Database, query: Query) -> dict[Any, float | None]:
    """Return the rows of a report, or its single value under None."""
    actor = Actor(User(id=1, role=Role.ADMIN), frozenset(), Rules({}, {}))
    async with db.read() as session:
        report = await reports.run(session, actor, query, now=NOW, zone=UTC, currency="EUR")
    (series,) = report.series
    return {row.key: row.value for row in series.rows} or {None: series.total.value}


def months(frame: pd.DataFrame) -> pd.Series:
    return frame.ordered_at.dt.to_period("M")


def retention(frames: Frames) -> list[float]:
    pairs = frames["orders"].assign(month=months(frames["orders"]))[["month", "customer_id"]]
    bought = {month: set(group) for month, group in pairs.groupby("month").customer_id}
    every = sorted(bought)
    return [math.nan] + [
        len(bought[was] & bought[now]) / len(bought[was]) for was, now in pairwise(every)
    ]


def spend(frames: Frames) -> pd.Series:
    return frames["orders"].groupby("customer_id").total.sum() / 100


def lines(frames: Frames) -> pd.DataFrame:
    return frames["order_lines"].merge(frames["products"], left_on="product_id", right_on="id")


MONTHLY = {"dimension": Dimension.MONTH, "period": YEARS}
QUESTIONS: dict[str, tuple[Query, Callable[[Frames], Any]]] = {
    "revenue by month": (
        Query(Metric.REVENUE, **MONTHLY),  # type: ignore[arg-type]
        lambda f: f["orders"].groupby(months(f["orders"])).total.sum() / 100,
    ),
    "orders by month": (
        Query(Metric.ORDERS, **MONTHLY),  # type: ignore[arg-type]
        lambda f: f["orders"].groupby(months(f["orders"])).size(),
    ),
    "active customers by month": (
        Query(Metric.ACTIVE_CUSTOMERS, **MONTHLY),  # type: ignore[arg-type]
        lambda f: f["orders"].groupby(months(f["orders"])).customer_id.nunique(),
    ),
    "retention by month": (
        Query(Metric.RETENTION_RATE, **MONTHLY),  # type: ignore[arg-type]
        retention,
    ),
    "revenue by country": (
        Query(Metric.REVENUE, dimension=Dimension.COUNTRY),
        lambda f: (
            f["orders"]
            .merge(f["customers"], left_on="customer_id", right_on="id")
            .groupby("country")
            .total.sum()
            / 100
        ),
    ),
    "revenue by category": (
        Query(Metric.REVENUE, dimension=Dimension.CATEGORY),
        lambda f: lines(f).groupby("category").amount.sum() / 100,
    ),
    "median spend of a customer": (
        Query(Metric.REVENUE, Statistic.MEDIAN),
        lambda f: [spend(f).median()],
    ),
    "variance of the spends": (
        Query(Metric.REVENUE, Statistic.VARIANCE),
        lambda f: [spend(f).var()],
    ),
    "median order by month": (
        Query(Metric.AVERAGE_ORDER_VALUE, Statistic.MEDIAN, **MONTHLY),  # type: ignore[arg-type]
        lambda f: f["orders"].groupby(months(f["orders"])).total.median() / 100,
    ),
    "revenue of one country this quarter": (
        Query(
            Metric.REVENUE,
            period=Period(date(2024, 10, 1), date(2025, 1, 1)),
            filters=Filters(country="country 7"),
        ),
        lambda f: [
            f["orders"][f["orders"].ordered_at >= "2024-10-01"]
            .merge(f["customers"], left_on="customer_id", right_on="id")
            .query("country == 'country 7'")
            .total.sum()
            / 100
        ],
    ),
}


def same(ours: dict[Any, float | None], theirs: Any) -> bool:
    """Tell whether two answers have the same values, by name or in order of time."""
    by_name = isinstance(theirs, pd.Series) and all(key in theirs.index for key in ours)
    expected = [theirs[key] for key in ours] if by_name else list(theirs)
    found = [math.nan if value is None else value for value in ours.values()]
    return len(found) == len(expected) and bool(
        np.allclose(found, np.asarray(expected, dtype=float), rtol=1e-9, equal_nan=True)
    )


async def measure(db: Database, frames: Frames, repeats: int) -> list[Result]:
    results = []
    for what, (query, peer) in QUESTIONS.items():
        ours, theirs = [], []
        for _ in range(repeats):
            gc.collect()
            began = time.perf_counter()
            answer = await ask(db, query)
            between = time.perf_counter()
            expected = peer(frames)
            ours.append(between - began)
            theirs.append(time.perf_counter() - between)
        equal = same(answer, expected)
        results.append(Result(what, min(ours) * 1e3, min(theirs) * 1e3, equal))
    return results


def load(path: Path) -> Frames:
    with sqlite3.connect(path) as connection:
        frames = {
            table: pd.read_sql(f"SELECT * FROM {table}", connection)
            for table in ("orders", "order_lines", "customers", "products")
        }
    frames["orders"]["ordered_at"] = pd.to_datetime(frames["orders"].ordered_at)
    return frames


async def generated(folder: Path, orders: int, repeats: int, console: Console) -> list[Result]:
    path = folder / "generated.db"
    db = Database(f"sqlite+aiosqlite:///{path}")
    await db.migrate()
    generate(path, orders)
    began = time.perf_counter()
    frames = load(path)
    reading = time.perf_counter() - began
    results = await measure(db, frames, repeats)
    await db.close()
    table = Table(title=f"{orders:,} orders; pandas read them in {reading:.1f} s")
    for column in ("report", "ours, ms", "pandas, ms", "equal"):
        table.add_column(column, justify="left" if column == "report" else "right")
    for each in results:
        row = (each.what, f"{each.ours_ms:,.0f}", f"{each.pandas_ms:,.0f}")
        table.add_row(*row, "yes" if each.equal else "NO")
    console.print(table)
    return results


async def online_retail(folder: Path, source: Path, console: Console) -> list[dict[str, Any]]:
    path = folder / "retail.db"
    db = Database(f"sqlite+aiosqlite:///{path}")
    await db.migrate()
    spends, count = retail(path, source)
    whole = count == FULL
    table = Table(title=f"Online Retail, {count:,} rows: what customers spent")
    for column in ("statistic", "ours", "pandas", "target (whole year)"):
        table.add_column(column, justify="left" if column == "statistic" else "right")
    peers = {
        Statistic.COUNT: len(spends),
        Statistic.MEAN: spends.mean(),
        Statistic.MEDIAN: spends.median(),
        Statistic.STD: spends.std(),
        Statistic.VARIANCE: spends.var(),
    }
    rows = []
    for statistic, peer in peers.items():
        ours = (await ask(db, Query(Metric.REVENUE, statistic)))[None] or 0.0
        target = TARGETS[statistic.value] if whole else None
        rows.append({"statistic": statistic.value, "ours": ours, "pandas": peer, "target": target})
        shown = f"{target:,}" if target else "(not the whole year)"
        table.add_row(statistic.value, f"{ours:,.3f}", f"{peer:,.3f}", shown)
    await db.close()
    console.print(table)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--data", type=Path, help="Online Retail as CSV, .gz or not")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    console = Console()
    found: dict[str, Any] = {"orders": options.orders, "load": os.getloadavg()[0]}
    console.print(f"load average before: {found['load']:.1f}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.data:
            found["online_retail"] = asyncio.run(online_retail(folder, options.data, console))
        results = asyncio.run(generated(folder, options.orders, options.repeats, console))
        found["reports"] = [asdict(each) for each in results]
    if options.json:
        options.json.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
