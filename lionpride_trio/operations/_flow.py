"""``flow`` and ``flow_stream``: running the operations of a builder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from .._channels._entrance import OnlyAsync
from .._channels._mailbox import DEFAULT_SIZE
from .._channels._source import Owner
from .._errors import ConfigurationError
from .._observer import Listeners, Observer, listeners_of
from ..flow import FlowSource, Journal, Operation, Results, flow_source, run_flow
from ..session._owner import SessionOwner
from ._builder import Builder

OnError = Literal["cancel", "skip"]


def flow_stream(
    operations: Builder | Iterable[Operation],
    *,
    max_concurrent: int | None = None,
    on_error: OnError = "cancel",
    results: Mapping[Any, Any] | None = None,
    journal: Journal | None = None,
    size: int = DEFAULT_SIZE,
    observers: Iterable[Observer] = (),
) -> FlowSource:
    """A source of ``(operation_id, chunk)`` from all running *operations*, chunk by chunk.

    ``async with flow_stream(builder.operations) as run: async for operation_id, chunk in run``, or
    iterated bare while the builder's session is open, which then owns it.  ``run`` is a `FlowRun`,
    with ``results``, ``status`` and ``to_mermaid()``.

    Opening it opens a nursery, in which each operation has a task; leaving the block cancels and
    joins them all.  At most *size* chunks wait for the reader, and a slow reader stops every
    operation, down to its socket.  At most *max_concurrent* operations run at once, but for
    operations that ``stream_from`` joins, which run together.  Operations with a result in *results*, from
    an earlier run, are not run again.  *observers* are told of the flow, of its operations, and of the calls
    and turns in them; so are those of the builder's session.

    With *journal*, as ``streams.journal("run-7")`` gives it, each result is written down before anything is made
    of it.  The same flow with the same journal goes on from there, in another process too: what is done is not run
    again, its turns are committed to their branches, and its chunks are read again by the operations that still
    need them; they do not come out of this source a second time.

    A failure arrives after the chunks before it, with a note that names the operation.

    - ``on_error="cancel"``: the others are cancelled, and the failure is raised as it is; where
      several failed at once, `FlowError` has them all.
    - ``on_error="skip"``: operations that need the failed one are skipped, the others go on, and at the
      end `FlowError` is raised, with ``results``.

    :raises ConfigurationError: the operations cannot be a flow, or an option is wrong; here, before
        anything runs.
    """
    listed, owner, listeners = _operations_and_owner(operations)
    return flow_source(
        listed,
        max_concurrent=max_concurrent,
        on_error=on_error,
        results=results,
        journal=journal,
        size=size,
        observers=(listeners(), listeners_of(observers)),
        owner=owner,
    )


async def flow(
    operations: Builder | Iterable[Operation],
    *,
    max_concurrent: int | None = None,
    on_error: OnError = "cancel",
    results: Mapping[Any, Any] | None = None,
    journal: Journal | None = None,
    observers: Iterable[Observer] = (),
) -> Results:
    """Run *operations* to their end; return their results by operation (or its id).

    Options and failures are as for `flow_stream`; the chunks are not kept.  Blocks.  Opens a nursery,
    which a cancellation ends with all that is in it.
    """
    listed, _, listeners = _operations_and_owner(operations)
    return await run_flow(
        listed,
        max_concurrent=max_concurrent,
        on_error=on_error,
        results=results,
        journal=journal,
        observers=(listeners(), listeners_of(observers)),
    )


def _operations_and_owner(
    operations: Builder | Iterable[Operation],
) -> tuple[tuple[Operation, ...], Callable[[], Owner | None], Callable[[], Listeners]]:
    """The operations, and functions that find the owner of a source of them and their session's observers."""
    if isinstance(operations, Builder):
        listed = operations.operations
    elif isinstance(operations, Iterable) and not isinstance(operations, str | OnlyAsync):
        listed = tuple(operations)
    else:
        raise ConfigurationError(
            f"a flow is made of a Builder, or of a list of operations, not {operations!r:.200}"
        )

    def session_owner() -> SessionOwner | None:
        homes = (operation.home for operation in listed if isinstance(operation, Operation))
        home = next((home for home in homes if isinstance(home, Builder)), None)
        session = None if home is None else home.session
        return None if session is None else session._owner  # ruff: ignore[private-member-access] - of one house

    def owner() -> Owner | None:
        found = session_owner()
        return found if found is not None and found.is_open else None

    def listeners() -> Listeners:
        found = session_owner()
        return () if found is None else found.observers

    return listed, owner, listeners
