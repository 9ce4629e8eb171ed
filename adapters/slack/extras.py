"""What Slack shows beside messages: previews of links, and the assistant's panel.

Source: https://docs.slack.dev/messaging/unfurling-links-in-messages and /ai/developing-ai-apps
"""

import re
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from adapters.slack.render import render
from adapters.slack.workspaces import Workspace
from bot.glance import Glance, NotShown
from bot.message import Command, Slot
from bot.reply import Buttons

Body = dict[str, Any]

PROMPTS = 4
"""What Slack shows of them at most."""

log = structlog.get_logger(__name__)


class Extras:
    """Answers where nothing was said. Nothing is lost where Slack does not take an answer."""

    def __init__(self, glance: Glance, console_url: str) -> None:
        self._glance = glance
        self._record = re.compile(
            re.escape(console_url.rstrip("/")) + r"/(customer|deal|ticket)s/(\d{1,18})/?"
        )
        self._previews = bool(console_url)

    async def answer(self, workspace: Workspace, event: Body) -> None:
        """Preview the links of a message, or suggest what to ask."""
        try:
            if event["type"] == "link_shared":
                await self._preview(workspace, event)
            elif event["type"] == "assistant_thread_started":
                await self._suggest(workspace, event["assistant_thread"])
        except NotShown:
            return  # whoever may not see a record, or is a stranger, gets no hint of it either
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            log.warning("slack.extra_not_shown", event_type=event["type"], reason=repr(error))

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
        prompts = (await self._glance.prompts(message))[:PROMPTS]
        await workspace.client.assistant_threads_setSuggestedPrompts(
            channel_id=thread["channel_id"],
            thread_ts=thread["thread_ts"],
            prompts=[{"title": title, "message": words} for title, words in prompts],
        )
