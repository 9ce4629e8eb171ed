"""Many rows into one table at once, as fast as each database takes them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from psycopg import sql
from sqlalchemy import JSON, Column, Table, insert
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession


async def insert_many(
    session: AsyncSession, table: Table, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert rows, all with the same keys: PostgreSQL copies them, SQLite's driver loops.

    Types are converted column by column; SQLAlchemy's way, row by row, takes longer than the
    database does.
    """
    if not rows:
        return
    connection = await session.connection()
    statement = insert(table).compile(dialect=connection.dialect, column_keys=list(rows[0]))
    names = statement.positiontup or list(rows[0])
    columns = [_converted(table.columns[name], connection.dialect, rows) for name in names]
    records = list(zip(*columns, strict=True))
    if connection.dialect.name == "postgresql":
        await _copy(connection, table, names, records)
    else:
        await connection.exec_driver_sql(str(statement), records)


async def _copy(
    connection: AsyncConnection, table: Table, names: Sequence[str], records: Iterable[Any]
) -> None:
    driver: Any = (await connection.get_raw_connection()).driver_connection
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    async with driver.cursor() as cursor, cursor.copy(into) as copy:
        for record in records:
            await copy.write_row(record)


def _converted(
    column: Column[Any], dialect: Dialect, rows: Sequence[Mapping[str, Any]]
) -> Sequence[Any]:
    name = column.name
    values = [row[name] for row in rows]
    convert: Callable[[Any], Any] | None = column.type.dialect_impl(dialect).bind_processor(dialect)
    if convert is None:
        return values
    if not isinstance(column.type, JSON):
        convert = lru_cache(convert)  # days, stages and the moment of the import come again
    return [convert(value) for value in values]
