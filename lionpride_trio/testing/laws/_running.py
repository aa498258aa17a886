"""Programs run on a clock that jumps, and are watched for tasks and files that they leave behind."""

from __future__ import annotations

import gc
import warnings
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final, TypeVar

import attrs
import trio
from trio.testing import MockClock

from ..._channels._nursery import open_pump_nursery
from ..._channels._source import Source
from ...transformers import source
from .._cancelling import cancel_everywhere
from ._broken import LawBroken, shown

T = TypeVar("T")

ITEMS: Final = ("One. ", "two ", "three.\n\n", "Four! ", "5")
"""The items for operators and sinks, unless others are given."""
LONGEST: Final = 1_000_000.0
"""Seconds of the jumping clock in which a program that does not wait for ever does something."""
MOST_JUMPS: Final = 1000
"""How often so many seconds may pass."""


class MineError(Exception):
    """The failure of the laws' own sources and bodies."""


class Log:
    """Notes on a source: how many items it gave, and whether it was closed."""

    def __init__(self) -> None:
        self.given = 0
        self.closed = False


@source
async def producer(
    items: Sequence[Any], log: Log, then: Exception | None = None
) -> AsyncIterator[Any]:
    """*items*, some at once and some after a while; then a failure, if told so."""
    try:
        for number, item in enumerate(items):
            if number % 2:
                await trio.sleep(1)
            log.given += 1
            yield item
        if then is not None:
            raise then
    finally:
        log.closed = True


def run(program: Callable[..., Awaitable[T]], *arguments: Any) -> T:
    """Run *program* in an event loop of its own, whose clock jumps over waits.

    :raises LawBroken: it waits for ever, or leaves its blocks open.
    """
    steps = _Steps()

    async def watched() -> T:
        with trio.CancelScope() as scope:
            async with open_pump_nursery() as nursery:
                nursery.start_soon(_watch, scope, steps)
                return await program(*arguments)
        raise LawBroken("no deadlock", "the program waits for what can never come")

    try:
        return trio.run(watched, clock=MockClock(autojump_threshold=0), instruments=[steps])
    except (RuntimeError, trio.TrioInternalError) as error:
        if isinstance(error, trio.TrioInternalError) or "corrupted" in str(error):
            raise LawBroken(
                "structured", "blocks were left in another order than they were entered in"
            ) from error
        raise


@attrs.define(eq=False)
class _Steps(trio.abc.Instrument):
    count: int = 0

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        self.count += 1


async def _watch(scope: trio.CancelScope, steps: _Steps) -> None:
    """Cancel *scope* when the clock jumps far and no other task did anything meanwhile.

    The clock knows nothing of worker threads, and jumps while they work.
    """
    threads = trio.to_thread.current_default_thread_limiter()
    jumps = 0
    while jumps < MOST_JUMPS:
        before = steps.count
        await trio.sleep(LONGEST)
        if threads.borrowed_tokens == 0:
            if steps.count == before + 1:
                break
            jumps += 1
    scope.cancel()


@asynccontextmanager
async def no_task_left(law: str, when: str) -> AsyncGenerator[None]:
    """A block after which as many tasks must live as before it."""
    before = trio.lowlevel.current_statistics().tasks_living
    try:
        yield
    finally:
        left = trio.lowlevel.current_statistics().tasks_living - before
        if left > 0:
            raise LawBroken(law, f"{when} it left {left} tasks running that no open block owns")


@contextmanager
def nothing_left_to_the_collector() -> Generator[None]:
    """A block that must leave no generator, socket or file for the garbage collector to close."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ResourceWarning)
        yield  # ruff: ignore[fallible-context-manager] - what fails tells more than what it left
        gc.collect()
    for warning in caught:
        if issubclass(warning.category, ResourceWarning):
            raise LawBroken("structured", f"something was left open: {warning.message}")


def cancelled_everywhere(program: Callable[[], Awaitable[object]], what: str) -> None:
    """Cancel *program* at each of its steps in turn; it must end quietly each time."""
    runs = 0

    async def counted() -> None:
        nonlocal runs
        runs += 1
        async with no_task_left("cancellation", f"cancelled at step {runs}"):
            await program()

    try:
        cancel_everywhere(counted)
    except LawBroken:
        raise
    except (Exception, BaseExceptionGroup) as error:
        broken = _law_in(error)
        if broken is not None:
            raise broken from None
        raise LawBroken(
            "cancellation",
            f"cancelled at step {runs}, {what} raised {shown(error)} instead of ending quietly",
        ) from error


def _law_in(error: BaseException) -> LawBroken | None:
    """The broken law in a group, if there is one."""
    if isinstance(error, LawBroken):
        return error
    for inner in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        found = _law_in(inner)
        if found is not None:
            return found
    return None


def check_plain(caught: Exception, expected: Exception, what: str) -> None:
    """Refuse *caught* unless it is *expected* itself: not wrapped, not grouped."""
    if caught is expected:
        return
    if isinstance(caught, LawBroken):
        raise caught
    how = "in a group" if isinstance(caught, ExceptionGroup) else "as another exception"
    raise LawBroken("failures come plain", f"{what} came out {how}: {shown(caught)}") from caught


async def collected(source: Source[Any]) -> list[Any]:
    """All items of *source*."""
    async with source as channel:
        return [item async for item in channel]
