"""Flows: random graphs of operations whose results are known beforehand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, cast

import attrs
import trio
from hypothesis import strategies as st

from ..._errors import ConfigurationError
from ...flow import Context, Graph, Operation


@attrs.frozen
class Node:
    """One operation of a plan.  Others are named by their place in the plan."""

    chunks: int = 1
    """How many chunks it gives, beside one for each that it reads."""
    after: tuple[int, ...] = ()
    """The nodes whose results it waits for."""
    reads: int | None = None
    """The node whose chunks it reads while they come."""


@attrs.frozen
class FlowPlan:
    """A graph of operations, each of which gives whole numbers.

    A node gives, for each chunk that it reads, that chunk plus one; and then *chunks* numbers,
    counted up from the sum of all that it waited for.  Its result is the list of what it gave.
    """

    nodes: tuple[Node, ...]

    def operations(self) -> list[Operation]:
        """Fresh operations, named ``"0"``, ``"1"``, … in the order of the plan."""
        made: list[Operation] = []
        for number, node in enumerate(self.nodes):
            after = tuple(made[other] for other in node.after)
            made.append(
                Operation(
                    work=_work(node, [str(other) for other in node.after]),
                    name=str(number),
                    id=str(number),
                    after=cast(Any, after),
                    stream_from=None if node.reads is None else made[node.reads],
                    stream_size=1 + number % 2,
                )
            )
        return made

    def results(self) -> dict[str, list[int]]:
        """The result of each operation, by its name."""
        given: list[list[int]] = []
        for node in self.nodes:
            read = [] if node.reads is None else [chunk + 1 for chunk in given[node.reads]]
            start = sum(sum(given[other]) for other in node.after)
            given.append([*read, *(start + count for count in range(node.chunks))])
        return {str(number): chunks for number, chunks in enumerate(given)}


def _work(node: Node, after: Sequence[str]) -> Callable[[Context], Awaitable[list[int]]]:
    async def give(context: Context) -> list[int]:
        given: list[int] = []

        async def one(number: int) -> None:
            await context.send(number)
            given.append(number)

        if node.reads is not None:
            async for chunk in context.channel:
                await one(chunk + 1)
        results: Any = context.results
        start = sum(sum(results[name]) for name in after)
        for count in range(node.chunks):
            await trio.sleep(0.1 * (count % 2))
            await one(start + count)
        return given

    return give


# How many places back; what does not exist is left out, so that any node can be taken away.
_BACK: Final = st.integers(1, 6)
_DRAFTS: Final = st.tuples(
    st.integers(0, 3), st.lists(_BACK, max_size=2), st.one_of(st.none(), _BACK)
)


def flows(*, max_size: int = 6) -> st.SearchStrategy[FlowPlan]:
    """Random flows of at most *max_size* operations, with edges of both kinds.

    No graph is drawn that a flow refuses.  Shrinks to one operation without edges.
    """
    return st.lists(_DRAFTS, min_size=1, max_size=max_size).map(_planned)


def _planned(drafts: Sequence[tuple[int, Sequence[int], int | None]]) -> FlowPlan:
    nodes: list[Node] = []
    for number, (chunks, back, reading) in enumerate(drafts):
        after = tuple(sorted({number - one for one in back if one <= number}))
        reads = None if reading is None or reading > number else number - reading
        if reads in {node.reads for node in nodes}:
            reads = None  # a stream has one reader
        node = Node(chunks, after, reads)
        if not _accepted([*nodes, node]):
            node = attrs.evolve(node, reads=None)
        if not _accepted([*nodes, node]):
            node = Node(chunks)
        nodes.append(node)
    return FlowPlan(tuple(nodes))


def _accepted(nodes: Sequence[Node]) -> bool:
    try:
        Graph(FlowPlan(tuple(nodes)).operations())
    except ConfigurationError:
        return False
    return True
