"""Operations: the nodes of a flow, each with its edges.  No trio here.

Two kinds of edge lead to an operation.  ``after`` waits for whole results.  ``stream_from`` hands
over chunks while they come, through a bounded channel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import attrs

from .._checks import check_seconds, check_size
from .._errors import ConfigurationError, LocalProtocolError
from .._readonly import ReadOnlyDict

if TYPE_CHECKING:
    from ._graph import Graph

STREAM_SIZE: Final = 64
"""Chunks that a producer may be ahead of the operation that reads its stream."""

_NO_PARAMETERS: Final[Mapping[str, Any]] = ReadOnlyDict()


class MadeId(str):  # ruff: ignore[subclass-builtin] - as an id it is a text like any other
    """An id that the library made, because none was given: another one in each process."""

    __slots__ = ()


def _new_id() -> str:
    return MadeId(uuid4().hex)


@attrs.define(eq=False, kw_only=True, repr=False)
class Operation:
    """One node of a flow.  Treat it as immutable after its flow was checked."""

    work: Callable[[Any], Any]
    """The function, called with the operation's `Context`.  It returns an awaitable, which gives the result, or
    an async generator or a `Source`, which gives chunks."""
    name: str
    """The name in messages and pictures; need not be unique."""
    id: str = attrs.Factory(_new_id)
    """Unique in its flow and all flows in it.  Give one to resume in another process."""
    after: tuple[Operation, ...] = attrs.field(default=(), converter=tuple)
    """The operations that this one waits for, until their results are whole."""
    stream_from: Operation | StreamBranch | None = None
    """The operation that this one reads the chunks of, while they come."""
    stream_size: int = STREAM_SIZE
    """The number of chunks that `stream_from` may be ahead."""
    reduce: Callable[[list[Any]], Any] = list
    """A function from all chunks to the result, where `work` gives chunks."""
    replay: Callable[[Any], Iterable[Any]] | None = None
    """A function from the result to its chunks.  Without it, an operation is run again when a flow is
    resumed and a reader of its stream is not done."""
    timeout: float | None = None
    """Seconds for each attempt; the clock stands still while chunks wait for their reader."""
    retry: int = 0
    """The number of further attempts after a failure, as long as no chunk went out or came in."""
    takes_slot: bool = True
    """Whether it counts for ``max_concurrent``."""
    waits_for: str | None = None
    """The name of the answer that it waits for, which somebody sends to the flow's journal."""
    parameters: Mapping[str, Any] = _NO_PARAMETERS
    """The arguments that it was made with."""
    home: Any = None
    """Its builder or session.  All operations of one flow have one home, or none."""
    inner: Graph | None = None
    """The flow that it runs, if that is known beforehand."""

    def __attrs_post_init__(self) -> None:
        # Most operations have none of these, and ten thousand are made at a time.
        if not (isinstance(self.name, str) and isinstance(self.id, str) and self.name and self.id):
            raise ConfigurationError(
                "the name and the id of an operation must be a str, not"
                f" {self.name!r:.200} and {self.id!r:.200}"
            )
        if self.timeout is not None:
            check_seconds(f"timeout of operation {self.name!r}", self.timeout)
        if self.retry:
            check_size(f"retry of operation {self.name!r}", self.retry, least=0)
        if self.stream_size is not STREAM_SIZE:
            check_size(f"stream_size of operation {self.name!r}", self.stream_size)
        if not callable(self.work):
            raise ConfigurationError(
                f"operation {self.name!r} needs an async function, an async generator function or"
                f" a function that gives a source, not {self.work!r}"
            )

    @property
    def producer(self) -> Operation | None:
        """The operation that ``stream_from`` leads to, through a fork or not."""
        stream = self.stream_from
        return stream.operation if isinstance(stream, StreamBranch) else stream

    def outline(self) -> Operation:
        """The operation by its name and its id alone, which can be pickled whatever it does."""
        return Operation(work=_not_here, name=self.name, id=self.id)

    def __reduce__(self) -> tuple[Any, ...]:
        # Pickled without its home: the builder holds all the other operations.
        names = [field.name for field in attrs.fields(Operation) if field.name != "home"]
        return _operation, ({name: getattr(self, name) for name in names},)

    def __repr__(self) -> str:
        return f"<Operation {self.name!r} {self.id[:8]}>"


def _operation(fields: dict[str, Any]) -> Operation:
    return Operation(**fields)


def _not_here(context: Any) -> Any:
    raise LocalProtocolError(
        f"operation {context.operation.name!r} came out of a pickled error, which has its name and"
        " its id alone: run the operation that it is of"
    )


@attrs.frozen(eq=False)
class StreamBranch:
    """One of the equal branches of an operation's stream.  `fork` makes them."""

    operation: Operation
    """The operation with the stream."""
    number: int
    """Its place among the branches, from 0."""
    family: object = attrs.field(repr=False)
    """The same for all branches of one fork."""


def fork(operation: Operation, n: int) -> Sequence[StreamBranch]:
    """Branches of *operation*'s stream, each to be the ``stream_from`` of one operation.

    The slowest reader sets the pace; a branch without a reader costs nothing.
    """
    if not isinstance(operation, Operation):
        raise ConfigurationError(f"fork() takes an operation, not {operation!r}")
    check_size("n", n)
    family = object()
    return tuple(StreamBranch(operation, number, family) for number in range(n))
