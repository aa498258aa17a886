"""The nodes of one run: each operation that has to run, and its edges to the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .._channels._lending import LendingMailbox
from .._channels._mailbox import Mailbox
from ._graph import Graph
from ._ledger import Ledger, Progress, State
from ._operation import Operation
from ._slots import StreamGroup


class Node:
    """One operation in one run."""

    __slots__ = (
        "dependents",
        "group",
        "inlet",
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
        """The number of whole results that are still missing."""
        self.dependents: list[Node] = []
        self.upstream: Node | None = None
        self.readers: Sequence[Node] = ()
        self.inlet: Mailbox | None = None
        self.outlets: Sequence[Mailbox] = ()
        self.group: StreamGroup | None = None


def connect_nodes(graph: Graph, ledger: Ledger, *, in_groups: bool) -> list[Node]:
    """A node for each operation that has to run, connected; *in_groups* where slots are counted."""
    values = ledger.values
    to_run = graph.pending(values, ledger.streams) if values else graph.operations
    nodes: dict[Operation, Node] = {}
    for operation in graph.operations:
        if not values or operation in to_run:
            progress = ledger.progress[operation.id]
            progress.state = State.WAITING
            nodes[operation] = Node(operation, progress)
    for operation, node in nodes.items():
        for earlier in operation.after:
            other = nodes.get(earlier)
            if other is not None:
                other.dependents.append(node)
                node.waits += 1
        if operation.stream_from is not None:
            _join_stream(node, nodes)
    if in_groups:
        _form_groups(graph, nodes)
    return list(nodes.values())


def _join_stream(node: Node, nodes: Mapping[Operation, Node]) -> None:
    producer = node.operation.producer
    assert producer is not None
    node.inlet = LendingMailbox(node.operation.stream_size)
    node.upstream = upstream = nodes.get(producer)
    if upstream is not None:
        upstream.readers = [*upstream.readers, node]
        upstream.outlets = [*upstream.outlets, node.inlet]


def _form_groups(graph: Graph, nodes: Mapping[Operation, Node]) -> None:
    groups: dict[Operation, StreamGroup] = {}
    for operation, node in nodes.items():
        first = graph.group_of.get(operation, operation)
        group = node.group = groups.setdefault(first, StreamGroup())
        group.members.append(node)
        group.unready += 1
