"""What the page asks of a state: every question with its answer as JSON, and the one simulation as events."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import parse_qsl

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from synththeory.errors import DesignError, SynththeoryError
from synththeory.explore import tables, views
from synththeory.explore.contrasts import contrast
from synththeory.explore.disabled import disabled
from synththeory.explore.geometry import geometry
from synththeory.explore.maps import shown_map
from synththeory.explore.plain import plain
from synththeory.explore.simulation import Budget, Runner
from synththeory.explore.state import State

LARGEST_UPLOAD = 64 << 20
"""Bytes of a table that the page takes; larger ones are for the command line."""

_ONE_MAP = CapacityLimiter(1)

Item = TypeVar("Item")


def questions() -> Starlette:
    """The questions of one server; its ``state.runner`` has the one simulation."""
    routes = [
        Route("/presets", _presets),
        Route("/page", _about_state(views.page)),
        Route("/theory", _about_state(views.theory, CapacityLimiter(1))),
        Route("/map", _map),
        Route("/disabled", _about_state(disabled)),
        Route("/geometry", _about_state(geometry)),
        Route("/contrast", _contrast),
        Route("/design.toml", _design),
        Route("/simulation", _simulation),
        Route("/columns", _columns, methods=["POST"]),
        Route("/advice", _advice, methods=["POST"]),
    ]
    made = Starlette(routes=routes)
    made.state.runner = Runner()
    return made


def _speaking(endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """What a user can mend is answered in one message."""

    @wraps(endpoint)
    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except SynththeoryError as error:
            return JSONResponse({"message": str(error)}, 422)

    return answered


def _about_state(
    question: Callable[[State], Any], room: CapacityLimiter | None = None
) -> Callable[[Request], Awaitable[Response]]:
    """A view of a state, computed outside the event loop, where there is room: of slow ones only one at a time."""

    @_speaking
    async def answered(request: Request) -> Response:
        state = State.of(request.query_params.multi_items())
        return JSONResponse(plain(await to_thread.run_sync(question, state, limiter=room)))

    return answered


async def _presets(_: Request) -> Response:
    return JSONResponse(plain(await run_in_threadpool(views.listed)))


@_speaking
async def _map(request: Request) -> Response:
    state, wanted = State.of(request.query_params.multi_items()), request.query_params.get("map", "")
    return JSONResponse(plain(await to_thread.run_sync(shown_map, state, wanted, limiter=_ONE_MAP)))


@_speaking
async def _design(request: Request) -> Response:
    state = State.of(request.query_params.multi_items())
    name = f'attachment; filename="{state.design.study}.toml"'
    return PlainTextResponse(state.design.toml, headers={"content-disposition": name})


@_speaking
async def _contrast(request: Request) -> Response:
    one, other = (State.of(parse_qsl(request.query_params.get(name, ""))) for name in ("a", "b"))
    return JSONResponse(plain(await run_in_threadpool(contrast, one, other, request.app.state.runner)))


@_speaking
async def _simulation(request: Request) -> Response:
    """Server-sent events, one a stage; a page that goes away ends its simulation."""
    runner: Runner = request.app.state.runner
    place = runner.place()
    state = State.of(request.query_params.multi_items())
    budget = Budget(state.replications, _seconds(request))
    simulation = runner.begin(await run_in_threadpool(lambda: state.design), budget, place)

    async def events() -> AsyncIterator[str]:
        try:
            async for summary in _each(simulation.summaries()):
                yield f"event: summary\ndata: {json.dumps(plain(tables.numbers(summary)))}\n\n"
        except SynththeoryError as error:
            yield f"event: problem\ndata: {json.dumps({'message': str(error)})}\n\n"
        finally:
            simulation.stop()
        yield "event: end\ndata: {}\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


async def _each(items: Iterator[Item]) -> AsyncIterator[Item]:
    """Items made in a worker thread; a cancelled wait does not wait for the thread."""
    end = object()
    while (item := await to_thread.run_sync(next, items, end, abandon_on_cancel=True)) is not end:
        yield cast(Item, item)


@_speaking
async def _columns(request: Request) -> Response:
    from synththeory.explore.advice import columns

    name = request.query_params.get("name", "table.csv")
    return JSONResponse(plain(await run_in_threadpool(columns, await _body(request), name)))


@_speaking
async def _advice(request: Request) -> Response:
    from synththeory.explore.advice import Advising

    asked = request.query_params
    advising = Advising(await _body(request), asked.get("name", "table.csv"), asked.get("label", ""))

    async def lines() -> AsyncIterator[str]:
        try:
            async for news in _each(advising.news()):
                yield json.dumps(news) + "\n"
        finally:
            advising.stop()

    return StreamingResponse(lines(), media_type="application/x-ndjson")


async def _body(request: Request) -> bytes:
    """What was uploaded; a body that tells no length is refused like one that is too long."""
    told = request.headers.get("content-length", "")
    if not told.isdecimal() or int(told) > LARGEST_UPLOAD:
        raise SynththeoryError(
            f"the page takes files of up to {LARGEST_UPLOAD >> 20} MB; use python -m synththeory.advise"
        )
    return await request.body()


def _seconds(request: Request) -> float:
    text = request.query_params.get("seconds", "60")
    if not text.isdecimal() or not 1 <= int(text) <= 86_400:
        raise DesignError(f"seconds: expected a whole number from 1 to 86400, got {text!r}")
    return float(text)
