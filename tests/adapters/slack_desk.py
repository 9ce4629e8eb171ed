"""The far side of the adapter in tests: a small assistant with an inbox and a patient courier."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from adapters.channel import Outgoing, TryLater
from adapters.slack.adapter import SlackAdapter
from adapters.slack.settings import SlackSettings
from bot.message import Command, Message
from bot.reply import Button, Buttons, Reply, Text

from .slack_server import SlackServer

Answer = Callable[[Message], Reply | None]


class Desk:
    """Takes every event in once, and answers where it was asked. Outages are up to the test."""

    def __init__(self, adapter: SlackAdapter, answer: Answer) -> None:
        self.adapter = adapter
        self.answer = answer
        self.inbox: list[Message] = []
        self.known = 0
        """Events that came again."""
        self.out_of_order = 0
        """How often the inbox will fail before it works."""
        self._work: set[asyncio.Task[str]] = set()

    async def receive(self, message: Message) -> bool:
        if self.out_of_order:
            self.out_of_order -= 1
            raise ConnectionError("no database")
        if message.event in {taken.event for taken in self.inbox}:
            self.known += 1
            return False
        self.inbox.append(message)
        if reply := self.answer(message):
            task = asyncio.create_task(self.deliver(reply_to(message, reply)))
            self._work.add(task)
            task.add_done_callback(self._work.discard)
        return True

    async def deliver(self, outgoing: Outgoing) -> str:
        """Send until it is sent."""
        for attempt in range(1, 1000):
            try:
                return await self.adapter.send(outgoing.model_copy(update={"attempt": attempt}))
            except TryLater as later:
                await asyncio.sleep(min(later.seconds, 0.05))
        raise AssertionError("never sent")


def reply_to(message: Message, reply: Reply, **more: Any) -> Outgoing:
    """Address a reply as the assistant does."""
    more.setdefault("recipient", message.sender if reply.private else None)
    more.setdefault("replaces", message.pressed_on if reply.replaces else None)
    return Outgoing(key=f"reply:{message.event}", place=message.place, reply=reply, **more)


def words(text: str, **more: Any) -> Reply:
    return Reply(parts=[Text(text=text)], **more)


def button(label: str, token: str = "", **more: Any) -> Button:
    command = Command(intent="dialog.confirm")
    return Button(label=label, command=command, token=token or f"token-{label}", **more)


def question(text: str, *labels: str) -> Reply:
    buttons = Buttons(buttons=[button(label) for label in labels], choice=True)
    return Reply(parts=[Text(text=text), buttons])


def echo(message: Message) -> Reply | None:
    return words(f"you said: {message.text or message.press}")


def now() -> datetime:
    return datetime.now(UTC)


def settings(slack: SlackServer, **more: Any) -> SlackSettings:
    """Return the settings for a server, with fast pings and no pace."""
    values = {
        "bot_token": slack.bot_token,
        "app_token": slack.app_token,
        "signing_secret": slack.signing_secret,
        "base_url": f"http://{slack.host}/api/",
        "ping_seconds": 0.2,
        "seconds_per_message": 0.0,
    }
    return SlackSettings.model_validate(values | more)


@asynccontextmanager
async def running(
    slack: SlackServer, answer: Answer = echo, *, glance: Any = None, **more: Any
) -> AsyncIterator[Desk]:
    """Run the adapter against a server, with a desk behind it."""
    adapter = SlackAdapter(settings(slack, **more), now, glance)
    desk = Desk(adapter, answer)
    await adapter.start(desk.receive)
    try:
        yield desk
    finally:
        await adapter.stop()
