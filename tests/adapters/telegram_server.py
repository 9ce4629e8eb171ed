"""A Bot API on the loopback interface, as strict as Telegram's, and people who use it."""

import asyncio
import json
import re
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientError, ClientSession, web

from tests.adapters.telegram_media import Media, Upload
from tests.adapters.telegram_people import Chat, Person, Sent
from tests.adapters.telegram_rules import Json, Refusal, check_commands, keyboard, parse, parsed


class Cut(Exception):
    """The connection breaks; `after`: when Telegram has done what it was asked."""

    def __init__(self, after: bool) -> None:
        super().__init__(after)
        self.after = after


@dataclass(frozen=True)
class Call:
    method: str
    params: dict[str, str]
    at: float


class TelegramServer:
    """One bot's Telegram. `async with TelegramServer() as server` runs it."""

    def __init__(self) -> None:
        self.me: Json = {
            "id": 4839574812,
            "is_bot": True,
            "first_name": "CRM",
            "username": "crm_loop_bot",
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": True,
        }
        self.token = f"{self.me['id']}:loopback-token_1"
        self.url = ""
        self.calls: list[Call] = []
        self.chats: dict[int, Chat] = {}
        self.messages: dict[tuple[int, int], Sent] = {}
        self.commands: dict[str, list[Json]] = {}
        self.webhook: Json | None = None
        self.posted: list[int] = []
        self.answered: list[str] = []
        self.toasts: dict[str, str] = {}
        self.offered: dict[str, list[Json]] = {}
        self.topics: dict[int, str] = {}
        self.media = Media(self)
        self.last = 0
        self.plans: defaultdict[str, deque[Refusal | Cut | None]] = defaultdict(deque)
        self._presses: set[str] = set()
        self._updates: list[Json] = []
        self._allowed: list[str] | None = None
        self._numbers = count(1001)
        self._poll = self._ended = 0
        self._news = asyncio.Event()
        self._courier: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=60_000_000)
        app.router.add_route("*", "/bot{token}/{method}", self._handle)
        app.router.add_get("/file/bot{token}/documents/{name}", self.media.download)
        self._runner = web.AppRunner(app, handler_cancellation=True, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, e: BaseException | None, t: TracebackType | None
    ) -> None:
        await self._set_webhook({})
        self.end_polls()
        await self._runner.cleanup()

    # What tests do

    def person(self, name: str, language: str = "en", started: bool = True) -> Person:
        """Make a person. Who has not `started` cannot be written to by the bot."""
        person = Person(self, next(self._numbers), name, language)
        closed = None if started else "bot can't initiate conversation with a user"
        self.chats[person.id] = Chat(person.id, "private", name, closed=closed)
        return person

    def group(self, title: str, topics: tuple[int, ...] = ()) -> Chat:
        chat = Chat(-(10**12) - next(self._numbers), "supergroup", title, set(topics))
        self.chats[chat.id] = chat
        return chat

    def plan(self, method: str, *outcomes: Refusal | Cut | None) -> None:
        """Let the next calls of a method end so, in order; None: well."""
        self.plans[method] += outcomes

    def called(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    async def answer(self, chat: Chat | Person, seconds: float = 3) -> Sent:
        """Return the next message, new or edited, that the bot wrote in this chat."""
        unread = self.chats[chat.id].unread
        await self.until(lambda: bool(unread), seconds)
        return unread.popleft()

    async def until(self, true: Callable[[], bool], seconds: float = 3) -> None:
        end = time.monotonic() + seconds
        while not true():
            if time.monotonic() > end:
                raise TimeoutError("it did not come to pass")
            await asyncio.sleep(0.005)

    def push(self, kind: str, body: Json) -> int:
        """Add an update, as if something had happened; return its id."""
        update = next(self._numbers)
        if self._allowed is None or kind in self._allowed:
            self._updates.append({"update_id": update, kind: body})
            self._news.set()
        return update

    @property
    def waiting(self) -> list[int]:
        """Return the ids of the updates that the bot has not confirmed."""
        return [update["update_id"] for update in self._updates]

    def end_polls(self) -> None:
        """Let those who wait for updates go without, as when their time is up."""
        self._ended = self._poll
        self._news.set()

    def note(self, chat: int, text: str, topic: int | None = None) -> Sent:
        """Keep a person's message."""
        sent = Sent(self.number(), chat, text, [], topic=topic, by_bot=False)
        self.messages[chat, sent.id] = sent
        self.last = sent.id
        return sent

    def offer(self, press: str) -> None:
        self._presses.add(press)

    # The Bot API

    async def _handle(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        posted = await request.post()
        params = {key: value for key, value in posted.items() if isinstance(value, str)}
        uploads = [
            Upload(key, value.filename, value.file.read())
            for key, value in posted.items()
            if isinstance(value, web.FileField)
        ]
        self.calls.append(Call(method, params, time.monotonic()))
        plan = self.plans[method].popleft() if self.plans[method] else None
        try:
            if request.match_info["token"] != self.token:
                raise Refusal(401, "Unauthorized")
            if isinstance(plan, Refusal):
                raise plan
            if not isinstance(plan, Cut) or plan.after:
                result = await self._do(method, params, uploads)
        except Refusal as refusal:
            return _answer(refusal)
        if isinstance(plan, Cut) and request.transport:
            request.transport.close()
            return web.Response()
        return web.json_response({"ok": True, "result": result})

    async def _do(self, method: str, params: dict[str, str], uploads: list[Upload]) -> Any:
        if method in ("sendPhoto", "sendDocument"):
            kind = method.removeprefix("send").lower()
            return await self.media.send(kind, params, next(iter(uploads), None))
        actions = {
            "getFile": self.media.get_file,
            "getMe": self._get_me,
            "getUpdates": self._get_updates,
            "createForumTopic": self._create_topic,
            "editForumTopic": self._change_topic,
            "closeForumTopic": self._change_topic,
            "reopenForumTopic": self._change_topic,
            "getWebhookInfo": self._get_webhook_info,
            "getMyCommands": self._get_my_commands,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._set_webhook,
            "sendMessage": self._send_message,
            "editMessageText": self._edit_message_text,
            "answerCallbackQuery": self._answer_callback_query,
            "answerInlineQuery": self._answer_inline_query,
            "setMyCommands": self._set_my_commands,
            "sendChatAction": self._send_chat_action,
        }
        if method not in actions:
            raise Refusal(404, "Not Found")
        return await actions[method](params)

    async def _get_me(self, params: dict[str, str]) -> Json:
        return self.me

    async def _get_updates(self, params: dict[str, str]) -> list[Json]:
        if self.webhook:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        if "allowed_updates" in params:
            self._allowed = json.loads(params["allowed_updates"])
        self._poll += 1
        mine = self._poll
        self._news.set()  # whoever polls already is told to go
        offset = int(params.get("offset", 0))
        self._updates = [u for u in self._updates if u["update_id"] >= offset]
        end = time.monotonic() + float(params.get("timeout", 0))
        while not self._updates and time.monotonic() < end:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), end - time.monotonic())
            except TimeoutError:
                break
            if mine <= self._ended:
                break
            if mine != self._poll:
                raise Refusal(
                    409,
                    "Conflict: terminated by other getUpdates request; "
                    "make sure that only one bot instance is running",
                )
        return self._updates[: int(params.get("limit", 100))]

    async def _set_webhook(self, params: dict[str, str]) -> bool:
        if self._courier:
            self._courier.cancel()
            self._courier = None
        self.webhook = None
        if params.get("url"):
            if not params["url"].startswith(("https://", "http://127.0.0.1")):
                raise Refusal(400, "Bad Request: bad webhook: An HTTPS URL must be provided")
            if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", params.get("secret_token", "")):
                raise Refusal(400, "Bad Request: secret token contains unallowed characters")
            self.webhook = dict(params)
            self._courier = asyncio.create_task(self._post())
        return True

    async def _post(self) -> None:
        """Post updates to the webhook, each until it is taken."""
        assert self.webhook is not None
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook.get("secret_token", "")}
        async with ClientSession(headers=headers) as session:
            while True:
                self._news.clear()
                while self._updates:
                    try:
                        async with session.post(self.webhook["url"], json=self._updates[0]) as got:
                            self.posted.append(got.status)
                            if got.ok:
                                self._updates.pop(0)
                                continue
                    except ClientError:
                        self.posted.append(0)
                    await asyncio.sleep(0.02)
                await self._news.wait()

    async def _send_message(self, params: dict[str, str]) -> Json:
        chat = self.open(params)
        topic = self.topic_of(chat, params)
        text, entities = parsed(params)
        sent = Sent(self.number(), chat.id, text, entities, keyboard(params), topic)
        self.keep(sent)
        return self.shown(sent)

    def number(self) -> int:
        return next(self._numbers)

    def keep(self, sent: Sent) -> None:
        """Show a message of the bot's in its chat."""
        self.messages[sent.chat, sent.id] = sent
        self.chats[sent.chat].unread.append(sent)

    def topic_of(self, chat: Chat, params: dict[str, str]) -> int | None:
        topic = int(params["message_thread_id"]) if "message_thread_id" in params else None
        if topic is not None and topic not in chat.topics:
            raise Refusal(400, "Bad Request: message thread not found")
        return topic

    async def _edit_message_text(self, params: dict[str, str]) -> Json:
        chat = self.open(params)
        sent = self.messages.get((chat.id, int(params["message_id"])))
        if sent is None:
            raise Refusal(400, "Bad Request: message to edit not found")
        if not (sent.by_bot and sent.editable):
            raise Refusal(400, "Bad Request: message can't be edited")
        text, entities = parsed(params)
        new = (text, entities, keyboard(params))
        if new == (sent.text, sent.entities, sent.buttons):
            raise Refusal(
                400,
                "Bad Request: message is not modified: specified new message content and reply "
                "markup are exactly the same as a current content and reply markup of the message",
            )
        sent.text, sent.entities, sent.buttons = new
        chat.unread.append(sent)
        return self.shown(sent)

    async def _answer_callback_query(self, params: dict[str, str]) -> bool:
        press = params.get("callback_query_id", "")
        if press not in self._presses:
            raise Refusal(
                400,
                "Bad Request: query is too old and response timeout expired or query ID is invalid",
            )
        if len(params.get("text", "")) > 200:
            raise Refusal(400, "Bad Request: MESSAGE_TOO_LONG")
        self._presses.discard(press)
        self.answered.append(press)
        self.toasts[press] = params.get("text", "")
        return True

    async def _answer_inline_query(self, params: dict[str, str]) -> bool:
        query = params["inline_query_id"]
        if query not in self._presses:
            raise Refusal(400, "Bad Request: query is too old and response timeout expired")
        results: list[Json] = json.loads(params["results"])
        if len(results) > 50 or params.get("is_personal") not in ("True", "true"):
            raise Refusal(400, "Bad Request: a card is personal, and 50 are enough")
        for result in results:
            result["shown"], _ = parse(result["input_message_content"]["message_text"])
        self._presses.discard(query)
        self.offered[query] = results
        return True

    async def _create_topic(self, params: dict[str, str]) -> Json:
        chat = self.open(params)
        if not chat.topics:
            raise Refusal(400, "Bad Request: the chat is not a forum")
        if not 1 <= len(params["name"]) <= 128:
            raise Refusal(400, "Bad Request: TOPIC_TITLE_EMPTY")
        thread = self.number()
        chat.topics.add(thread)
        self.topics[thread] = params["name"]
        return {"message_thread_id": thread, "name": params["name"], "icon_color": 7322096}

    async def _change_topic(self, params: dict[str, str]) -> bool:
        thread = self.topic_of(self.open(params), params) or 0
        self.topics[thread] = params.get("name", self.topics[thread])
        return True

    async def _get_webhook_info(self, params: dict[str, str]) -> Json:
        hook = self.webhook or {}
        shown: Json = {
            "url": hook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates),
        }
        if "last_error_message" in hook:
            shown |= {"last_error_message": hook["last_error_message"], "last_error_date": 1}
        return shown

    async def _get_my_commands(self, params: dict[str, str]) -> list[Json]:
        return self.commands.get(params.get("language_code", ""), [])

    async def _set_my_commands(self, params: dict[str, str]) -> bool:
        commands = check_commands(params)
        self.commands[params.get("language_code", "")] = commands
        return True

    async def _send_chat_action(self, params: dict[str, str]) -> bool:
        self.open(params)
        return True

    def open(self, params: dict[str, str]) -> Chat:
        """Return the chat to write to."""
        chat = self.chats.get(int(params["chat_id"]))
        if chat is None:
            raise Refusal(400, "Bad Request: chat not found")
        if chat.moved_to:
            raise Refusal(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=chat.moved_to,
            )
        if chat.closed:
            raise Refusal(403, f"Forbidden: {chat.closed}")
        return chat

    def shown(self, sent: Sent) -> Json:
        """Return a message as the Bot API shows it."""
        body: Json = {
            "message_id": sent.id,
            "date": int(time.time()),
            "chat": self.chats[sent.chat].json,
            "text": sent.text,
        }
        if sent.by_bot:
            body["from"] = self.me
        if sent.forward_origin:
            body["forward_origin"] = sent.forward_origin
        if sent.entities:
            body["entities"] = sent.entities
        if sent.buttons:
            body["reply_markup"] = {"inline_keyboard": sent.buttons}
        if sent.topic is not None:
            body |= {"message_thread_id": sent.topic, "is_topic_message": True}
        return body


def _answer(refusal: Refusal) -> web.Response:
    return web.json_response(refusal.body, status=refusal.code)
