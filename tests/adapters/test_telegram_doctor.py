"""What `crm doctor telegram` finds."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.doctor import Check, lines
from adapters.settings import CONFIG
from adapters.telegram.doctor import examine
from adapters.telegram.settings import TelegramSettings
from bot.words import Words
from tests.adapters.telegram_desk import Desk, adapter_for, running
from tests.adapters.telegram_server import TelegramServer

MENU = {"en": [("help", "What I can do")], "zh": [("help", "我能做什么")]}


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        yield server


async def look(server: TelegramServer, here: bool = False, **settings: Any) -> list[Check]:
    chosen = TelegramSettings(**({"token": server.token, "base_url": server.url} | settings))
    return await examine(chosen, MENU, polled_here=here)


def problems(checks: list[Check]) -> set[str]:
    """Say everything in every language, and return what was found wrong."""
    words = Words(CONFIG / "replies")
    for language in words.languages:
        assert list(lines(checks, words.plain(language)))
    return {check.found.removeprefix("doctor-telegram-") for check in checks if not check.ok}


async def test_all_is_well(server: TelegramServer) -> None:
    async with running(adapter_for(server, commands=MENU), Desk()):
        checks = await look(server, here=True)
        assert problems(checks) == set()
        said = "\n".join(lines(checks, Words(CONFIG / "replies").plain("en")))
        assert "✓ The token is @crm_loop_bot's." in said


async def test_before_the_first_start(server: TelegramServer) -> None:
    assert problems(await look(server)) == {"other-commands"}


async def test_no_token_and_a_wrong_one(server: TelegramServer) -> None:
    assert problems(await examine(None, MENU, polled_here=False)) == {"no-token"}
    assert problems(await look(server, token="1:wrong")) == {"bad-token"}
    assert problems(await look(server, base_url="http://127.0.0.1:9")) == {"unreachable"}


async def test_another_poller(server: TelegramServer) -> None:
    async with running(adapter_for(server, commands=MENU), Desk()):
        await asyncio.sleep(0.1)
        assert problems(await look(server)) == {"conflict"}


async def test_a_stray_webhook(server: TelegramServer) -> None:
    server.webhook = {"url": "https://elsewhere.example/hook"}
    assert problems(await look(server)) == {"stray-webhook", "other-commands"}
    hook = {
        "transport": "webhook",
        "webhook_url": "https://crm.example",
        "webhook_secret": "s" * 16,
    }
    assert problems(await look(server, **hook)) == {"other-webhook", "other-commands"}
    server.webhook = {
        "url": f"https://crm.example/telegram/{server.me['id']}",
        "last_error_message": "Connection refused",
    }
    assert problems(await look(server, **hook)) == {"webhook-error", "other-commands"}


async def test_groups(server: TelegramServer) -> None:
    server.me |= {"can_read_all_group_messages": True, "can_join_groups": False}
    assert problems(await look(server)) == {"hears-all", "no-groups", "other-commands"}
