"""Kill the process that polls, and time how long the other one takes to go on.

`python -m tests.adapters.telegram_takeover` does so in real time, with two processes that share a
database (`make crash`). With `--speed 20` their clocks run twenty times as fast.
"""

import argparse
import asyncio
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.pace import Pace
from adapters.telegram.settings import TelegramSettings
from bot.message import Message
from crm_core.clock import Clock
from crm_core.db import Database
from crm_core.leases import Leases
from tests.adapters.telegram_server import TelegramServer

LONGEST = 45.0
"""Seconds by the processes' clocks that nobody may poll."""
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def fast(speed: float) -> Clock:
    """Return a clock that all processes agree on."""

    def now() -> datetime:
        return EPOCH + (datetime.now(UTC) - EPOCH) * speed

    return now


async def _serve(url: str, token: str, database: str, speed: float) -> None:
    """Poll, and print each message as it is taken."""

    async def receive(message: Message) -> bool:
        sys.stdout.write(f"took {message.text}\n")
        sys.stdout.flush()
        return True

    clock = fast(speed)
    leases = Leases(Database(database), clock)
    chosen = TelegramSettings(token=token, base_url=url)
    await TelegramAdapter(chosen, clock, leases, pace=Pace(rest=1 / speed)).start(receive)
    await asyncio.Event().wait()


async def takeover(speed: float) -> tuple[timedelta, list[str]]:
    """Return how long no message was taken after the kill, and what the second process said."""
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite+aiosqlite:///{Path(folder)}/crm.db"
        db = Database(database)
        await db.migrate()
        await db.close()
        async with TelegramServer() as server:
            dana = server.person("Dana")

            async def spawn() -> asyncio.subprocess.Process:
                arguments = ["--serve", server.url, server.token, database, "--speed", str(speed)]
                return await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "tests.adapters.telegram_takeover", *arguments,
                    stdout=asyncio.subprocess.PIPE,
                )  # fmt: skip

            async def chatter() -> None:
                """Let polls end often: the lease is renewed between them."""
                while True:
                    dana.say("hello")
                    await asyncio.sleep(0.2)

            first = await spawn()
            await _line(first)
            talking = asyncio.create_task(chatter())
            second = await spawn()
            heard = [await _line(second)]
            first.kill()
            killed = fast(speed)()
            while not heard[-1].startswith("took"):
                heard.append(await _line(second))
            talking.cancel()
            passed = fast(speed)() - killed
            second.kill()
            await asyncio.gather(first.wait(), second.wait())
    return passed, heard


async def _line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout
    return (await process.stdout.readline()).decode().strip()


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speed", type=float, default=1)
    parser.add_argument("--serve", nargs=3, metavar=("URL", "TOKEN", "DATABASE"))
    chosen = parser.parse_args()
    if chosen.serve:
        return asyncio.run(_serve(*chosen.serve, chosen.speed))
    passed, heard = asyncio.run(takeover(chosen.speed))
    print(*heard, f"taken over after {passed.total_seconds():.1f} s", sep="\n")  # noqa: T201
    sys.exit(passed.total_seconds() > LONGEST)


if __name__ == "__main__":
    main()
