"""The functions that asyncio programs call: a source opened, a function run, a whole answer."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import partial

import attrs
import pytest
import trio
import trio.lowlevel

from lionpride_trio import (
    ConfigurationError,
    LocalProtocolError,
    Session,
    StreamTruncated,
    Verdict,
    aio,
    iModel,
    source,
)
from lionpride_trio.durable import open_streams
from lionpride_trio.operations import communicate
from lionpride_trio.services import fallback
from lionpride_trio.transformers import from_iterable, prefetch, sentences, text
from tests.elsewhere import ServerThread

QUESTION = "How does a whale sleep?"


@pytest.fixture
def model():
    """A function from a name to a model of the embedded server, which runs in another thread."""
    with ServerThread().running() as thread:

        def make(name="trigram-1", **settings):
            url = thread.server.url("openai")
            return iModel("openai", name, api_key="any", base_url=url, **settings)

        make.thread = thread
        yield make


def answer(model):
    return trio.run(model.complete, QUESTION).text


def test_the_chunks_of_a_reply_and_its_response(model):
    async def main():
        async with aio.open(model().stream(QUESTION)) as reply:
            came = [chunk.data async for chunk in reply]
            assert [chunk async for chunk in reply] == []
        return came, reply.response

    came, response = asyncio.run(main())
    assert "".join(came) == response.text == answer(model())
    assert response.verdict is Verdict.COMPLETE


def test_a_pipeline_with_an_operator(model):
    async def main():
        recipe = text() | sentences() | prefetch(4)
        async with aio.open(model().stream(QUESTION) | recipe) as pieces:
            return "".join([piece async for piece in pieces])

    assert asyncio.run(main()) == answer(model())


def test_a_whole_answer(model):
    async def main():
        return [
            await aio.complete(model(), QUESTION, temperature=0),
            await aio.complete(fallback([model()]), QUESTION),
        ]

    assert [response.text for response in asyncio.run(main())] == [answer(model())] * 2


def test_an_answer_of_a_type():
    @attrs.frozen
    class Recipe:
        name: str

    class Scripted:
        async def complete(self, messages, **options):
            return messages, options

    async def main():
        return await aio.complete(Scripted(), "a recipe", output=Recipe, repair=1)

    assert asyncio.run(main()) == ("a recipe", {"output": Recipe, "repair": 1})


def test_a_stopped_reply_is_an_answer(model):
    async def main():
        async with aio.open(model("m-slow").stream(QUESTION)) as reply:
            async for _ in reply:
                reply.stop()
        return reply.response.verdict

    assert asyncio.run(main()) is Verdict.STOPPED


def test_a_failure_arrives_after_the_chunks_before_it_as_the_class_that_it_is(model):
    async def main(came):
        async with aio.open(model("m-cut").stream(QUESTION)) as reply:
            async for chunk in reply:
                came.append(chunk.data)

    came = []
    with pytest.raises(StreamTruncated) as caught:
        asyncio.run(main(came))
    assert "".join(came) == caught.value.partial.text != ""


def test_a_failure_comes_again_when_asked_again():
    @source
    async def failing():
        yield 1
        raise KeyError("x")

    async def main():
        async with aio.open(failing()) as items:
            assert await anext(items) == 1
            for _ in range(2):
                with pytest.raises(KeyError):
                    await anext(items)

    asyncio.run(main())


def test_a_source_that_cannot_be_opened_raises_where_it_is_opened():
    @asynccontextmanager
    async def broken():
        raise KeyError("x")
        yield

    async def main():
        with pytest.raises(KeyError):
            async with aio.open(broken()):
                raise AssertionError

    asyncio.run(main())


def test_a_session_serves_many_calls(model):
    async def main():
        async with aio.open(Session()) as session:
            session.services.register(model(name="gpt"))
            branch = session.create_branch()
            asked = {"instruction": QUESTION, "imodel": "gpt"}
            ask = partial(communicate, session=session, branch=branch, parameters=asked)
            return await aio.run(ask), await aio.run(ask), len(branch.order)

    first, second, turns = asyncio.run(main())
    assert first
    assert second
    assert turns == 4
    server = model.thread.server
    assert len(server.requests) == 2


def test_durable_streams_and_where_to_go_on():
    async def main():
        async with aio.open(open_streams("memory:")) as streams:
            await aio.run(streams.start, "x", from_iterable(range(10)))
            async with aio.open(streams.follow("x")) as items:
                for number in range(4):
                    assert await anext(items) == number
                    assert items.last_id == number + 1
                last = items.last_id
            async with aio.open(streams.follow("x", after=last)) as items:
                return [item async for item in items]

    assert asyncio.run(main()) == [4, 5, 6, 7, 8, 9]


def test_a_function_run_on_trio():
    async def work(number):
        await trio.lowlevel.checkpoint()
        if number < 0:
            raise ValueError(number)
        return number + 1

    async def main():
        assert await aio.run(work, 1) == 2
        with pytest.raises(ValueError, match="-1"):
            await aio.run(work, -1)

    asyncio.run(main())


def test_a_result_is_handed_over_as_it_is():
    """Also a channel, which would be read as items where it is what a source gave."""

    async def work():
        async with from_iterable("a") as channel:
            return channel

    async def main():
        return await aio.run(work)

    assert "Items" not in repr(asyncio.run(main()))


def test_variables_of_the_context_are_seen_on_trio():
    """As for the spans of a trace."""
    variable = ContextVar("variable", default=0)

    async def look():
        return variable.get()

    async def task(number):
        variable.set(number)
        return await aio.run(look)

    async def main():
        return await asyncio.gather(*map(task, range(5)))

    assert asyncio.run(main()) == list(range(5))


@pytest.mark.parametrize("wrong", ["text", None, 3])
def test_what_is_no_block_is_refused_where_it_is_written(wrong):
    with pytest.raises(ConfigurationError, match=r"aio\.open\(\) takes a source"):
        aio.open(wrong)


def test_what_is_no_function_is_refused():
    async def main():
        await aio.run(from_iterable("a"))

    with pytest.raises(ConfigurationError, match=r"aio\.run\(\) takes an async function"):
        asyncio.run(main())


async def test_on_trio_it_says_what_to_write():
    with pytest.raises(LocalProtocolError, match="this is trio: write 'async with source"):
        async with aio.open(from_iterable("a")):
            raise AssertionError


def test_without_a_loop_it_says_what_to_write():
    with pytest.raises(LocalProtocolError, match=r"asyncio\.run\(main\(\)\)"):
        aio.open(from_iterable("a")).__aenter__().send(None)
