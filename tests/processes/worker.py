"""One of several processes on a database: it runs jobs and delivers, and may be killed at any time.

Arguments: the database, seconds for a minute, and the moment at which the tests began, in seconds
of this machine's monotonic clock.
"""

import asyncio
import sys
import time
from datetime import UTC, datetime, timedelta

from adapters.channel import Outgoing, Refused
from adapters.clock import Ticker
from adapters.courier import Courier
from adapters.settings import CONFIG, Settings
from bot.jobs import Shift
from bot.jobs.notices import notices
from bot.notices import Draft, phrase
from bot.words import Words
from crm_core import alerts, notifications
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.models import AlertKind
from crm_core.receivers import Notice, Router
from crm_core.values import Money

BEGIN = datetime(2026, 3, 11, 10, tzinfo=UTC)
ALERTS, BATCH = 12, 4
"""Alerts raised by a run, and in one transaction of it."""


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Pipe:
    """A platform that prints what it is given."""

    platform = "pipe"
    routes = ()

    async def start(self, receive: object) -> None: ...

    async def stop(self) -> None: ...

    async def send(self, outgoing: Outgoing) -> str:
        say(f"sent {outgoing.key}")
        return outgoing.key

    async def fetch(self, place: object, file: object) -> bytes:
        raise Refused("no files")


async def main(url: str, speed: float, begun: float) -> None:
    """Live until killed."""
    db = Database(url)

    def now() -> datetime:
        return BEGIN + timedelta(minutes=(time.monotonic() - begun) / speed)

    company = Settings().conversation
    words = Words(CONFIG / "replies")

    async def raises(work: Work) -> str:
        """Raise some alerts, and tell two channels of each."""
        for start in range(0, ALERTS, BATCH):
            async with db.begin(work) as session:
                router = await Router.load(session, company.policy)
                for number in range(start, start + BATCH):
                    key = f"{work.id}:{number}"
                    alert = await alerts.raise_once(
                        session, key, kind=AlertKind.CHURN, value=Money(100, "USD")
                    )
                    if alert:
                        draft = Draft(title=phrase("notices-more", count=alert.id)).plain()
                        notice = Notice(key, AlertKind.CHURN, draft, alert_id=alert.id, urgent=True)
                        await notifications.notify(session, router, [notice])
            await asyncio.sleep(0.02)  # so that it is caught in the middle
        return "raised"

    async def sends(work: Work) -> str:
        return await notices(Shift(db, words, company, work))

    jobs = {"raises": (raises, "* * * * *"), "sends": (sends, "* * * * *")}
    ticker = Ticker(db, jobs, "UTC", now)
    courier = Courier(db, [Pipe()], now)
    say("here")
    while True:
        await ticker.sweep()
        await courier.drain()
        await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3])))
