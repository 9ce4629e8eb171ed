"""Sales in the making: the list, a new one, and its way through the stages."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from crm_core.access import Actor
from crm_core.changes import work_of
from crm_core.errors import Invalid
from crm_core.models import Customer, Deal, Stage, User
from crm_core.values import Money, Period


async def search(
    session: AsyncSession,
    actor: Actor,
    *,
    customer: Customer | None = None,
    owner: User | None = None,
    stage: Stage | None = None,
    amount_min: Money | None = None,
    amount_max: Money | None = None,
    closing: Period | None = None,
) -> Sequence[Deal]:
    """Return the deals that match all that is given, largest first; open ones if no stage is."""
    conditions: list[ColumnElement[bool]] = [
        Deal.stage == stage if stage else Deal.stage.not_in([Stage.WON, Stage.LOST])
    ]
    if customer:
        conditions.append(Deal.customer_id == customer.id)
    if owner:
        conditions.append(Deal.owner_id == owner.id)
    if amount_min:
        conditions += [Deal.amount >= amount_min.minor, Deal.currency == amount_min.currency]
    if amount_max:
        conditions += [Deal.amount <= amount_max.minor, Deal.currency == amount_max.currency]
    if closing:
        conditions += [Deal.close_date >= closing.start, Deal.close_date < closing.end]
    query = select(Deal).where(*conditions).options(*WHOLE)
    largest_first = (Deal.amount.desc().nulls_last(), Deal.id.desc())
    return (await session.scalars(actor.limit(query, Deal).order_by(*largest_first))).all()


WHOLE = (joinedload(Deal.customer), joinedload(Deal.owner))


async def whole(session: AsyncSession, deal: Deal) -> Deal:
    """Load a deal with its customer and owner."""
    query = select(Deal).where(Deal.id == deal.id).options(*WHOLE)
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


async def create(
    session: AsyncSession,
    *,
    customer: Customer,
    title: str,
    owner: User,
    amount: Money | None,
    currency: str,
    today: date,
    close_date: date | None = None,
    stage: Stage = Stage.PROSPECTING,
) -> Deal:
    """Open a deal. Raises Invalid for an amount below nothing."""
    if amount and amount.minor < 0:
        raise Invalid("negative-amount")
    deal = Deal(
        title=title,
        customer=customer,
        owner=owner,
        stage=stage,
        stage_since=work_of(session).now,
        amount=amount.minor if amount else None,
        currency=amount.currency if amount else currency,
        opened_on=today,
        close_date=close_date,
    )
    session.add(deal)
    await session.flush()
    return deal


async def move(
    session: AsyncSession,
    deal: Deal,
    stage: Stage,
    *,
    today: date,
    close_date: date | None = None,
    reason: str | None = None,
) -> None:
    """Bring a deal to another stage. One that is won or lost closes today unless a day is given."""
    if stage is deal.stage and close_date in (None, deal.close_date):
        raise Invalid("already-in-stage", record=deal)
    if stage is not deal.stage:
        deal.stage, deal.stage_since = stage, work_of(session).now
    if reason:
        deal.reason = reason
    if close_date or not stage.open:
        deal.close_date = close_date or today
    await session.flush()
