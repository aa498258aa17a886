"""A block of trio is left as the block of asyncio around it is."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
import trio

from lionpride_trio import aio, iModel, sinks
from lionpride_trio.transformers import from_iterable, tee
from tests.elsewhere import ServerThread


class Block:
    """Notes how it is left; *then* is raised by its clean-up."""

    def __init__(self, *, then=None, swallow=False):
        self.left_by = "nothing"
        self.then = then
        self.swallow = swallow

    async def __aenter__(self):
        return self

    async def __aexit__(self, kind, error, _):
        self.left_by = error
        if self.then is not None:
            raise self.then
        return self.swallow


def test_a_body_that_ends_lets_the_block_end():
    block = Block()

    async def main():
        async with aio.open(block) as opened:
            assert opened is block

    asyncio.run(main())
    assert block.left_by is None


def test_a_body_that_raises_raises_there_the_same():
    block, error = Block(), KeyError("x")

    async def main():
        async with aio.open(block):
            raise error

    with pytest.raises(KeyError) as caught:
        asyncio.run(main())
    assert block.left_by is caught.value is error


def test_a_file_that_is_written_aside_is_dropped_when_the_body_raises(tmp_path):
    write = sinks.write_file(tmp_path / "answer.txt", keep_partial=False)

    async def main():
        async with aio.open(from_iterable(["a", "b"]) | tee(write)) as items:
            await anext(items)
            raise KeyError

    with pytest.raises(KeyError):
        asyncio.run(main())
    assert list(tmp_path.iterdir()) == []


def test_a_block_may_swallow_what_the_body_raises():
    async def main():
        async with aio.open(Block(swallow=True)):
            raise KeyError
        return "went on"

    assert asyncio.run(main()) == "went on"


@pytest.mark.parametrize("raised", [None, KeyError("x")])
def test_what_the_clean_up_raises_comes_out(raised):
    failure = OSError("clean-up")

    async def main():
        async with aio.open(Block(then=failure)):
            if raised is not None:
                raise raised

    with pytest.raises(OSError, match="clean-up") as caught:
        asyncio.run(main())
    assert caught.value is failure


def test_a_body_that_is_cancelled_cancels_the_block():
    block = Block()

    async def main():
        inside = asyncio.Event()

        async def body():
            async with aio.open(block):
                inside.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(body())
        await inside.wait()
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled()

    assert asyncio.run(main())
    assert isinstance(block.left_by, trio.Cancelled)


def test_an_opening_that_is_cancelled_is_cancelled_on_trio():
    cancelled = []

    async def main():
        began = asyncio.Event()

        @asynccontextmanager
        async def endless():
            began.set()
            try:
                await trio.sleep_forever()
            except trio.Cancelled:
                cancelled.append(True)
                raise
            yield

        async def body():
            async with aio.open(endless()):
                raise AssertionError

        task = asyncio.create_task(body())
        await began.wait()
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled()

    assert asyncio.run(main())
    assert cancelled == [True]


def test_a_clean_up_that_takes_its_time_is_cut_short_by_a_cancellation():
    async def main():
        leaving = asyncio.Event()

        @asynccontextmanager
        async def slow():
            yield
            leaving.set()
            await trio.sleep_forever()

        async def body():
            async with aio.open(slow()):
                pass

        task = asyncio.create_task(body())
        await leaving.wait()
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled()

    assert asyncio.run(main())


def test_asyncios_own_deadline_cuts_a_function_off():
    async def main():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(aio.run(trio.sleep_forever), 0.01)

    asyncio.run(main())


@pytest.mark.parametrize("leave", ["break", "cancel", "raise"])
def test_a_reply_that_is_left_closes_its_connection(leave):
    async def read_one(model, came):
        async with aio.open(model.stream("hi")) as chunks:
            async for _ in chunks:
                came.set()
                if leave == "break":
                    break
                if leave == "raise":
                    raise KeyError

    async def main(thread):
        url = thread.server.url("openai")
        model = iModel("openai", "m-slow", api_key="any", base_url=url)
        came = asyncio.Event()
        task = asyncio.create_task(read_one(model, came))
        await came.wait()
        if leave == "cancel":
            task.cancel()
        await asyncio.wait([task])
        await asyncio.to_thread(thread.call, thread.server.wait_active, 0)
        return "cancel" if task.cancelled() else "raise" if task.exception() else "break"

    with ServerThread().running() as thread:
        assert asyncio.run(main(thread)) == leave
        assert thread.server.requests[0].disconnected


def test_a_generator_that_is_closed_closes_its_block():
    block = Block()

    async def items():
        async with aio.open(block):
            yield 1
            yield 2

    async def main():
        generator = items()
        await anext(generator)
        await generator.aclose()
        return block.left_by

    assert isinstance(asyncio.run(main()), trio.Cancelled)
