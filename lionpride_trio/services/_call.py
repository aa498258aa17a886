"""One model call: from neutral messages to an open reply, or to a whole response."""

from __future__ import annotations

import importlib
import math
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from types import TracebackType
from typing import Any

import attrs
import trio

from .._channels._nursery import open_pump_nursery
from .._errors import LionprideError, StreamTimeout
from .._observer import Listeners
from .._response import Response, add_call
from .._retry import Retry, call_with_retries
from .._safe_text import Secret
from .._transport import Exchange, Route, Transport, Watcher, json_request, open_route
from ..providers import Provider, StreamDecoder
from ._address import AskKey, ask_key
from ._answer import check_is_stream, check_status, read_json_answer
from ._ask import Ask, never_left
from ._clocks import HeadClock, ReplyClocks
from ._rate_limit import RateLimiter, Reservation
from ._record import CallRecord
from ._reply import Reply
from ._settings import Bounds, Timeouts
from ._stalls import StallWatch


@attrs.frozen(kw_only=True)
class Caller:
    """Makes the calls of one model, which share its settings and its limits.

    A call waits for its slot first, and keeps the slot as long as it is open, attempts and the
    waits between them included.
    """

    provider: Provider
    model: str
    base_url: str | None
    key: Secret | AskKey | None
    headers: Mapping[str, str]
    """Further headers of each request, from the environment."""
    client: Transport | None
    route: Route
    """How connections are made where neither the model nor a session has a client."""
    timeouts: Timeouts
    retry: Retry | None
    bounds: Bounds
    limits: RateLimiter

    def open_reply(
        self,
        ask: Ask,
        client: Transport | None,
        watcher: Watcher | None,
        base_url: str,
        *,
        keep: bool,
        observers: Sequence[Listeners],
    ) -> AbstractAsyncContextManager[Reply]:
        """Open a reply for a block, and wait for its first content or its end.

        *observers* are told of the call.
        """
        if client is None or self.limits.limited:
            return self._open_placed(ask, client, watcher, base_url, observers, keep=keep)
        return OpenReply(self, ask, client, watcher, base_url, observers, keep=keep)

    def begin(self, ask: Ask, observers: Sequence[Listeners]) -> CallRecord:
        """The record of a call that begins now."""
        call = ask.call
        return CallRecord(
            observers, self.provider, self.model, streamed=call.stream, messages=call.messages
        )

    @asynccontextmanager
    async def _open_placed(
        self,
        ask: Ask,
        client: Transport | None,
        watcher: Watcher | None,
        base_url: str,
        observers: Sequence[Listeners],
        *,
        keep: bool,
    ) -> AsyncGenerator[Reply]:
        record = self.begin(ask, observers)
        try:
            async with (
                self.limits.slot(record),
                self._client_or_own(client) as http,
                OpenReply(self, ask, http, watcher, base_url, (), record, keep=keep) as reply,
            ):
                yield reply
        except BaseException as error:
            record.close(None, error)  # unless the reply has told of its end
            raise

    async def complete(
        self,
        ask: Ask,
        client: Transport | None,
        base_url: str | None,
        *,
        observers: Sequence[Listeners],
    ) -> Response:
        """Make a call that is not streamed, and return its response."""
        record = self.begin(ask, observers)
        try:
            async with self.limits.slot(record), self._client_or_own(client) as http:
                caller = await self.with_key()

                async def attempt() -> Response:
                    reservation = await self.limits.acquire(ask.call, record)
                    response = await caller.complete_once(ask, http, base_url, record)
                    self.limits.settle_usage(reservation, response.usage)
                    return response

                response = await call_with_retries(self.retry, attempt, on_retry=record.retried)
        except BaseException as error:
            record.close(getattr(error, "partial", None), error)
            raise
        record.finish(response, None)
        return response

    async def with_key(self) -> Caller:
        """Return a caller whose key is known: a function that gives keys is asked for one."""
        if self.key is None or isinstance(self.key, Secret):
            return self
        return attrs.evolve(self, key=await ask_key(self.provider, self.key))

    def _client_or_own(self, client: Transport | None) -> AbstractAsyncContextManager[Transport]:
        """Return *client* as a block's value; where it is None, open one for this call alone."""
        return _open_own_client(self.route) if client is None else nullcontext(client)

    def _secret(self) -> Secret | None:
        assert self.key is None or isinstance(self.key, Secret), "asked for in `with_key`"
        return self.key

    def _secrets(self, ask: Ask) -> tuple[Secret, ...]:
        return (*ask.secrets, *((self.key,) if isinstance(self.key, Secret) else ()))

    async def reply_from(
        self, ask: Ask, exchange: Exchange, record: CallRecord, *, keep: bool
    ) -> Reply:
        """Check status and media type, make the `Reply`, and wait for its first content."""
        bounds, patience = self.bounds, self.timeouts.byte_idle
        try:
            await check_status(exchange, self.provider, bounds=bounds, patience=patience)
            begun = await check_is_stream(exchange, self.provider, bounds=bounds, patience=patience)
        except LionprideError as error:
            self.locate(ask, error, record, exchange)
            raise
        clocks = ReplyClocks(self.timeouts, waited=trio.current_time() - exchange.sent_at)
        if record.story is not None:
            record.watch = StallWatch(
                record.story, self.timeouts, clocks, exchange, told=record.head_was_late
            )
        reply = Reply(
            exchange,
            record,
            StreamDecoder(
                self.provider,
                max_event_bytes=bounds.max_event_bytes,
                max_blocks=bounds.max_blocks,
            ),
            clocks=clocks,
            max_kept_chars=bounds.max_kept_chars if keep else None,
            locate=lambda error, partial: self.locate(ask, error, record, exchange, partial),
            begun=begun,
        )
        await reply._wait_content()  # ruff: ignore[private-member-access] - of one house
        return reply

    async def complete_once(
        self, ask: Ask, client: Transport, base_url: str | None, record: CallRecord
    ) -> Response:
        """Make one attempt at a call that is not streamed."""
        if record.story is None:
            return await self._complete_once(ask, client, base_url, record)
        async with open_pump_nursery() as nursery:
            nursery.start_soon(self._tell_when_late, record)
            return await self._complete_once(ask, client, base_url, record)

    async def _tell_when_late(self, record: CallRecord) -> None:
        await trio.sleep(self.timeouts.answer / 2)
        record.head_is_late()

    async def _complete_once(
        self, ask: Ask, client: Transport, base_url: str | None, record: CallRecord
    ) -> Response:
        exchange: Exchange | None = None
        try:
            with trio.move_on_after(self.timeouts.answer):
                async with self.open_exchange(ask, client, base_url, record) as exchange:
                    record.answered(exchange)
                    await check_status(
                        exchange,
                        self.provider,
                        bounds=self.bounds,
                        patience=self.timeouts.byte_idle,
                    )
                    response = await read_json_answer(exchange, self.provider, self.bounds)
                    record.content_came()
                    record.stop_clock()
                    return add_call(response, record.facts(response.usage))
            raise StreamTimeout(f"no answer within {self.timeouts.answer:g} s", clock="answer")
        except LionprideError as error:
            self.locate(ask, error, record, exchange)
            raise

    def open_exchange(
        self, ask: Ask, client: Transport, base_url: str | None, record: CallRecord
    ) -> AbstractAsyncContextManager[Exchange]:
        """Open the exchange of *ask*: entering the block sends the request."""
        stream = ask.call.stream
        accept = {"accept": "text/event-stream" if stream else "application/json"}
        secret = self._secret()
        key: Mapping[str, str] = {} if secret is None else self.provider.authorize(secret)
        later_ones_count = (self.headers, accept, ask.headers, key)
        headers = {
            name.lower(): value for given in later_ones_count for name, value in given.items()
        }
        clock: HeadClock = "first_content" if stream else "answer"
        limit: float = getattr(self.timeouts, clock)
        request = json_request(
            f"{base_url}{ask.path}",
            body=ask.body,
            headers=headers,
            connect=self.timeouts.connect,
            send_idle=self.timeouts.byte_idle,
            wait=limit if stream else math.inf,
            once=ask.starts_job,
            read_whole=not stream,
        )
        record.begin_attempt(clock, limit, request.address.origin, self._secrets(ask))
        if record.story is not None:
            request = attrs.evolve(
                request,
                on_sent=record.request_sent,
                slow_after=limit / 2 if stream else math.inf,
                on_slow=record.head_is_late,
            )
        return client.open_exchange(request)

    def locate(
        self,
        ask: Ask,
        error: LionprideError,
        record: CallRecord | None = None,
        exchange: Exchange | None = None,
        partial: Response | None = None,
    ) -> None:
        """Write into *error* which call failed, and that a job which may run must not be started again."""
        call = None
        if record is not None:
            call = record.facts(None if partial is None else partial.usage)
        error._locate(  # ruff: ignore[private-member-access] - of one house
            provider=self.provider.name,
            model=self.model,
            request_id=None if call is None else call.request_id,
            partial=partial,
            call=call,
            secrets=self._secrets(ask),
        )
        if error.partial is None and exchange is not None:
            error.partial = Response()  # the answer had begun, and had no text yet
        if ask.starts_job and not never_left(error):
            error.retryable = False


class OpenReply(AbstractAsyncContextManager[Reply]):
    """Opens a call's reply; entering the block retries as the caller's `Retry` says."""

    _exchange: AbstractAsyncContextManager[Exchange]
    _record: CallRecord
    _reply: Reply
    _reservation: Reservation

    def __init__(
        self,
        caller: Caller,
        ask: Ask,
        client: Transport,
        watcher: Watcher | None,
        base_url: str,
        observers: Sequence[Listeners],
        record: CallRecord | None = None,
        *,
        keep: bool,
    ) -> None:
        self._caller = caller
        self._observers = observers
        self._begun = record
        self._ask = ask
        self._client = client
        self._watcher = watcher
        self._base_url = base_url
        self._keep = keep

    async def __aenter__(self) -> Reply:
        record = self._record = self._begun or self._caller.begin(self._ask, self._observers)
        try:
            self._caller = await self._caller.with_key()
            await call_with_retries(self._caller.retry, self._attempt, on_retry=record.retried)
        except BaseException as error:
            record.close(getattr(error, "partial", None), error)
            raise
        record.opened = True
        self._reply._tell_end()  # ruff: ignore[private-member-access] - all of a short answer may have come
        return self._reply

    async def _attempt(self) -> None:
        caller, record = self._caller, self._record
        self._reservation = await caller.limits.acquire(self._ask.call, record)
        self._exchange = caller.open_exchange(self._ask, self._client, self._base_url, record)
        try:
            exchange = await self._exchange.__aenter__()
        except LionprideError as error:
            caller.locate(self._ask, error, record)
            raise
        try:
            if self._watcher is not None:
                exchange.keep_time_by(self._watcher)
            # It asks the provider, who may be anybody's, what the headers say: here, so that nothing leaks.
            record.answered(exchange)
            self._reply = await caller.reply_from(self._ask, exchange, record, keep=self._keep)
        except BaseException:
            # The exchange shields its own waiting, which ends within a second.
            await self._exchange.__aexit__(*sys.exc_info())
            raise

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self._record.close(self._reply.response if self._record.story else None, exc)
            self._reply.close_nowait()
            self._caller.limits.settle_usage(self._reservation, self._reply.usage)
        finally:
            await self._exchange.__aexit__(exc_type, exc, traceback)


@asynccontextmanager
async def _open_own_client(route: Route) -> AsyncGenerator[Transport]:
    client = open_route(route)
    try:
        yield client
    finally:
        # Closing does not wait.  Without the shield its checkpoint could raise a cancellation in the
        # place of the block's own exception.
        with trio.CancelScope(shield=True):
            await client.aclose()


def open_host(provider: Provider) -> AbstractAsyncContextManager[Any]:
    """Start the server of an embedded provider; the block's value has ``url(name)``."""
    assert provider.host is not None
    served: AbstractAsyncContextManager[Any] = importlib.import_module(provider.host).serve()
    return served
