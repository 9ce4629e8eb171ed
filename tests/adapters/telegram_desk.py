"""A stand-in for the assistant: it keeps what it receives, and answers through the adapter."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any

from adapters.channel import Outgoing
from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.lease import Lease, SoleProcess
from adapters.telegram.menu import Menu
from adapters.telegram.pace import Pace
from adapters.telegram.settings import TelegramSettings
from bot.message import Command, Message, Place
from bot.reply import Button, Buttons, Part, Reply, Text
from tests.adapters.telegram_server import TelegramServer

NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
BRISK = Pace(seconds_per_chat=0, per_minute_in_group=10_000, per_second=10_000, rest=0.02)
"""A pace for tests of anything else."""


class Desk:
    """Receives like the inbox: known events are told apart; `troubles` fail the next ones."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.troubles: deque[Exception] = deque()
        self.tries = 0
        self._arrived = asyncio.Event()

    async def receive(self, message: Message) -> bool:
        self.tries += 1
        if self.troubles:
            raise self.troubles.popleft()
        if message.event in [known.event for known in self.messages]:
            return False
        self.messages.append(message)
        self._arrived.set()
        return True

    async def next(self, seconds: float = 3) -> Message:
        """Return the oldest message not looked at yet."""
        async with asyncio.timeout(seconds):
            while not self.messages:
                self._arrived.clear()
                await self._arrived.wait()
        return self.messages.pop(0)


def adapter_for(
    server: TelegramServer,
    *,
    lease: Lease | None = None,
    commands: Menu | None = None,
    pace: Pace = BRISK,
    patience: float = 1.0,
    **settings: Any,
) -> TelegramAdapter:
    chosen = {"token": server.token, "base_url": server.url} | settings
    return TelegramAdapter(
        TelegramSettings(**chosen), lambda: NOW, lease or SoleProcess(), commands, pace, patience
    )


@asynccontextmanager
async def running(adapter: TelegramAdapter, desk: Desk) -> AsyncIterator[TelegramAdapter]:
    await adapter.start(desk.receive)
    try:
        yield adapter
    finally:
        await adapter.stop()


keys = count(1)


def outgoing(place: Place | int, *parts: Part | str, **more: Any) -> Outgoing:
    """Make a delivery to a place, or to the chat of that number, of texts and other parts."""
    if isinstance(place, int):
        place = Place(platform="telegram", channel=str(place), direct=place > 0)
    reply = {name: more.pop(name) for name in ("private", "provenance", "brief") if name in more}
    said = [Text(text=part) if isinstance(part, str) else part for part in parts]
    chosen = {"key": f"delivery-{next(keys)}"} | more
    return Outgoing(place=place, reply=Reply(parts=said, **reply), **chosen)


def buttons(*labels: str, style: Any = "default") -> Buttons:
    """Make buttons whose tokens are `token:` and the label's number."""
    return Buttons(
        buttons=[
            Button(label=label, command=Command(intent="x"), token=f"token:{n}", style=style)
            for n, label in enumerate(labels)
        ]
    )
