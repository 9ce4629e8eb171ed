"""Digests: at the reader's time, once, what changed and no more than a screen."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import update

from bot.jobs.campaign_ideas import campaign_ideas
from bot.jobs.digests import Digests
from bot.reply import Chart
from crm_core.changes import Work
from crm_core.models import AlertKind, Customer, Segment, User
from tests.desk import Desk
from tests.office import NOW, Office

SCREEN = 12  # lines


async def test_everybody_has_theirs_once_in_their_own_morning(office: Office) -> None:
    steven, nancy = await office.person("steven"), await office.person("nancy")
    async with office.db.begin(Work("setup", NOW)) as session:
        (await session.get_one(User, nancy.id)).timezone = "America/New_York"
    desk = Desk(office)
    own = replace(desk.policy, to={AlertKind.DIGEST: [steven.role.value, nancy.role.value]})
    desk.company = replace(desk.company, policy=own)
    await office.do("nancy", "task.create", title="Call Acme", due="2026-03-12")
    at: dict[str, list[datetime]] = {}
    for minutes in range(0, 24 * 60, 30):
        office.now = NOW.replace(hour=20) + timedelta(minutes=minutes)
        before = len(await desk.posted())
        await desk.run(Digests("0 8 * * mon-fri"))
        for reply in (await desk.posted())[before:]:
            assert len(reply.text.splitlines()) <= SCREEN
            name = "Nancy" if "Nancy" in reply.text else "Steven" if "Steven" in reply.text else ""
            at.setdefault(name, []).append(office.now)
    assert [f"{moment:%H:%M}" for moment in at["Steven"]] == ["08:00"]
    assert [f"{moment:%H:%M}" for moment in at["Nancy"]] == ["12:00"]  # 08:00 there, clocks moved


async def test_on_demand_it_says_what_changed(office: Office) -> None:
    await office.do("nancy", "deal.create", customer=1, title="Big", amount={"value": 90_000})
    await office.do("nancy", "deal.move", deal=1, stage="won")
    reply = await office.say("steven", "what did I miss")
    assert "Deals now in won: 1 ($90,000)" in reply.text
    assert [part for part in reply.parts if isinstance(part, Chart)]
    await office.do("nancy", "task.create", title="Call Acme", due="2026-03-12")
    later = office.now + timedelta(days=1)
    office.now = later
    assert "Due today: 1 (Call Acme)" not in (await office.say("laura", "what did I miss")).text


async def test_a_campaign_is_suggested_to_the_managers_once(office: Office) -> None:
    desk = Desk(office)
    own = replace(desk.policy, to={AlertKind.CAMPAIGN: ["manager"]})
    desk.company = replace(desk.company, policy=own)
    async with office.db.begin(Work("score", NOW)) as session:
        for number, segment in enumerate(Segment):
            some = update(Customer).where(Customer.id % len(Segment) == number)
            await session.execute(some.values(segment=segment))
    assert await desk.run(campaign_ideas) == "1 told"
    assert await desk.run(campaign_ideas) == "0 told"
    (reply,) = await desk.posted()
    assert "An idea for a campaign" in reply.text
