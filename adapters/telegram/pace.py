"""How fast Telegram lets a bot write, kept per chat so that no chat holds up another.

Source: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from adapters.channel import TryLater

PATIENCE = 2.0
"""Seconds worth sleeping for; a longer wait goes back to the courier."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Telegram's limits. `rest` is the first pause after trouble; it doubles up to 30 s."""

    seconds_per_chat: float = 1.0
    per_minute_in_group: int = 20
    per_second: float = 30.0
    rest: float = 1.0


@dataclass(slots=True)
class _Window:
    """One chat's queue: whoever holds the lock writes, `sent` are the last moments."""

    sent: deque[float]
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    closed_until: float = 0.0


class Limiter:
    """Gives turns to write. `now` counts seconds from anywhere and never goes back."""

    def __init__(self, pace: Pace, now: Callable[[], float]) -> None:
        self.pace = pace
        self.now = now
        self._next = 0.0
        self._windows = defaultdict[str, _Window](
            lambda: _Window(deque(maxlen=pace.per_minute_in_group))
        )

    @asynccontextmanager
    async def alone(self, chat: str) -> AsyncIterator[None]:
        """Keep other deliveries to this chat waiting: the parts of one stay together."""
        async with self._windows[chat].lock:
            yield

    @asynccontextmanager
    async def turn(self, chat: str) -> AsyncIterator[None]:
        """Wait until one more message may go to this chat, and send it within.

        Raises TryLater when that is far off.
        """
        window = self._windows[chat]
        wait = self._free_at(chat, window) - self.now()
        if wait > PATIENCE:
            raise TryLater("rate limit", wait)
        await asyncio.sleep(max(wait, 0))
        mine = max(self._next, self.now())
        self._next = mine + 1 / self.pace.per_second
        await asyncio.sleep(mine - self.now())
        try:
            yield
        finally:
            window.sent.append(self.now())  # it may have taken a while to arrive

    def close(self, chat: str, seconds: float) -> None:
        """Send nothing to this chat for a while: Telegram said so."""
        self._windows[chat].closed_until = self.now() + seconds

    def _free_at(self, chat: str, window: _Window) -> float:
        free = window.closed_until
        if window.sent:
            free = max(free, window.sent[-1] + self.pace.seconds_per_chat)
        if is_group(chat) and len(window.sent) == window.sent.maxlen:
            free = max(free, window.sent[0] + 60)
        return free


def is_group(chat: str) -> bool:
    """Tell a group's id from a person's: Telegram numbers groups below zero."""
    return not chat.isdigit()


def seconds_of(pause: int | timedelta) -> float:
    """Return a pause that Telegram asks for in seconds."""
    return pause.total_seconds() if isinstance(pause, timedelta) else float(pause)
