"""The laws of flows: the same results however they are run, and nothing left behind."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any, TypeAlias

import attrs
import trio

from ...flow import Operation, flow_source, run_flow
from ._broken import LawBroken, shown
from ._running import (
    cancelled_everywhere,
    no_task_left,
    nothing_left_to_the_collector,
    run,
)

Operations: TypeAlias = Iterable[Operation]
Build: TypeAlias = Callable[[], Operations | AbstractAsyncContextManager[Operations]]


def check_flow(
    build: Build,
    *,
    expect: Mapping[str, Any] | None = None,
    cancelling: bool = True,
) -> None:
    """Check that a flow does the same however it is run::

        def test_my_flow():
            check_flow(make_operations, expect={"summary": "…"})

    *build* makes the operations anew for each run, or gives an async context manager of them, such
    as one that opens a session.  *expect* has results by the operations' names.

    The laws: every run has the same results, with any number of operations at once, for a slow
    reader of its chunks and for none; each operation's chunks keep their order; no way of running
    it waits for ever; cancelled at any step it ends quietly; left early, it leaves no task.  A flow
    that fails has to fail with the same error each time.  Without *cancelling*, which takes a run for
    each step, that law is left out.

    Runs event loops of its own, under a clock that jumps: call it from a plain test function.

    :raises LawBroken: says which law.
    """
    with nothing_left_to_the_collector():
        first = run(_finished, build, None)
        for name, value in (expect or {}).items():
            if name not in first.results:
                raise LawBroken("results", f"operation {name!r} has none: {first}")
            if first.results[name] != value:
                raise LawBroken(
                    "results",
                    f"operation {name!r} gave {shown(first.results[name])}, not {shown(value)}",
                )
        for most in (None, 1, 2):
            _compare(first, run(_finished, build, most), f"with max_concurrent={most}")
        streams = [run(_streamed, build, size, pause) for size, pause in ((64, 0), (1, 0), (1, 9))]
        for streamed in streams:
            _compare(first, streamed, "with a reader of its chunks")
            if streamed.chunks != streams[0].chunks:
                raise LawBroken(
                    "order",
                    f"a slow reader got {shown(streamed.chunks)}, a fast one"
                    f" {shown(streams[0].chunks)}",
                )
        run(_left_early, build)
        if cancelling:
            cancelled_everywhere(lambda: _cancelled(first, _finished(build, None)), "the flow")
            cancelled_everywhere(lambda: _cancelled(first, _streamed(build, 1, 0)), "the flow")


@attrs.frozen
class _Run:
    results: Mapping[str, Any]
    """By name; where names are not unique, by name and number."""
    error: str | None = None
    chunks: Mapping[str, Sequence[Any]] = attrs.field(factory=dict[str, Sequence[Any]], eq=False)

    def __str__(self) -> str:
        return f"{shown(dict(self.results))}" + (f" and {self.error}" if self.error else "")


def _compare(first: _Run, other: _Run, how: str) -> None:
    if first != other:
        raise LawBroken("results", f"a run gave {first}, and {how} it gave {other}")


async def _cancelled(first: _Run, program: Awaitable[_Run]) -> None:
    """Compare a run that was cancelled too late to end: its results are those of any run."""
    ended = await program
    if ended != first:
        raise LawBroken("cancellation", f"cancelled, the flow ended with {ended}")


async def _finished(build: Build, most: int | None) -> _Run:
    async with no_task_left("structured", "after its end"), _built(build) as operations:
        names = _names(operations)
        try:
            results: Mapping[Any, Any] = await run_flow(operations, max_concurrent=most)
        except Exception as error:
            return _Run({}, repr(error))
        return _Run({names[one.id]: results[one] for one in operations})


async def _streamed(build: Build, size: int, pause: float) -> _Run:
    chunks: dict[str, list[Any]] = {}
    async with no_task_left("structured", "after its end"), _built(build) as operations:
        names = _names(operations)
        try:
            async with flow_source(operations, size=size) as channel:
                async for key, chunk in channel:
                    chunks.setdefault(str(names.get(key, key)), []).append(chunk)
                    await trio.sleep(pause)
                results: Mapping[Any, Any] = channel.results
        except Exception as error:
            return _Run({}, repr(error))
        return _Run({names[one.id]: results[one] for one in operations}, None, chunks)


async def _left_early(build: Build) -> None:
    async with no_task_left("structured", "left early,"), _built(build) as operations:
        # The flow may have no chunks, or fail: its end was compared before.
        with suppress(Exception):
            async with flow_source(operations, size=1) as channel:
                await channel.receive()


@asynccontextmanager
async def _built(build: Build) -> AsyncGenerator[list[Operation]]:
    made = build()
    if isinstance(made, AbstractAsyncContextManager):
        async with made as operations:
            yield list(operations)
    else:
        yield list(made)


def _names(operations: Sequence[Operation]) -> dict[str, str]:
    """Names by id: the operations' own where they are unique, with their number otherwise."""
    names = [one.name for one in operations]
    return {
        one.id: one.name if names.count(one.name) == 1 else f"{one.name} {number}"
        for number, one in enumerate(operations)
    }
