"""`iModel`: a provider, a model and the options of its calls."""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any, Protocol, Self, TypeVar, overload

from .._channels._entrance import check_on_trio
from .._channels._source import Owner
from .._errors import ConfigurationError, OutputInvalid
from .._observer import Listeners, Observer, listeners_of
from .._response import Response
from .._retry import Retry
from .._transport import HTTPClient, Proxy, Route, Transport, Watcher, as_transport
from ..providers import ModelCall, Provider, get, names
from ..providers._completed import completed
from ..providers._options import EXTRAS
from ..tools import Tool
from ._address import (
    ApiKey,
    check_client,
    check_key_alone,
    check_printable,
    check_route,
    find_base_url,
    find_headers,
    find_key,
)
from ._ask import Ask, with_files_read, write_request
from ._call import Caller, open_host
from ._converse import TurnSource, plan_conversation, source_of_conversation
from ._extras import check_body, check_query
from ._invoked import AwaitableCall, ReplySource
from ._messages import Messages, plain_messages
from ._plan import Start, Where
from ._rate_limit import RateLimiter
from ._reply import Reply
from ._settings import Bounds, Timeouts
from ._tool_calls import Approve, OnError
from ._typed import TypedCall, typed_call

T = TypeVar("T")

DEFAULT_RETRY = Retry()


class ModelOwner(Owner, Protocol):
    """An owner of replies that shares a client among the models that are registered in it."""

    is_open: bool
    session: Any
    """The session that it works for."""

    observers: Listeners
    """Who is told of all calls of its models."""

    def client(self, route: Route | None) -> Transport:
        """The shared HTTP client for *route*; for None, one that goes straight to this machine."""
        ...

    def watcher(self) -> Watcher:
        """The keeper of the replies' clocks."""
        ...

    async def host_url(self, provider: Provider) -> str:
        """The address of an embedded provider, started when it is first asked for."""
        ...


class _ProviderGivenOnce:
    """Says what to write where Python would only say that an argument is there twice."""

    def __new__(cls, *arguments: Any, **settings: Any) -> Self:
        if arguments and "provider" in settings:
            hints: Mapping[str, str] = get(arguments[0]).hints if arguments[0] in names() else {}
            hint = hints.get("provider", "give it once")
            raise ConfigurationError(
                f"provider is given twice, as {arguments[0]!r:.100} and as provider=: {hint}"
            )
        return super().__new__(cls)


class iModel(_ProviderGivenOnce):
    """One model of one provider, with the options that all its calls share.

    *provider* is a name (see `lionpride_trio.providers`) or a `Provider`; *endpoint* picks one of its
    APIs.  *name* is how a session finds the model, by default the model's id.  *api_key* and
    *base_url* come from the environment where they are not given; an *api_key* that is a function,
    sync or async, is asked for each call.  *http_client* is an open
    ``httpx`` (or ``httpx2``) client of yours, which stays yours to close, and costs least with
    `HTTPTransport` in it; without one, a session's
    models share one, and a model outside a session opens one for each call.  *ssl_context*, *proxy* and
    *trust_env* say how connections are made without such a client, as for a `Session`, and go before
    what that says.  *options*
    (``temperature``, ``max_tokens``, ``stop``, ``tools``, …) go into each request; one that the
    provider's request does not have is refused, and None is not given.  ``system`` is told after the
    system messages of a call.  What is newer than this library goes through ``extra_body`` (merged
    into the body), ``extra_query`` (appended to the URL) and ``extra_headers``.

    *retry* says how a call that failed before its first content is repeated, None for not at all.
    *max_concurrent* replies may be open at a time; the others wait before they send anything.  A
    reply that waits for its reader in a flow does not count for that time.  In
    *capacity_refresh_time* seconds (60) at most *limit_requests* requests are sent, of about
    *limit_tokens* tokens together.  *observers* are told of each call's steps.  *timeouts* and *bounds* have defaults that suit most.

    Making a model does no I/O.

    :raises ConfigurationError: a setting is wrong or missing.
    """

    def __init__(
        self,
        provider: str | Provider,
        model: str = "",
        endpoint: str | None = None,
        *,
        stream: bool = False,
        name: str | None = None,
        api_key: ApiKey | None = None,
        base_url: str | None = None,
        http_client: HTTPClient | None = None,
        ssl_context: ssl.SSLContext | None = None,
        proxy: Proxy | None = None,
        trust_env: bool | None = None,
        timeouts: Timeouts | None = None,
        retry: Retry | None = DEFAULT_RETRY,
        bounds: Bounds | None = None,
        max_concurrent: int | None = None,
        limit_requests: int | None = None,
        limit_tokens: int | None = None,
        capacity_refresh_time: float | None = None,
        observers: Iterable[Observer] = (),
        **options: Any,
    ) -> None:
        found = get(provider, endpoint) if isinstance(provider, str) else completed(provider)
        found, model, options = found.configured(model, options)
        route = Route(ssl_context=ssl_context, proxy=proxy, trust_env=trust_env)
        check_route(route, http_client, found)
        if http_client is None:
            http_client = found.http_client
        if http_client is not None:
            check_client(http_client)
        found_url = find_base_url(found, base_url)
        if found_url is None and route.given:
            raise ConfigurationError(
                f"provider {found.name!r} lives in this process: leave {route.given[0]}= out"
            )
        model = model or found.default_model
        if not isinstance(model, str) or not model:
            raise ConfigurationError("model must be the model's id, such as model='gpt-4o-mini'")
        check_printable("model", model)
        if name is not None and not isinstance(name, str):
            raise ConfigurationError(f"name must be a str, not {name!r:.200}")
        self.provider = found
        self.model = model
        self.name = name or model
        self.streaming = stream
        self.options: Mapping[str, Any] = dict(options)
        for setting, kind in ((timeouts, Timeouts), (retry, Retry), (bounds, Bounds)):
            if setting is not None and not isinstance(setting, kind):
                raise ConfigurationError(
                    f"{kind.__name__.lower()}= takes a {kind.__name__}(...) or None,"
                    f" not {setting!r:.200}"
                )
        self._caller = Caller(
            provider=found,
            model=model,
            base_url=found_url,
            key=find_key(found, api_key),
            headers=find_headers(found),
            client=None if http_client is None else as_transport(http_client),
            route=route,
            timeouts=timeouts or Timeouts(),
            retry=retry,
            bounds=bounds or Bounds(),
            limits=RateLimiter(
                max_concurrent=max_concurrent,
                limit_requests=limit_requests,
                limit_tokens=limit_tokens,
                refresh=capacity_refresh_time,
                max_tokens_options=found.max_tokens_options,
            ),
        )
        self._observers = listeners_of(observers)
        self._owners: list[ModelOwner] = []
        self._ask(
            "check", {}, stream=stream
        )  # a wrong option is refused here, not at the first call

    def invoke(self, messages: Messages, **options: Any) -> Any:
        """Ask the model.  What comes back depends on the model's ``stream``.

        With ``stream=True`` it is a source of chunks, to be used with ``async with`` or, when the
        model is registered in an open session, with ``async for``.  With ``stream=False`` it is to
        be awaited and gives a `Response`.  `stream` and `complete` are the same with one type each.
        """
        if self.streaming:
            return self.stream(messages, **options)
        return AwaitableCall(self.complete, messages, options)

    def stream(
        self, messages: Messages, *, keep: bool = True, output: Any = None, **options: Any
    ) -> ReplySource:
        """A source of the chunks of one call; each opening is a call of its own.

        Does not block; the request is sent when the source is opened, which waits until the first
        content has come, or the end: what fails before is tried again as *retry* says, and raised
        by the opening.  With ``keep=False`` the reply does not add its text up, so that its memory
        stays flat however long it is.

        *output* is the type that the answer is to have: the model is given its schema.  The chunks
        are read with ``| typed(…)`` or ``| elements(…)``.

        No nursery is opened, but for connections through a proxy and an *http_client* of yours without
        `HTTPTransport`, whose bodies a task reads ahead, and for ``provider="local"`` outside a session, whose server then runs as long as the
        reply is open.  The reply closes when its block ends; cancelling closes the connection.

        :raises ConfigurationError: the messages or options are wrong.
        """
        ask = self._ask(messages, options, stream=True, typed=typed_call(output))

        return ReplySource(
            lambda: self._open_reply(ask, keep=keep),
            owner=self._owner,
            name="reply",
            opens_once=ask.starts_job,
        )

    def converse(
        self,
        messages: Messages,
        *,
        tools: Iterable[Tool[..., Any]],
        max_turns: int = 8,
        tool_limit: int = 4,
        start: Start = "early",
        on_error: OnError = "tell",
        approve: Approve | None = None,
        tool_timeout: float | None = None,
        output: Any = None,
        **options: Any,
    ) -> TurnSource:
        """Ask the model, run the tools that it calls, tell it their results, until it answers.

        A source of the chunks of all turns (`Chunk.turn`), with a `ToolResultChunk` for each result.
        Its channel, a `Turn`, has ``response``, ``turns``, ``messages`` and ``stop()``.  Opens one
        nursery, for the model's task and the tools; leaving the block ends them all, and the model's socket.
        A slow reader stops the model, and no tool that runs.

        With *start* ``"early"`` a call begins as soon as it is whole, while the model goes on talking; with
        ``"end"`` when its answer has ended.  One that had not begun when its answer is cut is not run.  At
        most *tool_limit* tools run at once.  *tool_timeout* is the seconds of a tool that has no time of its
        own.  *approve* is an async function of a `ToolCall`: True runs it; False, or a str that says why,
        is told to the model as a refusal.  What a tool raises, wrong arguments and unknown names are told
        to the model, or raised where *on_error* is ``"raise"``.

        *max_turns* counts calls of the model; an answer that was paused is sent back, and counts.  A
        ``tool_choice`` that forces a call holds for the first turn.  The other *options* go to each call.

        *output* is the type that the last answer is to have, as for `complete`: it is
        ``reply.response.output``.  The chunks can be read with ``| typed(…)`` besides.

        :raises ConfigurationError: the tools, messages or options cannot be; before any connection.
        :raises TurnsExhausted: from the channel; ``partial`` has the parts of all turns.
        :raises OutputInvalid: from the channel, after the last chunk; ``partial`` too.
        """
        plan = plan_conversation(
            self,
            messages,
            tools=tools,
            max_turns=max_turns,
            tool_limit=tool_limit,
            start=start,
            on_error=on_error,
            approve=approve,
            tool_timeout=tool_timeout,
            output=output,
            options=options,
        )
        return source_of_conversation(plan, self._owner)

    @overload
    async def complete(
        self, messages: Messages, *, output: type[T], repair: int = 0, **options: Any
    ) -> Response[T]: ...
    @overload
    async def complete(
        self, messages: Messages, *, output: Any = None, repair: int = 0, **options: Any
    ) -> Response: ...
    async def complete(
        self, messages: Messages, *, output: Any = None, repair: int = 0, **options: Any
    ) -> Response:
        """The whole response of one call, by the provider's call that does not stream.

        *output* is the type that the answer is to have, such as an attrs class, a dataclass, a
        ``TypedDict``, a list, a union or a ``Literal``: the model is given its schema, and the answer is the
        response's ``output``.  A wrong answer is sent back with what is wrong in it and asked for
        again, *repair* times at most; the response then has the usage of all calls.  A
        ``response_format=`` of the call stays as it is.  A model that is given ``tools=`` and calls
        some has no ``output`` yet.

        :raises OutputInvalid: the answer has not that type; its ``partial`` is the response.
        :raises LionprideError: one of its other classes.
        """
        typed = typed_call(output, repair)
        ask = self._ask(messages, options, stream=False, typed=typed)
        return await self._answer(ask, options, typed)

    async def _answer(
        self, ask: Ask, options: Mapping[str, Any], typed: TypedCall | None
    ) -> Response:
        check_on_trio()
        if typed is None:
            return await self._complete(ask)
        try:
            return await typed.complete(
                lambda messages: self._complete(
                    ask
                    if messages is ask.call.messages
                    else self._ask(messages, options, stream=False, typed=typed)
                ),
                ask.call.messages,
                {**self.options, **options},
            )
        except OutputInvalid as error:
            self._caller.locate(ask, error, partial=error.partial)
            raise

    async def _complete(self, ask: Ask) -> Response:
        ask = await with_files_read(self.provider, ask)
        async with self._address() as base_url:
            return await self._caller.complete(
                ask, self._client(), base_url, observers=self._listeners()
            )

    def _attach(self, owner: ModelOwner) -> None:
        """Let *owner* own what this model opens."""
        if owner not in self._owners:
            self._owners.append(owner)

    def _ask(
        self,
        messages: Messages,
        options: Mapping[str, Any],
        *,
        stream: bool,
        typed: TypedCall | None = None,
    ) -> Ask:
        """The request of one call, written while the caller's own line is still in the traceback."""
        given = {**self.options, **options}
        extras = {name: given.pop(name) for name in EXTRAS if name in given}
        ask = write_request(
            self.provider,
            ModelCall(
                self.model,
                plain_messages(messages),
                given if typed is None else typed.options(self.provider, given, options),
                stream,
                **_additions(**extras),
            ),
        )
        check_key_alone(self.provider, self._caller.key, ask.call.headers)
        return ask

    def _where(self) -> Where:
        """The provider and the model, as errors name them."""
        return {"provider": self.provider.name, "model": self.model}

    def owner(self) -> Any:
        """The open session that owns what is iterated bare; None where there is none."""
        owner = self._owner()
        return None if owner is None else owner.session

    def _owner(self) -> ModelOwner | None:
        return next((owner for owner in reversed(self._owners) if owner.is_open), None)

    def _listeners(self) -> Sequence[Listeners]:
        """Who is told of its calls: those who were given to it, and to the open session that owns them."""
        owner = self._owner()
        return (self._observers,) if owner is None else (owner.observers, self._observers)

    def _client(self) -> Transport | None:
        caller, owner = self._caller, self._owner()
        if caller.client is not None or owner is None:
            return caller.client
        return owner.client(None if caller.base_url is None else caller.route)

    def _watcher(self) -> Watcher | None:
        owner = self._owner()
        return None if owner is None else owner.watcher()

    def _open_reply(self, ask: Ask, *, keep: bool) -> AbstractAsyncContextManager[Reply]:
        known = self._caller.base_url
        if known is None or ask.has_unread_files:
            return self._open_prepared(ask, keep=keep)
        return self._caller.open_reply(
            ask, self._client(), self._watcher(), known, keep=keep, observers=self._listeners()
        )

    @asynccontextmanager
    async def _open_prepared(self, ask: Ask, *, keep: bool) -> AsyncGenerator[Reply]:
        """A reply for which files are read first, or an embedded provider is started."""
        ask = await with_files_read(self.provider, ask)
        async with (
            self._address() as base_url,
            self._caller.open_reply(
                ask,
                self._client(),
                self._watcher(),
                base_url,
                keep=keep,
                observers=self._listeners(),
            ) as reply,
        ):
            yield reply

    def _address(self) -> AbstractAsyncContextManager[str]:
        """The base URL; an embedded provider is started first where no session has done it."""
        known = self._caller.base_url
        return self._hosted() if known is None else nullcontext(known)

    @asynccontextmanager
    async def _hosted(self) -> AsyncGenerator[str]:
        owner = self._owner()
        if owner is not None:
            yield await owner.host_url(self.provider)
        else:
            async with open_host(self.provider) as host:
                yield host.url(self.provider.name)

    def __repr__(self) -> str:
        return f"iModel(provider={self.provider.name!r}, model={self.model!r}, name={self.name!r})"


def _additions(
    extra_headers: Any = None, extra_body: Any = None, extra_query: Any = None
) -> dict[str, Any]:
    """What the caller adds to the request, checked; None adds nothing."""
    return {
        name: given if check is None else check(given)
        for name, given, check in (
            ("headers", extra_headers, None),
            ("extra_body", extra_body, check_body),
            ("extra_query", extra_query, check_query),
        )
        if given is not None
    }
