"""Modals: opened at once, suggested to while somebody types, and checked before they close.

Slack gives three seconds from the click, and a reply to each question, so these read by a
`Glance` and do not wait in the inbox. What was filled in goes there like any message.

Source: https://docs.slack.dev/interactivity/handling-user-interaction
"""

import asyncio
from typing import Any

import aiohttp
import structlog
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackApiError

from adapters.channel import Receive
from adapters.slack import modals
from adapters.slack.workspaces import Workspace
from bot.glance import Glance, NotShown
from bot.message import Command, Message

Body = dict[str, Any]

PATIENCE = 2.0
"""Seconds that opening may take: what is later is too late for Slack."""
TITLE = "CRM"

log = structlog.get_logger(__name__)


class Dialogs:
    """Answers what Slack asks while a person looks at a modal."""

    def __init__(self, glance: Glance, receive: Receive) -> None:
        self._glance = glance
        self._receive = receive

    async def open(self, workspace: Workspace, body: Body) -> None:
        """Open the form that a button or a shortcut asks for.

        Where Slack does not open it in time, the conversation asks for what the form would.
        """
        command = Command(intent=body["callback_id"]) if "callback_id" in body else None
        message = await workspace.translator.asked(body, command)
        if message is None:
            return
        try:
            form = await self._glance.form(message)
            view = modals.draw(form, message.place)
        except NotShown as reason:
            view = modals.notice(TITLE, str(reason))
        try:
            async with asyncio.timeout(PATIENCE):
                await workspace.client.views_open(trigger_id=body["trigger_id"], view=view)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            log.warning("slack.form_not_opened", reason=repr(error))
            place = await workspace.translator.reachable(message.place, message.sender)
            event = message.event if message.press else f"form:{body['trigger_id']}"
            asked = message.model_copy(update={"place": place, "event": event, "text": ""})
            await self._receive(asked)

    async def suggest(self, workspace: Workspace, body: Body) -> list[Body]:
        """Return options for what is typed into a field."""
        message = await workspace.translator.asked(body)
        if message is None:
            return []
        message = message.model_copy(update={"text": body["value"]})
        try:
            found = await self._glance.suggest(
                message, body["view"]["callback_id"], body["block_id"]
            )
        except NotShown:
            return []
        return [modals.option(choice) for choice in found]

    async def submit(self, workspace: Workspace, body: Body, ack: AsyncAck) -> None:
        """Take a filled-in form in, or say what is wrong with it, and acknowledge."""
        asked = await self._filled(workspace, body)
        if asked is None:
            await ack()
            return
        message, values, before = asked
        try:
            message, wrong = await self._glance.sent(message, values, before)
        except NotShown as reason:
            await ack(response_action="update", view=modals.notice(TITLE, str(reason)))
            return
        if wrong:
            await ack(response_action="errors", errors=wrong)
            return
        place = await workspace.translator.reachable(message.place, message.sender)
        await self._receive(message.model_copy(update={"place": place}))
        await ack()

    async def _filled(
        self, workspace: Workspace, body: Body
    ) -> tuple[Message, dict[str, str], dict[str, str]] | None:
        view = body["view"]
        if "callback_id" not in view or not view["callback_id"]:
            return None
        command, place, values, before = modals.sent(view)
        message = await workspace.translator.asked(body, command)
        if message is None:
            return None
        event = f"form:{view['id']}"
        return message.model_copy(update={"place": place, "event": event}), values, before
