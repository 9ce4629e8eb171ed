"""The audit trail: every write of a record, with what it was before."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.models.base import Id, Row, vocabulary


class ChangeKind(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    ERASED = "erased"
    """Personal data is gone for good: from the log too, which keeps only that it was done."""


class Change(Row):
    __tablename__ = "changes"
    __table_args__ = (Index("ix_changes_record", "noun", "record_id"),)

    at: Mapped[datetime] = mapped_column(index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    work: Mapped[str] = mapped_column(
        String(200), index=True, doc="the message, job or import that did it"
    )
    kind: Mapped[ChangeKind] = mapped_column(vocabulary(ChangeKind))
    noun: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int] = mapped_column(Id)
    version: Mapped[int] = mapped_column(doc="the record's, once written")
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    undone_by: Mapped[str | None] = mapped_column(String(200), doc="the work that took it back")
