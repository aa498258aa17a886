"""The same graphs for other runners of graphs, which are built beforehand and not counted."""

from __future__ import annotations

import asyncio
import operator
import time
from collections.abc import Sequence
from typing import Annotated, Any, TypedDict

import trio

from ._measure import Contender, Entry, peers

Shape = Sequence[Sequence[int]]

NAMES = ("pydantic-graph", "langgraph", "lionpride")
MOST_NODES = 1_000
"""They take a node's time whatever the size: ten thousand nodes would only be a long wait."""


class State(TypedDict):
    """langgraph's nodes need something to write to."""

    done: Annotated[int, operator.add]


async def nothing(_: Any) -> None:
    pass


def contenders(shape: Shape, *, quick: bool) -> dict[str, Entry]:
    if len(shape) > MOST_NODES:
        reason = f"measured with {MOST_NODES:,} nodes: what a node costs is the same or more"
        return dict.fromkeys(NAMES, reason)
    return peers({
        "pydantic-graph": lambda: pydantic_graph(shape, quick=quick),
        "langgraph": lambda: langgraph(shape),
        "lionpride": lambda: lionpride(shape),
    })


def pydantic_graph(shape: Shape, *, quick: bool) -> Entry:
    """A node that waits for several needs a join before it; equal ones share theirs."""
    from pydantic_graph import GraphBuilder, reduce_null

    joins = {tuple(needed) for needed in shape if len(needed) > 1}
    if quick and len(joins) > 10:
        return "left out of a quick run: building a graph of many joins takes it seconds"
    graph: Any = GraphBuilder(output_type=type(None))
    steps = [graph.step(nothing, node_id=f"node-{number}") for number in range(len(shape))]
    after: dict[tuple[int, ...], list[Any]] = {}
    for step, needed in zip(steps, shape, strict=True):
        after.setdefault(tuple(needed), []).append(step)
    needed_at_all = {earlier for needed in shape for earlier in needed}
    last = tuple(number for number in range(len(shape)) if number not in needed_at_all)
    after[last] = [graph.end_node]
    for number, (needed, following) in enumerate(after.items()):
        if not needed:
            graph.add(graph.edge_from(graph.start_node).to(*following))
        elif len(needed) == 1:
            graph.add(graph.edge_from(steps[needed[0]]).to(*following))
        else:
            join = graph.join(reduce_null, initial=None, node_id=f"join-{number}")
            graph.add(graph.edge_from(*(steps[earlier] for earlier in needed)).to(join))
            graph.add(graph.edge_from(join).to(*following))
    built = graph.build()

    async def run() -> None:
        await built.run()

    return Contender(lambda: trio.run(run), items=len(shape))


def langgraph(shape: Shape) -> Entry:
    from langgraph.graph import END, START, StateGraph

    graph: Any = StateGraph(State)
    for number in range(len(shape)):
        graph.add_node(str(number), nothing)
    needed_at_all = {earlier for needed in shape for earlier in needed}
    for number, needed in enumerate(shape):
        if not needed:
            graph.add_edge(START, str(number))
        elif len(needed) == 1:
            graph.add_edge(str(needed[0]), str(number))
        else:
            graph.add_edge([str(earlier) for earlier in needed], str(number))
        if number not in needed_at_all:
            graph.add_edge(str(number), END)
    built = graph.compile()

    async def run() -> None:
        await built.ainvoke({"done": 0}, {"recursion_limit": 2 * len(shape) + 10})

    return Contender(lambda: asyncio.run(run()), items=len(shape))


def lionpride(shape: Shape) -> Entry:
    """Its operations run once, so that each run needs a graph of its own."""
    from lionpride import Session
    from lionpride.operations import OperationGraphBuilder, flow

    async def done(*_: Any) -> None:
        pass

    async def run() -> float:
        session = Session()
        session.operations.register("nothing", done)
        branch = session.create_branch()
        builder = OperationGraphBuilder()
        for number, needed in enumerate(shape):
            builder.add(str(number), "nothing", {}, depends_on=[str(earlier) for earlier in needed])
        graph = builder.build()
        began = time.process_time()
        results = await flow(session, graph, branch=branch)
        seconds = time.process_time() - began
        assert len(results) == len(shape)
        return seconds

    return Contender(lambda: trio.run(run), items=len(shape), own_clock=True)
