"""`@source`: whose failure is told where, and generators that do not do as they should."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from lionpride_trio import LocalProtocolError, sinks
from lionpride_trio.transformers import source, tee
from tests.channels.generators import keeps_a_cancellation, plain, with_failing_clean_up


async def test_a_note_tells_of_the_clean_up_that_failed_beside_the_readers_own_exception():
    mine = KeyError("mine")
    with pytest.raises(KeyError) as caught:
        async with source(with_failing_clean_up)():
            raise mine
    assert caught.value is mine
    assert mine.__notes__ == ["its clean-up failed, too: OSError('clean-up')"]


async def test_a_failure_that_was_told_at_the_channel_is_not_raised_again():
    async with source(with_failing_clean_up)() as channel:
        with pytest.raises(OSError, match="clean-up"):
            await sinks.drain(channel)


async def test_a_failure_behind_the_place_where_the_reader_left_is_not_its_own():
    async def fails_at_once():
        yield 1
        raise ValueError

    async with source(fails_at_once, ahead=1)() as channel:
        assert await channel.receive() == 1
        await trio.testing.wait_all_tasks_blocked()


@pytest.mark.parametrize("inside", [False, True])
def test_a_cancellation_that_is_not_the_generators_is_a_failure_after_the_items(inside):
    async def program():
        async def in_group():
            async for item in keeps_a_cancellation():
                yield item

        shape = in_group if inside else keeps_a_cancellation
        got = []
        with trio.CancelScope() as scope:
            with pytest.raises(LocalProtocolError, match=r"raised trio\.Cancelled") as caught:
                async with source(shape)() as channel:
                    async for item in channel:
                        got.append(item)
            assert isinstance(caught.value.__cause__, trio.Cancelled)
        assert not scope.cancelled_caught
        assert got == [1]

    # Not by pytest-trio, which takes a cancellation that comes out for its own.
    trio.run(program, clock=MockClock(autojump_threshold=0))


def test_a_task_beside_the_block_that_lets_a_kept_cancellation_out():
    """It cancels the nursery that it runs in, and with it the block: that is told, not swallowed."""

    async def program():
        async def sink(channel):
            async for _ in keeps_a_cancellation():
                await channel.receive()

        with (
            trio.CancelScope() as scope,
            pytest.raises(LocalProtocolError, match="beside this block"),
        ):
            async with source(plain)() | tee(sink) as channel:
                await sinks.drain(channel)
                await trio.sleep_forever()
        assert not scope.cancelled_caught

    # Not by pytest-trio, which takes a cancellation that comes out for its own.
    trio.run(program, clock=MockClock(autojump_threshold=0))


async def test_an_iterator_that_is_no_generator_works_too():
    class Three:
        def __init__(self):
            self.left = 3

        def __aiter__(self):
            return self

        async def __anext__(self):
            await trio.lowlevel.checkpoint()
            if not self.left:
                raise StopAsyncIteration
            self.left -= 1
            return self.left

    assert await sinks.collect(source(Three)()) == [2, 1, 0]
    async with source(Three)() as channel:
        assert await channel.receive() == 2


async def test_a_generator_that_yields_in_spite_of_its_cancellation_is_closed():
    log = []

    async def stubborn():
        try:
            yield 1
        except BaseException:
            log.append("ignored")
        try:
            yield 2
        finally:
            log.append("closed")

    async with source(stubborn)() as channel:
        assert await channel.receive() == 1
    assert log == ["ignored", "closed"]
