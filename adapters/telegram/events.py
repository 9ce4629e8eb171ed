"""Telegram's updates in neutral terms."""

import mimetypes
import re
from collections.abc import Sequence
from typing import Any

from telegram import (
    CallbackQuery,
    Chat,
    InlineQuery,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginHiddenUser,
    MessageOriginUser,
    PhotoSize,
    Sticker,
    Update,
    User,
    VideoNote,
)
from telegram import Message as Post

from bot.message import Attachment, Message, Place, Quote
from crm_core.clock import Clock

COMMAND = re.compile(r"/(?P<name>\w+)(?:@(?P<bot>\w+))?(?:\s+(?P<rest>.*))?", re.ASCII | re.DOTALL)
PRESS = "press"
START = "here"
"""What a link says that only opens the bot's private chat."""
MEDIA_TYPES = {PhotoSize: "image/jpeg", VideoNote: "video/mp4", Sticker: "image/webp"}
"""Of those that Telegram does not name."""
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""What databases refuse: NUL, and halves of characters."""


def translate(update: Update, me: User, clock: Clock) -> Message | None:
    """Return what somebody says to the bot in this update; None when nobody does.

    What is written in the name of a group or a channel says nothing, for nobody can tell who
    wrote it.
    """
    event = str(update.update_id)
    if update.callback_query:
        return _pressed(update.callback_query, me, clock)
    if update.message:
        return _said(event, update.message, me)
    if update.edited_message:
        said = _said(event, update.edited_message, me)
        return said.model_copy(update={"edited": True}) if said else None
    return None


def press_of(event: str) -> str | None:
    """Return the platform's id of a press, None for an event that is none."""
    kind, _, press = event.partition("/")
    return press if kind == PRESS else None


def _said(event: str, post: Post, me: User) -> Message | None:
    words = post.text or post.caption or ""
    sender = post.from_user
    if sender is None or sender.is_bot or post.sender_chat:
        return None
    if not words and not post.effective_attachment:
        return None  # somebody joined, a message was pinned ...
    private = post.chat.type == Chat.PRIVATE
    if not private and not _addressed(post, words, me):
        return None
    text = "" if post.forward_origin else _command(_without_mention(words, me), me)
    if text is None:
        return None
    quoted = _quoted(post, me)
    return Message(
        event=event,
        said=f"{post.chat_id}/{post.message_id}",
        place=_place(post.chat, _topic(post), me),
        sender=str(sender.id),
        text=UNSTORABLE.sub("", text),
        at=post.date,
        language=_language(sender),
        files=_files(post) or (_files(quoted) if quoted else ()),
        quote=Quote(text=_words(quoted), author=_author(quoted)) if quoted else None,
        answering=_answering(post, me),
    )


def _words(post: Post) -> str:
    return UNSTORABLE.sub("", post.text or post.caption or "")


def _quoted(post: Post, me: User) -> Post | None:
    """Return somebody else's message that this one forwards or answers."""
    if post.forward_origin:
        return post
    answered = post.reply_to_message
    if answered is None or answered.forum_topic_created:
        return None
    if answered.forward_origin or answered.from_user not in (me, post.from_user):
        return answered if _words(answered) or answered.effective_attachment else None
    return None


def _answering(post: Post, me: User) -> str | None:
    """Return the id of the bot's message that this one answers.

    Every message in a topic answers the one that opened it.
    """
    answered = post.reply_to_message
    if answered is None or answered.from_user != me or answered.forum_topic_created:
        return None
    return str(answered.message_id)


def _author(post: Post) -> str:
    """Return the name of who wrote a message first."""
    match post.forward_origin:
        case MessageOriginUser(sender_user=user):
            return user.full_name
        case MessageOriginHiddenUser(sender_user_name=name):
            return name
        case MessageOriginChat(sender_chat=chat) | MessageOriginChannel(chat=chat):
            return chat.title or ""
    return post.from_user.full_name if post.from_user else ""


def _files(post: Post) -> tuple[Attachment, ...]:
    """Name the photo, document or recording of a message."""
    attached: Any = post.effective_attachment
    if isinstance(attached, Sequence):  # a photo in several sizes, the largest last
        attached = attached[-1] if attached else None
    if attached is None or not (reference := getattr(attached, "file_id", None)):
        return ()
    media_type = getattr(attached, "mime_type", None) or MEDIA_TYPES.get(type(attached), "")
    name = getattr(attached, "file_name", None)
    if not name:
        kind = type(attached).__name__.removesuffix("Size").lower()
        name = f"{kind}-{post.message_id}{mimetypes.guess_extension(media_type) or ''}"
    return (
        Attachment(
            name=UNSTORABLE.sub("", name),
            media_type=media_type,
            size=getattr(attached, "file_size", None) or 0,
            reference=reference,
        ),
    )


def _pressed(press: CallbackQuery, me: User, clock: Clock) -> Message | None:
    if press.message is None or not press.data:
        return None
    # A message too old for Telegram to show has lost its topic.
    topic = _topic(press.message) if isinstance(press.message, Post) else ""
    return Message(
        event=f"{PRESS}/{press.id}",
        place=_place(press.message.chat, topic, me),
        sender=str(press.from_user.id),
        press=UNSTORABLE.sub("", press.data),
        pressed_on=str(press.message.message_id),
        at=clock(),
        language=_language(press.from_user),
    )


def typed(query: InlineQuery, me: User, clock: Clock) -> Message:
    """Return the words that somebody is typing after the bot's name, in a chat nobody knows."""
    return Message(
        event=query.id,
        place=Place(platform="telegram", workspace=str(me.id), channel=""),
        sender=str(query.from_user.id),
        text=UNSTORABLE.sub("", query.query),
        at=clock(),
        language=_language(query.from_user),
    )


def _place(chat: Chat, topic: str, me: User) -> Place:
    return Place(
        platform="telegram",
        workspace=str(me.id),
        channel=str(chat.id),
        thread=topic,
        direct=chat.type == Chat.PRIVATE,
    )


def _topic(post: Post) -> str:
    """Return the forum topic; replies in plain groups bear a number that cannot be written to."""
    return str(post.message_thread_id) if post.is_topic_message else ""


def _language(user: User) -> str | None:
    return user.language_code.partition("-")[0] if user.language_code else None


def _addressed(post: Post, words: str, me: User) -> bool:
    return (
        COMMAND.fullmatch(words) is not None
        or _mention(me).search(words) is not None
        or _answering(post, me) is not None
    )


def _mention(me: User) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w/])@{me.username}\b[,:，：]?\s*", re.IGNORECASE)


def _without_mention(words: str, me: User) -> str:
    return _mention(me).sub("", words).strip()


def _command(text: str, me: User) -> str | None:
    """Say in words what a command asks for; None when it is meant for another bot."""
    match = COMMAND.fullmatch(text)
    if match is None:
        return text
    name, bot, rest = match["name"].lower(), match["bot"], (match["rest"] or "").strip()
    if bot and bot.lower() != str(me.username).lower():
        return None
    if name == "start" and rest not in ("", START):
        return f"link {rest}"  # https://t.me/<bot>?start=<code>
    if name == "crm":
        return rest or "/help"
    return "/start" if name == "start" else f"/{name} {rest}".strip()
