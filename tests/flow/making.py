"""Operations for the tests of flows."""

from __future__ import annotations

import trio

from lionpride_trio.flow import Graph, Operation
from tests.counting import counting


def op(work, *, after=(), name=None, **options):
    return Operation(work=work, name=name or work.__name__, after=after, **options)


def numbers(n, **options):
    def numbers(_context):
        return counting(n, **options)

    return numbers


def answer(value, *, after=0.0, then=None):
    async def answer(context):
        await trio.sleep(after)
        if then is not None:
            raise then
        return value

    return answer


async def echo(context):
    async for item in context.channel:
        yield ("echo", item)


def inner_flow():
    a = op(numbers(2), name="a")
    b = op(echo, stream_from=a, name="b")
    return a, b


def as_operation(inner, *, name="inner flow", after=(), **options):
    graph = Graph(inner)
    return Operation(
        work=lambda context: context.run(graph, **options), name=name, after=after, inner=graph
    )
