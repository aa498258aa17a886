"""What users do with durable streams, on every store."""

from __future__ import annotations

import gc
from datetime import UTC, datetime

import attrs
import pytest
import trio

from lionpride_trio import (
    ConfigurationError,
    FinishChunk,
    NotFound,
    Response,
    StreamError,
    StreamTimeout,
    TextChunk,
    Verdict,
    reassemble,
    sinks,
    source,
)
from lionpride_trio.durable import State, open_streams
from lionpride_trio.transformers import sentences
from tests.durable.sources import REPLY, Tap, given, read_all, read_some, texts


async def test_a_stream_is_followed_while_it_is_written(url):
    tap = Tap()
    async with open_streams(url, flush_every=1) as streams:
        assert await streams.start("chat", tap.source())
        async with streams.follow("chat") as channel:
            for item in texts(5):
                tap.put(item)
                assert await channel.receive() == item
            tap.end()
            with pytest.raises(trio.EndOfChannel):
                await channel.receive()
        assert await read_all(streams.follow("chat")) == texts(5)


async def test_what_is_gathered_is_written_in_time(url):
    """Fewer items than are written at once do not wait for more for ever."""
    tap = Tap()
    async with open_streams(url, flush_every=1000, flush_seconds=0.02) as streams:
        await streams.start("chat", tap.source())
        tap.put("a", "b")
        async with streams.follow("chat") as channel:
            assert await read_some(channel, 2) == ["a", "b"]


async def test_chunks_come_back_equal(url):
    async with open_streams(url) as streams:
        await streams.start("reply", given(REPLY))
        chunks = await read_all(streams.follow("reply"))
        assert chunks == REPLY
        assert (await streams.status("reply")).verdict is Verdict.COMPLETE


async def test_items_are_whatever_has_a_json_form(url):
    items = ["", "ü\ud83d", 7, 1.5, None, [1, {"a": (2, 3)}], Response("hi"), float("inf")]
    async with open_streams(url) as streams:
        await streams.start("things", given(items))
        assert await read_all(streams.follow("things")) == items


async def test_an_item_of_another_kind_fails_the_run_after_the_items_before_it(url):
    async with open_streams(url) as streams:
        await streams.start("things", given(["a", object(), "b"]))
        got = []
        with pytest.raises(TypeError, match="an item is no plain data"):
            async with streams.follow("things") as channel:
                async for item in channel:
                    got.append(item)
        assert got == ["a"]


async def test_many_items_come_once_and_in_order(url):
    async with open_streams(url) as streams:
        await streams.start("many", given(texts(3000)))
        assert await read_all(streams.follow("many")) == texts(3000)


async def test_last_id_is_where_to_go_on(url):
    async with open_streams(url) as streams:
        await streams.start("chat", given(texts(500)))
        got, last = [], None
        while len(got) < 500:
            # Three items of each page that was read are taken; the others come again.
            async with streams.follow("chat", after=last) as channel:
                assert channel.last_id == (last or 0)
                for _ in range(min(3 + len(got), 500 - len(got))):
                    got.append(await channel.receive())
                    last = channel.last_id
                    assert last == len(got)
            assert channel.last_id == last  # what was read ahead does not count
        assert got == texts(500)
        assert await read_all(streams.follow("chat", after=str(last))) == []


async def test_starting_twice_runs_once(url):
    first, second = Tap(), Tap()
    async with open_streams(url, flush_every=1) as streams:
        assert await streams.start("chat", first.source()) is True
        assert await streams.start("chat", second.source()) is False
        first.put("a")
        first.end()
        assert await read_all(streams.follow("chat")) == ["a"]
        assert await streams.start("chat", second.source()) is False
    assert (first.openings, second.openings) == (1, 0)


async def test_tasks_that_start_one_id_at_once_run_it_once(url):
    taps = [Tap() for _ in range(20)]
    began = []

    async def start(tap):
        began.append(await streams.start("chat", tap.source()))

    async with open_streams(url, flush_every=1) as streams:
        async with trio.open_nursery() as nursery:
            for tap in taps:
                tap.put("a")
                tap.end()
                nursery.start_soon(start, tap)
        assert sorted(began) == [False] * 19 + [True]
        assert await read_all(streams.follow("chat")) == ["a"]
    assert sum(tap.openings for tap in taps) == 1


async def test_many_readers_and_a_slow_one_get_everything(url):
    tap = Tap()
    got = {}

    async def read(number):
        got[number] = await read_all(streams.follow("chat"))

    async with open_streams(url, flush_every=7) as streams:
        await streams.start("chat", tap.source())
        async with streams.follow("chat") as slow, trio.open_nursery() as nursery:
            for number in range(10):
                nursery.start_soon(read, number)
            tap.put(*texts(700))
            tap.end()
            # The others end though this one has not read anything.
            async with streams.follow("chat") as channel:
                await sinks.drain(channel)
            assert [item async for item in slow] == texts(700)
    assert list(got.values()) == [texts(700)] * 10


async def test_leaving_a_reader_stops_nothing(url):
    tap = Tap()
    async with open_streams(url, flush_every=1) as streams:
        await streams.start("chat", tap.source())
        tap.put("a")
        async with streams.follow("chat") as channel:
            await channel.receive()
        tap.put("b")
        tap.end()
        assert await read_all(streams.follow("chat")) == ["a", "b"]


async def test_a_cancelled_receive_loses_nothing(url):
    tap = Tap()
    async with open_streams(url, flush_every=1) as streams:
        await streams.start("chat", tap.source())
        async with streams.follow("chat") as channel:
            for item in texts(20):
                with trio.move_on_after(0) as scope:
                    await channel.receive()
                assert scope.cancelled_caught
                tap.put(item)
                assert await channel.receive() == item
                assert channel.last_id == int(item.split()[1]) + 1


async def test_a_stream_can_be_piped_on(url):
    async with open_streams(url) as streams:
        await streams.start("chat", given(["One. T", "wo. Th", "ree."]))
        pieces = await read_all(streams.follow("chat") | sentences())
        assert "".join(pieces) == "One. Two. Three."
        assert len(pieces) == 3


# Ends


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


async def test_stop_ends_the_run_and_waits_for_its_end(url):
    tap = Tap()
    async with open_streams(url) as streams:
        await streams.start("chat", tap.source())
        tap.put(*REPLY[:2])
        async with streams.follow("chat") as channel:
            got = await read_some(channel, 2)
            status = await streams.stop("chat")
            assert tap.closed.is_set()
            got += [chunk async for chunk in channel]
        assert (status.state, status.verdict, status.items) == ("stopped", Verdict.STOPPED, 3)
        assert got == [*REPLY[:2], FinishChunk(verdict=Verdict.STOPPED)]
        assert reassemble(got).verdict is Verdict.STOPPED
        assert await streams.stop("chat") == status
        # No finish is added where there is no reply, or where it has one.
        await streams.start("text", given(["a"]))
        assert await read_all(streams.follow("text")) == ["a"]


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


async def test_stopping_what_has_ended_changes_nothing(url):
    async with open_streams(url) as streams:
        await streams.start("chat", given(REPLY))
        await read_all(streams.follow("chat"))
        status = await streams.stop("chat")
        assert (status.state, status.verdict) == (State.ENDED, Verdict.COMPLETE)


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


@pytest.mark.parametrize("how", ["left", "cancelled", "failed"])
async def test_leaving_the_block_stops_the_runs(shared_url, how):
    tap = Tap()
    caught = None
    with trio.CancelScope() as scope:
        try:
            async with open_streams(shared_url, flush_every=1) as streams:
                await streams.start("chat", tap.source())
                tap.put("a")
                async with streams.follow("chat") as channel:
                    await channel.receive()
                if how == "failed":
                    raise KeyError("mine")
                if how == "cancelled":
                    scope.cancel()
                    await trio.lowlevel.checkpoint()
        except KeyError as error:
            caught = error
    assert (caught is not None) == (how == "failed")
    assert scope.cancelled_caught == (how == "cancelled")
    assert tap.closed.is_set()
    async with open_streams(shared_url) as streams:
        assert (await streams.status("chat")).state is State.STOPPED
        assert await read_all(streams.follow("chat")) == ["a"]


async def test_after_the_block_everything_is_refused(url):
    async with open_streams(url) as streams:
        await streams.start("chat", given(["a"]))
        await read_all(streams.follow("chat"))
    with pytest.raises(trio.ClosedResourceError):
        await streams.start("other", given([]))
    if url != "memory:":
        with pytest.raises(trio.ClosedResourceError):
            await streams.status("chat")
    gc.collect()


# Ids


async def test_an_id_that_is_not_there(url):
    async with open_streams(url) as streams:
        with pytest.raises(NotFound, match="'nobody'"):
            async with streams.follow("nobody"):
                pass
        for ask in (streams.status, streams.stop, streams.delete):
            with pytest.raises(NotFound, match="'nobody'"):
                await ask("nobody")


async def test_a_reader_may_come_before_the_stream(url):
    got = []

    async def read():
        got.extend(await read_all(streams.follow("chat", wait=60)))

    async with open_streams(url) as streams:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(read)
            while not streams._store._bells.topics:
                await trio.lowlevel.checkpoint()
            await streams.start("chat", given(["a"]))
        assert got == ["a"]
        with pytest.raises(NotFound):
            async with streams.follow("other", wait=0.01):
                pass


async def test_a_deleted_stream_is_gone_and_its_run_is_cancelled(url, caplog):
    tap, again = Tap(), Tap()
    async with open_streams(url, flush_every=1) as streams:
        await streams.start("chat", tap.source())
        tap.put("a")
        async with streams.follow("chat") as channel:
            await channel.receive()
            await streams.delete("chat")
            with pytest.raises(NotFound, match="was deleted"):
                await channel.receive()
        tap.put("late")
        await tap.closed.wait()
        assert await streams.start("chat", again.source())
        again.put("b")
        again.end()
        assert await read_all(streams.follow("chat")) == ["b"]
    assert "lost or deleted" in caplog.text


async def test_status_and_list(url):
    tap = Tap()
    before = datetime.now(UTC)
    async with open_streams(url, flush_every=1) as streams:
        assert await streams.list() == ()
        await streams.start("done", given(REPLY))
        await read_all(streams.follow("done"))
        await streams.start("running", tap.source())
        tap.put("a")
        async with streams.follow("running") as channel:
            await channel.receive()
        done, running = await streams.list()
        assert [done, running] == [await streams.status("done"), await streams.status("running")]
        assert (done.id, done.state, done.items, done.error) == ("done", State.ENDED, 3, None)
        assert (running.state, running.items, running.ended) == (State.RUNNING, 1, None)
        for status in (done, running):
            # Redis has a clock of its own, of whole milliseconds.
            assert (status.started - before).total_seconds() > -0.01
            assert status.started <= status.changed
        assert done.changed <= done.ended


async def test_what_was_kept_long_enough_is_gone(url):
    async with open_streams(url, keep_for=1000) as streams:
        await streams.start("long", given(["a"]))
        await read_all(streams.follow("long"))
        await streams.start("short", given(["a"]), keep_for=0.001)
        with pytest.raises(NotFound):
            while True:
                await streams.status("short")
        assert [status.id for status in await streams.list()] == ["long"]
        assert await streams.start("short", given(["b"]))
        assert await read_all(streams.follow("short", wait=1)) == ["b"]


@attrs.frozen
class Wrong:
    call: object
    says: str


WRONG = [
    Wrong(lambda: open_streams("app.db"), "the URL of a store"),
    Wrong(lambda: open_streams("sqlite:///"), "the URL of a store"),
    Wrong(lambda: open_streams("memory"), "the URL of a store"),
    Wrong(lambda: open_streams("memory:", flush_every=0), "flush_every"),
    Wrong(lambda: open_streams("memory:", flush_seconds=0), "flush_seconds"),
    Wrong(lambda: open_streams("memory:", lease=-1), "lease"),
    Wrong(lambda: open_streams("memory:", keep_for=0), "keep_for"),
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.says)
async def test_wrong_settings_are_refused(wrong):
    with pytest.raises(ConfigurationError, match=wrong.says):
        async with wrong.call():
            pass


async def test_wrong_arguments_are_refused():
    async with open_streams("memory:") as streams:
        for name in ("", "a" * 501, "a\0b", "\ud83d", 7):
            with pytest.raises(ConfigurationError, match="the id of a durable stream"):
                await streams.status(name)
        for after in (-1, "x", 1.5, True, "1.5"):
            with pytest.raises(ConfigurationError, match="after="):
                streams.follow("a", after=after)
        with pytest.raises(ConfigurationError, match="takes a source"):
            await streams.start("a", [1, 2])
        with pytest.raises(ConfigurationError, match="keep_for"):
            await streams.start("a", given([]), keep_for=0)
        with pytest.raises(ConfigurationError, match="wait"):
            streams.follow("a", wait=-1)


async def test_the_chunks_of_a_text_alone_have_no_verdict():
    async with open_streams("memory:") as streams:
        await streams.start("chat", given([TextChunk("a")]))
        await read_all(streams.follow("chat"))
        assert (await streams.status("chat")).verdict is None
