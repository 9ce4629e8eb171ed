"""Files that people drop into Slack, and those that go there.

Source: https://docs.slack.dev/messaging/working-with-files
"""

from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.channel import Refused, TryLater
from crm_core.files import LARGEST

TIMEOUT = aiohttp.ClientTimeout(total=60)
SLACK = ("slack.com", "slack-files.com", "slack-edge.com")
PIECE = 65_536


class Files:
    """Brings files with the app's token, which is shown to Slack's own hosts only."""

    def __init__(self, client: AsyncWebClient, base_url: str) -> None:
        self._client = client
        self._own_host = urlsplit(base_url).hostname

    async def fetch(self, reference: str) -> bytes:
        """Bring a file by its address, or by its id. Raises TryLater or Refused."""
        try:
            address = reference if ":" in reference else await self._address(reference)
            return await self._get(address)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise TryLater(f"no answer: {type(error).__name__}") from error

    async def _address(self, file: str) -> str:
        try:
            answer = await self._client.files_info(file=file)
        except SlackApiError as error:
            raise Refused(f"no such file: {error.response.get('error')}") from error
        return str(answer["file"].get("url_private_download") or "")

    async def _get(self, address: str) -> bytes:
        host = urlsplit(address).hostname or ""
        if host != self._own_host and not host.endswith(tuple(f".{name}" for name in SLACK)):
            raise Refused(f"not a file of Slack's: {host}")
        headers = {"Authorization": f"Bearer {self._client.token}"}
        async with (
            aiohttp.ClientSession(timeout=TIMEOUT) as session,
            session.get(address, headers=headers, allow_redirects=False) as answer,
        ):
            if answer.status == 429 or answer.status >= 500:
                seconds = float(answer.headers.get("Retry-After", 1))
                raise TryLater(f"HTTP status {answer.status}", seconds)
            if answer.status != 200:  # without the right to it Slack sends one to its front page
                raise Refused(f"no such file: HTTP status {answer.status}")
            content = b""
            async for piece in answer.content.iter_chunked(PIECE):
                content += piece
                if len(content) > LARGEST:
                    raise Refused("larger than Slack said")
            return content
