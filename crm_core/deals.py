"""Sales in the making: the list, a new one, and its way through the stages."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from crm_core.access import Actor
from crm_core.changes import work_of
from crm_core.errors import Invalid
from crm_core.models import Activity, Customer, Deal, Role, Stage, User
from crm_core.values import Money, Period

CLOSED = (Stage.WON, Stage.LOST)


class Share(NamedTuple):
    """What lies in one stage: the deals, and their amounts added up per currency."""

    stage: Stage
    deals: int
    sums: list[Money]
    unpriced: int
    """Deals without an amount: they are in no sum."""


class Stale(NamedTuple):
    """A deal and when it last moved."""

    deal: Deal
    moved_at: datetime


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
    conditions = _of(customer, owner, closing)
    conditions.append(Deal.stage == stage if stage else Deal.stage.not_in(CLOSED))
    if amount_min:
        conditions += [Deal.amount >= amount_min.minor, Deal.currency == amount_min.currency]
    if amount_max:
        conditions += [Deal.amount <= amount_max.minor, Deal.currency == amount_max.currency]
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


async def update(
    session: AsyncSession,
    deal: Deal,
    *,
    amount: Money | None = None,
    close_date: date | None = None,
    owner: User | None = None,
) -> None:
    """Change what is given. Raises Invalid for nothing, too little, or an owner in support."""
    if amount is None and close_date is None and owner is None:
        raise Invalid("nothing-to-change", record=deal)
    if amount and amount.minor < 0:
        raise Invalid("negative-amount")
    if owner and owner.role is Role.SUPPORT:
        raise Invalid("not-sales", record=owner)
    if amount:
        deal.amount, deal.currency = amount.minor, amount.currency
    if close_date:
        deal.close_date = close_date
    if owner:
        deal.owner_id = owner.id
    await session.flush()


async def pipeline(
    session: AsyncSession,
    actor: Actor,
    *,
    customer: Customer | None = None,
    owner: User | None = None,
    closing: Period | None = None,
) -> list[Share]:
    """Add up the open deals, stage by stage in the order of selling; empty stages count too."""
    query = select(
        Deal.stage,
        Deal.currency,
        func.count(),
        func.count(Deal.amount),
        func.sum(Deal.amount),
    ).where(Deal.stage.not_in(CLOSED), *_of(customer, owner, closing))
    query = query.group_by(Deal.stage, Deal.currency).order_by(Deal.currency)
    rows = (await session.execute(actor.limit(query, Deal))).all()
    return [
        Share(
            stage,
            sum(count for at, _, count, _, _ in rows if at is stage),
            [
                Money(int(total or 0), currency)
                for at, currency, _, priced, total in rows
                if at is stage and priced
            ],
            sum(count - priced for at, _, count, priced, _ in rows if at is stage),
        )
        for stage in Stage
        if stage.open
    ]


async def stale(
    session: AsyncSession, actor: Actor, since: datetime, *, owner: User | None = None
) -> list[Stale]:
    """Return the open deals that nothing has happened to since a moment, longest still in front.

    A deal moves when it changes its stage, is edited after it was entered, or when something is
    logged with its customer.
    """
    talked = (
        select(func.max(Activity.happened_at))
        .where(Activity.customer_id == Deal.customer_id)
        .scalar_subquery()
    )
    query = select(Deal, talked).options(*WHOLE)
    query = query.where(
        Deal.stage.not_in(CLOSED),
        Deal.stage_since < since,
        or_(Deal.updated_at < since, Deal.version == 1),
        or_(talked.is_(None), talked < since),
        *_of(None, owner, None),
    )
    found = [
        Stale(deal, max(_touched_at(deal), talked_at or deal.stage_since))
        for deal, talked_at in await session.execute(actor.limit(query, Deal))
    ]
    return sorted(found, key=lambda row: (row.moved_at, row.deal.id))


def _touched_at(deal: Deal) -> datetime:
    """When it was edited last; entering it, perhaps by an import of old deals, is no edit."""
    return deal.stage_since if deal.version == 1 else max(deal.stage_since, deal.updated_at)


def _of(
    customer: Customer | None, owner: User | None, closing: Period | None
) -> list[ColumnElement[bool]]:
    """Say as conditions whose deals are meant, and closing when."""
    conditions: list[ColumnElement[bool]] = []
    if customer:
        conditions.append(Deal.customer_id == customer.id)
    if owner:
        conditions.append(Deal.owner_id == owner.id)
    if closing:
        conditions += [Deal.close_date >= closing.start, Deal.close_date < closing.end]
    return conditions
