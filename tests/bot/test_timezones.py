"""The zone that people mean: names, offsets, cities in their language."""

from zoneinfo import ZoneInfo

import pytest

from bot.timezones import zone_named
from crm_core.errors import Invalid


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Asia/Shanghai", "Asia/Shanghai"),
        ("america/new york", "America/New_York"),
        ("UTC", "UTC"),
        ("utc+8", "Etc/GMT-8"),
        ("GMT-05:00", "Etc/GMT+5"),
        ("Berlin", "Europe/Berlin"),
        ("Munich", "Europe/Berlin"),
        ("Beijing", "Asia/Shanghai"),
        ("上海", "Asia/Shanghai"),
        ("北京", "Asia/Shanghai"),
        ("纽约", "America/New_York"),
        ("San Fransisco", "America/Los_Angeles"),
        ("são paulo", "America/Sao_Paulo"),
        ("London", "Europe/London"),
        ("Kiev", "Europe/Kiev"),
    ],
)
def test_names_offsets_and_cities(text: str, zone: str) -> None:
    assert zone_named(text) == zone
    assert ZoneInfo(zone)


@pytest.mark.parametrize("text", ["the moon", "月球", "Mars", "asdf", "UTC+99", "", "12"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="no-such-timezone"):
        zone_named(text)
