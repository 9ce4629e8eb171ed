"""Slack when the network or Slack itself has a bad day: nothing lost, nothing twice."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest

from adapters.channel import Outgoing, Refused, TryLater
from bot.message import Place

from .slack_desk import echo, running, words
from .slack_server import SlackServer

C1 = Place(platform="slack", channel="C1")


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer(ack_seconds=0.5) as server:
        yield server


def delivery(key: str = "1", **more: Any) -> Outgoing:
    usual = {"key": key, "place": C1, "reply": words(f"message {key}")}
    return Outgoing.model_validate(usual | more)


def texts(slack: SlackServer) -> list[str]:
    return [post["text"] for post in slack.posts]


async def test_an_event_is_safe_before_it_is_acknowledged(slack: SlackServer) -> None:
    async with running(slack) as desk:
        desk.out_of_order = 2
        slack.mention("U1", "hello", "C1")
        await slack.posted()
        [event] = [message.event for message in desk.inbox]
        await slack.until(lambda: slack.acked == [event])
    assert slack.attempts[event] == 3


async def test_an_event_that_comes_again_is_acknowledged_and_not_answered(
    slack: SlackServer,
) -> None:
    async with running(slack) as desk:
        slack.mention("U1", "hello", "C1")
        await slack.posted()
        said = slack.channels["C1"].messages[0]
        event = {**said, "type": "app_mention", "channel": "C1"}
        slack.emit(event, desk.inbox[0].event)
        await slack.until(lambda: len(slack.acked) == 2)
    assert (len(desk.inbox), desk.known, len(slack.posts)) == (1, 1, 1)


async def test_no_post_is_doubled_when_its_answer_is_lost(slack: SlackServer) -> None:
    async with running(slack) as desk:
        slack.cut_after = ["chat.postMessage"]
        with pytest.raises(TryLater):
            await desk.adapter.send(delivery())
        for n in range(5):
            slack.keep(slack.channels["C1"], user="U1", text=f"meanwhile {n}")
        reference = await desk.adapter.send(delivery(attempt=2))
    assert texts(slack) == ["message 1"]
    assert reference == slack.posts[0]["ts"]


async def test_no_reply_in_a_thread_is_doubled_when_its_answer_is_lost(slack: SlackServer) -> None:
    async with running(slack):
        slack.cut_after = ["chat.postMessage"] * 2
        for n in range(6):
            slack.mention("U1", f"question {n}", "C1")
        await slack.until(lambda: len(slack.posts) == 6)
        await asyncio.sleep(0.2)
    assert sorted(texts(slack)) == [f"you said: question {n}" for n in range(6)]


async def test_the_same_text_for_another_delivery_is_posted(slack: SlackServer) -> None:
    async with running(slack) as desk:
        await desk.adapter.send(delivery("1", reply=words("hi")))
        await desk.adapter.send(delivery("2", reply=words("hi"), attempt=2))
    assert texts(slack) == ["hi", "hi"]


async def test_a_delivery_has_the_same_client_id_every_time(slack: SlackServer) -> None:
    async with running(slack) as desk:
        slack.fail("chat.postMessage", "fatal_error")
        await desk.deliver(delivery("1"))
        await desk.deliver(delivery("2"))
    ids = [call["client_msg_id"] for method, call in slack.calls if method == "chat.postMessage"]
    assert ids[0] == ids[1] != ids[2]


async def test_a_rate_limit_is_obeyed_in_its_channel_only(slack: SlackServer) -> None:
    async with running(slack) as desk:
        slack.too_many("chat.postMessage", seconds=7)
        with pytest.raises(TryLater) as limit:
            await desk.adapter.send(delivery("1"))
        assert limit.value.seconds == 7
        with pytest.raises(TryLater) as still:
            await desk.adapter.send(delivery("2"))
        assert 6 < still.value.seconds <= 7
        await desk.adapter.send(delivery("3", place=Place(platform="slack", channel="G1")))
    assert texts(slack) == ["message 3"]


async def test_nothing_is_lost_in_a_storm_of_rate_limits(slack: SlackServer) -> None:
    slack.pace = 0.02
    async with running(slack, seconds_per_message=0.03) as desk:
        slack.too_many("chat.postMessage", seconds=0, times=20)
        channels = ["C1", "G1", slack.direct("U1"), slack.direct("U2")]
        deliveries = [
            delivery(f"{channel}-{n}", place=Place(platform="slack", channel=channel))
            for channel in channels
            for n in range(8)
        ]
        for task in asyncio.as_completed([desk.deliver(one) for one in deliveries]):
            await task
    assert Counter(texts(slack)) == {f"message {one.key}": 1 for one in deliveries}


async def test_the_pace_is_kept_for_each_channel(slack: SlackServer) -> None:
    slack.pace = 0.1
    async with running(slack, seconds_per_message=0.12) as desk:
        for channel in ("C1", "G1"):
            await desk.adapter.send(
                delivery(channel, place=Place(platform="slack", channel=channel))
            )
        with pytest.raises(TryLater) as early:
            await desk.adapter.send(delivery("next"))
        assert 0 < early.value.seconds <= 0.12
        await asyncio.sleep(early.value.seconds)
        await desk.adapter.send(delivery("next", attempt=2))
    asked = [method for method, _ in slack.calls]
    # What was only held back here cannot have arrived: the history is not asked.
    assert "conversations.history" not in asked
    assert asked.count("chat.postMessage") == 3


@pytest.mark.parametrize("error", ["internal_error", "service_unavailable"])
async def test_slack_s_own_troubles_pass(slack: SlackServer, error: str) -> None:
    async with running(slack) as desk:
        slack.fail("chat.postMessage", error, status=503 if error == "service_unavailable" else 200)
        with pytest.raises(TryLater):
            await desk.adapter.send(delivery())
        await desk.adapter.send(delivery(attempt=2))
    assert texts(slack) == ["message 1"]


async def test_an_unreachable_slack_is_tried_later(slack: SlackServer) -> None:
    async with running(slack) as desk:
        await slack._runner.cleanup()
        with pytest.raises(TryLater, match="no answer"):
            await desk.adapter.send(delivery())


async def test_a_history_that_may_not_be_read_is_said(slack: SlackServer) -> None:
    async with running(slack) as desk:
        slack.scopes.remove("channels:history")
        with pytest.raises(Refused, match="missing_scope"):
            await desk.adapter.send(delivery(attempt=2))


async def test_events_sent_while_sockets_are_recycled_all_arrive(slack: SlackServer) -> None:
    async with running(slack) as desk:
        for n in range(20):
            slack.mention("U1", f"{n}", "C1")
            if n % 5 == 2:
                await slack.recycle()
            await asyncio.sleep(0.01)
        await slack.until(lambda: len(slack.acked) == 20)
    assert {message.text for message in desk.inbox} == {str(n) for n in range(20)}
    assert slack.sockets_opened > 1


async def test_a_broken_socket_comes_back(slack: SlackServer) -> None:
    async with running(slack) as desk:
        slack.cut()
        await slack.until(lambda: not slack.connections)
        slack.mention("U1", "are you there?", "C1")
        await slack.posted()
    assert len(desk.inbox) == 1


async def test_a_dead_socket_comes_back(slack: SlackServer) -> None:
    async with running(slack) as desk:
        slack.freeze()
        slack.mention("U1", "are you there?", "C1")
        await slack.posted()
    assert len(desk.inbox) == 1


async def test_the_socket_comes_back_though_slack_opens_none_at_first(slack: SlackServer) -> None:
    async with running(slack) as desk:
        slack.fail("apps.connections.open", "internal_error", times=3)
        slack.too_many("apps.connections.open", seconds=0)
        await slack.recycle()
        slack.cut()
        slack.mention("U1", "are you there?", "C1")
        await slack.posted()
    assert len(desk.inbox) == 1


async def test_the_socket_comes_back_though_its_address_is_used_up(slack: SlackServer) -> None:
    async with running(slack) as desk:
        opened = slack._apps_connections_open
        spent = iter(range(2))

        def open_badly() -> dict[str, Any]:
            answer = opened()
            if next(spent, None) is not None:
                slack.tickets.clear()
            return answer

        slack._apps_connections_open = open_badly  # type: ignore[method-assign]
        slack.cut()
        slack.mention("U1", "are you there?", "C1")
        await slack.posted()
    assert len(desk.inbox) == 1


@pytest.mark.slow
async def test_fifty_disconnections_lose_and_double_nothing(slack: SlackServer) -> None:
    """Any mix of recycled, broken and dead sockets, with people talking all the time."""
    chance = random.Random(1)
    async with running(slack, echo, ping_seconds=0.1) as desk:
        asked = 0
        for _ in range(50):
            for _ in range(3):
                slack.mention("U1", f"question {asked}", "C1")
                asked += 1
                await asyncio.sleep(chance.random() / 50)
            reopened = partial(lambda before: slack.sockets_opened > before, slack.sockets_opened)
            trouble = chance.choice(["recycle", "cut", "freeze"])
            if trouble == "recycle":
                await slack.recycle()
            elif trouble == "cut":
                slack.cut()
            else:
                slack.freeze()
            await slack.until(reopened, 30)
        await slack.until(lambda: len(slack.acked) == asked and len(slack.posts) == asked, 30)
        assert len([one for one in slack.connections if not one.frozen.is_set()]) == 1
    assert len(desk.inbox) == asked
    assert Counter(texts(slack)) == {f"you said: question {n}": 1 for n in range(asked)}
