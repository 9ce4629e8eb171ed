"""Pictures and files of a loopback Telegram: uploads, their limits, and downloads."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from tests.adapters.telegram_people import Sent
from tests.adapters.telegram_rules import Json, Refusal, keyboard, parse, units

if TYPE_CHECKING:
    from tests.adapters.telegram_server import TelegramServer

CAPTION = 1024
PHOTO, DOCUMENT, DOWNLOAD = 10_000_000, 50_000_000, 20_000_000
"""Bytes that may be sent as a photo, as a document, and fetched by a bot."""
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


@dataclass(frozen=True)
class Upload:
    """What a bot sent along."""

    kind: str
    name: str
    content: bytes


class Media:
    """The files of one server."""

    def __init__(self, server: "TelegramServer") -> None:
        self.server = server
        self.kept: dict[str, bytes] = {}
        self.local: Path | None = None
        """Where a self-hosted server on the bot's machine keeps files, in its local mode."""

    async def send(self, kind: str, params: dict[str, str], upload: Upload | None) -> Json:
        chat = self.server.open(params)
        if upload is None:
            raise Refusal(400, f"Bad Request: there is no {kind} in the request")
        if not upload.content:
            raise Refusal(400, "Bad Request: file must be non-empty")
        if len(upload.content) > (PHOTO if kind == "photo" else DOCUMENT):
            raise Refusal(413, "Request Entity Too Large")
        if kind == "photo" and not upload.content.startswith(PICTURES):
            raise Refusal(400, "Bad Request: IMAGE_PROCESS_FAILED")
        caption, entities = "", []
        if params.get("caption"):
            if params.get("parse_mode") != "HTML":
                raise Refusal(400, "Bad Request: this server reads HTML only")
            caption, entities = parse(params["caption"])
            if units(caption) > CAPTION:
                raise Refusal(400, "Bad Request: message caption is too long")
        topic = self.server.topic_of(chat, params)
        sent = Sent(self.server.number(), chat.id, caption, entities, keyboard(params), topic)
        sent.upload = upload
        self.server.keep(sent)
        shown = self.server.shown(sent)
        shown["caption"] = shown.pop("text")
        shown[kind] = self.shown(kind, f"sent-{sent.id}", upload.name, upload.content)
        return shown

    def keep(self, name: str, content: bytes) -> str:
        """Keep a file as if a person had sent it; return its id."""
        self.kept[name] = content
        return name

    def shown(self, kind: str, id_: str, name: str, content: bytes) -> Json | list[Json]:
        """Return a file as a message shows it."""
        self.kept[id_] = content
        base: Json = {"file_id": id_, "file_unique_id": id_, "file_size": len(content)}
        if kind == "photo":
            small = {"file_id": f"{id_}-s", "file_unique_id": f"{id_}-s", "file_size": 1}
            return [
                small | {"width": 90, "height": 60},
                base | {"width": 900, "height": 600},
            ]
        return base | {"file_name": name, "mime_type": "application/pdf"}

    async def get_file(self, params: dict[str, str]) -> Json:
        id_ = params.get("file_id", "")
        if id_ not in self.kept:
            raise Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        if len(self.kept[id_]) > DOWNLOAD:
            raise Refusal(400, "Bad Request: file is too big")
        path = f"documents/{id_}"
        if self.local:
            path = str(self.local / id_)
            Path(path).write_bytes(self.kept[id_])
        return {"file_id": id_, "file_unique_id": id_, "file_path": path}

    async def download(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != self.server.token:
            return web.Response(status=401)
        content = self.kept.get(request.match_info["name"])
        return web.Response(status=404) if content is None else web.Response(body=content)
