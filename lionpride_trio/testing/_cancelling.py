"""Cancelling a program at each of its steps in turn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import attrs
import trio
from trio.testing import MockClock


@attrs.define(eq=False)
class _CancelAtStep(trio.abc.Instrument):
    """Cancels a scope just before the scheduler's step of number *at*."""

    at: int
    scope: trio.CancelScope | None = None
    steps: int = 0

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        if self.scope is None:
            return
        if self.steps == self.at:
            self.scope.cancel()
        self.steps += 1


def cancel_everywhere(program: Callable[[], Awaitable[object]], *, most_runs: int = 10_000) -> int:
    """Run *program* again and again, cancelled at its first step, its second, … until it passes.

    Each run has an event loop of its own, under a clock that jumps over waits.  Blocks; not to be
    called inside `trio.run`.  Returns the number of runs.  An exception of a run comes out as it is: a
    well-behaved program ends quietly when it is cancelled, wherever that is.

    :raises AssertionError: the program does not end within *most_runs* steps.
    """
    for at in range(most_runs):
        canceller = _CancelAtStep(at)
        if not trio.run(
            _run, program, canceller, clock=MockClock(autojump_threshold=0), instruments=[canceller]
        ):
            return at + 1
    raise AssertionError(f"the program takes more than {most_runs} steps")


async def _run(program: Callable[[], Awaitable[Any]], canceller: _CancelAtStep) -> bool:
    with trio.CancelScope() as scope:
        canceller.scope = scope
        await program()
    canceller.scope = None
    return scope.cancel_called
