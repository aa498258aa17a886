"""`@source` on generators that hold nurseries and cancel scopes open around their ``yield``.

Each is compared with `trio.as_safe_channel` for each reader, and stands here by itself
where that loses an item, a failure or the reader's own exception.
"""

from __future__ import annotations

import pytest
import trio

from lionpride_trio import LocalProtocolError, sinks
from lionpride_trio.testing._cancelling import cancel_everywhere
from lionpride_trio.transformers import prefetch, source, take
from tests.channels.generators import (
    READERS,
    SHAPES,
    is_cancelled_soon,
    leaves,
    outcome,
    raises,
    reads_all,
    reads_slowly,
    shielded,
    shown,
    with_child_that_fails_in_its_clean_up,
    with_deadline,
    with_deadline_each,
    with_failing_child,
    with_failing_clean_up,
    with_hard_deadline,
)

# Cases that trio's own way does not do as well: the items and the deadline of a generator whose scope ran
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
