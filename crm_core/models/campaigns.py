"""Something offered to many customers at once, with some held back to see what it changed."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_core.models.base import Record, Row, vocabulary
from crm_core.models.customers import Customer
from crm_core.models.products import Product


class CampaignStatus(StrEnum):
    SUGGESTED = "suggested"
    APPROVED = "approved"
    RUNNING = "running"
    FINISHED = "finished"
    REJECTED = "rejected"


class Objective(StrEnum):
    WIN_BACK = "win_back"
    CROSS_SELL = "cross_sell"
    UPSELL = "upsell"
    WELCOME = "welcome"
    LOYALTY = "loyalty"


class Campaign(Record):
    __tablename__ = "campaigns"

    name: Mapped[str] = mapped_column(String(200))
    objective: Mapped[Objective] = mapped_column(vocabulary(Objective))
    status: Mapped[CampaignStatus] = mapped_column(vocabulary(CampaignStatus))
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"), doc="what is offered")
    plan: Mapped[dict[str, Any]] = mapped_column(doc="audience, expected effect, cost, power")
    reason: Mapped[str | None] = mapped_column(String(500), doc="of the one who decided")
    launched_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None] = mapped_column(doc="orders until then count")

    product: Mapped[Product | None] = relationship(lazy="raise")


class CampaignMember(Row):
    """A customer of a campaign's audience: treated, held back, or left out and why."""

    __tablename__ = "campaign_members"
    __table_args__ = (UniqueConstraint("campaign_id", "customer_id"),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    customer_id: Mapped[int] = mapped_column(
        ForeignKey("customers.id", ondelete="CASCADE"), index=True
    )
    score: Mapped[float]
    treated: Mapped[bool | None] = mapped_column(doc="drawn at the launch, and frozen")
    left_out: Mapped[str | None] = mapped_column(String(40))

    customer: Mapped[Customer] = relationship(lazy="raise")
