"""What is told without being asked: in whose words, how much of it, and what is left unsaid."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot.notices import Draft, Percent, action, phrase
from crm_core import alerts, outbox
from crm_core.changes import Work
from crm_core.models import AlertKind, Delivery, Language, OutboxStatus, User
from crm_core.receivers import Notice
from crm_core.values import Money
from tests.desk import Desk
from tests.office import Office


def risk(key: str, to: Sequence[str | int], value: int = 0, **values: Any) -> Notice:
    draft = Draft(
        title=phrase("alert-churn-title", customer=key, probability=Percent(0.4)),
        lines=(phrase("alert-churn-value", value=Money(120_000, "USD")),),
        actions=(action("button-claim", "alert.claim", alert=1),),
    )
    return Notice(key, AlertKind.CHURN, draft.plain(), to=to, value=Money(value, "USD"), **values)


async def test_it_is_said_in_the_receivers_words_with_buttons(office: Office) -> None:
    desk = Desk(office)
    steven, anne = await office.person("steven"), await office.person("anne")
    async with office.db.begin(Work("setup", office.now)) as session:
        (await session.get_one(User, anne.id)).language = Language.ZH
    await desk.tell(risk("Acme", [steven.id, anne.id]))
    assert await desk.run() == "2 sent"
    english, chinese = await desk.posted()
    assert "Acme may be leaving: 40%" in english.text
    assert "$1,200" in english.text
    assert english.buttons[0].token
    assert "Acme 可能流失" in chinese.text
    assert await desk.run() == "0 sent"


async def test_what_is_over_the_cap_comes_together_the_next_morning(office: Office) -> None:
    desk = Desk(office, daily_cap=3)
    steven = await office.person("steven")
    await desk.tell(*(risk(f"C{value}", [steven.id], value) for value in range(5)))
    await desk.run()
    assert [reply.text[:2] for reply in await desk.posted()] == ["C4", "C3", "C2"]
    office.now += timedelta(hours=5)
    await desk.tell(risk("C5", [steven.id], 5), risk("C6", [steven.id], urgent=True))
    await desk.run()
    assert [reply.text[:2] for reply in (await desk.posted())[3:]] == ["C6"]
    office.now = office.now.replace(hour=8, minute=0) + timedelta(days=1)
    await desk.run()
    (together,) = (await desk.posted())[4:]
    assert "3 more from yesterday" in together.text
    assert together.text.index("C5") < together.text.index("C1") < together.text.index("C0")


async def test_what_could_not_be_sent_in_time_does_not_come_at_night(office: Office) -> None:
    desk = Desk(office)
    steven = await office.person("steven")
    await desk.tell(risk("Acme", [steven.id]))
    at_ten = {"minute": 0, "hour": 22, "timezone": "UTC"}
    await office.do("steven", "alert.subscribe", kind="deal", schedule=at_ten)
    await desk.tell(replace(risk("Blue Sky", [steven.id]), kind=AlertKind.DEAL, to=()))
    office.now = office.now.replace(hour=22, minute=0)  # nothing ran all day
    await desk.run()
    assert ["Blue Sky" in reply.text for reply in await desk.posted()] == [True]
    office.now = office.now.replace(hour=8) + timedelta(days=1)
    await desk.run()
    assert ["Acme" in reply.text for reply in await desk.posted()] == [False, True]


async def test_who_was_muted_meanwhile_is_left_alone(office: Office) -> None:
    desk = Desk(office)
    steven = await office.person("steven")
    await desk.tell(risk("Acme", [steven.id]))
    receipt = await office.do(
        "steven", "alert.mute", period={"start": "2026-03-11", "end": "2026-03-12"}
    )
    assert "I stay quiet until Mar 12, 2026" in receipt.text
    await desk.run()
    assert await desk.posted() == []
    office.now += timedelta(days=1)
    await desk.run()
    assert len(await desk.posted()) == 1


async def test_an_alert_somebody_took_is_not_told_any_more(office: Office) -> None:
    desk = Desk(office)
    steven = await office.person("steven")
    async with office.db.begin(Work("raise", office.now)) as session:
        alert = await alerts.raise_once(session, "churn:1", kind=AlertKind.CHURN)
    assert alert
    office.now = office.now.replace(hour=21)
    await desk.tell(risk("Acme", [steven.id], alert_id=alert.id))
    await office.do("nancy", "alert.claim", alert=alert.id)
    office.now += timedelta(days=1)
    await desk.run()
    assert await desk.posted() == []


async def refuse(office: Office, channel: str) -> None:
    """Let the platform refuse what is on its way to a channel."""
    async with office.db.begin(Work("courier", office.now)) as session:
        queued = select(Delivery).filter_by(channel=channel, status=OutboxStatus.QUEUED)
        for delivery in await session.scalars(queued):
            outbox.park(delivery, "not_in_channel")


async def test_a_channel_where_i_am_not_is_no_place_to_subscribe(office: Office) -> None:
    desk = Desk(office)
    await office.say("steven", "post churn alerts to #nowhere")
    (announced,) = await desk.posted()
    assert announced.text == 'Steven Buchanan has asked for alerts on "churn" to be posted here.'
    await refuse(office, "#nowhere")
    await desk.run()
    assert [reply.text for reply in await desk.posted()][1:] == [
        "I can't post churn alerts in #nowhere\n"
        "So I have dropped it. Invite me to that channel and say it again, or choose another one."
    ]
    assert "#nowhere" not in (await office.say("steven", "who gets churn alerts")).text
    await office.do("steven", "me.set_language", language="zh")
    await office.say("steven", "把流失预警发到 #nowhere")
    await refuse(office, "#nowhere")
    await desk.run()
    assert "因此没有订阅" in (await desk.posted())[-1].text
    await office.say("steven", "把流失预警发到这里", channel="#here")  # where I am
    assert len(await desk.posted()) == 4


async def test_a_channel_that_refuses_is_told_to_who_asked_for_it_once(office: Office) -> None:
    desk = Desk(office)
    await office.do("steven", "alert.subscribe", kind="churn", channel="#nowhere")
    async with office.db.begin(Work("courier", office.now)) as session:
        outbox.sent(await session.get_one(Delivery, 1), "1", office.now)  # it could be announced
    for key in ("Acme", "Blue Sky"):
        await desk.tell(risk(key, []))
        await desk.run()
        await refuse(office, "#nowhere")
        await desk.run()
    assert len(await desk.posted()) == 4
    told = [reply.text for reply in await desk.posted() if "can't post" in reply.text]
    assert told == [
        "I can't post churn alerts in #nowhere\nInvite me to that channel, or choose another one."
    ]
    log = await office.do("steven", "alert.log")
    assert "refused by the platform" in log.text
