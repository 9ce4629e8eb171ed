"""Campaigns: suggested, approved by a second person, launched with a hold-out, and measured."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import sqrt
from typing import NamedTuple

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from crm_core import audiences, tasks
from crm_core.analytics import lift
from crm_core.analytics.lift import Effect
from crm_core.audiences import parts
from crm_core.changes import work_of
from crm_core.errors import Conflict, Invalid, NotAllowed
from crm_core.models import (
    Campaign,
    CampaignMember,
    CampaignStatus,
    Customer,
    Objective,
    Order,
    User,
)
from crm_core.values import When

Z = 1.96
CUSTOMER = "{customer}"
"""Where a task's title has the customer's name."""
FEWEST = 30
"""Customers in each group, before a difference means anything."""
FEWEST_ORDERS = 5
ASSUMED: Mapping[Objective, float] = {
    Objective.WIN_BACK: 0.03,
    Objective.CROSS_SELL: 0.04,
    Objective.UPSELL: 0.04,
    Objective.WELCOME: 0.05,
    Objective.LOYALTY: 0.03,
}
"""The rise of the share that orders, before any campaign was measured: a guess, and said so."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What campaigns keep to. `cost` is that of one contact, in major units."""

    holdout: float = 0.1
    horizon_days: int = 30
    rest_days: int = 14
    most: int = 500
    cost: float = 2.0
    assumed: Mapping[Objective, float] = field(default_factory=lambda: ASSUMED)


class Expected(NamedTuple):
    """By how much a share is expected to rise, with its 95 % interval, and from what."""

    rise: float
    low: float
    high: float
    campaigns: int


class Results(NamedTuple):
    """What a campaign changed so far: who ordered, and money a customer in minor units."""

    treated: int
    control: int
    orders: Effect | None
    money: Effect | None
    over: bool

    @property
    def enough(self) -> bool:
        """Tell whether it is over and large enough to say anything."""
        return self.over and self.orders is not None


async def suggest(
    session: AsyncSession,
    objective: Objective,
    rules: Rules,
    *,
    name: str,
    currency: str,
    holdout: float | None = None,
) -> Campaign:
    """Plan a campaign. `holdout`: how many to hold back, or which share if below 1.

    Raises Invalid("empty-audience") with how many were left out, and
    Invalid("holdout-too-large") where nobody would be left to treat, or nobody to hold back.
    """
    now = work_of(session).now
    found = await audiences.find(
        session, objective, now, rest_days=rules.rest_days, most=rules.most
    )
    ids = list(found.scores)
    if not ids:
        raise Invalid("empty-audience", left_out=sum(found.left_out.values()))
    control = _held_back(len(ids), rules.holdout if holdout is None else holdout)
    treated = len(ids) - control
    base = await audiences.base_rate(session, ids)
    expected = await expect(session, objective, rules)
    goal = min(base + expected.rise, 1.0)
    needed = (
        lift.size_for_rates(base, goal, control_share=control / len(ids)) if goal > base else ()
    )
    product = await audiences.offer(session, objective, ids)
    campaign = Campaign(
        name=name,
        objective=objective,
        status=CampaignStatus.SUGGESTED,
        asked_by_id=work_of(session).user_id,
        product=product,
        plan={
            "customers": len(ids),
            "control": control,
            "left_out": dict(found.left_out),
            "base": base,
            "rise": expected.rise,
            "low": expected.low,
            "high": expected.high,
            "campaigns": expected.campaigns,
            "order": await audiences.mean_order(session, ids),
            "cost": rules.cost * treated,
            "currency": currency,
            "power": lift.power_of_rates(base, goal, treated, control),
            "needed": sum(needed),
            "horizon_days": rules.horizon_days,
            "rest_days": rules.rest_days,
        },
    )
    session.add(campaign)
    await session.flush()
    rows = [
        {"campaign_id": campaign.id, "customer_id": customer, "score": score}
        for customer, score in found.scores.items()
    ]
    await session.execute(insert(CampaignMember), rows)
    return campaign


def _held_back(customers: int, holdout: float) -> int:
    control = round(customers * holdout) if 0 < holdout < 1 else round(holdout)
    if not 0 < control < customers:
        raise Invalid("holdout-too-large", holdout=control, customers=customers)
    return control


async def expect(session: AsyncSession, objective: Objective, rules: Rules) -> Expected:
    """Return what such a campaign is expected to change: the guess, and every one measured.

    Each counts by its precision; the guess counts as one that is off by half of itself.
    """
    guess = rules.assumed[objective]
    known = [(guess, guess / 2)]
    query = select(Campaign).where(
        Campaign.objective == objective, Campaign.launched_at.is_not(None)
    )
    now = work_of(session).now
    for campaign in await session.scalars(query):
        measured = await results(session, campaign, now)
        if measured.enough and measured.orders:
            error = (measured.orders.high - measured.orders.low) / (2 * Z)
            if error > 0:
                known.append((measured.orders.difference, error))
    weight = sum(1 / error**2 for _, error in known)
    rise = sum(value / error**2 for value, error in known) / weight
    margin = Z / sqrt(weight)
    return Expected(rise, rise - margin, rise + margin, len(known) - 1)


async def search(session: AsyncSession, status: CampaignStatus | None = None) -> Sequence[Campaign]:
    """Return the campaigns, newest first."""
    query = select(Campaign).order_by(Campaign.id.desc()).options(joinedload(Campaign.product))
    if status:
        query = query.where(Campaign.status == status)
    return (await session.scalars(query)).all()


async def whole(session: AsyncSession, campaign: Campaign) -> Campaign:
    """Load a campaign with what it offers."""
    query = select(Campaign).where(Campaign.id == campaign.id).options(joinedload(Campaign.product))
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


async def members(session: AsyncSession, campaign: Campaign) -> Sequence[CampaignMember]:
    """Return who is in the audience, with the customers, the highest score first."""
    query = (
        select(CampaignMember)
        .where(CampaignMember.campaign_id == campaign.id)
        .options(joinedload(CampaignMember.customer).joinedload(Customer.owner))
        .order_by(CampaignMember.score.desc(), CampaignMember.id)
    )
    return (await session.scalars(query)).all()


async def decide(
    session: AsyncSession, campaign: Campaign, by: User, approved: bool, reason: str | None
) -> None:
    """Approve or reject a suggestion. Nobody approves what they asked for themselves.

    Raises NotAllowed and Conflict.
    """
    campaign = await _locked(session, campaign)
    if campaign.status is not CampaignStatus.SUGGESTED:
        raise Conflict("campaign-decided", record=campaign, status=campaign.status)
    if approved and campaign.asked_by_id == by.id:
        raise NotAllowed("approver-is-asker", record=campaign)
    campaign.status = CampaignStatus.APPROVED if approved else CampaignStatus.REJECTED
    campaign.approved_by_id, campaign.reason = by.id, reason
    await session.flush()


async def leave_out(session: AsyncSession, campaign: Campaign, customer: Customer) -> None:
    """Take a customer out of the audience, by the owner's veto. Raises Conflict after the launch,
    Invalid where the customer is not in it."""
    campaign = await _locked(session, campaign)
    if campaign.launched_at:
        raise Conflict("campaign-launched", record=campaign)
    query = select(CampaignMember).filter_by(campaign_id=campaign.id, customer_id=customer.id)
    member = (await session.scalars(query)).first()
    if member is None:
        raise Invalid("not-in-campaign", customer=customer, record=campaign)
    member.left_out = "veto"
    await session.flush()


async def launch(
    session: AsyncSession, campaign: Campaign, seed: int, task: str
) -> list[CampaignMember]:
    """Draw the hold-out, freeze it, and give the owners their tasks; return the audience.

    Who has been erased, took back the consent or is otherwise to be left in peace by now is left
    out. `task` is the title of a task, with CUSTOMER in it. Raises Conflict unless it is
    approved and not launched, Invalid where nobody is left.
    """
    campaign = await _locked(session, campaign)
    if campaign.launched_at:
        raise Conflict("campaign-launched", record=campaign)
    if campaign.status is not CampaignStatus.APPROVED:
        raise Conflict("campaign-not-approved", record=campaign, status=campaign.status)
    now = work_of(session).now
    everybody = [one for one in await members(session, campaign) if not one.left_out]
    ids = [one.customer_id for one in everybody]
    resting = await audiences.in_peace(session, ids, now, campaign.plan["rest_days"])
    for member in everybody:
        member.left_out = resting.get(member.customer_id)
    audience = [one for one in everybody if not one.left_out]
    if not audience:
        raise Invalid("empty-audience", left_out=campaign.plan["customers"])
    share = campaign.plan["control"] / campaign.plan["customers"]
    control = max(1, round(len(audience) * share))
    if control >= len(audience):
        raise Invalid("holdout-too-large", holdout=control, customers=len(audience))
    held = {one.id for one in random.Random(seed).sample(audience, control)}
    for member in audience:
        member.treated = member.id not in held
    campaign.status, campaign.launched_at = CampaignStatus.RUNNING, now
    campaign.ends_at = now + timedelta(days=campaign.plan["horizon_days"])
    campaign.plan = {**campaign.plan, "seed": seed}
    due = When((now + timedelta(days=2)).date())
    for member in audience:
        owner = member.customer.owner
        if member.treated and owner and owner.active:
            await tasks.create(
                session,
                title=task.replace(CUSTOMER, member.customer.name)[:500],
                owner=owner,
                due=due,
                customer_id=member.customer_id,
            )
    await session.flush()
    return audience


async def results(session: AsyncSession, campaign: Campaign, now: datetime) -> Results:
    """Compare those who got it with those held back. Raises Conflict before the launch."""
    if campaign.launched_at is None or campaign.ends_at is None:
        raise Conflict("campaign-not-launched", record=campaign)
    until = min(now, campaign.ends_at)
    query = select(CampaignMember.customer_id, CampaignMember.treated).where(
        CampaignMember.campaign_id == campaign.id, CampaignMember.treated.is_not(None)
    )
    arms = {customer: bool(treated) for customer, treated in await session.execute(query)}
    money: dict[int, int] = defaultdict(int)
    for some in parts(list(arms)):
        spent = (
            select(Order.customer_id, func.sum(Order.total))
            .where(Order.customer_id.in_(some), audiences.bought(campaign.launched_at, until))
            .group_by(Order.customer_id)
        )
        for customer, total in await session.execute(spent):
            money[customer] = int(total)
    over = now >= campaign.ends_at
    groups: dict[bool, list[int]] = {True: [], False: []}
    buyers = {True: 0, False: 0}
    for customer, arm in arms.items():
        groups[arm].append(money.get(customer, 0))
        buyers[arm] += customer in money
    treated, control = len(groups[True]), len(groups[False])
    if min(treated, control) < FEWEST or sum(buyers.values()) < FEWEST_ORDERS:
        return Results(treated, control, None, None, over)
    return Results(
        treated,
        control,
        lift.rates(buyers[True], treated, buyers[False], control),
        lift.means(groups[True], groups[False]),
        over,
    )


async def finish(session: AsyncSession, now: datetime) -> list[Campaign]:
    """Call the campaigns finished whose time is over; return them."""
    query = select(Campaign).where(
        Campaign.status == CampaignStatus.RUNNING, Campaign.ends_at <= now
    )
    found = list(await session.scalars(query))
    for campaign in found:
        campaign.status = CampaignStatus.FINISHED
    await session.flush()
    return found


async def _locked(session: AsyncSession, campaign: Campaign) -> Campaign:
    """Read it again as it is now, and let nobody else decide meanwhile."""
    query = select(Campaign).where(Campaign.id == campaign.id).with_for_update()
    return (await session.scalars(query.execution_options(populate_existing=True))).one()
