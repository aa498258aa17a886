"""``merge`` and ``chain``: several streams into one, at once or one after the other."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar, overload

import trio

from .._channels._channel import Channel
from .._channels._mailbox import DEFAULT_SIZE, FAIR_SHARE, Mailbox
from .._channels._nursery import LateFailures, open_pump_nursery
from .._channels._source import Source
from .._checks import check_size
from ._sources import made_of, source_of, tell_failure

T = TypeVar("T")


@overload
def merge(*sources: Source[T] | Channel[T], size: int = DEFAULT_SIZE) -> Source[tuple[int, T]]: ...
@overload
def merge(
    sources: Mapping[str, Source[T] | Channel[T]], /, *, size: int = DEFAULT_SIZE
) -> Source[tuple[str, T]]: ...
def merge(
    *sources: Mapping[Any, Any] | Source[Any] | Channel[Any], size: int = DEFAULT_SIZE
) -> Source[tuple[Any, Any]]:
    """All sources at once, as ``(label, item)``: the position, or the key in a mapping.

    The merge is fair: no source gets more than a few items ahead of others that have items.  Opens a nursery
    with a task for each source.  Ends when all sources have ended; the first failure ends it, after the
    items before the failure; leaving early closes all.
    """
    check_size("size", size)
    labelled: Mapping[Any, Any]
    if len(sources) == 1 and isinstance(sources[0], Mapping):
        labelled = sources[0]
    else:
        labelled = dict(enumerate(sources))
    opened = {label: source_of(one) for label, one in labelled.items()}
    return made_of(opened.values(), lambda: _open_merge(opened, size), "merge")


def chain(*sources: Source[T] | Channel[T]) -> Source[T]:
    """One source after the other, each opened when the one before it has ended.

    Opens a nursery.  A failure ends it, after the items before the failure; leaving early closes the
    source that is open.
    """
    opened = [source_of(one) for one in sources]
    return made_of(opened, lambda: open_chain(opened), "chain")


async def _send_all(
    source: Source[Any],
    send: Callable[[list[Any]], Awaitable[None]],
    box: Mailbox,
    late: LateFailures,
) -> bool:
    """Send all that *source* gives; False where it failed, which is told to the reader of *box*."""
    read: Exception | None = None
    try:
        async with source as channel:
            try:
                async for batch in channel.batches(FAIR_SHARE):
                    await send(batch)
            except Exception as error:
                read = error
                raise
    except Exception as error:
        tell_failure(error, box, late, was_read=error is read)
        return False
    return True


class _Merge:
    """A task for each source; the first failure ends them all."""

    def __init__(self, sources: Mapping[Any, Source[Any]], size: int, late: LateFailures) -> None:
        self._sources = sources
        self._late = late
        self._scope = trio.CancelScope()
        self.box = Mailbox(size)

    async def run(self) -> None:
        with self._scope:
            async with trio.open_nursery() as nursery:
                for label, source in self._sources.items():
                    nursery.start_soon(self._carry, label, source, name=f"merge {label}")
            self.box.finish()

    async def _carry(self, label: Any, source: Source[Any]) -> None:
        async def send(batch: list[Any]) -> None:
            await self.box.send([(label, item) for item in batch])

        if not await _send_all(source, send, self.box, self._late):
            self._scope.cancel()


@asynccontextmanager
async def _open_merge(
    sources: Mapping[Any, Source[Any]], size: int
) -> AsyncGenerator[Channel[Any]]:
    """All of *sources* at once, each item as ``(label, item)``."""
    with LateFailures() as late:
        merging = _Merge(sources, size, late)
        async with open_pump_nursery() as nursery:
            nursery.start_soon(merging.run, name="merge")
            yield merging.box


@asynccontextmanager
async def open_chain(sources: Sequence[Source[Any]]) -> AsyncGenerator[Channel[Any]]:
    """*sources* one after the other, each opened when the one before it has ended."""
    box = Mailbox(DEFAULT_SIZE)
    late = LateFailures()

    async def carry() -> None:
        for source in sources:
            if not await _send_all(source, box.send, box, late):
                return
        box.finish()

    with late:
        async with open_pump_nursery() as nursery:
            nursery.start_soon(carry, name="chain")
            yield box
