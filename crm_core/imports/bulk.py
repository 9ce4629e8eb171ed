"""Many rows into one table at once."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, Column, Table, insert
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncSession


async def insert_many(
    session: AsyncSession, table: Table, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert rows, all with the same keys, by the driver's own `executemany`.

    Types are converted column by column; SQLAlchemy's way, row by row, takes longer than the
    database does.
    """
    if not rows:
        return
    connection = await session.connection()
    names = list(rows[0])
    compiled = insert(table).compile(dialect=connection.dialect, column_keys=names)
    names = list(compiled.positiontup or names)
    converted = [_converted(table.columns[name], connection.dialect, rows) for name in names]
    records: Sequence[Any] = list(zip(*converted, strict=True))
    if not compiled.positional:
        records = [dict(zip(names, record, strict=True)) for record in records]
    await connection.exec_driver_sql(str(compiled), records)


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
