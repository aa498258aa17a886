"""A result is taken only with all that it was made of."""

from __future__ import annotations

import logging

import pytest

from lionpride_trio import FlowError
from lionpride_trio.durable import open_streams
from lionpride_trio.operations import Builder, flow_stream

pytestmark = pytest.mark.parametrize("inside", [False, True])


class Run:
    """One run after the other: each makes its flow anew, and says which run it is."""

    def __init__(self, streams, build, inside):
        self.number = 0
        self._streams = streams
        self._build = build
        self._inside = inside

    async def __call__(self, **options):
        """The results, in the order of the operations, and the names of those that were run again."""
        self.number += 1
        builder = Builder()
        operations = self._build(builder, self.number)
        around = builder
        if self._inside:
            around = Builder()
            around.subflow(builder, name="around")
        async with flow_stream(around, journal=self._streams.journal("a"), **options) as run:
            async for _ in run:
                pass
        again = [one.name for one in operations if run.status[one].again]
        return [run.results[one] for one in operations], again


async def both(context):
    return [*context.results.values()]


async def test_a_reader_that_caught_the_failure_of_its_stream_reads_the_new_one(inside, caplog):
    def build(builder, number):
        async def draft(context):
            yield f"part of run {number}"
            if number == 1:
                raise OSError("the model went away")
            yield "the rest"

        async def read(context):
            got = []
            try:
                async for piece in context.channel:
                    got.append(piece)
            except OSError:
                got.append("cut")
            return got

        drafted = builder.add(draft)
        reader = builder.add(read, stream_from=drafted)
        return [drafted, reader, builder.add(len_of, context_from=[reader])]

    async def len_of(context):
        return len(*context.results.values())

    async with open_streams("memory:") as streams:
        run = Run(streams, build, inside)
        with pytest.raises(FlowError):
            await run(on_error="skip")
        whole = ["part of run 2", "the rest"]
        with caplog.at_level(logging.WARNING, "lionpride_trio"):
            assert await run() == ([whole, whole, 2], ["read", "len_of"])
        assert "read' is run again: something that it is made of is run again" in caplog.text
        assert await run() == ([whole, whole, 2], [])


async def test_a_reader_that_left_early_reads_the_new_stream(inside):
    def build(builder, number):
        async def draft(context):
            yield f"title {number}"
            while number == 1 and not taken:
                await context.send("more")
            if number == 1:
                raise KeyError("killed here")

        async def title(context):
            return await context.channel.receive()

        async def after(context):
            taken.append(number)

        drafted = builder.add(draft)
        titled = builder.add(title, stream_from=drafted)
        builder.add(after, depends_on=[titled])
        return [drafted, titled, builder.add(both, context_from=[drafted, titled])]

    taken = []
    async with open_streams("memory:") as streams:
        run = Run(streams, build, inside)
        with pytest.raises(KeyError):
            await run()
        results, again = await run()
        assert results == [["title 2"], "title 2", [["title 2"], "title 2"]]
        assert again == ["title"]
        assert taken == [1, 2]
        assert await run() == (results, [])


async def test_what_is_made_of_a_stream_that_is_made_anew_is_made_anew(inside):
    """Nobody kept the chunks in the first run, in which nobody read them."""

    def build(builder, number):
        async def say(context):
            await context.send(f"chunk {number}")
            return f"result {number}"

        async def read(context):
            return [chunk async for chunk in context.channel]

        async def apart(context):
            return number

        said = builder.add(say)
        made = builder.add(both, context_from=[said])
        more = builder.add(both, name="more", context_from=[made])
        operations = [said, made, more, builder.add(apart)]
        return [*operations, builder.add(read, stream_from=said)] if number > 1 else operations

    async with open_streams("memory:") as streams:
        run = Run(streams, build, inside)
        assert await run() == (["result 1", ["result 1"], [["result 1"]], 1], [])
        results, again = await run()
        assert results == ["result 2", ["result 2"], [["result 2"]], 1, ["chunk 2"]]
        assert again == ["say", "both", "more"]
        assert await run() == (results, [])


async def test_a_stream_that_is_made_anew_may_need_another_one(inside):
    """A chain of streams whose chunks nobody kept is made anew from its beginning."""

    def build(builder, number):
        async def say(context):
            await context.send(number)
            return number

        async def pass_on(context):
            async for chunk in context.channel:
                await context.send(chunk)
            return "passed on"

        async def read(context):
            return [chunk async for chunk in context.channel]

        said = builder.add(say)
        passed = builder.add(pass_on, stream_from=said)
        operations = [said, passed, builder.add(both, context_from=[said])]
        return [*operations, builder.add(read, stream_from=passed)] if number > 1 else operations

    async with open_streams("memory:") as streams:
        run = Run(streams, build, inside)
        await run()
        # The first one's chunks were read, and so are kept: only the second is made anew.
        assert await run() == ([1, "passed on", [1], [1]], ["pass_on"])
