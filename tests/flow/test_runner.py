"""A run gives results and status; how it is cancelled, and how large it may be."""

from __future__ import annotations

import contextvars

import pytest
import trio

from lionpride_trio import LocalProtocolError, sinks
from lionpride_trio.flow import State, flow_source, fork, run_flow
from lionpride_trio.testing._cancelling import cancel_everywhere
from lionpride_trio.transformers import from_iterable, map_each, prefetch, source

from .making import answer, echo, numbers, op

# The kinds of operations


async def test_kinds_of_work():
    async def function(context):
        await context.send("said")
        return "returned"

    @source
    async def words():
        await trio.lowlevel.checkpoint()
        yield "a"
        yield "b"

    def makes_source(context):
        return words()

    class Iterates:
        def __init__(self, context):
            self.left = [3, 2, 1]

        def __aiter__(self):
            return self

        async def __anext__(self):
            await trio.lowlevel.checkpoint()
            if not self.left:
                raise StopAsyncIteration
            return self.left.pop()

    def piped(context):
        return context.channel | map_each(str) | prefetch(2)

    plain, generator = op(function), op(numbers(3))
    made, iterator = op(makes_source, reduce="".join), op(Iterates)
    transformed = op(piped, stream_from=generator)
    everything = [plain, generator, made, iterator, transformed]
    async with flow_source(everything) as run:
        got = {one.id: [] for one in everything}
        async for key, chunk in run:
            got[key].append(chunk)
        assert got == {
            plain.id: ["said"],
            generator.id: [0, 1, 2],
            made.id: ["a", "b"],
            iterator.id: [1, 2, 3],
            transformed.id: ["0", "1", "2"],
        }
        assert run.results[plain] == "returned"
        assert run.results[generator.id] == [0, 1, 2]
        assert run.results[made] == "ab"
        assert run.results[transformed] == ["0", "1", "2"]
        assert run.operation(made.id) is made
        assert set(run.results) == set(got)


async def test_a_function_that_is_not_async_is_named():
    with pytest.raises(TypeError, match="'plain' must be async"):
        await run_flow([op(lambda context: 3, name="plain")])


async def test_results_are_those_that_were_asked_for():
    a = op(answer("A"))

    async def needs_a(context):
        await trio.lowlevel.checkpoint()
        return context.results[a] + "!"

    async def does_not(context):
        await trio.lowlevel.checkpoint()
        with pytest.raises(LocalProtocolError, match="no stream_from"):
            _ = context.channel
        return list(context.results)

    b, c = op(needs_a, after=[a]), op(does_not)
    results = await run_flow([a, b, c])
    assert [results[a], results[b], results[c]] == ["A", "A!", []]
    with pytest.raises(KeyError):
        results["unknown"]


@pytest.mark.parametrize(("tasks", "size", "stream_size"), [(4, 2, 2), (3, 1, 1), (40, 16, 64)])
async def test_many_tasks_of_one_operation_send_to_two_readers(tasks, size, stream_size):
    async def many(context):
        async def some():
            for number in range(20):
                await context.send(number)

        async with trio.open_nursery() as nursery:
            for _ in range(tasks):
                nursery.start_soon(some)

    async def echo(context):
        async for number in context.channel:
            await context.send(number)

    first = op(many)
    second = op(echo, stream_from=first, stream_size=stream_size)
    with trio.fail_after(20):
        got = await sinks.collect(flow_source([first, second], size=size))
    assert len(got) == 2 * 20 * tasks


async def test_an_empty_flow_ends():
    assert dict(await run_flow([])) == {}
    assert await sinks.collect(flow_source([])) == []


async def test_each_operation_has_a_task_of_its_own():
    mark = contextvars.ContextVar("mark", default="none")

    async def sets(context):
        await trio.lowlevel.checkpoint()
        mark.set("set")
        return trio.lowlevel.current_task().name

    async def reads(context):
        await trio.lowlevel.checkpoint()
        return mark.get()

    first = op(sets, name="first")
    second = op(reads, after=[first])
    results = await run_flow([first, second])
    assert results[first] == "first"
    assert results[second] == "none"


# Status


async def test_status_is_a_snapshot_of_each_operation(autojump_clock):
    slow = op(numbers(3, every=2), name="slow")
    later = op(answer("there", after=3), after=[slow], name="later")
    async with flow_source([slow, later]) as run:
        before = run.status
        assert before[slow].state is before[later.id].state is State.WAITING
        await run.receive()
        now = run.status[slow]
        assert (now.state, now.chunks, now.first_chunk, now.seconds) == ("running", 1, 2, 2)
        assert run.status[later].seconds is None
        await sinks.drain(run)
        assert run.status[slow].chunks == 3
        assert (run.status[slow].seconds, run.status[later].seconds) == (6, 3)
        assert run.status[later].attempts == 1
        assert before[slow].state is State.WAITING


async def test_the_picture_shows_edges_states_and_flows_inside():
    a = op(numbers(1), name='say "a" <b>')
    b = op(echo, stream_from=a, name="b")
    c = op(answer(1), after=[a, b], name="c")
    async with flow_source([a, b, c]) as run:
        await sinks.drain(run)
        assert run.to_mermaid() == (
            "flowchart TD\n"
            '    n0["say #quot;a#quot; #lt;b#gt;"]\n'
            '    n1["b"]\n'
            '    n2["c"]\n'
            "    n0 ==> n1\n"
            "    n0 --> n2\n"
            "    n1 --> n2\n"
            "    classDef done fill:#d9ead3,stroke:#6aa84f\n"
            "    class n0,n1,n2 done\n"
        )


# Cancelling


def everything():
    """A flow with every kind of operation and edge."""
    a = op(numbers(3, every=1))
    b = op(answer("b", after=2), timeout=50, retry=1)
    c = op(lambda context: context.channel | map_each(str), stream_from=a, name="c")
    one, other = fork(c, 2)
    d, e = op(echo, stream_from=one), op(echo, stream_from=other, stream_size=1)

    async def inside(context):
        inner = op(numbers(2), name="inner")
        await context.run([inner, op(echo, stream_from=inner)])
        return context.results[b]

    f = op(inside, after=[b])
    g = op(lambda context: from_iterable("xyz"), after=[d], name="g")
    return [a, b, c, d, e, f, g]


@pytest.mark.parametrize("slots", [None, 1, 3])
def test_cancelled_at_any_step_a_flow_ends_quietly(slots):
    async def program():
        async with flow_source(everything(), max_concurrent=slots, size=2) as run:
            assert len([item async for item in run]) == 3 * 4 + 4 + 3

    assert cancel_everywhere(program) > 20

    async def whole():
        assert len(await run_flow(everything(), max_concurrent=slots)) == 9

    assert cancel_everywhere(whole) > 10


async def test_a_receive_that_is_cancelled_loses_nothing(autojump_clock):
    async with flow_source([op(numbers(5, every=3))]) as run:
        got = []
        while len(got) < 5:
            with trio.move_on_after(2):
                got.append((await run.receive())[1])
        assert got == [0, 1, 2, 3, 4]


# Size


def test_ten_thousand_operations_in_a_chain_of_streams():
    async def program():
        async def echo_each(context):
            async for item in context.channel:
                await context.send(item)

        made = [op(numbers(1))]
        for _ in range(9_999):
            made.append(op(echo_each, stream_from=made[-1]))
        assert len(await sinks.collect(flow_source(made))) == 10_000

    trio.run(program)


def test_ten_thousand_operations_and_fifty_thousand_edges():
    async def program():
        async def add(context):
            await trio.lowlevel.checkpoint()
            return 1 + max([0, *context.results.values()])

        made = []
        for number in range(10_000):
            start = max(0, number // 5 * 5 - 5)
            made.append(op(add, after=made[start : number // 5 * 5]))
        assert (await run_flow(made))[made[-1]] == 2_000

    trio.run(program)
