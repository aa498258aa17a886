"""The routes of the site.

===============================  ==============================================================
``GET /``, ``GET /page/…``       the page and its files
``GET /models``                  the names of the models
``POST /questions``              ask: ``{"question": "…", "models": [0, 2]}`` gives ``{"id": "…"}``
``GET /questions/ID``            the answers as server-sent events, from ``Last-Event-ID`` on
``DELETE /questions/ID``         stop them all
``DELETE /questions/ID/NUMBER``  stop one
===============================  ==============================================================
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final, cast

import trio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from ..._errors import ConfigurationError, NotFound
from ..._safe_text import replace_lone_surrogates
from ...durable import Streams
from ...transformers import source
from .._bad_request import BadPageRequest
from .._body import read_body
from .._requests._fields import Fields
from .._respond import StreamedResponse, respond
from .._strict_json import read_json
from ._answers import Ask, answers
from ._facts import Fact
from ._files import File, read_files

MAX_BODY: Final = 256 * 1024
"""Bytes that a question may have, with what stands around it."""
MAX_RUNNING: Final = 32
"""Questions that are answered at once."""


class Site:
    """The application: *models*, by their names, answer what a page asks, in durable *streams*."""

    def __init__(self, models: Mapping[str, Ask], streams: Streams) -> None:
        if not models:
            raise ConfigurationError("the page needs a model to ask")
        self._models = list(models.items())
        self._streams = streams
        self._files = read_files()
        self._running: dict[str, Sequence[trio.CancelScope]] = {}
        self._is_closing = False
        self._active = 0
        self._became_idle = trio.lowlevel.ParkingLot()
        self._routes: Final = Starlette(
            routes=[
                Route("/", self._index),
                Route("/page/{name}", self._file),
                Route("/models", self._names),
                Route("/questions", self._ask, methods=["POST"]),
                Route("/questions/{id}", self._read),
                Route("/questions/{id}", self._stop, methods=["DELETE"]),
                Route("/questions/{id}/{number:int}", self._stop_one, methods=["DELETE"]),
            ],
            exception_handlers={HTTPException: _refuse, NotFound: _refuse},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request of *scope*, as ASGI wants it."""
        self._active += 1
        try:
            await self._routes(scope, receive, send)
        finally:
            self._active -= 1
            if not self._active:
                self._became_idle.unpark_all()

    async def stop_all(self) -> None:
        """Stop what runs, and wait until it is written that it was.  Nothing more is asked then."""
        self._is_closing = True
        async with trio.open_nursery() as nursery:
            for name in list(self._running):
                nursery.start_soon(self._streams.stop, name)

    async def wait_idle(self) -> None:
        """Wait until no request is being answered."""
        while self._active:
            await self._became_idle.park()

    async def _index(self, request: Request) -> Response:
        return _file_response(self._files["index.html"], request)

    async def _file(self, request: Request) -> Response:
        found = self._files.get(request.path_params["name"])
        if found is None:
            raise HTTPException(404, "there is no such file")
        return _file_response(found, request)

    async def _names(self, request: Request) -> Response:
        return JSONResponse([name for name, _ in self._models])

    async def _ask(self, request: Request) -> Response:
        question, chosen = self._read_question(await _read_json(request))
        if self._is_closing:
            raise HTTPException(503, "the server is being stopped")
        if len(self._running) >= MAX_RUNNING:
            raise HTTPException(503, f"{MAX_RUNNING} questions are being answered already")
        name = secrets.token_urlsafe(16)
        lanes = [trio.CancelScope() for _ in chosen]
        self._running[name] = lanes
        try:
            await self._streams.start(name, self._answers(name, question, chosen, lanes))
        except BaseException:
            del self._running[name]
            raise
        return JSONResponse({"id": name}, 201)

    @source
    async def _answers(
        self,
        name: str,
        question: str,
        chosen: Mapping[str, Ask],
        lanes: Sequence[trio.CancelScope],
    ) -> AsyncIterator[Fact]:
        """The stream that is written down; it counts as running until its end."""
        try:
            async with answers(question, chosen, lanes) as channel:
                async for told in channel:
                    yield told
        finally:
            del self._running[name]

    def _read_question(self, body: Any) -> tuple[str, dict[str, Ask]]:
        """The question, and the models that it goes to."""
        fields = Fields(body, "")
        question = replace_lone_surrogates(fields.text("question")).strip()
        if not question:
            raise BadPageRequest("question has to be a text, and is empty")
        numbers = range(len(self._models))
        chosen: object = fields.value("models")
        asked: list[object] = cast("list[object]", chosen) if isinstance(chosen, list) else []
        wanted = [number for number in numbers if _is_in(asked, number)]
        if not wanted or len(wanted) < len(asked):
            raise BadPageRequest(
                f"models has to be a list of different numbers from 0 to {numbers[-1]}"
            )
        return question, dict(self._models[number] for number in wanted)

    async def _read(self, request: Request) -> StreamedResponse:
        return respond(self._streams.follow(request.path_params["id"], after=request))

    async def _stop(self, request: Request) -> Response:
        status = await self._streams.stop(request.path_params["id"])
        return JSONResponse({"state": status.state.value, "items": status.items})

    async def _stop_one(self, request: Request) -> Response:
        name: str = request.path_params["id"]
        number: int = request.path_params["number"]
        await self._streams.status(name)
        lanes = self._running.get(name)
        if lanes is not None and number < len(lanes):
            lanes[number].cancel()
        return Response(status_code=202)


def _is_in(values: list[object], number: int) -> bool:
    """Whether *number* is there as a whole number: ``True`` and ``1.0`` are none."""
    return any(type(value) is int and value == number for value in values)


async def _read_json(request: Request) -> Any:
    # A form of another site cannot send this type, and a script of one has to ask first.
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise HTTPException(415, "a question is sent as application/json")
    body = await read_body(request, MAX_BODY)
    if body is None:
        raise HTTPException(413, f"the question has more than {MAX_BODY:,} bytes")
    try:
        return read_json(body)
    except ValueError:
        raise BadPageRequest("the request is no JSON") from None


def _file_response(file: File, request: Request) -> Response:
    headers = {"etag": file.etag, "cache-control": "no-cache"}
    if request.headers.get("if-none-match") == file.etag:
        return Response(status_code=304, headers=headers)
    return Response(file.body, media_type=file.media_type, headers=headers)


def _refuse(_: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        told = {"error": type(error).__name__, "message": error.detail}
        return JSONResponse(told, error.status_code, headers=error.headers)
    return JSONResponse({"error": "NotFound", "message": "there is no such question"}, 404)
