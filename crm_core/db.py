"""Engine and transactions: SQLite by default, PostgreSQL by URL."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import structlog
from sqlalchemy import Connection, Executable, Table, event, func, inspect, make_url, select, text
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from crm_core import sqlite
from crm_core.changes import TrackedSession, Work
from crm_core.models import Row

T = TypeVar("T")

MIGRATIONS = Path(__file__).parent / "migrations"
RETRIED = {"40001", "40P01"}  # serialization failure, deadlock: PostgreSQL asks to try again
TRIES = 5
UNAVAILABLE = (OperationalError, InterfaceError, NoConnection)
"""What is raised while the database is locked for long or can't be reached: try again later."""
CHECKPOINT = "PRAGMA wal_checkpoint(TRUNCATE)"
MIGRATING = 4_727_661
"""The advisory lock that a process holds while it changes PostgreSQL's schema."""

log = structlog.get_logger()


@contextmanager
def outages_survived() -> Iterator[None]:
    """Leave what is inside where the database is unavailable: for loops that come again."""
    try:
        yield
    except UNAVAILABLE as problem:
        log.warning("the database is busy or away", problem=str(problem.__cause__ or problem))


class Database:
    """The one way to the data. `begin` is a writing transaction, `read` a reading one."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.engine = _sqlite(url) if self.is_sqlite else _postgres(url)
        self.reader = self.engine.execution_options(reading=True)
        # SQLite has one writer. Here writers queue; its own waiting is to sleep and try again.
        self._writer = asyncio.Lock() if self.is_sqlite else nullcontext()

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @asynccontextmanager
    async def begin(self, work: Work) -> AsyncIterator[AsyncSession]:
        """Open a transaction that commits at the end; its changes are logged as `work`."""
        async with self._writer, _session(self.engine, work) as session, session.begin():
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction for reading: it takes no write lock and is rolled back."""
        async with _session(self.reader, None) as session:
            yield session

    async def run(self, work: Work, task: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """Do `task` in one transaction, again when the database asks for another try."""
        for attempt in range(TRIES):
            try:
                async with self.begin(work) as session:
                    return await task(session)
            except DBAPIError as problem:
                state = getattr(problem.orig, "sqlstate", None)
                if state not in RETRIED or attempt == TRIES - 1:
                    raise
                await asyncio.sleep(random.uniform(0, 0.05 * 2**attempt))
        raise AssertionError("unreachable")

    async def migrate(self) -> None:
        """Bring the schema to the newest revision, creating the database where there is none."""
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        if await self._revision() == max(path.name[:4] for path in MIGRATIONS.glob("*/0*.py")):
            return
        from alembic import command  # heavy, and rarely needed
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))

        def upgrade(connection: Connection) -> None:
            if not self.is_sqlite:  # of processes that start together, one does it
                connection.execute(select(func.pg_advisory_xact_lock(MIGRATING)))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

        async with self.engine.begin() as connection:
            await connection.run_sync(upgrade)

    async def _revision(self) -> str | None:
        """Return the schema's revision, or None where there is no schema yet."""

        def read(connection: Connection) -> str | None:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return str(connection.scalar(text("SELECT version_num FROM alembic_version")))

        async with self.reader.connect() as connection:
            return await connection.run_sync(read)

    async def forget(self) -> None:
        """Leave nothing of what was erased in the database's files, as far as they are ours.

        Deleted rows are overwritten in SQLite's file and its log is emptied; PostgreSQL frees the
        old versions of rows. Backups and PostgreSQL's own log are the operator's.
        """
        if self.is_sqlite:
            async with self._writer, self.engine.connect() as connection:
                await connection.run_sync(
                    lambda inside: inside.connection.cursor().execute(CHECKPOINT)
                )
            return
        engine = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.exec_driver_sql("SET statement_timeout = 0")
            await connection.exec_driver_sql("VACUUM")
            await connection.exec_driver_sql("RESET statement_timeout")

    async def close(self) -> None:
        await self.engine.dispose()


def _session(engine: AsyncEngine, work: Work | None) -> AsyncSession:
    return AsyncSession(
        engine,
        sync_session_class=TrackedSession,
        expire_on_commit=False,
        info={"work": work},
    )


def _sqlite(url: str) -> AsyncEngine:
    async def connect() -> sqlite.Connection:
        return await sqlite.connect(make_url(url).database or ":memory:", timeout=5)

    engine = create_async_engine(url, async_creator=connect)

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes the lock first: the default loses updates between read and write.
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _postgres(url: str) -> AsyncEngine:
    options = "-c statement_timeout=10000 -c lock_timeout=3000 -c timezone=UTC"
    return create_async_engine(url, pool_pre_ping=True, connect_args={"options": options})


async def insert_new(session: AsyncSession, table: type[Row], **values: Any) -> int | None:
    """Insert a row unless its unique key exists. Return its id, or None where it does."""
    statement = _insert_new(table, session.get_bind().dialect.name)
    return (await session.execute(statement, values)).scalar_one_or_none()


async def insert_all_new(
    session: AsyncSession, table: type[Row], rows: Sequence[dict[str, Any]]
) -> list[int]:
    """Insert the rows whose unique keys do not exist yet; return the ids of those."""
    if not rows:
        return []
    statement = _insert_new(table, session.get_bind().dialect.name)
    return list((await session.execute(statement, rows)).scalars())


@cache  # to build a statement costs more than to run it
def _insert_new(table: type[Row], dialect: str) -> Executable:
    insert = sqlite_insert if dialect == "sqlite" else postgres_insert
    rows = cast(Table, table.__table__)
    return insert(rows).on_conflict_do_nothing().returning(rows.c.id)
