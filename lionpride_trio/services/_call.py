"""One model call: from neutral messages to an open reply, or to a whole response."""

from __future__ import annotations

import importlib
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Final

import attrs
import trio

from .._errors import (
    LimitExceeded,
    LionprideError,
    NotAStream,
    ProviderError,
    RedirectRefused,
    StreamTimeout,
)
from .._response import Response, reassemble
from .._text import Secret, shorten
from .._transport import Exchange, HTTPClient, open_client, open_exchange
from ..providers import ModelCall, Provider, StreamDecoder
from ..wire._json import loads
from ._reply import Reply
from ._settings import Timeouts, check_headers

MAX_ERROR_BYTES: Final = 64 * 1024
MAX_ANSWER_BYTES: Final = 16 * 1024 * 1024


@attrs.frozen(kw_only=True)
class Caller:
    """All that one model's calls have in common."""

    provider: Provider
    model: str
    base_url: str | None
    key: Secret | None
    client: HTTPClient | None
    timeouts: Timeouts

    @asynccontextmanager
    async def open_reply(
        self, call: ModelCall, client: HTTPClient | None, base_url: str | None
    ) -> AsyncGenerator[Reply]:
        """A reply, open as long as the block."""
        async with self._exchange(call, client, base_url) as (exchange, waited):
            await self._check_status(exchange)
            if exchange.status == 204:
                raise self._located(NotAStream("the provider answered 204, no content"), exchange)
            media = exchange.headers.get("content-type", "").partition(";")[0].strip().lower()
            if media == "text/html" or (
                media == "application/json" and self.provider.framing == "sse"
            ):
                raise self._located(await self._not_a_stream(exchange, media), exchange)
            self._check_encoding(exchange)
            reply = Reply(
                exchange,
                StreamDecoder(self.provider),
                timeouts=self.timeouts,
                waited=waited,
                locate=lambda error, partial: self._locate(error, exchange, partial),
            )
            try:
                yield reply
            finally:
                reply.close_nowait()

    async def complete(
        self, call: ModelCall, client: HTTPClient | None, base_url: str | None
    ) -> Response:
        """The whole answer of a call that is not streamed."""
        with trio.move_on_after(self.timeouts.answer):
            async with self._exchange(call, client, base_url) as (exchange, _):
                await self._check_status(exchange)
                self._check_encoding(exchange)
                return await self._whole(exchange)
        raise self._located(
            StreamTimeout(f"no answer within {self.timeouts.answer:g} s", clock="answer")
        )

    async def _whole(self, exchange: Exchange) -> Response:
        partial: Response | None = None
        try:
            body = await _read(exchange, MAX_ANSWER_BYTES)
            if len(body) > MAX_ANSWER_BYTES:
                raise LimitExceeded(
                    "the answer is too large", limit="answer_bytes", value=MAX_ANSWER_BYTES
                )
            value = _decoded(body)
            if not isinstance(value, dict):
                raise NotAStream(f"the answer is no JSON object: {shorten(str(value), 200)!r}")
            if value.get("error"):
                raise self.provider.parse_error(None, exchange.headers, value)
            try:
                chunks, failure = self.provider.parse_body(value)
            except (TypeError, KeyError, AttributeError, IndexError) as error:
                raise NotAStream("an answer of an unexpected shape") from error
            partial = reassemble(chunks)
            if failure is not None:
                raise failure
            return partial
        except LionprideError as error:
            self._locate(error, exchange, partial)
            raise

    @asynccontextmanager
    async def _exchange(
        self, call: ModelCall, client: HTTPClient | None, base_url: str | None
    ) -> AsyncGenerator[tuple[Exchange, float]]:
        request = self.provider.request(call)
        check_headers(request.headers)
        headers = dict(request.headers)
        headers["accept"] = "text/event-stream" if call.stream else "application/json"
        if self.key is not None:
            headers |= self.provider.authorize(self.key)
        async with AsyncExitStack() as stack:
            if client is None:
                client = open_client()
                stack.push_async_callback(client.aclose)  # which does not wait
            began = trio.current_time()
            try:
                exchange = await stack.enter_async_context(
                    open_exchange(
                        client,
                        f"{base_url}{request.path}",
                        body=request.body,
                        headers=headers,
                        connect=self.timeouts.connect,
                        wait=self.timeouts.first_content if call.stream else self.timeouts.answer,
                    )
                )
            except LionprideError as error:
                self._locate(error)
                raise
            yield exchange, trio.current_time() - began

    async def _check_status(self, exchange: Exchange) -> None:
        if 200 <= exchange.status < 300:
            return
        try:
            if 300 <= exchange.status < 400:
                raise RedirectRefused(
                    f"the provider answered {exchange.status} and points elsewhere"
                )
            body = await _read(exchange, MAX_ERROR_BYTES)
            value = _decoded(body[:MAX_ERROR_BYTES]) or f"HTTP status {exchange.status}"
            raise self.provider.parse_error(exchange.status, exchange.headers, value)
        except LionprideError as error:
            self._locate(error, exchange)
            raise

    async def _not_a_stream(self, exchange: Exchange, media: str) -> LionprideError:
        body = await _read(exchange, MAX_ERROR_BYTES)
        value = _decoded(body[:MAX_ERROR_BYTES])
        if isinstance(value, list) or (isinstance(value, dict) and "error" in value):
            return self.provider.parse_error(None, exchange.headers, value)
        return NotAStream(f"asked for a stream, got {media}: {shorten(str(value), 200)!r}")

    def _check_encoding(self, exchange: Exchange) -> None:
        encoding = exchange.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in {"", "identity"}:
            error = NotAStream(f"asked for no compression, got content-encoding {encoding!r}")
            raise self._located(error, exchange)

    def _located(self, error: LionprideError, exchange: Exchange | None = None) -> LionprideError:
        self._locate(error, exchange)
        return error

    def _locate(
        self,
        error: LionprideError,
        exchange: Exchange | None = None,
        partial: Response | None = None,
    ) -> None:
        headers = exchange.headers if exchange is not None else {}
        error.locate(
            provider=self.provider.name,
            model=self.model,
            request_id=headers.get("x-request-id") or headers.get("request-id"),
            partial=partial,
            secrets=() if self.key is None else (self.key,),
        )
        if isinstance(error, ProviderError) and error.partial is None and exchange is not None:
            error.partial = Response()


async def _read(exchange: Exchange, limit: int) -> bytes:
    """The body, or somewhat more than *limit* bytes of it."""
    pieces: list[bytes] = []
    size = 0
    while size <= limit:
        piece = await exchange.receive_some()
        if not piece:
            break
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


def _decoded(body: bytes) -> Any:
    text = body.decode("utf-8", "replace").strip()
    try:
        return loads(text)
    except LionprideError:
        return text


def open_host(provider: Provider) -> AbstractAsyncContextManager[Any]:
    """Start what an embedded provider lives in; its value has ``url(name)``."""
    assert provider.host is not None
    served: AbstractAsyncContextManager[Any] = importlib.import_module(provider.host).serve()
    return served
