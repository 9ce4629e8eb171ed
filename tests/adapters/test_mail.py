"""E-mail to customers, through a real SMTP server on the loopback interface."""

import asyncio
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from sqlalchemy import select

from adapters.channel import Outgoing, Refused, TryLater
from adapters.courier import Courier
from adapters.mail.adapter import MailAdapter
from adapters.mail.settings import MailSettings
from bot.company import Mail
from bot.message import Place
from bot.reply import File, Reply, Text
from crm_core.db import Database
from crm_core.models import Delivery, OutboxStatus
from tests.bot.intents.test_tickets import ticket
from tests.office import Office

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=UTC)


class Postbox:
    """An SMTP server's handler: it keeps the letters, and answers as planned."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.plan: list[str] = []
        self.rcpt: str | None = None
        self.encrypted: list[bool] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.plan:
            return self.plan.pop(0)
        assert isinstance(envelope.content, bytes)
        self.letters.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        self.recipients.append(envelope.rcpt_tos)
        self.encrypted.append(session.ssl is not None)
        return "250 OK"


Serve = Callable[..., Awaitable[int]]
"""Run a server with options of aiosmtpd's, TLS from the first byte with `tls`; return its port."""


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
async def serve(postbox: Postbox) -> AsyncIterator[Serve]:
    servers: list[asyncio.Server] = []

    async def start(tls: ssl.SSLContext | None = None, **more: Any) -> int:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(postbox, **more), "127.0.0.1", 0, ssl=tls)
        servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    yield start
    for server in servers:
        server.close()


def settings(port: int, **more: Any) -> MailSettings:
    chosen: dict[str, Any] = {
        "host": "localhost",
        "port": port,
        "security": "none",
        "sender": "Northwind Support <support@northwind.example>",
        "hold_seconds": 0,
        "ask_rating": True,
    }
    return MailSettings(**(chosen | more))


def letter(*texts: str, key: str = "k1", to: str = "a@b.example", **more: Any) -> Outgoing:
    parts = [Text(text=text) for text in texts]
    place = Place(platform="mail", channel=to, thread="ticket-1")
    return Outgoing(
        key=key, place=place, reply=Reply(parts=[*parts, *more.pop("parts", ())]), **more
    )


@pytest.fixture
async def adapter(serve: Serve, sqlite_db: Database) -> MailAdapter:
    return MailAdapter(settings(await serve()), sqlite_db, lambda: NOW)


async def test_a_letter(adapter: MailAdapter, postbox: Postbox) -> None:
    file = File(id=1, name="照片.png", media_type="image/png")
    sent = await adapter.send(
        letter(
            "[#1] 登录不了", "您好 & <b>hi</b>", "Line\n.\nend", parts=[file], files={1: b"\x89PNG"}
        )
    )
    (got,) = postbox.letters
    assert got["Subject"] == "[#1] 登录不了"
    assert got["From"] == "Northwind Support <support@northwind.example>"
    assert (got["To"], postbox.recipients) == ("a@b.example", [["a@b.example"]])
    assert got["Message-ID"] == sent
    assert got["Date"].datetime == NOW
    assert got["In-Reply-To"] is None
    body = got.get_body()
    assert body
    assert body.get_content().replace("\r\n", "\n") == "您好 & <b>hi</b>\n\nLine\n.\nend\n"
    (attached,) = got.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("照片.png", b"\x89PNG")


async def test_a_second_attempt_has_the_same_id(adapter: MailAdapter, postbox: Postbox) -> None:
    first = await adapter.send(letter("s", "t"))
    assert await adapter.send(letter("s", "t", attempt=2)) == first
    assert await adapter.send(letter("s", "t", key="k2")) != first


@pytest.mark.parametrize(
    "subject",
    ["x\r\nBcc: all@b.example", "x\nBcc: all@b.example", "x\r\n\r\nbody", "x\x00\x0b\u2028y"],
)
async def test_no_header_can_be_smuggled_in(
    adapter: MailAdapter, postbox: Postbox, subject: str
) -> None:
    await adapter.send(letter(subject, "real body"))
    (got,) = postbox.letters
    assert got["Bcc"] is None
    assert got["Subject"].startswith("x")
    assert postbox.recipients == [["a@b.example"]]
    body = got.get_body()
    assert body
    assert body.get_content().strip() == "real body"


@pytest.mark.parametrize(
    "to",
    ["a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example", "nobody", "", "a b@c", "@"],
)
async def test_what_is_no_address_is_refused(
    adapter: MailAdapter, postbox: Postbox, to: str
) -> None:
    with pytest.raises(Refused, match="no e-mail address"):
        await adapter.send(letter("s", "t", to=to))
    assert not postbox.letters


async def test_not_now_and_never(adapter: MailAdapter, postbox: Postbox) -> None:
    postbox.plan = ["451 try again", "552 too large"]
    with pytest.raises(TryLater, match="451") as first:
        await adapter.send(letter("s", "t"))
    assert first.value.seconds == 15
    with pytest.raises(Refused, match="552"):
        await adapter.send(letter("s", "t"))
    postbox.rcpt = "450 greylisted"
    with pytest.raises(TryLater, match="450") as third:
        await adapter.send(letter("s", "t", attempt=3))
    assert third.value.seconds == 60
    postbox.rcpt = "550 no such mailbox"
    with pytest.raises(Refused, match="550"):
        await adapter.send(letter("s", "t"))
    assert not postbox.letters


async def test_no_server(sqlite_db: Database) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    adapter = MailAdapter(settings(port), sqlite_db, lambda: NOW)
    with pytest.raises(TryLater):
        await adapter.send(letter("s", "t"))


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """Make a certificate for localhost and trust it, as an operator does with a private one."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    subprocess.run(
        [*command, "-keyout", key, "-out", cert, *subject], check=True, capture_output=True
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return context


async def test_starttls_with_a_password(
    serve: Serve, sqlite_db: Database, postbox: Postbox, certificate: ssl.SSLContext
) -> None:
    def check(server: Any, session: Any, envelope: Any, kind: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and data.password == b"geheim"
        return AuthResult(success=good, handled=False)

    port = await serve(tls_context=certificate, require_starttls=True, authenticator=check)
    known = {"security": "starttls", "username": "crm", "password": "geheim"}
    adapter = MailAdapter(settings(port, **known), sqlite_db, lambda: NOW)
    await adapter.send(letter("s", "t"))
    assert postbox.encrypted == [True]
    wrong = settings(port, **(known | {"password": "wrong"}))
    with pytest.raises(TryLater, match="535") as problem:
        await MailAdapter(wrong, sqlite_db, lambda: NOW).send(letter("s", "t"))
    assert "wrong" not in str(problem.value)


async def test_tls_from_the_first_byte(
    serve: Serve, sqlite_db: Database, postbox: Postbox, certificate: ssl.SSLContext
) -> None:
    chosen = settings(await serve(tls=certificate), security="tls")
    await MailAdapter(chosen, sqlite_db, lambda: NOW).send(letter("s", "t"))
    assert len(postbox.letters) == 1


async def test_nothing_goes_in_the_clear_where_encryption_was_asked_for(
    serve: Serve, sqlite_db: Database, postbox: Postbox
) -> None:
    adapter = MailAdapter(settings(await serve(), security="starttls"), sqlite_db, lambda: NOW)
    with pytest.raises(TryLater, match="STARTTLS"):
        await adapter.send(letter("s", "t"))
    assert not postbox.letters


@pytest.fixture
async def desk(office: Office) -> Office:
    """A company that can send e-mail, and a customer who has an address."""
    office.mail(Mail(ask_rating=True))
    await office.say("laura", "alfreds' email is kontakt@alfreds.example")
    return office


async def deliver(office: Office, adapter: MailAdapter) -> None:
    await Courier(office.db, [adapter], lambda: office.now).drain()


async def test_a_conversation_is_one_thread(desk: Office, serve: Serve, postbox: Postbox) -> None:
    mail = MailAdapter(settings(await serve()), desk.db, lambda: desk.now)
    id_ = await ticket(desk)
    asked = await desk.do("laura", "ticket.reply", ticket=id_, text="Is it better now?")
    assert "goes by e-mail to kontakt@alfreds.example" in asked.text
    done = await desk.press("laura", asked, "Yes")
    assert "goes out in a moment" in done.text
    await deliver(desk, mail)
    await desk.do("laura", "ticket.note", ticket=id_, text="they are nice")
    await desk.press(
        "laura", await desk.do("laura", "ticket.macro", ticket=id_, macro="refund"), "Yes"
    )
    await deliver(desk, mail)
    resolved = await desk.do("laura", "ticket.resolve", ticket=id_)
    assert "How content are you" in resolved.text
    await deliver(desk, mail)
    first, second, third = postbox.letters
    assert first["To"] == "kontakt@alfreds.example"
    assert first["Subject"] == f"[#{id_}] can't log in"
    assert first.get_content().startswith("Is it better now?")
    assert f"Ticket #{id_}" in first.get_content()
    assert second["In-Reply-To"] == first["Message-ID"]
    assert "refund" in second.get_content()
    assert third["References"].split() == [first["Message-ID"], second["Message-ID"]]
    assert "from 1 (not at all) to 5" in third.get_content()
    assert all("nice" not in letter.as_string() for letter in postbox.letters)


async def test_undo_takes_a_letter_back_until_it_has_gone(
    desk: Office, serve: Serve, postbox: Postbox
) -> None:
    mail = MailAdapter(settings(await serve()), desk.db, lambda: desk.now)
    id_ = await ticket(desk)

    async def reply(text: str) -> Reply:
        asked = await desk.do("laura", "ticket.reply", ticket=id_, text=text)
        return await desk.press("laura", asked, "Yes")

    undone = await desk.press("laura", await reply("too hasty"), "Undo")
    assert "Undone" in undone.text
    await deliver(desk, mail)
    assert not postbox.letters
    done = await reply("well considered")
    await deliver(desk, mail)
    assert "has the e-mail already" in (await desk.press("laura", done, "Undo")).text
    assert len(postbox.letters) == 1


async def test_chinese(desk: Office, serve: Serve, postbox: Postbox) -> None:
    mail = MailAdapter(settings(await serve()), desk.db, lambda: desk.now)
    id_ = await ticket(desk)
    asked = await desk.say("laura", f"回复工单{id_}的客户：退款已办理")
    assert "将通过邮件发到 kontakt@alfreds.example" in asked.text
    await desk.press("laura", asked, "好的")
    await deliver(desk, mail)
    (got,) = postbox.letters
    assert got.get_content().startswith("退款已办理")
    assert "直接回复此邮件" in got.get_content()


async def test_without_an_address_nothing_is_sent(
    office: Office, serve: Serve, postbox: Postbox
) -> None:
    office.mail(Mail(ask_rating=True))
    id_ = await ticket(office)
    asked = await office.do("laura", "ticket.reply", ticket=id_, text="refund issued")
    assert "only be recorded on the ticket: we have no e-mail address" in asked.text
    assert "Recorded on ticket" in (await office.press("laura", asked, "Yes")).text
    assert "How content" not in (await office.do("laura", "ticket.resolve", ticket=id_)).text
    async with office.db.read() as session:
        assert not list(await session.scalars(select(Delivery).filter_by(platform="mail")))


async def test_a_group_does_not_see_the_address(desk: Office) -> None:
    id_ = await ticket(desk)
    asked = await desk.say("laura", f"tell the customer on {id_}: refunded", channel="support")
    assert "will read this: it goes out by e-mail" in asked.text
    assert "kontakt@" not in asked.text


async def test_a_refused_letter_is_parked_with_the_reason(
    desk: Office, serve: Serve, postbox: Postbox
) -> None:
    mail = MailAdapter(settings(await serve()), desk.db, lambda: desk.now)
    id_ = await ticket(desk)
    asked = await desk.do("laura", "ticket.reply", ticket=id_, text="hello")
    await desk.press("laura", asked, "Yes")
    postbox.rcpt = "550 no such mailbox"
    await deliver(desk, mail)
    async with desk.db.read() as session:
        (row,) = await session.scalars(select(Delivery).filter_by(platform="mail"))
    assert (row.status, row.problem) == (OutboxStatus.PARKED, "550 no such mailbox")
