"""The process's one HTTP server: the adapters' routes, health and metrics."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.routing import BaseRoute


class HttpServer:
    """Serves until stopped. Signals are the process's business, not the server's."""

    def __init__(self, routes: Sequence[BaseRoute], host: str, port: int) -> None:
        self.app = FastAPI(openapi_url=None)
        self.app.add_api_route("/health", _health, response_class=PlainTextResponse)
        self.app.add_api_route("/metrics", _metrics)
        self.app.router.routes.extend(routes)
        config = uvicorn.Config(
            self.app, host=host, port=port, log_level="warning", ws="websockets-sansio"
        )
        self._server = _Quiet(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen; return once connections are taken. Raises OSError where the port is not free."""
        self._task = asyncio.create_task(self._server.serve())
        while not self._server.started:
            if self._task.done():
                raise OSError(f"nothing can listen on port {self._server.config.port}")
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """Close the connections and stop."""
        if self._task:
            self._server.should_exit = True
            await self._task

    @property
    def port(self) -> int:
        """Return the port taken: the one asked for, or any free one for 0."""
        (server, *_) = self._server.servers
        return int(server.sockets[0].getsockname()[1])


class _Quiet(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _health() -> str:
    return "ok"


async def _metrics() -> PlainTextResponse:
    return PlainTextResponse(generate_latest(), media_type=CONTENT_TYPE_LATEST)
