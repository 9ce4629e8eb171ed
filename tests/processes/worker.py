"""One of several processes on a database: it runs jobs and delivers, and may be killed."""

import asyncio
import sys
from datetime import UTC, datetime

from adapters.channel import Outgoing, Refused
from adapters.clock import Ticker
from adapters.courier import Courier
from adapters.settings import CONFIG, Settings
from bot.jobs import Shift
from bot.jobs.notices import notices
from bot.words import Words
from crm_core import alerts, notifications
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.models import AlertKind
from crm_core.notifications import Notice, Router
from crm_core.values import Money


class Pipe:
    """A platform that prints what it is given."""

    platform = "pipe"
    routes = ()

    async def start(self, receive: object) -> None: ...

    async def stop(self) -> None: ...

    async def send(self, outgoing: Outgoing) -> str:
        sys.stdout.write(f"sent {outgoing.key}\n")
        sys.stdout.flush()
        return outgoing.key

    async def fetch(self, place: object, file: object) -> bytes:
        raise Refused("no files")


async def main(url: str, speed: float) -> None:
    """Live a minute every `speed` seconds, from the moment on that the tests begin."""
    db = Database(url)
    loop = asyncio.get_running_loop()
    begun, start = datetime(2026, 3, 11, 10, tzinfo=UTC).timestamp(), loop.time()
    offset = float(sys.argv[3])

    def now() -> datetime:
        passed = (loop.time() - start + offset) / speed * 60
        return datetime.fromtimestamp(begun + passed, UTC)

    company = Settings().conversation
    words = Words(CONFIG / "replies")

    async def raises(work: Work) -> str:
        """Raise an alert a slot, and tell a channel of it."""
        async with db.begin(work) as session:
            router = await Router.load(session, company.policy)
            alert = await alerts.raise_once(
                session, work.id, kind=AlertKind.CHURN, value=Money(100, "USD")
            )
            if alert:
                draft = {"title": {"say": "notices-more", "data": {"count": alert.id}}}
                notice = Notice(work.id, AlertKind.CHURN, draft, alert_id=alert.id, urgent=True)
                await notifications.notify(session, router, [notice])
        return "raised"

    async def sends(work: Work) -> str:
        return await notices(Shift(db, words, company, work))

    jobs = {"raises": (raises, "* * * * *"), "sends": (sends, "* * * * *")}
    ticker = Ticker(db, jobs, "UTC", now)
    courier = Courier(db, [Pipe()], now)
    while True:
        await ticker.sweep()
        await courier.drain()
        await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
