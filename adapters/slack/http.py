"""Events over HTTP: only what Slack has signed goes further.

Source: https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import hashlib
import hmac

from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.app.async_app import AsyncApp
from starlette.requests import Request
from starlette.responses import Response

from crm_core.clock import Clock

TOLERANCE = 300
"""Seconds that a signature is good for."""
LARGEST = 1_000_000
"""Bytes. Slack's own payloads stay far below."""


class Endpoint:
    """Answers Slack's requests; Bolt reads those with a good signature."""

    def __init__(self, app: AsyncApp, signing_secret: str, clock: Clock) -> None:
        self._app = app
        self._secret = signing_secret.encode()
        self._clock = clock

    async def __call__(self, request: Request) -> Response:
        """Take in one request: 200 once it is safe, 401 unsigned, 413 too large, 500 try again."""
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST:
                return Response(status_code=413)
        if b"ssl_check=1" in body.split(b"&"):
            return Response()  # Slack looks at the certificate, and signs nothing
        if not self._is_signed(request, body):
            return Response(status_code=401)
        bolt_request = to_async_bolt_request(request, body)
        return to_starlette_response(await self._app.async_dispatch(bolt_request))

    def _is_signed(self, request: Request, body: bytes) -> bool:
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        if not timestamp.isascii() or not timestamp.isdecimal() or len(timestamp) > 12:
            return False
        if abs(self._clock().timestamp() - int(timestamp)) > TOLERANCE:
            return False
        signed = b"v0:" + timestamp.encode() + b":" + body
        expected = "v0=" + hmac.new(self._secret, signed, hashlib.sha256).hexdigest()
        given = request.headers.get("X-Slack-Signature", "")
        return hmac.compare_digest(expected.encode(), given.encode())
