"""Campaigns: suggested, approved by a second person, launched with a hold-out, and measured."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from crm_core import audiences, effects, tasks
from crm_core.analytics import lift
from crm_core.changes import work_of
from crm_core.errors import Conflict, Invalid, NotAllowed
from crm_core.models import (
    Campaign,
    CampaignMember,
    CampaignStatus,
    Customer,
    Objective,
    User,
)
from crm_core.values import When

CUSTOMER = "{customer}"
"""Where a task's title has the customer's name."""
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
    expected = await effects.expect(session, objective, rules.assumed[objective])
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
    held = draw([one.id for one in audience], share, seed)
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


def draw(members: Sequence[int], share: float, seed: int) -> set[int]:
    """Draw by lot who is held back. Raises Invalid where nobody would be left to treat."""
    control = max(1, round(len(members) * share))
    if control >= len(members):
        raise Invalid("holdout-too-large", holdout=control, customers=len(members))
    return set(random.Random(seed).sample(members, control))


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
