"""What a customer needs help with."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_core.models.base import Record, Row, vocabulary
from crm_core.models.customers import Customer
from crm_core.models.orders import Order
from crm_core.models.users import User


class Priority(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class TicketStatus(StrEnum):
    OPEN = "open"
    PENDING = "pending"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Visibility(StrEnum):
    """Who reads a message on a ticket."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CUSTOMER = "customer"
    """Said by the customer; the author is who wrote it down."""


class Ticket(Record):
    __tablename__ = "tickets"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    subject: Mapped[str] = mapped_column(String(500))
    priority: Mapped[Priority] = mapped_column(vocabulary(Priority), default=Priority.NORMAL)
    status: Mapped[TicketStatus] = mapped_column(
        vocabulary(TicketStatus), default=TicketStatus.OPEN, index=True
    )
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(index=True)
    first_response_at: Mapped[datetime | None] = mapped_column(doc="first message to the customer")
    snoozed_until: Mapped[datetime | None] = mapped_column(doc="a snoozed one is open again then")
    resolved_at: Mapped[datetime | None]
    resolution: Mapped[str | None] = mapped_column(Text)
    satisfaction: Mapped[int | None] = mapped_column(doc="1 to 5, the customer's rating")
    satisfaction_comment: Mapped[str | None] = mapped_column(Text)

    customer: Mapped[Customer] = relationship(lazy="raise")
    order: Mapped[Order | None] = relationship(lazy="raise")
    assignee: Mapped[User | None] = relationship(lazy="raise")


class TicketMessage(Record):
    """Something said on a ticket: to the customer, by the customer, or among colleagues."""

    __tablename__ = "ticket_messages"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    visibility: Mapped[Visibility] = mapped_column(vocabulary(Visibility))
    text: Mapped[str] = mapped_column(Text)
    said_at: Mapped[datetime]

    ticket: Mapped[Ticket] = relationship(lazy="raise")
    author: Mapped[User] = relationship(lazy="raise")
    files: Mapped[list["TicketFile"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="TicketFile.id"
    )

    @property
    def label(self) -> str:
        return f"#{self.ticket_id}"


class TicketFile(Row):
    """A file that came with a message on a ticket, or went out with it."""

    __tablename__ = "ticket_files"

    message_id: Mapped[int] = mapped_column(ForeignKey("ticket_messages.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("files.id"))
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))


class TicketTopic(Row):
    """A place of its own that a ticket has in a chat."""

    __tablename__ = "ticket_topics"
    __table_args__ = (
        UniqueConstraint("ticket_id", "channel"),
        UniqueConstraint("platform", "channel", "thread"),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    platform: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(100))
    thread: Mapped[str] = mapped_column(String(100))
    subject: Mapped[str] = mapped_column(String(500), doc="what the topic is called after")
    closed: Mapped[bool]
