"""The Slack adapter: whatever is said comes in, whatever is answered goes out."""

import re
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.channel import Outgoing, Receive, Refused
from adapters.slack.directory import Directory
from adapters.slack.events import Translator
from adapters.slack.http import Endpoint
from adapters.slack.logs import make_logger
from adapters.slack.sender import Sender
from adapters.slack.settings import SlackSettings
from adapters.slack.socket import Socket
from bot.message import Attachment, Place
from crm_core.clock import Clock

PATH = "/slack/events"
TIMEOUT = 10
"""Seconds that one call of the Web API may take."""
ANY = re.compile(".*")
SCOPES = {
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "mpim:history",
    "mpim:read",
    "users:read",
}
"""What the app must be allowed, as in config/slack-manifest.yaml."""


class MissingScopes(Exception):
    """The app was installed with fewer permissions than it needs."""


class SlackAdapter:
    """One Slack app in one workspace."""

    platform = "slack"

    def __init__(self, settings: SlackSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._logger = make_logger()
        self._client = AsyncWebClient(
            token=settings.bot_token.get_secret_value(),
            base_url=settings.base_url,
            timeout=TIMEOUT,
            logger=self._logger,
            # The library's own would post again after a connection that broke too late.
            retry_handlers=[],
        )
        self._directory = Directory(self._client)
        self._sender = Sender(self._client, self._directory, clock, settings.seconds_per_message)
        self._socket: Socket | None = None
        self._endpoint: Endpoint | None = None

    @property
    def routes(self) -> list[Route]:
        """What a web application must mount for the transport `http`."""
        socket = self._settings.transport == "socket"
        return [] if socket else [Route(PATH, self._answer, methods=["POST"])]

    async def start(self, receive: Receive) -> None:
        """Connect and begin to hand over events; return once running.

        Raises SlackApiError if Slack does not accept a token, MissingScopes if one may too little.
        """
        me = await self._client.auth_test()
        granted = me.headers.get("x-oauth-scopes")
        if granted is not None and (missing := SCOPES - set(granted.split(","))):
            raise MissingScopes(", ".join(sorted(missing)))
        app = self._make_app(me, receive)
        if self._settings.transport == "http":
            secret = self._settings.signing_secret.get_secret_value()
            self._endpoint = Endpoint(app, secret, self._clock)
        else:
            token = self._settings.app_token.get_secret_value()
            self._socket = Socket(app, self._client, token, self._settings.ping_seconds)
            await self._socket.open()

    async def stop(self) -> None:
        """Disconnect; events not handed over stay with Slack."""
        self._endpoint = None
        if self._socket:
            await self._socket.close()

    async def send(self, outgoing: Outgoing) -> str:
        """Deliver and return the message's id (`ts`).

        Raises TryLater or Refused.
        """
        return await self._sender.send(outgoing)

    async def fetch(self, place: Place, file: Attachment) -> bytes:
        raise Refused("files are not taken here yet")

    async def _answer(self, request: Request) -> Response:
        return await self._endpoint(request) if self._endpoint else Response(status_code=503)

    def _make_app(self, me: AsyncSlackResponse, receive: Receive) -> AsyncApp:
        translator = Translator(me["user_id"], self._directory, self._clock)
        known = AuthorizeResult.from_auth_test_response(
            auth_test_response=me, bot_token=self._client.token
        )

        async def authorize() -> AuthorizeResult:
            # Asked once: Bolt would acknowledge, and so lose, the events during a failure to ask.
            return known

        async def take(body: dict[str, Any], ack: AsyncAck) -> None:
            message = await translator.translate(body)
            if message is not None:
                await receive(message)
            await ack()

        app = AsyncApp(
            name="slack",
            logger=self._logger,
            client=AsyncWebClient(base_url=self._settings.base_url, logger=self._logger),
            authorize=authorize,
            # An event that cannot be taken in is not acknowledged, and comes again.
            process_before_response=True,
            # The endpoint checks signatures itself, before anything is parsed.
            request_verification_enabled=False,
            ssl_check_enabled=False,
        )
        for listen in (app.event("app_mention"), app.event("message")):
            listen(take)
        app.command(ANY)(take)
        app.action(ANY)(take)
        return app
