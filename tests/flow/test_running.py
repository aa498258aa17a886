"""What a run gives: chunks, results, status; slots, clocks, further attempts, resuming."""

from __future__ import annotations

import contextvars

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from lionpride_trio import (
    ConfigurationError,
    LocalProtocolError,
    RateLimited,
    StreamTimeout,
    sinks,
)
from lionpride_trio.flow import Operation, State, flow_source, fork, run_flow
from lionpride_trio.testing._cancelling import cancel_everywhere
from lionpride_trio.transformers import from_iterable, map_each, prefetch, source


def op(work, *, after=(), name=None, **options):
    return Operation(work=work, name=name or work.__name__, after=after, **options)


def numbers(n, *, every=0.0, then=None, log=None):
    async def numbers(context):
        try:
            for number in range(n):
                if every:
                    await trio.sleep(every)
                if log is not None:
                    log.append(number)
                yield number
            if then is not None:
                raise then
        finally:
            if log is not None:
                log.append("closed")

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


# What an operation may be


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


# Streams


async def test_a_reader_gets_chunks_while_they_come(autojump_clock):
    seen = []

    async def read(context):
        async for item in context.channel:
            seen.append((item, trio.current_time() - began))
        return len(seen)

    began = trio.current_time()
    slow = op(numbers(3, every=1))
    assert (await run_flow([slow, reader := op(read, stream_from=slow)]))[reader] == 3
    assert seen == [(0, 1), (1, 2), (2, 3)]


async def test_a_reader_starts_with_its_producer_and_not_before():
    states = []
    gate = trio.Event()

    async def waits(context):
        await gate.wait()

    first = op(waits)
    producer = op(numbers(2), after=[first])
    reader = op(echo, stream_from=producer)
    async with flow_source([first, producer, reader]) as run:
        await wait_all_tasks_blocked()
        states.append(run.status[reader].state)
        gate.set()
        await sinks.drain(run)
        states.append(run.status[reader].state)
    assert states == ["waiting", "done"]


async def test_a_producer_is_ahead_of_its_reader_by_no_more_than_the_size():
    log = []
    gate = trio.Event()

    async def late(context):
        await gate.wait()
        return [item async for item in context.channel]

    producer = op(numbers(50, log=log))
    reader = op(late, stream_from=producer, stream_size=3)
    async with trio.open_nursery() as nursery:

        async def run():
            assert (await run_flow([producer, reader]))[reader] == list(range(50))

        nursery.start_soon(run)
        await wait_all_tasks_blocked()
        assert log == [0, 1, 2, 3]
        gate.set()


async def test_a_reader_that_has_enough_lets_its_producer_go_on():
    async def first(context):
        return await context.channel.receive()

    producer = op(numbers(100))
    reader = op(first, stream_from=producer, stream_size=1)
    results = await run_flow([producer, reader])
    assert results[producer] == list(range(100))
    assert results[reader] == 0


async def test_branches_of_a_fork_are_equal():
    producer = op(numbers(100))
    one, other = fork(producer, 2)
    a, b = op(echo, stream_from=one), op(echo, stream_from=other, stream_size=2)
    results = await run_flow([producer, a, b])
    assert results[a] == results[b] == [("echo", number) for number in range(100)]


# The channel of the flow


async def test_running_operations_take_turns():
    three = [op(numbers(100)) for _ in range(3)]
    keys = [key for key, _ in await sinks.collect(flow_source(three, size=4))]
    for start in range(0, 240, 30):
        for one in three:
            assert 5 <= keys[start : start + 30].count(one.id) <= 15


async def test_a_loud_operation_does_not_silence_the_others():
    async def loud(context):
        for _ in range(20):
            await context.send_all(list(range(100)))

    quiet = op(numbers(10))
    async with flow_source([op(loud), quiet], size=8) as run:
        got = [key async for key, _ in run]
    assert len(got) == 2010
    assert got[:400].count(quiet.id) == 10


async def test_a_thousand_writers_are_served_through_a_small_channel():
    many = [op(numbers(5)) for _ in range(1000)]
    got = {one.id: [] for one in many}
    async with flow_source(many, size=2) as run:
        async for key, chunk in run:
            got[key].append(chunk)
    assert all(chunks == [0, 1, 2, 3, 4] for chunks in got.values())


async def test_a_reader_that_stops_stops_every_operation():
    logs = [[], []]
    chained = op(numbers(1000, log=logs[1]))
    reader = op(echo, stream_from=chained, stream_size=2)
    async with flow_source([op(numbers(1000, log=logs[0])), chained, reader], size=6) as run:
        await run.receive()
        await wait_all_tasks_blocked()
        before = [len(log) for log in logs]
        assert sum(before) <= 6 + 2 + 1 + 2
        await wait_all_tasks_blocked()
        assert [len(log) for log in logs] == before
        assert run.statistics().peak <= 6
    assert all(log[-1] == "closed" for log in logs)


async def test_closing_the_channel_cancels_the_flow():
    log = []
    async with flow_source([op(numbers(1000, log=log))]) as run:
        await run.receive()
        await run.aclose()
        await wait_all_tasks_blocked()
        assert log[-1] == "closed"


async def test_each_opening_is_a_run_of_its_own():
    recipe = flow_source([op(numbers(3))])
    assert await sinks.collect(recipe) == await sinks.collect(recipe)
    async with recipe as one, recipe as other:
        assert len([item async for item in one]) == len([item async for item in other]) == 3


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


# Slots


@pytest.mark.parametrize("slots", [1, 2, 3])
async def test_no_more_run_at_once_than_there_are_slots(slots, autojump_clock):
    running = most = 0

    async def work(context):
        nonlocal running, most
        running += 1
        most = max(most, running)
        await trio.sleep(1)
        running -= 1

    first = op(work)
    began = trio.current_time()
    await run_flow([first, *(op(work, after=[first]) for _ in range(6))], max_concurrent=slots)
    assert most == slots
    assert trio.current_time() - began == 1 + 6 / slots


async def test_a_slot_is_taken_only_when_the_operation_is_ready(autojump_clock):
    """With a slot taken while waiting, ``last`` would hold the only one for ever."""
    first = op(answer(1, after=5))
    last = op(answer(2), after=[first])
    assert (await run_flow([last, first], max_concurrent=1))[last] == 2


async def test_a_line_longer_than_the_slots_runs_alone(autojump_clock):
    running = set()
    together = []

    def watched(name, inner):
        async def work(context):
            await trio.lowlevel.checkpoint()
            running.add(name)
            together.append(set(running))
            async for item in inner(context):
                yield item
            running.discard(name)

        return work

    a = op(watched("a", numbers(20, every=1)))
    b = op(watched("b", echo), stream_from=a)
    c = op(watched("c", echo), stream_from=b)
    others = [op(watched(f"other {n}", numbers(2, every=1))) for n in range(3)]
    await run_flow([others[0], a, b, c, *others[1:]], max_concurrent=2)
    for names in together:
        assert len(names) <= 2 or not any(name.startswith("other") for name in names)


# Clocks and further attempts


async def test_a_timeout_is_named_and_plain(autojump_clock):
    with pytest.raises(StreamTimeout, match="'slow' took longer than 5 s") as caught:
        await run_flow([op(answer(1, after=60), name="slow", timeout=5)])
    assert caught.value.clock == "operation"
    assert isinstance(caught.value, TimeoutError)
    assert (await run_flow([fast := op(answer(1, after=4), timeout=5)]))[fast] == 1


async def test_the_clock_stands_still_while_chunks_wait_for_their_reader(autojump_clock):
    async with flow_source([op(numbers(50, every=0.01), timeout=5)], size=1) as run:
        got = 0
        async for _ in run:
            await trio.sleep(1)
            got += 1
    assert got == 50
    with pytest.raises(StreamTimeout):
        await sinks.drain(flow_source([op(numbers(50, every=1), timeout=5)], size=1))


async def test_tasks_of_one_operation_stop_its_clock_together(autojump_clock):
    async def two_voices(context):
        async with trio.open_nursery() as nursery:
            for pause in (1, 30):
                nursery.start_soon(voice, context, pause)
        await trio.sleep(60)

    async def voice(context, pause):
        for _ in range(3):
            await context.send(pause)

    with pytest.raises(StreamTimeout):
        async with flow_source([op(two_voices, timeout=5)], size=1) as run:
            async for _ in run:
                await trio.sleep(10)


async def test_an_operation_is_tried_again_until_it_has_given_a_chunk(autojump_clock):
    tries = []

    async def flaky(context):
        await trio.lowlevel.checkpoint()
        tries.append(trio.current_time())
        if len(tries) < 3:
            raise OSError("busy")
        return "there"

    once = op(flaky, retry=2)
    async with flow_source([once]) as run:
        await sinks.drain(run)
        assert run.results[once] == "there"
        assert run.status[once].attempts == 3
    assert tries[2] - tries[1] > tries[1] - tries[0] > 0

    began = []

    async def speaks_first(context):
        began.append(1)
        await context.send("x")
        raise OSError("broken")

    with pytest.raises(OSError, match="broken"):
        await run_flow([op(speaks_first, retry=5)])
    assert began == [1]


async def test_what_read_a_chunk_is_not_tried_again(autojump_clock):
    began = []

    async def reads(context):
        began.append(await context.channel.receive())
        raise OSError("broken")

    producer = op(numbers(3))
    with pytest.raises(OSError, match="broken"):
        await run_flow([producer, op(reads, stream_from=producer, retry=5)])
    assert began == [0]


async def test_what_will_come_again_is_not_tried_again_and_the_server_sets_the_pause(
    autojump_clock,
):
    tries = []

    def failing(error):
        async def fails(context):
            await trio.lowlevel.checkpoint()
            tries.append(trio.current_time())
            raise error

        return fails

    with pytest.raises(ConfigurationError):
        await run_flow([op(failing(ConfigurationError("wrong")), retry=3)])
    assert len(tries) == 1
    with pytest.raises(RateLimited):
        await run_flow([op(failing(RateLimited("slow down", retry_after=7)), retry=1)])
    assert tries[2] - tries[1] == 7


# Resuming


async def test_what_is_done_is_not_run_again(autojump_clock):
    ran = []
    broken = True

    def step(name):
        async def work(context):
            await trio.lowlevel.checkpoint()
            ran.append(name)
            if name == "c" and broken:
                raise OSError("no")
            earlier = [context.results[one] for one in context.operation.after]
            return [*(each for result in earlier for each in result), name]

        return work

    a = op(step("a"), id="a")
    b = op(step("b"), after=[a], id="b")
    c = op(step("c"), after=[b], id="c")
    async with flow_source([a, b, c]) as run:
        with pytest.raises(OSError, match="no"):
            await sinks.drain(run)
        results = run.results
    assert ran == ["a", "b", "c"]
    broken = False
    assert (await run_flow([a, b, c], results=results))[c] == ["a", "b", "c"]
    assert ran == ["a", "b", "c", "c"]
    # By ids, as another process would have read them from a file.
    saved = {a: ["saved"], "b": ["saved", "too"]}
    async with flow_source([a, b, c], results=saved) as run:
        assert run.status[a].state is State.DONE
        await sinks.drain(run)
        assert run.results[c] == ["saved", "too", "c"]
        assert run.results["a"] == ["saved"]


async def test_a_stream_that_is_done_is_replayed_or_made_again():
    log = []
    again, replayed = op(numbers(3, log=log)), op(numbers(100, log=log), replay=list)
    for producer, count in ((again, 3), (replayed, 0)):
        log.clear()
        reader = op(echo, stream_from=producer, stream_size=2)
        earlier = {producer: [0, 1, 2]}
        assert (await run_flow([producer, reader], results=earlier))[reader] == [
            ("echo", number) for number in range(3)
        ]
        assert len(log) == (count and count + 1)


async def test_a_replay_that_fails_is_the_readers_failure():
    def broken(result):
        raise KeyError("replay")

    producer = op(numbers(3), replay=broken)
    with pytest.raises(KeyError, match="replay"):
        await run_flow([producer, op(echo, stream_from=producer)], results={producer: [1]})


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
