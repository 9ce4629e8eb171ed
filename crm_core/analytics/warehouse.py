"""Where features are computed: seven tables behind Ibis, on embedded DuckDB by default."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlalchemy import URL, make_url

from crm_core.analytics.source import BATCH_ROWS, stream

if TYPE_CHECKING:  # heavy: imported where they are used
    import duckdb
    import ibis
    import pyarrow as pa

# The columns that features need, named as in crm_core.models, with their types by Ibis' names.
# Money is in minor units, a moment is in UTC.
TABLES: dict[str, dict[str, str]] = {
    "customers": {"id": "int64", "created_at": "timestamp"},
    "orders": {
        "id": "int64",
        "customer_id": "int64",
        "status": "string",
        "ordered_at": "timestamp",
        "due_at": "timestamp",
        "shipped_at": "timestamp",
        "payment_due_at": "timestamp",
        "paid_at": "timestamp",
        "updated_at": "timestamp",
        "total": "int64",
        "currency": "string",
    },
    "order_lines": {
        "order_id": "int64",
        "product_id": "int64",
        "discount": "int32",
        "amount": "int64",
    },
    "products": {"id": "int64", "category": "string"},
    "tickets": {
        "customer_id": "int64",
        "opened_at": "timestamp",
        "first_response_at": "timestamp",
        "resolved_at": "timestamp",
        "satisfaction": "int32",
        "updated_at": "timestamp",
    },
    "activities": {"customer_id": "int64", "kind": "string", "happened_at": "timestamp"},
    "alerts": {
        "customer_id": "int64",
        "kind": "string",
        "status": "string",
        "taken_at": "timestamp",
    },
}
SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": 2,
    "memory_limit": "800MB",  # beyond it DuckDB spills to the temporary directory
    "preserve_insertion_order": False,
    "autoinstall_known_extensions": False,  # nothing is ever downloaded
    "autoload_known_extensions": False,
}
PART_CUSTOMERS, PART_ROWS = 200_000, 8_000_000
SAMPLE_CUSTOMERS, SAMPLE_ROWS = 25_000, 4_000_000
# Every so many customers make a part; a prime, so that no pattern in how they are numbered shows.
PRIMES = (1, 2, 3, 5, 7, 11, 17, 29, 43, 61, 89, 127, 181, 257, 367, 521, 751, 1087, 1531, 2179)


class Warehouse:
    """The seven tables, as Ibis sees them, and the currency in which their money is counted."""

    def __init__(
        self, backend: "ibis.BaseBackend", currency: str | None = None, part: int = 0, of: int = 1
    ) -> None:
        self.backend = backend
        self.part, self.of = part, of
        self._currency = currency

    def table(self, name: str) -> "ibis.Table":
        import ibis

        table = ibis.table(TABLES[name], name)
        key = "id" if name == "customers" else "customer_id"
        if self.of == 1 or key not in table.columns:
            return table
        return table.filter(table[key] % self.of == self.part)

    def parts(self) -> "list[Warehouse]":
        """Divide the customers into parts whose features fit into memory."""
        of = self._divided(PART_CUSTOMERS, PART_ROWS)
        return [Warehouse(self.backend, self.currency, part, of) for part in range(of)]

    def sample(self) -> "Warehouse":
        """Return all customers, or a fair sample of many: to learn from more changes nothing."""
        of = self._divided(SAMPLE_CUSTOMERS, SAMPLE_ROWS)
        return Warehouse(self.backend, self.currency, 0, of)

    def _divided(self, customers: int, rows: int) -> int:
        wanted = sum(self.count(name) for name in ("orders", "order_lines")) / rows
        wanted = max(wanted, self.count("customers") / customers)
        return next((prime for prime in PRIMES if prime >= wanted), PRIMES[-1])

    def fetch(self, rows: "ibis.Table", batch: int = BATCH_ROWS) -> "pa.RecordBatchReader":
        """Compute `rows` and hand them out in Arrow batches."""
        if self.backend.name == "duckdb":  # Ibis 12 asks for a reader that DuckDB 2 has renamed
            return self.backend.con.sql(self.backend.compile(rows)).to_arrow_reader(batch)
        return self.backend.to_pyarrow_batches(rows, chunk_size=batch)

    def read(self, rows: "ibis.Table") -> "pa.Table":
        """Compute `rows` and return all of them."""
        return self.fetch(rows).read_all()

    def count(self, name: str) -> int:
        """Return how many rows a table has."""
        (row,) = self.read(self.table(name).aggregate(n=lambda rows: rows.count())).to_pylist()
        return int(row["n"])

    @cached_property
    def currency(self) -> str:
        """The currency given, or that of most orders; amounts in others cannot be added to it."""
        if self._currency is not None:
            return self._currency
        orders = self.table("orders")
        count = orders.group_by("currency").aggregate(n=orders.count())
        rows = self.read(count.order_by(count.n.desc(), count.currency).limit(1)).to_pylist()
        return (rows[0]["currency"] or "") if rows else ""

    @cached_property
    def first_day(self) -> date | None:
        """The day (UTC) of the first order, None where there is no order."""
        orders = self.table("orders")
        (row,) = self.read(orders.aggregate(first=orders.ordered_at.min().date())).to_pylist()
        first: date | None = row["first"]
        return first


@contextmanager
def connect(
    url: str | URL, engine: str = "duckdb", *, currency: str | None = None
) -> Iterator[Warehouse]:
    """Open the operational database `url` for analytics.

    The default engine copies the columns of `TABLES` into a private DuckDB as a stream of Arrow
    batches (memory stays bounded, however many rows there are); "spark" hands them to Apache Spark.
    Any other engine is the Ibis address of a warehouse that holds these tables itself, such as
    `snowflake://…`.
    """
    if engine == "duckdb":
        with _duckdb() as duck:
            _copy(duck, make_url(url))
            yield _warehouse(duck, currency)
    elif engine == "spark":
        from crm_core.analytics.spark import spark

        with spark(make_url(url)) as backend:
            yield Warehouse(backend, currency)
    else:
        import ibis

        backend = ibis.connect(engine)
        try:
            yield Warehouse(backend, currency)
        finally:
            backend.disconnect()


@contextmanager
def from_tables(
    tables: Mapping[str, "pa.Table"], *, currency: str | None = None
) -> Iterator[Warehouse]:
    """Open Arrow tables as a warehouse; a table or column that is missing counts as empty."""
    with _duckdb() as duck:
        for name in TABLES:
            _fill(duck, name, tables.get(name))
        yield _warehouse(duck, currency)


def _warehouse(duck: "duckdb.DuckDBPyConnection", currency: str | None) -> Warehouse:
    import ibis

    return Warehouse(ibis.duckdb.from_connection(duck), currency)


@contextmanager
def _duckdb() -> Iterator["duckdb.DuckDBPyConnection"]:
    import duckdb

    with TemporaryDirectory(prefix="crm-warehouse-") as folder:
        # In a file the columns are compressed, and only what a query reads is in memory.
        config = {**SETTINGS, "temp_directory": folder}
        with duckdb.connect(Path(folder) / "warehouse.duckdb", config=config) as duck:
            duck.execute("SET TimeZone = 'UTC'")
            yield duck


def _copy(duck: "duckdb.DuckDBPyConnection", address: URL) -> None:
    """Copy the tables, two at a time: to read them keeps one core busy."""

    def copy(name: str) -> None:
        with stream(address, name, TABLES[name]) as rows, duck.cursor() as cursor:
            _fill(cursor, name, rows)

    with ThreadPoolExecutor(2) as pool:
        for _ in pool.map(copy, TABLES):
            pass


def _fill(
    duck: "duckdb.DuckDBPyConnection",
    name: str,
    rows: "pa.Table | pa.RecordBatchReader | None",
) -> None:
    """Make the table `name` from `rows`, each column cast to its type; '' is no moment."""
    columns = TABLES[name]
    if rows is None:
        kinds = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        duck.execute(f"CREATE TABLE {name} ({kinds})")
        return
    given = set(rows.schema.names)
    values = ", ".join(
        f"TRY_CAST({column if column in given else 'NULL'} AS {kind}) AS {column}"
        for column, kind in columns.items()
    )
    present = " WHERE customer_id IS NOT NULL" if "customer_id" in columns else ""
    duck.register("incoming", rows)
    duck.execute(f"CREATE TABLE {name} AS SELECT {values} FROM incoming{present}")
    duck.unregister("incoming")
