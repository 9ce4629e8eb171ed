"""`crm ...`: the command line."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import typer

if TYPE_CHECKING:
    from adapters.settings import Settings
    from crm_core.db import Database
    from crm_core.imports import Report

# Everything else is imported where it is used: `crm --help` answers at once.

TableKind = Literal["customers", "contacts", "products", "orders", "deals"]
T = TypeVar("T")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A CRM that people talk to: in Slack, in Telegram, in a browser and in a terminal.",
)
importing = typer.Typer(no_args_is_help=True, help="Bring data in.")
app.add_typer(importing, name="import")

Folder = Annotated[Path, typer.Argument(exists=True, file_okay=False)]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]
As = Annotated[str, typer.Option("--as", help="Who you are, by first name.")]


def main() -> None:
    """Run the command line."""
    app()


def _settings() -> "Settings":
    from pydantic import ValidationError

    from adapters.settings import Settings

    try:
        return Settings()  # type: ignore[call-arg]  # the values come from the files
    except ValidationError as problem:
        for error in problem.errors(include_url=False, include_input=False):
            where = ".".join(str(part) for part in error["loc"])
            typer.echo(f"setting {where}: {error['msg']}", err=True)
        raise typer.Exit(2) from None


def _with_database(task: Callable[["Settings", "Database"], Awaitable[T]]) -> T:
    from adapters.logs import configure
    from crm_core.db import Database

    settings = _settings()
    configure(settings.log)

    async def run() -> T:
        db = Database(settings.database.url)
        try:
            await db.migrate()
            return await task(settings, db)
        finally:
            await db.close()

    return asyncio.run(run())


@app.command()
def demo(
    as_: As = "steven",
    keep: Annotated[bool, typer.Option(help="Go on with the data of the last time.")] = False,
    scenario: Annotated[
        str | None, typer.Option(help="Another line of business: ecommerce, tourism or finance.")
    ] = None,
) -> None:
    """Set up the sample company and talk to it, here and in the browser."""
    from adapters import chat

    if scenario:
        os.environ["CRM_SCENARIO"] = scenario
    chat.demo(_settings(), as_, keep=keep)


@app.command()
def chat(as_: As) -> None:
    """Talk to the CRM in this terminal, or line by line from a script."""
    from adapters import chat as chatting

    chatting.chat(_settings(), as_)


@app.command()
def serve() -> None:
    """Run all that is configured: Slack, Telegram, the web chat, the clock, the courier."""
    from adapters import serve as serving

    serving.serve(_settings())


@app.command()
def parse(
    text: Annotated[str | None, typer.Argument()] = None,
    file: Annotated[
        Path | None, typer.Option(allow_dash=True, help="One sentence a line; - reads the input.")
    ] = None,
    now: Annotated[datetime | None, typer.Option(help="What counts as now (ISO 8601).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    explain: Annotated[bool, typer.Option(help="Say why it was understood so.")] = False,
) -> None:
    """Show how a sentence is understood, without touching the database."""
    from adapters import parsing

    if file is not None:
        lines = (sys.stdin if str(file) == "-" else file.open(encoding="utf-8")).read().splitlines()
    elif text is not None:
        lines = [text]
    else:
        raise typer.BadParameter("give a sentence or --file")
    for understanding in parsing.parse(_settings(), lines, now):
        if as_json:
            typer.echo(json.dumps(understanding.as_json(), ensure_ascii=False))
        else:
            parsing.show(understanding, explain=explain)


class Platform(StrEnum):
    SLACK = "slack"
    TELEGRAM = "telegram"


@app.command()
def doctor(platform: Platform) -> None:
    """Look at a platform's settings, and say what is wrong and where to put it right."""
    from adapters import doctor as doctors
    from adapters import serve as serving
    from adapters.settings import CONFIG
    from bot.words import Words

    words = Words(CONFIG / "replies")
    checks = _with_database(lambda settings, db: serving.examine(settings, db, words, platform))
    speaker = words.plain(_settings().company.language)
    for line in doctors.lines(checks, speaker):
        typer.echo(line)
    if not all(check.ok for check in checks):
        raise typer.Exit(1)


@app.command("run-job")
def run_job(name: str) -> None:
    """Run a job now, once."""
    from adapters import serve as serving

    typer.echo(serving.run_job(_settings(), name))


@app.command()
def jobs() -> None:
    """List the jobs: when each ran last, what came of it, and when it runs next."""
    from rich.console import Console
    from rich.table import Table

    from adapters import serve as serving

    table = Table("job", "when", "last run", "next run", box=None)
    for row in serving.jobs(_settings()):
        table.add_row(*row)
    Console().print(table)


@app.command()
def migrate() -> None:
    """Bring the database's schema to the newest revision."""

    async def done(settings: "Settings", db: "Database") -> None:
        typer.echo(f"{db.url.render_as_string(hide_password=True)} is up to date")

    _with_database(done)


@app.command("add-user")
def add_user(name: str, role: Annotated[str, typer.Option()] = "rep") -> None:
    """Give somebody access: rep, support, manager or admin."""
    from adapters import people
    from adapters.app import utc_now

    typer.echo(_with_database(lambda _, db: people.add(db, name, role, utc_now())))


@app.command("link-code")
def link_code(name: str) -> None:
    """Make a one-time code with which somebody links a chat account."""
    from adapters import people
    from adapters.app import utc_now

    typer.echo(_with_database(lambda _, db: people.link_code(db, name, utc_now())))


@importing.command("northwind")
def import_northwind(
    folder: Folder,
    shift_to: Annotated[
        str | None,
        typer.Option(help="`today` moves all dates so that the last order is yesterday."),
    ] = None,
) -> None:
    """Import the Northwind sample company."""
    from crm_core import imports

    _import(
        lambda settings, db, now: imports.import_northwind(
            db,
            folder,
            now=now,
            shift_to=_day(shift_to, now),
            currency=settings.company.currency,
        )
    )


@importing.command("crm-sales")
def import_crm_sales(
    folder: Folder,
    shift_to: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Import the CRM sales opportunities sample."""
    from crm_core import imports

    _import(
        lambda settings, db, now: imports.import_crm_sales(
            db,
            folder,
            now=now,
            shift_to=_day(shift_to, now),
            currency=settings.company.currency,
        )
    )


@importing.command("table")
def import_table(
    kind: Annotated[TableKind, typer.Argument()],
    file: File,
) -> None:
    """Import a CSV file of customers, contacts, products, orders or deals."""
    from crm_core import imports

    _import(
        lambda settings, db, now: imports.import_table(
            db, kind, file, now=now, user_id=None, currency=settings.company.currency
        )
    )


def _import(
    task: Callable[["Settings", "Database", datetime], Awaitable["Report"]],
) -> None:
    from adapters import reports
    from adapters.app import utc_now
    from adapters.settings import CONFIG
    from bot.words import Words
    from crm_core.errors import CrmError

    settings = _settings()
    speaker = Words(CONFIG / "replies").plain(settings.company.language)
    try:
        report = _with_database(lambda settings, db: task(settings, db, utc_now()))
    except CrmError as problem:
        typer.echo(speaker.say(f"error-{problem.reason}", **problem.data), err=True)
        raise typer.Exit(1) from None
    reports.show(report, speaker)


def _day(word: str | None, now: datetime) -> date | None:
    if word is None:
        return None
    return now.date() if word == "today" else date.fromisoformat(word)


if __name__ == "__main__":
    main()
