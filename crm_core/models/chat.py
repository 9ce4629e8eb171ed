"""The conversation's memory and the two post boxes that make a message happen exactly once."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.models.base import Base, Row, vocabulary


class Conversation(Row):
    """One person in one place: the open question, and what was shown last."""

    __tablename__ = "conversations"
    __table_args__ = (UniqueConstraint("platform", "workspace", "channel", "thread", "sender"),)

    platform: Mapped[str] = mapped_column(String(20))
    workspace: Mapped[str] = mapped_column(String(100))
    channel: Mapped[str] = mapped_column(String(100))
    thread: Mapped[str] = mapped_column(String(100), default="")
    sender: Mapped[str] = mapped_column(String(100))
    state: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime]


class StoredCommand(Base):
    """What a button does. Chats carry only the token."""

    __tablename__ = "commands"

    token: Mapped[str] = mapped_column(String(32), primary_key=True)
    intent: Mapped[str] = mapped_column(String(60))
    slots: Mapped[dict[str, Any]]
    choice_of: Mapped[int | None] = mapped_column(
        ForeignKey("conversations.id"), doc="a choice answers a question of this conversation only"
    )
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    once: Mapped[bool] = mapped_column(default=False, doc="a second press does nothing")
    used_at: Mapped[datetime | None]


class InboxStatus(StrEnum):
    NEW = "new"
    DONE = "done"
    FAILED = "failed"


class InboxEvent(Row):
    """An event as it came, kept before it is acknowledged."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("platform", "workspace", "event"),
        Index("ix_inbox_todo", "status", "id"),
        Index("ix_inbox_said", "said"),
    )

    platform: Mapped[str] = mapped_column(String(20))
    workspace: Mapped[str] = mapped_column(String(100))
    event: Mapped[str] = mapped_column(String(200), doc="the platform's id of the event")
    said: Mapped[str | None] = mapped_column(
        String(200), doc="the platform's id of what was said, which an edit names"
    )
    message: Mapped[dict[str, Any]]
    status: Mapped[InboxStatus] = mapped_column(vocabulary(InboxStatus), default=InboxStatus.NEW)
    attempts: Mapped[int] = mapped_column(
        default=0, doc="how often a process began with it and may have died of it"
    )
    received_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(String(32), doc="the short id in the log")


class OutboxStatus(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    PARKED = "parked"


class Delivery(Row):
    """A reply or an alert on its way. It stays queued until the platform has taken it."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_todo", "status", "not_before"),
        Index("ix_outbox_thread", "platform", "thread"),
        Index("ix_outbox_reference", "platform", "reference"),
    )

    key: Mapped[str] = mapped_column(String(200), unique=True, doc="one delivery a key, ever")
    platform: Mapped[str] = mapped_column(String(20))
    workspace: Mapped[str] = mapped_column(String(100))
    channel: Mapped[str] = mapped_column(String(320), doc="a chat, or an e-mail address")
    thread: Mapped[str] = mapped_column(String(100), default="")
    recipient: Mapped[str | None] = mapped_column(
        String(100), doc="who alone may see it, in a shared channel"
    )
    replaces: Mapped[str | None] = mapped_column(
        String(200), doc="the platform's message to update in place"
    )
    answers: Mapped[str | None] = mapped_column(
        String(200), doc="the platform's id of the event that this answers"
    )
    reply: Mapped[dict[str, Any]]
    about: Mapped[dict[str, Any] | None] = mapped_column(
        doc="what it leaves to be spoken of, which an answer to it means"
    )
    status: Mapped[OutboxStatus] = mapped_column(
        vocabulary(OutboxStatus), default=OutboxStatus.QUEUED
    )
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    unsure: Mapped[bool] = mapped_column(
        default=False, doc="an attempt's outcome is unknown: it may have arrived"
    )
    sent_at: Mapped[datetime | None]
    reference: Mapped[str | None] = mapped_column(
        String(200), doc="the platform's id of the message sent"
    )
    problem: Mapped[str | None] = mapped_column(String(500))
