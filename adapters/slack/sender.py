"""Deliveries to Slack: at its pace, and once only."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.channel import Outgoing, Refused, TryLater
from adapters.slack.directory import Directory
from adapters.slack.events import HOME
from adapters.slack.files import Files, Load, attached
from adapters.slack.render import render
from crm_core.clock import Clock

MARK = "crm_delivery"
"""The type of the metadata by which a message is found again."""
LOOK_BACK = timedelta(days=1)
PAUSE = 30.0
"""Seconds to wait where Slack says that it is too much, but not for how long."""
BUSY = {"ratelimited", "rate_limited"}
PASSING = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
"""Errors that say nothing about the delivery; it may even have arrived."""
IRREPLACEABLE = {"message_not_found", "cant_update_message", "edit_window_closed"}

log = structlog.get_logger(__name__)


class Sender:
    """Sends for one app. `pace` is the seconds between two messages in one channel."""

    def __init__(
        self,
        client: AsyncWebClient,
        directory: Directory,
        files: Files,
        clock: Clock,
        pace: float,
    ) -> None:
        self._client = client
        self._files = files
        self._directory = directory
        self._clock = clock
        self._pace = pace
        self._free: dict[str, float] = {}
        self._held: dict[str, int] = {}

    async def send(self, outgoing: Outgoing) -> str:
        """Deliver and return the message's id in its channel.

        Raises TryLater or Refused.
        """
        try:
            self._take_turn(outgoing)
            reference = await self._deliver(outgoing)
        except SlackApiError as error:
            raise self._verdict(error, outgoing) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("slack.unreachable", key=outgoing.key, reason=repr(error))
            raise TryLater(f"no answer: {type(error).__name__}") from error
        self._held.pop(outgoing.key, None)
        return reference

    def _take_turn(self, outgoing: Outgoing) -> None:
        """Raise TryLater while the channel rests, so that nobody waits here for its sake."""
        channel = outgoing.place.channel
        now = asyncio.get_running_loop().time()
        if (wait := self._free.get(channel, now) - now) > 0:
            self._hold(outgoing)
            raise TryLater("pace of the channel", wait)
        self._free[channel] = now + self._pace

    def _hold(self, outgoing: Outgoing) -> None:
        """Remember that this attempt did certainly not arrive."""
        self._held[outgoing.key] = self._held.get(outgoing.key, 0) + 1

    async def _deliver(self, outgoing: Outgoing) -> str:
        place, reply = outgoing.place, outgoing.reply
        if place.channel.startswith(HOME):
            return await self._publish(outgoing)
        reader = None if place.direct else outgoing.recipient
        if reply.private and not place.direct and not reader:
            raise Refused("private, but nobody is named who may see it")
        content = render(
            reply,
            alone=place.direct or bool(reader),
            thread=place.thread,
            people=outgoing.people,
        )
        if not content.blocks:
            raise Refused("nothing to say")
        said: dict[str, Any] = {"text": content.text, "blocks": content.blocks}
        said["channel"] = await self._directory.channel(place.channel)
        loads = await attached(outgoing, content.cut)
        if reader:
            reference = await self._whisper(reader, place.thread, said)
            # Nobody else sees a file there either: it goes into their own conversation.
            await self._upload(loads, await self._directory.channel(reader), "", "")
            return reference
        reference, again = await self._post(outgoing, said)
        await self._upload(loads, said["channel"], place.thread, reference if again else "")
        return reference

    async def _publish(self, outgoing: Outgoing) -> str:
        """Show the reply as somebody's Home tab."""
        content = render(outgoing.reply, alone=True, tables=False, people=outgoing.people)
        user = outgoing.place.channel.removeprefix(HOME)
        await self._client.views_publish(
            user_id=user, view={"type": "home", "blocks": content.blocks}
        )
        return user

    async def _upload(self, loads: list[Load], channel: str, thread: str, since: str) -> None:
        """Share files after their message. `since`: some of an earlier try may be there already."""
        there = await self._shared(channel, thread, since) if since and loads else set()
        for load in loads:
            if load.name not in there:
                await self._files.share(load, channel, thread)

    async def _shared(self, channel: str, thread: str, since: str) -> set[str]:
        """Return the names of the files that the app shared in a place since a message."""
        where: dict[str, Any] = {"channel": channel, "oldest": since, "limit": 999}
        history = (
            self._client.conversations_replies(ts=thread, **where)
            if thread
            else self._client.conversations_history(**where)
        )
        return {
            file.get("name", "")
            async for page in await history
            for message in page["messages"]
            if message.get("bot_id")
            for file in message.get("files") or ()
        }

    async def _post(self, outgoing: Outgoing, said: dict[str, Any]) -> tuple[str, bool]:
        """Post or update a message; return its id, and whether an earlier try had done so."""
        place = outgoing.place
        if outgoing.replaces and await self._update(outgoing.replaces, said):
            return outgoing.replaces, outgoing.attempt > 1
        if self._held.get(outgoing.key, 0) < outgoing.attempt - 1 and (
            arrived := await self._find(outgoing, said["channel"])
        ):
            return arrived, True
        answer = await self._client.chat_postMessage(
            **said,
            thread_ts=place.thread or None,
            client_msg_id=str(uuid5(NAMESPACE_OID, outgoing.key)),
            metadata={"event_type": MARK, "event_payload": {"key": outgoing.key}},
            unfurl_links=False,
            unfurl_media=False,
        )
        return str(answer["ts"]), False

    async def _whisper(self, reader: str, thread: str, said: dict[str, Any]) -> str:
        """Post for one reader. Slack shows it in a thread only if that has replies already."""
        if thread:
            found = await self._client.conversations_replies(
                channel=said["channel"], ts=thread, limit=1
            )
            thread = thread if found["messages"][0].get("reply_count") else ""
        answer = await self._client.chat_postEphemeral(
            **said, user=reader, thread_ts=thread or None
        )
        return str(answer["message_ts"])

    async def _update(self, message: str, said: dict[str, Any]) -> bool:
        """Put this in place of a message; False if it can no longer be changed."""
        try:
            await self._client.chat_update(ts=message, **said)
        except SlackApiError as error:
            if _code(error) not in IRREPLACEABLE:
                raise
            log.info("slack.not_replaced", channel=said["channel"], reason=_code(error))
            return False
        return True

    async def _find(self, outgoing: Outgoing, channel: str) -> str | None:
        """Return the id of the message if an earlier attempt arrived, though its answer did not."""
        since: dict[str, Any] = {
            "channel": channel,
            "oldest": str((self._clock() - LOOK_BACK).timestamp()),
            "include_all_metadata": True,
            "limit": 999,
        }
        history = (
            self._client.conversations_replies(ts=outgoing.place.thread, **since)
            if outgoing.place.thread
            else self._client.conversations_history(**since)
        )
        async for page in await history:
            for message in page["messages"]:
                mark = message.get("metadata") or {}
                if mark.get("event_type") == MARK and (
                    mark["event_payload"].get("key") == outgoing.key
                ):
                    log.info("slack.had_arrived", key=outgoing.key, attempt=outgoing.attempt)
                    return str(message["ts"])
        return None

    def _verdict(self, error: SlackApiError, outgoing: Outgoing) -> TryLater | Refused:
        code, status = _code(error), getattr(error.response, "status_code", 200)
        log.warning("slack.refused", key=outgoing.key, reason=code, status=status)
        if status == 429 or code in BUSY:
            seconds = float(error.response.headers.get("Retry-After", PAUSE))
            self._free[outgoing.place.channel] = asyncio.get_running_loop().time() + seconds
            self._hold(outgoing)
            return TryLater("rate limit", seconds)
        if status >= 500 or code in PASSING or not code:
            return TryLater(code or f"HTTP status {status}")
        self._held.pop(outgoing.key, None)
        details = (error.response.get("response_metadata") or {}).get("messages") or []
        return Refused(": ".join([code, *details]))


def _code(error: SlackApiError) -> str:
    """Return Slack's word for the error; empty if its answer was no answer of the Web API."""
    data = getattr(error.response, "data", error.response)
    return str(data.get("error") or "") if isinstance(data, dict) else ""
