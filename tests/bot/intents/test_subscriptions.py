"""Subscriptions in conversation."""

import pytest
from sqlalchemy import select

from bot.notices import Draft, phrase
from crm_core.models import AlertKind, Segment, Subscription
from crm_core.receivers import Notice
from tests.desk import Desk
from tests.office import Office


async def subscriptions(office: Office) -> list[tuple[str, str, bool]]:
    async with office.db.read() as session:
        found = await session.scalars(select(Subscription).order_by(Subscription.id))
        return [(one.kind.value, one.channel, one.wanted) for one in found]


async def test_subscribe_by_words_and_undo(office: Office) -> None:
    receipt = await office.say("steven", "post churn alerts to #sales every weekday at 9")
    assert 'alerts on "churn"' in receipt.text
    assert "next Mar 12, 2026 09:00" in receipt.text
    assert await subscriptions(office) == [("churn", "#sales", True)]
    await office.press("steven", receipt, "Undo")
    assert await subscriptions(office) == []


async def test_directly_and_here(office: Office) -> None:
    await office.say("steven", "DM me SLA breaches at once")
    await office.say("steven", "post churn alerts here every day at 8", channel="#managers")
    assert await subscriptions(office) == [("sla", "steven", True), ("churn", "#managers", True)]
    await office.say("steven", "stop churn alerts here", channel="#managers")
    assert (await subscriptions(office))[1] == ("churn", "#managers", False)


async def test_in_chinese(office: Office) -> None:
    receipt = await office.say("steven", "每天早上9点把流失预警发到 #sales")
    assert "今后会推送“流失”类预警" in receipt.text


@pytest.mark.parametrize(
    ("said", "owner", "segment", "least", "channel"),
    [
        (
            "post churn alerts over 10k for Nancy's customers to #sales",
            "nancy",
            None,
            1_000_000,
            "#sales",
        ),
        ("only post churn alerts for champions", None, Segment.CHAMPIONS, None, "steven"),
        ("send me churn alerts for my customers", "steven", None, None, "steven"),
        ("只发冠军客户的流失预警", None, Segment.CHAMPIONS, None, "steven"),
        ("把Nancy客户的流失预警发到 #sales", "nancy", None, None, "#sales"),
        ("订阅超过1万的流失预警", None, None, 1_000_000, "steven"),
    ],
)
async def test_only_some_of_them_in_words(
    office: Office,
    said: str,
    owner: str | None,
    segment: Segment | None,
    least: int | None,
    channel: str,
) -> None:
    await office.say("steven", said)
    whose = (await office.person(owner)).id if owner else None
    async with office.db.read() as session:
        one = (await session.scalars(select(Subscription))).one()
    assert (one.kind, one.channel) == (AlertKind.CHURN, channel)
    assert (one.owner_id, one.segment, one.least) == (whose, segment, least)


async def test_own_quiet_hours_in_words(office: Office) -> None:
    desk = Desk(office)
    receipt = await office.say("steven", "don't disturb me between 9am and noon")
    assert "between 09:00 and 12:00" in receipt.text
    steven = await office.person("steven")
    await desk.tell(
        Notice("k", None, Draft(title=phrase("notices-more", count=1)).plain(), to=(steven.id,))
    )
    await desk.run()
    assert await desk.posted() == []
    office.now = office.now.replace(hour=12, minute=0)
    await desk.run()
    assert len(await desk.posted()) == 1
    await office.say("anne", "说中文")
    assert "22:00 到 07:00" in (await office.say("anne", "晚上10点到早上7点不要打扰我")).text
    refused = await office.do("steven", "me.set_quiet_hours", start="2026-03-12", end="2026-03-13")
    assert "From which hour" in refused.text


async def test_what_cant_be_is_refused_with_the_reason(office: Office) -> None:
    refused = await office.say("steven", "post churn alerts to #sales every 31 february")
    assert '"every 31 february" never comes' in refused.text
    refused = await office.say("steven", "post churn alerts on 31 February to #sales")
    assert '"on 31 February" never comes' in refused.text
    never = {"minute": 0, "hour": 9, "day": 31, "month": 2, "timezone": "UTC"}
    reply = await office.do("steven", "alert.subscribe", kind="churn", schedule=never)
    assert "That time never comes" in reply.text
    reply = await office.do("steven", "alert.unsubscribe", kind="campaign", channel="#else")
    assert "no more alerts" in reply.text.casefold()
    reply = await office.do("steven", "alert.unsubscribe", kind="task", channel="#else")
    assert "no alerts on" in reply.text
    assert "Your role" in (await office.do("nancy", "alert.subscribe", kind="churn")).text


async def test_mute_for_a_time_past_is_refused(office: Office) -> None:
    past = {"start": "2026-03-01", "end": "2026-03-05"}
    assert "in the past" in (await office.do("nancy", "alert.mute", period=past)).text


async def test_who_gets_what(office: Office) -> None:
    await office.do("steven", "alert.subscribe", kind="churn", channel="#sales")
    reply = await office.say("steven", "who gets churn alerts")
    assert "churn | the owner's lead | at once" in reply.text
    assert "churn | #sales | at once" in reply.text
    await office.say("steven", "post churn alerts over 10k for Nancy's customers to #vip")
    reply = await office.say("steven", "who gets churn alerts")
    assert "churn | #vip (Nancy Davolio, from $10,000) | at once" in reply.text
    assert "Quiet hours 20:00 to 08:00, at most 12" in reply.text
