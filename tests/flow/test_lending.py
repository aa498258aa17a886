"""A model's own ``max_concurrent``, asked from both ends of a stream: nobody waits for ever."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from lionpride_trio import FinishChunk, Session, TextChunk, Verdict, iModel, local, sinks
from lionpride_trio.flow import run_flow
from lionpride_trio.operations import Builder, flow, flow_stream
from lionpride_trio.services import fallback
from lionpride_trio.testing import ScriptedProvider
from lionpride_trio.transformers import lines, sentences

from .making import op

LOCKED_UP = 50_000


class Counted:
    """A scripted provider that counts how many of its answers are being sent at once."""

    def __init__(self, *answers, **settings):
        self.provider = ScriptedProvider(*answers)
        self.model = self.provider.model(stream=True, name="m", **settings)
        self.limiter = self.model._caller.limits._limiter
        self.before = self.limiter.total_tokens

    def check_given_back(self):
        assert (self.limiter.borrowed_tokens, self.limiter.total_tokens) == (0, self.before)


def long_text(count, *, every=0.001, ending="\n"):
    said = []
    for number in range(count):
        said += [TextChunk(f"line {number}{ending}"), every]
    return [*said, FinishChunk(verdict=Verdict.COMPLETE)]


def line_of_two(builder, number):
    """Write, and translate each line of it while it comes: one model at both ends."""
    written = builder.communicate(instruction="write", imodel="m", branch=f"w{number}")
    return builder.communicate_each(
        stream_from=builder.transform(written, lines()), template="tr {item}", imodel="m"
    )


class Most(trio.abc.Instrument):
    """The most calls of a limiter that were open at once."""

    def __init__(self, limiter):
        self.limiter = limiter
        self.seen = 0

    def after_task_step(self, task):
        self.seen = max(self.seen, self.limiter.borrowed_tokens)


def run(program, *args):
    async def in_time():
        with trio.fail_after(LOCKED_UP):
            await program(*args)

    trio.run(in_time, clock=MockClock(autojump_threshold=0))


@pytest.mark.parametrize("n", [1, 2, 4])
def test_as_many_lines_as_the_model_has_slots(n):
    async def program():
        counted = Counted(*[long_text(400)] * n, "translated", max_concurrent=n)
        async with Session() as session:
            session.services.register(counted.model)
            builder = Builder(session=session)
            each = [line_of_two(builder, number) for number in range(n)]
            results = await flow(builder)
            for one in each:
                assert [response.text for response in results[one]] == ["translated"] * 400
        counted.check_given_back()

    run(program)


def test_calls_for_each_item_of_calls_for_each_item():
    """More is said than all channels between hold, with one slot for three operations."""

    async def program():
        counted = Counted(long_text(8), long_text(20), max_concurrent=1)
        async with Session() as session:
            session.services.register(counted.model)
            builder = Builder(session=session)
            written = builder.communicate(instruction="write", imodel="m", branch="w")
            one = builder.communicate_each(
                stream_from=builder.transform(written, lines(), stream_size=1),
                template="a {item}",
                imodel="m",
                stream_size=1,
            )
            two = builder.communicate_each(
                stream_from=builder.transform(one, lines(), stream_size=1),
                template="b {item}",
                imodel="m",
                stream_size=1,
            )
            results = await flow(builder)
            assert len(results[one]) == 8
            assert len(results[two]) == 8 * 20
        counted.check_given_back()

    run(program)


def test_a_call_that_waits_for_its_turn_does_not_hold_back_the_one_before():
    """The later call takes the only slot first, and says more than is kept until its turn."""

    async def program():
        first = ScriptedProvider([5.0, OSError("late")], OSError("at once"))
        counted = Counted(long_text(1500), max_concurrent=1)
        model = fallback(
            [first.model(stream=True, name="first", retry=None), counted.model], name="either"
        )
        async with Session() as session:
            session.services.register(model)
            builder = Builder(session=session)
            each = builder.communicate_each(
                stream_from=builder.add(two_items), template="{item}", imodel="either", limit=2
            )
            assert len((await flow(builder))[each]) == 2
        counted.check_given_back()

    async def two_items(context):
        yield "one"
        yield "two"

    run(program)


def test_an_operation_that_asks_while_it_reads():
    async def program():
        counted = Counted(long_text(300), "short", max_concurrent=1)
        model = counted.model

        async def write(context):
            async with model.stream("write") as reply:
                async for chunk in reply:
                    await context.send(chunk.data)

        async def ask_for_each(context):
            said = []
            async for text in context.channel:
                async with model.stream(text) as reply:
                    said.append(await sinks.join(reply))
            return said

        writer = op(write)
        reader = op(ask_for_each, stream_from=writer, stream_size=1)
        assert set((await run_flow([writer, reader]))[reader]) == {"short"}
        counted.check_given_back()

    run(program)


@pytest.mark.parametrize("inside", [False, True])
def test_a_reply_is_open_while_its_operation_reads(inside):
    """The reader has the slot and waits for items; the writer asks before it has any."""

    async def program():
        counted = Counted("short", max_concurrent=1)
        model = counted.model

        async def write(context):
            await trio.sleep(1)
            async with model.stream("write") as reply:
                await context.send(await sinks.join(reply))

        async def read(context):
            async with model.stream("read") as reply:
                if not inside:
                    return [item async for item in context.channel]
                items = []

                async def read_beside():
                    items.extend([item async for item in context.channel])

                async with trio.open_nursery() as nursery:
                    nursery.start_soon(read_beside)
                    said = await sinks.join(reply)
                return [*items, said]

        writer = op(write)
        reader = op(read, stream_from=writer)
        results = await run_flow([writer, reader])
        assert results[reader] == (["short", "short"] if inside else ["short"])
        counted.check_given_back()

    run(program)


def test_a_slot_held_outside_a_flow_inside_is_lent_too():
    async def program():
        counted = Counted(long_text(100), "short", max_concurrent=1)
        model = counted.model

        async def ask_for_each(context):
            for _ in range(50):
                await context.channel.receive()
                await sinks.join(model.stream("each"))
            return "asked"

        async def outer(context):
            async with model.stream("write") as reply:

                async def write(context):
                    async for chunk in reply:
                        await context.send(chunk)

                writer = op(write)
                reader = op(ask_for_each, stream_from=writer, stream_size=1)
                return (await context.run([writer, reader]))[reader]

        whole = op(outer)
        assert (await run_flow([whole]))[whole] == "asked"
        counted.check_given_back()

    run(program)


def test_the_loop_that_reads_a_flow_may_ask_the_same_model():
    async def program():
        counted = Counted(long_text(200), "short", max_concurrent=1)
        async with Session() as session:
            session.services.register(counted.model)
            builder = Builder(session=session)
            builder.communicate(instruction="write", imodel="m", branch="w")
            async with flow_stream(builder, size=1) as running:
                async for _ in running:
                    assert await sinks.join(counted.model.stream("beside")) == "short"
        counted.check_given_back()

    run(program)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_nothing_is_lent_while_nobody_is_slow(n):
    async def program():
        counted = Counted(
            *[long_text(20, every=1.0)] * 2, long_text(3, every=0.1), max_concurrent=n
        )
        most = Most(counted.limiter)
        trio.lowlevel.add_instrument(most)
        async with Session() as session:
            session.services.register(counted.model)
            builder = Builder(session=session)
            for number in range(2):
                line_of_two(builder, number)
            for number in range(4):
                builder.communicate(instruction="beside", imodel="m", branch=f"b{number}")
            async with flow_stream(builder) as running:
                await sinks.drain(running)
        trio.lowlevel.remove_instrument(most)
        assert most.seen == n
        counted.check_given_back()

    run(program)


def test_a_cancelled_flow_gives_back_what_it_lent():
    async def program():
        counted = Counted(long_text(200), max_concurrent=2)
        async with Session() as session:
            session.services.register(counted.model)
            builder = Builder(session=session)
            for number in range(3):
                builder.communicate(instruction="write", imodel="m", branch=f"w{number}")
            async with flow_stream(builder, size=1) as running:
                await running.receive()
                await trio.testing.wait_all_tasks_blocked()
                assert counted.limiter.total_tokens > 2
        counted.check_given_back()

    run(program)


async def test_on_the_embedded_server():
    async with local.serve() as server, Session() as session:
        model = iModel(
            "openai",
            "trigram-1-pieces-300",
            stream=True,
            max_concurrent=1,
            name="m",
            base_url=server.url("openai"),
            api_key="local",
        )
        session.services.register(model)
        builder = Builder(session=session)
        written = builder.communicate(instruction="write", imodel="m", branch="w")
        each = builder.communicate_each(
            stream_from=builder.transform(written, sentences(), stream_size=1),
            template="{item}",
            imodel="m",
            limit=2,
            stream_size=1,
        )
        with trio.fail_after(60):
            results = await flow(builder)
    assert len(results[each]) > 5
