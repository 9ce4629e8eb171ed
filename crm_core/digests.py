"""What changed in a time, for a digest: figures of the company, counted where they are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_core.access import Actor
from crm_core.models import Alert, AlertKind, AlertStatus, Change, ChangeKind, Deal, Order, Stage
from crm_core.orders import sold
from crm_core.values import Money, Period, midnight


class Moves(NamedTuple):
    """How many deals came to a stage, and what those of one currency are worth together."""

    stage: Stage
    deals: int
    worth: Money | None


@dataclass(frozen=True, slots=True)
class Revenue:
    """What came in a day, and in the time before of the same length."""

    days: list[tuple[date, int]]
    before: int
    currency: str

    @property
    def total(self) -> int:
        return sum(money for _, money in self.days)


async def moves(
    session: AsyncSession, actor: Actor, since: datetime, until: datetime
) -> list[Moves]:
    """Return which stages deals came to and still are in, in the order of selling."""
    query = select(Change).where(
        Change.noun == Deal.noun(),
        Change.kind == ChangeKind.UPDATED,
        Change.at >= since,
        Change.at < until,
        Change.undone_by.is_(None),
        Change.work.not_like("import:%"),
    )
    ids = {one.record_id for one in await session.scalars(query) if "stage" in one.after}
    deals = select(Deal).where(Deal.id.in_(ids), Deal.stage_since >= since)
    found = (await session.scalars(actor.limit(deals, Deal))).all()
    return [
        Moves(stage, len(there), _sum(there))
        for stage in Stage
        if (there := [deal for deal in found if deal.stage is stage])
    ]


def _sum(deals: Sequence[Deal]) -> Money | None:
    currencies = {deal.currency for deal in deals}
    if len(currencies) > 1:
        return None
    return Money(sum(deal.amount or 0 for deal in deals), currencies.pop())


async def new_alerts(session: AsyncSession, since: datetime, until: datetime) -> tuple[int, int]:
    """Return how many churn alerts were raised, and how many of them nobody has taken."""
    query = (
        select(Alert.status, func.count())
        .where(Alert.kind == AlertKind.CHURN, Alert.raised_at >= since, Alert.raised_at < until)
        .group_by(Alert.status)
    )
    counts: dict[AlertStatus, int] = {row[0]: row[1] for row in await session.execute(query)}
    return sum(counts.values()), counts.get(AlertStatus.OPEN, 0)


async def revenue(
    session: AsyncSession, actor: Actor, period: Period, zone: ZoneInfo, currency: str
) -> Revenue:
    """Return what each day of a period brought, and all of the time before it as long."""
    length = period.end - period.start
    first = midnight(period.start - length, zone)
    query = select(Order.ordered_at, Order.total).where(
        sold(),
        Order.currency == currency,
        Order.ordered_at >= first,
        Order.ordered_at < midnight(period.end, zone),
    )
    days = {period.start + timedelta(days=ahead): 0 for ahead in range(length.days)}
    before = 0
    for ordered_at, total in await session.execute(actor.limit(query, Order)):
        day = ordered_at.astimezone(zone).date()
        if day in days:
            days[day] += total
        else:
            before += total
    return Revenue(list(days.items()), before, currency)
