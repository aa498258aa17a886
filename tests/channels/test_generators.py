"""`@source` on generators that hold nurseries and cancel scopes open around their ``yield``.

What each does with each reader is compared with `trio.as_safe_channel`, and stands here by itself
where that loses an item, a failure or the reader's own exception.
"""

from __future__ import annotations

import gc

import pytest
import trio
from trio.testing import MockClock

from lionpride_trio import LocalProtocolError, sinks
from lionpride_trio.testing._cancelling import cancel_everywhere
from lionpride_trio.transformers import prefetch, source, take, tee

# Generators


async def with_nursery():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.sleep_forever)
        for number in range(9):
            yield number
        nursery.cancel_scope.cancel()


async def with_failing_child():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(fail_after_a_while)
        for number in range(9):
            yield number


async def fail_after_a_while():
    await trio.sleep(2.5)
    raise ValueError("child")


async def with_child_that_fails_in_its_clean_up():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(fail_when_cancelled)
        for number in range(9):
            yield number
        nursery.cancel_scope.cancel()


async def fail_when_cancelled():
    try:
        await trio.sleep_forever()
    finally:
        raise OSError("clean-up")


async def with_deadline():
    with trio.move_on_after(2.5):
        for number in range(9):
            yield number
    yield "late"


async def with_hard_deadline():
    with trio.fail_after(2.5):
        for number in range(9):
            yield number


async def with_deadline_each():
    for number in range(9):
        with trio.move_on_after(0.3):
            yield number


async def with_scope_in_nursery():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.sleep, 1)
        with trio.move_on_after(50), trio.CancelScope():
            for number in range(9):
                await trio.sleep(0.1)
                yield number


async def with_failing_clean_up():
    try:
        for number in range(9):
            yield number
    finally:
        raise OSError("clean-up")


async def with_waiting_clean_up():
    try:
        for number in range(9):
            yield number
    finally:
        with trio.CancelScope(shield=True):
            await trio.sleep(1)


async def shielded():
    with trio.CancelScope(shield=True):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.sleep_forever)
            for number in range(9):
                yield number
            nursery.cancel_scope.cancel()


async def plain():
    for number in range(9):
        yield number


SHAPES = [
    plain,
    with_nursery,
    with_failing_child,
    with_child_that_fails_in_its_clean_up,
    with_deadline,
    with_hard_deadline,
    with_deadline_each,
    with_scope_in_nursery,
    with_failing_clean_up,
    with_waiting_clean_up,
]

# Readers


async def leaves(channel, got):
    async for item in channel:
        got.append(item)
        if len(got) == 3:
            break


async def raises(channel, got):
    async for item in channel:
        got.append(item)
        raise KeyError("mine")


async def reads_all(channel, got):
    async for item in channel:
        got.append(item)


async def reads_slowly(channel, got):
    async for item in channel:
        got.append(item)
        await trio.sleep(1)


async def is_cancelled_soon(channel, got):
    with trio.move_on_after(1.5):
        await reads_slowly(channel, got)


async def closes(channel, got):
    async for item in channel:
        got.append(item)
        await channel.aclose()
        break
    await trio.sleep(1)


READERS = [leaves, raises, reads_all, reads_slowly, is_cancelled_soon, closes]


def outcome(open_channel, reader, *, cancelled_at=None):
    """What the reader got, and what the block raised."""

    async def program():
        got = []
        error = None
        with trio.fail_after(1000):
            try:
                with trio.CancelScope() as scope:
                    if cancelled_at is not None:
                        scope.deadline = trio.current_time() + cancelled_at
                    async with open_channel() as channel:
                        await reader(channel, got)
            except Exception as raised:
                error = raised
            await trio.lowlevel.checkpoint()  # nothing is cancelled any more
        return got, error

    found = trio.run(program, clock=MockClock(autojump_threshold=0))
    gc.collect()  # a generator that was not closed warns, which is an error
    return found


def shown(error):
    """An exception by its type and words, groups by what is in them."""
    if isinstance(error, BaseExceptionGroup):
        return type(error), [shown(one) for one in error.exceptions]
    return type(error), str(error)


# What trio's own way does not do as well: the items and the deadline of a generator whose scope ran
# out while its reader was slow, and a reader's own exception beside one of the clean-up.
BETTER = {
    (with_deadline, reads_slowly): ([0, 1, 2, 3, "late"], None),
    (with_hard_deadline, reads_slowly): ([0, 1, 2, 3], trio.TooSlowError()),
    (with_deadline_each, reads_slowly): (list(range(9)), None),
    (with_deadline_each, is_cancelled_soon): ([0, 1], None),
    (with_failing_child, reads_slowly): (
        [0, 1, 2, 3],
        ExceptionGroup("", [ValueError("child")]),
    ),
    (with_failing_clean_up, raises): ([0], KeyError("mine")),
    (with_child_that_fails_in_its_clean_up, raises): ([0], KeyError("mine")),
}


@pytest.mark.parametrize("ahead", [1, 4])
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_source_does_as_a_safe_channel(shape, reader, ahead):
    got, error = outcome(source(ahead=ahead)(shape), reader)
    wanted, trios = BETTER.get((shape, reader)) or outcome(trio.as_safe_channel(shape), reader)
    if ahead == 1 or (shape, reader) not in BETTER:
        assert got == wanted
    else:
        assert got[: len(wanted)] == wanted[: len(got)] or shape is with_deadline
    assert shown(error) == shown(trios)


@pytest.mark.parametrize("reader", [reads_slowly, reads_all])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_cancelled_block_does_as_one_of_a_safe_channel(shape, reader):
    got, error = outcome(source(shape), reader, cancelled_at=1.5)
    wanted, trios = outcome(trio.as_safe_channel(shape), reader, cancelled_at=1.5)
    if shape is not with_deadline_each:  # where that one loses items
        assert got == wanted
    assert shown(error) == shown(trios)


@pytest.mark.parametrize("shape", SHAPES)
def test_steps_after_the_generator_change_nothing(shape):
    async def taking(channel, got):
        got += await sinks.collect(channel | take(2))

    assert outcome(source(shape), taking)[0] == [0, 1]
    got, error = outcome(lambda: source(shape)() | prefetch(2) | take(2), reads_all)
    assert got == [0, 1]
    assert error is None or isinstance(error, OSError | ExceptionGroup)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("reader", [reads_all, leaves])
def test_cancelled_at_any_step_nothing_strange_comes_out(shape, reader):
    async def program():
        try:
            async with source(shape)() as channel:
                await reader(channel, [])
        except* (ValueError, OSError):  # of the clean-up
            pass

    assert cancel_everywhere(program) > 3


@pytest.mark.parametrize("cancelled_at", [None, 1.5])
@pytest.mark.parametrize("reader", READERS)
def test_a_generator_that_shields_its_yield_is_stopped(reader, cancelled_at):
    """A safe channel waits for it for ever."""
    got, error = outcome(source(shielded), reader, cancelled_at=cancelled_at)
    assert got == list(range(len(got)))
    assert shown(error) == (shown(KeyError("mine")) if reader is raises else shown(None))


# The generator's own exceptions


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


async def test_items_keep_their_order_however_often_the_generators_clock_runs_out(autojump_clock):
    """Several items are held, since each wait for room is cancelled by a scope of the generator's."""

    async def impatient():
        for number in range(40):
            with trio.move_on_after(0.1):
                yield number

    async with source(impatient)() as channel:
        await trio.sleep(2.05)
        assert channel.statistics().buffered == 1
        assert await sinks.collect(channel) == list(range(40))


async def test_too_many_items_held_are_a_failure_after_them(autojump_clock):
    log = []

    async def impatient():
        try:
            for number in range(1000):
                with trio.move_on_after(0.1):
                    yield number
        finally:
            log.append("closed")

    async with source(impatient)() as channel:
        await trio.sleep(100)
        assert log == ["closed"]
        got = []
        with pytest.raises(LocalProtocolError, match="yield outside of it"):
            async for item in channel:
                got.append(item)
    assert got == list(range(len(got)))
    assert len(got) > 64


async def test_a_scope_that_is_cancelled_for_good_ends_as_its_code_says(autojump_clock):
    """Its code goes on in a cancelled scope, item by item, and waits for nothing."""

    async def stubborn():
        with trio.move_on_after(1) as scope:
            number = 0
            while not scope.cancel_called:
                yield number
                number += 1
            yield "cancelled"

    async with source(stubborn)() as channel:
        await trio.sleep(2)
        with pytest.raises(trio.EndOfChannel):
            while True:
                await channel.receive()


kept: list[trio.Cancelled] = []


async def keeps_a_cancellation():
    with trio.CancelScope() as scope:
        scope.cancel()
        try:
            await trio.sleep_forever()
        except trio.Cancelled as cancelled:
            kept.append(cancelled)
            raise
    yield 1
    raise kept.pop()


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
