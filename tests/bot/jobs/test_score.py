"""A whole run on the Northwind company: models, scores, rules, weights, groups, segments."""

import pytest
from sqlalchemy import func, select

from bot.jobs import Shift
from bot.jobs.score import Score
from crm_core import access, findings, scores
from crm_core.changes import Work
from crm_core.models import Customer, ModelName, Order, ProductWeight, Segment
from tests.office import NOW, Office

SCORE = Score(engine="duckdb", horizon_days=45, lookback_days=365)


def shift(office: Office) -> Shift:
    company = office.settings.conversation
    return Shift(office.db, office.words, company, Work("score", NOW))


async def test_everything_is_found_and_kept(office: Office) -> None:
    outcome = await SCORE(shift(office))
    assert outcome.startswith(
        "266 scores of 3 models; no risk: too-little-data"
    )  # nothing ever came back from a customer of Northwind
    async with office.db.read() as session:
        for name in (ModelName.CHURN, ModelName.PURCHASE, ModelName.VALUE):
            assert await scores.latest_model(session, name), name
        (likely,) = await scores.highest(session, ModelName.PURCHASE, 1)
        assert 0.5 < likely.value < 1
        customer = await session.get(Customer, likely.customer_id)
        assert customer is not None
        offers = await findings.offers(session, customer)
        assert len(offers.again) == len(offers.new) == 5
        assert not set(offers.again) & set(offers.new)
        (rule,) = await findings.rules(session)
        assert rule.lift > 5
        assert len(await findings.clusters(session)) >= 2
        steven = await access.actor(session, await office.person("steven"), office.settings.rules)
        assert sum((await findings.sizes(session, steven)).values()) == 89  # who have ordered
        assert await session.scalar(select(func.count(ProductWeight.id))) > 77
        champions = await session.scalars(select(Customer).filter_by(segment=Segment.CHAMPIONS))
        assert champions.first() is not None


async def test_a_second_run_of_a_day_takes_the_place_of_the_first(office: Office) -> None:
    first = await SCORE(shift(office))
    assert await SCORE(shift(office)) == first


@pytest.mark.parametrize("orders", [0, 3])
async def test_a_new_company_is_told_what_is_missing(office: Office, orders: int) -> None:
    async with office.db.begin(Work("test", NOW)) as session:
        kept = select(Order.id).order_by(Order.id).limit(orders)
        for order in await session.scalars(select(Order).where(Order.id.not_in(kept))):
            await session.delete(await session.get(Order, order.id))
    outcome = await SCORE(shift(office))
    assert "no churn: too-little-data" in outcome
    assert "no value: too-little-data" in outcome
