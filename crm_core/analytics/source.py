"""The operational database as streams of Arrow batches, read through ADBC."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL

if TYPE_CHECKING:  # heavy: imported where they are used
    import pyarrow as pa
    from adbc_driver_manager.dbapi import Connection

BATCH_ROWS = 65_536
BUSY_MS = 10_000


@contextmanager
def stream(
    address: URL, table: str, columns: Mapping[str, str]
) -> Iterator["pa.RecordBatchReader"]:
    """Open `columns` (name -> Ibis type) of a table, read only; of SQLite, moments are text."""
    with _connection(address) as source, source.cursor() as cursor:
        if address.get_backend_name() == "sqlite":
            cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": BATCH_ROWS})
        cursor.execute(_query(address, table, columns))
        yield cursor.fetch_record_batch()


@contextmanager
def _connection(address: URL) -> Iterator["Connection"]:
    if address.get_backend_name() == "sqlite":
        from adbc_driver_sqlite import dbapi as sqlite

        path = Path(address.database or "").absolute()
        with sqlite.connect(f"{path.as_uri()}?mode=ro") as source:
            with source.cursor() as cursor:  # another connection that closes may lock it briefly
                cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
            yield source
    else:
        from adbc_driver_postgresql import dbapi as postgresql

        uri = address.set(drivername="postgresql").render_as_string(hide_password=False)
        with postgresql.connect(uri) as source:
            yield source


def _query(address: URL, table: str, columns: Mapping[str, str]) -> str:
    """Select the columns so that every batch has the same types.

    SQLite has moments as text, and its driver guesses a column's type from the first batch, in
    which all may be missing: an empty text keeps it text.
    """
    sqlite = address.get_backend_name() == "sqlite"
    selected = (
        f"coalesce({column}, '') AS {column}" if sqlite and kind == "timestamp" else column
        for column, kind in columns.items()
    )
    return f"SELECT {', '.join(selected)} FROM {table}"
