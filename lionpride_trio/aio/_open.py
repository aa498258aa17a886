"""Callables for asyncio programs: a block opened on trio, a function run on trio."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from types import TracebackType
from typing import Any, Generic, TypeVar, overload

from .._channels._source import Source
from .._errors import ConfigurationError
from .._response import Response
from ..services import Fallback, iModel
from ..services._messages import Messages
from ._guest import take_part
from ._held import Held
from ._items import Items

T = TypeVar("T")


class Opening(AbstractAsyncContextManager[T], Generic[T]):
    """A block of trio for a task of asyncio.  `open` makes one, for one ``async with``."""

    _held: Held[T] | None = None
    _read = True

    def __init__(self, block: AbstractAsyncContextManager[Any]) -> None:
        self._block = block

    async def __aenter__(self) -> T:
        async with AsyncExitStack() as stack:
            guest = await stack.enter_async_context(take_part())
            self._held = Held(self._block, guest, read=self._read)
            await self._held.open()
            self._stack = stack.pop_all()
        opened: T = self._held.value
        return opened

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        assert self._held is not None
        async with self._stack:
            if exc is None or isinstance(exc, Exception):
                return await self._held.leave(exc)
            await self._held.leave_cancelled()
        return False


class _Result(Opening[T]):
    """A block whose value is handed over as it is."""

    _read = False


@overload
def open(block: Source[T]) -> Opening[Items[T]]: ...
@overload
def open(block: AbstractAsyncContextManager[T]) -> Opening[T]: ...
def open(block: AbstractAsyncContextManager[Any]) -> Opening[Any]:
    """Open *block* on trio, for a task of asyncio::

        async with aio.open(model.stream("Why is the sea salt?")) as reply:
            async for chunk in reply: ...

    A source is given as `Items`.  What else trio programs open in a block, such as a
    `Session` or ``open_streams(…)``, is given as it is: its plain functions are called directly, its async ones
    by `run`.

    Leaving the block leaves the one on trio in the same way, and waits until it is left: the model's
    connection is closed then.  Items come as they are asked for, so a slow loop slows the model's server.

    :raises LocalProtocolError: this is no asyncio program, or trio runs in this thread already.
    """
    if not isinstance(block, AbstractAsyncContextManager):
        raise ConfigurationError(
            f"aio.open() takes a source, such as model.stream(…), or another block, not {block!r:.100}"
        )
    return Opening[Any](block)


async def run(function: Callable[..., Awaitable[T]], *args: Any) -> T:
    """Run the async *function* on trio, with *args*, and return its result.

    Keyword arguments go in by `functools.partial`.  Cancelling the call cancels the function.
    """
    if not callable(function):
        raise ConfigurationError(
            f"aio.run() takes an async function and its arguments, not {function!r:.100}: write"
            " 'await aio.run(function, argument)'"
        )
    call = _Result[T](_result_of(function, args))
    result = await call.__aenter__()
    await call.__aexit__(None, None, None)
    return result


@asynccontextmanager
async def _result_of(function: Callable[..., Awaitable[T]], args: Any) -> AsyncGenerator[T]:
    yield await function(*args)


@overload
async def complete(
    model: iModel | Fallback, messages: Messages, *, output: type[T], **options: Any
) -> Response[T]: ...
@overload
async def complete(
    model: iModel | Fallback, messages: Messages, *, output: Any = None, **options: Any
) -> Response: ...
async def complete(
    model: iModel | Fallback, messages: Messages, *, output: Any = None, **options: Any
) -> Response[Any]:
    """The whole response of one call: ``await model.complete(…)`` on trio, with the same options."""
    return await run(partial(model.complete, messages, output=output, **options))
