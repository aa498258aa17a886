"""The session: conversations, models, and the block that owns what is open."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import uuid4

import trio

from .._channels._channel import Channel
from .._channels._entrance import OnlyAsync
from .._channels._nursery import LateFailures, open_pump_nursery
from .._channels._source import Source
from .._errors import LocalProtocolError
from .._transport import HTTPClient, open_client
from ..providers import Provider
from ..services import ServiceRegistry
from ..services._call import open_host
from . import _storage
from ._branch import Branch, Conversations
from .messages import Message, SystemContent

T = TypeVar("T")


class Session(OnlyAsync):
    """Conversations and the models that take part in them.

    Usable unopened as a container.  ``async with Session() as session:`` opens it: it then owns one
    HTTP client for all its models and every reply that is iterated without a block of its own;
    leaving the block closes them all, whatever happened inside.  The block opens a nursery; its
    own exception comes out as it is.
    """

    def __init__(self, *, name: str | None = None) -> None:
        self.id = uuid4().hex
        self.name = name
        self.conversations = Conversations()
        self.services = ServiceRegistry(self)
        self.is_open = False
        self._was_open = False
        self._stack: AsyncExitStack | None = None
        self._nursery: trio.Nursery | None = None
        self._late = LateFailures()
        self._client: HTTPClient | None = None
        self._hosts: dict[str, str] = {}
        self._starting = trio.Lock()

    @property
    def messages(self) -> Mapping[str, Message]:
        """All messages by id."""
        return self.conversations.messages

    @property
    def branches(self) -> Mapping[str, Branch]:
        """All branches by name."""
        return self.conversations.branches

    def create_branch(self, *, name: str | None = None, system: str | None = None) -> Branch:
        """A new empty branch, or one that begins with a system message.

        Without *name* it gets the first of ``branch-1``, ``branch-2``, … that nobody has or is about
        to use.

        :raises ConfigurationError: the name is taken.
        """
        branch = Branch(name=name or self.conversations.free_name("branch"))
        self.conversations.add_branch(branch)
        if system is not None:
            message = Message(content=SystemContent(system_message=system))
            self.conversations.add_item(message, [branch])
        return branch

    def fork(self, branch: str | Branch, *, name: str | None = None) -> Branch:
        """A new branch that shares *branch*'s messages so far and goes its own way from there.

        Without *name* it is called after *branch*: ``main-2``, or the next one that is free.

        :raises ConfigurationError: the name is taken, or there is no such branch.
        """
        origin = self.conversations.branch(branch)
        name = name or self.conversations.free_name(origin.name, 2)
        fork = Branch(name=name, order=list(origin.order))
        self.conversations.add_branch(fork)
        return fork

    def history(self, branch: str | Branch) -> list[Message]:
        """The messages of *branch* in order."""
        return [self.messages[key] for key in self.conversations.branch(branch).order]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write messages and branches to *path* as JSON: whole, or not at all.

        Models are not saved, for their keys must not be.  Blocks for the time of writing a file.
        """
        _storage.save(self.conversations, Path(path))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """A session with what `save` wrote.

        :raises ConfigurationError: the file is damaged or another program's; says where.
        """
        session = cls()
        session.conversations = _storage.load(Path(path))
        return session

    async def __aenter__(self) -> Self:
        if self._stack is not None:
            raise LocalProtocolError("this session is open: make another Session()")
        self._stack = AsyncExitStack()
        self._late = self._stack.enter_context(LateFailures())
        self._nursery = await self._stack.enter_async_context(open_pump_nursery())
        self.is_open = self._was_open = True
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        assert self._stack is not None
        self.is_open = False
        stack, self._stack = self._stack, None
        client, self._client = self._client, None
        try:
            return await stack.__aexit__(exc_type, exc, traceback)
        finally:
            self._nursery = None
            self._hosts.clear()
            if client is not None:
                with trio.move_on_after(1, shield=True):
                    await client.aclose()

    def client(self) -> HTTPClient:
        """The HTTP client that the session's models share, opened when first asked for."""
        self._opened()
        if self._client is None:
            self._client = open_client()
        return self._client

    async def adopt(self, source: Source[T]) -> Channel[T]:
        """Open *source* in the session; it closes when it ends, or with the session.

        A source that opens a nursery runs in a task of the session's.
        """
        channel: Channel[T] = await self._opened().start(_keep, source, self._late)
        return channel

    async def host_url(self, provider: Provider) -> str:
        """The address of an embedded provider, which runs as long as the session is open."""
        nursery = self._opened()
        async with self._starting:
            if provider.name not in self._hosts:
                host: Any = await nursery.start(_keep_host, provider)
                self._hosts[provider.name] = host.url(provider.name)
        return self._hosts[provider.name]

    def __getstate__(self) -> dict[str, Any]:
        """What is pickled and copied: all but the models, as in `save`."""
        if self.is_open:
            raise TypeError("an open session cannot be pickled or copied: do it after its block")
        return {"id": self.id, "name": self.name, "conversations": self.conversations}

    def __setstate__(self, state: dict[str, Any]) -> None:
        Session.__init__(self)
        vars(self).update(state)

    def _opened(self) -> trio.Nursery:
        if self._nursery is None:
            state = "was closed when its block ended" if self._was_open else "is not open"
            raise LocalProtocolError(
                f"this session {state}: write 'async with Session() as session:' around it"
            )
        return self._nursery

    def _how_to_use(self) -> str:
        return "write 'async with Session() as session:'"

    def __repr__(self) -> str:
        state = "open" if self.is_open else "closed"
        return f"<Session {self.name or self.id[:8]} {state}, {len(self.messages)} messages>"


async def _keep(
    source: Source[T], late: LateFailures, *, task_status: trio.TaskStatus[Any]
) -> None:
    """Hold *source* open until its channel has ended or the session does."""
    kept: _Kept | None = None
    try:
        async with source as channel:
            kept = _Kept(channel)
            task_status.started(kept)
            try:
                await kept.ended.wait()
            finally:
                kept.close_with_session()
    except Exception as error:
        if kept is None:
            raise
        late.add(error)  # of its clean-up, for what it gave was told at the channel


async def _keep_host(provider: Provider, *, task_status: trio.TaskStatus[Any]) -> None:
    async with open_host(provider) as host:
        task_status.started(host)
        await trio.sleep_forever()


class _Kept(Channel[Any]):
    """A channel that tells its keeper when it has ended, in whatever way."""

    _instant = True

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
        """Hand nothing out any more, unless all has come and only waits to be taken."""
        if self._end is None:
            self._close_for(
                " by the session that owned it, whose block has ended: read it inside"
                " 'async with Session() as session:'"
            )

    def _noun(self) -> str:
        return self._channel._noun()  # ruff: ignore[private-member-access] - it stands for that channel
