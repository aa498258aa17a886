"""Telling observers of a flow and of its operations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from .._observer import Story, begin_story, outcome_of
from .._observer._events import (
    Edges,
    FlowFinished,
    FlowStarted,
    OperationFinished,
    OperationStarted,
)
from ._graph import Graph
from ._ledger import Ledger, Progress, State
from ._operation import Operation


@contextmanager
def tell_flow(story: Story | None, graph: Graph, ledger: Ledger) -> Generator[None]:
    """A block in which the flow runs; it ends after all its operations."""
    if story is None:  # all its observers were dropped
        yield
        return
    story.tell(FlowStarted, operations=tuple(map(_edges, graph.operations)))
    error: BaseException | None = None
    try:
        yield
    except BaseException as raised:
        error = raised
        raise
    finally:
        outcome, failure = outcome_of(error)
        if outcome == "cancelled" and ledger.left:
            outcome = "left"
        states = Counter(ledger.progress[one.id].state.value for one in graph.operations)
        story.end(FlowFinished, outcome=outcome, error=failure, states=dict(states))


def _edges(operation: Operation) -> Edges:
    producer = operation.producer
    return Edges(
        id=operation.id,
        name=operation.name,
        after=tuple(earlier.id for earlier in operation.after),
        reads=None if producer is None else producer.id,
    )


@contextmanager
def tell_operation(flow: Story, operation: Operation, progress: Progress) -> Generator[None]:
    """A block of the operation's own task, in which it runs."""
    story = begin_story(parent=flow)
    if story is None:
        yield
        return
    story.tell(OperationStarted, operation=operation.id, name=operation.name)
    error: BaseException | None = None
    story.enter_task()
    try:
        yield
    except BaseException as raised:
        error = raised
        raise
    finally:
        # A failure is kept by the runner, and does not come out of the block.
        outcome, failure = outcome_of(error or progress.error)
        if progress.state is State.DONE:
            outcome, failure = "ended", None
        story.end(
            OperationFinished,
            outcome=outcome,
            error=failure,
            attempts=progress.attempts,
            chunks=progress.chunks,
            operation=operation.id,
            name=operation.name,
        )
