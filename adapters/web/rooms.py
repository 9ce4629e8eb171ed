"""What was said in each channel lately, and who listens."""

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

KEPT = 200
"""Messages a channel shows to somebody who opens it."""


@dataclass
class Entry:
    """One message shown in a channel. `only` names the one listener who may see it."""

    id: str
    channel: str
    html: str
    only: str | None = None

    def event(self) -> dict[str, Any]:
        return {"kind": "entry", "id": self.id, "channel": self.channel, "html": self.html}


@dataclass(eq=False)
class Listener:
    """One open page: who looks at it, and what it has yet to show."""

    sender: str
    channels: frozenset[str]
    queue: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)

    def may_see(self, entry: Entry) -> bool:
        return entry.channel in self.channels and entry.only in (None, self.sender)


class Rooms:
    """All channels of the web chat."""

    def __init__(self) -> None:
        self._entries: dict[str, deque[Entry]] = defaultdict(lambda: deque(maxlen=KEPT))
        self._listeners: set[Listener] = set()

    def join(self, listener: Listener) -> list[Entry]:
        """Begin to listen; return what there is to see already, oldest first."""
        self._listeners.add(listener)
        return [
            entry
            for channel in sorted(listener.channels)
            for entry in self._entries[channel]
            if listener.may_see(entry)
        ]

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)

    def post(self, entry: Entry) -> None:
        """Show an entry to all who may see it; one with a known id takes the old one's place."""
        entries = self._entries[entry.channel]
        for position, old in enumerate(entries):
            if old.id == entry.id:
                entries[position] = entry
                break
        else:
            entries.append(entry)
        for listener in self._listeners:
            if listener.may_see(entry):
                listener.queue.put_nowait(entry.event())
