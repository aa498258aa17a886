"""Carrying an async generator: its items are handed over where its scopes and nurseries are open.

The code between two steps of an async generator runs inside the cancel scopes and nurseries that
the generator holds open around its ``yield``, if both run in one task.  So a cancellation that
strikes there, while an item waits for room, may be the generator's own: its deadline has passed, or
a task of its nursery has failed.  Only the generator can tell, so the cancellation is thrown in at
the ``yield``, as if the generator had waited there itself:

- the generator catches it: the next item comes, or the end, and nothing is lost;
- the generator makes a failure of it: the failure comes after the items before it;
- the generator lets it out: the cancellation came from outside, and is passed on.

A generator whose items nobody wants is stopped by a cancellation too.  A ``GeneratorExit`` would have to
pass through its nurseries, which put it into a group.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Sized
from typing import Any, Final, TypeVar

import trio

from .._errors import LocalProtocolError
from ._nursery import failure_in

T = TypeVar("T")

MOST_HELD: Final = 64
"""Items that a generator may make while each hand-over is cancelled."""


class ReaderGone(Exception):
    """Raised by a function that `carry` calls: nobody wants the items any more."""


async def carry(
    generator: AsyncGenerator[T, Any],
    hand_over: Callable[[deque[T]], Awaitable[object]],
    hand_over_nowait: Callable[[T], bool] | None = None,
) -> None:
    """Call *hand_over* with each item of *generator*, in order; close the generator.

    *hand_over* takes each item from the left of a queue after it has handed the item over.  It returns
    when the queue is empty and the generator may make the next item; it raises `ReaderGone` to stop the
    generator.  The queue has one item, or more if *hand_over* was cancelled before.  *hand_over_nowait*
    may save that call: it hands the item over at once and returns True, or it returns False.

    :raises Exception: a failure of the generator, after the items before it.
    :raises LocalProtocolError: the generator made more than 64 items of which none could be handed
        over, since each wait was cancelled by a scope of its own.
    """
    held: deque[T] = deque()
    failure: BaseException | None = None
    suspended = False
    with trio.CancelScope() as scope:
        try:
            step: Awaitable[T] = generator.__anext__()
            while True:
                suspended = False
                item = await step
                suspended = True
                if hand_over_nowait is not None and not held and hand_over_nowait(item):
                    step = generator.__anext__()
                    continue
                held.append(item)
                try:
                    await hand_over(held)
                except trio.Cancelled as cancelled:
                    if len(held) > MOST_HELD:
                        raise _too_many(held) from None
                    step = generator.athrow(cancelled)
                else:
                    step = generator.__anext__()
        except (StopAsyncIteration, ReaderGone):
            pass
        except BaseException as error:  # a cancellation is raised below
            failure = failure_in(error) or error
        if suspended:
            await _stop(generator, scope)
    if held and (failure is None or isinstance(failure, Exception)):
        try:
            await hand_over(held)
        except ReaderGone:
            return
        except trio.Cancelled:
            if failure is None:
                raise
    if failure is not None:
        raise failure


def _too_many(held: Sized) -> LocalProtocolError:
    return LocalProtocolError(
        f"{len(held)} items wait for a slow reader while this generator's own cancel scopes run out"
        " around its yield: put a deadline around the work that makes an item, and yield outside of"
        " it"
    )


async def _stop(generator: AsyncGenerator[Any, Any], scope: trio.CancelScope) -> None:
    """End *generator*, which is suspended at a yield, by cancelling *scope*, which is around it."""
    scope.cancel()
    step: Awaitable[Any] | None = None
    try:
        await trio.lowlevel.checkpoint_if_cancelled()
    except trio.Cancelled as cancelled:
        step = generator.athrow(cancelled)
    if step is not None:
        try:
            await step
        except StopAsyncIteration:
            return
    # The generator shields itself from the cancellation, or yields in spite of it.
    try:
        await generator.aclose()
    except BaseExceptionGroup as group:
        rest = group.split(GeneratorExit)[1]
        if rest is not None:
            raise rest from None
