"""Looks at the app's tokens, permissions and connection, and says where to click."""

from collections.abc import Sequence

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.doctor import Check
from adapters.slack.installs import INSTALL
from adapters.slack.logs import make_logger
from adapters.slack.manifest import BY_EMAIL, EVENTS, SCOPES
from adapters.slack.settings import SlackSettings

TIMEOUT = 10


async def examine(settings: SlackSettings | None, tokens: Sequence[str] = ()) -> list[Check]:
    """Return what was found. `tokens` are those of the workspaces that installed the app."""
    if settings is None:
        return [Check("doctor-slack-no-token", advice="doctor-slack-set-token")]
    if settings.client_id and not tokens:
        return [Check("doctor-slack-no-workspace", {"path": INSTALL}, "doctor-slack-install")]
    clients = [
        AsyncWebClient(
            token=token,
            base_url=settings.base_url,
            timeout=TIMEOUT,
            logger=make_logger(),
            retry_handlers=[],
        )
        for token in tokens or [settings.bot_token.get_secret_value()]
    ]
    try:
        return [
            *[check for client in clients for check in await _token(client, settings)],
            await _transport(clients[0], settings),
            Check("doctor-slack-events", {"events": sorted(EVENTS)}),
        ]
    except SlackApiError as problem:
        data = {"problem": str(problem.response.get("error"))}
        return [Check("doctor-slack-bad-token", data, "doctor-slack-set-token")]
    except (aiohttp.ClientError, TimeoutError, OSError) as problem:
        data = {"url": settings.base_url, "problem": type(problem).__name__}
        return [Check("doctor-slack-unreachable", data, "doctor-slack-check-network")]


async def _token(client: AsyncWebClient, settings: SlackSettings) -> list[Check]:
    me = await client.auth_test()
    checks = [Check("doctor-slack-token", {"name": me["user"], "team": me["team"]})]
    granted = me.headers.get("x-oauth-scopes")
    needed = SCOPES | (BY_EMAIL if settings.link_by_email else set())
    if granted is not None:
        missing = sorted(needed - set(granted.split(",")))
        checks.append(
            Check("doctor-slack-scopes-missing", {"scopes": missing}, "doctor-slack-add-scopes")
            if missing
            else Check("doctor-slack-scopes", {"count": len(needed)})
        )
    return checks


async def _transport(client: AsyncWebClient, settings: SlackSettings) -> Check:
    if settings.transport == "http":
        return Check("doctor-slack-http")
    try:
        await client.apps_connections_open(app_token=settings.app_token.get_secret_value())
    except SlackApiError as problem:
        data = {"problem": str(problem.response.get("error"))}
        return Check("doctor-slack-no-socket", data, "doctor-slack-set-app-token")
    return Check("doctor-slack-socket")
