"""Generators that hold nurseries and cancel scopes open around their ``yield``, and readers of them."""

from __future__ import annotations

import gc

import trio
from trio.testing import MockClock


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
    """The items that the reader got, and the exception of the block."""

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
