"""Following a stream, on every store: from its beginning or a place in it, while it is written or later."""

from __future__ import annotations

import pytest
import trio

from lionpride_trio import NotFound, Response, SinkError, Verdict, sinks
from lionpride_trio.durable import open_streams
from lionpride_trio.durable._records import write_item
from lionpride_trio.transformers import sentences
from tests.durable.sources import REPLY, Tap, given, read_all, texts


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


async def test_a_stream_that_is_made_anew_as_it_fails_has_no_foreign_partial(url, monkeypatch):
    async with open_streams(url) as streams:
        store = streams._store
        await streams.start("chat", given(["a"], error=SinkError("full", sink="x")))
        read = store.read

        async def read_and_make_anew(name, position, limit):
            page = await read(name, position, limit)
            if limit and not page.items and page.record.error is not None:
                await store.delete("chat")
                await store.claim("chat", "another", 60, None)
                await store.append("chat", "another", 1, [write_item("b")], 60)
            return page

        monkeypatch.setattr(store, "read", read_and_make_anew)
        with pytest.raises(SinkError, match="full") as caught:
            await read_all(streams.follow("chat"))
        assert caught.value.partial is None
