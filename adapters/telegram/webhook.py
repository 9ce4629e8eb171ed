"""The route to which Telegram posts updates."""

import hmac
import json
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot, Update

HEADER = "X-Telegram-Bot-Api-Secret-Token"
LARGEST = 1024 * 1024
"""Bytes in an update; Telegram's are a few thousand."""


class NotReady(Exception):
    """The adapter is not connected yet; Telegram may try again."""


def webhook(path: str, secret: str, bot: Bot, take: Callable[[Update], Awaitable[None]]) -> Route:
    """Make the route. It answers 200 once `take` has returned: until then Telegram tries again."""

    async def endpoint(request: Request) -> Response:
        given = request.headers.get(HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return Response(status_code=401)
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST:
                return Response(status_code=413)
        try:
            update = json.loads(body)
        except ValueError:
            return Response(status_code=400)
        if not isinstance(update, dict) or "update_id" not in update:
            return Response(status_code=400)
        try:
            await take(Update.de_json(update, bot))
        except NotReady:
            return Response(status_code=503)
        return Response()

    return Route(path, endpoint, methods=["POST"])
