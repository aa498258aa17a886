"""The ledger of a flow: the state and the result of each operation."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import attrs
import trio

from ._graph import Graph
from ._operation import Operation
from ._waits import WaitNames


class State(enum.StrEnum):
    """The state of an operation."""

    WAITING = "waiting"
    """The operation waits for others, or for a slot."""
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    """The operation did not run, or not to its end: another one failed, or the flow was left."""


@attrs.frozen
class OperationStatus:
    """One operation at one moment."""

    operation: Operation
    """The operation."""
    state: State
    """Its state."""
    chunks: int
    """The number of chunks so far."""
    first_chunk: float | None
    """Seconds from its start to its first chunk."""
    seconds: float | None
    """Seconds from its start to its end, or until now."""
    attempts: int
    """The number of its attempts."""
    error: Exception | None
    """Its failure; for a skipped operation, the failure of `because`."""
    because: Operation | None
    """The failed operation that this one was skipped for."""
    again: bool = False
    """Whether the journal has a result that does not count any more, because something has changed."""


class Progress:
    """The state of one operation while its run goes on."""

    __slots__ = (
        "again",
        "attempts",
        "because",
        "chunks",
        "ended",
        "error",
        "first",
        "operation",
        "started",
        "state",
    )

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self.state = State.WAITING
        self.chunks = 0
        self.started: float | None = None
        self.first: float | None = None
        self.ended: float | None = None
        self.attempts = 0
        self.error: Exception | None = None
        self.because: Operation | None = None
        self.again = False

    def status(self) -> OperationStatus:
        """The status at this moment."""
        started, first, ended = self.started, self.first, self.ended
        if started is not None and ended is None:
            ended = trio.current_time()
        return OperationStatus(
            operation=self.operation,
            state=self.state,
            chunks=self.chunks,
            first_chunk=None if first is None or started is None else first - started,
            seconds=None if ended is None or started is None else ended - started,
            attempts=self.attempts,
            error=self.error,
            because=self.because,
            again=self.again,
        )


class ByOperation(Mapping[Any, Any]):
    """A read-only mapping by operation ids that takes the operations themselves as well."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __getitem__(self, key: Operation | str) -> Any:
        name = key.id if isinstance(key, Operation) else key
        try:
            return self._values[name]
        except (KeyError, TypeError):
            known = f"{key!r} is not there" if isinstance(key, Operation) else f"no id {key!r}"
            raise KeyError(
                f"{known}: the keys are operations, or their ids ({len(self._values)} are there)"
            ) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({dict(self._values)!r})"


class Results(ByOperation):
    """Results by operation: ``results[operation]`` or ``results[operation.id]``."""


class Status(ByOperation):
    """`OperationStatus` by operation."""


class Ledger:
    """The states and results of all operations of a flow and of the flows in it."""

    def __init__(self, graph: Graph, results: Mapping[Any, Any]) -> None:
        self.progress: dict[str, Progress] = {}
        self.values: dict[str, Any] = {}
        self.streams: dict[str, Callable[[], Iterable[Any]]] = {}
        """By id of an operation that is done, where a journal has it: its chunks, to be read again."""
        self.left = False
        """Who read the flow left it, and was not cancelled."""
        self.waits = WaitNames()
        self.waits.add(graph.walk(), has_journal=True)  # it has been checked
        self.enter(graph, results)

    def enter(self, graph: Graph, results: Mapping[Any, Any]) -> None:
        """Add the operations of *graph*; those in *results* are done."""
        for operation in graph.walk():
            progress = Progress(operation)
            self.progress[operation.id] = progress
            if results and operation.id in results:
                progress.state = State.DONE
                self.values[operation.id] = results[operation.id]

    def take(
        self, operation: Operation, result: Any, chunks: Callable[[], Iterable[Any]] | None = None
    ) -> None:
        """Enter the result that *operation* had in an earlier run, and its stream."""
        self.progress[operation.id].state = State.DONE
        self.values[operation.id] = result
        if chunks is not None:
            self.streams[operation.id] = chunks

    def status(self) -> Status:
        """A snapshot."""
        return Status({key: progress.status() for key, progress in self.progress.items()})

    def results(self) -> Results:
        """The results at this moment."""
        return Results(dict(self.values))
