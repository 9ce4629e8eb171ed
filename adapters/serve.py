"""All that is configured, in one process."""

import asyncio
import signal
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import structlog

from adapters.app import App, utc_now
from adapters.channel import Adapter
from adapters.doctor import Check
from adapters.logs import configure
from adapters.settings import Settings
from adapters.telegram.settings import TelegramSettings
from bot.glance import Glance
from bot.intent import registry
from bot.introducing import introduce
from bot.words import Words
from crm_core import chats, runs
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.leases import Leases

log = structlog.get_logger()


def serve(settings: Settings) -> None:
    """Run until told to stop."""
    configure(settings.log)

    async def run() -> None:
        app = App(settings, lambda app: list(_adapters(app)))
        await app.db.migrate()
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stopped.set)
        async with app.running():
            log.info("running", adapters=[adapter.platform for adapter in app.adapters])
            await stopped.wait()

    asyncio.run(run())


def _adapters(app: App) -> Iterator[Adapter]:
    """Build the adapters that are configured; say which are off and why."""
    settings, db, words = app.settings, app.db, app.words
    if settings.web.enabled:
        from adapters.web.adapter import WebChat

        yield WebChat(db, words, utc_now, Glance(app.assistant))
    if settings.slack:
        from adapters.slack.adapter import SlackAdapter

        yield SlackAdapter(settings.slack, utc_now, Glance(app.assistant), db)
    else:
        log.info("slack is off", reason="CRM_SLACK__BOT_TOKEN or CRM_SLACK__CLIENT_ID is not set")
    if settings.telegram:
        yield _telegram(app, settings.telegram)
    else:
        log.info("telegram is off", reason="CRM_TELEGRAM__TOKEN is not set")
    if settings.mail:
        from adapters.mail.adapter import MailAdapter

        yield MailAdapter(settings.mail, db, utc_now)
    else:
        log.info("mail is off", reason="CRM_MAIL__HOST is not set")


def _telegram(app: App, settings: TelegramSettings) -> Adapter:
    from adapters.telegram.adapter import TelegramAdapter
    from adapters.telegram.moves import Moves
    from adapters.telegram.topics import Topics

    async def moved(old: str, new: str) -> None:
        async with app.db.begin(Work("chat", app.clock())) as session:
            await chats.move(session, TelegramAdapter.platform, old, new)

    leases, group = Leases(app.db, app.clock), settings.topics_in
    shown = partial(introduce, app.assistant)
    return TelegramAdapter(
        settings,
        app.clock,
        leases,
        menu(app.words),
        glance=Glance(app.assistant),
        topics=Topics(app.db, leases, app.clock, group, shown) if group else None,
        moves=Moves(moved),
    )


MENU = (
    "help.show",
    "customer.show",
    "customer.find",
    "customer.history",
    "deal.list",
    "deal.move",
    "deal.create",
    "deal.pipeline",
    "order.show",
    "activity.log",
    "task.create",
    "task.list",
    "task.complete",
    "ticket.list",
    "ticket.create",
    "ticket.show",
    "ticket.assign",
    "ticket.resolve",
    "churn.list",
    "change.undo",
)
"""The intents that a chat's menu offers: those used most. All others work by their name too."""


def menu(words: Words) -> dict[str, list[tuple[str, str]]]:
    """Return a chat's menu in every language: the intents by name, each with what it does."""
    return {
        language: [
            (name.replace(".", "_"), words.plain(language).say(registry[name].label))
            for name in MENU
        ]
        for language in words.languages
    }


async def examine(settings: Settings, db: Database, words: Words, platform: str) -> list[Check]:
    """Look at a platform's settings."""
    from adapters.slack.doctor import examine as examine_slack
    from adapters.telegram.doctor import examine as examine_telegram

    if platform == "slack":
        return await examine_slack(settings.slack, await _slack_tokens(settings, db))
    telegram = settings.telegram
    lease = telegram.lease if telegram else ""
    polled_here = await Leases(db, utc_now).is_held(lease)
    return await examine_telegram(telegram, menu(words), polled_here=polled_here)


async def _slack_tokens(settings: Settings, db: Database) -> list[str]:
    """Return the tokens of the workspaces that installed the app."""
    from adapters.slack.installs import ManyWorkspaces
    from adapters.slack.logs import make_logger

    if settings.slack is None or not settings.slack.client_id:
        return []
    installs = ManyWorkspaces(settings.slack, db, utc_now, make_logger())
    await installs.start()
    await installs.stop()
    return [bot.bot_token for bot in await installs.bots()]


def run_job(settings: Settings, name: str) -> str:
    """Run a job now, in a slot of its own; what it posts waits in the outbox for `crm serve`."""
    configure(settings.log)

    async def run() -> str:
        app = App(settings, lambda _app: [])
        await app.db.migrate()
        try:
            return await app.ticker.run(name, f"now {utc_now():%Y-%m-%dT%H:%M:%S.%f}") or ""
        finally:
            await app.db.close()

    return asyncio.run(run())


def jobs(settings: Settings) -> list[tuple[str, str, str, str]]:
    """Return per job its cron fields, when it ran last with what came of it, and runs next."""
    configure(settings.log.model_copy(update={"level": "error"}))

    async def read() -> list[tuple[str, str, str, str]]:
        app = App(settings, lambda _app: [])
        await app.db.migrate()
        async with app.db.read() as session:
            newest = await runs.newest(session)
        await app.db.close()
        zone, now = ZoneInfo(settings.company.timezone), utc_now()

        def local(moment: datetime | None) -> str:
            return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else "-"

        rows = []
        for name, plan in app.ticker.plans.items():
            run = newest.get(name)
            last = f"{local(run.started_at)} {run.status}: {run.outcome or ''}" if run else "-"
            due = plan.timetable.next(now) if plan.timetable else None
            rows.append((name, getattr(settings.jobs, name), last, local(due)))
        return rows

    return asyncio.run(read())
