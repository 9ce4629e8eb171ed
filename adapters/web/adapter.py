"""The local web chat: choose who you are, talk directly or in channels, press buttons.

It knows no passwords. So it answers only to this machine, and only under a local name: a page on
the internet that points its own name here gets nothing.
"""

import asyncio
import json
from base64 import b64encode
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, HTTPException, Request, WebSocket, WebSocketDisconnect
from fastapi import Path as Parameter
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, select_autoescape
from pydantic import ValidationError
from starlette.requests import HTTPConnection
from starlette.routing import BaseRoute, Mount

from adapters import charts
from adapters.channel import Outgoing, Receive, Refused
from adapters.people import link
from adapters.web.rooms import Entry, Listener, Rooms
from bot.glance import Glance, NotShown
from bot.message import Attachment, Command, Message, Neutral, Place, Slot
from bot.reply import Buttons, Chart, Reply, Table, Text
from bot.turn import PAGE
from bot.words import Words
from crm_core import users
from crm_core.clock import Clock
from crm_core.db import Database
from crm_core.models import Role, User

PLATFORM = "web"
RECORDS = {"customers": "customer", "deals": "deal", "tickets": "ticket"}
"""The records that have a page, by its address."""
LARGEST_ID = 10**18
HERE = Path(__file__).parent
LONGEST_NUMBER = 7
"""Digits of a page's number."""
LOCAL = {"127.0.0.1", "localhost", "::1", "[::1]"}
CHANNELS = {
    "sales": {Role.REP, Role.MANAGER, Role.ADMIN},
    "support": {Role.SUPPORT, Role.MANAGER, Role.ADMIN},
    "managers": {Role.MANAGER, Role.ADMIN},
}
"""Shared channels, and the roles that are in them."""


class Said(Neutral):
    """What a page sends: words, or the token of a button and the entry it was pressed on."""

    event: str
    channel: str
    text: str = ""
    press: str | None = None
    pressed_on: str | None = None


class WebChat:
    """A chat in the browser for everybody who has access, on this machine only."""

    platform = PLATFORM

    def __init__(self, db: Database, words: Words, clock: Clock, glance: Glance) -> None:
        self._db = db
        self._glance = glance
        self._words = words
        self._clock = clock
        self._rooms = Rooms()
        self._numbers = count(1)
        self._receive: Receive | None = None
        loader = FileSystemLoader(HERE / "templates")
        self._pages = Environment(loader=loader, autoescape=select_autoescape())

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """Return what the process's HTTP server is to answer."""
        router = APIRouter()
        router.add_api_route("/", self._front, response_class=HTMLResponse)
        router.add_api_route("/chat", self._chat, response_model=None)
        router.add_api_route("/log", self._log, response_model=None)
        router.add_api_route("/{nouns}/{number:int}", self._record, response_class=HTMLResponse)
        router.add_api_websocket_route("/talk", self._talk)
        return [*router.routes, Mount("/static", StaticFiles(directory=HERE / "static"))]

    async def start(self, receive: Receive) -> None:
        self._receive = receive

    async def stop(self) -> None:
        self._receive = None

    async def send(self, outgoing: Outgoing) -> str:
        """Show a reply to those who are in its place."""
        entry_id = outgoing.replaces or f"bot-{next(self._numbers)}"
        html = self._pages.get_template("reply.html").render(
            reply=outgoing.reply.without_forms, pictures=await _pictures(outgoing.reply)
        )
        only = outgoing.recipient
        self._rooms.post(Entry(entry_id, outgoing.place.channel, html, only))
        return entry_id

    async def fetch(self, place: Place, file: Attachment) -> bytes:
        raise Refused("no file can be sent here")

    async def _people(self) -> Sequence[User]:
        async with self._db.read() as session:
            return await users.everybody(session)

    async def _front(self, request: Request) -> HTMLResponse:
        """Let the visitor choose who to be."""
        _only_local(request)
        return self._who(await self._people(), "/chat")

    def _who(self, people: Sequence[User], then: str) -> HTMLResponse:
        """Ask who the visitor is, who then goes on to a page."""
        page = self._pages.get_template("front.html")
        say = self._words.plain("en").say
        return HTMLResponse(page.render(people=people, then=then, say=say))

    async def _chat(self, request: Request) -> HTMLResponse | RedirectResponse:
        """Show the chat of one person."""
        _only_local(request)
        people = await self._people()
        person = _chosen(people, request)
        if person is None:
            return RedirectResponse("/")
        speaker = self._words.plain(person.language.value)
        return HTMLResponse(
            self._pages.get_template("chat.html").render(
                person=person,
                people=people,
                direct=_direct(person),
                channels=_channels(person),
                say=speaker.say,
                language=speaker.language,
            )
        )

    async def _log(self, request: Request) -> HTMLResponse | RedirectResponse:
        """Show who is told what when, and what was sent, as far as the person may see it."""
        _only_local(request)
        person = _chosen(await self._people(), request)
        if person is None:
            return RedirectResponse("/")
        sender = await link(self._db, PLATFORM, person, self._clock())
        number = request.query_params.get("page", "0")
        page = int(number) if number.isdecimal() and len(number) < LONGEST_NUMBER else 0
        commands = [
            Command(intent="alert.subscriptions"),
            Command(intent="alert.log", slots={"page": Slot(value=page)}),
        ]
        try:
            replies = [await self._look(person, sender, command) for command in commands]
        except NotShown as problem:
            replies = [Reply(parts=[Text(text=str(problem))])]
        rows = [row for part in replies[-1].parts if isinstance(part, Table) for row in part.rows]
        return HTMLResponse(
            self._pages.get_template("page.html").render(
                person=person,
                title=self._words.plain(person.language.value).say("web-log"),
                replies=replies,
                newer=page - 1 if page else None,
                older=page + 1 if len(rows) == PAGE else None,
                say=self._words.plain(person.language.value).say,
            )
        )

    async def _record(
        self, request: Request, nouns: str, number: Annotated[int, Parameter(ge=1, le=LARGEST_ID)]
    ) -> HTMLResponse:
        """Show one record, as far as the person may see it: links to it lead here."""
        _only_local(request)
        people = await self._people()
        person = _chosen(people, request)
        if nouns not in RECORDS:
            raise HTTPException(404)
        if person is None:
            return self._who(people, request.url.path)
        sender = await link(self._db, PLATFORM, person, self._clock())
        noun = RECORDS[nouns]
        show = Command(intent=f"{noun}.show", slots={noun: Slot(value=number)})
        try:
            reply = await self._look(person, sender, show)
        except NotShown as problem:
            reply = Reply(parts=[Text(text=str(problem))])
        parts = [part for part in reply.parts if not isinstance(part, Buttons)]
        shown = reply.model_copy(update={"parts": parts})
        speaker = self._words.plain(person.language.value)
        return HTMLResponse(
            self._pages.get_template("page.html").render(
                person=person,
                title=speaker.say(f"noun-{noun}"),
                replies=[shown],
                pictures=await _pictures(shown),
                say=speaker.say,
            )
        )

    async def _look(self, person: User, sender: str, command: Command) -> Reply:
        """Return the answer to a command that only reads, by the person's rights."""
        channel = _direct(person)
        return await self._glance.preview(
            Message(
                event="log",
                place=Place(platform=PLATFORM, channel=channel, direct=True),
                sender=sender,
                command=command,
                at=self._clock(),
            )
        )

    async def _talk(self, socket: WebSocket) -> None:
        """Carry what one page says and hears."""
        _only_local(socket)
        person = _chosen(await self._people(), socket)
        if person is None:
            raise HTTPException(404)
        sender = await link(self._db, PLATFORM, person, self._clock())
        await socket.accept()
        channels = frozenset([_direct(person), *_channels(person)])
        listener = Listener(sender, channels)
        for entry in self._rooms.join(listener):
            await socket.send_json(entry.event())
        telling = asyncio.create_task(_tell(socket, listener))
        try:
            while True:
                await self._hear(socket, listener, person, await socket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            self._rooms.leave(listener)
            telling.cancel()

    async def _hear(self, socket: WebSocket, listener: Listener, person: User, data: str) -> None:
        """Commit what was said to the inbox; only then tell the page that it is safe."""
        try:
            said = Said.model_validate(json.loads(data))
        except (ValidationError, json.JSONDecodeError):
            return
        if said.channel not in listener.channels or self._receive is None:
            return
        message = Message(
            event=f"{listener.sender}:{said.event}",
            place=Place(
                platform=PLATFORM, channel=said.channel, direct=said.channel == _direct(person)
            ),
            sender=listener.sender,
            text=said.text,
            press=said.press,
            pressed_on=said.pressed_on,
            at=self._clock(),
        )
        if said.press is None and said.text.strip():
            html = self._pages.get_template("said.html").render(person=person, text=said.text)
            self._rooms.post(Entry(f"said-{message.event}", said.channel, html))
        await self._receive(message)
        await socket.send_json({"kind": "taken", "event": said.event})


async def _pictures(reply: Reply) -> dict[int, str]:
    """Draw the charts of a reply: the address of each, by the place of its part."""
    return {
        place: f"data:image/png;base64,{b64encode(await charts.png(part)).decode()}"
        for place, part in enumerate(reply.parts)
        if isinstance(part, Chart)
    }


async def _tell(socket: WebSocket, listener: Listener) -> None:
    while True:
        await socket.send_json(await listener.queue.get())


def _direct(person: User) -> str:
    return f"user-{person.id}"


def _channels(person: User) -> list[str]:
    return [name for name, roles in CHANNELS.items() if person.role in roles]


def _chosen(people: Sequence[User], connection: HTTPConnection) -> User | None:
    chosen: Any = connection.query_params.get("as", "")
    return next((person for person in people if str(person.id) == chosen), None)


def _only_local(connection: HTTPConnection) -> None:
    """Refuse whoever is not on this machine, or was sent here by another site's page."""
    client = connection.client.host if connection.client else ""
    host = urlsplit(f"//{connection.headers.get('host', '')}").hostname
    origin = connection.headers.get("origin")
    same = origin is None or urlsplit(origin).netloc == connection.headers.get("host")
    if client not in LOCAL or host not in LOCAL or not same:
        raise HTTPException(403)
