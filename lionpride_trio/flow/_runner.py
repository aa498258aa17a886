"""The runner: one nursery, in which each operation is a task that starts when it is ready.

Goals.  An operation costs the same in a graph of ten and of ten thousand.  A failure is one level deep
however long the chain is.  No work is dropped in silence: each operation ends DONE, FAILED or SKIPPED.

Strategy.  Waits are counted down: an operation that completes counts down its dependents and starts those
that wait for nothing more (`_complete`, `_ready`, `_start_all`).  No task waits for another operation: a task
per operation that awaits its predecessors would cost a wake-up for each edge.  The nursery ends when no task is
left, which is when nothing more can become ready; there is nothing else to wait for.

What must hold:

1. A node's state changes from WAITING once, and never back.  Two roads lead to a start (its last result,
   its producer's start); whichever comes second finds it started.
2. The readers of a stream start with its producer, or never wait for a slot that it holds; see `_slots`.
3. Whoever changes ``waits`` or a group's ``unready`` calls `_start_all` afterwards: nobody else looks.
4. Functions of the user run in tasks of their own and nowhere else, so that what they raise has an
   operation that it belongs to.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from contextvars import copy_context
from typing import Any

import trio

from .._channels._lending import begin_lending
from .._channels._mailbox import Mailbox
from .._channels._nursery import alone_in, failure_in, is_cancellation, is_cancelled
from .._errors import ConfigurationError
from .._observer import Listeners, Story, begin_story, is_observed
from ._attempt import run_once, run_with_retries
from ._context import Context, Shared
from ._graph import Graph
from ._journaling import RunJournal
from ._ledger import Ledger, Results, State
from ._nodes import Node, connect_nodes
from ._operation import Operation
from ._outcome import fail_unexplained, failure_of, skip_unfinished
from ._policy import OnError, Policy
from ._slots import Slots, StreamGroup
from ._telling import tell_flow, tell_operation


class Runner:
    """One run of one graph.  Chunks go to *out*, or nowhere."""

    def __init__(
        self,
        graph: Graph,
        ledger: Ledger,
        out: Mailbox | None,
        policy: Policy,
        outer: Context | None = None,
        journal: RunJournal | None = None,
        observers: Sequence[Listeners] = (),
    ) -> None:
        self.ledger = ledger
        self.out = out
        self._journal = journal
        self._shared = Shared(ledger.values, out, outer, self._run_inner, journal)
        self._policy = policy
        self._graph = graph
        self._observers = observers
        self._story: Story | None = None
        self._failed: list[Node] = []
        self._failed_late: list[Node] = []  # those of them that failed after the flow was cancelled
        self._to_start: deque[Node] = deque()
        self._stopping = False
        # Tasks are started by tasks; without this, context variables would leak from an operation
        # into those after it.
        self._context = copy_context()
        self._slots = Slots(policy.max_concurrent) if policy.max_concurrent else None
        self._nodes = connect_nodes(graph, ledger, in_groups=self._slots is not None)

    async def run(self) -> None:
        """Run all operations to their end.  Opens a nursery; cancelled, it ends them all.

        :raises FlowError: operations failed and the others went on, or several failed at once.
        :raises Exception: an operation failed, which ended the others: its own exception.
        """
        if not is_observed(*self._observers):
            await self._run()
            return
        self._story = begin_story(*self._observers)
        with tell_flow(self._story, self._graph, self.ledger):
            await self._run()

    async def _run(self) -> None:
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
        ended_it = self._policy.on_error == "cancel"
        cause = self._failed[0] if self._failed and ended_it else None
        unexplained = skip_unfinished(self._nodes, self.ledger, cause)
        failure: BaseException | None = cancelled
        if cancelled is None:
            if unexplained:
                await (
                    trio.lowlevel.checkpoint_if_cancelled()
                )  # the flow was left, and began nothing more
                fail_unexplained(unexplained)
                self._failed += unexplained
            failure = self._failure_of(self._failed)
        elif is_cancellation(cancelled):
            # An earlier failure that did not end the flow stands in the flow's status.
            failure = self._failure_of(self._failed if ended_it else self._failed_late) or cancelled
        self._failed, self._failed_late = [], []
        if failure is not None:
            raise failure

    def _failure_of(self, failed: Sequence[Node]) -> Exception | None:
        return failure_of(failed, len(self._nodes), self._policy, self.ledger)

    async def _run_inner(
        self,
        operations: Graph | Iterable[Operation],
        context: Context,
        max_concurrent: int | None,
        on_error: OnError | None,
    ) -> Mapping[Any, Any]:
        """Run a flow inside the operation of *context*."""
        policy = Policy(max_concurrent, self._policy.on_error if on_error is None else on_error)
        graph = operations if isinstance(operations, Graph) else Graph(operations)
        if graph is not context.operation.inner:
            await self._enter(graph, context)
        # Without observers: the story of the operation around tells of it.
        await Runner(graph, self.ledger, self.out, policy, context, self._journal).run()
        values = self.ledger.values
        return Results({operation.id: values[operation.id] for operation in graph.operations})

    async def _enter(self, graph: Graph, context: Context) -> None:
        """Enter the operations of an inner flow that was not known beforehand into the ledger."""
        for operation in graph.walk():
            first = context._inner_first_attempt.setdefault(operation, context.attempt)  # ruff: ignore[private-member-access] - of one room
            if operation.id in self.ledger.progress and first == context.attempt:
                raise ConfigurationError(
                    f"operation {operation.name!r} is in this flow already: make new operations"
                    " for each flow inside it"
                )
        self.ledger.waits.add(
            graph.walk(),
            has_journal=self._journal is not None,
            attempts=context._attempts(),  # ruff: ignore[private-member-access] - of one room
        )
        self.ledger.enter(graph, self.ledger.values)
        if self._journal is not None:
            await self._journal.enter(graph, self.ledger, context.operation, context.attempt)

    def _ready(self, node: Node) -> None:
        """Start *node* as soon as it may: all results that it waits for are there."""
        group = node.group
        if group is None:
            upstream = node.upstream
            if upstream is None or upstream.progress.state is not State.WAITING:
                self._to_start.append(node)
        else:
            self._count_ready(group)

    def _count_ready(self, group: StreamGroup) -> None:
        group.unready -= 1
        if not group.unready:
            group.members = [one for one in group.members if one.progress.state is State.WAITING]
            group.running = sum(one.operation.takes_slot for one in group.members)
            assert self._slots is not None
            if group.running:
                self._slots.ask(group)
            else:
                self._to_start.extend(group.members)

    def _start_all(self) -> None:
        """Start all nodes that may start; a started producer lets the readers of its stream start too."""
        if self._stopping:
            return
        starting = self._to_start
        if self._slots is not None:
            for group in self._slots.granted():
                starting.extend(group.members)
        if starting and self.out is not None and self.out.reader_gone:
            return  # the flow was left: their code would run to its first wait, and may fail
        spawn = self._context.run
        start_soon: Any = self._nursery.start_soon
        while starting:
            node = starting.popleft()
            if node.progress.state is not State.WAITING:
                continue
            node.progress.state = State.RUNNING
            spawn(start_soon, self._perform, node, name=node.operation.name)
            if node.group is None:
                for reader in node.readers:
                    if not reader.waits:
                        starting.append(reader)

    async def _perform(self, node: Node) -> None:
        if self._story is None:
            await self._perform_untold(node)
            return
        with tell_operation(self._story, node.operation, node.progress):
            await self._perform_untold(node)

    async def _perform_untold(self, node: Node) -> None:
        operation, progress = node.operation, node.progress
        progress.started = trio.current_time()
        begin_lending()
        context = Context(operation, progress, self._shared, node.inlet, node.outlets)
        if self._journal is not None:
            self._journal.began(operation)
            if node.outlets and operation.replay is not list:
                context._sent = []  # ruff: ignore[private-member-access] - of one room
        if node.inlet is not None and node.upstream is None:
            self._nursery.start_soon(self._replay, node, name=f"{operation.name} (replay)")
        try:
            if operation.timeout is None and not operation.retry:
                progress.attempts = 1
                result = await run_once(operation, context)
            else:
                result = await run_with_retries(operation, context, progress)
            if self._journal is not None:
                # Before anybody gets it: what others have built on is there after a kill.
                kept, sent = context._kept, context._sent  # ruff: ignore[private-member-access] - of one room
                await self._journal.done(operation, result, kept, sent)
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
            if node.group is not None and operation.takes_slot:
                assert self._slots is not None
                self._slots.ended(node.group)
                self._start_all()

    async def _replay(self, node: Node) -> None:
        """Hand over the chunks of an operation that was done before."""
        producer, inlet = node.operation.producer, node.inlet
        assert producer is not None
        assert inlet is not None
        recorded = self.ledger.streams.get(producer.id)
        try:
            if recorded is not None:
                chunks = recorded()
            else:
                assert producer.replay is not None
                chunks = producer.replay(self.ledger.values[producer.id])
            await inlet.send(list(chunks))
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
                if not dependent.waits and dependent.progress.state is State.WAITING:
                    self._ready(dependent)
            self._start_all()

    def _fail(self, node: Node, error: Exception) -> None:
        progress = node.progress
        progress.error = error
        upstream = node.upstream
        if upstream is not None and upstream.progress.error is error:
            # It passed on the failure of its channel, and has none of its own.
            progress.state = State.SKIPPED
            progress.because = upstream.progress.because or upstream.operation
        else:
            progress.state = State.FAILED
            self._failed.append(node)
            note = f"in operation {node.operation.name!r}"
            if note not in getattr(error, "__notes__", ()):
                error.add_note(note)
            if self._journal is not None:
                self._journal.failed(node.operation, error)
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
        """Skip all operations that cannot run now, however far away they are.

        The readers of the failed operation's stream can run: they get the failure at their channel, if need
        be after another wait.  An operation that never ran has no stream, so its readers are skipped.
        """
        error, because = failed.progress.error, failed.progress.because or failed.operation
        lost = list(failed.dependents)
        skipped: list[Node] = []
        while lost:
            node = lost.pop()
            progress = node.progress
            if progress.state is not State.WAITING:
                continue  # skipped already, for it or for another
            progress.state = State.SKIPPED
            progress.error = error
            progress.because = because
            if node.inlet is not None:
                node.inlet.close_nowait()
            skipped.append(node)
            lost += (*node.dependents, *node.readers)
        # After all are marked: a group takes a slot for each member that is not skipped when it asks.
        for node in skipped:
            if node.group is not None and node.waits:
                self._count_ready(node.group)
