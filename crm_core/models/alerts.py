"""What the models say about customers, and what somebody should be told."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_core.models.base import Record, Row, vocabulary
from crm_core.models.customers import Customer
from crm_core.models.users import User


class ModelName(StrEnum):
    CHURN = "churn"
    PURCHASE = "purchase"
    VALUE = "value"
    RISK = "risk"


class FittedModel(Row):
    """A model as numbers (no code in it), with what it was fitted on and how good it was."""

    __tablename__ = "fitted_models"
    __table_args__ = (UniqueConstraint("name", "as_of"),)

    name: Mapped[ModelName] = mapped_column(vocabulary(ModelName))
    as_of: Mapped[date] = mapped_column(doc="nothing later was known to it")
    fitted_at: Mapped[datetime]
    parameters: Mapped[dict[str, Any]]
    metrics: Mapped[dict[str, Any]]


class Score(Row):
    """What one model says about one customer as of one day."""

    __tablename__ = "scores"
    __table_args__ = (
        UniqueConstraint("name", "as_of", "customer_id"),
        Index("ix_scores_highest", "name", "as_of", "value"),
    )

    name: Mapped[ModelName] = mapped_column(vocabulary(ModelName))
    as_of: Mapped[date]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    value: Mapped[float] = mapped_column(doc="a probability, or money in minor units")
    reasons: Mapped[list[Any]] = mapped_column(
        doc="features that moved it most, or the numbers it rests on"
    )

    customer: Mapped[Customer] = relationship(lazy="raise")


class AlertKind(StrEnum):
    CHURN = "churn"
    SLA = "sla"
    TASK = "task"
    DEAL = "deal"
    CAMPAIGN = "campaign"
    DIGEST = "digest"


class AlertStatus(StrEnum):
    OPEN = "open"
    CLAIMED = "claimed"
    SNOOZED = "snoozed"
    DISMISSED = "dismissed"


class AlertOutcome(StrEnum):
    """What became of a customer who was said to be leaving."""

    SAVED = "saved"
    STAYED = "stayed"
    LOST = "lost"


class Alert(Record):
    __tablename__ = "alerts"

    kind: Mapped[AlertKind] = mapped_column(vocabulary(AlertKind))
    key: Mapped[str] = mapped_column(String(200), unique=True, doc="one alert a key, ever")
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    status: Mapped[AlertStatus] = mapped_column(vocabulary(AlertStatus), default=AlertStatus.OPEN)
    raised_at: Mapped[datetime] = mapped_column(index=True)
    probability: Mapped[float | None]
    value: Mapped[int | None] = mapped_column(BigInteger, doc="money at stake, minor units")
    currency: Mapped[str | None] = mapped_column(String(3))
    reasons: Mapped[list[Any]]
    details: Mapped[dict[str, Any]] = mapped_column(
        default=dict, doc="what it was last time, and what to do"
    )
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    taken_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None] = mapped_column(doc="when nobody had taken it in time")
    snoozed_until: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(500), doc="why it was taken or dismissed")
    settles_on: Mapped[date | None] = mapped_column(
        index=True, doc="the end of the horizon of what was foretold"
    )
    outcome: Mapped[AlertOutcome | None] = mapped_column(vocabulary(AlertOutcome))
    settled_at: Mapped[datetime | None]

    customer: Mapped[Customer | None] = relationship(lazy="raise")
    taken_by: Mapped[User | None] = relationship(lazy="raise")
