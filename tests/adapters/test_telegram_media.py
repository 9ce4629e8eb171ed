"""Pictures, files, toasts and "typing", as people in Telegram see them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.channel import Refused
from adapters.telegram.adapter import TelegramAdapter
from bot.message import Command
from bot.reply import Button, Buttons, Chart, File, Series
from tests.adapters.telegram_desk import Desk, adapter_for, buttons, outgoing, running
from tests.adapters.telegram_people import Person
from tests.adapters.telegram_rules import Refusal, units
from tests.adapters.telegram_server import TelegramServer

PNG = b"\x89PNG\r\n\x1a\n and so on"


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        yield server


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def adapter(server: TelegramServer, desk: Desk) -> AsyncIterator[TelegramAdapter]:
    async with running(adapter_for(server, patience=0.2), desk) as adapter:
        yield adapter


@pytest.fixture
def dana(server: TelegramServer, adapter: TelegramAdapter) -> Person:
    return server.person("Dana")


def chart(count: int = 3) -> Chart:
    labels = [f"Month {n}" for n in range(count)]
    values: list[float | None] = [float(n) for n in range(count)]
    sums = Series(name="Revenue", values=values)
    return Chart(shape="bar", title="Revenue & <more>", labels=labels, series=[sums])


async def test_a_chart_is_a_photo_with_a_caption(
    server: TelegramServer, adapter: TelegramAdapter, dana: Person
) -> None:
    await adapter.send(outgoing(dana.id, "By month", chart(), buttons("More")))
    words, picture = await server.answer(dana), await server.answer(dana)
    assert (words.text, words.labels) == ("By month", [])
    assert picture.upload.kind == "photo"
    assert picture.upload.content.startswith(PNG[:8])
    assert picture.text == "Revenue & <more>\nRevenue: Month 0 0, Month 1 1, Month 2 2"
    assert (picture.marked("bold"), picture.labels) == (["Revenue & <more>"], [["More"]])


async def test_a_long_caption_is_cut(
    server: TelegramServer, adapter: TelegramAdapter, dana: Person
) -> None:
    await adapter.send(outgoing(dana.id, chart(400)))
    picture = await server.answer(dana)
    assert 900 < units(picture.text) <= 1024
    assert picture.text.endswith("…")


@pytest.mark.parametrize(
    ("file", "content", "kind"),
    [
        (File(id=1, name="a.png", media_type="image/png"), PNG, "photo"),
        (File(id=1, name="report.pdf", media_type="application/pdf"), b"%PDF", "document"),
        (File(id=1, name="broken.png", media_type="image/png"), b"no picture", "document"),
        (File(id=1, name="表.xlsx", media_type="application/x"), b"PK", "document"),
    ],
)
async def test_files(
    server: TelegramServer,
    adapter: TelegramAdapter,
    dana: Person,
    file: File,
    content: bytes,
    kind: str,
) -> None:
    await adapter.send(outgoing(dana.id, "Here", file, files={1: content}))
    await server.answer(dana)
    sent = await server.answer(dana)
    assert (sent.upload.kind, sent.upload.content) == (kind, content)
    assert sent.upload.name.rpartition(".")[2] == file.name.rpartition(".")[2]


async def test_what_broke_off_goes_on_with_the_picture(
    server: TelegramServer, adapter: TelegramAdapter, dana: Person
) -> None:
    parcel = outgoing(dana.id, "Words", chart())
    server.plan("sendPhoto", Refusal(429, "Too Many Requests: retry after 1", retry_after=1))
    with pytest.raises(Exception, match="flood"):
        await adapter.send(parcel)
    await asyncio.sleep(1.05)
    await adapter.send(parcel)
    assert len(server.called("sendMessage")) == 1
    assert len(server.called("sendPhoto")) == 2


async def pressed(server: TelegramServer, dana: Person) -> tuple[str, str]:
    """Press a button; return the press and the event it makes."""
    button = Button(label="Take it", command=Command(intent="x"), token="t")
    sent = server.note(dana.id, "A ticket")
    sent.by_bot, sent.buttons = True, [[{"text": button.label, "callback_data": button.token}]]
    press = dana.press(sent, "Take it")
    return press, f"press/{press}"


async def test_a_small_thing_is_a_toast(
    server: TelegramServer, adapter: TelegramAdapter, desk: Desk, dana: Person
) -> None:
    press, event = await pressed(server, dana)
    await desk.next()
    await adapter.send(outgoing(dana.id, "That was done already.", brief=True, answers=event))
    assert server.toasts == {press: "That was done already."}
    assert not server.called("sendMessage")


async def test_a_toast_that_comes_late_is_a_message(
    server: TelegramServer, adapter: TelegramAdapter, desk: Desk, dana: Person
) -> None:
    press, event = await pressed(server, dana)
    await server.until(lambda: press in server.answered)
    assert server.toasts == {press: ""}
    await adapter.send(outgoing(dana.id, "That was done already.", brief=True, answers=event))
    assert (await server.answer(dana)).text == "That was done already."


async def test_an_answer_ends_the_waiting_of_its_button(
    server: TelegramServer, adapter: TelegramAdapter, desk: Desk, dana: Person
) -> None:
    press, event = await pressed(server, dana)
    await desk.next()
    await adapter.send(outgoing(dana.id, "Here is your ticket.", answers=event))
    assert server.toasts == {press: ""}
    assert (await server.answer(dana)).text == "Here is your ticket."


async def test_typing_is_shown_to_whoever_waits(
    server: TelegramServer, adapter: TelegramAdapter, desk: Desk, dana: Person
) -> None:
    forum = server.group("Support", topics=(7,))
    dana.say("/crm what takes long", forum, topic=7)
    await server.until(lambda: len(server.called("sendChatAction")) == 1)
    params = server.called("sendChatAction")[0].params
    assert (params["action"], params["message_thread_id"]) == ("typing", "7")


async def test_a_quick_answer_needs_no_typing(
    server: TelegramServer, adapter: TelegramAdapter, desk: Desk, dana: Person
) -> None:
    dana.say("what is quick")
    await adapter.send(outgoing((await desk.next()).place, "This."))
    await asyncio.sleep(0.3)
    assert not server.called("sendChatAction")


async def test_nothing_to_show_is_refused(adapter: TelegramAdapter, dana: Person) -> None:
    with pytest.raises(Refused):
        await adapter.send(outgoing(dana.id, Buttons(buttons=[])))


@pytest.mark.parametrize("local", [False, True])
async def test_files_come_through_a_bot_api_server_of_ones_own(
    server: TelegramServer, desk: Desk, tmp_path: Path, local: bool
) -> None:
    """In its local mode such a server names a file on the machine that they share."""
    server.media.local = tmp_path if local else None
    photo, dana = server.media.shown("photo", "p1", "", PNG), server.person("Dana")
    async with running(adapter_for(server, base_url=f"{server.url}/"), desk) as adapter:
        dana.say("", photo=photo)
        message = await desk.next()
        assert await adapter.fetch(message.place, message.files[0]) == PNG
