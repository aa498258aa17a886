"""The owner of an open session's things: its HTTP client, replies that are iterated bare, embedded servers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, TypeVar

import trio

from .._channels._channel import Channel
from .._channels._nursery import LateFailures, open_pump_nursery
from .._channels._source import Source
from .._errors import LocalProtocolError
from .._observer import Listeners
from .._transport import DIRECT, OwnedTransport, Route, Transport, Watcher, open_route
from ..providers import Provider
from ..services._call import open_host
from ._open_turns import Place, hold_for

T = TypeVar("T")


class SessionOwner:
    """Keeps clients, replies and servers for a session's block, and closes them at its end.

    The block opens a nursery; its own exception comes out as it is.
    """

    def __init__(self, session: object, route: Route, observers: Listeners = ()) -> None:
        self.session = session
        self._route = route
        self.observers = observers
        self.is_open = False
        self._was_open = False
        self._stack: AsyncExitStack | None = None
        self._nursery: trio.Nursery | None = None
        self._late = LateFailures()
        self._clients: dict[Route, OwnedTransport] = {}
        self._watcher: Watcher | None = None
        self._hosts: dict[str, str] = {}
        self._starting = trio.Lock()

    async def open(self) -> None:
        """Begin the block.

        :raises LocalProtocolError: the block has begun already.
        """
        if self._stack is not None:
            raise LocalProtocolError("this session is open: make another Session()")
        self._stack = AsyncExitStack()
        self._late = self._stack.enter_context(LateFailures())
        self._nursery = await self._stack.enter_async_context(open_pump_nursery())
        self.is_open = self._was_open = True

    async def close(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        """End the block, as ``__aexit__`` does, and close all that is open."""
        assert self._stack is not None
        self.is_open = False
        stack, self._stack = self._stack, None
        clients, self._clients = self._clients, {}
        try:
            return await stack.__aexit__(exc_type, exc, traceback)
        finally:
            self._nursery = None
            self._hosts.clear()
            for client in clients.values():
                with trio.move_on_after(1, shield=True):
                    await client.aclose()

    def client(self, route: Route | None) -> Transport:
        """The HTTP client that the models of one route share, opened when first asked for.

        What *route* does not say, the session's says.  None is for a server in this process, to which
        no proxy leads.
        """
        self._opened()
        taken = DIRECT if route is None else route.before(self._route)
        client = self._clients.get(taken)
        if client is None:
            client = self._clients[taken] = open_route(taken)
        return client

    def watcher(self) -> Watcher:
        """The keeper of the replies' clocks, which runs from when it is first asked for."""
        nursery = self._opened()
        if self._watcher is None:
            self._watcher = Watcher()
            nursery.start_soon(self._watcher.run)
        return self._watcher

    async def adopt(self, source: Source[T], goes_on: Callable[[], bool]) -> Channel[T]:
        """Open *source* in the session; it closes when it ends, or with the session.

        A source that opens a nursery runs in a task of the session's.
        """
        channel: Channel[T] = await self._opened().start(
            _hold_open, source, Place.here(), goes_on, self._late
        )
        return channel

    async def host_url(self, provider: Provider) -> str:
        """The address of an embedded provider, which runs as long as the session is open."""
        nursery = self._opened()
        async with self._starting:
            if provider.name not in self._hosts:
                host: Any = await nursery.start(_run_host, provider)
                self._hosts[provider.name] = host.url(provider.name)
        return self._hosts[provider.name]

    def _opened(self) -> trio.Nursery:
        if self._nursery is None:
            state = "was closed when its block ended" if self._was_open else "is not open"
            raise LocalProtocolError(
                f"this session {state}: write 'async with Session() as session:' around it"
            )
        return self._nursery


async def _hold_open(
    source: Source[T],
    place: Place,
    goes_on: Callable[[], bool],
    late: LateFailures,
    *,
    task_status: trio.TaskStatus[Any],
) -> None:
    """Hold *source* open for a loop at *place*, until its channel has ended or the session does."""
    hold_for(place, goes_on)
    adopted: _AdoptedChannel | None = None
    try:
        async with source as channel:
            adopted = _AdoptedChannel(channel)
            task_status.started(adopted)
            try:
                await adopted.ended.wait()
            finally:
                adopted.close_with_session()
    except Exception as error:
        if adopted is None:
            raise
        late.add(error)  # a failure of its clean-up; all others were raised by the channel


async def _run_host(provider: Provider, *, task_status: trio.TaskStatus[Any]) -> None:
    async with open_host(provider) as host:
        task_status.started(host)
        await trio.sleep_forever()


class _AdoptedChannel(Channel[Any]):
    """A channel with an event for its end, whichever it is."""

    _can_poll = True

    def __init__(self, channel: Channel[Any]) -> None:
        super().__init__()
        self._channel = channel
        self.ended = trio.Event()

    async def _fetch(self) -> list[Any]:
        items = await self._pull(self._channel)
        if self._end is not None:
            self.ended.set()
        return items

    def _fetch_nowait(self) -> list[Any] | None:
        return self._pull_nowait(self._channel)

    def close_nowait(self) -> None:
        super().close_nowait()
        self.ended.set()

    def close_with_session(self) -> None:
        """Close, unless the channel is finished: its ready items may still be taken."""
        if self._end is None:
            self._close_for(
                " by the session that owned it, whose block has ended: read it inside"
                " 'async with Session() as session:'"
            )

    def _noun(self) -> str:
        return self._channel._noun()  # ruff: ignore[private-member-access] - it stands for that channel
