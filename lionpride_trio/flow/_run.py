"""The run: the channel of a flow, as ``async with flow_stream(…)`` gives it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import trio

from .._channels._entrance import check_on_trio
from .._channels._mailbox import DEFAULT_SIZE, Mailbox
from .._channels._nursery import LateFailures, is_cancelled, open_pump_nursery
from .._channels._source import Owner, Source
from .._checks import check_size
from .._errors import ConfigurationError
from .._observer import Listeners
from ._graph import Graph
from ._journaling import Journal, check_journal
from ._ledger import Ledger, OperationStatus, Results, Status
from ._mermaid import to_mermaid
from ._operation import Operation
from ._policy import Policy
from ._runner import Runner

Operations = Iterable[Operation]


class FlowRun(Mailbox):
    """The chunks of all running operations as ``(operation_id, chunk)``, with results and states.

    Chunks of one operation keep their order; operations that have chunks take turns.  A slow reader
    stops every operation.  A failure arrives after the chunks before it.  Closing the
    channel cancels the flow.
    """

    def __init__(
        self, graph: Graph, ledger: Ledger, size: int, journal: Journal | None = None
    ) -> None:
        super().__init__(size)
        self._graph = graph
        self._ledger = ledger
        self._journal = journal
        self._scope = trio.CancelScope()

    @property
    def results(self) -> Results:
        """Results by operation (or its id) so far.  It grows as the flow goes on."""
        return Results(self._ledger.values)

    @property
    def status(self) -> Status:
        """A snapshot: `OperationStatus` by operation (or its id), flows in this one included."""
        return self._ledger.status()

    def operation(self, operation_id: Operation | str) -> Operation:
        """The operation with that id, in this flow or in one inside it; an operation stands for itself.

        :raises KeyError: there is none; names the keys.
        """
        status: OperationStatus = self.status[operation_id]
        return status.operation

    def to_mermaid(self) -> str:
        """The graph as a Mermaid flowchart, coloured by the states of the operations."""
        return to_mermaid(self._graph, self._ledger.progress)

    async def drive(
        self, policy: Policy, late: LateFailures, observers: Sequence[Listeners]
    ) -> None:
        """Run the flow; a failure goes into the channel, or to *late* if the channel was left."""
        with self._scope:
            try:
                await _run_graph(self._graph, self._ledger, self, policy, self._journal, observers)
            except Exception as error:
                if self.reader_gone or is_cancelled():
                    late.add(error)
                else:
                    self.finish(error)
            else:
                self.finish()

    def close_nowait(self) -> None:
        if not self.reader_gone:
            self._ledger.left = not is_cancelled()
        super().close_nowait()
        self._scope.cancel()

    def _noun(self) -> str:
        return "flow"


class FlowSource(Source[tuple[str, Any]]):
    """A cold flow: ``async with source as run`` starts it."""

    async def __aenter__(self) -> FlowRun:
        channel = await super().__aenter__()
        assert isinstance(channel, FlowRun)
        return channel


def flow_source(
    operations: Operations,
    *,
    max_concurrent: int | None = None,
    on_error: Any = "cancel",
    results: Mapping[Any, Any] | None = None,
    journal: Journal | None = None,
    size: int = DEFAULT_SIZE,
    observers: Sequence[Listeners] = (),
    owner: Callable[[], Owner | None] = lambda: None,
) -> FlowSource:
    """A source of ``(operation_id, chunk)`` from all running *operations*.

    See `lionpride_trio.operations.flow_stream`.
    """
    graph = Graph(operations)
    policy = Policy(max_concurrent, on_error)
    check_size("size", size)
    check_journal(graph, journal, results)
    known = by_id(graph, results)

    @asynccontextmanager
    async def opened() -> AsyncGenerator[FlowRun]:
        run = FlowRun(graph, Ledger(graph, known), size, journal)
        with LateFailures() as late:
            async with open_pump_nursery() as nursery:
                nursery.start_soon(run.drive, policy, late, observers, name="flow")
                yield run

    return FlowSource(opened, name="flow_stream", owner=owner)


async def run_flow(
    operations: Operations,
    *,
    max_concurrent: int | None = None,
    on_error: Any = "cancel",
    results: Mapping[Any, Any] | None = None,
    journal: Journal | None = None,
    observers: Sequence[Listeners] = (),
) -> Results:
    """The results of *operations*, by operation.  See `lionpride_trio.operations.flow`."""
    check_on_trio()
    graph = Graph(operations)
    policy = Policy(max_concurrent, on_error)
    check_journal(graph, journal, results)
    ledger = Ledger(graph, by_id(graph, results))
    await trio.lowlevel.checkpoint()
    await _run_graph(graph, ledger, None, policy, journal, observers)
    return ledger.results()


async def _run_graph(
    graph: Graph,
    ledger: Ledger,
    out: Mailbox | None,
    policy: Policy,
    journal: Journal | None,
    observers: Sequence[Listeners],
) -> None:
    if journal is None:
        await Runner(graph, ledger, out, policy, observers=observers).run()
        return
    async with journal.open(graph, ledger) as run_journal:
        await Runner(graph, ledger, out, policy, journal=run_journal, observers=observers).run()


def by_id(graph: Graph, results: Mapping[Any, Any] | None) -> dict[str, Any]:
    """Results of an earlier run of *graph*, by ids whatever their keys were.

    :raises ConfigurationError: a result that somebody wrote down is of no operation of *graph*.  What a flow has
        given may have more: results of flows that its operations made while they ran.
    """
    if results is None:
        return {}
    if not isinstance(results, Mapping):
        raise ConfigurationError(
            f"results= takes results by operation, such as error.results, not {results!r:.100}"
        )
    known = {key.id if isinstance(key, Operation) else key: value for key, value in results.items()}
    unknown = known.keys() - {operation.id for operation in graph.walk()}
    if unknown and not isinstance(results, Results):
        named = ", ".join(repr(operation.name) for operation in graph.operations[:5]) or "none"
        raise ConfigurationError(
            f"results= has a result for {min(map(repr, unknown)):.100}, which is no operation of this flow: its keys"
            f" are operations, or their ids; the operations here are {named}"
        )
    return known
