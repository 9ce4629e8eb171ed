"""A whole process on the Northwind company, for tests from a platform's event to its reply."""

import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.app import App
from adapters.channel import Adapter
from adapters.people import by_name
from adapters.settings import Settings
from bot.understanding import Understander
from crm_core import users
from crm_core.changes import Work
from crm_core.models import AlertKind
from tests.office import NOW

Build = Callable[[App], Sequence[Adapter]]
Running = Callable[..., AbstractAsyncContextManager[App]]


EARLIER = datetime.now(UTC) - NOW


def now() -> datetime:
    """Return the time as if the tests had begun on the sample company's day."""
    return datetime.now(UTC) - EARLIER


@pytest.fixture
def company(
    northwind_file: Path,
    tmp_path: Path,
    understander: Understander,
    monkeypatch: pytest.MonkeyPatch,
) -> Running:
    """Run the whole process on the Northwind company."""
    monkeypatch.setattr("adapters.app.load_understander", lambda _settings: understander)

    @asynccontextmanager
    async def running(build: Build, **people: str):  # type: ignore[no-untyped-def]
        shutil.copy(northwind_file, tmp_path / "crm.db")
        settings = Settings()
        settings.database.url = f"sqlite+aiosqlite:///{tmp_path}/crm.db"
        settings.http.port = 0
        settings.notifications.to = {AlertKind.CHURN: ["slack:C1"]}
        app = App(settings, build, now)
        for sender, name in people.items():
            user = await by_name(app.db, name)
            async with app.db.begin(Work("setup", now())) as session:
                await users.link(session, "slack", "T1", sender, user)
        async with app.running():
            yield app

    return running
