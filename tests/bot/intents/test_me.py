"""The asker's own settings."""

from tests.office import Office


async def test_time_zone_by_a_city_tells_the_hour_there(office: Office) -> None:
    reply = await office.do("nancy", "me.set_timezone", timezone="Beijing")
    assert "Asia/Shanghai. It is Mar 11, 2026 18:00 there" in reply.text
    assert "UTC → Asia/Shanghai" in reply.text
    assert "Asia/Shanghai" in (await office.do("nancy", "me.show")).text
    await office.press("nancy", reply, "Undo")
    assert "UTC" in (await office.do("nancy", "me.show")).text


async def test_nonsense_changes_nothing(office: Office) -> None:
    reply = await office.do("nancy", "me.set_timezone", timezone="the moon")
    assert 'no time zone like "the moon"' in reply.text
    assert (await office.person("nancy")).timezone == "UTC"


async def test_in_chinese(office: Office) -> None:
    await office.do("nancy", "me.set_language", language="zh")
    reply = await office.do("nancy", "me.set_timezone", timezone="柏林")
    assert "以后我按 Europe/Berlin 的时间" in reply.text
