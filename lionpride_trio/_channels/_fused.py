"""Stages run on a channel: one synchronous chain inside the consumer's ``receive``.

There is no task and no queue between stages, so backpressure is exact: nothing is read upstream
before the consumer has taken all that is ready.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import attrs
import trio

from ..stages import Stage
from ..stages._protocol import end
from ._channel import Channel
from ._compile import Failure, compile_stages, may_be_done
from ._ready import READY_ITEMS
from ._recipe import Run


@attrs.frozen
class StageStep:
    """A step that runs fused with its neighbours, inside the consumer's ``receive``."""

    make: Callable[[], Stage[Any, Any]]

    @classmethod
    def plan(cls, neighbours: Sequence[StageStep], /) -> Iterable[Run]:
        """One channel for all *neighbours*."""
        makers = [step.make for step in neighbours]
        return [lambda upstream: FusedChannel(upstream, [make() for make in makers])]


class FusedChannel(Channel[Any]):
    """The items of *upstream*, sent through *stages*.

    Each item goes through all stages before the next one does, but for a stage that takes many at
    once.  A failure comes after all items before it, and after the items that the stages hold back: all
    stages if upstream failed, and the later stages if a stage failed.  The failed stage is asked for
    nothing more, and the items that earlier stages hold could go nowhere.
    """

    def __init__(self, upstream: Channel[Any], stages: Sequence[Stage[Any, Any]]) -> None:
        super().__init__()
        self._upstream = upstream
        self._stages = stages
        self._program = compile_stages(stages)
        self._may_be_done = any(map(may_be_done, stages))
        self._can_poll = upstream._can_poll
        self._read_items = upstream._read_items
        # `__anext__` may read in a single frame: it saves two of three frames, 0.8 of 5.5 µs, at each
        # read that waits.
        self._fast_path = not (self._may_be_done or upstream._is_pushed)

    async def __anext__(self) -> Any:
        # A read in one frame, where nothing is ready and a read is all there is to do.  `_wait` and
        # `_fetch` do the same for all other cases, and say why.
        row = self._next_reversed
        if row:
            return row.pop()
        if self._can_poll and self._take_nowait():
            return self._next_reversed.pop()
        upstream = self._upstream
        if not self._fast_path or (
            self._next_reversed
            or self._receiving
            or self._backlog_size
            or self._end is not None
            or upstream._next_reversed
            or upstream._backlog_size
            or upstream._end is not None
        ):
            return await super().__anext__()
        self._receiving = True
        try:
            batch = await upstream._fetch()
        finally:
            self._receiving = False
        results: list[Any] = []
        if batch and not self._closed:
            failure = self._program(batch, results)
            if failure is not None:
                self._break(failure, results)
            if results:
                self._deliver(results)
        self._until_checkpoint = READY_ITEMS - len(results)
        row = self._next_reversed
        return row.pop() if row else await super().__anext__()

    async def _fetch(self) -> list[Any]:
        if self._may_be_done and self._first_done() is not None:
            await trio.lowlevel.checkpoint()
            return self._run_stages(())
        return self._run_stages(await self._pull(self._upstream))

    def _fetch_nowait(self) -> list[Any] | None:
        if self._may_be_done and self._first_done() is not None:
            return None
        batch = self._pull_nowait(self._upstream)
        return None if batch is None else self._run_stages(batch)

    def _limit_wait(self, due: float) -> bool:
        return self._upstream._limit_wait(due)

    def _run_stages(self, batch: Sequence[Any]) -> list[Any]:
        """Send *batch* through the stages; at the end, flush them.  Returns the items that come out."""
        results: list[Any] = []
        if batch:
            failure = self._program(batch, results)
            if failure is not None:
                self._break(failure, results)
        elif self._end is not None and not self._closed:
            self._flush(0, results)
        if self._may_be_done and self._end is None:
            first = self._first_done()
            if first is not None:
                self._finish()
                self._flush(first, results)
        return results

    def _break(self, failure: Failure, results: list[Any]) -> None:
        """End the stream with *failure*, after the items that the later stages hold back."""
        self._finish(failure.error)
        self._flush(failure.stage + 1, results)

    def _flush(self, first: int, results: list[Any]) -> None:
        """Flush the stages from number *first* on into *results*: the stream has ended."""
        while first < len(self._stages):
            rest: list[Any] = []
            try:
                rest += end(
                    self._stages[first], broken=not isinstance(self._end, trio.EndOfChannel)
                )
            except Exception as error:
                self._add_failure(error)
            failure = compile_stages(self._stages[first + 1 :])(rest, results)
            if failure is not None:
                self._add_failure(failure.error)
                first += failure.stage + 1  # the stages before the failed one are ended too
            first += 1

    def _first_done(self) -> int | None:
        """The number of the first stage that wants no more input."""
        for number, stage in enumerate(self._stages):
            if getattr(stage, "done", False):
                return number
        return None
