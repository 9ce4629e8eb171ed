"""Slack over HTTP: only what is signed comes in, and nothing is lost when the inbox fails."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.applications import Starlette

from adapters.slack.adapter import SlackAdapter
from adapters.slack.http import LARGEST

from .slack_desk import Answer, Desk, echo, now, question, running, settings, words
from .slack_server import SlackServer

EVENT = {
    "type": "event_callback",
    "team_id": "T1",
    "event_id": "Ev1",
    "event": {"type": "message", "channel": "DU1", "user": "U1", "text": "hi", "ts": "1.000001"},
}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer(ack_seconds=0.5) as server:
        yield server


@asynccontextmanager
async def mounted(slack: SlackServer, answer: Answer = echo) -> AsyncIterator[Desk]:
    """Run the adapter as a web application that the server sends its events to."""
    async with running(slack, answer, transport="http") as desk:
        app = httpx.ASGITransport(Starlette(routes=desk.adapter.routes))
        async with httpx.AsyncClient(transport=app, base_url="http://crm") as slack.http:
            yield desk


async def test_mentions_commands_and_buttons_come_in(slack: SlackServer) -> None:
    answers = [question("Which?", "Acme Ltd"), words("done", replaces=True), words("help")]
    async with mounted(slack, lambda _: answers.pop(0)) as desk:
        slack.mention("U1", "show Acme & co", "C1")
        slack.press("U1", await slack.posted(), "Acme Ltd")
        assert (await slack.posted(2))["updates"] == slack.posts[0]["ts"]
        slack.slash("U2", "help 帮助", "C1")
        await slack.posted(3)
        await slack.until(lambda: len(slack.acked) == 3)
    assert [message.text or message.press for message in desk.inbox] == [
        "show Acme & co",
        "token-Acme Ltd",
        "help 帮助",
    ]
    assert slack.sockets_opened == 0


async def test_an_event_that_cannot_be_taken_in_comes_again(slack: SlackServer) -> None:
    async with mounted(slack) as desk:
        desk.out_of_order = 2
        slack.say("U1", "hello")
        await slack.posted()
    assert slack.attempts[desk.inbox[0].event] == 3


async def test_a_replayed_request_is_taken_in_once(slack: SlackServer) -> None:
    slack.direct("U1")
    async with mounted(slack) as desk:
        body = json.dumps(EVENT).encode()
        answers = [await slack.request(body, JSON) for _ in range(3)]
        await slack.posted()
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert (len(desk.inbox), desk.known) == (1, 2)


@pytest.mark.parametrize(
    "forged",
    [
        {"signature": "v0=" + "0" * 64},
        {"signature": ""},
        {"signature": "v0=é"},
        {"timestamp": str(int(time.time()) - 4000)},
        {"timestamp": str(int(time.time()) + 4000)},
        {"timestamp": "soon"},
        {"timestamp": ""},
        {"timestamp": "-1"},
        {"timestamp": "9" * 5000},
        {"timestamp": "٣"},
    ],
)
@pytest.mark.parametrize("body", [json.dumps(EVENT).encode(), b"{", b"[]", b"\xff\xfe"])
async def test_what_slack_did_not_sign_is_refused(
    slack: SlackServer, forged: dict[str, str], body: bytes
) -> None:
    async with mounted(slack) as desk:
        answer = await slack.request(body, JSON, **forged)
        assert (answer.status_code, answer.content) == (401, b"")
        assert not desk.inbox


async def test_a_request_without_any_header_is_refused(slack: SlackServer) -> None:
    async with mounted(slack):
        assert slack.http
        assert (await slack.http.post("/slack/events", content=b"{}")).status_code == 401
        assert (await slack.http.get("/slack/events")).status_code == 405


async def test_a_signature_for_another_body_is_refused(slack: SlackServer) -> None:
    async with mounted(slack):
        sent = await slack.request(json.dumps(EVENT).encode(), JSON)
        headers = {
            name: sent.request.headers[name]
            for name in ("X-Slack-Signature", "X-Slack-Request-Timestamp")
        }
        assert slack.http
        other = json.dumps({**EVENT, "event_id": "Ev2"}).encode()
        answer = await slack.http.post("/slack/events", content=other, headers=headers | JSON)
        assert answer.status_code == 401


async def test_a_body_that_is_too_large_is_refused(slack: SlackServer) -> None:
    async with mounted(slack) as desk:
        assert (await slack.request(b"x" * (LARGEST + 1), JSON)).status_code == 413
        assert not desk.inbox


async def test_an_unsigned_look_at_the_certificate_is_answered_and_takes_nothing_in(
    slack: SlackServer,
) -> None:
    async with mounted(slack) as desk:
        assert slack.http
        body = b"ssl_check=1&command=%2Fcrm&text=help&user_id=U1&channel_id=C1&trigger_id=1"
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = await slack.http.post("/slack/events", content=body, headers=form)
        assert (answer.status_code, answer.content) == (200, b"")
        assert not desk.inbox


async def test_the_address_proves_itself_to_slack(slack: SlackServer) -> None:
    async with mounted(slack):
        body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1aB"}).encode()
        assert "3eZbrw1aB" in (await slack.request(body, JSON)).text


async def test_nothing_is_taken_in_before_the_start_or_after_the_stop(slack: SlackServer) -> None:
    adapter = SlackAdapter(settings(slack, transport="http"), now, None)
    transport = httpx.ASGITransport(Starlette(routes=adapter.routes))
    async with httpx.AsyncClient(transport=transport, base_url="http://crm") as slack.http:
        body = json.dumps(EVENT).encode()
        assert (await slack.request(body, JSON)).status_code == 503
        desk = Desk(adapter, lambda _: None)
        await adapter.start(desk.receive)
        assert (await slack.request(body, JSON)).status_code == 200
        await adapter.stop()
        assert (await slack.request(body, JSON)).status_code == 503
    assert len(desk.inbox) == 1


async def test_the_socket_needs_no_route(slack: SlackServer) -> None:
    assert not SlackAdapter(settings(slack), now, None).routes
