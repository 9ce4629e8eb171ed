"""Scheduled work, one file a job. A job is told when it is, and commits what it did at once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.company import Company
from bot.words import Words
from crm_core.changes import Work
from crm_core.db import Database


@dataclass(frozen=True)
class Shift:
    """What a job is given: the data, the words, and the moment."""

    db: Database
    words: Words
    company: Company
    work: Work

    @property
    def now(self) -> datetime:
        return self.work.now


Job = Callable[[Shift], Awaitable[str]]
"""Does one run and returns in a few words what came of it."""
