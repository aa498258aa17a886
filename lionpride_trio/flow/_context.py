"""The context: the argument of an operation's function."""

from __future__ import annotations

import math
from collections.abc import (
    Awaitable,
    Callable,
    Coroutine,
    Generator,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

import attrs
import trio

from .._channels._channel import Channel
from .._channels._lending import SlotsLent
from .._channels._mailbox import Mailbox
from .._errors import LocalProtocolError
from ._graph import Graph
from ._journaling import RunJournal
from ._ledger import Progress, Results
from ._operation import Operation
from ._policy import OnError


class Clock:
    """A deadline that can be stopped.  Several tasks of one operation may stop it at the same time."""

    __slots__ = ("_left", "_stops", "scope")

    def __init__(self, scope: trio.CancelScope) -> None:
        self.scope = scope
        self._stops = 0
        self._left = 0.0

    @contextmanager
    def stopped(self) -> Generator[None]:
        """A block in which the clock stands still."""
        if not self._stops:
            self._left = self.scope.deadline - trio.current_time()
            self.scope.deadline = math.inf
        self._stops += 1
        try:
            yield
        finally:
            self._stops -= 1
            if not self._stops:
                self.scope.deadline = trio.current_time() + self._left


@contextmanager
def _stopped(clocks: Sequence[Clock], lent: SlotsLent) -> Generator[None]:
    """A block in which all *clocks* stand still, and *lent* holds."""
    with lent, ExitStack() as stack:
        for clock in clocks:
            stack.enter_context(clock.stopped())
        yield


@attrs.frozen
class Shared:
    """The parts that the contexts of one run share."""

    values: Mapping[str, Any]
    """Results so far, by id."""
    out: Mailbox | None
    """The mailbox for the chunks of all operations."""
    outer: Context | None
    """The context of the operation that this flow runs in."""
    run_inner: Callable[..., Awaitable[Mapping[Any, Any]]]
    """Runs a flow inside the operation of a context."""
    journal: RunJournal | None = None
    """Where the run is written down."""


class Context:
    """The results and chunks that an operation gets, and the way out for its own chunks."""

    __slots__ = (
        "_clock",
        "_inlet",
        "_inner_first_attempt",
        "_kept",
        "_outlets",
        "_progress",
        "_queue",
        "_results",
        "_sends",
        "_sent",
        "_shared",
        "_spoke_inside",
        "operation",
    )

    def __init__(
        self,
        operation: Operation,
        progress: Progress,
        shared: Shared,
        inlet: Mailbox | None,
        outlets: Sequence[Mailbox],
    ) -> None:
        self.operation = operation
        """The operation itself."""
        self._clock: Clock | None = None
        """The clock of its timeout, while it has one."""
        self._inner_first_attempt: dict[Operation, int] = {}
        """By operation of an inner flow: the attempt of this operation that first ran it."""
        self._spoke_inside = False
        self._progress = progress
        self._shared = shared
        self._inlet = inlet
        self._outlets = outlets
        self._results: Results | None = None
        self._sends = False  # one of its tasks does; the others stand in the queue
        self._queue: trio.lowlevel.ParkingLot | None = None
        self._kept: Any = None
        """What the operation did beside its result, for the journal."""
        self._sent: list[Any] | None = None
        """All its chunks, where the journal is to have them."""

    @property
    def results(self) -> Mapping[Any, Any]:
        """The results of the operations that this one waits for, by operation.

        In an inner flow, also the results that the outer operation waits for.
        """
        if self._results is None:
            outer = self._shared.outer
            values: dict[str, Any] = {} if outer is None else dict(outer.results)
            for earlier in self.operation.after:
                values[earlier.id] = self._shared.values[earlier.id]
            self._results = Results(values)
        return self._results

    @property
    def channel(self) -> Channel[Any]:
        """The chunks of the operation that ``stream_from`` names, while they come.

        A failure of that operation arrives after its chunks; let it pass unless you know better.  If you
        close the channel, that operation goes on without a reader.

        :raises LocalProtocolError: the operation has no ``stream_from``.
        """
        if self._inlet is None:
            raise LocalProtocolError(f"operation {self.operation.name!r} has no stream_from")
        return self._inlet

    @property
    def _may_be_retried(self) -> bool:
        """True while no chunk went out or came in: then the operation may begin again."""
        inlet = self._inlet
        spoke = self._progress.chunks or self._spoke_inside
        return not spoke and (inlet is None or not inlet.statistics().items)

    @property
    def attempt(self) -> int:
        """The number of this attempt, from 1."""
        return self._progress.attempts

    @property
    def _journal(self) -> RunJournal | None:
        return self._shared.journal

    def _outer(self) -> Iterator[Context]:
        """The contexts of the operations around this one's flow, the nearest first."""
        outer = self._shared.outer
        while outer is not None:
            yield outer
            outer = outer._shared.outer  # ruff: ignore[private-member-access] - its own class

    def _attempts(self) -> Mapping[str, int]:
        """The attempts of this operation and of those around it, by id."""
        return {context.operation.id: context.attempt for context in (self, *self._outer())}

    def send(self, chunk: Any) -> Coroutine[Any, Any, None]:
        """Give one chunk to the reader of the flow and the readers of this operation's stream.

        Always a checkpoint.  Blocks while one of them is behind; cancelled then, the chunk is not sent.
        """
        return self.send_all((chunk,))

    async def send_all(self, chunks: Sequence[Any]) -> None:
        """Send several chunks in order; cancelled, it may have sent some of them.

        Tasks of one operation take turns, in the order in which they came.
        """
        await trio.lowlevel.checkpoint()
        if self._sends:
            self._queue = self._queue or trio.lowlevel.ParkingLot()
            with self._others_awaited():
                await self._queue.park()
        self._sends = True
        try:
            boxes = self._boxes()
            put = 0
            while put < len(chunks):
                if not all(box.room for box in boxes):
                    with self._others_awaited():
                        for box in boxes:
                            await box.wait_room()
                    try:
                        # Closing a flow wakes its writers, and cancels them.
                        await trio.lowlevel.checkpoint_if_cancelled()
                    except trio.Cancelled:
                        # Cancelled after the grant: kept, the room would be nobody's, and the writers
                        # of other operations that wait behind would never be woken.
                        for box in boxes:
                            box.give_back_room()
                        raise
                    boxes = self._boxes()
                room = min([box.room for box in boxes], default=len(chunks))
                self._put(chunks[put : put + room])
                put += room
        finally:
            # The next one is woken as the one that sends, so that nobody can come before it.
            self._sends = bool(self._queue and self._queue.unpark())

    def _boxes(self) -> list[Mailbox]:
        """The mailboxes that somebody reads.

        The flow's comes last: other operations write to it too, and a writer that waited for its room must
        put an item right then.
        """
        out = self._shared.out
        boxes = [box for box in self._outlets if not box.reader_gone]
        if out is not None and not out.reader_gone:
            boxes.append(out)
        return boxes

    def _others_awaited(self) -> AbstractContextManager[None]:
        """A block that waits for readers: the clocks of timeouts stand still, the models' slots are lent."""
        clocks = [
            clock
            for context in (self, *self._outer())
            if (clock := context._clock) is not None  # ruff: ignore[private-member-access] - its own class
        ]
        lent = SlotsLent(of_all_tasks=True)
        return _stopped(clocks, lent) if clocks else lent

    def _put(self, chunks: Sequence[Any]) -> None:
        if not chunks:
            return
        progress = self._progress
        if progress.first is None:
            progress.first = trio.current_time()
            for context in self._outer():
                context._spoke_inside = True  # ruff: ignore[private-member-access] - its own class
        progress.chunks += len(chunks)
        if self._sent is not None:
            self._sent += chunks
        for box in self._outlets:
            box.put_nowait(list(chunks))
        out = self._shared.out
        if out is not None:
            key = self.operation.id
            out.put_nowait([(key, chunk) for chunk in chunks])

    async def run(
        self,
        operations: Graph | Iterable[Operation],
        *,
        max_concurrent: int | None = None,
        on_error: OnError | None = None,
    ) -> Mapping[Any, Any]:
        """Run a flow inside this operation, in a nursery of its own; return its results by operation.

        Its chunks go out with those of this flow, under the ids of its own operations.
        *max_concurrent* counts its own operations; *on_error* is this flow's if not given.  Failures
        are raised as `lionpride_trio.operations.flow` raises them.
        """
        return await self._shared.run_inner(operations, self, max_concurrent, on_error)
