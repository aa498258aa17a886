"""``await``, ``for`` and ``with`` on what is iterated with async say what to write."""

import re

import pytest

from lionpride_trio import Session, iModel
from lionpride_trio.operations import Builder, flow_stream
from lionpride_trio.transformers import from_iterable, sentences

MODEL = iModel("local")
REPLY = "write 'async with … as reply: async for chunk in reply', or 'await model.complete(...)'"
SOURCE = "write 'async with … as channel: async for item in channel'"

SOURCES = {
    "stream": (lambda: MODEL.stream("hi"), REPLY),
    "invoke": (lambda: iModel("local", stream=True).invoke("hi"), REPLY),
    "source": (lambda: from_iterable("a"), SOURCE),
    "pipe": (lambda: from_iterable("a") | sentences(), SOURCE),
    "flow": (lambda: flow_stream(Builder()), SOURCE),
    "session": (Session, "write 'async with Session() as session:'"),
}


@pytest.mark.parametrize("name", SOURCES)
async def test_each_says_what_to_write(name):
    made, words = SOURCES[name]
    with pytest.raises(TypeError, match=f"^'await' does not fit .*{re.escape(words)}"):
        await made()
    with pytest.raises(TypeError, match=f"^'for' does not fit .*{re.escape(words)}"):
        for _ in made():
            pass
    with pytest.raises(TypeError, match=f"^'with' does not fit .*{re.escape(words)}"), made():
        pass


async def test_an_open_channel_is_iterated_with_async_too():
    async with from_iterable("a") as channel:
        with pytest.raises(TypeError, match=r"write 'async for item in …', or 'await .*receive"):
            list(channel)


async def test_a_call_that_is_to_be_awaited():
    words = r"stream=False, so its reply is awaited: write 'response = await model.invoke"
    with pytest.raises(TypeError, match=f"'for' .*{words}"):
        for _ in MODEL.invoke("hi"):
            pass
    with pytest.raises(TypeError, match=f"'with' .*{words}"), MODEL.invoke("hi"):
        pass
    with pytest.raises(TypeError, match=f"'async for' .*{words}"):
        async for _ in MODEL.invoke("hi"):
            pass
    with pytest.raises(TypeError, match=f"'async with' .*{words}"):
        async with MODEL.invoke("hi"):
            pass
