"""The rules for a graph, so that its flow always comes to an end.  Pure functions, no trio.

Operations that `stream_from` joins run side by side, with bounded channels between them: they are one
*stream group*.  A group can come to its end only as a whole, for a producer waits when its channel is
full.  So the rule against deadlocks is about groups: **contract each stream group to one node: the
result must be acyclic.**  It follows that groups can be put in an order in which each waits for whole
results of earlier ones only, so the first that is not done can always go on.

All functions here are linear in operations and edges.  Only flows in flows are walked recursively.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from .._errors import ConfigurationError
from ._operation import Operation, StreamBranch


def find_members(operations: Sequence[Operation]) -> set[Operation]:
    """The operations as a set.  Refuse ids that stand twice, and operations of two builders."""
    ids: set[str] = set()
    members: set[Operation] = set()
    home: Any = None
    for operation in operations:
        if not isinstance(operation, Operation):
            raise ConfigurationError(f"a flow is made of operations, not {operation!r}")
        inner = () if operation.inner is None else operation.inner.walk()
        for one in (operation, *inner):
            if one.id in ids:
                raise ConfigurationError(
                    f"two operations of one flow have the id {one.id!r}: {one.name!r} is there"
                    " twice, or its id was given twice"
                )
            ids.add(one.id)
        if operation.home is not None:
            if home is not None and operation.home is not home:
                raise ConfigurationError(
                    f"operation {operation.name!r} belongs to another builder: make all operations"
                    " of a flow with one builder, and put a flow into another with subflow()"
                )
            home = operation.home
        members.add(operation)
    return members


def check_edges(
    operations: Sequence[Operation], members: set[Operation]
) -> dict[Operation, list[Operation]]:
    """The readers of each stream.  Refuse edges that lead out of the flow, and shared streams."""
    readers: dict[Operation, list[Operation]] = {}
    for operation in operations:
        for earlier in operation.after:
            if earlier not in members:
                raise ConfigurationError(_foreign(operation, earlier))
        producer = operation.producer
        if producer is not None:
            if producer not in members:
                raise ConfigurationError(_foreign(operation, producer))
            if producer.inner is not None:
                raise ConfigurationError(
                    f"operation {producer.name!r} is a flow, whose chunks are those of its own"
                    f" operations: let {operation.name!r} read one of them, inside it"
                )
            readers.setdefault(producer, []).append(operation)
    for producer, several in readers.items():
        if len(several) > 1:
            _check_fork(producer, several)
    return readers


def _foreign(operation: Operation, earlier: object) -> str:
    if isinstance(earlier, Operation):
        return (
            f"operation {operation.name!r} needs {earlier.name!r}, which is not among the"
            " operations of this flow"
        )
    return f"operation {operation.name!r} needs operations, not {earlier!r}"


def _check_fork(producer: Operation, readers: Sequence[Operation]) -> None:
    branches = [
        reader.stream_from for reader in readers if isinstance(reader.stream_from, StreamBranch)
    ]
    families = {branch.family for branch in branches}
    if len(set(branches)) == len(readers) and len(families) == 1:
        return
    names = " and ".join(repr(reader.name) for reader in readers)
    raise ConfigurationError(
        f"{names} read the one stream of {producer.name!r}: make a branch for each with"
        f" fork(operation, {len(readers)}), and give each reader its own"
    )


def in_order(operations: Sequence[Operation]) -> list[Operation]:
    """The operations, each after all that lead to it.  Refuse circles.  Kahn's algorithm."""
    counts: dict[Operation, int] = {}
    following: dict[Operation, list[Operation]] = {}
    order: list[Operation] = []
    for operation in operations:
        leading = _leading(operation)
        if not leading:
            order.append(operation)
            continue
        counts[operation] = len(leading)
        for earlier in leading:
            if earlier in following:
                following[earlier].append(operation)
            else:
                following[earlier] = [operation]
    free = deque(order)
    while free:
        for later in following.get(free.popleft(), ()):
            counts[later] -= 1
            if not counts[later]:
                order.append(later)
                free.append(later)
    if len(order) < len(operations):
        raise ConfigurationError(_circle([one for one, left in counts.items() if left]))
    return order


def _leading(operation: Operation) -> Sequence[Operation]:
    """The operations that *operation* waits for, over edges of both kinds."""
    producer = operation.producer
    return operation.after if producer is None else (*operation.after, producer)


def find_groups(order: Sequence[Operation]) -> dict[Operation, Operation]:
    """The first operation of each stream group, by operation; groups of one are left out."""
    group_of: dict[Operation, Operation] = {}
    for operation in order:
        producer = operation.producer
        if producer is not None:
            group_of[operation] = group_of.setdefault(producer, producer)
    return group_of


def check_groups(operations: Sequence[Operation], group_of: Mapping[Operation, Operation]) -> None:
    """Refuse groups that wait for each other; see the top of the file."""
    waits: dict[Operation, list[tuple[Operation, Operation]]] = {}
    for operation in operations:
        for earlier in operation.after:
            edge = (earlier, operation)
            waits.setdefault(group_of.get(operation, operation), []).append(edge)
    following: dict[Operation, list[Operation]] = {}
    for head, edges in waits.items():
        for earlier, _ in edges:
            following.setdefault(group_of.get(earlier, earlier), []).append(head)
    counts = {head: len(edges) for head, edges in waits.items()}
    free = [head for head in following if head not in counts]
    while free:
        for head in following.get(free.pop(), ()):
            counts[head] -= 1
            if not counts[head]:
                del counts[head]
                free.append(head)
    if counts:
        raise ConfigurationError(_group_circle(group_of, waits, counts))


def _circle(stuck: Sequence[Operation]) -> str:
    """The words for a circle among operations each of which waits for another of them."""
    among = set(stuck)
    seen: dict[Operation, None] = {}
    operation = stuck[0]
    while operation not in seen:
        seen[operation] = None
        operation = next(earlier for earlier in _leading(operation) if earlier in among)
    path = list(seen)
    circle = [operation, *reversed(path[path.index(operation) :])]
    names = " → ".join(repr(one.name) for one in _shortened(circle))
    return f"the operations wait for each other in a circle: {names}"


def _shortened(circle: Sequence[Operation], most: int = 20) -> Sequence[Operation]:
    """The beginning and the end of a long circle."""
    return circle if len(circle) <= most else [*circle[: most // 2], *circle[-most // 2 :]]


def _group_circle(
    group_of: Mapping[Operation, Operation],
    waits: Mapping[Operation, Sequence[tuple[Operation, Operation]]],
    stuck: Mapping[Operation, int],
) -> str:
    """The words for groups that wait for each other."""
    head = next(iter(stuck))
    path: dict[Operation, tuple[Operation, Operation]] = {}
    while head not in path:
        edge = next(edge for edge in waits[head] if group_of.get(edge[0], edge[0]) in stuck)
        path[head] = edge
        head = group_of.get(edge[0], edge[0])
    groups = list(path)
    edges = [path[group] for group in groups[groups.index(head) :]]
    told = [f"{later.name!r} waits for all of {earlier.name!r}" for earlier, later in edges[:10]]
    # Each edge begins in the group that the next one ends in.
    ends = [later for _, later in edges]
    for (earlier, _), later in zip(edges, [*ends[1:], ends[0]], strict=True):
        if earlier is not later:
            told.append(f"{earlier.name!r} and {later.name!r} are joined by stream_from")
    return (
        "these operations would wait for each other for ever, since those joined by stream_from run"
        f" side by side and a full channel stops the one that fills it: {'; '.join(told[:20])}"
    )
