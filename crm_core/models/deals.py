"""Sales in the making."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_core.models.base import Record, vocabulary
from crm_core.models.customers import Customer
from crm_core.models.users import User


class Stage(StrEnum):
    PROSPECTING = "prospecting"
    QUALIFIED = "qualified"
    PROPOSAL = "proposal"
    NEGOTIATION = "negotiation"
    WON = "won"
    LOST = "lost"

    @property
    def open(self) -> bool:
        """Tell whether the deal can still be won."""
        return self not in (Stage.WON, Stage.LOST)


class Deal(Record):
    __tablename__ = "deals"

    code: Mapped[str | None] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    stage: Mapped[Stage] = mapped_column(vocabulary(Stage), index=True)
    stage_since: Mapped[datetime] = mapped_column(doc="when it came to this stage")
    amount: Mapped[int | None] = mapped_column(BigInteger, doc="minor units of `currency`")
    currency: Mapped[str] = mapped_column(String(3))
    opened_on: Mapped[date]
    close_date: Mapped[date | None] = mapped_column(index=True, doc="expected, or when it closed")
    reason: Mapped[str | None] = mapped_column(String(500), doc="why it was moved last")

    customer: Mapped[Customer | None] = relationship(lazy="raise")
    owner: Mapped[User | None] = relationship(lazy="raise")
