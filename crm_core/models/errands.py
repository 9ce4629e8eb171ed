"""Work that a message asks for and that takes too long for its transaction."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.models.base import Row, vocabulary


class ErrandStatus(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class Errand(Row):
    """Something to be done after its message, whose outcome is told where the message was said."""

    __tablename__ = "errands"
    __table_args__ = (Index("ix_errands_todo", "status", "id"),)

    kind: Mapped[str] = mapped_column(String(60))
    arguments: Mapped[dict[str, Any]]
    event_id: Mapped[int] = mapped_column(ForeignKey("inbox.id"), doc="the message that asked")
    status: Mapped[ErrandStatus] = mapped_column(
        vocabulary(ErrandStatus), default=ErrandStatus.WAITING
    )
    created_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(String(32), doc="the short id in the log")
