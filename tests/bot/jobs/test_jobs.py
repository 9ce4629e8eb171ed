"""What the jobs tell: due tasks, missed targets, what just happened, what became of alerts."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from adapters.app import App
from bot.jobs.followups import Followups
from bot.jobs.pushes import Pushes
from bot.jobs.reminders import reminders
from bot.jobs.sla_watch import SlaWatch
from crm_core import alerts, churn
from crm_core.changes import Work
from crm_core.models import (
    Alert,
    AlertKind,
    AlertOutcome,
    Customer,
    Delivery,
    Notification,
    Order,
    OrderStatus,
    Ticket,
)
from crm_core.values import Money
from tests.desk import Desk
from tests.office import NOW, Office


@pytest.mark.parametrize("seconds", [0, 1, 29, 30, 31, 59])
async def test_a_due_task_is_told_within_half_a_minute(office: Office, seconds: int) -> None:
    desk = Desk(office)
    due = NOW + timedelta(hours=2, seconds=seconds)
    await office.do("nancy", "task.create", title="Call Acme", due=due.isoformat())
    office.now = NOW + timedelta(hours=1, minutes=58)
    while not await desk.posted():
        office.now += timedelta(minutes=1)
        await desk.run(reminders)
    assert abs(office.now - due) <= timedelta(seconds=30)
    assert "Call Acme" in (await desk.posted())[0].text
    office.now += timedelta(minutes=1)
    await desk.run(reminders)
    assert len(await desk.posted()) == 1


async def test_a_task_done_or_put_off_is_not_told(office: Office) -> None:
    desk = Desk(office)
    for title in ("Done", "Later"):
        at = (NOW + timedelta(hours=1)).isoformat()
        await office.do("nancy", "task.create", title=title, due=at)
    await office.do("nancy", "task.complete", task=1)
    tomorrow = (NOW + timedelta(days=1)).isoformat()
    await office.do("nancy", "task.snooze", task=2, until=tomorrow)
    office.now = NOW + timedelta(hours=1)
    await desk.run(reminders)
    assert await desk.posted() == []
    office.now = NOW + timedelta(days=1)
    await desk.run(reminders)
    assert ["Later" in reply.text for reply in await desk.posted()] == [True]


async def ticket(office: Office, assignee: str | None, opened: datetime) -> int:
    user = await office.person(assignee) if assignee else None
    async with office.db.begin(Work("setup", opened)) as session:
        made = Ticket(
            customer=(await session.scalars(select(Customer).limit(1))).one(),
            subject="Broken",
            opened_at=opened,
            priority="urgent",
            status="open",
            assignee_id=user.id if user else None,
        )
        session.add(made)
    return made.id


async def told(office: Office) -> list[str]:
    """Return who was told what, in order."""
    async with office.db.read() as session:
        rows = await session.scalars(select(Notification).order_by(Notification.id))
        return [f"{row.channel} {row.key.partition(':')[0]}" for row in rows]


async def test_targets_warn_then_alarm_then_reach_the_lead(office: Office) -> None:
    desk = Desk(office)
    await ticket(office, "laura", NOW)  # first answer due at 10:30, an urgent one
    watch = SlaWatch(warn_minutes=10, lead_minutes=15)
    at: dict[str, int] = {}
    for minute in range(60):
        office.now = NOW + timedelta(minutes=minute)
        await desk.run(watch)
        for line in await told(office):
            at.setdefault(line, minute)
    assert at["laura sla-warning"] == 20
    assert at["laura sla-breach"] == 30
    assert at["andrew sla-lead"] == 45
    assert len(await told(office)) == len(set(await told(office)))


async def test_only_working_hours_count(office: Office) -> None:
    desk = Desk(office)
    friday = datetime(2026, 3, 13, 17, 50, tzinfo=UTC)  # ten minutes before closing
    await ticket(office, "laura", friday)
    watch = SlaWatch(warn_minutes=5, lead_minutes=15)
    office.now = friday + timedelta(days=2)
    await desk.run(watch)
    assert await told(office) == []
    office.now = datetime(2026, 3, 16, 9, 20, tzinfo=UTC)
    await desk.run(watch)
    assert await told(office) == ["laura sla-breach"]


async def test_nobodys_ticket_alarms_the_lead_at_once(office: Office) -> None:
    desk = Desk(office)
    await ticket(office, None, NOW)
    office.now = NOW + timedelta(minutes=31)
    await desk.run(SlaWatch(10, 15))
    assert "steven sla-breach" in await told(office)


async def test_a_deal_won_is_told_to_subscribers_once_and_not_when_undone(office: Office) -> None:
    desk = Desk(office)
    pushes = Pushes(big_deal=50_000)
    await office.do("steven", "alert.subscribe", kind="deal", channel="#wins")
    await office.do("nancy", "deal.create", customer=1, title="Small", amount={"value": 900})
    await office.do("nancy", "deal.create", customer=1, title="Big", amount={"value": 90_000})
    await office.do("nancy", "deal.move", deal=1, stage="negotiation")  # not worth a word
    await office.do("nancy", "deal.move", deal=2, stage="negotiation")
    await office.do("nancy", "deal.move", deal=1, stage="won")
    receipt = await office.do("nancy", "deal.move", deal=2, stage="won")
    await office.press("nancy", receipt, "Undo")
    await desk.run(pushes)
    await desk.run(pushes)
    announced, *told = [reply.text.splitlines()[0] for reply in await desk.posted()]
    assert "asked for alerts" in announced
    assert told == [
        "Big ($90,000) is now in negotiation",
        "Won: Small, $900",
    ]


async def test_a_ticket_reopened_or_rated_badly_is_told(office: Office) -> None:
    desk = Desk(office)
    number = await ticket(office, "laura", NOW)
    await office.do("steven", "ticket.resolve", ticket=number)
    await office.do("steven", "ticket.rate", ticket=number, score=2)
    await office.do("steven", "ticket.reopen", ticket=number)
    await desk.run(Pushes(50_000))
    texts = {reply.text.splitlines()[0] for reply in await desk.posted()}
    assert texts == {
        f"Ticket #{number} was rated 2 of 5: Broken",
        f"Ticket #{number} is open again: Broken",
    }
    assert {line.partition(" ")[0] for line in await told(office)} == {"laura", "andrew"}


async def raised(office: Office, customer: int) -> int:
    async with office.db.begin(Work("raise", office.now)) as session:
        alert = await alerts.raise_once(
            session,
            f"churn:{customer}",
            kind=AlertKind.CHURN,
            customer=await session.get_one(Customer, customer),
            value=Money(100_000, "USD"),
            settles_on=date(2026, 4, 25),
        )
        assert alert
        return alert.id


async def test_what_nobody_took_goes_to_the_lead_once(office: Office) -> None:
    desk = Desk(office)
    taken, left = await raised(office, 1), await raised(office, 2)
    await office.do("nancy", "alert.claim", alert=taken)
    for hours in (23, 25, 26):
        office.now = NOW + timedelta(hours=hours)
        await desk.run(Followups(escalate_hours=24))
    async with office.db.read() as session:
        assert (await session.get_one(Alert, left)).escalated_at
    (reply,) = await desk.posted()
    assert "Nobody has taken the alert" in reply.text


async def test_outcomes_are_noted_by_what_customers_did(office: Office) -> None:
    desk = Desk(office)
    saved, stayed, lost = [await raised(office, number) for number in (1, 2, 3)]
    await office.do("nancy", "alert.claim", alert=saved)
    later = office.now + timedelta(days=5)
    async with office.db.begin(Work("orders", later)) as session:
        for customer in (1, 2):
            session.add(
                Order(
                    customer_id=customer,
                    status=OrderStatus.PAID,
                    ordered_at=later,
                    total=5_000,
                    currency="USD",
                )
            )
    office.now = NOW + timedelta(days=50)
    await desk.run(Followups(24))
    async with office.db.read() as session:
        outcomes = [(await session.get_one(Alert, each)).outcome for each in (saved, stayed, lost)]
        record = await churn.track_record(session, NOW, office.now + timedelta(days=1))
    assert outcomes == [AlertOutcome.SAVED, AlertOutcome.STAYED, AlertOutcome.LOST]
    assert (record.settled, record.saved_value, record.currency) == (3, 100_000, "USD")
    assert record.precision == pytest.approx(2 / 3)


async def test_administrators_are_told_of_a_job_that_failed_once_a_day(office: Office) -> None:
    app = App(office.settings, lambda _app: [], lambda: office.now)
    await app.db.close()
    app.db = office.db
    for _ in range(2):
        await app._tell_admins("churn_alerts", "ab12cd34", Work("job:x", office.now))
    async with office.db.read() as session:
        (delivery,) = (await session.scalars(select(Delivery).filter_by(channel="andrew"))).all()
    assert "The job churn_alerts failed" in str(delivery.reply)
