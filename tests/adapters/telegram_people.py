"""The people and chats of a loopback Telegram."""

import re
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.adapters.telegram_rules import Json, units

if TYPE_CHECKING:
    from tests.adapters.telegram_server import TelegramServer

COMMAND = re.compile(r"(?:^|(?<=\s))/[a-zA-Z0-9_]{1,32}(?:@\w+)?")
MENTION = re.compile(r"(?<!\w)@[a-zA-Z]\w{3,31}")


@dataclass
class Sent:
    """A message as the people in the chat see it."""

    id: int
    chat: int
    text: str
    entities: list[Json]
    buttons: list[list[Json]] = field(default_factory=list)
    topic: int | None = None
    by_bot: bool = True
    editable: bool = True
    forward_origin: Json | None = None
    upload: Any = None
    """The picture or file (`telegram_media.Upload`)."""

    def marked(self, kind: str) -> list[str]:
        """Return the stretches of text marked so: `bold`, `italic`, `pre`."""
        raw = self.text.encode("utf-16-le")
        return [
            raw[entity["offset"] * 2 : (entity["offset"] + entity["length"]) * 2].decode(
                "utf-16-le"
            )
            for entity in self.entities
            if entity["type"] == kind
        ]

    @property
    def labels(self) -> list[list[str]]:
        return [[button["text"] for button in row] for row in self.buttons]


@dataclass
class Chat:
    """A chat. `closed` is why the bot may not write there, if it may not."""

    id: int
    type: str
    title: str = ""
    topics: set[int] = field(default_factory=set)
    closed: str | None = None
    moved_to: int | None = None
    unread: deque[Sent] = field(default_factory=deque)

    @property
    def json(self) -> Json:
        named = {"first_name": self.title} if self.type == "private" else {"title": self.title}
        forum = {"is_forum": True} if self.topics else {}
        return {"id": self.id, "type": self.type, **named, **forum}


@dataclass(frozen=True)
class Person:
    """Somebody who talks to the bot."""

    server: "TelegramServer"
    id: int
    name: str
    language: str

    @property
    def json(self) -> Json:
        return {
            "id": self.id,
            "is_bot": False,
            "first_name": self.name,
            "language_code": self.language,
        }

    def say(
        self,
        text: str,
        to: Chat | None = None,
        topic: int | None = None,
        answering: Sent | None = None,
        **more: Any,
    ) -> int | None:
        """Write a message; return the update's id, None if privacy mode keeps it from the bot."""
        server = self.server
        chat = to or server.chats[self.id]
        if chat.type == "private":
            chat.closed = None  # who writes to a bot lets it write back
        body = server.shown(server.note(chat.id, text, topic)) | {"from": self.json} | more
        entities = [
            {"type": kind, "offset": units(text[: m.start()]), "length": units(m[0])}
            for kind, pattern in (("bot_command", COMMAND), ("mention", MENTION))
            for m in pattern.finditer(text)
        ]
        if entities:
            body["entities"] = entities
        if answering:
            body["reply_to_message"] = server.shown(answering)
            body.setdefault("message_thread_id", answering.id)  # in plain supergroups too
        if chat.type != "private" and not self._reaches_bot(text, answering):
            return None
        return server.push("message", body)

    def _reaches_bot(self, text: str, answering: Sent | None) -> bool:
        if self.server.me["can_read_all_group_messages"]:
            return True
        name = str(self.server.me["username"]).lower()
        commands = [command.lower().partition("@")[2] for command in COMMAND.findall(text)]
        return (
            any(bot in ("", name) for bot in commands)
            or f"@{name}" in map(str.lower, MENTION.findall(text))
            or (answering is not None and answering.by_bot)
        )

    def edit(self, message: int, text: str, to: Chat | None = None, **more: Any) -> int:
        """Change a message; return the update's id."""
        server = self.server
        sent = server.messages[(to or server.chats[self.id]).id, message]
        sent.text = text
        body = server.shown(sent) | {"from": self.json, "edit_date": int(time.time())} | more
        return server.push("edited_message", body)

    def forward(self, text: str, author: str, **more: Any) -> Sent:
        """Forward somebody's message to the bot, whose account is hidden; return it."""
        origin = {"type": "hidden_user", "date": 1, "sender_user_name": author}
        self.say(text, forward_origin=origin, **more)
        sent = self.server.messages[self.id, self.server.last]
        sent.forward_origin = origin
        return sent

    def type(self, words: str) -> str:
        """Type the bot's name and words in any chat; return the query's id."""
        query = f"query-{self.id}-{time.monotonic_ns()}"
        self.server.offer(query)
        asked = {"id": query, "from": self.json, "query": words, "offset": ""}
        self.server.push("inline_query", asked)
        return query

    def press(self, message: Sent, label: str) -> str:
        """Press a button; return the id of the press."""
        (data,) = [
            button["callback_data"]
            for row in message.buttons
            for button in row
            if button["text"] == label
        ]
        press = f"press-{self.id}-{message.id}-{time.monotonic_ns()}"
        self.server.offer(press)
        self.server.push(
            "callback_query",
            {
                "id": press,
                "from": self.json,
                "message": self.server.shown(message),
                "chat_instance": "1",
                "data": data,
            },
        )
        return press
