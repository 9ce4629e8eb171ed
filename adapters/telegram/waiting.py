"""What people see while they wait: "typing", and the button that they pressed."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog
from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.message import Place

PATIENCE = 1.0
"""Seconds after which somebody who waits is shown that work goes on."""
TYPING = 4.5
"""Seconds between two signs; Telegram shows one for five."""
SIGNS = 12
TOAST = 200
"""Characters of a toast."""

log = structlog.get_logger(__name__)


class Waiting:
    """Keeps who waits for an answer. `patience` is in seconds."""

    def __init__(self, bot: Bot, patience: float = PATIENCE) -> None:
        self.bot = bot
        self.patience = patience
        self._typing: dict[str, asyncio.Task[None]] = {}
        self._presses: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def said(self, place: Place) -> None:
        """Show "typing" in a chat from a second on, until something is written there."""
        self.written(place.channel)
        self._typing[place.channel] = self._begin(self._type(place))

    def written(self, chat: str) -> None:
        """Stop typing: here is the answer."""
        if task := self._typing.pop(chat, None):
            task.cancel()

    def pressed(self, press: str) -> None:
        """End a button's own waiting after a second, if no answer does so before."""
        self._presses[press] = self._begin(self._release(press))

    async def answer(self, press: str, toast: str | None = None) -> bool:
        """End a button's waiting, with a toast if there is one. False: it waits no more."""
        task = self._presses.pop(press, None)
        if task:
            task.cancel()
        return await self._answer(press, toast) if task or toast else False

    async def _answer(self, press: str, toast: str | None) -> bool:
        try:
            await self.bot.answer_callback_query(press, toast)
        except TelegramError as problem:
            log.info("telegram.press_not_answered", problem=problem.message)
            return False
        return True

    async def stop(self) -> None:
        """Let nobody wait any more."""
        for task in self._typing.values():
            task.cancel()
        presses = list(self._presses)
        await asyncio.gather(*map(self.answer, presses))
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _type(self, place: Place) -> None:
        await asyncio.sleep(self.patience)
        topic = int(place.thread) if place.thread else None
        for _ in range(SIGNS):
            try:
                await self.bot.send_chat_action(place.channel, ChatAction.TYPING, topic)
            except TelegramError:
                return
            await asyncio.sleep(TYPING)

    async def _release(self, press: str) -> None:
        await asyncio.sleep(self.patience)
        del self._presses[press]
        await self._answer(press, None)
