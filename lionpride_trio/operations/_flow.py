"""``flow`` and ``flow_stream``: running what a builder has built."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from .._channels._entrance import OnlyAsync
from .._channels._mailbox import DEFAULT_SIZE
from .._channels._source import Owner
from .._errors import ConfigurationError
from ..flow import FlowSource, Operation, Results, flow_source, run_flow
from ._builder import Builder

OnError = Literal["cancel", "skip"]


def flow_stream(
    operations: Builder | Iterable[Operation],
    *,
    max_concurrent: int | None = None,
    on_error: OnError = "cancel",
    results: Mapping[Any, Any] | None = None,
    size: int = DEFAULT_SIZE,
) -> FlowSource:
    """A source of ``(operation_id, chunk)`` from all running *operations*, chunk by chunk.

    ``async with flow_stream(builder.operations) as run: async for operation_id, chunk in run``, or
    iterated bare where the builder's session is open, which then owns it.  ``run`` is a `FlowRun`,
    with ``results``, ``status`` and ``to_mermaid()``.

    Opening it opens a nursery, in which each operation has a task; leaving the block cancels and
    joins them all.  At most *size* chunks wait for the reader, and a slow reader stops every
    operation, down to its socket.  At most *max_concurrent* operations run at once, but for
    operations that ``stream_from`` joins, which run together.  *results* of an earlier run: what
    they have is not run again.

    A failure arrives after the chunks before it, with a note that names the operation.

    - ``on_error="cancel"``: the others are cancelled, and the failure is raised as it is; where
      several failed at once, `FlowError` has them all.
    - ``on_error="skip"``: what needs the failed operation is skipped, the rest goes on, and at the
      end `FlowError` is raised, with ``results``.

    :raises ConfigurationError: the operations cannot be a flow, or an option is wrong; here, before
        anything runs.
    """
    given, owner = _given(operations)
    return flow_source(
        given,
        max_concurrent=max_concurrent,
        on_error=on_error,
        results=results,
        size=size,
        owner=owner,
    )


async def flow(
    operations: Builder | Iterable[Operation],
    *,
    max_concurrent: int | None = None,
    on_error: OnError = "cancel",
    results: Mapping[Any, Any] | None = None,
) -> Results:
    """Run *operations* to their end; their results by operation (or its id).

    Options and failures as for `flow_stream`; the chunks are not kept.  Blocks.  Opens a nursery,
    which a cancellation ends with all that is in it.
    """
    given, _ = _given(operations)
    return await run_flow(given, max_concurrent=max_concurrent, on_error=on_error, results=results)


def _given(operations: Builder | Iterable[Operation]) -> tuple[tuple[Operation, ...], Any]:
    """The operations, and how to find what would own a source of them."""
    if isinstance(operations, Builder):
        given = operations.operations
    elif isinstance(operations, Iterable) and not isinstance(operations, str | OnlyAsync):
        given = tuple(operations)
    else:
        raise ConfigurationError(
            f"a flow is made of a Builder, or of a list of operations, not {operations!r:.200}"
        )

    def owner() -> Owner | None:
        homes = (operation.home for operation in given if isinstance(operation, Operation))
        home = next((home for home in homes if isinstance(home, Builder)), None)
        session = None if home is None else home.session
        if session is None or not session.is_open:
            return None
        return session._owner  # ruff: ignore[private-member-access] - of one house

    return given, owner
