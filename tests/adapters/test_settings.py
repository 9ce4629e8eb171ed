"""The settings: what stops the start, and what becomes of the service targets."""

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from adapters.settings import Settings, SlaSettings
from crm_core.models import Priority
from crm_core.sla import Goal


def test_targets_and_working_hours_come_from_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_COMPANY__TIMEZONE", "Europe/Berlin")
    monkeypatch.setenv("CRM_SLA__HOLIDAYS", '["2026-12-25"]')
    monkeypatch.setenv("CRM_SLA__DAYS", '["sun", "mon"]')
    sla = Settings().conversation.sla
    assert sla.hours.zone == ZoneInfo("Europe/Berlin")
    assert (sla.hours.opens, sla.hours.closes) == (time(9), time(18))
    assert sla.hours.weekdays == {6, 0}
    assert sla.hours.holidays == {date(2026, 12, 25)}
    assert set(sla.targets) == set(Goal)
    for minutes in sla.targets.values():
        assert sorted(minutes, key=lambda word: -minutes[word]) == list(Priority)


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("CRM_SLA__RESOLUTION__URGENT", "0", "greater than 0"),
        ("CRM_SLA__DAYS", '["someday"]', "days"),
        ("CRM_SLA__OPENS", "late", "opens"),
    ],
)
def test_senseless_targets_stop_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, complaint: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError, match=complaint):
        Settings()


def test_a_priority_without_a_target_stops_the_start() -> None:
    sla = Settings().sla.model_dump() | {"resolution": {"urgent": 60}}
    with pytest.raises(ValidationError, match="no minutes for low, normal, high"):
        SlaSettings(**sla)
