"""The end of a flow: operations that never ran are marked, and failures become one error."""

from __future__ import annotations

from collections.abc import Sequence

from .._errors import FlowError, LocalProtocolError, OperationError
from ._ledger import Ledger, State
from ._nodes import Node
from ._policy import Policy


def skip_unfinished(nodes: Sequence[Node], ledger: Ledger, cause: Node | None) -> list[Node]:
    """Mark every operation that never finished as SKIPPED, with the failure of *cause* as the reason.

    Without *cause*, return those that no failure explains.
    """
    unexplained: list[Node] = []
    for node in nodes:
        progress = node.progress
        if progress.state is State.WAITING or progress.state is State.RUNNING:
            progress.state = State.SKIPPED
            if cause is None:
                unexplained.append(node)
            else:
                progress.error = cause.progress.error
                progress.because = cause.operation
        if node.operation.inner is not None and progress.state is not State.DONE:
            for operation in node.operation.inner.walk():
                inner = ledger.progress[operation.id]
                if inner.state is State.WAITING:
                    inner.state = State.SKIPPED
                    inner.error, inner.because = progress.error, progress.because
    return unexplained


def fail_unexplained(nodes: Sequence[Node]) -> None:
    """The last net: mark operations as FAILED that neither ended nor have a cause."""
    for node in nodes:
        node.progress.state = State.FAILED
        node.progress.error = LocalProtocolError(
            f"operation {node.operation.name!r} ended without a result and without a failure:"
            " its nursery was cancelled, and nothing around the flow was"
        )


def failure_of(
    failed: Sequence[Node], count: int, policy: Policy, ledger: Ledger
) -> Exception | None:
    """The error of a flow of *count* operations in which *failed* have failed; None where none has."""
    if not failed:
        return None
    if len(failed) == 1 and policy.on_error == "cancel":
        return failed[0].progress.error
    errors = [_operation_error(node) for node in failed]
    names = ", ".join(repr(node.operation.name) for node in failed[:5])
    more = ", …" if len(failed) > 5 else ""
    return FlowError(
        f"{len(failed)} of {count} operations failed: {names}{more}",
        errors,
        results=ledger.results(),
    )


def _operation_error(node: Node) -> OperationError:
    cause = node.progress.error
    error = OperationError(
        f"operation {node.operation.name!r} failed: {type(cause).__name__}: {cause}",
        operation=node.operation,
    )
    error.__cause__ = cause
    return error
