"""Talking in a terminal, or line by line from a script."""

import asyncio
import shutil
import sys
import webbrowser
from pathlib import Path

from rich.console import Console

from adapters import people
from adapters.app import App, utc_now
from adapters.channel import Adapter
from adapters.clock import slot_of
from adapters.logs import configure
from adapters.settings import CONFIG, Settings
from adapters.terminal import PLATFORM, Terminal
from bot.glance import Glance
from crm_core import imports
from crm_core.imports.made_up import make_up

DEMO = Path("var/demo.db")
SWITCH = "/as "
"""Begins a line that makes you somebody else: `/as laura`."""
SAMPLE = CONFIG / "samples" / "northwind"


def demo(settings: Settings, name: str, *, keep: bool) -> None:
    """Set up the sample company afresh and talk to it."""
    if not keep:
        _forget(DEMO)
    settings.database.url = f"sqlite+aiosqlite:///{DEMO}"
    configure(settings.log.model_copy(update={"level": "error"}))
    asyncio.run(_demo(settings, name))


def _forget(database: Path) -> None:
    """Delete a database and what lies beside it."""
    for path in database.parent.glob(f"{database.name}*"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


async def _demo(settings: Settings, name: str) -> None:
    console = Console()
    terminal = Terminal(console, utc_now)
    interactive = sys.stdin.isatty()

    def build(app: App) -> list[Adapter]:
        if not interactive:
            return [terminal]
        from adapters.web.adapter import WebChat

        return [terminal, WebChat(app.db, app.words, utc_now, Glance(app.assistant))]

    app = App(settings, build)
    await app.db.migrate()
    today = utc_now().date()
    currency = settings.company.currency
    if settings.sample:
        await make_up(app.db, settings.sample, now=utc_now(), currency=currency)
    else:
        report = await imports.import_northwind(
            app.db, SAMPLE, now=utc_now(), shift_to=today, currency=currency
        )
        for noun, counts in report.counts.items():
            console.print(f"{noun}: {counts.created}", style="dim")
    outcome = await app.ticker.run("churn_alerts", slot_of(utc_now()))
    console.print(f"churn_alerts: {outcome}", style="dim")
    if interactive:
        url = f"http://{settings.http.host}:{settings.http.port}"
        console.print(f"[bold]{url}[/]")
        webbrowser.open(url)
    await _talk(app, terminal, name)


def chat(settings: Settings, name: str) -> None:
    """Talk to the CRM as one person, until the input ends."""
    configure(settings.log.model_copy(update={"level": "error"}))

    async def run() -> None:
        terminal = Terminal(Console(), utc_now)
        app = App(settings, lambda _app: [terminal])
        await app.db.migrate()
        await _talk(app, terminal, name)

    asyncio.run(run())


async def _talk(app: App, terminal: Terminal, name: str) -> None:
    """Hand over each line and wait for its answer."""
    async with app.running():
        user = await people.by_name(app.db, name)
        while (line := await terminal.read(user.name.partition(" ")[0])) is not None:
            if line.startswith(SWITCH):
                try:
                    user = await people.by_name(app.db, line.removeprefix(SWITCH).strip())
                except people.Unknown as problem:
                    terminal.note(problem.message)
                continue
            sender = await people.link(app.db, PLATFORM, user, utc_now())
            async with terminal.answer():
                await app.assistant.receive(terminal.message(sender, line))
            if not sys.stdin.isatty():  # a script goes on when everything is said
                await app.errands.idle.wait()
                await app.courier.drain()
