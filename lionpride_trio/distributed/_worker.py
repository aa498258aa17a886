"""The worker's side: one source, in a run of trio of its own.

Goals.  The items of the source go home when they are asked for, and the source stops when it is left.

Strategy.  The run of trio has a thread, and each call from home has another one, which waits until the run has
answered.  Nothing is read that was not asked for: a reader at home that stops asking stops the source, down to its
socket.  A question is answered by the first `BATCH` items, or what there is `GATHER` seconds after the first.

What must hold:

1. Whatever the program's code raises, the run goes on until it is left: each call is answered.
2. A question that is answered early, for its time is up, loses no item: a channel's `receive_batch` may be
   cancelled (`_channels._channel`, rule 2).
3. The block of the source is left in the task that entered it.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, TypeGuard

import attrs
import trio

from .._channels._channel import Channel
from .._channels._generator import run_generator
from .._channels._mailbox import Mailbox
from .._channels._source import Source
from .._errors import WorkerError
from ._news import Newsroom, Wanted
from ._sending import Batch, ByValue, gives_no_source, pack_batch, unpack
from ._trace import continue_trace

BATCH: Final = 64
"""Items that answer one question, at most."""
GATHER: Final = 0.02
"""Seconds that the first item or piece of news waits for others."""


@attrs.frozen
class Job:
    """What a worker is to do."""

    make_source: Callable[..., Any]
    """The function that makes the source."""
    args: tuple[Any, ...]
    """Its arguments."""
    wanted: Wanted
    """The news that are heard at home."""
    trace: Mapping[str, str]
    """The span that it is a part of."""
    is_fed: bool = False
    """It reads items that come from home: the function's last argument is the channel of them."""


class Worker:
    """Runs one source.  Its methods are called from threads, each in one of its own.

    It has no async method: Ray would take it for an actor of asyncio's and call one method at a time.
    """

    _run: _Run

    def __init__(self, by_value: ByValue) -> None:
        self._by_value = by_value

    def start(self, data: bytes) -> None:
        """Begin the job; return when its run of trio has begun, not waiting for the source to open."""
        self._run = _Run(unpack(data), self._by_value)
        threading.Thread(target=trio.run, args=(self._run.live,), daemon=True).start()
        self._run.begun.wait()

    def take(self) -> bytes:
        """The next items, or the end; waits for them."""
        return trio.from_thread.run(self._run.take, trio_token=self._run.token)

    def put(self, data: bytes) -> bool:
        """Hand items from home to the source, waiting for room; False where nobody will read them."""
        return trio.from_thread.run(self._run.put, unpack(data), trio_token=self._run.token)

    def leave(self) -> bytes:
        """Leave the source; return what its clean-up has told and raised, when it is over."""
        return trio.from_thread.run(self._run.leave, trio_token=self._run.token)


class _Run:
    """The run of trio in which the source is open."""

    token: trio.lowlevel.TrioToken

    def __init__(self, job: Job, by_value: ByValue) -> None:
        self.begun = threading.Event()
        self._job = job
        self._by_value = by_value
        self._newsroom = Newsroom(job.wanted, self._hurry_from_thread)
        self._scope = trio.CancelScope()
        self._opened, self._left, self._told = trio.Event(), trio.Event(), trio.Event()
        self._inlet = Mailbox(BATCH)
        self._channel: Channel[Any] | None = None
        self._failure: Exception | None = None
        self._asked: trio.CancelScope | None = None  # while a question waits for items

    async def live(self) -> None:
        """Be the main task: keep the source open until it is left."""
        self.token = trio.lowlevel.current_trio_token()
        self.begun.set()
        self._newsroom.open()
        continue_trace(self._job.trace)
        try:
            with self._scope:
                async with _open_source(self._job, self._inlet) as channel:
                    self._channel = channel
                    self._opened.set()
                    await trio.sleep_forever()
        except Exception as error:
            self._failure = error
        except (KeyboardInterrupt, SystemExit) as error:
            self._failure = WorkerError(f"the program on the worker raised {error!r}")
        # A block that broke by itself has closed nothing, and a question may wait for items.
        if self._channel is not None:
            self._channel.close_nowait()
        self._inlet.close_nowait()
        self._newsroom.close()
        self._opened.set()
        self._left.set()
        await self._told.wait()

    async def take(self) -> bytes:
        """As `Worker.take`."""
        batch = await self._next_batch()
        return pack_batch(attrs.evolve(batch, news=self._newsroom.take()), self._by_value)

    async def _next_batch(self) -> Batch:
        items: list[Any] = []
        with trio.CancelScope() as self._asked:
            if self._newsroom:
                self._hurry()
            await self._opened.wait()
            channel = self._channel
            if channel is None:
                return Batch(ended=True, failure=self._failure)
            try:
                while len(items) < BATCH:
                    items += await channel.receive_batch(BATCH - len(items))
                    self._hurry()
            except trio.EndOfChannel:
                return Batch(items, ended=True)
            except trio.ClosedResourceError:  # the block was left under our hands
                await self._left.wait()
                return Batch(items, ended=True, failure=self._failure)
            except Exception as error:
                return Batch(items, ended=True, failure=error)
        return Batch(items)

    def _hurry(self) -> None:
        """Let the question that waits be answered soon."""
        if self._asked is not None:
            self._asked.deadline = min(self._asked.deadline, trio.current_time() + GATHER)

    def _hurry_from_thread(self) -> None:
        with contextlib.suppress(trio.RunFinishedError):
            self.token.run_sync_soon(self._hurry, idempotent=True)

    async def put(self, batch: Batch) -> bool:
        """As `Worker.put`."""
        await self._inlet.send(batch.items)
        if batch.ended:
            self._inlet.finish(batch.failure)
        return not self._inlet.reader_gone

    async def leave(self) -> bytes:
        """As `Worker.leave`."""
        failure = None  # one from before was the answer of a question
        if not self._left.is_set():
            self._scope.cancel()
            await self._left.wait()
            failure = self._failure
        data = pack_batch(Batch([], True, failure, self._newsroom.take()), self._by_value)
        self._told.set()
        return data


def _open_source(job: Job, inlet: Mailbox) -> AbstractAsyncContextManager[Channel[Any]]:
    made: Any = job.make_source(*job.args, *([inlet] if job.is_fed else []))
    if _is_source(made):
        return made
    if _is_iterator(made):
        return run_generator(lambda: made, BATCH)
    raise gives_no_source(made)


def _is_source(made: object) -> TypeGuard[Source[Any]]:
    """Whether *made* is a source."""
    return isinstance(made, Source)


def _is_iterator(made: object) -> TypeGuard[AsyncIterator[Any]]:
    """Whether *made* is an async iterator that is no channel, which somebody else would own."""
    return isinstance(made, AsyncIterator) and not isinstance(made, Channel)
