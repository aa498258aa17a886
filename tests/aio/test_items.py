"""The items of a source on asyncio: in order, once, and no sooner than they are asked for."""

from __future__ import annotations

import asyncio

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from lionpride_trio import aio, iModel
from lionpride_trio.transformers import from_channel, from_iterable
from tests.counting import numbers


def test_nothing_is_made_before_it_is_asked_for():
    """But for the one item that a generator is ahead of its reader on trio, too."""

    async def main():
        log = []
        async with aio.open(numbers(100, log=log)) as items:
            await aio.run(wait_all_tasks_blocked, 0.01)
            assert log == [0]
            assert await anext(items) == 0
            await aio.run(wait_all_tasks_blocked, 0.01)
            assert log == [0, 1]

    asyncio.run(main())


def test_a_wait_that_was_given_up_loses_nothing():
    async def main():
        send, receive = trio.open_memory_channel(9)
        async with aio.open(from_channel(receive)) as items:
            for _ in range(3):
                waiting = asyncio.create_task(anext(items))
                await aio.run(wait_all_tasks_blocked, 0.01)
                waiting.cancel()
                await asyncio.wait([waiting])
            for number in range(3):
                await aio.run(send.send, number)
            send.close()
            return [item async for item in items]

    assert asyncio.run(main()) == [0, 1, 2]


def test_two_readers_are_refused():
    async def main():
        send, receive = trio.open_memory_channel(9)
        async with aio.open(from_channel(receive)) as items:
            first = asyncio.create_task(anext(items))
            await aio.run(wait_all_tasks_blocked, 0.01)
            with pytest.raises(trio.BusyResourceError):
                await anext(items)
            await aio.run(send.send, 1)
            return await first

    assert asyncio.run(main()) == 1


def test_items_are_closed_with_their_block():
    async def main():
        async with aio.open(from_iterable("abc")) as items:
            await anext(items)
        with pytest.raises(trio.ClosedResourceError, match=r"inside 'async with aio\.open"):
            await anext(items)

    asyncio.run(main())


def test_a_reader_in_another_task_is_told_that_the_block_ended():
    async def main():
        _send, receive = trio.open_memory_channel(9)
        async with aio.open(from_channel(receive)) as items:
            reader = asyncio.create_task(anext(items))
            await aio.run(wait_all_tasks_blocked, 0.01)
        with pytest.raises(trio.ClosedResourceError):
            await reader

    asyncio.run(main())


def test_what_a_channel_has_not_is_said():
    async def main():
        async with aio.open(from_iterable("abc")) as items:
            for name in ("response", "turns", "messages", "last_id"):
                assert not hasattr(items, name)
            with pytest.raises(AttributeError, match="Channel has no 'stop'"):
                items.stop()
            assert "open" in repr(items)

    asyncio.run(main())


def test_a_conversation_has_its_turns_and_messages():
    async def main():
        conversation = iModel("local").converse("How does a whale sleep?", tools=[])
        async with aio.open(conversation) as reply:
            async for _ in reply:
                pass
        return reply.turns, reply.messages, reply.response

    turns, messages, response = asyncio.run(main())
    assert [turn.text for turn in turns] == [response.text]
    assert len(messages) == 1
