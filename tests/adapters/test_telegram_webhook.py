"""Updates that Telegram posts to the web server."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from aiohttp import ClientSession
from starlette.applications import Starlette

from adapters.telegram.adapter import TelegramAdapter
from tests.adapters.telegram_desk import Desk, adapter_for, running
from tests.adapters.telegram_server import Cut, TelegramServer

SECRET = "a-secret-of_Telegram-0123"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        yield server


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def listener() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    return listener


@pytest.fixture
def url(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
async def adapter(
    server: TelegramServer, listener: socket.socket, url: str
) -> AsyncIterator[TelegramAdapter]:
    """Serve an adapter's route, the adapter not started yet."""
    adapter = adapter_for(server, transport="webhook", webhook_url=url, webhook_secret=SECRET)
    async with serving(adapter, listener):
        yield adapter


@asynccontextmanager
async def serving(adapter: TelegramAdapter, listener: socket.socket) -> AsyncIterator[None]:
    app = Starlette(routes=adapter.routes)
    web = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    work = asyncio.create_task(web.serve([listener]))
    async with asyncio.timeout(3):
        while not web.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.005)
    yield
    web.should_exit = True
    await work


async def test_updates_arrive_in_order_and_are_confirmed(
    server: TelegramServer, desk: Desk, adapter: TelegramAdapter
) -> None:
    dana = server.person("Dana")
    async with running(adapter, desk):
        updates = [str(dana.say(words)) for words in ("one", "two", "three")]
        await server.until(lambda: not server.waiting)
        assert [message.event for message in desk.messages] == updates
        assert server.posted == [200, 200, 200]
        assert server.webhook is not None
        assert server.webhook["secret_token"] == SECRET


async def test_what_could_not_be_kept_is_posted_again(
    server: TelegramServer, desk: Desk, adapter: TelegramAdapter
) -> None:
    dana = server.person("Dana")
    desk.troubles.append(ConnectionError("the database is away"))
    async with running(adapter, desk):
        dana.say("hi")
        assert (await desk.next()).text == "hi"
        await server.until(lambda: server.posted == [500, 200])


async def test_a_press_is_answered(
    server: TelegramServer, desk: Desk, adapter: TelegramAdapter
) -> None:
    dana = server.person("Dana")
    async with running(adapter, desk):
        server.offer("p")
        message = server.shown(server.note(dana.id, "x"))
        press = {"id": "p", "from": dana.json, "message": message, "chat_instance": "1"}
        server.push("callback_query", press | {"data": "token:1"})
        assert (await desk.next()).press == "token:1"
        await server.until(lambda: server.answered == ["p"])


async def test_a_webhook_that_could_not_be_set_is_set_later(
    server: TelegramServer, desk: Desk, adapter: TelegramAdapter
) -> None:
    server.plan("setWebhook", Cut(after=False))
    async with running(adapter, desk):
        await server.until(lambda: server.webhook is not None)
        server.person("Dana").say("hi")
        assert (await desk.next()).text == "hi"


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, b'{"update_id": 1}', 401),
        ({HEADER: ""}, b'{"update_id": 1}', 401),
        ({HEADER: SECRET[:-1]}, b'{"update_id": 1}', 401),
        ({HEADER: "ключ"}, b'{"update_id": 1}', 401),
        ({HEADER: SECRET}, b'{"update_id": 1}', 200),
        ({HEADER: SECRET}, b'{"update_id": 1, "poll_of_the_future": {}}', 200),
        ({HEADER: SECRET}, b"{", 400),
        ({HEADER: SECRET}, b"\xff\xfe", 400),
        ({HEADER: SECRET}, b"[]", 400),
        ({HEADER: SECRET}, b"{}", 400),
        ({HEADER: SECRET}, b" " * (1024 * 1024 + 1), 413),
    ],
)
async def test_who_may_post_what(
    desk: Desk,
    adapter: TelegramAdapter,
    url: str,
    headers: dict[str, str],
    body: bytes,
    status: int,
) -> None:
    async with running(adapter, desk), ClientSession() as session:
        path = adapter.settings.webhook_path
        async with session.post(url + path, data=body, headers=headers) as answer:
            assert answer.status == status
    assert not desk.messages


async def test_nothing_is_taken_before_the_start_and_after_the_stop(
    desk: Desk, adapter: TelegramAdapter, url: str
) -> None:
    async def post() -> int:
        path = adapter.settings.webhook_path
        async with (
            ClientSession(headers={HEADER: SECRET}) as session,
            session.post(url + path, json={"update_id": 1}) as answer,
        ):
            return answer.status

    assert await post() == 503
    async with running(adapter, desk):
        assert await post() == 200
    assert await post() == 503


async def test_an_address_that_telegram_refuses_stops_the_start(
    server: TelegramServer, desk: Desk
) -> None:
    url = "http://crm.example"
    adapter = adapter_for(server, transport="webhook", webhook_url=url, webhook_secret=SECRET)
    with pytest.raises(ValueError, match=r"(?i)https url must be provided"):
        await adapter.start(desk.receive)


async def test_polling_opens_no_route(server: TelegramServer) -> None:
    assert adapter_for(server).routes == []
