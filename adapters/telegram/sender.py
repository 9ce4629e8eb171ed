"""Writes to Telegram, and tells the courier how that went in its own words."""

import asyncio
from datetime import timedelta

import structlog
from telegram import Bot, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from adapters.channel import Outgoing, Refused, TryLater
from adapters.telegram.pace import Limiter, is_group
from adapters.telegram.render import Post, render

REVOKED = 60.0
"""Seconds to wait where only a new token helps."""
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

log = structlog.get_logger(__name__)


class Sender:
    """Delivers replies of one or more messages."""

    def __init__(self, bot: Bot, limiter: Limiter) -> None:
        self.bot = bot
        self.limiter = limiter
        self._moved: dict[str, str] = {}
        self._sent: dict[str, list[str]] = {}

    def follow(self, old: str, new: str) -> None:
        """Send to `new` what is meant for `old`, a group that became a supergroup."""
        self._moved[old] = new
        log.info("telegram.chat_moved", old=old, new=new)

    async def send(self, outgoing: Outgoing) -> str:
        """Deliver, and return the id of the last message: it bears the buttons.

        An attempt that broke off between two messages is continued by the next one. Telegram
        shows nothing to one member of a group only: that goes to the person's private chat.

        Raises TryLater or Refused.
        """
        place, recipient = outgoing.place, outgoing.recipient
        shared = is_group(place.channel)
        aside = shared and bool(recipient)
        if outgoing.reply.private and shared and not aside:
            raise Refused("a private reply needs a recipient")
        posts = render(outgoing.reply, alone=aside or not shared)
        if not posts:
            raise Refused("nothing to show")
        chat = recipient if aside and recipient else place.channel
        edits = None if aside else outgoing.replaces
        thread = None if aside or not place.thread else int(place.thread)
        async with self.limiter.alone(chat):
            sent = self._sent.pop(outgoing.key, [])
            try:
                for post in posts[len(sent) :]:
                    sent.append(await self._deliver(chat, thread, post, None if sent else edits))
            except (TryLater, asyncio.CancelledError):
                if sent:
                    self._sent[outgoing.key] = sent
                raise
            except Refused as problem:
                if aside and _is_stranger(problem.__cause__):
                    raise Refused("cannot-write-privately") from problem
                raise
        return sent[-1]

    async def _deliver(self, chat: str, thread: int | None, post: Post, edits: str | None) -> str:
        try:
            async with self.limiter.turn(chat):
                return await self._follow_and_write(chat, thread, post, edits)
        except RetryAfter as problem:
            seconds = _seconds(problem.retry_after)
            self.limiter.close(chat, seconds)
            raise TryLater("flood control", seconds) from problem
        except TelegramError as problem:
            raise _outcome(problem) from problem

    async def _follow_and_write(
        self, chat: str, thread: int | None, post: Post, edits: str | None
    ) -> str:
        try:
            return await self._write(self._moved.get(chat, chat), thread, post, edits)
        except ChatMigrated as moved:
            self.follow(chat, str(moved.new_chat_id))
            return await self._write(str(moved.new_chat_id), thread, post, None)

    async def _write(self, chat: str, thread: int | None, post: Post, edits: str | None) -> str:
        if edits is not None and await self._edit(chat, post, edits):
            return edits
        message = await self.bot.send_message(
            chat,
            post.html,
            ParseMode.HTML,
            message_thread_id=thread,
            reply_markup=post.keyboard,
            link_preview_options=NO_PREVIEW,
        )
        return str(message.message_id)

    async def _edit(self, chat: str, post: Post, message: str) -> bool:
        """Put the post in place of a message; False where that message can be edited no more."""
        try:
            await self.bot.edit_message_text(
                post.html,
                chat,
                int(message),
                parse_mode=ParseMode.HTML,
                reply_markup=post.keyboard,
                link_preview_options=NO_PREVIEW,
            )
        except BadRequest as problem:
            if "not modified" not in problem.message:
                log.info("telegram.not_edited", problem=problem.message)
                return False
        return True


def _outcome(problem: TelegramError) -> TryLater | Refused:
    """Say whether another attempt can help.

    After a cut connection nobody knows whether the message arrived; another attempt may repeat it.
    """
    if isinstance(problem, Forbidden | BadRequest):
        return Refused(problem.message)
    if isinstance(problem, InvalidToken):
        return TryLater("the token is not valid", REVOKED)
    return TryLater(problem.message)


def _is_stranger(problem: BaseException | None) -> bool:
    """Tell whether the person never wrote to the bot, or wants no more of it."""
    return isinstance(problem, Forbidden) or (
        isinstance(problem, BadRequest) and problem.message == "Chat not found"
    )


def _seconds(time: int | timedelta) -> float:
    return time.total_seconds() if isinstance(time, timedelta) else float(time)
