"""One model call: from neutral messages to an open reply, or to a whole response."""

from __future__ import annotations

import importlib
import math
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any

import attrs
import trio

from .._errors import LionprideError, ProviderError, StreamTimeout
from .._response import Response
from .._text import Secret
from .._transport import Exchange, HTTPClient, open_client, open_exchange
from ..providers import ModelCall, Provider, StreamDecoder
from ..providers._faults import request_id
from ._answer import Judge
from ._gate import Gate, Ticket, estimate
from ._policy import Bounds, Retry, retried
from ._reply import Reply
from ._settings import Timeouts, check_headers


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
        tokens = estimate(call)
        async with self.gate.slot(), AsyncExitStack() as outer:
            if client is None:
                client = open_client()
                outer.push_async_callback(client.aclose)  # which does not wait
            http = client
            tickets: list[Ticket] = []

            async def attempt() -> Reply:
                tickets.append(await self.gate.admit(tokens))
                async with AsyncExitStack() as stack:
                    reply = await self._open_once(stack, call, http, base_url, keep=keep)
                    outer.push_async_exit(stack.pop_all())
                return reply

            reply = await retried(self.retry, attempt)
            try:
                yield reply
            finally:
                reply.close_nowait()
                self.gate.correct(tickets[-1], reply.usage)

    async def complete(
        self, call: ModelCall, client: HTTPClient | None, base_url: str | None
    ) -> Response:
        """The whole answer of a call that is not streamed."""
        tokens = estimate(call)
        async with self.gate.slot(), AsyncExitStack() as outer:
            if client is None:
                client = open_client()
                outer.push_async_callback(client.aclose)
            http = client

            async def attempt() -> Response:
                ticket = await self.gate.admit(tokens)
                response = await self._complete_once(call, http, base_url)
                self.gate.correct(ticket, response.usage)
                return response

            return await retried(self.retry, attempt)

    async def _open_once(
        self,
        stack: AsyncExitStack,
        call: ModelCall,
        client: HTTPClient,
        base_url: str | None,
        *,
        keep: bool,
    ) -> Reply:
        """Send the request and read up to the first content; *stack* owns what is open then."""
        began = trio.current_time()
        exchange: Exchange | None = None
        try:
            exchange = await stack.enter_async_context(self._exchange(call, client, base_url))
            judge = self._judge()
            await judge.check_status(exchange)
            await judge.check_stream(exchange)
        except LionprideError as error:
            self._locate(error, exchange)
            raise
        opened = exchange
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
            locate=lambda error, partial: self._locate(error, opened, partial),
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
        headers = dict(request.headers)
        headers["accept"] = "text/event-stream" if call.stream else "application/json"
        if self.key is not None:
            headers |= self.provider.authorize(self.key)
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


def open_host(provider: Provider) -> AbstractAsyncContextManager[Any]:
    """Start what an embedded provider lives in; its value has ``url(name)``."""
    assert provider.host is not None
    served: AbstractAsyncContextManager[Any] = importlib.import_module(provider.host).serve()
    return served
