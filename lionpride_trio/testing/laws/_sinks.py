"""The laws of sinks: async functions that read a stream to its end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import attrs
import trio

from ...transformers import from_iterable
from ._broken import LawBroken, shown
from ._running import (
    ITEMS,
    Log,
    MineError,
    cancelled_everywhere,
    check_plain,
    no_task_left,
    nothing_left_to_the_collector,
    producer,
    run,
)


def check_sink(
    sink: Callable[[Any], Awaitable[Any]],
    *,
    items: Sequence[Any] = ITEMS,
    left: Callable[[], object | None] = lambda: None,
    reset: Callable[[], object] = lambda: None,
) -> None:
    """Check that a sink keeps the laws of sinks::

        def test_my_sink(tmp_path):
            path = tmp_path / "out.txt"
            check_sink(
                write_file(path),
                left=lambda: path.read_bytes() if path.exists() else None,
                reset=lambda: path.unlink(missing_ok=True),
            )

    *left* returns the result that the sink left behind if it looks whole, and None if there is none; *reset*
    removes that result, and is called before each run.

    The laws: the result is the same however the items come; a failure upstream comes out as it is
    and never as a result; cancelled at any step the sink ends quietly and leaves no task; after a failure
    or a cancellation it has left nothing that looks whole and is not; a channel that was passed to it
    stays open.

    Runs event loops of its own, under a clock that jumps: call it from a plain test function.

    :raises LawBroken: says which law.
    """
    trial = _Trial(sink, items, left, reset)
    with nothing_left_to_the_collector():
        whole = run(trial.whole)
        run(trial.check_batches, whole)
        run(trial.check_channel, whole)
        for count in {0, len(items) // 2, len(items)}:
            run(trial.check_failure, count, whole)
        trial.check_cancelled(whole)
        reset()


@attrs.frozen
class _Whole:
    result: Any
    left: object | None


@attrs.frozen
class _Trial:
    sink: Callable[[Any], Awaitable[Any]]
    items: Sequence[Any]
    left: Callable[[], object | None]
    reset: Callable[[], object]

    async def whole(self) -> _Whole:
        self.reset()
        async with no_task_left("structured", "after a whole stream"):
            result = await self.sink(producer(self.items, Log()))
        return _Whole(result, self.left())

    async def check_batches(self, whole: _Whole) -> None:
        self.reset()
        result = await self.sink(from_iterable(list(self.items)))
        if result != whole.result or self.left() != whole.left:
            raise LawBroken(
                "chunking invariance",
                f"with all items at once the result is {shown(result)}, and {shown(whole.result)}"
                " when they come one by one (or what was left differs)",
            )

    async def check_channel(self, whole: _Whole) -> None:
        self.reset()
        async with producer(self.items, Log()) as channel:
            result = await self.sink(channel)
            try:
                await channel.receive()
            except trio.EndOfChannel:
                pass
            except trio.ClosedResourceError:
                raise LawBroken(
                    "structured", "it closed a channel that it was handed and that is not its own"
                ) from None
        if result != whole.result:
            raise LawBroken(
                "chunking invariance",
                f"of an open channel the result is {shown(result)}, of a source"
                f" {shown(whole.result)}",
            )

    async def check_failure(self, count: int, whole: _Whole) -> None:
        self.reset()
        failure = MineError("the source failed")
        before = self.items[:count]
        caught: Exception | None = None
        result: Any = None
        try:
            result = await self.sink(producer(before, Log(), failure))
        except Exception as error:
            caught = error
        if caught is None:
            raise LawBroken(
                "cut is not whole",
                f"the source gave {shown(list(before))} and failed, and the sink gave"
                f" {shown(result)} as if that were all",
            )
        check_plain(caught, failure, "the source's failure")
        self._check_left(whole, "the source failed", may_be_whole=False)

    def check_cancelled(self, whole: _Whole) -> None:
        async def program() -> None:
            self.reset()
            finished = False
            try:
                result = await self.sink(producer(self.items, Log()))
                finished = True
            finally:
                if not finished:
                    self._check_left(whole, "it was cancelled", may_be_whole=True)
            if result != whole.result:
                raise LawBroken(
                    "cancellation",
                    f"cancelled, it gave {shown(result)} as if all had come, instead of"
                    f" {shown(whole.result)}",
                )

        cancelled_everywhere(program, "the sink")

    def _check_left(self, whole: _Whole, why: str, *, may_be_whole: bool) -> None:
        left = self.left()
        if left is None or (may_be_whole and left == whole.left):
            return
        raise LawBroken(
            "cut is not whole",
            f"{why}, and it left {shown(left)}, which looks whole"
            + (f" and is not {shown(whole.left)}" if left != whole.left else ""),
        )
