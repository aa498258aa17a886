"""From a request to its answer: routes, keys, errors, and the plan of a reply."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, NoReturn

import attrs
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from .._channels._nursery import is_cancellation
from ..providers.encoders._framing import dump
from ._anthropic import Anthropic
from ._ask import Ask, BadAsk
from ._directives import Directives, read_directives
from ._gemini import PATH as GEMINI_PATH, Gemini
from ._json import Json, JsonObject, as_object
from ._ollama import Ollama
from ._openai_chat import OpenAIChat
from ._openai_responses import OpenAIResponses
from ._record import RecordedRequest
from ._reply import plan
from ._speaking import frames, whole
from ._stored import StoredResponses
from ._streaming import PacedBody, PacedResponse
from ._wire import Asked, Wire

MAX_BODY: Final = 32 * 1024 * 1024
SLOW: Final = 4.0
"""Pieces a second of a model whose name says ``slow``."""

_ROUTES: Final[dict[str, Wire]] = {
    "/v1/chat/completions": OpenAIChat("openai"),
    "/v1/responses": OpenAIResponses("openai"),
    "/compatible/v1/chat/completions": OpenAIChat("compatible", key_needed=False),
    "/compatible/v1/responses": OpenAIResponses("compatible", key_needed=False),
    "/local/v1/chat/completions": OpenAIChat("compatible", key_needed=False),
    "/local/v1/responses": OpenAIResponses("compatible", key_needed=False),
    "/openai/v1/chat/completions": OpenAIChat("groq"),
    "/api/v1/chat/completions": OpenAIChat("openrouter"),
    "/v1/messages": Anthropic(),
    "/api/chat": Ollama(),
}
_GEMINI: Final = Gemini()


@attrs.frozen
class Hooks:
    """The settings of an application, and the functions by which it reports to its server."""

    rate: float | None
    seed: int
    strict: bool
    came: Callable[[RecordedRequest], None]
    started: Callable[[], None]
    ended: Callable[[], None]
    drop: Callable[[Any], None]
    """Break the connection of that client."""
    interrupted: Callable[[BaseException], None]
    """End the server: this struck in one of its tasks, and is no error of an answer."""


class App:
    """The ASGI application."""

    def __init__(self, hooks: Hooks) -> None:
        self._hooks = hooks
        self._count = 0
        self._stored = StoredResponses()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            await self._serve(scope, receive, send)
        except BaseException as error:
            if not isinstance(error, Exception) and not is_cancellation(error):
                # Ctrl-C.  Hypercorn closes the connection before it raises this, and the
                # cancellation that may follow from that takes its place.
                self._hooks.interrupted(error)
            raise

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            body = await _read(request)
        except ClientDisconnect:
            return
        record = RecordedRequest(
            method=request.method,
            path=request.url.path,
            query=dict(request.query_params),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=body or b"",
        )
        self._count += 1
        self._hooks.came(record)
        answer = self._answer(record, too_large=body is None, client=scope.get("client"))
        if isinstance(answer, PacedResponse):
            await answer(scope, receive, send)
            return
        try:
            await answer(scope, receive, send)
        finally:
            record.finish(disconnected=False)

    def _answer(self, record: RecordedRequest, *, too_large: bool, client: Any) -> ASGIApp:
        request_id = f"{self._count:012x}"
        asked = Asked(
            path=record.path,
            query=record.query,
            headers=record.headers,
            body=_decoded(record.body),
            id=request_id,
            stored=self._stored,
        )
        wire = _route(asked)
        if wire is None or record.method != "POST":
            message = f"Unknown request URL: {record.method} {record.path}"
            return _error(_nearest(asked), 404, message, request_id)
        if too_large:
            return _error(wire, 413, f"the request is larger than {MAX_BODY} bytes", request_id)
        if not wire.authorized(asked):
            message = "You didn't provide an API key. Any key will do here."
            return _error(wire, 401, message, request_id)
        if not asked.body:
            return _error(wire, 400, "We could not parse the JSON body of your request", request_id)
        try:
            if self._hooks.strict:
                wire.check(asked)
            ask = wire.read(asked)
        except BadAsk as error:
            document = wire.error(
                error.status, str(error), request_id, param=error.param, code=error.code
            )
            return _json(error.status, document, wire.headers(request_id))
        directives = read_directives(ask.model)
        if directives.status is not None:
            message = f"asked for by the model's name, {ask.model!r}"
            return _error(wire, directives.status, message, request_id)
        return self._reply(wire, asked, ask, directives, record, client)

    def _reply(
        self,
        wire: Wire,
        asked: Asked,
        ask: Ask,
        directives: Directives,
        record: RecordedRequest,
        client: Any,
    ) -> ASGIApp:
        headers = wire.headers(asked.id)
        fault = directives.fault
        if directives.blocked:
            feedback = wire.blocked(asked, ask)
            if feedback is None:
                return _error(wire, 400, "the prompt was refused by the filter", asked.id)
            if not ask.stream:
                return _json(200, feedback, headers)
            pieces = iter([(b"data: " + dump(feedback) + b"\r\n\r\n", False)])
        else:
            reply = plan(ask, directives, seed=self._hooks.seed)
            if ask.stream:
                pieces = frames(wire, asked, reply, fault)
            elif fault == "error":
                return _error(wire, 500, "asked for by the model's name", asked.id)
            else:
                body = dump(whole(wire, asked, reply))
                if fault is None:
                    return _json(200, body, headers)
                pieces = iter([(body[: len(body) // 2], False)])

        def ended(sent: bool) -> None:  # ruff: ignore[boolean-type-hint-positional-argument] - a callback of one fact
            record.finish(disconnected=not sent)
            self._hooks.ended()

        return PacedResponse(
            PacedBody(
                pieces,
                rate=SLOW if directives.slow else self._hooks.rate,
                fault=fault,
                drop=lambda: self._hooks.drop(client),
            ),
            media_type=wire.stream_type if ask.stream else "application/json",
            headers=headers | {"cache-control": "no-cache"},
            started=self._hooks.started,
            ended=ended,
        )


def _route(asked: Asked) -> Wire | None:
    if GEMINI_PATH.fullmatch(asked.path):
        return _GEMINI
    return _ROUTES.get(asked.path)


def _nearest(asked: Asked) -> Wire:
    """The wire that whoever asked for an unknown path most likely reads."""
    if "anthropic-version" in asked.headers or asked.path.startswith("/v1/messages"):
        return _ROUTES["/v1/messages"]
    if "x-goog-api-key" in asked.headers or asked.path.startswith(("/v1beta/", "/v1/models/")):
        return _GEMINI
    if asked.path.startswith("/api/v1/"):
        return _ROUTES["/api/v1/chat/completions"]
    if asked.path.startswith("/api/"):
        return _ROUTES["/api/chat"]
    if asked.path.startswith("/openai/"):
        return _ROUTES["/openai/v1/chat/completions"]
    return _ROUTES["/v1/chat/completions"]


async def _read(request: Request) -> bytes | None:
    """The body; None when it is too large."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY:
            return None
    return bytes(body)


def _decoded(body: bytes) -> JsonObject:
    """The request's object, empty when it is none."""
    try:
        value: Json = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return {}
    return as_object(value)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _error(wire: Wire, status: int, message: str, request_id: str) -> Response:
    headers = wire.headers(request_id)
    if status in {429, 503, 529}:
        headers["retry-after"] = "1"
    return _json(status, wire.error(status, message, request_id), headers)


def _json(status: int, value: JsonObject | bytes, headers: dict[str, str]) -> Response:
    body = value if isinstance(value, bytes) else dump(value)
    return Response(body, status, headers | {"content-type": "application/json"})
