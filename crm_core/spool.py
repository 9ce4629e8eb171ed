"""Events kept in files while the database is busy or away: safe before they are acknowledged.

Like a maildir: a batch of events is written aside, synced and renamed, so that a crash leaves all
of it or nothing. Its file goes when the events are in the inbox, whose unique key makes it harmless
to take them over twice. Several processes may share the folder.
"""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from uuid import uuid4


@dataclass
class _Batch:
    events: list[str] = field(default_factory=list)
    safe: bool = False


class Spool:
    """Keeps events, each a line of JSON, in the order in which they came."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._next = _Batch()
        self._writing = asyncio.Lock()
        self._numbers = count()

    @property
    def holds(self) -> bool:
        """Tell whether events wait here; what comes later must not overtake them."""
        return self._writing.locked() or any(self._files())

    async def keep(self, event: str, now: datetime) -> None:
        """Return when the event is on disk. What comes meanwhile shares the next trip there.

        Raises OSError.
        """
        batch = self._next
        batch.events.append(event)
        async with self._writing:
            if batch is self._next:
                self._next = _Batch()
                await asyncio.to_thread(self._write, batch.events, now)
                batch.safe = True
        if not batch.safe:
            raise OSError("the event could not be kept")

    def batches(self) -> Iterator[tuple[Path, list[str]]]:
        """Give what was kept, oldest first: a file, and its events."""
        for file in sorted(self._files()):
            with file.open(encoding="utf-8") as lines:
                yield file, list(lines)

    def forget(self, file: Path) -> None:
        """Drop a batch: its events are in the inbox."""
        file.unlink(missing_ok=True)

    def reject(self, file: Path) -> None:
        """Set a batch aside that the inbox will never take."""
        file.rename(file.with_suffix(".rejected"))

    def _files(self) -> Iterator[Path]:
        return self._folder.glob("*.jsonl")

    def _write(self, events: list[str], now: datetime) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{now:%Y%m%dT%H%M%S.%f}-{next(self._numbers):09}-{uuid4().hex}"
        aside = self._folder / f"{name}.new"
        with aside.open("w", encoding="utf-8") as file:
            file.writelines(f"{event}\n" for event in events)
            file.flush()
            os.fsync(file.fileno())
        aside.rename(self._folder / f"{name}.jsonl")
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
