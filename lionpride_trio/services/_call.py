"""One model call: from neutral messages to an open reply, or to a whole response."""

from __future__ import annotations

import importlib
import math
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from types import TracebackType
from typing import Any, TypeVar

import attrs
import trio

from .._errors import LionprideError, ProviderError, StreamTimeout
from .._response import Response
from .._text import Secret
from .._transport import Exchange, HTTPClient, open_client, open_exchange
from ..providers import ModelCall, Provider, StreamDecoder
from ..providers._faults import request_id
from ._answer import Judge
from ._gate import Gate
from ._policy import Bounds, Retry, retried
from ._reply import Reply
from ._settings import Timeouts, check_headers

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Caller:
    """All that one model's calls have in common.

    A call takes its place at the gate first and keeps it as long as it is open, attempts and the
    waits between them included.
    """

    provider: Provider
    model: str
    base_url: str | None
    key: Secret | None
    client: HTTPClient | None
    timeouts: Timeouts
    retry: Retry | None
    bounds: Bounds
    gate: Gate

    @asynccontextmanager
    async def open_reply(
        self, call: ModelCall, client: HTTPClient | None, base_url: str | None, *, keep: bool
    ) -> AsyncGenerator[Reply]:
        """A reply, open as long as the block, whose first content has come (or whose end has)."""
        async with self.gate.slot(), _using(client) as http:

            async def attempt() -> _Entered[Reply]:
                return await _entered(self._opened(call, http, base_url, keep=keep))

            async with await retried(self.retry, attempt) as reply:
                yield reply

    async def complete(
        self, call: ModelCall, client: HTTPClient | None, base_url: str | None
    ) -> Response:
        """The whole answer of a call that is not streamed."""
        async with self.gate.slot(), _using(client) as http:

            async def attempt() -> Response:
                ticket = await self.gate.admit(call)
                response = await self._complete_once(call, http, base_url)
                self.gate.correct(ticket, response.usage)
                return response

            return await retried(self.retry, attempt)

    @asynccontextmanager
    async def _opened(
        self, call: ModelCall, client: HTTPClient, base_url: str | None, *, keep: bool
    ) -> AsyncGenerator[Reply]:
        """One attempt: a reply that was read up to its first content."""
        ticket = await self.gate.admit(call)
        began = trio.current_time()
        try:
            context = await _entered(self._exchange(call, client, base_url))
        except LionprideError as error:
            self._locate(error)
            raise
        async with context:
            reply = await self._answered(context.value, began, keep=keep)
            try:
                yield reply
            finally:
                reply.close_nowait()
                self.gate.correct(ticket, reply.usage)

    async def _answered(self, exchange: Exchange, began: float, *, keep: bool) -> Reply:
        """The reply that the answer of an exchange is, if it is one."""
        judge = self._judge()
        try:
            await judge.check_status(exchange)
            await judge.check_stream(exchange)
        except LionprideError as error:
            self._locate(error, exchange)
            raise
        reply = Reply(
            exchange,
            StreamDecoder(
                self.provider,
                max_event_bytes=self.bounds.max_event_bytes,
                max_blocks=self.bounds.max_blocks,
            ),
            timeouts=self.timeouts,
            waited=trio.current_time() - began,
            max_kept_chars=self.bounds.max_kept_chars if keep else None,
            locate=lambda error, partial: self._locate(error, exchange, partial),
        )
        await reply.wait_content()
        return reply

    async def _complete_once(
        self, call: ModelCall, client: HTTPClient, base_url: str | None
    ) -> Response:
        exchange: Exchange | None = None
        try:
            with trio.move_on_after(self.timeouts.answer):
                async with self._exchange(call, client, base_url) as exchange:
                    judge = self._judge()
                    await judge.check_status(exchange)
                    return await judge.whole(exchange)
            raise StreamTimeout(f"no answer within {self.timeouts.answer:g} s", clock="answer")
        except LionprideError as error:
            self._locate(error, exchange)
            raise

    def _judge(self) -> Judge:
        return Judge(provider=self.provider, bounds=self.bounds, patience=self.timeouts.byte_idle)

    def _exchange(
        self, call: ModelCall, client: HTTPClient, base_url: str | None
    ) -> AbstractAsyncContextManager[Exchange]:
        request = self.provider.request(call)
        check_headers(request.headers)
        headers = {name.lower(): value for name, value in request.headers.items()}
        headers |= {name.lower(): value for name, value in call.headers.items()}
        headers["accept"] = "text/event-stream" if call.stream else "application/json"
        if self.key is not None:
            headers |= {k.lower(): v for k, v in self.provider.authorize(self.key).items()}
        return open_exchange(
            client,
            f"{base_url}{request.path}",
            body=request.body,
            headers=headers,
            connect=self.timeouts.connect,
            wait=self.timeouts.first_content if call.stream else math.inf,
        )

    def _locate(
        self,
        error: LionprideError,
        exchange: Exchange | None = None,
        partial: Response | None = None,
    ) -> None:
        headers: Mapping[str, str] = exchange.headers if exchange is not None else {}
        error.locate(
            provider=self.provider.name,
            model=self.model,
            request_id=request_id(headers),
            partial=partial,
            secrets=() if self.key is None else (self.key,),
        )
        if isinstance(error, ProviderError) and error.partial is None and exchange is not None:
            error.partial = Response()


class _Entered(AbstractAsyncContextManager[T]):
    """A context manager that was entered already: its block only leaves it."""

    def __init__(self, value: T, context: AbstractAsyncContextManager[T]) -> None:
        self.value = value
        self._context = context

    async def __aenter__(self) -> T:
        return self.value

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        return await self._context.__aexit__(exc_type, exc, traceback)


async def _entered(context: AbstractAsyncContextManager[T]) -> _Entered[T]:
    """Enter *context* where what follows may have to be tried again; its block is to come."""
    return _Entered(await context.__aenter__(), context)


def _using(client: HTTPClient | None) -> AbstractAsyncContextManager[HTTPClient]:
    """*client*, or one for this call alone."""
    return _temporary() if client is None else nullcontext(client)


@asynccontextmanager
async def _temporary() -> AsyncGenerator[HTTPClient]:
    client = open_client()
    try:
        yield client
    finally:
        await client.aclose()  # which does not wait


def open_host(provider: Provider) -> AbstractAsyncContextManager[Any]:
    """Start what an embedded provider lives in; its value has ``url(name)``."""
    assert provider.host is not None
    served: AbstractAsyncContextManager[Any] = importlib.import_module(provider.host).serve()
    return served
