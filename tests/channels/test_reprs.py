"""A channel's repr says its state, what is ready in it, and who waits."""

from __future__ import annotations

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from lionpride_trio._channels._mailbox import Mailbox
from lionpride_trio.transformers import fork, from_iterable, map_each


def failing(item):
    raise ValueError(item)


async def test_a_channel():
    async with from_iterable([1, 2]) as channel:
        assert repr(channel) == "<IterableChannel open, 0 items ready>"
        await channel.receive()
        assert repr(channel) == "<IterableChannel open, 1 items ready>"
        await channel.receive()
        with pytest.raises(trio.EndOfChannel):
            await channel.receive()
        assert repr(channel) == "<IterableChannel finished, 0 items ready>"
        await channel.aclose()
        assert repr(channel) == "<IterableChannel closed, 0 items ready>"
    async with from_iterable([1]) | map_each(failing) as channel:
        with pytest.raises(ValueError, match="1"):
            await channel.receive()
        assert repr(channel) == "<FusedChannel failed with ValueError, 0 items ready>"


async def test_a_channel_whose_block_has_ended():
    async with from_iterable([1, 2]) as channel:
        await channel.receive()
    assert repr(channel) == "<IterableChannel closed when its block ended, 0 items ready>"


async def test_a_mailbox():
    box = Mailbox(2)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(box.receive)
        await wait_all_tasks_blocked()
        assert repr(box) == "<Mailbox open, 0 of 2 items ready, its reader waits>"
        box.put_nowait([1, 2])
        await wait_all_tasks_blocked()
        box.put_nowait([3])
        nursery.start_soon(box.send, [4])
        nursery.start_soon(box.send, [5])
        await wait_all_tasks_blocked()
        assert repr(box) == "<Mailbox open, 2 of 2 items ready, 2 writers wait>"
        box.finish(OSError("reset"))
        assert repr(box) == "<Mailbox failed with OSError, 2 of 2 items ready>"


async def test_a_mailbox_that_dropped_items():
    box = Mailbox(2, "drop_oldest")
    box.put_nowait([1, 2, 3, 4, 5])
    assert repr(box) == "<Mailbox open, 2 of 2 items ready, 3 dropped>"


async def test_a_branch():
    async with fork(from_iterable([1]), 2) as (one, _):
        assert repr(one) == "<branch 0 open, 0 of 64 items ready>"
