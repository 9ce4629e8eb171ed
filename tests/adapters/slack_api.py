"""Slack's Web API for one workspace in memory: tokens, scopes, membership, limits and failures."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import uuid4

from aiohttp import web

from .slack_oauth import OAuth
from .slack_rules import Json, SlackError, check_message

HISTORY = {"C": "channels:history", "G": "groups:history", "D": "im:history"}
READ = {"C": "channels:read", "G": "groups:read", "D": "im:read"}


@dataclass
class Channel:
    """A place to talk. Ids begin with C (public), G (private) or D (direct)."""

    id: str
    name: str
    members: set[str]
    is_archived: bool = False
    messages: list[Json] = field(default_factory=list)

    @property
    def is_im(self) -> bool:
        return self.id.startswith("D")

    def find(self, timestamp: str) -> Json:
        """Return the message of this id.

        Raises SlackError.
        """
        for message in self.messages:
            if message["ts"] == timestamp:
                return message
        raise SlackError("message_not_found")


class WebApi(OAuth):
    """The methods the app calls. Everything posted is in `posts`, every call in `calls`."""

    bot_token = "xoxb-1111-2222-verysecretbottoken"
    app_token = "xapp-1-A1-3333-verysecretapptoken"
    signing_secret = "8f742231b10e8888abcd99yyyzzz85a5"
    team, app_id, bot_user, bot_id = "T1", "A1", "U0BOT", "B1"

    def __init__(self, scopes: set[str]) -> None:
        self.scopes = scopes
        self.host = ""
        self.codes, self.refreshers = {}, {}
        self.others: list[WebApi] = []
        """More workspaces, reached at the same address."""
        self.users: dict[str, Json] = {
            "U1": {"name": "nancy", "real_name": "Nancy Fox", "locale": "en-GB"},
            "U2": {"name": "lilei", "real_name": "李雷", "locale": "zh-CN"},
        }
        everybody = {"U1", "U2", self.bot_user}
        self.channels = {
            "C1": Channel("C1", "sales", set(everybody)),
            "C2": Channel("C2", "random", everybody - {self.bot_user}),
            "C3": Channel("C3", "old", set(everybody), is_archived=True),
            "G1": Channel("G1", "board", set(everybody)),
            "DU1U2": Channel("DU1U2", "directmessage", {"U1", "U2"}),
        }
        self.posts: list[Json] = []
        self.previews: list[Json] = []
        self.prompts: dict[str, list[Json]] = {}
        self.statuses: list[tuple[str, str]] = []
        self.titles: list[tuple[str, str]] = []
        self.uploads: dict[str, Json] = {}
        """The files that the app shared, by id, with `content`."""
        self.calls: list[tuple[str, Json]] = []
        self.tickets: set[str] = set()
        self.pace = 0.0
        """Seconds between two messages in a channel; what comes faster is answered 429."""
        self.refuse: list[Callable[[str], web.Response | None]] = []
        """Asked in turn before a call is worked on; each answers one call and is gone."""
        self.cut_after: list[str] = []
        """The methods whose next answer is lost with the connection, after the work was done."""
        self._last_post: dict[str, float] = {}
        self._microseconds = count(1)

    def direct(self, user: str) -> str:
        """Return the id of a user's conversation with the app; it begins when first asked for."""
        self.channels.setdefault(
            f"D{user}", Channel(f"D{user}", "directmessage", {user, self.bot_user})
        )
        return f"D{user}"

    def timestamp(self) -> str:
        return f"{int(time.time())}.{next(self._microseconds):06}"

    def keep(self, channel: Channel, **message: Any) -> Json:
        """Add a message to a channel's history."""
        kept = {"type": "message", "ts": self.timestamp(), "team": self.team, **message}
        kept = {key: value for key, value in kept.items() if value is not None}
        channel.messages.append(kept)
        if thread := kept.get("thread_ts"):
            parent = channel.find(thread)
            parent["thread_ts"] = thread
            parent["reply_count"] = parent.get("reply_count", 0) + 1
        return kept

    def too_many(self, method: str, seconds: int = 1, times: int = 1) -> None:
        """Answer the next calls of a method with 429."""
        refusal = {"status": 429, "headers": {"Retry-After": str(seconds)}}
        self._refuse(method, times, {"ok": False, "error": "ratelimited"}, refusal)

    def fail(self, method: str, error: str, times: int = 1, status: int = 200) -> None:
        """Answer the next calls of a method with an error."""
        self._refuse(method, times, {"ok": False, "error": error}, {"status": status})

    def _refuse(self, method: str, times: int, body: Json, more: Json) -> None:
        def answer(called: str) -> web.Response | None:
            return web.json_response(body, **more) if called == method else None

        self.refuse += [answer] * times

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one call."""
        method = request.match_info["method"]
        arguments = dict(request.query)
        if request.content_type == "application/json":
            arguments |= await request.json()
        else:
            arguments |= {key: str(value) for key, value in (await request.post()).items()}
        for other in self.others:
            if request.headers.get("Authorization") == f"Bearer {other.bot_token}":
                return await other.answer(request)
        self.calls.append((method, arguments))
        for refuse in self.refuse:
            if (refusal := refuse(method)) is not None:
                self.refuse.remove(refuse)
                return refusal
        try:
            if method == "oauth.v2.access":
                body = self.exchange(request, arguments)
            else:
                body = self._work(request, method, arguments)
        except SlackError as error:
            if error.error == "ratelimited":
                body = {"ok": False, "error": "ratelimited"}
                return web.json_response(body, status=429, headers={"Retry-After": "1"})
            more = {"response_metadata": {"messages": error.details}} if error.details else {}
            body = {"ok": False, "error": error.error, **more, **error.more}
        self.notice()
        if method in self.cut_after:
            self.cut_after.remove(method)
            assert request.transport
            request.transport.abort()
        return web.json_response(body, headers={"x-oauth-scopes": ",".join(sorted(self.scopes))})

    def notice(self) -> None:
        """Hear that something happened."""

    def echo(self, channel: Channel, event: Json) -> None:
        """Hear that the app wrote in a channel."""

    def _work(self, request: web.Request, method: str, arguments: Json) -> Json:
        own = self.app_token if method == "apps.connections.open" else self.bot_token
        if "token" in arguments or request.headers.get("Authorization") != f"Bearer {own}":
            raise SlackError("invalid_auth" if "Authorization" in request.headers else "not_authed")
        work = getattr(self, "_" + method.replace(".", "_"), None)
        if work is None:
            raise SlackError("unknown_method")
        return {"ok": True, **work(**arguments)}

    def _need(self, scope: str) -> None:
        if scope not in self.scopes:
            raise SlackError("missing_scope", needed=scope, provided=",".join(self.scopes))

    def _auth_test(self) -> Json:
        return {
            "user": "crm",
            "user_id": self.bot_user,
            "bot_id": self.bot_id,
            "team": "Test",
            "team_id": self.team,
            "url": f"http://{self.host}/",
        }

    def _apps_connections_open(self) -> Json:
        ticket = uuid4().hex
        self.tickets.add(ticket)
        return {"url": f"ws://{self.host}/socket?ticket={ticket}&app_id={self.app_id}"}

    def _chat_postMessage(self, channel: str, **message: Any) -> Json:  # noqa: N802
        self._need("chat:write")
        place = self._writable(channel)
        check_message(message)
        if (thread := message.get("thread_ts")) and not _has(place, thread):
            raise SlackError("thread_not_found")
        self._keep_pace(place.id)
        kept = self.keep(
            place,
            user=self.bot_user,
            bot_id=self.bot_id,
            text=message.get("text", ""),
            blocks=_with_ids(message.get("blocks", [])),
            thread_ts=message.get("thread_ts"),
            metadata=message.get("metadata"),
            client_msg_id=message.get("client_msg_id"),
        )
        self.posts.append({"channel": place.id, **kept})
        self.echo(place, kept)
        return {"channel": place.id, "ts": kept["ts"], "message": kept}

    def _chat_postEphemeral(self, channel: str, user: str, **message: Any) -> Json:  # noqa: N802
        self._need("chat:write")
        place = self._writable(channel)
        check_message(message)
        if user not in place.members:
            raise SlackError("user_not_in_channel")
        self._keep_pace(place.id)
        timestamp = self.timestamp()
        thread = message.get("thread_ts")
        post = {
            "channel": place.id,
            "ts": timestamp,
            "ephemeral_to": user,
            "text": message.get("text", ""),
            "blocks": _with_ids(message.get("blocks", [])),
            "thread_ts": thread,
            # In a thread without replies nobody ever sees it.
            "seen": not thread or bool(place.find(thread).get("reply_count")),
        }
        self.posts.append(post)
        return {"message_ts": timestamp}

    def _chat_update(self, channel: str, ts: str, **message: Any) -> Json:
        self._need("chat:write")
        place = self._writable(channel)
        check_message(message)
        kept = place.find(ts)
        if kept.get("bot_id") != self.bot_id:
            raise SlackError("cant_update_message")
        blocks = _with_ids(message.get("blocks", []))
        kept |= {"text": message.get("text", ""), "blocks": blocks, "edited": {"ts": "1"}}
        self.posts.append({"channel": place.id, **kept, "updates": ts})
        changed = {"type": "message", "ts": ts, "subtype": "message_changed", "message": kept}
        self.echo(place, changed)
        return {"channel": place.id, "ts": ts, "text": kept["text"]}

    def _files_getUploadURLExternal(  # noqa: N802
        self, filename: str, length: str, alt_txt: str = ""
    ) -> Json:
        self._need("files:write")
        file = f"F{len(self.uploads) + 1:05}"
        self.uploads[file] = {"name": filename, "length": length, "alt": alt_txt}
        return {"upload_url": f"http://{self.host}/upload/{file}", "file_id": file}

    def _files_completeUploadExternal(  # noqa: N802
        self, files: str, channel_id: str, thread_ts: str = ""
    ) -> Json:
        self._need("files:write")
        place = self._writable(channel_id)
        for file in json.loads(files):
            upload = self.uploads[file["id"]]
            assert "content" in upload, "completed before it was uploaded"
            upload |= {"channel": place.id, "thread": thread_ts}
            self.keep(
                place,
                user=self.bot_user,
                bot_id=self.bot_id,
                text="",
                files=[{"id": file["id"], "name": upload["name"]}],
                thread_ts=thread_ts or None,
            )
        return {"files": json.loads(files)}

    def _chat_unfurl(self, channel: str, ts: str, unfurls: Json) -> Json:
        self._need("links:write")
        unfurls = json.loads(unfurls) if isinstance(unfurls, str) else unfurls
        for preview in unfurls.values():
            check_message({"text": "", "blocks": preview["blocks"]})
        self.previews.append({"channel": channel, "ts": ts, "unfurls": unfurls})
        return {}

    def _assistant_threads_setSuggestedPrompts(  # noqa: N802
        self, channel_id: str, thread_ts: str, prompts: Any
    ) -> Json:
        self._need("assistant:write")
        prompts = json.loads(prompts) if isinstance(prompts, str) else prompts
        assert 0 < len(prompts) <= 4
        self.prompts[thread_ts] = prompts
        return {}

    def _assistant_threads_setStatus(  # noqa: N802
        self, channel_id: str, thread_ts: str, status: str
    ) -> Json:
        self._need("assistant:write")
        assert self._known(channel_id).is_im
        self.statuses.append((thread_ts, status))
        return {}

    def _assistant_threads_setTitle(  # noqa: N802
        self, channel_id: str, thread_ts: str, title: str
    ) -> Json:
        self._need("assistant:write")
        assert self._known(channel_id).is_im
        self.titles.append((thread_ts, title))
        return {}

    def _conversations_history(self, channel: str, **options: Any) -> Json:
        place = self._readable(channel)
        top = [m for m in place.messages if m.get("thread_ts", m["ts"]) == m["ts"]]
        return _page(top[::-1], **options)

    def _conversations_replies(self, channel: str, ts: str, **options: Any) -> Json:
        place = self._readable(channel)
        if not _has(place, ts):
            raise SlackError("thread_not_found")
        return _page([m for m in place.messages if ts in (m["ts"], m.get("thread_ts"))], **options)

    def _conversations_info(self, channel: str) -> Json:
        self._need(READ[channel[0]])
        place = self._known(channel)
        if not channel.startswith("C") and self.bot_user not in place.members:
            raise SlackError("channel_not_found")
        return {"channel": self._described(place)}

    def _conversations_open(self, users: str) -> Json:
        self._need("im:write")
        if users not in self.users:
            raise SlackError("user_not_found")
        return {"channel": {"id": self.direct(users)}}

    def _conversations_list(self, limit: str = "100", cursor: str = "0", **_: Any) -> Json:
        self._need("channels:read")
        self._need("groups:read")
        open_ = [c for c in self.channels.values() if not c.is_im and not c.is_archived]
        visible = [c for c in open_ if c.id.startswith("C") or self.bot_user in c.members]
        end = int(cursor or 0) + min(int(limit), 2)
        return {
            "channels": [self._described(channel) for channel in visible[int(cursor or 0) : end]],
            "response_metadata": {"next_cursor": str(end) if end < len(visible) else ""},
        }

    def _users_info(self, user: str, include_locale: str = "") -> Json:
        self._need("users:read")
        if user not in self.users:
            raise SlackError("user_not_found")
        found = {"id": user, **self.users[user]}
        if include_locale not in {"1", "true"}:
            del found["locale"]
        return {"user": found}

    def _described(self, channel: Channel) -> Json:
        member = self.bot_user in channel.members
        kind = {"is_im": True} if channel.is_im else {"is_channel": True, "is_member": member}
        return {"id": channel.id, "name": channel.name, **kind}

    def _known(self, channel: str) -> Channel:
        if channel not in self.channels:
            raise SlackError("channel_not_found")
        return self.channels[channel]

    def _writable(self, channel: str) -> Channel:
        place = self._known(self.direct(channel) if channel in self.users else channel)
        if self.bot_user not in place.members:
            raise SlackError("not_in_channel" if channel.startswith("C") else "channel_not_found")
        if place.is_archived:
            raise SlackError("is_archived")
        return place

    def _readable(self, channel: str) -> Channel:
        place = self._known(channel)
        self._need(HISTORY[channel[0]])
        if self.bot_user not in place.members:
            raise SlackError("not_in_channel" if channel.startswith("C") else "channel_not_found")
        return place

    def _keep_pace(self, channel: str) -> None:
        now = time.monotonic()
        if now - self._last_post.get(channel, -self.pace) < self.pace:
            raise SlackError("ratelimited")
        self._last_post[channel] = now


def _has(channel: Channel, timestamp: str) -> bool:
    return any(message["ts"] == timestamp for message in channel.messages)


def _with_ids(blocks: list[Json]) -> list[Json]:
    """Give a name to each block without one, as Slack does."""
    return [{"block_id": uuid4().hex[:5], **block} for block in blocks]


def _page(
    messages: list[Json],
    limit: str = "100",
    cursor: str = "0",
    oldest: str = "0",
    include_all_metadata: str = "0",
    **_: Any,
) -> Json:
    """Return one page; metadata only where it is asked for, and at most 3 messages to a page."""
    recent = [message for message in messages if float(message["ts"]) > float(oldest)]
    start, size = int(cursor or 0), min(int(limit), 3)
    shown = [dict(message) for message in recent[start : start + size]]
    if include_all_metadata not in {"1", "true"}:
        for message in shown:
            message.pop("metadata", None)
    end = start + size
    more = end < len(recent)
    metadata = {"next_cursor": str(end)} if more else {}
    return {"messages": shown, "has_more": more, "response_metadata": metadata}
