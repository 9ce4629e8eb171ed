"""Socket Mode that comes back: a connection, and a watchdog that replaces it when it is dead.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

PATIENCE = 2
"""Tests in a row that the library may fail, while it reconnects by itself."""
CONNECT = 2
"""Pings that connecting may take."""
GOODBYE = 1.0
"""Seconds to wait for the other end when closing."""

log = structlog.get_logger(__name__)


class Socket:
    """Keeps one connection to Slack. `ping` is the seconds between two tests of it.

    The client of slack_sdk follows `disconnect` frames and closed sockets by itself, but has states
    that it does not leave: it retries a used-up address, or waits for a task that died.
    """

    def __init__(self, app: AsyncApp, client: AsyncWebClient, app_token: str, ping: float) -> None:
        self._app = app
        self._client = client
        self._app_token = app_token
        self._ping = ping
        self._handler: AsyncSocketModeHandler | None = None
        self._watchdog: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect.

        Raises SlackApiError if Slack does not accept the app-level token.
        """
        await self._connect()
        self._watchdog = asyncio.create_task(self._watch())

    async def close(self) -> None:
        """Disconnect; Slack keeps what was not acknowledged for the next connection."""
        if self._watchdog:
            self._watchdog.cancel()
            await asyncio.gather(self._watchdog, return_exceptions=True)
        await self._disconnect()

    async def _connect(self) -> None:
        opened = await self._client.apps_connections_open(app_token=self._app_token)
        self._handler = AsyncSocketModeHandler(
            self._app, self._app_token, web_client=self._client, ping_interval=self._ping
        )
        self._handler.client.wss_uri = opened["url"]
        try:
            async with asyncio.timeout(CONNECT * self._ping):
                await self._handler.client.connect()  # type: ignore[no-untyped-call]
        except TimeoutError:
            await self._disconnect()
            raise

    async def _disconnect(self) -> None:
        if self._handler:
            close, self._handler = self._handler.client.close, None
            try:
                async with asyncio.timeout(GOODBYE):
                    await close()  # type: ignore[no-untyped-call]
            except TimeoutError:
                await close()  # type: ignore[no-untyped-call]  # now without asking

    async def _watch(self) -> None:
        failures = 0
        while True:
            await asyncio.sleep(self._ping)
            failures = 0 if await self._is_alive() else failures + 1
            if failures < PATIENCE:
                continue
            log.warning("slack.socket_replaced", failures=failures)
            try:
                await self._disconnect()
                await self._connect()
                failures = 0
            except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
                log.warning("slack.socket_not_replaced", reason=type(error).__name__)

    async def _is_alive(self) -> bool:
        return self._handler is not None and await self._handler.client.is_connected()
