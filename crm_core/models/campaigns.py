"""Something offered to many customers at once."""

from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.models.base import Record, vocabulary


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
    plan: Mapped[dict[str, Any]] = mapped_column(doc="audience, offer, expected effect, size")
