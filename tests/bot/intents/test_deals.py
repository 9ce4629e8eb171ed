"""Deals in conversation: changes, the pipeline, what stands still, the forecast."""

from datetime import date, timedelta

from sqlalchemy import select

from crm_core.changes import Work
from crm_core.models import Customer, Deal, Stage
from tests.office import Office


async def alfreds(office: Office) -> int:
    async with office.db.read() as session:
        named = select(Customer.id).where(Customer.name.startswith("Alfreds"))
        return (await session.scalars(named)).one()


async def deal(office: Office, title: str, **values: object) -> int:
    """Give Nancy a deal with Alfreds; return its id."""
    nancy = await office.person("nancy")
    given = {
        "title": title,
        "customer_id": await alfreds(office),
        "owner_id": nancy.id,
        "stage": Stage.PROPOSAL,
        "stage_since": office.now,
        "currency": "USD",
        "opened_on": office.now.date(),
    }
    async with office.db.begin(Work(f"deal {title}", office.now)) as session:
        record = Deal(**(given | values))
        session.add(record)
        await session.flush()
        return record.id


async def test_update_shows_what_changed_and_can_be_undone(office: Office) -> None:
    id_ = await deal(office, "Roof", amount=100_000, close_date=date(2026, 4, 1))
    reply = await office.do(
        "nancy",
        "deal.update",
        deal=id_,
        amount={"value": 2500, "currency": "EUR"},
        close_date="2026-06-30",
    )
    assert "$1,000 → €2,500" in reply.text
    assert "Apr 1, 2026 → Jun 30, 2026" in reply.text
    await office.press("nancy", reply, "Undo")
    async with office.db.read() as session:
        record = await session.get_one(Deal, id_)
        assert (record.amount, record.currency) == (100_000, "USD")


async def test_update_gives_a_deal_to_a_colleague(office: Office) -> None:
    id_ = await deal(office, "Roof")
    anne, laura = await office.person("anne"), await office.person("laura")
    reply = await office.do("nancy", "deal.update", deal=id_, owner=anne.id)
    assert "Nancy Davolio → Anne Dodsworth" in reply.text
    reply = await office.do("andrew", "deal.update", deal=id_, owner=laura.id)
    assert "doesn't work on deals" in reply.text


async def test_update_refuses_nothing_and_days_gone_by(office: Office) -> None:
    id_ = await deal(office, "Roof")
    assert "What shall I change" in (await office.do("nancy", "deal.update", deal=id_)).text
    reply = await office.do("nancy", "deal.update", deal=id_, close_date="2026-01-01")
    assert "is in the past" in reply.text
    negative = {"value": -1, "currency": "USD"}
    reply = await office.do("nancy", "deal.update", deal=id_, amount=negative)
    assert "below zero" in reply.text


async def test_pipeline_adds_up_each_currency_by_itself(office: Office) -> None:
    await deal(office, "One", amount=100_000)
    await deal(office, "Two", amount=50_000)
    await deal(office, "Three", amount=70_000, currency="EUR")
    await deal(office, "Four", stage=Stage.NEGOTIATION)
    await deal(office, "Five", stage=Stage.WON, amount=1)
    reply = await office.do("nancy", "deal.pipeline", owner="me")
    assert "Pipeline: 4 open deals" in reply.text
    assert "proposal | 3 | €700 + $1,500" in reply.text
    assert "negotiation | 1 | –" in reply.text
    assert "Total | 4 | €700 + $1,500" in reply.text
    assert "1 deal has no amount" in reply.text
    assert "owner: Nancy Davolio" in (reply.provenance or "")


async def test_pipeline_of_a_period_counts_what_closes_then(office: Office) -> None:
    await deal(office, "Soon", amount=100, close_date=date(2026, 3, 31))
    await deal(office, "Late", amount=100, close_date=date(2026, 4, 1))
    march = {"start": "2026-03-01", "end": "2026-04-01"}
    assert "1 open deal" in (await office.do("nancy", "deal.pipeline", period=march)).text


async def test_pipeline_of_nothing_and_in_chinese(office: Office) -> None:
    assert "No open deals" in (await office.do("nancy", "deal.pipeline")).text
    await office.do("nancy", "me.set_language", language="zh")
    await deal(office, "One", amount=100_000)
    assert "销售漏斗：1 个进行中的商机" in (await office.do("nancy", "deal.pipeline")).text


async def test_stale_deals_are_those_that_nothing_happened_to(office: Office) -> None:
    long_ago = office.now - timedelta(days=40)
    still = await deal(office, "Still", stage_since=long_ago)
    await deal(office, "Fresh", stage_since=office.now - timedelta(days=2))
    reply = await office.do("nancy", "deal.stale")
    assert "1 open deal has not moved" in reply.text
    assert "Still" in reply.text
    assert "Jan 30, 2026" in reply.text
    later = {"start": "2026-01-10", "end": "2026-03-12"}
    reply = await office.do("nancy", "deal.stale", period=later)
    assert "Every open deal has moved since Jan 10, 2026" in reply.text
    await office.do("nancy", "deal.update", deal=still, close_date="2026-05-01")
    assert "Every open deal has moved" in (await office.do("nancy", "deal.stale")).text


async def test_a_talk_with_the_customer_moves_a_deal(office: Office) -> None:
    await deal(office, "Still", stage_since=office.now - timedelta(days=40))
    await office.do("nancy", "activity.log", customer=await alfreds(office), note="called")
    assert "Every open deal has moved" in (await office.do("nancy", "deal.stale")).text


async def test_forecast_says_where_it_comes_from(office: Office) -> None:
    reply = await office.do("nancy", "deal.forecast")
    assert "0 deals closed so far, and it takes 20" in reply.text
    for number in range(24):
        stage = Stage.WON if number % 4 else Stage.LOST
        await deal(office, f"Old {number}", stage=stage, amount=100, close_date=date(2026, 2, 1))
    await deal(office, "Open", amount=1_000_000, close_date=date(2026, 3, 20))
    await deal(office, "Some day", amount=1_000_000)
    quarter = {"start": "2026-01-01", "end": "2026-04-01"}
    reply = await office.do("nancy", "deal.forecast", period=quarter)
    assert "Forecast from 1 open deal" in reply.text
    assert "learnt from 24 closed deals" in reply.text
    assert "1 open deal has no closing date" in reply.text
    assert "$18 | $7,325.69 | $18 | $10,018 | $10,018" in reply.text
