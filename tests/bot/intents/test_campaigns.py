"""Campaigns in conversation."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.reply import File
from crm_core import files
from crm_core.changes import Work
from crm_core.models import Customer, Segment, Task
from tests.office import Office


@pytest.fixture
async def at_risk(office: Office) -> Office:
    async with office.db.begin(Work("score", office.now)) as session:
        await session.execute(update(Customer).values(segment=Segment.AT_RISK))
    return office


async def test_from_the_suggestion_to_the_results(at_risk: Office) -> None:
    office = at_risk
    plan = await office.say("steven", "suggest a win-back campaign")
    assert "held back" in plan.text
    assert "is a guess" in plan.text
    (attached,) = [part for part in plan.parts if isinstance(part, File)]
    async with office.db.read() as session:
        content = (await files.content(session, attached.id)).decode("utf-8-sig")
    assert content.startswith("customer,code,email,segment,owner,score,group")
    assert "Alfreds Futterkiste" in content
    await office.press("steven", plan, "Approve")
    assert "somebody else has to approve it" in (await office.say("steven", "yes")).text
    await office.say("andrew", "approve campaign 1")
    approved = await office.say("andrew", "yes")
    assert "is approved" in approved.text
    await office.press("steven", approved, "Launch")
    launched = await office.say("steven", "yes")
    assert "are held back" in launched.text
    async with office.db.read() as session:
        assert (await session.scalars(select(Task))).first()
    await office.say("andrew", "launch campaign 1")
    assert "was launched already" in (await office.say("andrew", "yes")).text
    assert "Not enough data yet" in (await office.say("steven", "did campaign 1 work")).text
    office.now += timedelta(days=31)
    assert "Not enough data" in (await office.say("steven", "did campaign 1 work")).text
    assert "One campaign" in (await office.say("nancy", "list all campaigns")).text


async def test_what_cant_be_is_refused_in_the_askers_language(office: Office) -> None:
    empty = await office.do("steven", "campaign.suggest", objective="win_back")
    assert "Nobody is left for this campaign" in empty.text
    assert "没有合适的客户" in (await office.say("steven", "推荐一个挽回客户的营销活动")).text


async def test_a_holdout_larger_than_the_audience_is_refused(at_risk: Office) -> None:
    reply = await at_risk.do("steven", "campaign.suggest", objective="win_back", holdout=5_000)
    assert "I can't hold back 5,000" in reply.text


async def test_reps_may_read_and_leave_out_but_not_launch(at_risk: Office) -> None:
    await at_risk.do("steven", "campaign.suggest", objective="win_back")
    assert "Your role" in (await at_risk.do("nancy", "campaign.launch", campaign=1)).text
    async with at_risk.db.read() as session:
        nancy = await at_risk.person("nancy")
        own = (await session.scalars(select(Customer).filter_by(owner_id=nancy.id))).first()
    if own:
        reply = await at_risk.do("nancy", "campaign.exclude", campaign=1, customer=own.id)
        assert "is left out" in reply.text
