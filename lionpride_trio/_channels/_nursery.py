"""A nursery that leaves the exceptions of its block as they are, and tests that tell failures from cancellations.

A pump is a task that delivers its failures elsewhere and so never raises.  Two things may still come
out of its code: a failure when nobody is left who could be told (`LateFailures`), and a cancellation
that is not its own (`failure_in`).
"""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self, TypeGuard

import trio

from .._errors import LocalProtocolError
from ._entrance import check_on_trio


class _HeldException:
    """Holds the exception of its block, to be raised later."""

    error: BaseException | None = None

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        self.error = exc
        return True


@asynccontextmanager
async def open_pump_nursery() -> AsyncGenerator[trio.Nursery]:
    """A nursery for pumps: tasks that deliver their failures elsewhere and so never raise.

    When the block ends, by whatever way, the tasks are cancelled and joined.  The block's own
    exception comes out as it is, not in a group.

    :raises LocalProtocolError: code of the user's in one of the tasks let a cancellation out that
        was not the task's own, which cancelled the block.
    """
    check_on_trio()
    # The block's exception does not pass through the nursery, which would put it in a group and,
    # where it is a group itself, make it anew in its search for cancellations.
    aside = _HeldException()
    broken = False
    raised: BaseException | None = None
    try:
        async with trio.open_nursery() as nursery:
            try:
                with aside:
                    yield nursery
            finally:
                broken = nursery.cancel_scope.cancel_called  # by a task that raised
                nursery.cancel_scope.cancel()
    except BaseExceptionGroup as group:
        # Cancelled from outside, the pumps say so too; the block's word stands for all.
        if aside.error is None or group.split(trio.Cancelled)[1] is not None:
            raised = alone_in(group)
    if raised is not None:
        raise raised
    error = aside.error
    if broken and (error is None or is_cancellation(error)) and not is_cancelled():
        raise stray_cancellation("a task beside this block") from error
    if error is not None:
        raise error


class LateFailures:
    """A block that raises at its end the failures that reached nobody.

    An exception of the block's own comes out as it is, with a note about the others.  A
    cancellation is no such exception: a clean-up that fails under it has failed.
    """

    def __init__(self) -> None:
        self._errors: list[Exception] = []

    def add(self, error: Exception) -> None:
        """Keep *error* until the block ends."""
        self._errors.append(error)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if not self._errors:
            return
        own = None if exc is None or is_cancellation(exc) else exc
        first, *others = (own, *self._errors) if own is not None else self._errors
        for error in others:
            first.add_note(f"its clean-up failed, too: {error!r}")
        if first is not own:
            raise first


def alone_in(error: BaseException) -> BaseException:
    """The one exception that *error*, a nursery's group, has beside cancellations; else *error* itself.

    Ctrl-C in one of the tasks is to be a `KeyboardInterrupt` for who waits for them all.
    """
    found = error
    while _is_group(found):
        rest: Any = found.split(trio.Cancelled)[1] or found
        if len(rest.exceptions) > 1:
            return error
        found = rest.exceptions[0]
    return found


def failure_in(error: BaseException) -> Exception | None:
    """*error* if it is a failure, or the failure that it has beside a cancellation; None if there is none.

    To be asked in the task that *error* came out of, outside of all scopes that the code which
    raised it had open.  A `trio.Cancelled` that this task was not given, such as one that was kept
    and raised again after its scope had closed, counts as a failure.
    """
    if isinstance(error, Exception):
        return error
    if _is_group(error):
        rest = error.split(trio.Cancelled)[1]
        if isinstance(rest, ExceptionGroup):
            return rest
    if is_cancelled() or not is_cancellation(error):
        return None
    failure = stray_cancellation("this code")
    failure.__cause__ = error
    return failure


def is_cancelled() -> bool:
    """Whether the surroundings of the calling task are cancelled."""
    return trio.current_effective_deadline() == -math.inf


def is_cancellation(error: BaseException) -> bool:
    """Whether *error* is a `trio.Cancelled`, or a group of nothing else."""
    if _is_group(error):
        return error.split(trio.Cancelled)[1] is None
    return isinstance(error, trio.Cancelled)


def _is_group(error: BaseException) -> TypeGuard[BaseExceptionGroup[Any]]:
    return isinstance(error, BaseExceptionGroup)


def stray_cancellation(whose: str) -> LocalProtocolError:
    """The failure of code that raises a cancellation which nobody asked for."""
    return LocalProtocolError(
        f"{whose} raised trio.Cancelled, and nothing around it is cancelled: let a cancellation pass"
        " when it comes, and do not raise one that was kept"
    )
