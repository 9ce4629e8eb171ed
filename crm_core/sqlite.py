"""SQLite for asyncio: a statement takes one trip to its connection's thread instead of four.

The driver makes a cursor, executes, fetches and closes in a trip each. A trip costs more than most
statements, and a message needs dozens of them. Results are read whole: there is no streaming.
"""

import sqlite3
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import aiosqlite


async def connect(database: str, **options: Any) -> "Connection":
    """Open a database for SQLAlchemy's `async_creator`."""
    connection = Connection(lambda: sqlite3.connect(database, **options), iter_chunk_size=64)
    connection._thread.daemon = True  # a process that ends does not wait for it
    await connection
    return connection


class Connection(aiosqlite.Connection):
    """A connection whose cursors save trips."""

    def cursor(self) -> "Cursor":  # type: ignore[override]
        return Cursor(self)

    async def rollback(self) -> None:
        """Roll back where there is something to; the pool asks after each transaction."""
        if self.in_transaction:
            await super().rollback()

    async def trip(self, work: Callable[[], None]) -> None:
        """Do something in the connection's thread."""
        await self._execute(work)  # type: ignore[no-untyped-call]


class Cursor:
    """What SQLAlchemy asks of an asynchronous cursor, for one statement."""

    description: Any = None
    rowcount = -1
    lastrowid: int | None = None

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: list[Any] = []

    async def __aenter__(self) -> "Cursor":
        return self

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> "Cursor":
        """Run a statement and fetch all of its rows."""
        await self._connection.trip(partial(self._run, sqlite3.Cursor.execute, sql, parameters))
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> "Cursor":
        """Run a statement once for each set of parameters."""
        await self._connection.trip(partial(self._run, sqlite3.Cursor.executemany, sql, parameters))
        return self

    def _run(self, how: Callable[..., Any], sql: str, parameters: Iterable[Any]) -> None:
        cursor = self._connection._conn.cursor()
        try:
            how(cursor, sql, parameters)
            self._rows = cursor.fetchall()
            self.description = cursor.description
            self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()

    async def fetchall(self) -> list[Any]:
        """Return the rows; they are here already."""
        return self._rows

    async def close(self) -> None:
        """Nothing is left open."""
