"""The Telegram adapter: updates in, messages out."""

import asyncio
import logging

import structlog
from starlette.routing import Route
from telegram import Bot, InlineQuery, Update, User
from telegram.error import BadRequest, InvalidToken, TelegramError
from telegram.request import HTTPXRequest

from adapters.channel import Outgoing, Receive, Refused, TryLater
from adapters.telegram.events import translate, typed
from adapters.telegram.lease import Lease
from adapters.telegram.menu import Menu, check, publish
from adapters.telegram.moves import Moves
from adapters.telegram.pace import Limiter, Pace
from adapters.telegram.poller import ALLOWED, Poller, persist
from adapters.telegram.render import article
from adapters.telegram.sender import Sender
from adapters.telegram.settings import TelegramSettings
from adapters.telegram.topics import Topics
from adapters.telegram.waiting import PATIENCE, Waiting
from adapters.telegram.webhook import NotReady, webhook
from bot.glance import Glance, NotShown
from bot.message import Attachment, Place
from crm_core.clock import Clock

TIMEOUT = 10.0
"""Seconds to wait for an answer."""
FRESH = 10
"""Seconds for which Telegram may show the same cards to the same person again."""
CHATTY = ["httpx", "telegram.Bot"]
"""Loggers that write down the addresses of requests, and so the token."""

log = structlog.get_logger(__name__)


def bot_of(settings: TelegramSettings) -> Bot:
    """Make the client of the Bot API, and keep the token out of its log."""
    token, base = settings.token.get_secret_value(), settings.base_url.rstrip("/")
    keep_secret(token, settings.webhook_secret.get_secret_value())
    client = HTTPXRequest(read_timeout=TIMEOUT, write_timeout=TIMEOUT, pool_timeout=TIMEOUT)
    return Bot(token, f"{base}/bot", f"{base}/file/bot", client, client)


class TelegramAdapter:
    """One bot on Telegram."""

    platform = "telegram"

    def __init__(
        self,
        settings: TelegramSettings,
        clock: Clock,
        lease: Lease,
        commands: Menu | None = None,
        pace: Pace | None = None,
        patience: float = PATIENCE,
        glance: Glance | None = None,
        topics: Topics | None = None,
        moves: Moves | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.lease = lease
        self.commands = commands or {}
        check(self.commands)
        self.pace = pace or Pace()
        self.bot = bot_of(settings)
        self._waiting = Waiting(self.bot, patience)
        self._moves = moves or Moves()
        limiter = Limiter(self.pace, lambda: asyncio.get_running_loop().time())
        self._sender = Sender(self.bot, limiter, self._waiting, self._moves)
        self._glance = glance
        self._topics = topics
        self._offers: set[asyncio.Task[None]] = set()
        self._me: User | None = None
        self._receive: Receive | None = None
        self._work: asyncio.Task[None] | None = None
        self._keeping: asyncio.Task[None] | None = None

    @property
    def routes(self) -> list[Route]:
        """What the web server has to serve for this adapter."""
        if self.settings.transport == "polling":
            return []
        secret = self.settings.webhook_secret.get_secret_value()
        return [webhook(self.settings.webhook_path, secret, self.bot, self._take)]

    async def start(self, receive: Receive) -> None:
        """Connect and hand over events; where Telegram is out of reach, go on trying.

        Raises ValueError when Telegram refuses the token or the other settings.
        """
        self._receive = receive
        try:
            await self._connect()
        except InvalidToken:
            await self.bot.shutdown()
            raise ValueError("Telegram does not know this token") from None
        except BadRequest as problem:
            await self.bot.shutdown()
            raise ValueError(f"Telegram refuses the settings: {problem.message}") from problem
        except TelegramError as problem:
            log.warning("telegram.unreachable", problem=problem.message)
            self._work = asyncio.create_task(self._run(connected=False))
        else:
            self._work = asyncio.create_task(self._run(connected=True))

    async def stop(self) -> None:
        if self._work:
            self._work.cancel()
            await asyncio.wait([self._work])
        if self._keeping:
            self._keeping.cancel()
            await asyncio.wait([self._keeping])
        await self._waiting.stop()
        await asyncio.gather(*self._offers)
        await self.bot.shutdown()
        self._me = self._work = None

    async def send(self, outgoing: Outgoing) -> str:
        return await self._sender.send(outgoing)

    async def fetch(self, place: Place, file: Attachment) -> bytes:
        try:
            found = await self.bot.get_file(file.reference)
            return bytes(await found.download_as_bytearray())
        except BadRequest as problem:
            raise Refused(problem.message) from problem
        except TelegramError as problem:
            raise TryLater(problem.message) from problem

    async def _run(self, connected: bool) -> None:
        if not connected:
            await persist(self._connect, self.pace.rest)
        if self._topics:
            self._keeping = asyncio.create_task(self._topics.run(self.bot, self._moves))
        if self.settings.transport == "polling":
            name = self.settings.lease
            await Poller(self.bot, self.lease, name, self._take, self.pace.rest).run()

    async def _connect(self) -> None:
        try:
            await self.bot.initialize()
        except InvalidToken:
            raise InvalidToken from None  # the library's words contain the token
        await publish(self.commands, self.bot)
        self._me = self.bot.bot
        if self.settings.transport == "webhook":
            await self.bot.set_webhook(
                self.settings.webhook_url.rstrip("/") + self.settings.webhook_path,
                allowed_updates=ALLOWED,
                secret_token=self.settings.webhook_secret.get_secret_value(),
            )

    async def _take(self, update: Update) -> None:
        """Return once the update is safe."""
        if self._me is None or self._receive is None:
            raise NotReady
        if update.message and update.message.migrate_to_chat_id:
            old, new = update.message.chat_id, update.message.migrate_to_chat_id
            await self._moves.follow(str(old), str(new))
        message = translate(update, self._me, self.clock)
        if message and await self._receive(message) and not message.press:
            self._waiting.said(message.place)
        if update.callback_query:
            self._waiting.pressed(update.callback_query.id)
        if update.inline_query:
            offer = asyncio.create_task(self._offer(update.inline_query))
            self._offers.add(offer)
            offer.add_done_callback(self._offers.discard)
        if update.my_chat_member:
            member = update.my_chat_member
            log.info(
                "telegram.membership", chat=member.chat.id, status=member.new_chat_member.status
            )

    async def _offer(self, query: InlineQuery) -> None:
        """Offer cards to somebody who types the bot's name in any chat."""
        if self._glance is None or self._me is None:
            return
        try:
            cards = await self._glance.cards(typed(query, self._me, self.clock))
        except NotShown:
            cards = []
        except Exception:  # the edge: what is only looked at must not end the process's task
            log.exception("telegram.glance_failed")
            return
        try:
            results = [article(n, card) for n, card in enumerate(cards)]
            await self.bot.answer_inline_query(
                query.id, results, cache_time=FRESH, is_personal=True
            )
        except TelegramError as problem:
            log.info("telegram.not_offered", problem=problem.message)


class _Blotted(logging.Filter):
    """Blot secrets out of a library's log."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        super().__init__()
        self.secrets = [secret for secret in secrets if secret]

    def filter(self, record: logging.LogRecord) -> bool:
        for secret in self.secrets:
            if secret in (message := record.getMessage()):
                record.msg, record.args = message.replace(secret, "***"), ()
        return True


def keep_secret(*secrets: str) -> None:
    """Keep secrets out of the log: requests are not logged, and if they are, without them."""
    for name in CHATTY:
        logger = logging.getLogger(name)
        logger.addFilter(_Blotted(secrets))
        logger.setLevel(max(logger.level, logging.WARNING))
