"""Files that people drop into Slack, and those that go there.

Source: https://docs.slack.dev/messaging/working-with-files
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters import charts
from adapters.channel import Outgoing, Refused, TryLater
from bot.reply import Chart, File, Table
from crm_core.files import LARGEST

TIMEOUT = aiohttp.ClientTimeout(total=60)
SLACK = ("slack.com", "slack-files.com", "slack-edge.com")
ALT = 1_000
"""Characters of the words for those who can't see a picture."""
PIECE = 65_536


FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would run."""


@dataclass(frozen=True, slots=True)
class Load:
    """A file on its way out. `alt` tells what a picture shows."""

    name: str
    content: bytes
    alt: str = ""


async def attached(outgoing: Outgoing, cut: Sequence[Table]) -> list[Load]:
    """Return what goes along with a message: charts, files, and the tables too long for it."""
    loads = []
    for number, part in enumerate(outgoing.reply.parts, 1):
        if isinstance(part, Chart):
            loads.append(Load(f"chart-{number}.png", await charts.png(part), part.alt))
        elif isinstance(part, File):
            loads.append(Load(part.name, outgoing.files[part.id]))
        elif any(part is table for table in cut) and isinstance(part, Table):
            loads.append(Load(f"table-{number}.csv", _as_csv(part)))
    return loads


def _as_csv(table: Table) -> bytes:
    """Write a table for a spreadsheet: with a mark that says UTF-8, and nothing it would run."""
    text = StringIO()
    writer = csv.writer(text)
    for row in [table.columns, *table.rows]:
        writer.writerow([_tame(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def _tame(cell: str) -> str:
    is_number = cell[1:2].isdigit() and cell[:1] in "+-"
    return f"'{cell}" if cell.startswith(FORMULA) and not is_number else cell


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

    async def share(self, load: Load, channel: str, thread: str) -> None:
        """Upload a file and show it in a channel.

        Raises SlackApiError or aiohttp.ClientError.
        """
        ticket = await self._client.files_getUploadURLExternal(
            filename=load.name, length=len(load.content), alt_txt=load.alt[:ALT] or None
        )
        async with (
            aiohttp.ClientSession(timeout=TIMEOUT) as session,
            session.post(ticket["upload_url"], data=load.content) as answer,
        ):
            answer.raise_for_status()
        await self._client.files_completeUploadExternal(
            files=[{"id": ticket["file_id"], "title": load.name}],
            channel_id=channel,
            thread_ts=thread or None,
        )

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
