"""The Slack adapter: whatever is said comes in, whatever is answered goes out."""

import re
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.channel import Outgoing, Receive, Refused
from adapters.slack.dialogs import Dialogs
from adapters.slack.extras import Extras
from adapters.slack.http import Endpoint
from adapters.slack.installs import ManyWorkspaces
from adapters.slack.logs import make_logger
from adapters.slack.manifest import EVENTS
from adapters.slack.render import FORM
from adapters.slack.settings import SlackSettings
from adapters.slack.socket import Socket
from adapters.slack.workspaces import OneWorkspace, Workspaces
from bot.glance import Glance
from bot.message import Attachment, Place
from crm_core.clock import Clock
from crm_core.db import Database

log = structlog.get_logger(__name__)

PATH = "/slack/events"
ANY = re.compile(".*")
FORMS = re.compile(f"{FORM}.*")


class SlackAdapter:
    """One Slack app, in one workspace, or in those that `db` keeps the installations of."""

    platform = "slack"

    def __init__(
        self, settings: SlackSettings, clock: Clock, glance: Glance, db: Database | None = None
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._glance = glance
        self._extras = Extras(glance, settings.console_url)
        self._logger = make_logger()
        self._installs: ManyWorkspaces | None = None
        self._workspaces: Workspaces = OneWorkspace(settings, clock, self._logger)
        if settings.client_id:
            if db is None:
                raise ValueError("installations are kept in a database")
            self._installs = ManyWorkspaces(settings, db, clock, self._logger)
            self._workspaces = self._installs
        self._socket: Socket | None = None
        self._endpoint: Endpoint | None = None

    @property
    def routes(self) -> list[Route]:
        """What a web application must mount: for the transport `http`, and to install the app."""
        http = self._settings.transport == "http"
        events = [Route(PATH, self._answer, methods=["POST"])] if http else []
        return [*events, *(self._installs.routes if self._installs else [])]

    async def start(self, receive: Receive) -> None:
        """Connect and begin to hand over events; return once running.

        Raises SlackApiError if Slack does not accept a token, MissingScopes if one may too little.
        """
        await self._workspaces.start()
        app = self._make_app(receive)
        if self._settings.transport == "http":
            secret = self._settings.signing_secret.get_secret_value()
            self._endpoint = Endpoint(app, secret, self._clock)
        else:
            token = self._settings.app_token.get_secret_value()
            client = AsyncWebClient(
                base_url=self._settings.base_url, logger=self._logger, retry_handlers=[]
            )
            self._socket = Socket(app, client, token, self._settings.ping_seconds)
            await self._socket.open()

    async def stop(self) -> None:
        """Disconnect; events not handed over stay with Slack."""
        self._endpoint = None
        if self._socket:
            await self._socket.close()
        await self._workspaces.stop()

    async def send(self, outgoing: Outgoing) -> str:
        """Deliver and return the message's id (`ts`).

        Raises TryLater or Refused.
        """
        workspace = await self._workspaces.of(outgoing.place.workspace)
        await self._extras.answered(outgoing.place)
        return await workspace.sender.send(outgoing)

    async def fetch(self, place: Place, file: Attachment) -> bytes:
        """Bring a file that somebody sent. Raises TryLater, or Refused where there is none."""
        workspace = await self._workspaces.of(place.workspace)
        return await workspace.files.fetch(file.reference)

    async def _answer(self, request: Request) -> Response:
        return await self._endpoint(request) if self._endpoint else Response(status_code=503)

    def _make_app(self, receive: Receive) -> AsyncApp:
        dialogs = Dialogs(self._glance, receive)
        extras = self._extras

        async def authorize(context: AsyncBoltContext) -> AuthorizeResult | None:
            try:
                return (await self._workspaces.of(context.team_id or "")).known
            except Refused as problem:
                log.warning("slack.not_installed", team=context.team_id, reason=str(problem))
                return None

        async def forget(body: dict[str, Any], context: AsyncBoltContext, ack: AsyncAck) -> None:
            event = body["event"]
            if self._installs and (
                event["type"] == "app_uninstalled" or event.get("tokens", {}).get("bot")
            ):
                await self._installs.forget(context.enterprise_id, context.team_id or "")
            await ack()

        async def take(body: dict[str, Any], context: AsyncBoltContext, ack: AsyncAck) -> None:
            workspace = await self._workspaces.of(context.team_id or "")
            for message in await workspace.translator.translate(body):
                if await receive(message):
                    extras.work(workspace, message)
            await ack()

        async def look(body: dict[str, Any], context: AsyncBoltContext, ack: AsyncAck) -> None:
            extras.look(await self._workspaces.of(context.team_id or ""), body["event"])
            await ack()

        async def open_form(body: dict[str, Any], context: AsyncBoltContext, ack: AsyncAck) -> None:
            await dialogs.open(await self._workspaces.of(context.team_id or ""), body)
            await ack()

        async def suggest(body: dict[str, Any], context: AsyncBoltContext, ack: AsyncAck) -> None:
            workspace = await self._workspaces.of(context.team_id or "")
            await ack(options=await dialogs.suggest(workspace, body))

        async def submit(body: dict[str, Any], context: AsyncBoltContext, ack: AsyncAck) -> None:
            workspace = await self._workspaces.of(context.team_id or "")
            await dialogs.submit(workspace, body, ack)

        app = AsyncApp(
            name="slack",
            logger=self._logger,
            client=AsyncWebClient(base_url=self._settings.base_url, logger=self._logger),
            authorize=authorize,  # type: ignore[arg-type]  # None is an answer: not installed
            # An event that cannot be taken in is not acknowledged, and comes again.
            process_before_response=True,
            # The endpoint checks signatures itself, before anything is parsed.
            request_verification_enabled=False,
            ssl_check_enabled=False,
        )
        for event in ("link_shared", "assistant_thread_started"):
            app.event(event)(look)
        for event in ("app_uninstalled", "tokens_revoked"):
            app.event(event)(forget)
        for event in {event.partition(".")[0] for event in EVENTS}:
            app.event(event)(take)
        app.command(ANY)(take)
        app.action(FORMS)(open_form)
        app.action(ANY)(take)
        app.shortcut(ANY)(open_form)
        app.options(ANY)(suggest)
        app.view(ANY)(submit)
        return app
