"""Measure how soon Slack's events are acknowledged while another process holds the database.

python -m tests.adapters.slack_acks --events 300 --seconds 2
"""

import argparse
import asyncio
import statistics
import sys
import tempfile

import httpx
from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select

from adapters.app import App, utc_now
from adapters.channel import Adapter
from adapters.settings import Settings
from adapters.slack.adapter import SlackAdapter
from bot.glance import Glance
from crm_core import sqlite
from crm_core.models import InboxEvent

from .slack_desk import settings as slack_settings
from .slack_server import SlackServer

TARGET = 1.0
"""Seconds; Slack itself waits for three."""


async def waits(transport: str, events: int, seconds: float) -> list[float]:
    """Send events evenly while the write lock is held; return how long each one's answer took."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings()
        settings.database.url = f"sqlite+aiosqlite:///{folder}/crm.db"
        settings.http.port = 0
        async with SlackServer() as slack:

            def build(app: App) -> list[Adapter]:
                chosen = slack_settings(slack, transport=transport)
                return [SlackAdapter(chosen, utc_now, Glance(app.assistant))]

            app = App(settings, build)
            await app.db.migrate()
            async with app.running():
                if app.http:
                    slack.http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{app.http.port}")
                slack.mention("U1", "hello", "C1")  # who writes is asked once, and not measured
                await slack.posted()
                slack.waited.clear()
                other = await sqlite.connect(f"{folder}/crm.db", isolation_level=None)
                await other.execute("BEGIN IMMEDIATE")
                for _ in range(events):
                    slack.mention("U1", "hello", "C1")
                    await asyncio.sleep(seconds / events)
                await other.close()
                await slack.posted(events + 1, 120)
                async with app.db.read() as session:
                    taken_in = await session.scalar(select(func.count(InboxEvent.id)))
                assert taken_in == len(slack.posts) == events + 1
                assert set(slack.attempts.values()) == {1}
                if slack.http:
                    await slack.http.aclose()
        return sorted(slack.waited[:events])


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--events", type=int, default=300)
    arguments.add_argument("--seconds", type=float, default=2.0)
    options = arguments.parse_args()
    title = f"{options.events} events while the lock is held for {options.seconds:g} s"
    table = Table("transport", "p50 ms", "p99 ms", "longest ms", "target p99 ms", title=title)
    missed = False
    for transport in ("socket", "http"):
        took = asyncio.run(waits(transport, options.events, options.seconds))
        p99 = statistics.quantiles(took, n=100)[-1]
        missed |= p99 >= TARGET
        row = [statistics.median(took), p99, took[-1], TARGET]
        table.add_row(transport, *(f"{1000 * value:.0f}" for value in row))
    Console().print(table)
    sys.exit(missed)


if __name__ == "__main__":
    main()
