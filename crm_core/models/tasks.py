"""What somebody has promised to do."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_core.models.base import Record
from crm_core.models.customers import Customer
from crm_core.models.users import User


class Task(Record):
    __tablename__ = "tasks"

    title: Mapped[str] = mapped_column(String(500))
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    due_on: Mapped[date | None] = mapped_column(index=True, doc="the owner's calendar day")
    due_at: Mapped[datetime | None] = mapped_column(doc="only where a time of day was said")
    done_at: Mapped[datetime | None] = mapped_column(index=True)

    owner: Mapped[User] = relationship(lazy="raise")
    customer: Mapped[Customer | None] = relationship(lazy="raise")
