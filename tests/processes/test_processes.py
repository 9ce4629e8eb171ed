"""Three real processes on one PostgreSQL, killed at random: every slot and alert once."""

import asyncio
import itertools
import os
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from crm_core import subscriptions
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.models import (
    Alert,
    AlertKind,
    Delivery,
    JobRun,
    Notification,
    NotificationStatus,
    OutboxStatus,
    RunStatus,
)
from crm_core.receivers import Address
from crm_core.subscriptions import Wish
from tests.processes.worker import ALERTS, BEGIN

WORKER = Path(__file__).with_name("worker.py")
CHANNELS = ("#sales", "#managers")
SPEED = 2.0
"""Seconds for a minute: a lease is over in four."""
SECONDS = float(os.environ.get("CRM_CHAOS_SECONDS", "10"))
"""How long there is killing, once all three are there."""


class Company:
    """Three processes, and what they have printed."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.begun = time.monotonic()
        self.living: list[asyncio.subprocess.Process] = []
        self.sent: Counter[str] = Counter()
        self.ready: set[int] = set()
        self.kills = 0
        self._listening: list[asyncio.Task[None]] = []

    @property
    def now(self) -> datetime:
        return BEGIN + timedelta(minutes=(time.monotonic() - self.begun) / SPEED)

    async def spawn(self) -> None:
        url = self.db.url.render_as_string(hide_password=False)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(WORKER), url, str(SPEED), str(self.begun)),
            stdout=asyncio.subprocess.PIPE,
            cwd=Path.cwd(),
        )
        self.living.append(process)
        self._listening.append(asyncio.create_task(self._hear(process)))

    async def _hear(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout
        async for line in process.stdout:
            word, _, key = line.decode().strip().partition(" ")
            if word == "here":
                self.ready.add(process.pid)
            else:
                self.sent[key] += 1

    async def kill(self, number: int) -> None:
        victim = self.living.pop(number)
        self.ready.discard(victim.pid)
        victim.kill()
        await victim.wait()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        for _ in range(3):
            await self.spawn()
        try:
            await self.until_ready(3)
            yield
        finally:
            while self.living:
                await self.kill(0)
            await asyncio.gather(*self._listening)

    async def until_ready(self, count: int) -> None:
        """Wait until so many processes are at work."""

        async def enough() -> bool:
            return len(self.ready) >= count

        await until(enough)

    async def quiet_since(self, moment: datetime) -> bool:
        """Tell whether all that was begun before a moment is done and delivered."""
        open_ = (
            select(func.count(JobRun.id)).where(
                JobRun.due_at < moment, JobRun.status != RunStatus.DONE
            ),
            select(func.count(Notification.id)).where(
                Notification.created_at < moment, Notification.status != NotificationStatus.SENT
            ),
            select(func.count(Delivery.id)).where(
                Delivery.created_at < moment, Delivery.status != OutboxStatus.SENT
            ),
        )
        async with self.db.read() as session:
            return not any([await session.scalar(query) for query in open_])


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something, and fail where it does not come."""
    for _ in range(600):
        if await condition():
            return
        await asyncio.sleep(0.1)
    raise TimeoutError


async def test_killed_at_random_nothing_is_lost_or_done_twice(postgres_db: Database) -> None:
    db, dice = postgres_db, random.Random(0)
    async with db.begin(Work("setup", BEGIN)) as session:
        for channel in CHANNELS:
            place = Address("pipe", "", channel)
            await subscriptions.subscribe(session, AlertKind.CHURN, place, None, Wish())
    company = Company(db)
    async with company.running():
        first = company.now
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            await asyncio.sleep(dice.uniform(0.2, 2.5))
            await company.until_ready(2)  # one is left to go on
            await company.kill(dice.randrange(3))
            company.kills += 1
            await company.spawn()
        last = company.now
        await until(lambda: company.quiet_since(last))
        late = company.now  # what was due before and begun late has been told by now
        await until(lambda: company.quiet_since(late))
        async with db.read() as session:
            runs = (await session.scalars(select(JobRun).where(JobRun.due_at < last))).all()
            raised = Counter(await session.scalars(select(Alert.key)))
            told = (await session.scalars(select(Notification))).all()
            parcels = (await session.scalars(select(Delivery))).all()
    for job in ("raises", "sends"):
        slots = sorted(run.due_at for run in runs if run.job == job and run.due_at)
        minutes = {later - earlier for earlier, later in itertools.pairwise(slots)}
        assert minutes == {timedelta(minutes=1)}, slots
        assert slots[0] <= first + timedelta(minutes=1)
        assert slots[-1] >= last - timedelta(minutes=2)
    done = [run.slot for run in runs if run.job == "raises"]
    for slot in done:
        for number in range(ALERTS):
            key = f"job:raises:{slot}:{number}"
            assert raised[key] == 1, key
            mine = [one for one in told if one.key.startswith(f"{key}>")]
            assert sorted(one.channel for one in mine) == sorted(CHANNELS), key
            assert len({one.delivery_id for one in mine}) == len(CHANNELS)
    delivered = [parcel.key for parcel in parcels if parcel.created_at < last]
    again = sum(company.sent[key] - 1 for key in delivered)
    assert all(company.sent[key] for key in delivered)
    # Who is killed between the platform's yes and the note of it leaves one a channel to repeat.
    assert again <= company.kills * len(CHANNELS)
    takeovers = sum(run.attempts - 1 for run in runs)
    sys.stdout.write(
        f"{company.kills} kills, {len(done)} slots, {takeovers} taken over, "
        f"{len(delivered)} deliveries, {again} of them shown twice\n"
    )
