"""``@source``: a source from an async generator, which runs in a task of its own.

An async generator must not be iterated where its consumer may be cancelled: the cancellation would
end it for good.  Here its task has it, opens and closes it, and hands the items over.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from contextlib import aclosing, asynccontextmanager
from itertools import islice
from typing import Any, TypeGuard

import trio

from ._channel import READY_ITEMS, Channel
from ._mailbox import Mailbox
from ._nursery import open_pump_nursery


@asynccontextmanager
async def run_generator(
    make: Callable[[], AsyncIterator[Any]], ahead: int
) -> AsyncGenerator[Channel[Any]]:
    """What the generator yields; it runs at most *ahead* items ahead of the consumer."""
    box = Mailbox(ahead)
    async with open_pump_nursery() as nursery:
        nursery.start_soon(_carry, make, box, name="source")
        yield box


def is_generator(thing: object) -> TypeGuard[AsyncGenerator[Any, Any]]:
    """Whether *thing* is an async generator: an iterator that must be closed."""
    return isinstance(thing, AsyncGenerator)


async def _carry(make: Callable[[], AsyncIterator[Any]], box: Mailbox) -> None:
    try:
        items = make()
        if is_generator(items):
            async with aclosing(items):
                await _put_all(items, box)
        else:
            await _put_all(items, box)
    except Exception as error:
        box.finish(error)
    else:
        box.finish()


async def _put_all(items: AsyncIterator[Any], box: Mailbox) -> None:
    async for item in items:
        box.put([item])
        # The generator goes on when there is room for what it makes next.
        await box.wait_room()
        if box.gone:
            return


class IterableChannel(Channel[Any]):
    """The items of an iterable, which must not block."""

    def __init__(self, items: Iterable[Any]) -> None:
        super().__init__()
        self._iterator = iter(items)
        self._at_once = READY_ITEMS if isinstance(items, str | list | tuple) else 1

    async def _fetch(self) -> list[Any]:
        await trio.lowlevel.checkpoint()
        batch: list[Any] = []
        try:
            # Nobody can tell when a list is read; of what makes its items one by one, only
            # what is asked for is made.
            batch.extend(islice(self._iterator, self._at_once))
        except Exception as error:
            self._finish(error)
        else:
            if not batch:
                self._finish()
        return batch


class ForeignChannel(Channel[Any]):
    """Another library's `trio.abc.ReceiveChannel`."""

    def __init__(self, channel: trio.abc.ReceiveChannel[Any]) -> None:
        super().__init__()
        self._channel = channel

    async def _fetch(self) -> list[Any]:
        try:
            return [await self._channel.receive()]
        except trio.EndOfChannel:
            self._finish()
        except (trio.BusyResourceError, trio.ClosedResourceError):
            raise
        except Exception as error:
            self._finish(error)
        return []
