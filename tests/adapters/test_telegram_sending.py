"""What the bot writes, as people in Telegram see it, and what the courier hears of it."""

import asyncio
import itertools
from collections.abc import AsyncIterator

import pytest

from adapters.channel import Refused, TryLater, Unreachable
from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.pace import Pace
from adapters.telegram.sender import AGAIN, REVOKED
from bot.message import Place
from bot.reply import Buttons, Field, Fields, Table, Text
from tests.adapters.telegram_desk import Desk, adapter_for, buttons, outgoing, running
from tests.adapters.telegram_people import Person
from tests.adapters.telegram_rules import Refusal
from tests.adapters.telegram_server import Cut, TelegramServer


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        yield server


@pytest.fixture
async def adapter(server: TelegramServer) -> AsyncIterator[TelegramAdapter]:
    async with running(adapter_for(server), Desk()) as adapter:
        yield adapter


@pytest.fixture
def dana(server: TelegramServer) -> Person:
    return server.person("Dana")


async def test_a_reply_with_every_part(
    server: TelegramServer, adapter: TelegramAdapter, dana: Person
) -> None:
    sent = await adapter.send(
        outgoing(
            dana.id,
            Text(text="Acme & <Sons>", style="strong"),
            Fields(fields=[Field(label="City", value="Leeds"), Field(label="Phone", value="+44")]),
            Table(
                columns=["Deal", "EUR"], rows=[["Renewal", "50,000"], ["扩容", "9"]], numeric=(1,)
            ),
            buttons("Show", "Undo", style="danger"),
            provenance="3 orders, today",
        )
    )
    message = await server.answer(dana)
    assert str(message.id) == sent
    assert message.text == (
        "Acme & <Sons>\n"
        "City: Leeds\n"
        "Phone: +44\n"
        "\n"
        "Deal        EUR\n"
        "-------  ------\n"
        "Renewal  50,000\n"
        "扩容          9\n"
        "\n"
        "3 orders, today"
    )
    assert message.marked("bold") == ["Acme & <Sons>", "City", "Phone"]
    assert message.marked("italic") == ["3 orders, today"]
    assert len(message.marked("pre")) == 1
    assert message.labels == [["Show", "Undo"]]
    assert message.buttons[0][0]["callback_data"] == "token:0"
    assert message.buttons[0][1]["style"] == "danger"
    assert server.called("sendMessage")[0].params["link_preview_options"] == '{"is_disabled": true}'


async def test_a_long_reply_comes_in_order_with_its_buttons_last(
    server: TelegramServer, adapter: TelegramAdapter, dana: Person
) -> None:
    paragraphs = [f"{n}:" + " word" * 300 for n in range(8)]
    sent = await adapter.send(outgoing(dana.id, *paragraphs, buttons("More")))
    messages = [await server.answer(dana) for _ in range(4)]
    assert [message.labels for message in messages] == [[], [], [], [["More"]]]
    assert str(messages[-1].id) == sent
    assert "\n\n".join(message.text for message in messages) == "\n\n".join(paragraphs)


async def test_an_edit_in_place(
    server: TelegramServer, adapter: TelegramAdapter, dana: Person
) -> None:
    first = await adapter.send(outgoing(dana.id, "Move it?", buttons("Yes", "No")))
    shown = await server.answer(dana)
    second = await adapter.send(outgoing(dana.id, "Moved.", replaces=first))
    assert second == first
    assert (shown.text, shown.labels) == ("Moved.", [])
    assert await adapter.send(outgoing(dana.id, "Moved.", replaces=first)) == first
    assert len(server.called("sendMessage")) == 1


@pytest.mark.parametrize("why", ["too old", "deleted"])
async def test_what_can_be_edited_no_more_is_said_anew(
    server: TelegramServer, adapter: TelegramAdapter, dana: Person, why: str
) -> None:
    first = await adapter.send(outgoing(dana.id, "Move it?", buttons("Yes")))
    shown = await server.answer(dana)
    if why == "too old":
        shown.editable = False
    else:
        del server.messages[dana.id, shown.id]
    second = await adapter.send(outgoing(dana.id, "Moved.", buttons("Undo"), replaces=first))
    assert second != first
    assert (await server.answer(dana)).labels == [["Undo"]]


async def test_a_long_edit_goes_on_below(
    server: TelegramServer, adapter: TelegramAdapter, dana: Person
) -> None:
    first = await adapter.send(outgoing(dana.id, "Wait ...", buttons("Show")))
    shown = await server.answer(dana)
    last = await adapter.send(
        outgoing(dana.id, "a" * 4000, "b" * 4000, buttons("More"), replaces=first)
    )
    assert (shown.text, shown.labels) == ("a" * 4000, [])
    assert server.messages[dana.id, int(last)].labels == [["More"]]


async def test_a_private_answer_leaves_the_group(
    server: TelegramServer, adapter: TelegramAdapter, dana: Person
) -> None:
    group = server.group("Support", topics=(7,))
    place = Place(platform="telegram", channel=str(group.id), thread="7")
    secret = Fields(fields=[Field(label="Salary", value="9", private=True)])
    await adapter.send(
        outgoing(place, "For you only", secret, recipient=str(dana.id), private=True, replaces="5")
    )
    message = await server.answer(dana)
    assert (message.text, message.topic) == ("For you only\n\nSalary: 9", None)
    assert not group.unread
    assert not server.called("editMessageText")


async def test_private_fields_are_not_shown_to_a_group(
    server: TelegramServer, adapter: TelegramAdapter, dana: Person
) -> None:
    group = server.group("Support")
    fields = Fields(
        fields=[Field(label="City", value="Leeds"), Field(label="Phone", value="1", private=True)]
    )
    await adapter.send(outgoing(group.id, fields))
    assert (await server.answer(group)).text == "City: Leeds"
    await adapter.send(outgoing(dana.id, fields))
    assert (await server.answer(dana)).text == "City: Leeds\nPhone: 1"
    with pytest.raises(Refused, match="recipient"):
        await adapter.send(outgoing(group.id, "For somebody", private=True))
    await adapter.send(outgoing(group.id, fields, recipient=""))
    assert (await server.answer(group)).text == "City: Leeds"


async def test_who_never_wrote_to_the_bot_cannot_be_told_in_private(
    server: TelegramServer, adapter: TelegramAdapter
) -> None:
    group, bob = server.group("Support"), server.person("Bob", started=False)
    for stranger in (bob.id, 99):
        with pytest.raises(Unreachable) as refused:
            await adapter.send(outgoing(group.id, "For you only", recipient=str(stranger)))
        assert refused.value.link == "https://t.me/crm_loop_bot?start=here"
    button = buttons("Show").buttons[0].model_copy(update={"token": "x" * 65})
    broken = outgoing(group.id, Buttons(buttons=[button]), recipient=str(server.person("Dana").id))
    with pytest.raises(Refused, match="Button_data_invalid"):
        await adapter.send(broken)


async def test_refusals_say_why(
    server: TelegramServer, adapter: TelegramAdapter, dana: Person
) -> None:
    with pytest.raises(Refused, match="Chat not found"):
        await adapter.send(outgoing(-4711, "hello"))
    topic = Place(platform="telegram", channel=str(server.group("Sales").id), thread="7")
    with pytest.raises(Refused, match="thread not found"):
        await adapter.send(outgoing(topic, "hello"))
    server.chats[dana.id].closed = "bot was blocked by the user"
    with pytest.raises(Refused, match="blocked by the user"):
        await adapter.send(outgoing(dana.id, "hello"))
    with pytest.raises(Refused, match="nothing to show"):
        await adapter.send(outgoing(dana.id, " \u200b\n"))


@pytest.mark.parametrize("announced", [True, False])
async def test_a_group_that_became_a_supergroup_is_followed(
    server: TelegramServer, adapter: TelegramAdapter, announced: bool
) -> None:
    old, new = server.group("Sales"), server.group("Sales")
    old.moved_to = new.id
    if announced:
        service = server.shown(server.note(old.id, "")) | {"migrate_to_chat_id": new.id}
        server.push("message", service)
        await server.until(lambda: not server.waiting)
    for words in ("one", "two"):
        await adapter.send(outgoing(old.id, words))
        assert (await server.answer(new)).text == words
    assert len(server.called("sendMessage")) == (2 if announced else 3)


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
async def test_flood_control_closes_one_chat_only(
    server: TelegramServer, adapter: TelegramAdapter, dana: Person
) -> None:
    server.plan("sendMessage", Refusal(429, "Too Many Requests: retry after 7", retry_after=7))
    with pytest.raises(TryLater) as problem:
        await adapter.send(outgoing(dana.id, "hello"))
    assert problem.value.seconds == 7
    with pytest.raises(TryLater) as problem:
        await adapter.send(outgoing(dana.id, "hello"))
    assert 6 < problem.value.seconds <= 7
    assert len(server.called("sendMessage")) == 1, "Telegram is not asked again meanwhile"
    await adapter.send(outgoing(server.person("Bob").id, "hello"))


@pytest.mark.parametrize(
    ("trouble", "arrived", "seconds"),
    [
        (Cut(after=False), 0, 5),
        (Cut(after=True), 1, 5),
        (Refusal(502, "Bad Gateway"), 0, 5),
        (Refusal(500, "Internal Server Error"), 0, 5),
        (Refusal(401, "Unauthorized"), 0, 60),
    ],
)
async def test_trouble_on_the_line_keeps_the_delivery(
    server: TelegramServer,
    adapter: TelegramAdapter,
    dana: Person,
    trouble: Cut | Refusal,
    arrived: int,
    seconds: float,
) -> None:
    server.plan("sendMessage", trouble)
    delivery = outgoing(dana.id, "hello")
    with pytest.raises(TryLater) as problem:
        await adapter.send(delivery)
    assert problem.value.seconds == seconds
    assert problem.value.unsure == (seconds != REVOKED)
    assert len(server.chats[dana.id].unread) == arrived
    await adapter.send(delivery.model_copy(update={"unsure": problem.value.unsure}))
    assert len(server.chats[dana.id].unread) == arrived + 1
    again = server.chats[dana.id].unread[-1].text
    assert again == (f"{AGAIN}\nhello" if problem.value.unsure else "hello")


async def test_nothing_was_sent_where_telegram_was_not_reached(
    server: TelegramServer, dana: Person
) -> None:
    async with running(adapter_for(server, base_url="http://127.0.0.1:1"), Desk()) as other:
        with pytest.raises(TryLater) as problem:
            await other.send(outgoing(dana.id, "hello"))
    assert not problem.value.unsure


async def test_what_is_edited_or_full_is_not_marked(
    server: TelegramServer, adapter: TelegramAdapter, dana: Person
) -> None:
    first = await adapter.send(outgoing(dana.id, "Which?", unsure=True))
    assert (await server.answer(dana)).text == f"{AGAIN}\nWhich?"
    await adapter.send(outgoing(dana.id, "That one.", unsure=True, replaces=first))
    assert (await server.answer(dana)).text == "That one."
    await adapter.send(outgoing(dana.id, "x" * 4095, unsure=True))
    assert (await server.answer(dana)).text == "x" * 4095


async def test_an_attempt_goes_on_where_the_last_broke_off(
    server: TelegramServer, adapter: TelegramAdapter, dana: Person
) -> None:
    delivery = outgoing(dana.id, "a" * 4000, "b" * 4000, "c" * 4000)
    server.plan("sendMessage", None, Refusal(502, "Bad Gateway"), None, Cut(after=False))
    for _ in range(2):
        with pytest.raises(TryLater):
            await adapter.send(delivery)
    await adapter.send(delivery)
    assert [message.text[0] for message in server.chats[dana.id].unread] == ["a", "b", "c"]


async def test_one_message_a_second_to_a_chat_and_nobody_else_waits(
    server: TelegramServer, dana: Person
) -> None:
    pace = Pace(seconds_per_chat=0.2, per_second=1000, rest=0.02)
    async with running(adapter_for(server, pace=pace), Desk()) as adapter:
        people = [server.person(f"P{n}") for n in range(8)]
        await asyncio.gather(
            *(adapter.send(outgoing(dana.id, str(n))) for n in range(4)),
            *(adapter.send(outgoing(person.id, "hello")) for person in people),
        )
    calls = server.called("sendMessage")
    times = [call.at for call in calls if call.params["chat_id"] == str(dana.id)]
    assert all(later - earlier > 0.19 for earlier, later in itertools.pairwise(times))
    others = [call.at for call in calls if call.params["chat_id"] != str(dana.id)]
    assert len(others) == 8
    assert max(others) < times[2]
    assert [message.text for message in server.chats[dana.id].unread] == ["0", "1", "2", "3"]


async def test_parts_of_one_delivery_stay_together(
    server: TelegramServer, adapter: TelegramAdapter, dana: Person
) -> None:
    await asyncio.gather(
        adapter.send(outgoing(dana.id, "a" * 4000, "a" * 4000, "a" * 4000)),
        adapter.send(outgoing(dana.id, "b")),
    )
    assert [message.text[0] for message in server.chats[dana.id].unread] == list("aaab")


async def test_twenty_a_minute_to_a_group(server: TelegramServer, dana: Person) -> None:
    pace = Pace(seconds_per_chat=0, per_minute_in_group=3, per_second=1000)
    group = server.group("Sales")
    async with running(adapter_for(server, pace=pace), Desk()) as adapter:
        for _ in range(3):
            await adapter.send(outgoing(group.id, "hello"))
        with pytest.raises(TryLater) as problem:
            await adapter.send(outgoing(group.id, "one too many"))
        assert 50 < problem.value.seconds <= 60
        for _ in range(5):
            await adapter.send(outgoing(dana.id, "hello"))


async def test_thirty_a_second_overall(server: TelegramServer) -> None:
    pace = Pace(seconds_per_chat=0, per_second=50)
    people = [server.person(f"P{n}") for n in range(11)]
    async with running(adapter_for(server, pace=pace), Desk()) as adapter:
        await asyncio.gather(*(adapter.send(outgoing(person.id, "hello")) for person in people))
    times = [call.at for call in server.called("sendMessage")]
    assert times[-1] - times[0] > 0.18
