"""Alerts in conversation."""

from datetime import timedelta

from crm_core import alerts
from crm_core.changes import Work
from crm_core.models import Alert, AlertKind, AlertStatus
from crm_core.values import Money
from tests.office import Office


async def test_list_shows_what_waits_and_what_is_back(office: Office) -> None:
    assert "No open alerts" in (await office.do("nancy", "alert.list")).text
    async with office.db.begin(Work("alerts", office.now)) as session:
        churn = await alerts.raise_once(
            session,
            "churn:1",
            kind=AlertKind.CHURN,
            probability=0.43,
            value=Money(120_000, "USD"),
        )
        await alerts.raise_once(session, "task:1", kind=AlertKind.TASK)
        assert churn
    reply = await office.do("nancy", "alert.list")
    assert "2 open alerts" in reply.text
    assert "churn |  | 43% | $1,200 | Mar 11, 2026" in reply.text
    reply = await office.do("nancy", "alert.list", kind="task")
    assert "1 open alert" in reply.text
    assert "kind: task" in (reply.provenance or "")
    await office.do("nancy", "alert.snooze", alert=churn.id, until="2026-03-13")
    assert "1 open alert" in (await office.do("nancy", "alert.list")).text
    office.now += timedelta(days=3)
    assert "2 open alerts" in (await office.do("nancy", "alert.list")).text


async def test_who_takes_an_alert_may_say_why(office: Office) -> None:
    async with office.db.begin(Work("alerts", office.now)) as session:
        alert = await alerts.raise_once(session, "churn:1", kind=AlertKind.CHURN)
        assert alert
    await office.do("nancy", "alert.claim", alert=alert.id, reason="I know their buyer")
    assert "before they leave: I know their buyer" in (await office.do("nancy", "task.list")).text
    async with office.db.read() as session:
        kept = await session.get_one(Alert, alert.id)
    assert (kept.status, kept.reason) == (AlertStatus.CLAIMED, "I know their buyer")
