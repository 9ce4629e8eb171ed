"""What campaigns changed, beside those who were held back, and what the next is expected to."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from math import sqrt
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_core import audiences
from crm_core.analytics import lift
from crm_core.analytics.lift import Effect, Targeting
from crm_core.audiences import parts
from crm_core.changes import work_of
from crm_core.errors import Conflict
from crm_core.models import Campaign, CampaignMember, Objective, Order

Z = 1.96
FEWEST = 30
"""Customers in each group, before a difference means anything."""
FEWEST_ORDERS = 5


class Expected(NamedTuple):
    """By how much a share is expected to rise, with its 95 % interval, and from what."""

    rise: float
    low: float
    high: float
    campaigns: int


class Results(NamedTuple):
    """What a campaign changed so far: who ordered, and money a customer in minor units.

    `targeting` tells whether those who were ranked first gained more than the others.
    """

    treated: int
    control: int
    orders: Effect | None
    money: Effect | None
    over: bool
    targeting: Targeting | None = None

    @property
    def enough(self) -> bool:
        """Tell whether it is over and large enough to say anything."""
        return self.over and self.orders is not None


async def expect(session: AsyncSession, objective: Objective, guess: float) -> Expected:
    """Return what such a campaign is expected to change: the guess, and every one measured.

    Each counts by its precision; the guess counts as one that is off by half of itself.
    """
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


async def results(
    session: AsyncSession, campaign: Campaign, now: datetime, *, aim: bool = False
) -> Results:
    """Compare those who got it with those held back, and if asked how well the ranking aimed.

    Raises Conflict before the launch.
    """
    if campaign.launched_at is None or campaign.ends_at is None:
        raise Conflict("campaign-not-launched", record=campaign)
    until = min(now, campaign.ends_at)
    members = CampaignMember
    query = select(members.customer_id, members.treated, members.score).where(
        members.campaign_id == campaign.id, members.treated.is_not(None)
    )
    drawn = (await session.execute(query)).all()
    arms = {customer: bool(treated) for customer, treated, _ in drawn}
    money: dict[int, int] = defaultdict(int)
    for some in parts(list(arms)):
        spent = (
            select(Order.customer_id, func.sum(Order.total))
            .where(Order.customer_id.in_(some), audiences.bought(campaign.launched_at, until))
            .group_by(Order.customer_id)
        )
        for customer, total in await session.execute(spent):
            money[customer] = int(total)
    found = compared(arms, money, over=now >= campaign.ends_at)
    if not (aim and found.enough):
        return found
    ordered = [customer in money for customer in arms]
    ranking = [score for _, _, score in drawn]
    return found._replace(targeting=lift.targeting(ranking, list(arms.values()), ordered))


def compared(arms: Mapping[int, bool], money: Mapping[int, int], *, over: bool) -> Results:
    """Compare the treated with the held back, by the `money` of those who ordered."""
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
