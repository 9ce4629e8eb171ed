"""The workspaces that installed the app, kept in slack_sdk's own store on the project's database.

Source: https://docs.slack.dev/authentication/installing-with-oauth and /using-token-rotation
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from urllib.parse import urljoin

import aiohttp
import structlog
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError, SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.sqlalchemy import (
    AsyncSQLAlchemyInstallationStore,
    SQLAlchemyInstallationStore,
)
from slack_sdk.oauth.state_store.sqlalchemy import AsyncSQLAlchemyOAuthStateStore
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.channel import Refused, TryLater
from adapters.slack.manifest import BY_EMAIL, SCOPES
from adapters.slack.settings import SlackSettings
from adapters.slack.workspaces import TIMEOUT, MissingScopes, Workspace, connect
from crm_core.clock import Clock
from crm_core.db import Database, outages_survived
from crm_core.leases import Leases

INSTALL, INSTALLED = "/slack/install", "/slack/oauth_redirect"
LOOK = 60.0
"""Seconds between two looks at the store, for what other processes changed there."""
AHEAD = 120
"""Minutes before its end that a token is replaced: the old one stays good meanwhile."""
ALWAYS = 10**9
"""Minutes for slack_sdk, which would read the clock itself."""
LEASE = 60.0
STATE_SECONDS = 600

log = structlog.get_logger(__name__)


class ManyWorkspaces:
    """The workspaces of the installation store; tokens that rotate are replaced in time."""

    def __init__(
        self,
        settings: SlackSettings,
        db: Database,
        clock: Clock,
        logger: logging.Logger,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._logger = logger
        self._leases = Leases(db, clock)
        self._known: dict[str, Workspace] = {}
        self._finding: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._looking: asyncio.Task[None] | None = None
        client = AsyncWebClient(base_url=settings.base_url, timeout=TIMEOUT, logger=logger)
        id_, secret = settings.client_id, settings.client_secret.get_secret_value()
        self._store = AsyncSQLAlchemyInstallationStore(id_, db.engine, logger=logger)
        # Reading waits for no writer.
        self._reader = AsyncSQLAlchemyInstallationStore(id_, db.reader, logger=logger)
        self._states = AsyncSQLAlchemyOAuthStateStore(STATE_SECONDS, db.engine, logger=logger)
        self._rotator = AsyncTokenRotator(client_id=id_, client_secret=secret, client=client)
        self._flow = _Flow(
            settings.workspaces,
            client=client,
            logger=logger,
            settings=AsyncOAuthSettings(
                client_id=id_,
                client_secret=secret,
                scopes=sorted(SCOPES | (BY_EMAIL if settings.link_by_email else set())),
                redirect_uri=settings.redirect_url or None,
                install_path=INSTALL,
                redirect_uri_path=INSTALLED,
                authorization_url=urljoin(settings.base_url, "/oauth/v2/authorize"),
                installation_store=self._store,
                state_store=self._states,
                logger=logger,
            ),
        )

    @property
    def routes(self) -> list[Route]:
        """Return where the app is installed, and where Slack sends the installer back to."""
        return [Route(INSTALL, self._install), Route(INSTALLED, self._installed)]

    async def _install(self, request: Request) -> Response:
        asked = to_async_bolt_request(request, b"")
        return to_starlette_response(await self._flow.handle_installation(asked))

    async def _installed(self, request: Request) -> Response:
        asked = to_async_bolt_request(request, b"")
        return to_starlette_response(await self._flow.handle_callback(asked))

    async def start(self) -> None:
        """Make the store's tables and look at the tokens in it."""
        for store in (self._store, self._states):
            await store.create_tables()  # type: ignore[no-untyped-call]
        await self._look()
        self._looking = asyncio.create_task(self._keep_looking())

    async def stop(self) -> None:
        """Look no more."""
        if self._looking:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    async def of(self, team: str) -> Workspace:
        """Return a workspace's installation; for an empty id the only one there is.

        Raises Refused where the app is not installed, or may too little; TryLater.
        """
        if not team:
            teams = [str(bot.team_id) for bot in await self.bots()]
            if len(teams) != 1:
                raise Refused(f"{len(teams)} workspaces: name one, as in slack:T012345/C012345")
            team = teams[0]
        async with self._finding[team]:
            if team not in self._known:
                self._known[team] = await self._find(team)
            return self._known[team]

    async def bots(self) -> list[Bot]:
        """Return the newest installation of each workspace that has one."""
        table = self._reader.bots
        mine = (table.c.client_id == self._settings.client_id) & table.c.bot_token.is_not(None)
        async with self._reader.engine.connect() as connection:
            rows = await connection.execute(
                table.select().where(mine).order_by(table.c.installed_at, table.c.id)
            )
            found = [SQLAlchemyInstallationStore.build_bot_entity(row) for row in rows.mappings()]
        return [bot for bot in {bot.team_id: bot for bot in found}.values() if self._may(bot)]

    async def forget(self, enterprise: str | None, team: str) -> None:
        """Drop a workspace that removed the app."""
        await self._store.async_delete_all(enterprise_id=enterprise, team_id=team)
        self._known.pop(team, None)
        log.info("slack.uninstalled", team=team)

    def _may(self, bot: Bot) -> bool:
        return not self._settings.workspaces or bot.team_id in self._settings.workspaces

    async def _find(self, team: str) -> Workspace:
        bot = next((bot for bot in await self.bots() if bot.team_id == team), None)
        if bot is None:
            raise Refused(f"the app is not installed in {team}")
        try:
            return await connect(self._settings, bot.bot_token, self._clock, self._logger)
        except MissingScopes as missing:
            raise Refused(f"permissions missing in {team}: {missing}") from missing
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise TryLater(f"{team} can't be reached: {type(error).__name__}") from error

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            with outages_survived():
                await self._look()

    async def _look(self) -> None:
        """Replace the tokens that are about to end, and take on what others have replaced."""
        bots = {bot.team_id or "": await self._fresh(bot) for bot in await self.bots()}
        for team, workspace in list(self._known.items()):
            if team in bots:
                workspace.client.token = bots[team].bot_token
            else:
                del self._known[team]

    async def _fresh(self, bot: Bot) -> Bot:
        """Return the installation with a token that lasts; of many processes one replaces it."""
        ends = bot.bot_token_expires_at
        if ends is None or ends > self._clock().timestamp() + AHEAD * 60:
            return bot
        if not await self._leases.acquire(f"slack-token:{bot.team_id}", LEASE):
            return bot
        try:
            rotated = await self._rotator.perform_bot_token_rotation(
                bot=bot, minutes_before_expiration=ALWAYS
            )
        except (SlackTokenRotationError, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("slack.token_not_replaced", team=bot.team_id, reason=repr(error))
            return bot
        if rotated is None:
            return bot
        await self._store.async_save_bot(rotated)
        log.info("slack.token_replaced", team=bot.team_id)
        return rotated


class _Flow(AsyncOAuthFlow):
    """Slack's way of installing; only for those `workspaces`, where any are named."""

    def __init__(self, workspaces: Sequence[str], **more: Any) -> None:
        super().__init__(**more)
        self._workspaces = workspaces

    async def store_installation(
        self, request: AsyncBoltRequest, installation: Installation
    ) -> None:
        if installation.is_enterprise_install or (
            self._workspaces and installation.team_id not in self._workspaces
        ):
            raise BoltError("this workspace is not one of CRM_SLACK__WORKSPACES")
        await super().store_installation(request, installation)
