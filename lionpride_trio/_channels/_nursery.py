"""A nursery that never changes what its block raises."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from types import TracebackType

import trio


class _Aside:
    """Puts aside what its block raises, to be raised later."""

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
    """
    # The block's exception does not pass through the nursery, which would put it in a group and,
    # where it is a group itself, make it anew in its search for cancellations.
    aside = _Aside()
    try:
        async with trio.open_nursery() as nursery:
            try:
                with aside:
                    yield nursery
            finally:
                nursery.cancel_scope.cancel()
    except BaseExceptionGroup as group:
        # Cancelled from outside, the pumps say so too; the block's word stands for all.
        if aside.error is None or group.split(trio.Cancelled)[1] is not None:
            raise
    if aside.error is not None:
        raise aside.error
