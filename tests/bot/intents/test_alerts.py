"""Alerts in conversation."""

from datetime import timedelta

from crm_core import alerts
from crm_core.changes import Work
from crm_core.models import AlertKind
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
