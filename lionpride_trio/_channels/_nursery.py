"""A nursery that never changes what its block raises."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import trio


@asynccontextmanager
async def open_pump_nursery() -> AsyncGenerator[trio.Nursery]:
    """A nursery for pumps: tasks that deliver their failures elsewhere and so never raise.

    When the block ends, by whatever way, the tasks are cancelled and joined.  The block's own
    exception comes out as it is, not in a group.
    """
    body: BaseException | None = None
    try:
        async with trio.open_nursery() as nursery:
            try:
                yield nursery
            except BaseException as error:
                body = error
                raise
            finally:
                nursery.cancel_scope.cancel()
    except BaseExceptionGroup as group:
        if body is None or list(group.exceptions) != [body]:
            raise
    else:
        return
    raise body
