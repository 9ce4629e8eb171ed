"""Who is who in a workspace, and where they can be reached."""

import asyncio
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.channel import Refused

PATIENCE = 1.5
"""Seconds to wait for a name: Slack itself waits 3 s for an event to be acknowledged."""
FRESH = 3600.0
"""Seconds that what is known of a person is good for: employees become guests, or leave."""
STRANGE = "user_not_visible"
"""What Slack says of somebody whom the app may not know: a stranger in a shared channel."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Person:
    """`language` as in their Slack preferences, `en` or `zh` for instance."""

    name: str = ""
    language: str | None = None
    outsider: bool = False
    """A guest, an app, somebody of another workspace, or gone: the CRM is none of theirs."""
    email: str | None = None
    """Their address, if they have proved that it is theirs."""


class Directory:
    """Asks Slack, and remembers the answers for a while. `team` is the workspace's id."""

    def __init__(self, client: AsyncWebClient, team: str) -> None:
        self._client = client
        self._team = team
        self._people: dict[str, tuple[float, Person]] = {}
        self._channels: dict[str, str] = {}
        self._joined: set[str] = set()

    async def person(self, user: str) -> Person:
        """Return who this is; nobody in particular while Slack does not say."""
        now = asyncio.get_running_loop().time()
        until, known = self._people.get(user, (0.0, None))
        if known and now < until:
            return known
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._client.users_info(user=user, include_locale=True)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            log.warning("slack.person_unknown", user=user, reason=_reason(error))
            return Person(outsider=True) if _reason(error) == STRANGE else known or Person()
        person = self._described(answer["user"])
        self._people[user] = (now + FRESH, person)
        return person

    def _described(self, found: dict[str, Any]) -> Person:
        guest = found.get("is_restricted") or found.get("is_ultra_restricted")
        foreign = found.get("is_stranger") or found.get("team_id", self._team) != self._team
        if foreign and self._team in (found.get("enterprise_user") or {}).get("teams", []):
            foreign = False  # the same organisation's
        address = (found.get("profile") or {}).get("email")
        return Person(
            found.get("real_name") or found.get("name") or "",
            (found.get("locale") or "").partition("-")[0] or None,
            outsider=bool(guest or foreign or found.get("is_bot") or found.get("deleted")),
            email=address if found.get("is_email_confirmed") else None,
        )

    async def channel(self, address: str) -> str:
        """Return the id of a channel given by its id, as `#name`, or as the person to write to.

        Raises SlackApiError, and Refused for a name that no channel has.
        """
        if address[:1] not in {"#", "U", "W"}:
            return address
        if address not in self._channels:
            if address.startswith("#"):
                self._channels[address] = await self._named(address.removeprefix("#"))
            else:
                opened = await self._client.conversations_open(users=address)
                self._channels[address] = opened["channel"]["id"]
        return self._channels[address]

    async def meeting_point(self, channel: str, user: str) -> str:
        """Return the channel if the app can write there, else its own conversation with the user.

        A slash command can be typed anywhere, also where the app is no member.
        """
        if channel in self._joined:
            return channel
        try:
            answer = await self._client.conversations_info(channel=channel)
        except SlackApiError as error:
            if error.response.get("error") != "channel_not_found":
                raise
            return await self.channel(user)
        if answer["channel"].get("is_im") or answer["channel"].get("is_member"):
            self._joined.add(channel)
            return channel
        return await self.channel(user)

    async def _named(self, name: str) -> str:
        listed = await self._client.conversations_list(
            types="public_channel,private_channel", exclude_archived=True, limit=999
        )
        async for page in listed:
            for channel in page["channels"]:
                if channel["name"] == name:
                    return str(channel["id"])
        raise Refused(f"no channel #{name}")


def _reason(error: Exception) -> str:
    return str(error.response.get("error")) if isinstance(error, SlackApiError) else repr(error)
