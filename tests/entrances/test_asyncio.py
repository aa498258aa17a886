"""On asyncio every way in says that the library runs on trio, and what to write."""

import asyncio
import importlib
import inspect

import httpx
import pytest
import trio

import lionpride_trio
from lionpride_trio import (
    HTTPTransport,
    LocalProtocolError,
    Session,
    iModel,
    local,
    recording,
    sinks,
)
from lionpride_trio.operations import Builder, communicate, flow, flow_stream
from lionpride_trio.services import fallback
from lionpride_trio.testing import Answer, FaultyServer
from lionpride_trio.transformers import (
    chain,
    fork,
    from_channel,
    from_iterable,
    hedge,
    merge,
    race,
    sentences,
    source,
)

WORDS = (
    r"^lionpride_trio runs on trio, and this is asyncio: .*trio\.run\(main\).*hypercorn -k trio"
    r".*aio\.open\(source\) as items.*aio\.complete\(model, …\).*from lionpride_trio import aio"
)
MODEL = iModel("local")
STREAMING = iModel("local", stream=True)


async def iterate(source):
    async for _ in source:
        pass


async def enter(block):
    async with block:
        pass


async def wait_for(awaitable):
    await awaitable


@source
async def numbers():
    yield 1


async def fetch(client):
    await client.get("http://a.example/")


def texts():
    return from_iterable(["a"])


def memory():
    return trio.open_memory_channel(0)[1]


def built():
    async def work(context):
        return 1

    builder = Builder()
    builder.add(work)
    return builder


def turn():
    session = Session()
    branch = session.create_branch()
    said = {"instruction": "hi", "imodel": MODEL}
    return communicate(session=session, branch=branch, parameters=said)


ENTRANCES = {
    "complete": lambda path: MODEL.complete("hi"),
    "invoke": lambda path: wait_for(MODEL.invoke("hi")),
    "a transport of httpx": lambda path: fetch(httpx.AsyncClient(transport=HTTPTransport())),
    "fallback": lambda path: fallback([MODEL]).complete("hi"),
    "a reply": lambda path: enter(MODEL.stream("hi")),
    "a bare reply": lambda path: iterate(STREAMING.invoke("hi")),
    "a source": lambda path: enter(numbers()),
    "a bare source": lambda path: iterate(numbers()),
    "a pipe": lambda path: iterate(texts() | sentences()),
    "a foreign channel": lambda path: iterate(from_channel(memory())),
    "merge": lambda path: enter(merge(texts())),
    "chain": lambda path: enter(chain(texts())),
    "race": lambda path: enter(race(texts())),
    "hedge": lambda path: enter(hedge(texts(), after=1)),
    "fork": lambda path: enter(fork(texts(), 2)),
    "session": lambda path: enter(Session()),
    "communicate": lambda path: turn(),
    "flow": lambda path: flow(built()),
    "flow_stream": lambda path: enter(flow_stream(built())),
    "a bare flow_stream": lambda path: iterate(flow_stream(built())),
    "serve": lambda path: enter(local.serve()),
    "record": lambda path: enter(recording.record(path)),
    "FaultyServer": lambda path: enter(FaultyServer(Answer())),
    "join": lambda path: sinks.join(texts()),
    "collect": lambda path: sinks.collect(memory()),
    "last": lambda path: sinks.last(texts()),
    "drain": lambda path: sinks.drain(texts()),
    "stdout": lambda path: sinks.stdout(texts()),
    "to_stream": lambda path: sinks.to_stream(path)(texts()),
    "dots": lambda path: sinks.dots(2)(texts()),
    "progress": lambda path: sinks.progress()(texts()),
    "labelled": lambda path: sinks.labelled()(texts()),
    "send_to": lambda path: sinks.send_to(trio.open_memory_channel(0)[0])(texts()),
    "write_file": lambda path: sinks.write_file(path)(texts()),
    "json_lines": lambda path: sinks.json_lines(path)(texts()),
    "sse_bytes": lambda path: iterate(sinks.sse_bytes(texts())),
    "sse_bytes of a channel": lambda path: iterate(sinks.sse_bytes(memory())),
}


@pytest.mark.parametrize("way", ENTRANCES)
def test_each_way_in_says_what_to_write(way, tmp_path):
    async def main():
        await ENTRANCES[way](tmp_path / "file")

    with pytest.raises(LocalProtocolError, match=WORDS):
        asyncio.run(main())
    assert list(tmp_path.iterdir()) == []


def test_a_stream_made_outside_of_the_loop_says_it_when_it_is_read():
    """As where a web framework makes the answer in a thread."""
    events = sinks.sse_bytes(memory())
    with pytest.raises(LocalProtocolError, match=WORDS):
        asyncio.run(iterate(events))


@pytest.mark.parametrize("room", ["operations", "recording", "sinks", "transformers", "local"])
def test_each_public_coroutine_function_is_a_way_in_that_is_tried(room):
    module = importlib.import_module(f"{lionpride_trio.__name__}.{room}")
    waiting = {
        name for name in module.__all__ if inspect.iscoroutinefunction(getattr(module, name))
    }
    assert waiting <= ENTRANCES.keys()


def test_in_guest_mode_trio_is_what_runs():
    """Both loops run in one thread then; what trio's tasks call is at home."""

    async def on_trio():
        return await sinks.join(texts())

    async def main():
        done = asyncio.get_running_loop().create_future()
        loop = asyncio.get_running_loop()
        trio.lowlevel.start_guest_run(
            on_trio,
            run_sync_soon_threadsafe=loop.call_soon_threadsafe,
            done_callback=done.set_result,
        )
        return (await done).unwrap()

    assert asyncio.run(main()) == "a"
