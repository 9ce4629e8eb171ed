"""Kill the process at random points while updates arrive; then count what took effect.

`python -m tests.adapters.telegram_crash` kills it 200 times during 2,000 updates (`make crash`).
A nursery loads everything once and forks; its child is the process that is killed. The next one
begins at once, or as long after it, by its own clock, as the dead one's deliveries are spoken for.
"""

import argparse
import asyncio
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from adapters import app, people
from adapters.app import App
from adapters.channel import Adapter
from adapters.logs import configure
from adapters.settings import CONFIG, Settings
from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.lease import SoleProcess
from adapters.telegram.sender import AGAIN
from adapters.telegram.settings import TelegramSettings
from crm_core import imports, outbox, tickets, users
from crm_core.changes import Work
from crm_core.clock import Clock
from crm_core.db import Database
from crm_core.models import Customer, TicketMessage
from tests.adapters.telegram_desk import BRISK
from tests.adapters.telegram_people import Person
from tests.adapters.telegram_server import TelegramServer

PEOPLE = 50
MOST_CALLS = 14
"""A process is killed after at most so many requests to Telegram."""
QUIET = 3.0
"""Seconds after which a process is killed that asks Telegram nothing more."""
LATE = 0.5
"""How many of the processes begin after what the one before had claimed is free again."""
PATIENCE = 600.0
"""Seconds the last process has for what is left."""


def now() -> datetime:
    return datetime.now(UTC)


def ahead(seconds: float) -> Clock:
    """Return a clock that is ahead of the machine's."""
    return lambda: now() + timedelta(seconds=seconds)


@dataclass
class Outcome:
    """What became of the updates."""

    updates: int
    kills: int
    lost: int
    doubled: int
    unanswered: int
    answered_twice: int
    unmarked: int
    seconds: float

    def __str__(self) -> str:
        return (
            f"{self.updates} updates, process killed {self.kills} times: {self.lost} lost, "
            f"{self.doubled} done twice, {self.unanswered} unanswered; {self.answered_twice} "
            f"answers were shown twice (killed between Telegram's yes and our note of it), "
            f"{self.unmarked} of them unmarked; "
            f"{self.seconds:.0f} s"
        )


def nursery(url: str, token: str, database: str) -> None:
    """Fork a process for each line of the input, and say its number; children die by signal.

    A line says how many seconds the child's clock is ahead.
    """
    settings = Settings()  # type: ignore[call-arg]
    settings.database.url = database
    settings.log.level = "error"
    configure(settings.log)
    understander = app.load_understander(settings)
    app.load_understander = lambda *_: understander
    print("ready", flush=True)  # noqa: T201
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # the output is the nursery's
            asyncio.run(_serve(settings, url, token, ahead(float(line))))
            os._exit(0)
        print(child, flush=True)  # noqa: T201
        os.waitpid(child, 0)
        print("dead", flush=True)  # noqa: T201


async def _serve(settings: Settings, url: str, token: str, clock: Clock) -> None:
    def build(_app: App) -> list[Adapter]:
        chosen = TelegramSettings(token=token, base_url=url)
        return [TelegramAdapter(chosen, clock, SoleProcess(), pace=BRISK)]

    async with App(settings, build, clock).running():
        await asyncio.Event().wait()


async def _office(database: str, server: TelegramServer) -> list[Person]:
    """Make a company with one ticket, and people who may write on it."""
    db = Database(database)
    await db.migrate()
    await imports.import_northwind(
        db, CONFIG / "samples" / "northwind", now=now(), shift_to=now().date()
    )
    laura = await people.by_name(db, "laura")
    writers = [server.person(f"Person {n}") for n in range(PEOPLE)]
    async with db.begin(Work("setup", now(), laura.id)) as session:
        customer = (await session.scalars(select(Customer).limit(1))).one()
        await tickets.create(session, customer=customer, subject="crash")
        for writer in writers:
            await users.link(session, "telegram", str(server.me["id"]), str(writer.id), laura)
    await db.close()
    return writers


async def crash(updates: int, kills: int, seed: int = 1) -> Outcome:
    """Send updates, kill the process at random points meanwhile, and count."""
    chance, start = random.Random(seed), time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="crash-"))
    database = f"sqlite+aiosqlite:///{folder}/crm.db"
    async with TelegramServer() as server:
        command = [sys.executable, "-m", "tests.adapters.telegram_crash", "--nursery"]
        nurse = await asyncio.create_subprocess_exec(
            *command, server.url, server.token, database,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
        assert nurse.stdin
        assert nurse.stdout
        writers = await _office(database, server)
        assert await nurse.stdout.readline() == b"ready\n"
        sent, gone = 0, 0.0
        for life in range(kills + 1):
            if life == kills or chance.random() < LATE:
                gone += outbox.LEASE.total_seconds()
            nurse.stdin.write(f"{gone}\n".encode())
            child = int(await nurse.stdout.readline())
            share = updates * (life + 1) // (kills + 1)
            for number in range(sent, share):
                writers[number % PEOPLE].say(f"note on 1: update {number}")
            sent = share
            if life == kills:
                await server.until(lambda: len(_answers(server)) >= updates, PATIENCE)
                await asyncio.sleep(0.5)
            else:
                await _calls(server, chance.randint(1, MOST_CALLS))
                await asyncio.sleep(chance.uniform(0, 0.03))
            os.kill(child, signal.SIGKILL)
            assert await nurse.stdout.readline() == b"dead\n"
        nurse.stdin.close()
        await nurse.wait()
        outcome = await _count(database, server, updates, kills, time.monotonic() - start)
    shutil.rmtree(folder)
    return outcome


async def _calls(server: TelegramServer, count: int) -> None:
    """Wait for so many requests, or until none come."""
    wanted = len(server.calls) + count
    with suppress(TimeoutError):
        await server.until(lambda: len(server.calls) >= wanted, QUIET)


def _answers(server: TelegramServer, *, marked: bool = False) -> Counter[int]:
    """Count the answers to each update: all, or those marked as sent again."""
    said = [sent.text for sent in server.messages.values() if sent.by_bot]
    said = [text for text in said if not marked or text.startswith(AGAIN)]
    return Counter(int(found[1]) for text in said if (found := re.search(r"update (\d+)", text)))


async def _count(
    database: str, server: TelegramServer, updates: int, kills: int, seconds: float
) -> Outcome:
    db = Database(database)
    async with db.read() as session:
        done = Counter(await session.scalars(select(TicketMessage.text)))
    await db.close()
    expected = [f"update {number}" for number in range(updates)]
    assert not done.keys() - set(expected)
    answers, marked = _answers(server), _answers(server, marked=True)
    return Outcome(
        updates=updates,
        kills=kills,
        lost=sum(done[text] == 0 for text in expected),
        doubled=sum(done[text] > 1 for text in expected),
        unanswered=sum(answers[number] == 0 for number in range(updates)),
        answered_twice=sum(answers[number] > 1 for number in range(updates)),
        unmarked=sum(max(count - marked[number] - 1, 0) for number, count in answers.items()),
        seconds=seconds,
    )


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--updates", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--nursery", nargs=3, metavar=("URL", "TOKEN", "DATABASE"))
    chosen = parser.parse_args()
    if chosen.nursery:
        return nursery(*chosen.nursery)
    outcome = asyncio.run(crash(chosen.updates, chosen.kills, chosen.seed))
    print(outcome)  # noqa: T201
    sys.exit(bool(outcome.lost or outcome.doubled or outcome.unanswered or outcome.unmarked))


if __name__ == "__main__":
    main()
