"""How long a message takes, from `receive` to the adapter's `send`, and how long start-up takes.

In process, on the Northwind sample, with the real assistant, SQLite file, both boxes and courier.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

from rich.console import Console
from rich.table import Table

from adapters.app import App, utc_now
from adapters.channel import Outgoing
from adapters.people import by_name, link
from adapters.settings import CONFIG, Settings
from adapters.terminal import Terminal
from bot.message import Message, Place
from crm_core import imports

SENTENCES = [
    "what's going on with alfreds",
    "whats up w/ ernst handl",
    "bolido orders last year",
    "where is order 10248",
    "how much is chai",
    "customers in Berlin",
    "new deal for alfreds worth 50k closing next month",
    "move it to negotiation",
    "deals over 40k",
    "log a call with Maria Anders: wants annual pricing, follow up next Tuesday 10am",
    "what's on my plate today",
    "undo",
    "查一下 bolido 的情况",
    "德国的客户有哪些",
    "zzqx plumbing?",
    "tell me a joke about penguins",
]


class Ear(Terminal):
    """An adapter that only notes when the answer came."""

    platform = "bench"

    def __init__(self) -> None:
        super().__init__(Console(quiet=True), utc_now)
        self.answered = asyncio.Event()

    async def send(self, outgoing: Outgoing) -> str:
        self.answered.set()
        return outgoing.key


async def milliseconds(count: int, folder: Path) -> list[float]:
    """Send `count` messages, one after the other; return how long each took."""
    settings = Settings()
    settings.database.url = f"sqlite+aiosqlite:///{folder}/bench.db"
    settings.web.enabled = False
    ear = Ear()
    app = App(settings, lambda _app: [ear])
    await app.db.migrate()
    now = datetime.now(UTC)
    sample = CONFIG / "samples" / "northwind"
    await imports.import_northwind(app.db, sample, now=now, shift_to=now.date())
    sender = await link(app.db, "bench", await by_name(app.db, "nancy"), now)
    taken = []
    async with app.running():
        for number, text in zip(range(count), cycle(SENTENCES), strict=False):
            ear.answered.clear()
            start = time.perf_counter()
            await app.assistant.receive(
                Message(
                    event=str(number),
                    place=Place(platform="bench", channel=sender, direct=True),
                    sender=sender,
                    text=text,
                    at=now,
                )
            )
            await ear.answered.wait()
            taken.append((time.perf_counter() - start) * 1000)
    return taken[len(SENTENCES) :]  # the first round fills the caches


def seconds(*command: str, given: str = "") -> float:
    """Run a command three times; return the quickest, in seconds."""
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run(command, input=given, text=True, capture_output=True, check=True)
        best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--messages", type=int, default=400)
    arguments.add_argument("--json", type=Path)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        taken = asyncio.run(milliseconds(options.messages, Path(folder)))
    crm = str(Path(sys.executable).with_name("crm"))
    figures = {
        "message in, reply out: p50 ms": (statistics.median(taken), None),
        "message in, reply out: p95 ms": (statistics.quantiles(taken, n=20)[-1], 30),
        "crm --help: s": (seconds(crm, "--help"), 0.4),
        "crm parse to the answer: s": (seconds(crm, "parse", "show alfreds"), 3),
    }
    table = Table("", "ours", "target", title="Northwind, SQLite, one message at a time")
    for name, (ours, target) in figures.items():
        table.add_row(name, f"{ours:.2f}", "" if target is None else f"≤ {target}")
    Console().print(table)
    if options.json:
        rows = {name: {"ours": ours, "target": target} for name, (ours, target) in figures.items()}
        options.json.write_text(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
