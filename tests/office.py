"""A company to talk to in tests: the assistant on a real database, and its people."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import func, select

import bot.intents  # noqa: F401 - registers the handlers
from adapters.settings import CONFIG, Settings
from bot import buttons
from bot.assistant import Assistant
from bot.company import Mail
from bot.errands import Errands
from bot.intent import registry
from bot.message import Attachment, Command, Message, Place, Quote, Slot
from bot.reply import Button, Buttons, Reply
from bot.understanding import Understander
from bot.words import Words
from crm_core import users
from crm_core.changes import Work
from crm_core.db import Database
from crm_core.models import Delivery, Errand, OutboxStatus, User
from crm_core.spool import Spool

structlog.configure(
    processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()]
)

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=UTC)  # a Wednesday


class Office:
    """The assistant on a real database, and people who talk to it."""

    def __init__(self, db: Database, understander: Understander) -> None:
        self.db = db
        self.understander = understander
        self.now = NOW
        self.settings = Settings()
        self.words = Words(CONFIG / "replies")
        self.company = self.settings.conversation
        self.restart()
        self.files: dict[str, bytes] = {}
        """What the platform keeps, by reference."""
        self._events = count(1)

    def restart(self) -> None:
        """Begin anew, with nothing but what the database holds."""
        self.assistant = Assistant(
            self.db,
            self.understander,
            registry,
            self.words,
            self.settings.rules,
            self.company,
            lambda: self.now,
            self._fetch,
            Spool(Path(f"{self.db.url.database}-spool")),
        )
        self.errands = Errands(self.assistant, lambda: self.now)

    def mail(self, policy: Mail) -> None:
        """Let the company send e-mail from now on."""
        self.company = replace(self.company, mail=policy)
        self.restart()

    async def _fetch(self, place: Place, file: Attachment) -> bytes | None:
        return self.files.get(file.reference)

    async def person(self, name: str) -> User:
        async with self.db.read() as session:
            everybody = await users.everybody(session)
        return next(user for user in everybody if name.lower() in user.name.lower())

    async def link(self, name: str) -> str:
        """Give somebody an account on the test platform; return it."""
        user = await self.person(name)
        async with self.db.begin(Work("link", self.now)) as session:
            await users.link(session, "test", "", name, user)
        return name

    async def say(
        self,
        sender: str,
        text: str = "",
        *,
        press: str | None = None,
        channel: str | None = None,
        thread: str = "",
        event: str | None = None,
        files: Sequence[Attachment] = (),
        quote: Quote | None = None,
    ) -> Reply:
        """Send a message and return what is said back; the clock moves on by a second."""
        self.now += timedelta(seconds=1)
        direct = channel is None
        return await self.send(
            Message(
                event=event or f"event-{next(self._events)}",
                place=Place(
                    platform="test", channel=channel or sender, thread=thread, direct=direct
                ),
                sender=sender,
                text=text,
                press=press,
                at=self.now,
                files=tuple(files),
                quote=quote,
            )
        )

    async def send(self, message: Message) -> Reply:
        """Take a message in and return what is said back."""
        await self.assistant.receive(message)
        await self.assistant.drain()
        return (await self.delivery(f"reply:test::{message.event}"))[0]

    async def bring(self, sender: str, name: str, content: bytes, text: str = "") -> Reply:
        """Send a file, and return what is said back at once."""
        self.files[name] = content
        file = Attachment(name=name, size=len(content), reference=name)
        return await self.say(sender, text, files=[file])

    async def outcome(self) -> Reply:
        """Do the errands that wait, and return what is told of the last one."""
        assert await self.errands.drain()
        async with self.db.read() as session:
            last = await session.scalar(select(func.max(Errand.id)))
        return (await self.delivery(f"reply:errand:{last}"))[0]

    def message(self, sender: str, text: str, event: str) -> dict[str, Any]:
        """Return a direct message as the inbox holds it."""
        place = Place(platform="test", channel=sender, direct=True)
        message = Message(event=event, place=place, sender=sender, text=text, at=self.now)
        return message.model_dump(mode="json")

    async def delivery(self, key: str) -> tuple[Reply, Delivery]:
        async with self.db.read() as session:
            row = (await session.scalars(select(Delivery).filter_by(key=key))).one()
        assert row.status is OutboxStatus.QUEUED
        return Reply.model_validate(row.reply), row

    async def do(self, sender: str, intent: str, **values: Any) -> Reply:
        """Do a Command whose slots have these values, as a button would."""
        slots = {name: Slot(value=value) for name, value in values.items()}
        button = Button(label="do", command=Command(intent=intent, slots=slots))
        reply = Reply(parts=[Buttons(buttons=[button])])
        async with self.db.begin(Work("button", self.now)) as session:
            stored = await buttons.store(session, reply, self.now)
        return await self.say(sender, press=stored.buttons[0].token)

    async def press(self, sender: str, reply: Reply, label: str, **where: str) -> Reply:
        """Press the button with this label."""
        button = next(button for button in reply.buttons if button.label == label)
        return await self.say(sender, press=button.token, **where)
