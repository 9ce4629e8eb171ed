"""A workspace that the app is installed in, and the one that its token belongs to."""

import logging
from dataclasses import dataclass
from typing import Protocol

from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from adapters.channel import TryLater
from adapters.slack.directory import Directory
from adapters.slack.events import Translator
from adapters.slack.files import Files
from adapters.slack.manifest import BY_EMAIL, SCOPES
from adapters.slack.sender import Sender
from adapters.slack.settings import SlackSettings
from crm_core.clock import Clock

TIMEOUT = 10
"""Seconds that one call of the Web API may take."""


class MissingScopes(Exception):
    """The app was installed with fewer permissions than it needs."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """One installation: who the app is there, and what speaks for it."""

    team: str
    known: AuthorizeResult
    client: AsyncWebClient
    translator: Translator
    sender: Sender
    files: Files


class Workspaces(Protocol):
    """Finds the installation in a workspace."""

    async def start(self) -> None:
        """Make ready. Raises SlackApiError or MissingScopes."""

    async def stop(self) -> None:
        """Let go."""

    async def of(self, team: str) -> Workspace:
        """Return a workspace's installation; the only one for an empty id.

        Raises TryLater or Refused.
        """


class OneWorkspace:
    """The workspace that the bot token belongs to."""

    def __init__(self, settings: SlackSettings, clock: Clock, logger: logging.Logger) -> None:
        self._settings = settings
        self._clock = clock
        self._logger = logger
        self._workspace: Workspace | None = None

    async def start(self) -> None:
        """Ask whose the token is. Raises SlackApiError or MissingScopes."""
        token = self._settings.bot_token.get_secret_value()
        self._workspace = await connect(self._settings, token, self._clock, self._logger)

    async def stop(self) -> None:
        """There is nothing to let go of."""

    async def of(self, team: str) -> Workspace:
        """Return the workspace, whatever its id: there is no other."""
        if self._workspace is None:
            raise TryLater("Slack has not been reached yet")
        return self._workspace


async def connect(
    settings: SlackSettings, token: str, clock: Clock, logger: logging.Logger
) -> Workspace:
    """Ask Slack whose the token is; return the installation.

    Raises SlackApiError if Slack does not accept it, MissingScopes if it may too little.
    """
    client = AsyncWebClient(
        token=token,
        base_url=settings.base_url,
        timeout=TIMEOUT,
        logger=logger,
        # The library's own would post again after a connection that broke too late.
        retry_handlers=[],
    )
    # Asked once: Bolt would acknowledge, and so lose, the events during a failure to ask.
    me = await client.auth_test()
    needed = SCOPES | (BY_EMAIL if settings.link_by_email else set())
    granted = me.headers.get("x-oauth-scopes")
    if granted is not None and (missing := needed - set(granted.split(","))):
        raise MissingScopes(", ".join(sorted(missing)))
    team = str(me["team_id"])
    directory = Directory(client, team)
    files = Files(client, settings.base_url)
    return Workspace(
        team=team,
        known=AuthorizeResult.from_auth_test_response(auth_test_response=me, bot_token=token),
        client=client,
        translator=Translator(
            me["user_id"], team, directory, clock, by_email=settings.link_by_email
        ),
        sender=Sender(client, directory, files, clock, settings.seconds_per_message),
        files=files,
    )
