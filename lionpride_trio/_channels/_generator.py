"""``@source``: a source from an async generator, which runs in a task of its own.

An async generator must not be iterated where its consumer may be cancelled: the cancellation would
end it for good.  Here its task has it, opens and closes it, and hands the items over.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from itertools import islice
from typing import Any, TypeGuard

import trio

from ._carry import ReaderGone, carry
from ._channel import Channel
from ._mailbox import Mailbox
from ._nursery import LateFailures, failure_in, is_cancelled, open_pump_nursery
from ._ready import READY_ITEMS


@asynccontextmanager
async def run_generator(
    make: Callable[[], AsyncIterator[Any]], ahead: int
) -> AsyncGenerator[Channel[Any]]:
    """A channel of the items that a generator yields, at most *ahead* items ahead of its reader."""
    box = Mailbox(ahead)
    with LateFailures() as late:
        async with open_pump_nursery() as nursery:
            nursery.start_soon(_fill, box, ahead, make, late, name="source")
            yield box


def is_generator(thing: object) -> TypeGuard[AsyncGenerator[Any, Any]]:
    """Whether *thing* is an async generator: an iterator that must be closed."""
    return isinstance(thing, AsyncGenerator)


async def _fill(
    box: Mailbox, ahead: int, make: Callable[[], AsyncIterator[Any]], late: LateFailures
) -> None:
    """Put the items of the generator into *box*, then its end; a failure after the reader left goes to *late*."""

    async def hand_over(items: deque[Any]) -> None:
        while items:
            if not box.room:
                await box.wait_room()
            if box.reader_gone:
                raise ReaderGone
            box.put_nowait([items.popleft()])
        # The generator goes on when there is room for its next item.
        await box.wait_room()
        if box.reader_gone:
            raise ReaderGone

    def hand_over_nowait(item: Any) -> bool:
        if box.room > 1 and not box.reader_gone:
            box.put_nowait([item])
            return True
        return False

    try:
        items = make()
        if is_generator(items):
            await carry(items, hand_over, hand_over_nowait if ahead > 1 else None)
        else:
            async for item in items:
                await hand_over(deque([item]))
    except ReaderGone:
        pass
    except BaseException as error:
        failure = failure_in(error)
        if failure is None:
            raise
        if box.reader_gone or is_cancelled():  # nobody will read the failure from the channel
            late.add(failure)
        else:
            box.finish(failure)
    else:
        box.finish()


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
            # A list may be read ahead, since nobody can tell.  An iterator makes its items one by one, and
            # only as many as are wanted.
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
