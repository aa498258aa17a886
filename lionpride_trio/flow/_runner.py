"""The runner: one nursery, in which each operation is a task that starts when it is ready.

Waits are counted down, so a node costs the same in a graph of ten and of ten thousand, and a
failure is one level deep however long the chain is.  The nursery ends when no task is left, which
is when nothing more can become ready; there is nothing else to wait for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from contextvars import copy_context
from typing import Any, Final, Literal, TypeAlias, get_args

import attrs
import trio

from .._channels._lending import LendingMailbox, begin_lending
from .._channels._mailbox import Mailbox
from .._channels._nursery import alone_in, failure_in, is_cancellation, is_cancelled
from .._checks import check_size
from .._errors import ConfigurationError, FlowError, LocalProtocolError, OperationError
from ._context import Context
from ._graph import Graph
from ._ledger import Ledger, Progress, Results, State
from ._lines import Line, Slots
from ._operation import Operation
from ._work import attempt, carry_out

OnError: TypeAlias = Literal["cancel", "skip"]

_WAITING: Final = State.WAITING
_RUNNING: Final = State.RUNNING


class Node:
    """One operation in one run."""

    __slots__ = (
        "dependents",
        "inlet",
        "line",
        "operation",
        "outlets",
        "progress",
        "readers",
        "upstream",
        "waits",
    )

    def __init__(self, operation: Operation, progress: Progress) -> None:
        self.operation = operation
        self.progress = progress
        self.waits = 0
        """Whole results that are still missing."""
        self.dependents: list[Node] = []
        self.upstream: Node | None = None
        self.readers: Sequence[Node] = ()
        self.inlet: Mailbox | None = None
        self.outlets: Sequence[Mailbox] = ()
        self.line: Line | None = None


@attrs.frozen
class Policy:
    """How a flow is run.

    :raises ConfigurationError: in a way that there is not.
    """

    max_concurrent: int | None = None
    on_error: OnError = "cancel"

    def __attrs_post_init__(self) -> None:
        if self.max_concurrent is not None:
            check_size("max_concurrent", self.max_concurrent)
        if self.on_error not in get_args(OnError):
            raise ConfigurationError(
                f"on_error must be one of {', '.join(map(repr, get_args(OnError)))},"
                f" not {self.on_error!r}"
            )


class Runner:
    """One run of one graph.  Chunks go to *out*, or nowhere."""

    def __init__(
        self,
        graph: Graph,
        ledger: Ledger,
        out: Mailbox | None,
        policy: Policy,
        outer: Context | None = None,
    ) -> None:
        self.ledger = ledger
        self.out = out
        self.outer = outer
        self._policy = policy
        self._graph = graph
        self._failed: list[Node] = []
        self._failed_late: list[Node] = []  # those of them that failed in a cancelled flow
        self._to_start: deque[Node] = deque()
        self._stopping = False
        # Tasks are started by tasks; without this, context variables would leak from an operation
        # into those after it.
        self._context = copy_context()
        self._slots = Slots(policy.max_concurrent) if policy.max_concurrent else None
        self._nodes = self._connect()

    async def run(self) -> None:
        """Until all operations have ended.  Opens a nursery; cancelled, it ends them all.

        :raises FlowError: operations failed and the others went on, or several failed at once.
        :raises Exception: an operation failed, which ended the others: its own exception.
        """
        cancelled: BaseException | None = None
        try:
            async with trio.open_nursery() as nursery:
                self._nursery = nursery
                for node in self._nodes:
                    if not node.waits:
                        self._ready(node)
                self._start_all()
        except BaseException as error:  # raised below, if nothing failed beside it
            cancelled = error if is_cancellation(error) else alone_in(error)
        unexplained = self._settle()
        failure: BaseException | None = cancelled
        if cancelled is None:
            if unexplained:
                await trio.lowlevel.checkpoint_if_cancelled()  # it was left, and began nothing more
                self._fail_unexplained(unexplained)
            failure = self._failure(self._failed)
        elif is_cancellation(cancelled):
            # What failed before, where that does not end the flow, is told by the flow's status.
            ended_it = self._policy.on_error == "cancel"
            failure = self._failure(self._failed if ended_it else self._failed_late) or cancelled
        self._failed, self._failed_late = [], []
        if failure is not None:
            raise failure

    async def run_inner(
        self, operations: Graph | Iterable[Operation], context: Context, **options: Any
    ) -> Mapping[Any, Any]:
        """Run a flow inside the operation of *context*."""
        options.setdefault("on_error", self._policy.on_error)
        policy = Policy(**options)
        graph = operations if isinstance(operations, Graph) else Graph(operations)
        if graph is not context.operation.inner:
            self._enter(graph, context)
        await Runner(graph, self.ledger, self.out, policy, context).run()
        values = self.ledger.values
        return Results({operation.id: values[operation.id] for operation in graph.operations})

    def _enter(self, graph: Graph, context: Context) -> None:
        """Make the operations of a flow known that was not known beforehand."""
        for operation in graph.walk():
            first = context.entered.setdefault(operation, context.attempt)
            if operation.id in self.ledger.progress and first == context.attempt:
                raise ConfigurationError(
                    f"operation {operation.name!r} is in this flow already: make new operations"
                    " for each flow inside it"
                )
        self.ledger.enter(graph, self.ledger.values)

    def _connect(self) -> list[Node]:
        """A node for each operation that has to run, and the edges between them."""
        graph, progress = self._graph, self.ledger.progress
        values = self.ledger.values
        to_run = graph.pending(values) if values else graph.operations
        nodes: dict[Operation, Node] = {}
        for operation in graph.operations:
            if not values or operation in to_run:
                mine = progress[operation.id]
                mine.state = _WAITING
                nodes[operation] = Node(operation, mine)
        for operation, node in nodes.items():
            for earlier in operation.after:
                other = nodes.get(earlier)
                if other is not None:
                    other.dependents.append(node)
                    node.waits += 1
            if operation.stream_from is not None:
                self._join(node, nodes)
        if self._slots is not None:
            self._form_lines(nodes)
        return list(nodes.values())

    def _join(self, node: Node, nodes: Mapping[Operation, Node]) -> None:
        producer = node.operation.producer
        assert producer is not None
        node.inlet = LendingMailbox(node.operation.stream_size)
        node.upstream = upstream = nodes.get(producer)
        if upstream is not None:
            upstream.readers = [*upstream.readers, node]
            upstream.outlets = [*upstream.outlets, node.inlet]

    def _form_lines(self, nodes: Mapping[Operation, Node]) -> None:
        lines: dict[Operation, Line] = {}
        for operation, node in nodes.items():
            head = self._graph.heads.get(operation, operation)
            line = node.line = lines.setdefault(head, Line())
            line.members.append(node)
            line.unready += 1

    def _ready(self, node: Node) -> None:
        """All results that *node* waits for are there."""
        line = node.line
        if line is None:
            upstream = node.upstream
            if upstream is None or upstream.progress.state is not _WAITING:
                self._to_start.append(node)
        else:
            self._count_ready(line)

    def _count_ready(self, line: Line) -> None:
        line.unready -= 1
        if not line.unready:
            line.members = [one for one in line.members if one.progress.state is _WAITING]
            line.running = sum(one.operation.takes_slot for one in line.members)
            assert self._slots is not None
            if line.running:
                self._slots.ask(line)
            else:
                self._to_start.extend(line.members)

    def _start_all(self) -> None:
        """Start what may start.  Starting one lets the readers of its stream start."""
        if self._stopping:
            return
        starting = self._to_start
        if self._slots is not None:
            for line in self._slots.granted():
                starting.extend(line.members)
        if starting and self.out is not None and self.out.gone:
            return  # the flow was left: code of theirs would run to its first wait, and may fail
        spawn = self._context.run
        start_soon: Any = self._nursery.start_soon
        while starting:
            node = starting.popleft()
            if node.progress.state is not _WAITING:
                continue
            node.progress.state = _RUNNING
            spawn(start_soon, self._perform, node, name=node.operation.name)
            if node.line is None:
                for reader in node.readers:
                    if not reader.waits:
                        starting.append(reader)

    async def _perform(self, node: Node) -> None:
        operation, progress = node.operation, node.progress
        progress.started = trio.current_time()
        begin_lending()
        context = Context(operation, progress, self, node.inlet, node.outlets)
        if node.inlet is not None and node.upstream is None:
            self._nursery.start_soon(self._replay, node, name=f"{operation.name} (replay)")
        try:
            if operation.timeout is None and not operation.retry:
                progress.attempts = 1
                result = await carry_out(operation, context)
            else:
                result = await attempt(operation, context, progress)
        except BaseException as error:
            failure = failure_in(error)
            if failure is None:
                raise
            self._fail(node, failure)
        else:
            self._complete(node, result)
        finally:
            progress.ended = trio.current_time()
            if node.inlet is not None:
                node.inlet.close_nowait()
            if node.line is not None and operation.takes_slot:
                assert self._slots is not None
                self._slots.ended(node.line)
                self._start_all()

    async def _replay(self, node: Node) -> None:
        """Hand over the chunks of an operation that was done before."""
        producer, inlet = node.operation.producer, node.inlet
        assert producer is not None
        assert producer.replay is not None
        assert inlet is not None
        try:
            await inlet.send(list(producer.replay(self.ledger.values[producer.id])))
        except Exception as error:
            inlet.finish(error)
        else:
            inlet.finish()

    def _complete(self, node: Node, result: Any) -> None:
        node.progress.state = State.DONE
        self.ledger.values[node.operation.id] = result
        for outlet in node.outlets:
            outlet.finish()
        if node.dependents:
            for dependent in node.dependents:
                dependent.waits -= 1
                if not dependent.waits and dependent.progress.state is _WAITING:
                    self._ready(dependent)
            self._start_all()

    def _fail(self, node: Node, error: Exception) -> None:
        progress = node.progress
        progress.error = error
        upstream = node.upstream
        if upstream is not None and upstream.progress.error is error:
            # It passed on what it was told at its channel, and has no failure of its own.
            progress.state = State.SKIPPED
            progress.because = upstream.progress.because or upstream.operation
        else:
            progress.state = State.FAILED
            self._failed.append(node)
            note = f"in operation {node.operation.name!r}"
            if note not in getattr(error, "__notes__", ()):
                error.add_note(note)
        for outlet in node.outlets:
            outlet.finish(error)
        if self._policy.on_error == "cancel":
            self._stopping = True
            self._nursery.cancel_scope.cancel()
        else:
            if is_cancelled():
                self._failed_late.append(node)
            self._skip_after(node)
            self._start_all()

    def _skip_after(self, failed: Node) -> None:
        """Skip all that cannot run now, however far away it is.

        The readers of the failed one's stream can: they are told at their channel, those that wait
        for something else when they have it.  There is nothing to read of one that never ran.
        """
        error, because = failed.progress.error, failed.progress.because or failed.operation
        lost = list(failed.dependents)
        skipped: list[Node] = []
        while lost:
            node = lost.pop()
            progress = node.progress
            if progress.state is not _WAITING:
                continue  # skipped already, for it or for another
            progress.state = State.SKIPPED
            progress.error = error
            progress.because = because
            if node.inlet is not None:
                node.inlet.close_nowait()
            skipped.append(node)
            lost += (*node.dependents, *node.readers)
        # Not before: a line takes a slot for each member that is not skipped when it asks.
        for node in skipped:
            if node.line is not None and node.waits:
                self._count_ready(node.line)

    def _settle(self) -> list[Node]:
        """Mark what never ended as skipped; give those that no failure ended."""
        ended_it = self._policy.on_error == "cancel"
        cause = self._failed[0] if self._failed and ended_it else None
        unexplained: list[Node] = []
        for node in self._nodes:
            progress = node.progress
            if progress.state is _WAITING or progress.state is _RUNNING:
                progress.state = State.SKIPPED
                if cause is None:
                    unexplained.append(node)
                else:
                    progress.error = cause.progress.error
                    progress.because = cause.operation
            if node.operation.inner is not None and progress.state is not State.DONE:
                for operation in node.operation.inner.walk():
                    inner = self.ledger.progress[operation.id]
                    if inner.state is _WAITING:
                        inner.state = State.SKIPPED
                        inner.error, inner.because = progress.error, progress.because
        return unexplained

    def _fail_unexplained(self, nodes: Sequence[Node]) -> None:
        """The last net: what neither ended nor has a cause has failed, though nobody knows why."""
        for node in nodes:
            node.progress.state = State.FAILED
            node.progress.error = LocalProtocolError(
                f"operation {node.operation.name!r} ended without a result and without a failure:"
                " its nursery was cancelled, and nothing around the flow was"
            )
            self._failed.append(node)

    def _failure(self, failed: Sequence[Node]) -> Exception | None:
        if not failed:
            return None
        if len(failed) == 1 and self._policy.on_error == "cancel":
            return failed[0].progress.error
        errors = [_operation_error(node) for node in failed]
        names = ", ".join(repr(node.operation.name) for node in failed[:5])
        more = ", …" if len(failed) > 5 else ""
        return FlowError(
            f"{len(failed)} of {len(self._nodes)} operations failed: {names}{more}",
            errors,
            results=self.ledger.results(),
        )


def _operation_error(node: Node) -> OperationError:
    cause = node.progress.error
    error = OperationError(
        f"operation {node.operation.name!r} failed: {type(cause).__name__}: {cause}",
        operation=node.operation,
    )
    error.__cause__ = cause
    return error
