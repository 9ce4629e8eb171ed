"""Writes to Telegram, and tells the courier how that went in its own words."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any

import httpx
import structlog
from telegram import Bot, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from adapters import charts
from adapters.channel import Outgoing, Refused, TryLater, Unreachable
from adapters.telegram.events import START, press_of
from adapters.telegram.lines import CAPTION, LENGTH, units
from adapters.telegram.moves import Moves
from adapters.telegram.pace import Limiter, is_group, seconds_of
from adapters.telegram.render import Post, render
from adapters.telegram.waiting import TOAST, Waiting
from bot.reply import Chart, File

AGAIN = "↻"
"""Marks what may have been sent before: Telegram takes no key by which to tell."""
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""Failures before anything was said to Telegram."""
REVOKED = 60.0
"""Seconds to wait where only a new token helps."""
PICTURES = {"image/jpeg", "image/png"}
LARGEST_PHOTO = 10_000_000
"""Bytes of a photo; a document may be larger. Source: https://core.telegram.org/bots/api"""
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Load:
    """A picture or a file to send."""

    name: str
    content: bytes
    is_picture: bool


class Sender:
    """Delivers replies of one or more messages."""

    def __init__(self, bot: Bot, limiter: Limiter, waiting: Waiting, moves: Moves) -> None:
        self.bot = bot
        self.limiter = limiter
        self.waiting = waiting
        self.moves = moves
        self._sent: dict[str, list[str]] = {}

    async def send(self, outgoing: Outgoing) -> str:
        """Deliver, and return the id of the last message: it bears the buttons.

        An attempt that broke off between two messages is continued by the next one. Telegram
        shows nothing to one member of a group only: that goes to the person's private chat.

        Raises TryLater, Refused or Unreachable.
        """
        place, recipient = outgoing.place, outgoing.recipient
        shared = is_group(place.channel)
        aside = shared and bool(recipient)
        if outgoing.reply.private and shared and not aside:
            raise Refused("a private reply needs a recipient")
        posts = render(outgoing.reply.without_forms, alone=aside or not shared)
        if not posts:
            raise Refused("nothing to show")
        self.waiting.written(place.channel)
        if press := press_of(outgoing.answers or ""):
            words = outgoing.reply.text
            toast = words if outgoing.reply.brief and len(words) <= TOAST else None
            if await self.waiting.answer(press, toast) and toast:
                return outgoing.answers or ""
        chat = recipient if aside and recipient else place.channel
        edits = None if aside else outgoing.replaces
        thread = None if aside or not place.thread else int(place.thread)
        async with self.limiter.alone(chat):
            sent = self._sent.pop(outgoing.key, [])
            try:
                left = posts[len(sent) :]
                if outgoing.unsure and edits is None:
                    left[:1] = map(_marked, left[:1])
                for post in left:
                    load = await _load(outgoing, post)
                    mine = None if sent or load else edits
                    sent.append(await self._deliver(chat, thread, post, mine, load))
            except (TryLater, asyncio.CancelledError):
                if sent:
                    self._sent[outgoing.key] = sent
                raise
            except Refused as problem:
                if aside and _is_stranger(problem.__cause__):
                    link = f"{self.bot.link}?start={START}"
                    raise Unreachable(str(problem), link) from problem
                raise
        return sent[-1]

    async def _deliver(
        self, chat: str, thread: int | None, post: Post, edits: str | None, load: Load | None
    ) -> str:
        try:
            async with self.limiter.turn(chat):
                return await self._follow_and_write(chat, thread, post, edits, load)
        except RetryAfter as problem:
            seconds = seconds_of(problem.retry_after)
            self.limiter.close(chat, seconds)
            raise TryLater("flood control", seconds) from problem
        except TelegramError as problem:
            raise _outcome(problem) from problem

    async def _follow_and_write(
        self, chat: str, thread: int | None, post: Post, edits: str | None, load: Load | None
    ) -> str:
        try:
            return await self._write(self.moves.of(chat), thread, post, edits, load)
        except ChatMigrated as moved:
            new = str(moved.new_chat_id)
            await self.moves.follow(chat, new)
            return await self._write(new, thread, post, None, load)

    async def _write(
        self, chat: str, thread: int | None, post: Post, edits: str | None, load: Load | None
    ) -> str:
        if load:
            return await self._bring(chat, thread, post, load)
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

    async def _bring(self, chat: str, thread: int | None, post: Post, load: Load) -> str:
        """Send a picture as one, if Telegram takes it so, and anything else as a document."""
        said: dict[str, Any] = {
            "caption": post.html or None,
            "parse_mode": ParseMode.HTML,
            "message_thread_id": thread,
            "reply_markup": post.keyboard,
        }
        if load.is_picture:
            try:
                sent = await self.bot.send_photo(chat, load.content, filename=load.name, **said)
            except BadRequest as problem:
                log.info("telegram.no_photo", problem=problem.message)
            else:
                return str(sent.message_id)
        sent = await self.bot.send_document(
            chat, load.content, filename=load.name, disable_content_type_detection=True, **said
        )
        return str(sent.message_id)

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


def _marked(post: Post) -> Post:
    """Mark a message that may be seen twice, where there is room for it."""
    html = f"{AGAIN}\n{post.html}"
    return replace(post, html=html) if units(html) <= (CAPTION if post.media else LENGTH) else post


async def _load(outgoing: Outgoing, post: Post) -> Load | None:
    """Draw the chart of a post, or take its file."""
    match post.media:
        case Chart() as chart:
            return Load("chart.png", await charts.png(chart), is_picture=True)
        case File() as file:
            content = outgoing.files[file.id]
            photo = file.media_type in PICTURES and len(content) <= LARGEST_PHOTO
            return Load(file.name, content, is_picture=photo)
    return None


def _outcome(problem: TelegramError) -> TryLater | Refused:
    """Say whether another attempt can help.

    After a cut connection nobody knows whether the message arrived; another attempt may repeat it.
    """
    if isinstance(problem, Forbidden | BadRequest):
        return Refused(problem.message)
    if isinstance(problem, InvalidToken):
        return TryLater("the token is not valid", REVOKED)
    unsent = isinstance(problem.__cause__, UNSENT) or not isinstance(problem, NetworkError)
    return TryLater(problem.message, unsure=not unsent)


def _is_stranger(problem: BaseException | None) -> bool:
    """Tell whether the person never wrote to the bot, or wants no more of it."""
    return isinstance(problem, Forbidden) or (
        isinstance(problem, BadRequest) and problem.message == "Chat not found"
    )
