"""Which record a row means, and what follows for it that the file does not say."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any

from crm_core.models import (
    Contact,
    Customer,
    Deal,
    Order,
    OrderStatus,
    Product,
    Record,
    Stage,
)

Values = dict[str, Any]
Found = Mapping[str, Any]  # a record as the database has it

# What tells records without a code apart; among several of one name, the e-mail address does.
IDENTITY: dict[type[Record], Sequence[str]] = {
    Customer: ["name"],
    Contact: ["customer_id", "name"],
    Product: ["name"],
    Deal: ["customer_id", "title"],
}


def name_of(model: type[Record], values: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(values.get(field) for field in IDENTITY.get(model, ()))


def alike(rows: Sequence[Found], email: str | None) -> list[Found]:
    """Choose among records of one name: the same e-mail address, else one that can be."""
    exact = [row for row in rows if row.get("email") == email]
    return exact or [row for row in rows if email is None or row.get("email") is None]


def newborn(model: type[Record], values: Values, now: datetime) -> Values:
    """Fill in what a new record must have and the file does not say."""
    if model is Order and "status" not in values:
        return {"status": OrderStatus.SHIPPED if "shipped_at" in values else OrderStatus.PENDING}
    if model is Deal:
        stage, closed = values.get("stage", Stage.PROSPECTING), values.get("close_date")
        ended = closed if closed and not Stage(stage).open else None
        opened = values.get("opened_on") or min(ended or now.date(), now.date())
        since = datetime.combine(ended or opened, time(), UTC)
        return {"stage": stage, "opened_on": opened, "stage_since": since} | values
    return {}


def following(model: type[Record], found: Found, values: Values, now: datetime) -> Values:
    """Return what changes because other values do and the file does not say."""
    if model is Deal and "stage" in values and "stage_since" not in values:
        return {"stage_since": now}
    waiting = found.get("status") in (OrderStatus.PENDING, OrderStatus.PAID)
    if model is Order and waiting and values.get("shipped_at") and "status" not in values:
        return {"status": OrderStatus.SHIPPED}
    return {}
