"""The web application: the page's files at once, and its questions about a state behind them. Loopback only."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STATIC = Path(__file__).parent / "static"
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
}
"""Of every answer: nothing from elsewhere, no script within the page, nothing kept."""


def application(port: int, ready: threading.Event) -> Starlette:
    """The application of one server.

    Parameters
    ----------
    port : int
        Where it is served: part of the ``Host`` that it answers to.
    ready : threading.Event
        Set once requests are answered.
    """
    questions = _Questions()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        ready.set()
        yield
        questions.stop()

    routes = [Route("/", _index), Mount("/api", questions), Mount("/static", StaticFiles(directory=STATIC))]
    return Starlette(routes=routes, lifespan=lifespan, middleware=[Middleware(_Guarded, port=port)])


class _Questions:
    """The questions, whose modules are imported while the browser loads the page; who asks before waits for them."""

    def __init__(self) -> None:
        worker = ThreadPoolExecutor(1)
        self._made = worker.submit(_imported)
        worker.shutdown(wait=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        made = await asyncio.wrap_future(self._made)
        await made(scope, receive, send)

    def stop(self) -> None:
        """End the simulation."""
        self._made.result().state.runner.stop()


def _imported() -> Starlette:
    from synththeory.explore.questions import questions

    return questions()


class _Guarded:
    """Answers only to this machine's own names, and tells the browser to load nothing from elsewhere."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._hosts = {f"{name}:{port}".encode() for name in ("127.0.0.1", "localhost", "[::1]")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if dict(scope["headers"]).get(b"host") not in self._hosts:
            await PlainTextResponse("this page answers to 127.0.0.1 and localhost alone", 403)(scope, receive, send)
            return

        async def safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                more = [(name.encode(), text.encode()) for name, text in HEADERS.items()]
                message["headers"] = [*message["headers"], *more]
            await send(message)

        await self._app(scope, receive, safely)


async def _index(_: Request) -> Response:
    return FileResponse(STATIC / "index.html")
