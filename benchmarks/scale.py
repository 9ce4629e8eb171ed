"""How time and memory grow from ten thousand customers to a million: features and all scores.

Churn, purchase and value are learnt, and every customer is scored with reasons.

The databases are generated (SQLite, ten orders a customer, two lines an order): `--customers 10000
1000000` takes some minutes and 5 GB of disk; `--keep FOLDER` has them there for the next time. Each
is measured in a process of its own.
"""

import argparse
import json
import math
import multiprocessing
import resource
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine

from crm_core.analytics.propensity import CHURN, PURCHASE
from crm_core.analytics.scoring import learn, score
from crm_core.analytics.snapshots import History
from crm_core.analytics.warehouse import connect
from crm_core.models import Base

START, DAYS = np.datetime64("2023-01-01"), 730
AS_OF = date(2024, 12, 31)
CHUNK = 50_000  # customers made at once
PRODUCTS = 2_000
TARGETS = {10_000: (2, "–"), 1_000_000: (90, "1,500")}  # customers -> seconds, megabytes
GROWTH = 1.05

INSERTS = {
    "products": "(id, name, currency, active, version, created_at, updated_at)"
    " VALUES (?1, 'p', 'EUR', 1, 1, ?2, ?2)",
    "customers": "(id, name, consent, version, created_at, updated_at)"
    " VALUES (?1, 'c', 1, 1, ?2, ?2)",
    "orders": "(id, customer_id, ordered_at, due_at, shipped_at, created_at, updated_at, total,"
    " freight, status, currency, version)"
    " VALUES (?1, ?2, ?3, ?4, ?4, ?3, ?3, ?5, 0, 'delivered', 'EUR', 1)",
    "order_lines": "(order_id, position, product_id, quantity, unit_price, discount, amount)"
    " VALUES (?1, ?2, ?3, 1, ?4, 0, ?4)",
}


@dataclass(frozen=True)
class Run:
    customers: int
    orders: int
    load: float
    train: float
    score: float
    processor: float  # seconds of all cores: what a busy machine does not blur
    megabytes: int

    @property
    def seconds(self) -> float:
        return self.load + self.train + self.score


def generate(path: Path, customers: int) -> None:
    """Write customers who come, order at a rate of their own, and some day stop; unless there."""
    if path.exists():
        return
    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    engine.dispose()
    random = np.random.default_rng(1)
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA synchronous = OFF")
        database.execute("PRAGMA journal_mode = OFF")

        def write(table: str, rows: Iterator[tuple[Any, ...]]) -> None:
            database.executemany(f"INSERT INTO {table} {INSERTS[table]}", rows)

        write("products", ((number, f"{START} 00:00:00.000000") for number in range(PRODUCTS)))
        order = 0
        for start in range(0, customers, CHUNK):
            count = min(CHUNK, customers - start)
            first = random.uniform(0, DAYS - 1, count)
            stops = np.minimum(first + random.exponential(400, count), DAYS)
            orders = 1 + random.poisson((stops - first) * random.gamma(1.2, 1 / 27, count))
            who = np.repeat(np.arange(count), orders)
            days = first[who] + random.random(len(who)) * (stops - first)[who]
            when = np.char.add((START + days.astype(int)).astype(str), " 12:00:00.000000").tolist()
            totals = random.lognormal(8.5, 0.8, len(who)).astype(int)
            numbers = np.arange(order, order + len(who))
            order += len(who)
            write(
                "customers",
                ((start + each + 1, f"{START} 00:00:00.000000") for each in range(count)),
            )
            write(
                "orders",
                zip(
                    numbers.tolist(),
                    (start + who + 1).tolist(),
                    when,
                    when,
                    totals.tolist(),
                    strict=True,
                ),
            )
            lines = np.repeat(numbers, 2)
            halves = np.repeat(totals // 2, 2).tolist()
            products = random.integers(0, PRODUCTS, len(lines)).tolist()
            positions = np.tile([0, 1], len(numbers)).tolist()
            write("order_lines", zip(lines.tolist(), positions, products, halves, strict=True))


def measure(path: Path, customers: int) -> Run:
    """Train and score all customers; the memory is the peak of this process."""
    start, before = time.perf_counter(), time.process_time()
    with connect(f"sqlite:///{path}") as warehouse:
        loaded = time.perf_counter()
        history = History(warehouse)
        learnt = learn(history, (CHURN, PURCHASE), AS_OF)
        trained = time.perf_counter()
        models: Counter[str] = Counter()
        for batch in score(history, learnt):
            models[batch.name] += len(batch.customers)
        scored = time.perf_counter()
        assert len(models) == 3, models
        orders = warehouse.count("orders")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    busy = time.process_time() - before
    return Run(customers, orders, loaded - start, trained - loaded, scored - trained, busy, peak)


def show(runs: list[Run]) -> None:
    table = Table("", *(f"{run.customers:,} customers" for run in runs))
    goals = [TARGETS.get(run.customers, ("–", "–")) for run in runs]
    table.add_row("orders", *(f"{run.orders:,}" for run in runs))
    for step in ("load", "train", "score", "seconds", "processor"):
        table.add_row(f"{step}, s", *(f"{getattr(run, step):.2f}" for run in runs))
    table.add_row("target, s", *(f"≤ {seconds}" for seconds, _ in goals))
    table.add_row("peak memory, MB", *(f"{run.megabytes:,}" for run in runs))
    table.add_row("target, MB", *(f"≤ {megabytes}" for _, megabytes in goals))
    console = Console()
    console.print(table)
    if len(runs) > 1:
        console.print(f"growth exponent {growth(runs):.2f} (target ≤ {GROWTH})")


def growth(runs: list[Run]) -> float:
    """Return the power of the number of orders with which the time grows."""
    first, last = runs[0], runs[-1]
    return math.log(last.seconds / first.seconds) / math.log(last.orders / first.orders)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--customers", type=int, nargs="+", default=[10_000])
    arguments.add_argument("--keep", type=Path, metavar="FOLDER")
    arguments.add_argument("--json", type=Path)
    options = arguments.parse_args()
    spawn = multiprocessing.get_context("spawn")
    runs = []
    with nullcontext(options.keep) if options.keep else tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "1000.db"
        generate(small, 1000)
        for customers in options.customers:
            path = Path(folder) / f"{customers}.db"
            generate(path, customers)
            with ProcessPoolExecutor(1, spawn) as process:
                process.submit(measure, small, 1000).result()  # imports what is imported once
                runs.append(process.submit(measure, path, customers).result())
            if not options.keep:
                path.unlink()
    show(runs)
    if options.json:
        options.json.write_text(json.dumps([asdict(run) for run in runs], indent=2))


if __name__ == "__main__":
    main()
