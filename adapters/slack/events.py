"""Slack's events, button presses and slash commands in neutral terms.

Source: https://docs.slack.dev/reference/events and https://docs.slack.dev/interactivity
"""

import asyncio
from datetime import UTC, datetime
from typing import Any

from adapters.slack.directory import Directory
from adapters.slack.markup import mentioned, plain
from bot.message import Message, Place
from crm_core.clock import Clock

Body = dict[str, Any]

SPOKEN = {None, "file_share", "thread_broadcast"}
"""The subtypes of messages in which a person says something new; edits are not among them."""


class Translator:
    """Reads what Slack sends to one app, whose own user id is `me`."""

    def __init__(self, me: str, directory: Directory, clock: Clock) -> None:
        self.me = me
        self._directory = directory
        self._clock = clock

    async def translate(self, body: Body) -> Message | None:
        """Return what somebody says to the app; None when nobody does."""
        if body.get("type") == "event_callback":
            return await self._said(body)
        if body.get("type") == "block_actions":
            return await self._pressed(body)
        return await self._commanded(body)

    async def _said(self, body: Body) -> Message | None:
        event = body["event"]
        direct = is_direct(event.get("channel", ""))
        if event["type"] != ("message" if direct else "app_mention"):
            return None
        if event.get("subtype") not in SPOKEN or event.get("edited"):
            return None
        if event.get("bot_id") or not event.get("user"):
            return None
        # What is asked in the open is answered in a thread; a direct message needs none.
        thread = event.get("thread_ts") or ("" if direct else event["ts"])
        return await self._message(
            event=body["event_id"],
            place=_place(body["team_id"], event["channel"], thread),
            sender=event["user"],
            text=event.get("text") or "",
            at=_moment(event["ts"]),
        )

    async def _pressed(self, body: Body) -> Message | None:
        action, container, carrier = body["actions"][0], body["container"], body.get("message", {})
        press = action.get("value") or (action.get("selected_option") or {}).get("value")
        if not press or container["type"] != "message":
            return None
        sender, on = body["user"]["id"], container["message_ts"]
        # Of a message that one person alone sees Slack tells no thread: its buttons remember it.
        thread = (
            container.get("thread_ts")
            or carrier.get("thread_ts")
            or action["block_id"].partition("#")[0]
        )
        workspace = (body.get("team") or {}).get("id") or body["user"]["team_id"]
        return await self._message(
            event=f"press:{container['channel_id']}:{on}:{sender}:{action['action_ts']}",
            place=_place(workspace, container["channel_id"], thread),
            sender=sender,
            press=press,
            # Nor can such a message be replaced.
            pressed_on=None if container.get("is_ephemeral") else on,
            at=_moment(action["action_ts"]),
        )

    async def _commanded(self, body: Body) -> Message:
        sender = body["user_id"]
        channel = await self._directory.meeting_point(body["channel_id"], sender)
        return await self._message(
            event=f"command:{body['trigger_id']}",
            place=_place(body["team_id"], channel),
            sender=sender,
            text=body.get("text") or "",
            at=self._clock(),
        )

    async def _message(self, sender: str, text: str = "", **known: Any) -> Message:
        users = [sender, *(user for user in mentioned(text) if user != self.me)]
        people = await asyncio.gather(*map(self._directory.person, users))
        names = {user: person.name for user, person in zip(users, people, strict=True)}
        return Message(
            sender=sender,
            text=plain(text, self.me, names),
            language=people[0].language,
            **known,
        )


def is_direct(channel: str) -> bool:
    """Tell a conversation of one person with the app, by its id."""
    return channel.startswith("D")


def _place(workspace: str, channel: str, thread: str = "") -> Place:
    return Place(
        platform="slack",
        workspace=workspace,
        channel=channel,
        thread=thread,
        direct=is_direct(channel),
    )


def _moment(timestamp: str) -> datetime:
    """Return the moment that a message's id tells: seconds since 1970, with microseconds."""
    return datetime.fromtimestamp(float(timestamp), UTC)
