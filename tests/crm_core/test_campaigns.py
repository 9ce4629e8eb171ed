"""Campaigns: whom they are for, who may approve, launched once, and measured honestly."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, insert, select

from crm_core import campaigns, effects, privacy
from crm_core.analytics.lift import Effect
from crm_core.campaigns import Rules
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.errors import Conflict, CrmError, Invalid, NotAllowed
from crm_core.models import (
    Activity,
    ActivityKind,
    Campaign,
    CampaignMember,
    CampaignStatus,
    Customer,
    Objective,
    Order,
    OrderStatus,
    Priority,
    Role,
    Segment,
    Task,
    Ticket,
    TicketStatus,
    User,
)

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=UTC)
RULES = Rules(holdout=0.2, horizon_days=30, most=1_000)


class Company:
    def __init__(self, db: Database) -> None:
        self.db = db

    async def set_up(self, customers: int = 100) -> None:
        async with self.db.begin(Work("setup", NOW)) as session:
            self.maria, self.otto = (User(name=name, role=Role.MANAGER) for name in ("M", "O"))
            self.nancy = User(name="Nancy", role=Role.REP)
            session.add_all([self.maria, self.otto, self.nancy])
            await session.flush()
            made = [
                Customer(name=f"C{n}", owner_id=self.nancy.id, segment=Segment.AT_RISK)
                for n in range(customers)
            ]
            session.add_all(made)
            await session.flush()
            self.ids = [customer.id for customer in made]

    def as_(self, user: User, now: datetime = NOW) -> Any:
        return self.db.begin(Work(f"by {user.name} {now}", now, user.id))

    async def suggest(self, **values: Any) -> Campaign:
        async with self.as_(self.maria) as session:
            return await campaigns.suggest(
                session, Objective.WIN_BACK, RULES, name="Win back", currency="USD", **values
            )

    async def launched(self, seed: int = 1, **values: Any) -> Campaign:
        campaign = await self.suggest(**values)
        async with self.as_(self.otto) as session:
            await campaigns.decide(session, campaign, self.otto, True, None)
            await campaigns.launch(session, campaign, seed, "Call {customer}")
        return campaign

    async def arms(self, campaign: Campaign) -> dict[int, bool | None]:
        async with self.db.read() as session:
            query = select(CampaignMember).filter_by(campaign_id=campaign.id)
            return {one.customer_id: one.treated for one in await session.scalars(query)}


@pytest.fixture
async def company(db: Database) -> Company:
    company = Company(db)
    await company.set_up()
    return company


async def test_who_is_to_be_left_in_peace_is_left_out(company: Company) -> None:
    no_consent, urgent, talked, *_ = company.ids
    async with company.as_(company.nancy) as session:
        (await session.get_one(Customer, no_consent)).consent = False
        session.add(
            Ticket(
                customer_id=urgent,
                subject="!",
                priority=Priority.URGENT,
                status=TicketStatus.OPEN,
                opened_at=NOW,
            )
        )
        session.add(
            Activity(
                kind=ActivityKind.CALL,
                customer_id=talked,
                user_id=company.nancy.id,
                note="",
                happened_at=NOW - timedelta(days=3),
            )
        )
    campaign = await company.suggest()
    assert campaign.plan["left_out"] == {
        "no-consent": 1,
        "urgent-ticket": 1,
        "contacted-lately": 1,
    }
    assert campaign.plan["customers"] == 97
    assert not {no_consent, urgent, talked} & set(await company.arms(campaign))


async def test_nobody_is_in_two_campaigns_at_once(company: Company) -> None:
    await company.launched()
    with pytest.raises(Invalid, match="empty-audience"):
        await company.suggest()


@pytest.mark.parametrize("holdout", [100, 101, 500, 0, -3])
async def test_a_holdout_that_leaves_nobody_is_refused(company: Company, holdout: int) -> None:
    with pytest.raises(Invalid, match="holdout-too-large"):
        await company.suggest(holdout=holdout)


async def test_nobody_approves_what_they_asked_for(company: Company) -> None:
    campaign = await company.suggest()
    with pytest.raises(NotAllowed, match="approver-is-asker"):
        async with company.as_(company.maria) as session:
            await campaigns.decide(session, campaign, company.maria, True, None)
    with pytest.raises(Conflict, match="campaign-not-approved"):
        async with company.as_(company.maria) as session:
            await campaigns.launch(session, campaign, 1, "")


async def test_the_launch_draws_the_holdout_and_gives_tasks(company: Company) -> None:
    campaign = await company.launched(seed=7)
    arms = await company.arms(campaign)
    assert sorted(arms.values()) == [False] * 20 + [True] * 80
    async with company.db.read() as session:
        assert await session.scalar(select(func.count(Task.id))) == 80
        tasked = set(await session.scalars(select(Task.customer_id)))
    assert tasked == {customer for customer, treated in arms.items() if treated}


async def test_two_launches_at_once_are_one(company: Company) -> None:
    campaign = await company.suggest()
    async with company.as_(company.otto) as session:
        await campaigns.decide(session, campaign, company.otto, True, None)

    async def launch(seed: int) -> str:
        try:
            async with company.as_(company.otto) as session:
                mine = await session.get_one(Campaign, campaign.id)
                await campaigns.launch(session, mine, seed, "Call {customer}")
        except CrmError as problem:
            return problem.reason
        return "launched"

    outcomes = await asyncio.gather(*(launch(seed) for seed in range(3)))
    assert sorted(outcomes) == ["campaign-launched", "campaign-launched", "launched"]
    async with company.db.read() as session:
        assert await session.scalar(select(func.count(Task.id))) == 80


async def test_who_must_be_left_in_peace_since_is_left_out_at_the_launch(company: Company) -> None:
    campaign = await company.suggest()
    vetoed, withdrawn, erased = company.ids[:3]
    async with company.as_(company.nancy) as session:
        await campaigns.leave_out(session, campaign, await session.get_one(Customer, vetoed))
        (await session.get_one(Customer, withdrawn)).consent = False
        await privacy.erase(session, await session.get_one(Customer, erased))
    async with company.as_(company.otto) as session:
        await campaigns.decide(session, campaign, company.otto, True, None)
        audience = await campaigns.launch(session, campaign, 1, "")
    assert len(audience) == 97
    assert not {vetoed, withdrawn, erased} & {one.customer_id for one in audience}
    with pytest.raises(Conflict, match="campaign-launched"):
        async with company.as_(company.nancy) as session:
            customer = await session.get_one(Customer, company.ids[5])
            await campaigns.leave_out(session, campaign, customer)


async def test_too_few_orders_are_said_to_be_too_few(company: Company) -> None:
    campaign = await company.launched()
    async with company.db.read() as session:
        mine = await session.get_one(Campaign, campaign.id)
        found = await effects.results(session, mine, NOW + timedelta(days=40))
    assert (found.treated, found.control, found.enough) == (80, 20, False)


async def simulate(db: Database, effect: float, seeds: int) -> list[tuple[float, float, float]]:
    """Launch a campaign a seed, let people order, and return difference and interval."""
    company = Company(db)
    await company.set_up(2_000)
    found = []
    rules = Rules(holdout=0.3, horizon_days=30, rest_days=0, most=2_000)
    for seed in range(seeds):
        begun = NOW + timedelta(days=40 * seed)
        async with company.as_(company.maria, begun) as session:
            campaign = await campaigns.suggest(
                session, Objective.WIN_BACK, rules, name=str(seed), currency="USD"
            )
        async with company.as_(company.otto, begun) as session:
            await campaigns.decide(session, campaign, company.otto, True, None)
            audience = await campaigns.launch(session, campaign, seed, "")
            random = np.random.default_rng(seed)
            chance = np.array([0.1 + effect * bool(one.treated) for one in audience])
            buys = random.random(len(audience)) < chance
            await session.execute(
                insert(Order),
                [
                    {
                        "customer_id": one.customer_id,
                        "status": OrderStatus.PAID,
                        "ordered_at": begun + timedelta(days=5),
                        "total": 10_000,
                        "currency": "USD",
                        "freight": 0,
                        "version": 1,
                        "created_at": begun,
                        "updated_at": begun,
                    }
                    for one, buyer in zip(audience, buys, strict=True)
                    if buyer
                ],
            )
        async with db.read() as session:
            mine = await session.get_one(Campaign, campaign.id)
            results = await effects.results(session, mine, begun + timedelta(days=31), aim=True)
        assert results.orders
        assert results.targeting
        assert not results.targeting.evident, "it moved all of them alike"
        found.append((results.orders.difference, results.orders.low, results.orders.high))
    return found


def measured(effect: float, seed: int) -> Effect:
    """Draw a hold-out and let people order by chance; return what the comparison says."""
    dice = np.random.default_rng(seed)
    held = campaigns.draw(range(2_000), 0.3, seed)
    arms = {member: member not in held for member in range(2_000)}
    usual = dice.gamma(2, 0.05, 2_000)  # customers differ in how much they order anyway
    chance = usual + effect * np.array(list(arms.values()))
    money = {
        int(one): int(dice.lognormal(9, 1)) for one in np.flatnonzero(dice.random(2_000) < chance)
    }
    found = effects.compared(arms, money, over=True)
    assert found.enough
    assert found.orders
    return found.orders


def test_the_planted_effect_lies_in_the_interval_of_90_of_100() -> None:
    found = [measured(0.06, seed) for seed in range(100)]
    assert sum(one.low <= 0.06 <= one.high for one in found) >= 90
    assert sum(one.evident for one in found) >= 80  # and it is seen to be one
    assert np.mean([one.difference for one in found]) == pytest.approx(0.06, abs=0.005)


def test_without_an_effect_none_is_claimed_in_93_of_100() -> None:
    assert sum(not measured(0.0, seed).evident for seed in range(100)) >= 93


async def test_what_was_measured_feeds_the_next_estimate(sqlite_db: Database) -> None:
    for difference, low, high in await simulate(sqlite_db, 0.08, 2):
        assert low < difference < high
        assert low <= 0.08 <= high
    async with sqlite_db.begin(Work("next", NOW + timedelta(days=200))) as session:
        guess = RULES.assumed[Objective.WIN_BACK]
        expected = await effects.expect(session, Objective.WIN_BACK, guess)
        other = await effects.expect(session, Objective.WELCOME, guess)
    assert expected.campaigns == 2
    assert guess < expected.rise < 0.1
    assert expected.high - expected.low < 2 * guess
    assert other.campaigns == 0


async def test_a_campaign_is_finished_when_its_time_is_over(company: Company) -> None:
    campaign = await company.launched()
    async with company.as_(company.otto, NOW + timedelta(days=31)) as session:
        assert [one.id for one in await campaigns.finish(session, NOW + timedelta(days=31))] == [
            campaign.id
        ]
    async with company.db.read() as session:
        assert (await session.get_one(Campaign, campaign.id)).status is CampaignStatus.FINISHED
