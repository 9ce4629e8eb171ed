"""What Slack shows beside messages: previews of links, and the assistant's panel.

Source: https://docs.slack.dev/messaging/unfurling-links-in-messages and /ai/developing-ai-apps
"""

import asyncio
import re
from collections.abc import Coroutine
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from adapters.slack.markup import fit, on_one_line
from adapters.slack.render import render
from adapters.slack.workspaces import Workspace
from bot.glance import Glance, NotShown
from bot.message import Command, Message, Place, Slot
from bot.reply import Buttons

Body = dict[str, Any]

PROMPTS = 4
"""What Slack shows of them at most."""
TITLE = 80
LONG = 0.5
"""Seconds after which an answer takes long: what is answered sooner needs no words about it."""

log = structlog.get_logger(__name__)


class Extras:
    """Answers where nothing was said. Nothing is lost where Slack does not take an answer."""

    def __init__(self, glance: Glance, console_url: str) -> None:
        self._glance = glance
        self._record = re.compile(
            re.escape(console_url.rstrip("/")) + r"/(customer|deal|ticket)s/(\d{1,18})/?"
        )
        self._previews = bool(console_url)
        self._tasks: set[asyncio.Task[None]] = set()
        self._working: dict[Place, asyncio.Task[None]] = {}
        self._untitled: set[str] = set()
        """Threads that were just begun; the first words in one become its title."""

    def look(self, workspace: Workspace, event: Body) -> None:
        """Preview the links of a message, or suggest what to ask, after the acknowledgement."""
        if event["type"] == "link_shared":
            self._begin(self._preview(workspace, event))
        elif event["type"] == "assistant_thread_started":
            self._begin(self._suggest(workspace, event["assistant_thread"]))

    def work(self, workspace: Workspace, message: Message) -> None:
        """Show in the assistant's panel that a message is being worked on, if that takes long."""
        place = message.place
        if place.direct and place.thread:
            if place.thread in self._untitled and message.text:
                self._untitled.discard(place.thread)
                self._begin(self._entitle(workspace, message))
            self._working[place] = self._begin(self._show_work(workspace, message))

    async def answered(self, place: Place) -> None:
        """Hear that an answer is about to be posted: Slack takes the words away with it."""
        if work := self._working.pop(place.model_copy(update={"direct": True}), None):
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    def _begin(self, showing: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(self._try(showing))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _try(self, showing: Coroutine[Any, Any, None]) -> None:
        try:
            await showing
        except NotShown:
            return  # whoever may not see a record, or is a stranger, gets no hint of it either
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            log.warning("slack.extra_not_shown", reason=repr(error))

    async def _show_work(self, workspace: Workspace, message: Message) -> None:
        status = await self._glance.say(message, "at-work")
        await asyncio.sleep(LONG)
        await workspace.client.assistant_threads_setStatus(
            channel_id=message.place.channel, thread_ts=message.place.thread, status=status
        )

    async def _entitle(self, workspace: Workspace, message: Message) -> None:
        await workspace.client.assistant_threads_setTitle(
            channel_id=message.place.channel,
            thread_ts=message.place.thread,
            title=fit(on_one_line(message.text), TITLE, str),
        )

    async def _preview(self, workspace: Workspace, event: Body) -> None:
        """Show records by the poster's rights, without what is private: others read along."""
        unfurls = {}
        for link in event["links"] if self._previews else ():
            found = self._record.fullmatch(link["url"])
            if found is None:
                continue
            noun, number = found.groups()
            command = Command(intent=f"{noun}.show", slots={noun: Slot(value=int(number))})
            message = await workspace.translator.looked(event["user"], event["channel"], command)
            if message is not None:
                reply = await self._glance.preview(message)
                parts = [part for part in reply.parts if not isinstance(part, Buttons)]
                shown = reply.model_copy(update={"parts": parts})
                unfurls[link["url"]] = {"blocks": render(shown, alone=False, tables=False).blocks}
        if unfurls:
            await workspace.client.chat_unfurl(
                channel=event["channel"], ts=event["message_ts"], unfurls=unfurls
            )

    async def _suggest(self, workspace: Workspace, thread: Body) -> None:
        message = await workspace.translator.looked(thread["user_id"], thread["channel_id"])
        if message is None:
            return
        self._untitled.add(thread["thread_ts"])
        prompts = (await self._glance.prompts(message))[:PROMPTS]
        await workspace.client.assistant_threads_setSuggestedPrompts(
            channel_id=thread["channel_id"],
            thread_ts=thread["thread_ts"],
            prompts=[{"title": title, "message": words} for title, words in prompts],
        )
