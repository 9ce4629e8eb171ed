"""A churn alert says who, how likely, why, what it is worth, what changed and what to do."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from bot.jobs.churn_alerts import ChurnAlerts
from bot.jobs.digests import Digests
from bot.jobs.followups import Followups
from bot.jobs.score import Score as Scoring
from crm_core.changes import Work
from crm_core.models import (
    Activity,
    ActivityKind,
    Alert,
    AlertKind,
    AlertOutcome,
    Customer,
    FittedModel,
    ModelName,
    Notification,
    Order,
    OrderStatus,
    Score,
    Segment,
)
from tests.desk import Desk
from tests.office import NOW, Office

REASON = {
    "feature": "recency",
    "unit": "days",
    "value": 69.0,
    "usual": 20.0,
    "direction": "up",
    "own": True,
}
JOB = ChurnAlerts(Scoring("duckdb", 45, 365), most=2, lift=1.5)
COSTLY, DEAR, CHEAP, SAFE = 1, 2, 3, 4


def scores(day: date, churn: dict[int, float]) -> list[dict[str, object]]:
    worth = {COSTLY: 900_000.0, DEAR: 500_000.0, CHEAP: 1_000.0, SAFE: 9_000_000.0}
    return [
        {"name": name, "as_of": day, "customer_id": customer, "value": value, "reasons": [REASON]}
        for name, values in ((ModelName.CHURN, churn), (ModelName.VALUE, worth))
        for customer, value in values.items()
    ]


def order(customer: int, day: datetime) -> Order:
    return Order(
        customer_id=customer,
        status=OrderStatus.PAID,
        ordered_at=day,
        total=5_000,
        currency="USD",
    )


@pytest.fixture
async def desk(office: Office) -> Desk:
    """A company with scores of today and of a week ago; calls have helped with those at risk."""
    steven = await office.person("steven")
    async with office.db.begin(Work("setup", NOW)) as session:
        await session.execute(update(Customer).values(segment=Segment.AT_RISK))
        await session.execute(update(Order).values(ordered_at=NOW - timedelta(days=400)))
        metrics = {"base_rate": 0.2, "currency": "USD"}
        for day, churn in (
            (NOW.date() - timedelta(days=7), {COSTLY: 0.41}),
            (NOW.date(), {COSTLY: 0.62, DEAR: 0.7, CHEAP: 0.99, SAFE: 0.25}),
        ):
            session.add(
                FittedModel(
                    name=ModelName.CHURN, as_of=day, fitted_at=NOW, parameters={}, metrics=metrics
                )
            )
            await session.execute(insert(Score), scores(day, churn))
        for number in range(10, 50):  # every other one was called, and three in four of those came
            call = number % 2
            session.add(
                Activity(
                    kind=ActivityKind.CALL if call else ActivityKind.EMAIL,
                    customer_id=number,
                    user_id=steven.id,
                    note="",
                    happened_at=NOW - timedelta(days=60),
                )
            )
            if call and number < 40:
                session.add(order(number, NOW - timedelta(days=50)))
    return Desk(office, to={AlertKind.CHURN: ["manager"], AlertKind.DIGEST: ["manager"]})


async def test_it_says_who_why_what_changed_and_what_to_do(desk: Desk) -> None:
    assert await desk.run(JOB) == "2 alerts"
    first, second = await desk.posted()
    assert first.text.splitlines()[0].endswith("may be leaving: 62%")  # the costliest loss first
    assert "about $9,000 a year" in first.text
    assert "69 days" in first.text
    assert "It was 41% on Mar 4, 2026" in first.text
    assert "such customers: call (75% of 20 were followed by an order)" in first.text
    assert "may be leaving: 70%" in second.text
    assert "It was" not in second.text  # there was no score of this one
    labels = ["I'll take it", "Snooze a week", "Not a real risk", "Call script", "Why?"]
    assert [button.label for button in first.buttons] == labels
    assert await desk.run(JOB) == "1 alerts"  # the cheap one; nobody is told of twice
    assert len(await desk.posted()) == 3


async def test_an_amount_asked_for_is_that_which_the_alert_shows(desk: Desk) -> None:
    await desk.office.say("steven", "post churn alerts over 9000 to #large")
    await desk.run(JOB)
    async with desk.office.db.read() as session:
        told = (await session.scalars(select(Notification).filter_by(channel="#large"))).all()
    _announced, alert = told
    assert alert.alert_id == 1  # the costliest: $9,000 a year at 62 %


async def test_in_chinese(desk: Desk) -> None:
    await desk.office.do("steven", "me.set_language", language="zh")
    await desk.run(JOB)
    first, _ = await desk.posted()
    assert "可能流失：62%" in first.text
    assert "2026年3月4日 时为 41%" in first.text


async def test_the_call_script_says_what_to_talk_about(desk: Desk) -> None:
    office = desk.office
    await office.do("laura", "ticket.create", customer=COSTLY, subject="Broken crate")
    await desk.run(JOB)
    first, _ = await desk.posted()
    script = await office.press("steven", first, "Call script")
    assert "Ask for Maria Anders" in script.text
    assert "Start from the last order" in script.text
    assert "is still open" in script.text
    assert "Offer something they know" in script.text
    assert "030-0074321" in script.text
    assert [button.label for button in script.buttons] == ["Log a call", "I'll take it"]


async def test_the_weeks_digest_tells_how_right_the_alerts_were(desk: Desk) -> None:
    office = desk.office
    await desk.run(JOB)
    first, second = await desk.posted()
    await office.press("steven", first, "I'll take it")
    await office.press("steven", second, "Not a real risk")
    office.now += timedelta(days=2)
    async with office.db.begin(Work("order", office.now)) as session:
        session.add(order(COSTLY, office.now))
    office.now = NOW + timedelta(days=46)  # the horizon of the other one is over
    await desk.run(Followups(24))
    async with office.db.read() as session:
        outcomes = [one.outcome for one in await session.scalars(select(Alert).order_by(Alert.id))]
    assert outcomes == [AlertOutcome.SAVED, AlertOutcome.LOST]
    office.now = office.now.replace(hour=8, minute=0) + timedelta(days=1)
    await desk.run(Digests("0 8 * * *"))
    digest = (await desk.posted())[-1]
    said = "Alerts settled in a week: 2, 100% were right; 1 saved ($9,000 a year), 1 lost"
    assert said in digest.text
