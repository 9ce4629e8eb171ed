"""Who bought what, when, for how much."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_core.models.base import Record, Row, vocabulary
from crm_core.models.customers import Customer
from crm_core.models.products import Product
from crm_core.models.users import User


class OrderStatus(StrEnum):
    PENDING = "pending"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class Order(Record):
    __tablename__ = "orders"
    __table_args__ = (
        # What a customer bought can be added up from the index alone.
        Index(None, "customer_id", "ordered_at", "status", "currency", "total"),
    )

    code: Mapped[str | None] = mapped_column(String(40), unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    status: Mapped[OrderStatus] = mapped_column(vocabulary(OrderStatus))
    ordered_at: Mapped[datetime] = mapped_column(index=True)
    due_at: Mapped[datetime | None] = mapped_column(doc="promised delivery")
    shipped_at: Mapped[datetime | None]
    payment_due_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    freight: Mapped[int] = mapped_column(BigInteger, default=0, doc="minor units")
    total: Mapped[int] = mapped_column(BigInteger, doc="sum of the lines, minor units")
    currency: Mapped[str] = mapped_column(String(3))

    customer: Mapped[Customer] = relationship(lazy="raise")
    owner: Mapped[User | None] = relationship(lazy="raise")
    lines: Mapped[list["OrderLine"]] = relationship(
        lazy="raise",
        back_populates="order",
        order_by="OrderLine.position",
        cascade="all, delete-orphan",
    )


class OrderLine(Row):
    __tablename__ = "order_lines"
    __table_args__ = (UniqueConstraint("order_id", "position"),)

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    position: Mapped[int]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), index=True)
    quantity: Mapped[int] = mapped_column(doc="negative on a return")
    unit_price: Mapped[int] = mapped_column(BigInteger, doc="minor units, before the discount")
    discount: Mapped[int] = mapped_column(default=0, doc="basis points: 1500 is 15 %")
    amount: Mapped[int] = mapped_column(BigInteger, doc="minor units, after the discount")

    order: Mapped[Order] = relationship(lazy="raise", back_populates="lines")
    product: Mapped[Product] = relationship(lazy="raise")
