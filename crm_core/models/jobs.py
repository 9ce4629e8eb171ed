"""Work that one process of many may do: scheduled runs and leases."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.models.base import Base, Row, vocabulary


class RunStatus(StrEnum):
    RUNNING = "running"
    RETRYING = "retrying"
    DONE = "done"
    FAILED = "failed"


class JobRun(Row):
    """One slot of a job: whoever inserts its row, or takes over a dead process's, may run it."""

    __tablename__ = "job_runs"
    __table_args__ = (
        UniqueConstraint("job", "slot"),
        Index("ix_job_runs_newest", "job", "due_at"),
        Index("ix_job_runs_todo", "status", "claimed_until"),
    )

    job: Mapped[str] = mapped_column(String(60))
    slot: Mapped[str] = mapped_column(String(40), doc="the moment due, or when somebody asked")
    due_at: Mapped[datetime | None] = mapped_column(doc="None where somebody asked for it")
    status: Mapped[RunStatus] = mapped_column(vocabulary(RunStatus), default=RunStatus.RUNNING)
    attempts: Mapped[int] = mapped_column(default=1, doc="a try stands only while it is the last")
    started_at: Mapped[datetime]
    claimed_until: Mapped[datetime] = mapped_column(
        doc="until then it is its process's; a failed one rests until then"
    )
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(500))


class Lease(Base):
    """Something only one process may hold, for a while."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    holder: Mapped[str] = mapped_column(String(64))
    until: Mapped[datetime]
