"""Where features are computed: seven tables behind Ibis, on embedded DuckDB by default."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlalchemy import URL, make_url

if TYPE_CHECKING:  # heavy: imported where they are used
    import duckdb
    import ibis
    import pyarrow as pa
    from adbc_driver_manager.dbapi import Connection

# The columns that features need, named as in crm_core.models. Money is in minor units, a moment
# is a TIMESTAMP in UTC.
TABLES: dict[str, dict[str, str]] = {
    "customers": {"id": "BIGINT", "created_at": "TIMESTAMP"},
    "orders": {
        "id": "BIGINT",
        "customer_id": "BIGINT",
        "status": "VARCHAR",
        "ordered_at": "TIMESTAMP",
        "due_at": "TIMESTAMP",
        "shipped_at": "TIMESTAMP",
        "payment_due_at": "TIMESTAMP",
        "paid_at": "TIMESTAMP",
        "updated_at": "TIMESTAMP",
        "total": "BIGINT",
        "currency": "VARCHAR",
    },
    "order_lines": {
        "order_id": "BIGINT",
        "product_id": "BIGINT",
        "discount": "INTEGER",
        "amount": "BIGINT",
    },
    "products": {"id": "BIGINT", "category": "VARCHAR"},
    "tickets": {
        "customer_id": "BIGINT",
        "opened_at": "TIMESTAMP",
        "first_response_at": "TIMESTAMP",
        "resolved_at": "TIMESTAMP",
        "satisfaction": "INTEGER",
        "updated_at": "TIMESTAMP",
    },
    "activities": {"customer_id": "BIGINT", "kind": "VARCHAR", "happened_at": "TIMESTAMP"},
    "alerts": {
        "customer_id": "BIGINT",
        "kind": "VARCHAR",
        "status": "VARCHAR",
        "taken_at": "TIMESTAMP",
    },
}
SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": 2,
    "memory_limit": "800MB",  # beyond it DuckDB spills to the temporary directory
    "preserve_insertion_order": False,
    "autoinstall_known_extensions": False,  # nothing is ever downloaded
    "autoload_known_extensions": False,
}
BATCH_ROWS = 65_536
PART_CUSTOMERS, PART_ROWS = 50_000, 4_000_000
# Every so many customers make a part; a prime, so that no pattern in how they are numbered shows.
PRIMES = (1, 7, 11, 17, 29, 43, 61, 89, 127, 181, 257, 367, 521, 751, 1087, 1531)


class Warehouse:
    """The seven tables, as Ibis sees them, and the currency in which their money is counted."""

    def __init__(
        self, backend: "ibis.BaseBackend", currency: str | None = None, part: int = 0, of: int = 1
    ) -> None:
        self.backend = backend
        self.part, self.of = part, of
        self._currency = currency

    def table(self, name: str) -> "ibis.Table":
        table = self.backend.table(name)
        key = "id" if name == "customers" else "customer_id"
        if self.of == 1 or key not in table.columns:
            return table
        return table.filter(table[key] % self.of == self.part)

    def parts(self) -> "list[Warehouse]":
        """Divide the customers into parts that fit into memory, each a fair sample of all."""
        customers, *rows = (
            self.table(name).count().to_pyarrow().as_py()
            for name in ("customers", "orders", "order_lines")
        )
        least = max(customers / PART_CUSTOMERS, sum(rows) / PART_ROWS)
        of = next(prime for prime in PRIMES if prime >= least)
        return [Warehouse(self.backend, self.currency, part, of) for part in range(of)]

    def fetch(self, rows: "ibis.Table", batch: int = BATCH_ROWS) -> "Iterable[pa.RecordBatch]":
        """Compute `rows` and hand them out in Arrow batches."""
        batches: Iterable[pa.RecordBatch]
        if self.backend.name == "duckdb":  # Ibis 12 asks for a reader that DuckDB 2 has renamed
            relation = self.backend.con.sql(self.backend.compile(rows))
            batches = relation.to_arrow_reader(batch)
        else:
            batches = self.backend.to_pyarrow_batches(rows, chunk_size=batch)
        return batches

    @cached_property
    def currency(self) -> str:
        """The currency given, or that of most orders; amounts in others cannot be added to it."""
        if self._currency is not None:
            return self._currency
        orders = self.table("orders")
        count = orders.group_by("currency").aggregate(n=orders.count())
        rows = count.order_by(count.n.desc(), count.currency).limit(1).to_pyarrow().to_pylist()
        return (rows[0]["currency"] or "") if rows else ""

    @cached_property
    def first_day(self) -> date | None:
        """The day (UTC) of the first order, None where there is no order."""
        first: date | None = self.table("orders").ordered_at.min().date().to_pyarrow().as_py()
        return first


@contextmanager
def connect(
    url: str | URL, engine: str = "duckdb", *, currency: str | None = None
) -> Iterator[Warehouse]:
    """Open the operational database `url` for analytics.

    The default engine copies the columns of `TABLES` into a private DuckDB as a stream of Arrow
    batches (memory stays bounded, however many rows there are). Any other engine is the Ibis
    address of a warehouse that holds these tables itself, such as `pyspark://` or `snowflake://…`.
    """
    if engine != "duckdb":
        import ibis

        backend = ibis.connect(engine)
        try:
            yield Warehouse(backend, currency)
        finally:
            backend.disconnect()
        return
    with _duckdb() as duck:
        address = make_url(url)
        with _source(address) as source:
            for name in TABLES:
                with source.cursor() as cursor:
                    if address.get_backend_name() == "sqlite":
                        cursor.adbc_statement.set_options(
                            **{"adbc.sqlite.query.batch_rows": BATCH_ROWS}
                        )
                    cursor.execute(_query(name, address))
                    _fill(duck, name, cursor.fetch_record_batch())
        yield _warehouse(duck, currency)


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


@contextmanager
def _source(address: URL) -> Iterator["Connection"]:
    if address.get_backend_name() == "sqlite":
        from adbc_driver_sqlite import dbapi as sqlite

        path = Path(address.database or "").absolute()
        with sqlite.connect(f"{path.as_uri()}?mode=ro") as source:
            yield source
    else:
        from adbc_driver_postgresql import dbapi as postgresql

        uri = address.set(drivername="postgresql").render_as_string(hide_password=False)
        with postgresql.connect(uri) as source:
            yield source


def _query(name: str, address: URL) -> str:
    """Select the columns of a table so that every batch has the same types.

    SQLite has moments as text, and its driver guesses a column's type from the first batch, in
    which all may be missing: an empty text keeps it text.
    """
    columns = list(TABLES[name])
    if address.get_backend_name() == "sqlite":
        columns = [
            f"coalesce({column}, '') AS {column}" if kind == "TIMESTAMP" else column
            for column, kind in TABLES[name].items()
        ]
    return f"SELECT {', '.join(columns)} FROM {name}"


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
