"""The graph of a flow: checked before anything runs.  No trio here."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from .._errors import ConfigurationError
from ._graph_checks import check_edges, check_groups, find_groups, find_members, in_order
from ._operation import Operation


class Graph:
    """Operations with edges that make a flow.

    :raises ConfigurationError: the edges make none; the message names the operations.
    """

    __slots__ = ("group_of", "operations", "order", "streams")

    def __init__(self, operations: Iterable[Operation]) -> None:
        if isinstance(operations, str | Operation) or not isinstance(operations, Iterable):
            raise ConfigurationError(
                f"a flow is made of a list of operations, not {operations!r:.200}"
            )
        self.operations = tuple(operations)
        members = find_members(self.operations)
        self.streams = check_edges(self.operations, members)
        self.order = in_order(self.operations)
        """The operations, each after those that lead to it."""
        self.group_of = find_groups(self.order) if self.streams else {}
        """The first operation of each stream group, by operation; groups of one are left out."""
        if self.group_of:
            check_groups(self.operations, self.group_of)

    def walk(self) -> Iterator[Operation]:
        """All operations, those of inner flows included."""
        for operation in self.operations:
            yield operation
            if operation.inner is not None:
                yield from operation.inner.walk()

    def pending(self, results: Mapping[Any, Any], streams: Container[str] = ()) -> set[Operation]:
        """The operations that have to run when *results* (by id) are known, and the *streams* of these ids."""
        pending: set[Operation] = set()
        replaying: set[Operation] = set()
        for operation in reversed(self.order):
            if operation.id in results and operation not in replaying:
                continue
            pending.add(operation)
            producer = operation.producer
            if producer is None or producer.id in streams:
                continue
            if producer.replay is None:
                replaying.add(producer)
        return pending
