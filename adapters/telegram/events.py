"""Telegram's updates in neutral terms."""

import re

from telegram import CallbackQuery, Chat, Update, User
from telegram import Message as Post

from bot.message import Message, Place
from crm_core.clock import Clock

COMMAND = re.compile(r"/(?P<name>\w+)(?:@(?P<bot>\w+))?(?:\s+(?P<rest>.*))?", re.ASCII | re.DOTALL)
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""What databases refuse: NUL, and halves of characters."""


def translate(update: Update, me: User, clock: Clock) -> Message | None:
    """Return what somebody says to the bot in this update; None when nobody does.

    Edits say nothing: what was asked first is answered. Nor does what is written in the name of
    a group or a channel, for nobody can tell who wrote it.
    """
    event = str(update.update_id)
    if update.callback_query:
        return _pressed(event, update.callback_query, me, clock)
    if update.message:
        return _said(event, update.message, me)
    return None


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
    text = _command(_without_mention(words, me), me)
    if text is None:
        return None
    return Message(
        event=event,
        place=_place(post.chat, _topic(post), me),
        sender=str(sender.id),
        text=UNSTORABLE.sub("", text),
        at=post.date,
        language=_language(sender),
    )


def _pressed(event: str, press: CallbackQuery, me: User, clock: Clock) -> Message | None:
    if press.message is None or not press.data:
        return None
    # A message too old for Telegram to show has lost its topic.
    topic = _topic(press.message) if isinstance(press.message, Post) else ""
    return Message(
        event=event,
        place=_place(press.message.chat, topic, me),
        sender=str(press.from_user.id),
        press=UNSTORABLE.sub("", press.data),
        pressed_on=str(press.message.message_id),
        at=clock(),
        language=_language(press.from_user),
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
    answered = post.reply_to_message
    return (
        COMMAND.fullmatch(words) is not None
        or _mention(me).search(words) is not None
        or (
            answered is not None
            and answered.from_user == me
            and not answered.forum_topic_created  # every message in a topic answers this one
        )
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
    if name == "start" and rest:
        return f"link {rest}"  # https://t.me/<bot>?start=<code>
    if name == "crm":
        return rest or "/help"
    return f"/{name} {rest}".strip()
