"""A Slack that runs here, as strict as the real one: Web API, Socket Mode, signed HTTP events.

It reads the app's manifest: what that does not ask for is neither sent nor allowed.
"""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode
from uuid import uuid4

import httpx
import yaml
from aiohttp import WSMsgType, web

from .slack_api import Channel, Json, WebApi
from .slack_views import Views, element_of

MANIFEST = Path(__file__).parents[2] / "config" / "slack-manifest.yaml"


@dataclass
class Connection:
    """One open socket. A frozen one reads and answers nothing, as if a cable were cut."""

    socket: web.WebSocketResponse
    pending: dict[str, asyncio.Future[Json]] = field(default_factory=dict)
    frozen: asyncio.Event = field(default_factory=asyncio.Event)


class SlackServer(Views, WebApi):
    """One workspace with one app. Use it as an asynchronous context manager.

    `ack_seconds` is how long it waits for an event's acknowledgement before it tries again.
    """

    def __init__(self, ack_seconds: float = 3.0, manifest: Path = MANIFEST) -> None:
        app = yaml.safe_load(manifest.read_text("utf-8"))
        super().__init__(set(app["oauth_config"]["scopes"]["bot"]))
        self.subscribed = set(app["settings"]["event_subscriptions"]["bot_events"])
        self.commands = {command["command"] for command in app["features"]["slash_commands"]}
        self.shortcuts = {
            shortcut["callback_id"]: shortcut["type"] for shortcut in app["features"]["shortcuts"]
        }
        self.interactive = app["settings"]["interactivity"]["is_enabled"]
        self.ack_seconds = ack_seconds
        self.connections: list[Connection] = []
        self.sockets_opened = 0
        self.http: httpx.AsyncClient | None = None
        """Set to deliver events over HTTP instead of a socket."""
        self.acked: list[str] = []
        """The event ids, trigger ids and action times that were acknowledged, in order."""
        self.answers: dict[str, Json] = {}
        """What the acknowledgements said, by the same names."""
        self.attempts: dict[str, int] = {}
        self.waited: list[float] = []
        """Seconds that each acknowledgement took."""
        self.unanswered: list[str] = []
        """What Slack tries once only, and nobody acknowledged in time."""
        self.opened, self.homes, self.triggers = [], {}, {}
        self.published = 0
        self.dropped: dict[str, bytes] = {}
        self._changed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._numbers = count(1)

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self.answer)
        app.router.add_get("/oauth/v2/authorize", self.authorize)
        app.router.add_get("/socket", self._serve_socket)
        app.router.add_post("/upload/{file}", self._take_upload)
        app.router.add_get("/files/{file}", self._give_file)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.host = f"127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        tasks = {*self._tasks, *(task for other in self.others for task in other._tasks)}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for connection in self.connections:
            connection.frozen.set()
            _abort(connection)
        await self._runner.cleanup()

    def neighbour(self, number: int) -> "SlackServer":
        """Return another workspace of the same Slack, with people and channels of its own."""
        other = SlackServer(self.ack_seconds)
        other.team, other.bot_user, other.bot_id = f"T{number}", f"U{number}BOT", f"B{number}"
        other.bot_token = f"xoxb-{number}-verysecretbottoken"
        for channel in other.channels.values():
            channel.members = {
                other.bot_user if member == "U0BOT" else member for member in channel.members
            }
        other.host, other.connections, other._changed = self.host, self.connections, self._changed
        other.http, other._numbers = self.http, self._numbers
        self.others.append(other)
        return other

    def _chosen(self, team: str) -> "SlackServer":
        return next((one for one in self.others if one.team == team), self)

    def open_home(self, user: str) -> str:
        """Look at the app's Home tab; return the event's id."""
        channel = self.direct(user)
        return self.emit(
            {
                "type": "app_home_opened",
                "user": user,
                "channel": channel,
                "tab": "home",
                "event_ts": self.timestamp(),
            }
        )

    def drop(self, user: str, name: str, content: bytes, text: str = "") -> Json:
        """Drop a file into the conversation with the app; return what Slack says of it."""
        file = {
            "id": f"F{next(self._numbers):04}",
            "name": name,
            "mimetype": "text/csv",
            "size": len(content),
        }
        file["url_private_download"] = f"http://{self.host}/files/{file['id']}"
        self.dropped[file["id"]] = content
        self.say(user, text, subtype="file_share", files=[file])
        return file

    async def _give_file(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {self.bot_token}":
            raise web.HTTPFound("/sign-in")
        self._need("files:read")
        return web.Response(body=self.dropped[request.match_info["file"]])

    async def _take_upload(self, request: web.Request) -> web.Response:
        file = self.uploads[request.match_info["file"]]
        file["content"] = await request.read()
        assert len(file["content"]) == int(file["length"])
        return web.Response(text="OK")

    # People do things

    def say(self, user: str, text: str, channel: str = "", thread: str = "", **more: Any) -> str:
        """Write as a user, in their conversation with the app if no channel is named.

        Returns the id (`ts`) of the message.
        """
        place = self.channels[channel or self.direct(user)]
        message = self.keep(place, user=user, text=text, thread_ts=thread or None, **more)
        kind = "message" if place.is_im else "app_mention"
        if not self._reaches_app(place.id, text, kind):
            return str(message["ts"])
        event: Json = {**message, "type": kind, "channel": place.id, "event_ts": message["ts"]}
        if place.is_im:
            event["channel_type"] = "im"
        self.emit(event)
        return str(message["ts"])

    def mention(self, user: str, text: str, channel: str, thread: str = "") -> str:
        """Write to the app in a channel; return the id of the message."""
        return self.say(user, f"<@{self.bot_user}> {text}", channel, thread)

    def edit(self, user: str, message: str, text: str, channel: str = "") -> None:
        """Change an earlier message."""
        place = self.channels[channel or self.direct(user)]
        changed = place.find(message)
        changed |= {"text": text, "edited": {"user": user, "ts": self.timestamp()}}
        if place.is_im:
            self.emit(
                {
                    "type": "message",
                    "subtype": "message_changed",
                    "channel": place.id,
                    "channel_type": "im",
                    "ts": self.timestamp(),
                    "message": changed,
                }
            )
        elif self._reaches_app(place.id, text, "app_mention"):
            self.emit({**changed, "type": "app_mention", "channel": place.id})

    def emit(self, event: Json, event_id: str = "") -> str:
        """Deliver an event until it is acknowledged; return its id."""
        event_id = event_id or f"Ev{next(self._numbers):08}"
        subscription = "message.im" if event["type"] == "message" else event["type"]
        assert subscription in self.subscribed, f"the manifest does not subscribe {subscription}"
        body = {
            "token": "deprecated",
            "team_id": self.team,
            "api_app_id": self.app_id,
            "type": "event_callback",
            "event_id": event_id,
            "event_time": int(time.time()),
            "event": event,
        }
        self._start("events_api", body, event_id, retries=True)
        return event_id

    def slash(self, user: str, text: str, channel: str = "", command: str = "/crm") -> str:
        """Type a slash command; return its trigger id."""
        assert command in self.commands, f"the manifest has no {command}"
        place = self.channels[channel or self.direct(user)]
        trigger = self.trigger(user)
        body = {
            "token": "deprecated",
            "team_id": self.team,
            "channel_id": place.id,
            "channel_name": "directmessage" if place.is_im else place.name,
            "user_id": user,
            "user_name": self.users[user]["name"],
            "command": command,
            "text": text,
            "api_app_id": self.app_id,
            "response_url": f"http://{self.host}/response",
            "trigger_id": trigger,
        }
        self._start("slash_commands", body, trigger)
        return trigger

    def press(self, user: str, message: Json, label: str) -> str:
        """Press a button, or choose from a menu, by what it says; return the action's time."""
        assert self.interactive, "the manifest does not enable interactivity"
        ephemeral = "ephemeral_to" in message
        assert not ephemeral or message["ephemeral_to"] == user, "they do not see this message"
        place = self.channels[message["channel"]]
        assert user in place.members, "they are not in this channel"
        action = {**element_of(message["blocks"], label), "action_ts": self.timestamp()}
        container = {
            "type": "message",
            "message_ts": message["ts"],
            "channel_id": place.id,
            "is_ephemeral": ephemeral,
        }
        if message.get("thread_ts"):
            container["thread_ts"] = message["thread_ts"]
        body: Json = {
            "type": "block_actions",
            "user": {"id": user, "name": self.users[user]["name"], "team_id": self.team},
            "api_app_id": self.app_id,
            "token": "deprecated",
            "container": container,
            "trigger_id": self.trigger(user),
            "team": {"id": self.team, "domain": "test"},
            "channel": {"id": place.id, "name": place.name},
            "response_url": f"http://{self.host}/response",
            "actions": [action],
        }
        if not ephemeral:
            body["message"] = message
        self._start("interactive", body, action["action_ts"])
        return str(action["action_ts"])

    # The app is waited for

    async def until(self, condition: Callable[[], bool], seconds: float = 20.0) -> None:
        """Wait for something to become true of this workspace."""
        async with asyncio.timeout(seconds):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def posted(self, number: int = 1, seconds: float = 20.0) -> Json:
        """Return the app's n-th message, as soon as there is one."""
        await self.until(lambda: len(self.posts) >= number, seconds)
        return self.posts[number - 1]

    def notice(self) -> None:
        """Wake those who wait."""
        self._changed.set()

    def echo(self, channel: Channel, event: Json) -> None:
        """Tell the app of its own direct messages, as Slack does."""
        if channel.is_im:
            self.emit({"channel": channel.id, "channel_type": "im", **event})

    # The network has its ways

    async def recycle(self) -> None:
        """Ask the app to reconnect, as Slack does every few hours."""
        for connection in self.connections:
            if not connection.frozen.is_set() and not connection.socket.closed:
                await connection.socket.send_json(
                    {"type": "disconnect", "reason": "refresh_requested"}
                )

    def cut(self) -> None:
        """Break every socket without a word."""
        for connection in list(self.connections):
            _abort(connection)

    def freeze(self) -> None:
        """Let every socket hang: open, but nobody listens."""
        for connection in self.connections:
            connection.frozen.set()

    async def _serve_socket(self, request: web.Request) -> web.WebSocketResponse:
        if request.query.get("ticket") not in self.tickets:
            raise web.HTTPForbidden
        self.tickets.remove(request.query["ticket"])
        connection = Connection(web.WebSocketResponse())
        await connection.socket.prepare(request)
        await connection.socket.send_json({"type": "hello", "num_connections": 1})
        self.sockets_opened += 1
        self.connections.append(connection)
        self.notice()
        try:
            await self._listen(connection)
        finally:
            self.connections.remove(connection)
            for waiting in connection.pending.values():
                waiting.cancel()
        return connection.socket

    async def _listen(self, connection: Connection) -> None:
        frozen = asyncio.create_task(connection.frozen.wait())
        while True:
            reading = asyncio.create_task(connection.socket.receive())
            await asyncio.wait({reading, frozen}, return_when=asyncio.FIRST_COMPLETED)
            if frozen.done():
                reading.cancel()
                await asyncio.Event().wait()  # until the connection is aborted
            frame = reading.result()
            if frame.type != WSMsgType.TEXT:
                frozen.cancel()
                return
            answer = json.loads(frame.data)
            waiting = connection.pending.pop(answer["envelope_id"], None)
            if waiting and not waiting.done():
                waiting.set_result(answer.get("payload") or {})

    # Deliveries

    def _reaches_app(self, channel: str, text: str, kind: str) -> bool:
        mentioned = (
            f"<@{self.bot_user}>" in text and self.bot_user in self.channels[channel].members
        )
        return kind == "message" or mentioned

    def _start(self, kind: str, body: Json, name: str, retries: bool = False) -> None:
        task = asyncio.create_task(self._deliver(kind, body, name, retries))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, kind: str, body: Json, name: str, retries: bool) -> None:
        for attempt in count():
            self.attempts[name] = self.attempts.get(name, 0) + 1
            began = time.monotonic()
            send = self._over_http if self.http else self._over_socket
            try:
                async with asyncio.timeout(self.ack_seconds):
                    answer = await send(kind, body, attempt)
            except (TimeoutError, asyncio.CancelledError, ConnectionError):
                if (task := asyncio.current_task()) and task.cancelling():
                    raise
                answer = None
            if answer is not None:
                self.answers[name] = answer
                self.waited.append(time.monotonic() - began)
            if answer is not None or not retries:
                (self.unanswered if answer is None else self.acked).append(name)
                self.notice()
                return
            await asyncio.sleep(0.02 * attempt)

    async def _over_socket(self, kind: str, body: Json, attempt: int) -> Json | None:
        while not self.connections:
            self._changed.clear()
            await self._changed.wait()
        connection = self.connections[-1]
        envelope: Json = {"envelope_id": str(uuid4()), "type": kind, "payload": body}
        envelope["accepts_response_payload"] = kind != "events_api"
        if attempt:
            envelope |= {"retry_attempt": attempt, "retry_reason": "timeout"}
        waiting = asyncio.get_running_loop().create_future()
        connection.pending[envelope["envelope_id"]] = waiting
        if not connection.frozen.is_set():
            await connection.socket.send_json(envelope)
        return await waiting

    async def _over_http(self, kind: str, body: Json, attempt: int) -> Json | None:
        content, headers = encode(kind, body)
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": "http_error"}
        response = await self.request(content, headers)
        if response.status_code != 200:
            return None
        json_body = "json" in response.headers.get("Content-Type", "")
        return response.json() if json_body else {}

    async def request(self, content: bytes, headers: dict[str, str], **sign: str) -> httpx.Response:
        """Send a signed request; `timestamp` and `signature` may be forged."""
        assert self.http
        timestamp = sign.get("timestamp", str(int(time.time())))
        signed = f"v0:{timestamp}:".encode() + content
        digest = hmac.new(self.signing_secret.encode(), signed, hashlib.sha256).hexdigest()
        return await self.http.post(
            "/slack/events",
            content=content,
            headers={
                b"X-Slack-Request-Timestamp": timestamp.encode(),
                b"X-Slack-Signature": sign.get("signature", f"v0={digest}").encode(),
                **{name.encode(): value.encode() for name, value in headers.items()},
            },
        )


def _abort(connection: Connection) -> None:
    request = connection.socket._req
    if request and request.transport:
        request.transport.abort()


def encode(kind: str, body: Json) -> tuple[bytes, dict[str, str]]:
    """Return a payload as Slack puts it into an HTTP request, and the headers."""
    if kind == "events_api":
        return json.dumps(body).encode(), {"Content-Type": "application/json"}
    form = {"payload": json.dumps(body)} if kind == "interactive" else body
    return urlencode(form).encode(), {"Content-Type": "application/x-www-form-urlencoded"}
