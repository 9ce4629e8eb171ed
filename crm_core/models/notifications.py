"""Who wants to be told what, and what each of them was told."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_core.models.alerts import Alert, AlertKind
from crm_core.models.base import Record, Row, vocabulary
from crm_core.models.chat import Delivery
from crm_core.models.customers import Segment
from crm_core.models.users import User


class Subscription(Record):
    """Somebody, or a channel, who wants one kind of alert, or who no longer does."""

    __tablename__ = "subscriptions"
    __table_args__ = (
        UniqueConstraint("kind", "platform", "workspace", "channel", "owner_id", "segment"),
    )

    kind: Mapped[AlertKind] = mapped_column(vocabulary(AlertKind))
    platform: Mapped[str] = mapped_column(String(20))
    workspace: Mapped[str] = mapped_column(String(100), default="")
    channel: Mapped[str] = mapped_column(String(100))
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id"), doc="the person told directly; None: a channel"
    )
    owner_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id"), doc="only what concerns this owner's customers"
    )
    segment: Mapped[Segment | None] = mapped_column(vocabulary(Segment))
    least: Mapped[int | None] = mapped_column(BigInteger, doc="only from so much on, minor units")
    currency: Mapped[str | None] = mapped_column(String(3), doc="of `least`")
    schedule: Mapped[dict[str, Any] | None] = mapped_column(doc="cron fields; None: at once")
    wanted: Mapped[bool] = mapped_column(default=True, doc="False: not even by default")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    @property
    def label(self) -> str:
        return f"{self.kind} {self.channel}"


class NotificationStatus(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    DROPPED = "dropped"


class Notification(Row):
    """One thing that one receiver is to be told once. With its delivery it is the log."""

    __tablename__ = "notifications"
    __table_args__ = (
        Index("ix_notifications_todo", "status", "due_at"),
        Index("ix_notifications_receiver", "platform", "workspace", "channel", "sent_at"),
    )

    key: Mapped[str] = mapped_column(String(300), unique=True, doc="once a receiver, ever")
    kind: Mapped[AlertKind | None] = mapped_column(
        vocabulary(AlertKind), doc="None: it concerns the receiver only"
    )
    platform: Mapped[str] = mapped_column(String(20))
    workspace: Mapped[str] = mapped_column(String(100))
    channel: Mapped[str] = mapped_column(String(100))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    subscription_id: Mapped[int | None] = mapped_column(
        ForeignKey("subscriptions.id", ondelete="SET NULL")
    )
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"), index=True)
    value: Mapped[int] = mapped_column(BigInteger, default=0, doc="the most valuable comes first")
    urgent: Mapped[bool] = mapped_column(default=False, doc="neither quiet hours nor cap hold it")
    draft: Mapped[dict[str, Any]] = mapped_column(doc="what to say, in no language yet")
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    over: Mapped[bool] = mapped_column(default=False, doc="over the cap: goes with others as one")
    status: Mapped[NotificationStatus] = mapped_column(
        vocabulary(NotificationStatus), default=NotificationStatus.WAITING
    )
    sent_at: Mapped[datetime | None]
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))
    problem: Mapped[str | None] = mapped_column(String(100), doc="why it was dropped")

    user: Mapped[User | None] = relationship(lazy="raise")
    subscription: Mapped[Subscription | None] = relationship(lazy="raise")
    alert: Mapped[Alert | None] = relationship(lazy="raise")
    delivery: Mapped[Delivery | None] = relationship(lazy="raise")
