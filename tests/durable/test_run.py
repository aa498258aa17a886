"""A run that writes a stream down, on every store: when it writes, how it ends, and when it is lost."""

from __future__ import annotations

import pytest
import trio

from lionpride_trio import Response, StreamError, StreamTimeout, WriterLost, reassemble, source
from lionpride_trio.durable import State, open_streams
from lionpride_trio.durable._memory import MemoryStore
from lionpride_trio.durable._records import write_item
from lionpride_trio.durable._run import Run, Writing
from tests.durable.sources import REPLY, Tap, given, read_all, read_some
from tests.durable.stores import LONG, SHORT, items_of, open_store


async def test_what_is_gathered_is_written_in_time(url):
    """Fewer items than are written at once do not wait for more for ever."""
    tap = Tap()
    async with open_streams(url, flush_every=1000, flush_seconds=0.02) as streams:
        await streams.start("chat", tap.source())
        tap.put("a", "b")
        async with streams.follow("chat") as channel:
            assert await read_some(channel, 2) == ["a", "b"]


async def test_an_item_of_another_kind_fails_the_run_after_the_items_before_it(url):
    async with open_streams(url) as streams:
        await streams.start("things", given(["a", object(), "b"]))
        got = []
        with pytest.raises(TypeError, match="an item is no plain data"):
            async with streams.follow("things") as channel:
                async for item in channel:
                    got.append(item)
        assert got == ["a"]


async def test_an_error_is_raised_after_the_items_before_it_with_its_class_and_partial(url):
    partial = Response("Hello", metadata={"id": "r-1"})
    error = StreamTimeout(
        "nothing came", clock="content_idle", provider="openai", model="m", partial=partial
    )
    async with open_streams(url) as streams:
        await streams.start("chat", given(REPLY[:2], error))
        for after, rest in ((None, REPLY[:2]), (1, REPLY[1:2]), (2, [])):
            got = []
            with pytest.raises(StreamTimeout) as caught:
                async with streams.follow("chat", after=after) as channel:
                    async for item in channel:
                        got.append(item)
            assert got == rest
            assert str(caught.value) == str(error)
            assert (caught.value.clock, caught.value.partial) == ("content_idle", partial)
        status = await streams.status("chat")
        assert (status.state, status.items) == (State.FAILED, 2)
        assert isinstance(status.error, StreamTimeout)


async def test_an_error_without_a_partial_gets_what_was_written(url):
    async with open_streams(url) as streams:
        await streams.start("chat", given(REPLY[:2], StreamError("broken")))
        with pytest.raises(StreamError, match="broken") as caught:
            await read_all(streams.follow("chat", after=2))
        assert caught.value.partial == reassemble(REPLY[:2])


async def test_an_own_error_is_told_by_its_name(url):
    class Oops(Exception):
        pass

    async with open_streams(url) as streams:
        await streams.start("chat", given(["a"], Oops("why")))
        with pytest.raises(StreamError, match=r"Oops: why") as caught:
            await read_all(streams.follow("chat"))
        assert caught.value.partial == Response("a", texts=("a",))
        await streams.start("builtin", given([], ValueError("wrong", 3)))
        with pytest.raises(ValueError, match="wrong") as caught:
            await read_all(streams.follow("builtin"))
        assert caught.value.args == ("wrong", 3)


async def test_what_was_gathered_when_it_was_stopped_is_kept(url):
    taken = trio.Event()

    @source
    async def two():
        yield "a"
        yield "b"
        taken.set()
        await trio.sleep_forever()

    async with open_streams(url, flush_every=100, flush_seconds=60) as streams:
        await streams.start("chat", two())
        await taken.wait()
        status = await streams.stop("chat")
        assert (status.state, status.items) == (State.STOPPED, 2)
        assert await read_all(streams.follow("chat")) == ["a", "b"]


async def test_a_failure_while_it_stops_is_logged_and_the_stream_is_stopped(url, caplog):
    @source
    async def stubborn():
        try:
            yield "a"
            await trio.sleep_forever()
        finally:
            raise ValueError("no clean-up")

    async with open_streams(url, flush_every=1) as streams:
        await streams.start("chat", stubborn())
        async with streams.follow("chat") as channel:
            await channel.receive()
            assert (await streams.stop("chat")).state is State.STOPPED
    assert "no clean-up" in caplog.text


async def never(*_):
    await trio.sleep_forever()


async def test_a_run_whose_stream_was_lost_is_cancelled(url, caplog):
    """A process that was paused for longer than its lease: another one has seen that, and said so."""
    tap = Tap()
    async with open_store(url, flush_every=1, lease=LONG) as (store, streams):
        await streams.start("a", tap.source())
        tap.put("x")
        async with streams.follow("a") as channel:
            assert await channel.receive() == "x"
            record = (await store.read("a", 0, 0)).record
            renew, store.renew = store.renew, never
            await renew("a", record.writer, SHORT)
            streams._own_writers.clear()  # as another process sees it
            with pytest.raises(WriterLost):
                await channel.receive()
        tap.put("late")
        await tap.closed.wait()
        assert await items_of(store, "a") == [write_item("x")]
    assert "lost or deleted" in caplog.text


async def test_an_own_run_is_not_lost_because_this_process_was_busy(url):
    """A loop that was blocked renews late; the readers beside it look as late."""
    tap = Tap()
    async with open_store(url, flush_every=1, lease=LONG) as (store, streams):
        await streams.start("a", tap.source())
        tap.put("x")
        async with streams.follow("a") as channel:
            await channel.receive()
            record = (await store.read("a", 0, 0)).record
            await store.renew("a", record.writer, 1e-6)
            assert (await streams.status("a")).state is State.RUNNING
            assert [status.state for status in await streams.list()] == [State.RUNNING]
            tap.put("y")
            assert await channel.receive() == "y"


async def test_a_lease_is_renewed_three_times_before_it_is_over(autojump_clock):
    """Nothing comes of the source, so nothing else tells that the writer lives."""
    renewed = []

    class Watched(MemoryStore):
        async def renew(self, name, writer, lease):
            renewed.append(trio.current_time() - began)
            return await super().renew(name, writer, lease)

    tap = Tap()
    store = Watched(trio.current_time)
    await store.claim("a", "one", 9.0, None)
    async with trio.open_nursery() as nursery:
        began = trio.current_time()
        run = Run(store, "a", "one", tap.source(), Writing(lease=9.0))
        nursery.start_soon(run.carry_out)
        await trio.sleep(20)
        tap.end()
    assert renewed == pytest.approx([0, 3, 6, 9, 12, 15, 18])
    assert (await store.read("a", 0, 0)).record.state is State.ENDED


async def test_a_stream_that_was_claimed_is_run_though_its_start_was_cancelled(url):
    tap = Tap()
    async with open_store(url) as (store, streams):
        claim = store.claim
        with trio.CancelScope() as scope:

            async def claim_and_cancel(*args):
                claimed = await claim(*args)
                scope.cancel()
                await trio.lowlevel.checkpoint()
                return claimed

            store.claim = claim_and_cancel
            await streams.start("a", tap.source())
        tap.put("x")
        tap.end()
        assert await read_all(streams.follow("a")) == ["x"]
