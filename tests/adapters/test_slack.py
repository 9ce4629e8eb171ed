"""Slack's ways in and out, through the real slack-bolt and a Slack that runs here."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import yaml
from slack_sdk.errors import SlackApiError

import bot.intents  # noqa: F401 - registers the handlers
from adapters.channel import Outgoing, Refused
from adapters.slack.adapter import SlackAdapter
from adapters.slack.manifest import BY_EMAIL, EVENTS, SCOPES
from adapters.slack.workspaces import MissingScopes
from bot.intent import registry
from bot.message import Message, Place
from bot.reply import Field, Fields, Reply

from .slack_desk import now, question, running, settings, words
from .slack_server import MANIFEST, SlackServer


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer() as server:
        yield server


def nothing(message: Message) -> None:
    return None


async def test_a_mention_is_answered_in_its_thread(slack: SlackServer) -> None:
    async with running(slack) as desk:
        asked = slack.mention("U1", "move the Acme deal to won", "C1")
        post = await slack.posted()
    [message] = desk.inbox
    assert message.text == "move the Acme deal to won"
    assert message.place == Place(platform="slack", workspace="T1", channel="C1", thread=asked)
    assert (message.sender, message.language) == ("U1", "en")
    assert abs(message.at - now()) < timedelta(seconds=5)
    assert (post["channel"], post["thread_ts"]) == ("C1", asked)
    assert post["text"] == "you said: move the Acme deal to won"


async def test_a_mention_in_a_thread_stays_in_that_thread(slack: SlackServer) -> None:
    async with running(slack):
        start = slack.say("U2", "has anybody called Acme?", "C1")
        slack.mention("U1", "what happened with Acme?", "C1", thread=start)
        assert (await slack.posted())["thread_ts"] == start


async def test_a_direct_message_is_answered_beside_it(slack: SlackServer) -> None:
    async with running(slack) as desk:
        slack.say("U2", "你好")
        post = await slack.posted()
        await slack.until(lambda: len(slack.acked) == 2)  # its own answer is told to the app too
    [message] = desk.inbox
    assert (message.place.direct, message.place.thread, message.language) == (True, "", "zh")
    assert post["channel"] == slack.direct("U2")
    assert "thread_ts" not in post


async def test_a_thread_in_a_direct_message_is_kept(slack: SlackServer) -> None:
    async with running(slack):
        first = slack.say("U1", "hi")
        slack.say("U1", "and in a thread", thread=first)
        await slack.posted(2)
    assert {post.get("thread_ts") for post in slack.posts} == {None, first}


async def test_the_slash_command_is_like_a_mention(slack: SlackServer) -> None:
    async with running(slack) as desk:
        slack.slash("U1", "help", "C1")
        post = await slack.posted()
    [message] = desk.inbox
    assert (message.text, message.place.channel, message.place.direct) == ("help", "C1", False)
    assert (post["channel"], post["text"]) == ("C1", "you said: help")


@pytest.mark.parametrize("channel", ["C2", "DU1U2"])
async def test_a_command_where_the_app_is_no_member_is_answered_directly(
    slack: SlackServer, channel: str
) -> None:
    async with running(slack) as desk:
        slack.slash("U1", "help", channel)
        post = await slack.posted()
    assert post["channel"] == slack.direct("U1")
    assert desk.inbox[0].place.direct


async def test_a_button_brings_its_token(slack: SlackServer) -> None:
    answers = [question("Which one?", "Acme Ltd", "Acme Inc"), words("done", replaces=True)]
    async with running(slack, lambda _: answers.pop(0)) as desk:
        asked = slack.mention("U1", "show Acme", "C1")
        shown = await slack.posted()
        slack.press("U2", shown, "Acme Inc")
        changed = await slack.posted(2)
    press = desk.inbox[1]
    assert (press.press, press.pressed_on, press.sender) == ("token-Acme Inc", shown["ts"], "U2")
    assert press.place == desk.inbox[0].place
    assert press.place.thread == asked
    assert (changed["updates"], changed["text"]) == (shown["ts"], "done")


async def test_many_choices_are_a_menu(slack: SlackServer) -> None:
    labels = [f"Acme {n}" for n in range(1, 8)]
    answers = [question("Which one?", *labels), words("done")]
    async with running(slack, lambda _: answers.pop(0)) as desk:
        slack.say("U1", "show Acme")
        shown = await slack.posted()
        assert [e["type"] for e in shown["blocks"][-1]["elements"]] == ["static_select"]
        slack.press("U1", shown, "Acme 7")
        await slack.posted(2)
    assert desk.inbox[1].press == "token-Acme 7"


async def test_the_same_press_comes_in_once_and_two_presses_twice(slack: SlackServer) -> None:
    async with running(slack, lambda m: None if m.press else question("Sure?", "Yes")) as desk:
        slack.say("U1", "undo")
        shown = await slack.posted()
        first, second = slack.press("U1", shown, "Yes"), slack.press("U1", shown, "Yes")
        await slack.until(lambda: {first, second} <= set(slack.acked))
    assert len({message.event for message in desk.inbox}) == 3


async def test_edits_bots_and_the_app_itself_are_not_heard(slack: SlackServer) -> None:
    async with running(slack, nothing) as desk:
        direct = slack.say("U1", "show Acme")
        open_ = slack.mention("U1", "show Acme", "C1")
        slack.edit("U1", direct, "show Globex")
        slack.edit("U1", open_, f"<@{slack.bot_user}> show Globex", "C1")
        slack.say("U1", "I am a bot", bot_id="B9")
        slack.say("U1", "joined", subtype="channel_join")
        await slack.until(lambda: len(slack.acked) == 6)
    assert [message.text for message in desk.inbox] == ["show Acme", "show Acme"]


async def test_slack_markup_is_read_as_words(slack: SlackServer) -> None:
    async with running(slack, nothing) as desk:
        slack.say(
            "U1",
            f"<@{slack.bot_user}>: give R&amp;D to <@U2>, write to "
            "<mailto:dana@acme.com|dana@acme.com> or <tel:+442079460000|020 7946 0000>, see "
            "<http://acme.com|acme.com> and <https://acme.com/a?b=1&amp;c>, post to <#C1|sales>, "
            "page <!here> or <!subteam^S1|@team>, if 1 &lt; 2 &amp;amp; <@U9|old> \x00",
        )
        await slack.until(lambda: len(slack.acked) == 1)
    assert desk.inbox[0].text == (
        "give R&D to 李雷, write to dana@acme.com or 020 7946 0000, see acme.com and "
        "https://acme.com/a?b=1&c, post to #sales, page @here or @team, if 1 < 2 &amp; old"
    )


async def test_names_that_slack_does_not_tell_hold_nothing_up(slack: SlackServer) -> None:
    slack.fail("users.info", "internal_error", times=2)
    async with running(slack) as desk:
        slack.say("U1", "give Acme to <@U2>")
        assert (await slack.posted())["text"] == "you said: give Acme to U2"
        assert desk.inbox[0].language is None
        slack.say("U1", "give Acme to <@U2>")
        assert (await slack.posted(2))["text"] == "you said: give Acme to 李雷"


async def test_private_answers_in_a_channel_are_seen_by_the_asker_only(slack: SlackServer) -> None:
    answers = [question("Yours?", "Yes"), words("yes", replaces=True)]
    private = [reply.model_copy(update={"private": True}) for reply in answers]
    async with running(slack, lambda _: private.pop(0)) as desk:
        asked = slack.mention("U1", "my commission", "C1")
        whisper = await slack.posted()
        slack.press("U1", whisper, "Yes")
        second = await slack.posted(2)
    assert (whisper["ephemeral_to"], second["ephemeral_to"]) == ("U1", "U1")
    assert whisper["seen"]
    assert second["seen"]
    # The conversation goes on where it was, though the whisper could not stand in the thread.
    assert desk.inbox[1].place == desk.inbox[0].place
    assert (desk.inbox[1].place.thread, desk.inbox[1].pressed_on) == (asked, None)


async def test_a_whisper_goes_into_a_thread_that_has_replies(slack: SlackServer) -> None:
    async with running(slack, lambda _: words("psst", private=True)):
        start = slack.say("U2", "numbers, please", "C1")
        slack.mention("U1", "my commission", "C1", thread=start)
        assert (await slack.posted())["thread_ts"] == start


async def test_private_fields_are_shown_where_nobody_reads_along(slack: SlackServer) -> None:
    fields = Fields(
        fields=[
            Field(label="Name", value="Dana Fox"),
            Field(label="Mobile", value="+44 7700 900123", private=True),
        ]
    )
    async with running(slack, lambda _: Reply(parts=[fields])):
        slack.mention("U1", "show Dana", "C1")
        assert "7700" not in str(await slack.posted())
        slack.say("U1", "show Dana")
        assert "7700" in str(await slack.posted(2))


async def test_what_is_private_is_never_posted_for_all(slack: SlackServer) -> None:
    async with running(slack) as desk:
        place = Place(platform="slack", channel="C1")
        with pytest.raises(Refused, match="private"):
            await desk.adapter.send(
                Outgoing(key="1", place=place, reply=words("salary", private=True))
            )
    assert not slack.posts


async def test_a_whisper_does_not_replace_what_all_can_see(slack: SlackServer) -> None:
    async with running(slack) as desk:
        place = Place(platform="slack", channel="C1")
        shown = await desk.adapter.send(Outgoing(key="1", place=place, reply=words("alert")))
        reply = words("only for you", private=True, replaces=True)
        await desk.adapter.send(
            Outgoing(key="2", place=place, reply=reply, replaces=shown, recipient="U1")
        )
    assert slack.channels["C1"].find(shown)["text"] == "alert"
    assert slack.posts[-1]["ephemeral_to"] == "U1"


async def test_what_can_no_longer_be_replaced_is_posted(slack: SlackServer) -> None:
    async with running(slack) as desk:
        place = Place(platform="slack", channel="C1")
        outgoing = Outgoing(key="1", place=place, reply=words("done"), replaces="1.000000")
        await desk.adapter.send(outgoing)
    assert slack.posts[-1]["text"] == "done"


@pytest.mark.parametrize(("address", "channel"), [("#board", "G1"), ("U2", "DU2"), ("C1", "C1")])
async def test_places_may_be_named(slack: SlackServer, address: str, channel: str) -> None:
    async with running(slack) as desk:
        place = Place(platform="slack", channel=address, direct=address.startswith("U"))
        await desk.deliver(Outgoing(key="1", place=place, reply=words("good morning")))
    assert slack.posts[-1]["channel"] == channel


@pytest.mark.parametrize(
    ("channel", "reason"),
    [
        ("C9", "channel_not_found"),
        ("#nowhere", "no channel #nowhere"),
        ("C2", "not_in_channel"),
        ("C3", "is_archived"),
        ("U9", "user_not_found"),
    ],
)
async def test_places_that_cannot_be_written_to_are_refused(
    slack: SlackServer, channel: str, reason: str
) -> None:
    async with running(slack) as desk:
        outgoing = Outgoing(
            key="1", place=Place(platform="slack", channel=channel), reply=words("x")
        )
        with pytest.raises(Refused, match=reason):
            await desk.adapter.send(outgoing)


@pytest.mark.parametrize("error", ["account_inactive", "invalid_blocks", "restricted_action"])
async def test_slack_s_refusals_are_final(slack: SlackServer, error: str) -> None:
    async with running(slack) as desk:
        slack.fail("chat.postMessage", error)
        outgoing = Outgoing(key="1", place=Place(platform="slack", channel="C1"), reply=words("x"))
        with pytest.raises(Refused, match=error):
            await desk.adapter.send(outgoing)


async def test_an_empty_reply_is_refused(slack: SlackServer) -> None:
    async with running(slack) as desk:
        outgoing = Outgoing(
            key="1", place=Place(platform="slack", channel="C1"), reply=Reply(parts=[])
        )
        with pytest.raises(Refused, match="nothing"):
            await desk.adapter.send(outgoing)


async def test_wrong_tokens_and_missing_scopes_stop_the_start(slack: SlackServer) -> None:
    for wrong in ({"bot_token": "xoxb-0"}, {"app_token": "xapp-0"}):
        with pytest.raises(SlackApiError, match="invalid_auth"):
            await SlackAdapter(settings(slack, **wrong), now, None).start(
                lambda _: asyncio.sleep(0, True)
            )
    slack.scopes.remove("im:history")
    with pytest.raises(MissingScopes, match=r"^im:history$"):
        await SlackAdapter(settings(slack), now, None).start(lambda _: asyncio.sleep(0, True))


def test_the_transport_s_secret_must_be_set(slack: SlackServer) -> None:
    for transport, secret in (("socket", "app_token"), ("http", "signing_secret")):
        with pytest.raises(ValueError, match=secret):
            settings(slack, **{"transport": transport, secret: ""})


def test_the_manifest_asks_for_what_the_code_needs() -> None:
    manifest = yaml.safe_load(MANIFEST.read_text("utf-8"))
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == SCOPES | BY_EMAIL
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == EVENTS
    for shortcut in manifest["features"]["shortcuts"]:
        intent = registry[shortcut["callback_id"]]
        assert intent.writes
        assert len(shortcut["name"]) <= 24


async def test_no_token_reaches_the_log(
    slack: SlackServer, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with running(slack):
        slack.say("U1", "hello")
        await slack.posted()
        slack.fail("chat.postMessage", "fatal_error")
        slack.say("U1", "hello")
        await slack.posted(2)
        slack.cut()
        await slack.until(lambda: slack.sockets_opened == 2)
    printed = caplog.text + repr(settings(slack)) + "".join(capsys.readouterr())
    assert "ticket=***" in printed  # the libraries do log
    for secret in (slack.bot_token, slack.app_token, slack.signing_secret):
        assert secret not in printed
    assert not re.search(r"ticket=\w", printed)
