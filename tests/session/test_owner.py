"""An open session owns what is iterated bare, and closes it when its loop is left."""

from __future__ import annotations

import pytest
import trio
import trio.testing

from lionpride_trio import LocalProtocolError, Session, TextChunk, iModel, sinks
from lionpride_trio.operations import Builder, flow_stream
from lionpride_trio.testing import Answer, FaultyServer, ScriptedProvider
from lionpride_trio.transformers import (
    chain,
    hedge,
    merge,
    pace,
    prefetch,
    race,
    sentences,
    tee,
    text,
)
from tests.faults.wires import WIRES

CHAT = WIRES[0]

MADE = {
    "pipeline": lambda model: model.stream("a") | text() | sentences(),
    "operator": lambda model: model.invoke("a") | prefetch(2),
    "merge": lambda model: merge({"a": model.stream("a"), "b": model.stream("b")}),
    "chain": lambda model: chain(model.stream("a"), model.stream("b")) | prefetch(1),
    "race": lambda model: race(model.stream("a"), model.stream("b")),
    "hedge": lambda model: hedge(model.stream("a"), after=60),
}


@pytest.mark.parametrize("make", MADE.values(), ids=MADE)
async def test_iterated_bare_in_an_open_session(make):
    async with Session() as session:
        model = iModel("local", stream=True)
        session.services.register(model)
        assert len([item async for item in make(model)]) > 3
        async for _ in make(model):
            break
    with pytest.raises(LocalProtocolError, match="async with"):
        async for _ in make(model):
            pass


# A loop that is left


async def leave_by(way, source):
    """One loop over *source*, left in some way."""
    match way:
        case "break":
            async for _ in source:
                break
        case "return":

            async def first():
                async for item in source:
                    return item
                raise AssertionError("there is an item")

            await first()
        case "exception":
            with pytest.raises(KeyError):
                async for _ in source:
                    raise KeyError("mine")
        case "cancellation":
            with trio.CancelScope() as scope:
                async for _ in source:
                    scope.cancel()
                    await trio.lowlevel.checkpoint()
        case "deadline in a read":
            with trio.move_on_after(1):
                async for _ in source:
                    pass
        case "dropped iterator":
            iterator = aiter(source)
            await anext(iterator)
            del iterator
        case "aclose":
            iterator = aiter(source)
            await anext(iterator)
            await iterator.aclose()
            with pytest.raises(trio.ClosedResourceError, match="closed"):
                await anext(iterator)


WAYS = [
    "break",
    "return",
    "exception",
    "cancellation",
    "deadline in a read",
    "dropped iterator",
    "aclose",
]
BEHIND = {
    "alone": lambda source: source,
    "pace": lambda source: source | pace(40, max_lag=60),
    "tee": lambda source: source | tee(sinks.drain),
    "prefetch": lambda source: source | text() | prefetch(3) | sentences(),
    "merge": lambda source: merge({"one": source}),
}


@pytest.mark.parametrize("behind", BEHIND)
@pytest.mark.parametrize("way", WAYS)
async def test_a_bare_loop_that_is_left_closes_its_reply_and_gives_its_slot_back(
    way, behind, autojump_clock
):
    """At once, and not with the session: nobody would read on."""
    said = CHAT.pieces[0] + CHAT.text_event("Words and words. " * 20)
    stalled = Answer(body=[said, CHAT.text_event("more")], then="stall")
    async with FaultyServer(stalled) as server, Session() as session:
        model = CHAT.model(server, stream=True, max_concurrent=2)
        session.services.register(model)
        for _ in range(5):
            with trio.fail_after(30):
                await leave_by(way, BEHIND[behind](model.invoke("q")))
        await server.wait_idle()
        assert len(server.requests) == 5


async def test_a_flow_that_is_iterated_bare_and_left_ends(autojump_clock):
    ended = trio.Event()

    async def endless(context):
        try:
            while True:
                await context.send("x")
        finally:
            ended.set()

    async with Session() as session:
        builder = Builder(session=session)
        builder.add(endless)
        async for _ in flow_stream(builder):
            break
        with trio.fail_after(5):
            await ended.wait()


def test_a_dropped_iterator_does_no_harm_after_its_run():
    kept = []

    async def run():
        async with Session() as session:
            model = ScriptedProvider([TextChunk("a")] * 9).model(stream=True)
            session.services.register(model)
            iterator = aiter(model.stream("q"))
            await anext(iterator)
            kept.append(iterator)

    trio.run(run)
    kept.clear()  # warnings are errors here, those of `__del__` too


async def test_an_iterator_dropped_in_another_thread_closes_its_reply():
    stalled = Answer(body=CHAT.unended, then="stall")
    async with FaultyServer(stalled) as server, Session() as session:
        model = CHAT.model(server, stream=True)
        session.services.register(model)
        held = [aiter(model.stream("q"))]
        await anext(held[0])
        await trio.to_thread.run_sync(held.clear)
        await server.wait_idle()


async def test_an_iterator_that_is_kept_beyond_its_session_says_so():
    async with Session() as session:
        model = ScriptedProvider([TextChunk("a")] * 900).model(stream=True)
        session.services.register(model)
        iterator = aiter(model.stream("q"))
        await anext(iterator)
    with pytest.raises(trio.ClosedResourceError, match=r"reply was closed by the session"):
        await anext(iterator)


async def test_a_reader_whose_session_closes_is_told(nursery):
    async def read(model, task_status):
        iterator = aiter(model.stream("q"))
        await anext(iterator)
        task_status.started()
        with pytest.raises(trio.ClosedResourceError, match="closed by the session"):
            while True:
                await anext(iterator)

    async with FaultyServer(Answer(body=CHAT.pieces[0], then="stall")) as server:
        async with Session() as session:
            model = CHAT.model(server, stream=True)
            session.services.register(model)
            await nursery.start(read, model)
        await server.wait_idle()


async def test_a_model_in_two_sessions_is_owned_by_the_one_that_is_open():
    model = ScriptedProvider([TextChunk("a")]).model(stream=True)
    async with Session() as first:
        first.services.register(model)
        async with Session() as second:
            second.services.register(model)
            assert model.owner() is second
        assert model.owner() is first
        async for chunk in model.stream("q"):
            assert chunk.data == "a"
            break
    assert model.owner() is None


# An async generator around a block


async def around(source):
    async with source as channel:
        async for item in channel:
            yield item


@pytest.mark.filterwarnings("ignore:Async generator.*:ResourceWarning")  # trio's own advice
async def test_an_async_generator_around_a_reply_that_is_left_closes_quietly(caplog, capfd):
    async with FaultyServer(Answer(body=CHAT.unended, then="stall")) as server:
        async for _ in around(CHAT.model(server).stream("q")):
            break
        await server.wait_idle()
    assert caplog.records == []
    assert capfd.readouterr().err == ""


@pytest.mark.filterwarnings("ignore:Async generator.*:ResourceWarning")
async def test_one_around_a_nursery_is_told_what_to_write(caplog):
    """Only its own task can close a nursery."""
    made = ScriptedProvider([TextChunk("a")] * 9).model(stream=True).stream("q") | prefetch(2)
    generator = around(made)
    await anext(generator)
    async with trio.open_nursery() as nursery:

        async def close():
            with pytest.raises(LocalProtocolError, match="aclosing"):
                await generator.aclose()

        nursery.start_soon(close)
    (channel,) = [opening.channel for opening in made._openings.values()]
    assert not channel._closed
    await made.__aexit__(None, None, None)


async def test_two_tasks_in_one_bare_iterator_are_refused_and_ask_once(nursery):
    stalled = Answer(body=CHAT.unended, then="stall")
    async with FaultyServer(stalled) as server, Session() as session:
        model = CHAT.model(server, stream=True, max_concurrent=1)
        session.services.register(model)
        held = [aiter(model.stream("q"))]
        began = trio.Event()

        async def first():
            began.set()
            await anext(held[0])

        nursery.start_soon(first)
        await began.wait()
        with pytest.raises(trio.BusyResourceError, match="another task"):
            await anext(held[0])
        await trio.testing.wait_all_tasks_blocked(0.05)
        held.clear()
        await server.wait_idle()
        assert len(server.requests) == 1


async def test_what_is_closed_says_by_whom():
    model = ScriptedProvider([TextChunk("a")] * 9).model(stream=True)
    session = Session()
    with pytest.raises(LocalProtocolError, match="session is not open"):
        session._owner.client(None)
    async with session:
        session.services.register(model)
        late = aiter(model.stream("q"))
        async with model.stream("q") as reply:
            assert (await reply.receive()).data == "a"
        with pytest.raises(trio.ClosedResourceError, match="reply was closed when its block ended"):
            await reply.receive()
        async with model.stream("q") as reply:
            await reply.aclose()
            with pytest.raises(trio.ClosedResourceError, match=r"^this reply was closed$"):
                await reply.receive()
        with pytest.raises(trio.ClosedResourceError, match=r"^this reply was closed$"):
            await reply.receive()
    with pytest.raises(LocalProtocolError, match="session was closed when its block ended"):
        await anext(late)
