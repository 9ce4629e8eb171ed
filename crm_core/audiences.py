"""Whom a campaign is for: by segment and score, without those who are to be left in peace."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_core.models import (
    Activity,
    ActivityKind,
    Campaign,
    CampaignMember,
    Customer,
    ModelName,
    Objective,
    Order,
    OrderLine,
    OrderStatus,
    Priority,
    Product,
    ProductWeight,
    Score,
    Segment,
    Ticket,
)
from crm_core.tickets import CLOSED

SEGMENTS: dict[Objective, tuple[Segment, ...]] = {
    Objective.WIN_BACK: (
        Segment.AT_RISK,
        Segment.CANNOT_LOSE,
        Segment.ABOUT_TO_SLEEP,
        Segment.HIBERNATING,
        Segment.LOST,
    ),
    Objective.CROSS_SELL: (Segment.CHAMPIONS, Segment.LOYAL, Segment.POTENTIAL_LOYALISTS),
    Objective.UPSELL: (Segment.LOYAL, Segment.POTENTIAL_LOYALISTS, Segment.NEED_ATTENTION),
    Objective.WELCOME: (Segment.NEW_CUSTOMERS, Segment.PROMISING),
    Objective.LOYALTY: (Segment.CHAMPIONS, Segment.LOYAL),
}
IN_PART = 500  # ids asked for at once


@dataclass(frozen=True, slots=True)
class Audience:
    """The customers, the highest score first, and how many were left out why."""

    scores: dict[int, float]
    left_out: Counter[str]


def bought(since: datetime | None = None, until: datetime | None = None) -> ColumnElement[bool]:
    """Say as a condition that an order was a purchase, in a time."""
    conditions = [Order.status != OrderStatus.CANCELLED, Order.total >= 0]
    if since:
        conditions.append(Order.ordered_at >= since)
    if until:
        conditions.append(Order.ordered_at < until)
    return and_(*conditions)


async def find(
    session: AsyncSession, objective: Objective, now: datetime, *, rest_days: int, most: int
) -> Audience:
    """Return whom a campaign is for, at most so many."""
    name = ModelName.CHURN if objective is Objective.WIN_BACK else ModelName.VALUE
    newest = select(func.max(Score.as_of)).where(Score.name == name).scalar_subquery()
    query = (
        select(Customer.id, func.coalesce(Score.value, 0.0))
        .outerjoin(
            Score,
            and_(Score.customer_id == Customer.id, Score.name == name, Score.as_of == newest),
        )
        .where(Customer.segment.in_(SEGMENTS[objective]))
    )
    reasons = peace(now, rest_days)
    left_out: Counter[str] = Counter()
    found: dict[int, float] = {}
    columns = [condition.label(reason) for reason, condition in reasons.items()]
    for customer, score, *flags in await session.execute(query.add_columns(*columns)):
        reason = next((each for each, flag in zip(reasons, flags, strict=True) if flag), None)
        if reason:
            left_out[reason] += 1
        else:
            found[customer] = float(score)
    best = sorted(found.items(), key=lambda one: (-one[1], one[0]))[:most]
    return Audience(dict(best), left_out)


def peace(now: datetime, rest_days: int) -> dict[str, ColumnElement[bool]]:
    """Return, by reason, which customers are to be left in peace."""
    since = now - timedelta(days=rest_days)
    ticket = select(Ticket.id).where(
        Ticket.customer_id == Customer.id,
        Ticket.priority == Priority.URGENT,
        Ticket.status.not_in(CLOSED),
    )
    talked = select(Activity.id).where(
        Activity.customer_id == Customer.id,
        Activity.happened_at > since,
        Activity.kind != ActivityKind.NOTE,
    )
    campaigned = (
        select(CampaignMember.id)
        .join(Campaign, Campaign.id == CampaignMember.campaign_id)
        .where(CampaignMember.customer_id == Customer.id, Campaign.launched_at > since)
        .where(CampaignMember.treated.is_not(None))
    )
    return {
        "no-consent": Customer.consent.is_(False),
        "urgent-ticket": ticket.exists(),
        "contacted-lately": or_(talked.exists(), campaigned.exists()),
    }


async def in_peace(
    session: AsyncSession, customers: Sequence[int], now: datetime, rest_days: int
) -> dict[int, str]:
    """Return which of these customers are to be left in peace by now, and why."""
    reasons = peace(now, rest_days)
    columns = [condition.label(reason) for reason, condition in reasons.items()]
    found: dict[int, str] = {}
    for some in parts(customers):
        query = select(Customer.id, *columns).where(Customer.id.in_(some))
        for customer, *flags in await session.execute(query):
            reason = next((each for each, flag in zip(reasons, flags, strict=True) if flag), None)
            if reason:
                found[customer] = reason
    return found


async def base_rate(session: AsyncSession, customers: Sequence[int]) -> float:
    """Return which share of these customers will order anyway, by the newest churn scores.

    Who has no score has not ordered for so long that nothing is expected.
    """
    newest = select(func.max(Score.as_of)).where(Score.name == ModelName.CHURN).scalar_subquery()
    total = 0.0
    for some in parts(customers):
        query = select(func.sum(1 - Score.value)).where(
            Score.name == ModelName.CHURN, Score.as_of == newest, Score.customer_id.in_(some)
        )
        total += await session.scalar(query) or 0.0
    return total / len(customers) if customers else 0.0


async def mean_order(session: AsyncSession, customers: Sequence[int]) -> float:
    """Return what an order of these customers is worth on average, in minor units."""
    count, total = 0, 0
    for some in parts(customers):
        query = select(func.count(), func.sum(Order.total)).where(
            Order.customer_id.in_(some), bought()
        )
        number, money = (await session.execute(query)).one()
        count, total = count + number, total + int(money or 0)
    return total / count if count else 0.0


async def offer(
    session: AsyncSession, objective: Objective, customers: Sequence[int]
) -> Product | None:
    """Return what to offer: what goes with what they bought, or what they have liked best.

    None where nothing on sale is known to suit.
    """
    new = objective in (Objective.CROSS_SELL, Objective.UPSELL)
    votes: dict[int, float] = defaultdict(float)
    for some in parts(customers):
        product = ProductWeight.other_id if new else OrderLine.product_id
        weight = func.sum(ProductWeight.weight) if new else func.count()
        query = select(product, weight).select_from(OrderLine)
        query = query.join(Order, Order.id == OrderLine.order_id)
        if new:
            query = query.join(ProductWeight, ProductWeight.product_id == OrderLine.product_id)
        query = query.where(Order.customer_id.in_(some), bought()).group_by(product)
        for product_id, value in await session.execute(query):
            votes[product_id] += value
    if new and not votes:
        return await offer(session, Objective.LOYALTY, customers)
    for product_id in sorted(votes, key=lambda one: (-votes[one], one))[:20]:
        found = await session.get_one(Product, product_id)
        if found.active:
            return found
    return None


def parts(customers: Sequence[int]) -> Iterable[Sequence[int]]:
    """Cut a long list of ids into pieces that a query can hold."""
    return (customers[start : start + IN_PART] for start in range(0, len(customers), IN_PART))
