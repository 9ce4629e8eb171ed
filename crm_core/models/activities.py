"""What was said and done with a customer."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_core.models.base import Record, vocabulary
from crm_core.models.customers import Contact, Customer
from crm_core.models.users import User


class ActivityKind(StrEnum):
    CALL = "call"
    EMAIL = "email"
    MEETING = "meeting"
    VISIT = "visit"
    NOTE = "note"


class Activity(Record):
    __tablename__ = "activities"

    kind: Mapped[ActivityKind] = mapped_column(vocabulary(ActivityKind))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    note: Mapped[str] = mapped_column(Text)
    happened_at: Mapped[datetime] = mapped_column(index=True)

    customer: Mapped[Customer | None] = relationship(lazy="raise")
    contact: Mapped[Contact | None] = relationship(lazy="raise")
    user: Mapped[User] = relationship(lazy="raise")
