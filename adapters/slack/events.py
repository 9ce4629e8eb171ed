"""Slack's events, button presses and slash commands in neutral terms.

Source: https://docs.slack.dev/reference/events and https://docs.slack.dev/interactivity
"""

import asyncio
from datetime import UTC, datetime
from typing import Any

from adapters.slack.directory import Directory
from adapters.slack.markup import mentioned, plain
from bot.message import Attachment, Command, Message, Place
from crm_core.clock import Clock

Body = dict[str, Any]

SPOKEN = {None, "file_share", "thread_broadcast"}
"""The subtypes of messages in which a person says something new; edits are not among them."""
HOME = "home:"
"""Before a person's id: the Home tab that the app shows them."""
OPENED = "home.show"
"""The intent behind the Home tab."""


class Translator:
    """Reads what Slack sends to one app in one workspace, where its own user id is `me`.

    `by_email`: people may be known by the address that Slack has checked.
    """

    def __init__(
        self, me: str, team: str, directory: Directory, clock: Clock, *, by_email: bool
    ) -> None:
        self.me = me
        self._team = team
        self._directory = directory
        self._clock = clock
        self._by_email = by_email

    async def translate(self, body: Body) -> list[Message]:
        """Return what somebody says to the app: nothing, where nobody does who may."""
        match body.get("type"):
            case "event_callback":
                return await self._happened(body)
            case "block_actions":
                return await self._pressed(body)
        return await self._commanded(body)

    async def asked(self, body: Body, command: Command | None = None) -> Message | None:
        """Return what somebody asks a form for, or has filled in: with a button or a shortcut.

        The message of a shortcut comes along as words. None for a guest.
        """
        sender, carrier = body["user"]["id"], body.get("message") or {}
        if body["type"] == "block_actions":
            return next(iter(await self._pressed(body)), None)
        channel = (body.get("channel") or {}).get("id", "")
        thread = carrier.get("thread_ts") or carrier.get("ts") or ""
        place = self._place(channel, thread) if channel else self._home_of(sender)
        return await self._message(
            event="form",
            place=place,
            sender=sender,
            text=carrier.get("text") or "",
            command=command,
            at=self._clock(),
        )

    async def looked(
        self, sender: str, channel: str, command: Command | None = None
    ) -> Message | None:
        """Return somebody's wish to see something in a channel. None for a guest."""
        return await self._message(
            event="look",
            place=self._place(channel),
            sender=sender,
            command=command,
            at=self._clock(),
        )

    async def reachable(self, place: Place, sender: str) -> Place:
        """Return the place if the app can write there, else its conversation with the sender."""
        if place.channel.startswith(HOME):
            return self._place(await self._directory.channel(sender))
        channel = await self._directory.meeting_point(place.channel, sender)
        return place if channel == place.channel else self._place(channel)

    async def _happened(self, body: Body) -> list[Message]:
        event = body["event"]
        if event["type"] == "app_home_opened":
            return await self._came_home(body, event) if event.get("tab") == "home" else []
        direct = is_direct(event.get("channel", ""))
        if event["type"] != ("message" if direct else "app_mention"):
            return []
        if event.get("subtype") not in SPOKEN or event.get("edited"):
            return []
        if event.get("bot_id") or not event.get("user"):
            return []
        # What is asked in the open is answered in a thread; a direct message needs none.
        thread = event.get("thread_ts") or ("" if direct else event["ts"])
        return _only(
            await self._message(
                event=body["event_id"],
                place=self._place(event["channel"], thread),
                sender=event["user"],
                text=event.get("text") or "",
                at=_moment(event["ts"]),
                files=tuple(_attachment(file) for file in event.get("files") or ()),
            )
        )

    async def _came_home(self, body: Body, event: Body) -> list[Message]:
        return _only(await self._home(body["event_id"], event["user"]))

    async def _home(self, event: str, sender: str) -> Message | None:
        """Return the wish to see the Home tab anew."""
        return await self._message(
            event=event,
            place=self._home_of(sender),
            sender=sender,
            command=Command(intent=OPENED),
            at=self._clock(),
        )

    async def _pressed(self, body: Body) -> list[Message]:
        action, container, carrier = body["actions"][0], body["container"], body.get("message", {})
        press = action.get("value") or (action.get("selected_option") or {}).get("value")
        if not press:
            return []
        sender = body["user"]["id"]
        if container["type"] == "view":
            return await self._pressed_at_home(body, press)
        if container["type"] != "message":
            return []
        on = container["message_ts"]
        # Of a message that one person alone sees Slack tells no thread: its buttons remember it.
        thread = (
            container.get("thread_ts")
            or carrier.get("thread_ts")
            or action["block_id"].partition("#")[0]
        )
        return _only(
            await self._message(
                event=f"press:{container['channel_id']}:{on}:{sender}:{action['action_ts']}",
                place=self._place(container["channel_id"], thread),
                sender=sender,
                press=press,
                # Nor can such a message be replaced.
                pressed_on=None if container.get("is_ephemeral") else on,
                at=_moment(action["action_ts"]),
            )
        )

    async def _pressed_at_home(self, body: Body, press: str) -> list[Message]:
        """Return the press, answered in the direct conversation, and the wish to see what is now.

        The inbox keeps their order.
        """
        sender, action = body["user"]["id"], body["actions"][0]
        event = f"press:home:{sender}:{action['action_ts']}"
        pressed = await self._message(
            event=event,
            place=self._place(await self._directory.channel(sender)),
            sender=sender,
            press=press,
            at=_moment(action["action_ts"]),
        )
        return [*_only(pressed), *_only(await self._home(f"{event}:again", sender))]

    async def _commanded(self, body: Body) -> list[Message]:
        sender = body["user_id"]
        channel = await self._directory.meeting_point(body["channel_id"], sender)
        return _only(
            await self._message(
                event=f"command:{body['trigger_id']}",
                place=self._place(channel),
                sender=sender,
                text=body.get("text") or "",
                at=self._clock(),
            )
        )

    async def _message(self, sender: str, text: str = "", **known: Any) -> Message | None:
        """Return the message of somebody of this workspace; None for a guest or an app."""
        users = [sender, *(user for user in mentioned(text) if user != self.me)]
        people = await asyncio.gather(*map(self._directory.person, users))
        if people[0].outsider:
            return None
        names = {user: person.name for user, person in zip(users, people, strict=True)}
        return Message(
            sender=sender,
            text=plain(text, self.me, names),
            language=people[0].language,
            email=people[0].email if self._by_email else None,
            **known,
        )

    def _place(self, channel: str, thread: str = "") -> Place:
        return Place(
            platform="slack",
            workspace=self._team,
            channel=channel,
            thread=thread,
            direct=is_direct(channel),
        )

    def _home_of(self, user: str) -> Place:
        return self._place(f"{HOME}{user}").model_copy(update={"direct": True})


def is_direct(channel: str) -> bool:
    """Tell a conversation of one person with the app, by its id."""
    return channel.startswith("D")


def _only(message: Message | None) -> list[Message]:
    return [message] if message else []


def _attachment(file: Body) -> Attachment:
    return Attachment(
        name=file.get("name") or file.get("title") or file["id"],
        media_type=file.get("mimetype") or "",
        size=file.get("size") or 0,
        reference=file.get("url_private_download") or file["id"],
    )


def _moment(timestamp: str) -> datetime:
    """Return the moment that a message's id tells: seconds since 1970, with microseconds."""
    return datetime.fromtimestamp(float(timestamp), UTC)
