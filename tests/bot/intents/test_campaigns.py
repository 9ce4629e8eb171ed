"""Campaigns in conversation."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from bot.reply import File
from crm_core import files, privacy
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


async def speaking(office: Office, language: str) -> dict[str, str]:
    """Let the managers speak a language; return what they say in it."""
    if language == "en":
        return {"approve": "approve campaign 1", "launch": "launch campaign 1", "yes": "yes"}
    for name in ("steven", "andrew"):
        await office.do(name, "me.set_language", language="zh")
    return {"approve": "批准活动1", "launch": "启动活动1", "yes": "好的"}


async def approved(office: Office, words: dict[str, str]) -> None:
    await office.do("steven", "campaign.suggest", objective="win_back")
    await office.say("andrew", words["approve"])
    await office.say("andrew", words["yes"])


@pytest.mark.parametrize(("language", "said"), [("en", "somebody else has to"), ("zh", "另一个人")])
async def test_the_asker_does_not_approve(at_risk: Office, language: str, said: str) -> None:
    words = await speaking(at_risk, language)
    await at_risk.do("steven", "campaign.suggest", objective="win_back")
    await at_risk.say("steven", words["approve"])
    assert said in (await at_risk.say("steven", words["yes"])).text


@pytest.mark.parametrize(
    ("language", "warned", "refused", "stands"),
    [
        ("en", "it can't be undone", "was launched already", "a launch can't be undone"),
        ("zh", "启动后不能撤销", "已经启动", "启动不能撤销"),
    ],
)
async def test_a_launch_is_once_and_for_good(
    at_risk: Office, language: str, warned: str, refused: str, stands: str
) -> None:
    words = await speaking(at_risk, language)
    await approved(at_risk, words)
    for who in ("steven", "andrew"):  # both are asked before either has said yes
        assert warned in (await at_risk.say(who, words["launch"])).text
    launched = await at_risk.say("steven", words["yes"])
    assert not [button for button in launched.buttons if button.label in ("Undo", "撤销")]
    assert refused in (await at_risk.say("andrew", words["yes"])).text
    async with at_risk.db.read() as session:
        tasks = await session.scalar(select(func.count(Task.id)))
    assert tasks
    assert stands in (await at_risk.do("steven", "change.undo")).text
    async with at_risk.db.read() as session:
        assert await session.scalar(select(func.count(Task.id))) == tasks


@pytest.mark.parametrize(("language", "said"), [("en", "no consent: 1"), ("zh", "未同意营销: 1")])
async def test_an_erased_customer_gets_no_campaign(
    at_risk: Office, language: str, said: str
) -> None:
    words = await speaking(at_risk, language)
    await approved(at_risk, words)
    async with at_risk.db.begin(Work("erase", at_risk.now)) as session:
        await privacy.erase(session, await session.get_one(Customer, 1))
    await at_risk.say("andrew", words["launch"])
    assert said in (await at_risk.say("andrew", words["yes"])).text
    async with at_risk.db.read() as session:
        reached = set(await session.scalars(select(Task.customer_id)))
    assert reached
    assert 1 not in reached


async def test_a_holdout_larger_than_the_audience_is_refused(at_risk: Office) -> None:
    reply = await at_risk.do("steven", "campaign.suggest", objective="win_back", holdout=5_000)
    assert "I can't hold back 5,000" in reply.text
    await speaking(at_risk, "zh")
    reply = await at_risk.do("steven", "campaign.suggest", objective="win_back", holdout=5_000)
    assert "不能留出 5,000 个对照" in reply.text


async def test_reps_may_read_and_leave_out_but_not_launch(at_risk: Office) -> None:
    await at_risk.do("steven", "campaign.suggest", objective="win_back")
    assert "Your role" in (await at_risk.do("nancy", "campaign.launch", campaign=1)).text
    async with at_risk.db.read() as session:
        nancy = await at_risk.person("nancy")
        own = (await session.scalars(select(Customer).filter_by(owner_id=nancy.id))).first()
    if own:
        reply = await at_risk.do("nancy", "campaign.exclude", campaign=1, customer=own.id)
        assert "is left out" in reply.text
