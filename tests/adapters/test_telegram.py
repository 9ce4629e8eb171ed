"""What people do in Telegram, as the assistant receives it."""

import logging
import traceback
from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.channel import Refused, TryLater
from adapters.telegram.adapter import CHATTY, TelegramAdapter
from adapters.telegram.settings import TelegramSettings
from bot.message import Quote
from tests.adapters.telegram_desk import NOW, Desk, adapter_for, buttons, outgoing, running
from tests.adapters.telegram_people import Person
from tests.adapters.telegram_rules import Refusal
from tests.adapters.telegram_server import TelegramServer


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        yield server


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def adapter(server: TelegramServer, desk: Desk) -> AsyncIterator[TelegramAdapter]:
    async with running(adapter_for(server), desk) as adapter:
        yield adapter


@pytest.fixture
def dana(server: TelegramServer, adapter: TelegramAdapter) -> Person:
    return server.person("Dana", "zh-hans")


async def test_a_private_message(server: TelegramServer, desk: Desk, dana: Person) -> None:
    update = dana.say("把阿里那单推进到谈判")
    message = await desk.next()
    assert message.model_dump(exclude={"at", "command", "email"}) == {
        "event": str(update),
        "place": {
            "platform": "telegram",
            "workspace": str(server.me["id"]),
            "channel": str(dana.id),
            "thread": "",
            "direct": True,
        },
        "sender": str(dana.id),
        "text": "把阿里那单推进到谈判",
        "press": None,
        "pressed_on": None,
        "language": "zh",
        "files": (),
        "quote": None,
        "answering": None,
        "said": f"{dana.id}/{server.last}",
        "edited": False,
    }
    assert message.at.tzinfo is not None


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("/start", "/start"),
        ("/start here", "/start"),
        ("/start 4F7K-22QP", "link 4F7K-22QP"),
        ("/help", "/help"),
        ("/settings", "/settings"),
        ("/crm move the Acme deal to won", "move the Acme deal to won"),
        ("/crm", "/help"),
        ("/deal_move Acme negotiation", "/deal_move Acme negotiation"),
        ("/Deal_Move Acme\n  two lines", "/deal_move Acme\n  two lines"),
        ("/task_list@crm_loop_bot today", "/task_list today"),
        ("/ is no command", "/ is no command"),
        ("/home/dana is a path", "/home/dana is a path"),
        ("@crm_loop_bot hi", "hi"),
        ("a\x00b \ud83d c", "ab  c"),
    ],
)
async def test_commands_become_words(desk: Desk, dana: Person, said: str, text: str) -> None:
    dana.say(said)
    assert (await desk.next()).text == text


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("/crm my open tickets", "my open tickets"),
        ("/crm@crm_loop_bot my open tickets", "my open tickets"),
        ("/ticket_list@CRM_loop_bot", "/ticket_list"),
        ("@crm_loop_bot, close 1042", "close 1042"),
        ("please @CRM_Loop_Bot close 1042", "please close 1042"),
        ("@crm_loop_bot /ticket_show 1042", "/ticket_show 1042"),
        ("@crm_loop_bot", ""),
    ],
)
async def test_a_group_that_speaks_to_the_bot(
    server: TelegramServer, desk: Desk, dana: Person, said: str, text: str
) -> None:
    group = server.group("Support")
    dana.say(said, group)
    message = await desk.next()
    assert (message.text, message.place.channel, message.place.direct) == (
        text,
        str(group.id),
        False,
    )
    assert message.sender == str(dana.id)


async def test_an_answer_to_the_bot_is_for_the_bot(
    server: TelegramServer, adapter: TelegramAdapter, desk: Desk, dana: Person
) -> None:
    group = server.group("Support")
    await adapter.send(outgoing(group.id, "Which Acme?"))
    question = await server.answer(group)
    dana.say("the second one", group, answering=question)
    message = await desk.next()
    assert (message.text, message.answering) == ("the second one", str(question.id))
    assert message.place.thread == "", "a reply's number is not a topic"


async def test_what_is_not_for_the_bot_stays_unheard(
    server: TelegramServer, desk: Desk, dana: Person
) -> None:
    server.me["can_read_all_group_messages"] = True
    group = server.group("Support", topics=(7,))
    bob = server.person("Bob")
    question = server.note(group.id, "anyone?")
    dana.say("lunch?", group)
    dana.say("/crm@other_bot my tickets", group)
    dana.say("mail me at dana@crm_loop_bot", group)
    dana.say("@crm_loop_bot2 hi", group)
    dana.say("/etc/hosts", group)
    bob.say("me too", group, answering=question)
    dana.say("", group, new_chat_members=[bob.json])
    dana.say("@crm_loop_bot hi", group, sender_chat=group.json)  # an anonymous admin
    dana.say("in a topic", group, topic=7, reply_to_message=_topic_made(server, group.id))
    server.push("my_chat_member", _membership(dana, server.me, "kicked"))
    last = dana.say("@crm_loop_bot hi", group)
    assert (await desk.next()).event == str(last)
    await server.until(lambda: not server.waiting)
    assert not desk.messages


def _topic_made(server: TelegramServer, chat: int) -> dict[str, Any]:
    made = server.shown(server.note(chat, "", topic=7)) | {"from": server.me}
    return made | {"forum_topic_created": {"name": "Tickets", "icon_color": 1}}


def _membership(person: Person, bot: dict[str, Any], status: str) -> dict[str, Any]:
    return {
        "chat": person.server.chats[person.id].json,
        "from": person.json,
        "date": 1,
        "old_chat_member": {"status": "member", "user": bot},
        "new_chat_member": {"status": status, "user": bot, "until_date": 0},
    }


async def test_a_topic_is_a_thread_and_is_answered_there(
    server: TelegramServer, adapter: TelegramAdapter, desk: Desk, dana: Person
) -> None:
    forum = server.group("Sales", topics=(7,))
    dana.say("/crm my pipeline", forum, topic=7)
    message = await desk.next()
    assert message.place.thread == "7"
    await adapter.send(outgoing(message.place, "Three deals"))
    assert (await server.answer(forum)).topic == 7


async def test_a_photo_with_a_caption(
    server: TelegramServer, adapter: TelegramAdapter, desk: Desk, dana: Person
) -> None:
    photo = server.media.shown("photo", "p1", "", b"\xff\xd8\xff...")
    dana.say("", photo=photo, caption="note on 1042: see the picture")
    message = await desk.next()
    assert message.text == "note on 1042: see the picture"
    (file,) = message.files
    assert (file.name, file.media_type) == (f"photo-{server.last}.jpg", "image/jpeg")
    assert (file.reference, file.size) == ("p1", 6)
    assert await adapter.fetch(message.place, file) == b"\xff\xd8\xff..."


async def test_a_document_without_words(
    server: TelegramServer, adapter: TelegramAdapter, desk: Desk, dana: Person
) -> None:
    dana.say("", document=server.media.shown("document", "d1", "发票.pdf", b"%PDF"))
    message = await desk.next()
    assert (message.text, message.files[0].name) == ("", "发票.pdf")
    gone = message.files[0].model_copy(update={"reference": "d2"})
    with pytest.raises(Refused, match="Wrong file_id"):
        await adapter.fetch(message.place, gone)
    server.plan("getFile", Refusal(500, "Internal Server Error"))
    with pytest.raises(TryLater):
        await adapter.fetch(message.place, message.files[0])


async def test_a_forwarded_message_is_a_quote_and_no_command(
    server: TelegramServer, desk: Desk, dana: Person
) -> None:
    forwarded = dana.forward("close all my tickets", "Alfreds Futterkiste")
    message = await desk.next()
    assert (message.text, message.quote) == (
        "",
        Quote(text="close all my tickets", author="Alfreds Futterkiste"),
    )
    dana.say("/ticket", answering=forwarded)
    message = await desk.next()
    assert (message.text, message.quote) == (
        "/ticket",
        Quote(text="close all my tickets", author="Alfreds Futterkiste"),
    )


async def test_a_ticket_from_a_colleagues_photo(
    server: TelegramServer, desk: Desk, dana: Person
) -> None:
    group, bob = server.group("Support"), server.person("Bob")
    said = server.note(group.id, "")
    photo = {"photo": server.media.shown("photo", "p1", "", b"\xff\xd8\xff"), "caption": "Help!"}
    shown = server.shown(said) | {"from": bob.json} | photo
    dana.say("/ticket", group, reply_to_message=shown)
    message = await desk.next()
    assert message.quote == Quote(text="Help!", author="Bob")
    assert [file.reference for file in message.files] == ["p1"]


async def test_an_edit_names_what_it_changes(
    server: TelegramServer, desk: Desk, dana: Person
) -> None:
    dana.say("close 1042")
    first, said = await desk.next(), server.last
    update = dana.edit(said, "close 1043")
    message = await desk.next()
    assert (message.event, message.said, message.edited) == (str(update), first.said, True)
    assert message.text == "close 1043"


async def test_a_press(
    server: TelegramServer, adapter: TelegramAdapter, desk: Desk, dana: Person
) -> None:
    sent = await adapter.send(outgoing(dana.id, "Done.", buttons("Undo", "Show")))
    press = dana.press(await server.answer(dana), "Show")
    message = await desk.next()
    assert (message.press, message.pressed_on, message.text) == ("token:1", sent, "")
    assert (message.sender, message.at, message.language) == (str(dana.id), NOW, "zh")
    await server.until(lambda: server.answered == [press])


async def test_a_press_in_a_topic_keeps_its_place(
    server: TelegramServer, adapter: TelegramAdapter, desk: Desk, dana: Person
) -> None:
    forum = server.group("Sales", topics=(7,))
    dana.say("/crm my pipeline", forum, topic=7)
    said = await desk.next()
    await adapter.send(outgoing(said.place, "Three deals", buttons("More")))
    dana.press(await server.answer(forum), "More")
    assert (await desk.next()).place == said.place


async def test_a_press_on_a_message_out_of_sight(
    server: TelegramServer, desk: Desk, dana: Person
) -> None:
    server.push(
        "callback_query",
        {
            "id": "old",
            "from": dana.json,
            "message": {"message_id": 5, "date": 0, "chat": server.chats[dana.id].json},
            "chat_instance": "1",
            "data": "token:9",
        },
    )
    message = await desk.next()
    assert (message.press, message.pressed_on, message.place.direct) == ("token:9", "5", True)
    await server.until(lambda: len(server.called("answerCallbackQuery")) == 1)
    dana.say("still there?")
    assert (await desk.next()).text == "still there?"


async def test_the_menu_in_each_language(server: TelegramServer, desk: Desk) -> None:
    menu = {"zh": [("help", "我能做什么")], "en": [("help", "What I can do")]}
    async with running(adapter_for(server, commands=menu), desk):
        assert {key: value[0]["description"] for key, value in server.commands.items()} == {
            "": "What I can do",
            "en": "What I can do",
            "zh": "我能做什么",
        }


@pytest.mark.parametrize(
    "menu",
    [
        {"en": [("Deal-Move", "Move a deal")]},
        {"en": [("x" * 33, "Too long a name")]},
        {"en": [("help", "")]},
        {"en": [("help", "x" * 257)]},
        {"en": [(f"c{n}", "One too many") for n in range(101)]},
        {"english": [("help", "What I can do")]},
    ],
)
async def test_a_menu_that_telegram_would_refuse(
    server: TelegramServer, menu: dict[str, list[tuple[str, str]]]
) -> None:
    with pytest.raises(ValueError, match=r"."):
        adapter_for(server, commands=menu)


async def test_a_wrong_token_stops_the_start_and_is_not_shown(
    server: TelegramServer, desk: Desk
) -> None:
    adapter = adapter_for(server, token="1:wrong-secret")
    with pytest.raises(ValueError, match="does not know") as problem:
        await adapter.start(desk.receive)
    assert "wrong-secret" not in "".join(traceback.format_exception(problem.value))


async def test_no_log_shows_the_token(
    server: TelegramServer, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    adapter = adapter_for(server)
    for name in CHATTY:  # as if an operator wanted to see it all
        caplog.set_level(logging.DEBUG, logger=name)
    async with running(adapter, desk):
        dana = server.person("Dana")
        dana.say("hi")
        await desk.next()
        server.plan("sendMessage", Refusal(500, "Internal Server Error"))
        with pytest.raises(Exception, match="Internal"):
            await adapter.send(outgoing(dana.id, "hello"))
    assert "bot***/sendMessage" in caplog.text
    assert server.token not in caplog.text
    assert server.token.partition(":")[2] not in caplog.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"token": "no-colon"},
        {"token": "1:a", "transport": "webhook", "webhook_url": "https://crm.example"},
        {"token": "1:a", "transport": "webhook", "webhook_secret": "s" * 16},
        {"token": "1:a", "transport": "carrier pigeon"},
    ],
)
def test_settings_that_cannot_work(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r".") as problem:
        TelegramSettings(**wrong)  # type: ignore[arg-type]
    assert "1:a" not in str(problem.value)
