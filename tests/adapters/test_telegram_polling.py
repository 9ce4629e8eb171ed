"""No update is lost or confirmed too early, whatever breaks; and one process polls."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
import structlog
from prometheus_client import REGISTRY
from structlog.typing import EventDict

from crm_core.db import Database
from crm_core.leases import Leases
from tests.adapters.telegram_desk import NOW, Desk, adapter_for, running
from tests.adapters.telegram_rules import Refusal
from tests.adapters.telegram_server import Cut, TelegramServer


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        yield server


@pytest.fixture
def desk() -> Desk:
    return Desk()


def troubles(logs: Sequence[EventDict]) -> list[str]:
    return [entry["event"] for entry in logs if entry["log_level"] != "info"]


class OneHolder:
    """A lease that several pollers share, as the database keeps it."""

    def __init__(self) -> None:
        self.holder: object = None

    def of(self, who: str) -> "Share":
        return Share(self, who)


class Share:
    def __init__(self, lease: OneHolder, who: str) -> None:
        self.lease = lease
        self.who = who

    async def acquire(self, name: str, seconds: float) -> bool:
        if self.lease.holder is None:
            self.lease.holder = self.who
        return self.lease.holder == self.who

    async def renew(self, name: str, seconds: float) -> bool:
        return self.lease.holder == self.who

    async def release(self, name: str) -> None:
        if self.lease.holder == self.who:
            self.lease.holder = None


async def test_an_update_is_confirmed_after_it_is_safe(server: TelegramServer, desk: Desk) -> None:
    gate = asyncio.Event()
    dana = server.person("Dana")

    class Slow(Desk):
        async def receive(self, message: object) -> bool:
            await gate.wait()
            return True

    async with running(adapter_for(server), Slow()):
        update = dana.say("hi")
        await asyncio.sleep(0.1)
        assert server.waiting == [update]
        gate.set()
        await server.until(lambda: not server.waiting)


async def test_what_could_not_be_kept_comes_again(server: TelegramServer, desk: Desk) -> None:
    dana = server.person("Dana")
    desk.troubles.append(ConnectionError("the database is away"))
    with structlog.testing.capture_logs() as logs:
        async with running(adapter_for(server), desk):
            updates = [str(dana.say(words)) for words in ("one", "two", "three")]
            await server.until(lambda: not server.waiting)
    assert [message.event for message in desk.messages] == updates
    assert desk.tries == 4
    assert troubles(logs) == ["telegram.failed"]


async def test_a_crash_loses_nothing(server: TelegramServer, desk: Desk) -> None:
    """The first process dies between two messages; the next one gets the second."""
    dana = server.person("Dana")
    updates = [str(dana.say(words)) for words in ("one", "two")]
    dead = asyncio.Event()

    class Dying(Desk):
        async def receive(self, message: object) -> bool:
            if self.tries:
                dead.set()
                await asyncio.sleep(60)
            self.tries += 1
            return True

    async with running(adapter_for(server), Dying()):
        await dead.wait()
    assert [str(update) for update in server.waiting] == updates, "a stop confirms nothing"
    async with running(adapter_for(server), desk):
        await server.until(lambda: not server.waiting)
    assert [message.event for message in desk.messages] == updates


async def test_two_pollers_of_one_token_get_along(server: TelegramServer, desk: Desk) -> None:
    """Without a lease between them they interrupt each other, but lose nothing."""
    dana, other = server.person("Dana"), Desk()
    with structlog.testing.capture_logs() as logs:
        async with running(adapter_for(server), desk), running(adapter_for(server), other):
            await server.until(lambda: any(entry.get("kind") == "Conflict" for entry in logs))
            updates = {str(dana.say(str(n))) for n in range(20)}
            await server.until(lambda: not server.waiting)
    assert {message.event for message in [*desk.messages, *other.messages]} == updates


async def test_the_lease_keeps_the_second_process_waiting(
    server: TelegramServer, desk: Desk
) -> None:
    dana, lease, second = server.person("Dana"), OneHolder(), Desk()
    with structlog.testing.capture_logs() as logs:
        async with running(adapter_for(server, lease=lease.of("b")), second):
            await server.until(lambda: lease.holder == "b")
            async with running(adapter_for(server, lease=lease.of("a")), desk):
                dana.say("for the first")
                await second.next()
                await asyncio.sleep(0.1)
                lease.holder = "a"  # the first was thought dead
                dana.say("for the second")
                await server.until(lambda: not server.waiting)
                dana.say("and this too")
                await server.until(lambda: not server.waiting)
            assert lease.holder in (None, "b"), "a stop gives the lease back"
    assert desk.messages[-1].text == "and this too"
    assert not [entry for entry in logs if entry.get("kind") == "Conflict"]
    assert [entry["event"] for entry in logs].count("telegram.polling") == 2
    assert troubles(logs) == ["telegram.polling_lost"]


async def test_a_dead_holder_silences_the_bot_for_less_than_45_seconds(
    server: TelegramServer, desk: Desk, sqlite_db: Database
) -> None:
    """With real processes and in real time: `tests/adapters/telegram_takeover.py`."""
    time = NOW

    class Mortal(Leases):
        async def release(self, name: str) -> None:
            """Give nothing back: so dies a process that is killed."""

    dana = server.person("Dana")
    async with running(adapter_for(server, lease=Mortal(sqlite_db, lambda: time)), Desk()):
        dana.say("to the first")
        await server.until(lambda: not server.waiting)
    dana.say("to the second")
    with structlog.testing.capture_logs() as logs:
        async with running(adapter_for(server, lease=Leases(sqlite_db, lambda: time)), desk):
            await server.until(lambda: bool(logs))
            time = NOW + timedelta(seconds=39)
            await asyncio.sleep(0.1)
            assert desk.messages == []
            time = NOW + timedelta(seconds=41)
            assert (await desk.next()).text == "to the second"
    assert [entry["event"] for entry in logs] == ["telegram.polled_elsewhere", "telegram.polling"]


async def test_who_polls_is_measured(server: TelegramServer, desk: Desk) -> None:
    before = REGISTRY.get_sample_value("crm_telegram_polls_total") or 0
    async with running(adapter_for(server), desk):
        server.person("Dana").say("hi")
        await server.until(lambda: not server.waiting)
        assert REGISTRY.get_sample_value("crm_telegram_polling") == 1
        assert REGISTRY.get_sample_value("crm_telegram_polls_total") == before + 1
    assert REGISTRY.get_sample_value("crm_telegram_polling") == 0


@pytest.mark.parametrize(
    "trouble", [Cut(after=False), Cut(after=True), Refusal(502, "Bad Gateway")]
)
async def test_a_bad_line_is_noted_and_outlived(
    server: TelegramServer, desk: Desk, trouble: Cut | Refusal
) -> None:
    dana = server.person("Dana")
    server.plan("getUpdates", trouble, trouble)
    dana.say("hi")
    with structlog.testing.capture_logs() as logs:
        async with running(adapter_for(server), desk):
            assert (await desk.next()).text == "hi"
    assert troubles(logs) == ["telegram.trouble"] * 2


async def test_a_start_without_telegram_goes_on_trying(server: TelegramServer, desk: Desk) -> None:
    dana = server.person("Dana")
    server.plan("getMe", Cut(after=False), Refusal(502, "Bad Gateway"))
    server.plan("setMyCommands", Cut(after=False))
    menu = {"en": [("help", "What I can do")]}
    with structlog.testing.capture_logs() as logs:
        async with running(adapter_for(server, commands=menu), desk):
            dana.say("hi")
            assert (await desk.next()).text == "hi"
    assert troubles(logs) == ["telegram.unreachable"] + ["telegram.trouble"] * 2
    assert set(server.commands) == {"", "en"}


async def test_a_token_refused_later_is_not_shown(server: TelegramServer, desk: Desk) -> None:
    server.plan("getMe", Cut(after=False), Refusal(401, "Unauthorized"))
    with structlog.testing.capture_logs() as logs:
        async with running(adapter_for(server), desk):
            await server.until(lambda: bool(server.called("getUpdates")))
    assert troubles(logs) == ["telegram.unreachable", "telegram.trouble"]
    assert logs[1]["kind"] == "InvalidToken"
    assert server.token not in str(logs)


async def test_polling_takes_over_from_a_webhook(server: TelegramServer, desk: Desk) -> None:
    server.webhook = {"url": "https://elsewhere.example"}
    dana = server.person("Dana")
    async with running(adapter_for(server), desk):
        dana.say("hi")
        assert (await desk.next()).text == "hi"


async def test_ids_may_start_anew(server: TelegramServer, desk: Desk) -> None:
    """After a quiet week Telegram numbers updates from anywhere: a lower id is no old one."""
    dana = server.person("Dana")
    async with running(adapter_for(server), desk):
        dana.say("before")
        await desk.next()
        await server.until(lambda: not server.waiting)
        offset = server.called("getUpdates")[-1].params["offset"]
        assert int(offset) > 1
        server.end_polls()
        await server.until(lambda: "offset" not in server.called("getUpdates")[-1].params)


async def test_a_press_is_answered_though_the_line_breaks(
    server: TelegramServer, desk: Desk
) -> None:
    dana = server.person("Dana")
    server.plan("answerCallbackQuery", Cut(after=False))
    async with running(adapter_for(server), desk):
        for press in ("one", "two"):
            server.offer(press)
            message = server.shown(server.note(dana.id, "x"))
            server.push(
                "callback_query",
                {
                    "id": press,
                    "from": dana.json,
                    "message": message,
                    "chat_instance": "1",
                    "data": f"token:{press}",
                },
            )
        assert [(await desk.next()).press, (await desk.next()).press] == ["token:one", "token:two"]
        await server.until(lambda: server.answered == ["two"])
        await server.until(lambda: not server.waiting)


async def test_a_stop_is_quick_and_a_new_start_works(server: TelegramServer, desk: Desk) -> None:
    dana = server.person("Dana")
    adapter = adapter_for(server)
    async with asyncio.timeout(3):
        for words in ("one", "two"):
            async with running(adapter, desk):
                dana.say(words)
                assert (await desk.next()).text == words
                await server.until(lambda: not server.waiting)
