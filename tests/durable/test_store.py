"""The rules of a store, on every store: one writer, one place for each item, nothing by halves."""

from __future__ import annotations

import itertools

import pytest
import trio

from lionpride_trio import WriterLost, reassemble
from lionpride_trio.durable import State, open_streams
from lionpride_trio.durable._records import write_item
from lionpride_trio.durable._store import Bells, End, LeaseLost
from tests.durable.sources import REPLY, Tap, given, read_all, texts
from tests.durable.stores import LONG, SHORT, items_of, lose, open_store

"""A lease that runs out while a test waits for it."""


async def test_a_name_has_one_writer(url):
    async with open_store(url) as (store, _):
        assert await store.claim("a", "one", LONG, None) is True
        assert await store.claim("a", "two", LONG, None) is False
        assert await store.claim("a", "one", LONG, None) is True  # said again
        await store.append("a", "one", 1, [], LONG, End(State.ENDED))
        assert await store.claim("a", "two", LONG, None) is False
        assert await store.claim("b", "two", LONG, None) is True


async def test_only_the_writer_writes(url):
    async with open_store(url) as (store, _):
        await store.claim("a", "one", LONG, None)
        for attempt in (
            lambda: store.append("a", "two", 1, ["x"], LONG),
            lambda: store.append("a", "two", 1, ["x"], LONG, End(State.ENDED)),
            lambda: store.renew("a", "two", LONG),
            lambda: store.append("b", "one", 1, ["x"], LONG),
            lambda: store.renew("b", "one", LONG),
        ):
            with pytest.raises(LeaseLost):
                await attempt()
        page = await store.read("a", 0, 10)
        assert (list(page.items), page.record.state) == ([], State.RUNNING)


async def test_a_stream_that_nobody_writes_is_taken_over(url):
    async with open_store(url) as (store, streams):
        assert await store.take_over("a", "one", LONG) is True  # there was none
        await store.append("a", "one", 1, ["1"], LONG)
        assert await store.take_over("a", "two", LONG) is False
        await store.append("a", "one", 2, ["2"], LONG, End(State.FAILED, "unknown", "{}"))
        assert await store.take_over("a", "two", LONG) is True
        with pytest.raises(LeaseLost):
            await store.append("a", "one", 3, ["x"], LONG)
        await store.ask_to_stop("a")
        await store.append("a", "two", 3, ["3"], SHORT)
        await lose(store, streams, "a")
        assert await store.take_over("a", "three", LONG) is True
        assert await store.renew("a", "three", LONG) is False  # another was asked to stop
        page = await store.read("a", 0, 10)
        assert list(page.items) == ["1", "2", "3"]
        record = page.record
        assert (record.writer, record.state, record.items) == ("three", State.RUNNING, 3)
        assert (record.ended, record.verdict, record.error) == (None, None, None)


async def test_items_that_are_there_are_not_written_again(url):
    async with open_store(url) as (store, _):
        await store.claim("a", "one", LONG, None)
        await store.append("a", "one", 1, ["1", "2"], LONG)
        await store.append("a", "one", 1, ["1", "2"], LONG)
        await store.append("a", "one", 2, ["2", "3"], LONG)
        end = End(State.ENDED, "complete")
        await store.append("a", "one", 3, ["3", "4"], LONG, end)
        await store.append("a", "one", 3, ["3", "4"], LONG, end)
        page = await store.read("a", 0, 10)
        assert list(page.items) == ["1", "2", "3", "4"]
        assert (page.record.items, page.record.state) == (4, State.ENDED)


async def test_items_behind_a_gap_are_refused(url):
    """They are of another stream, which was deleted."""
    async with open_store(url) as (store, _):
        await store.claim("a", "one", LONG, None)
        for end in (None, End(State.ENDED)):
            for first, items in ((2, ["2"]), (4, ["4", "5", "6"]), (3, [])):
                with pytest.raises(LeaseLost):
                    await store.append("a", "one", first, items, LONG, end)
        assert await items_of(store, "a") == []
        await store.append("a", "one", 1, ["1"], LONG)
        assert await items_of(store, "a") == ["1"]


async def test_after_its_end_nothing_is_written(url):
    async with open_store(url) as (store, _):
        await store.claim("a", "one", LONG, None)
        await store.append("a", "one", 1, ["1"], LONG, End(State.STOPPED))
        for end in (None, End(State.ENDED)):
            with pytest.raises(LeaseLost):
                await store.append("a", "one", 2, ["2"], LONG, end)
        with pytest.raises(LeaseLost):
            await store.renew("a", "one", LONG)
        await store.expire("a")
        page = await store.read("a", 0, 10)
        assert (list(page.items), page.record.state) == (["1"], State.STOPPED)


async def test_pages(url):
    async with open_store(url) as (store, _):
        await store.claim("a", "one", LONG, None)
        await store.append("a", "one", 1, texts(30), LONG)
        assert await store.read("b", 0, 10) is None
        got = []
        while items := (await store.read("a", len(got), 7)).items:
            assert len(items) <= 7
            got += items
        assert got == texts(30)
        assert list((await store.read("a", 0, 0)).items) == []
        assert list((await store.read("a", 99, 10)).items) == []


async def test_a_writer_whose_lease_ran_out_is_lost_and_writes_nothing_more(url):
    async with open_store(url) as (store, streams):
        await store.claim("a", "one", SHORT, None)
        await store.append("a", "one", 1, [write_item(chunk) for chunk in REPLY[:2]], SHORT)
        with pytest.raises(WriterLost, match="after item 2") as caught:
            await read_all(streams.follow("a", after=1))
        assert caught.value.partial == reassemble(REPLY[:2])
        for attempt in (
            lambda: store.append("a", "one", 3, ["x"], LONG),
            lambda: store.append("a", "one", 3, ["x"], LONG, End(State.ENDED)),
            lambda: store.renew("a", "one", LONG),
        ):
            with pytest.raises(LeaseLost):
                await attempt()
        assert len(await items_of(store, "a")) == 2
        assert (await streams.status("a")).state is State.LOST
        # Its id is not free: what was written is there.
        assert not await streams.start("a", given(["b"]))


@pytest.mark.parametrize("look", ["status", "list", "stop", "sweep"])
async def test_whoever_looks_sees_that_it_is_lost(url, look):
    async with open_store(url) as (store, streams):
        await store.claim("other", "two", LONG, None)
        await store.claim("a", "one", SHORT, None)
        while (await store.read("a", 0, 0)).record.lease_left > 0:
            pass
        match look:
            case "status":
                status = await streams.status("a")
            case "stop":
                status = await streams.stop("a")
            case "list":
                # Two that began in one millisecond come in any order.
                (status,) = [one for one in await streams.list() if one.id == "a"]
            case _:
                await store.sweep()
                status = await streams.status("a")
        assert status.state is State.LOST
        assert status.ended is not None
        assert (await streams.status("other")).state is State.RUNNING
        with pytest.raises(LeaseLost):
            await store.append("a", "one", 1, ["x"], LONG)


async def test_a_writer_that_was_late_and_not_missed_goes_on(url):
    async with open_store(url) as (store, _):
        await store.claim("a", "one", SHORT, None)
        while (await store.read("a", 0, 0)).record.lease_left > 0:
            pass
        await store.append("a", "one", 1, ["1"], LONG)
        await store.expire("a")
        assert (await store.read("a", 0, 0)).record.state is State.RUNNING
        assert not await store.renew("a", "one", SHORT)
        while (await store.read("a", 0, 0)).record.lease_left > 0:
            pass
        assert not await store.renew("a", "one", LONG)
        await store.expire("a")
        assert (await store.read("a", 0, 0)).record.state is State.RUNNING


async def test_a_name_that_was_deleted_is_new(url):
    async with open_store(url) as (store, _):
        await store.claim("a", "one", LONG, None)
        await store.append("a", "one", 1, texts(5), LONG)
        assert await store.delete("a") is True
        assert await store.delete("a") is False
        assert await store.read("a", 0, 10) is None
        assert await store.claim("a", "two", LONG, None)
        with pytest.raises(LeaseLost):
            await store.append("a", "one", 6, ["x"], LONG)
        await store.append("a", "two", 1, ["y"], LONG)
        assert await items_of(store, "a") == ["y"]


async def test_what_was_kept_long_enough_is_swept(url):
    async with open_store(url) as (store, _):
        for name, keep_for in (("short", SHORT), ("long", LONG), ("ever", None)):
            await store.claim(name, "one", LONG, keep_for)
            await store.append(name, "one", 1, ["x"], LONG, End(State.ENDED))
        await store.claim("running", "one", LONG, SHORT)
        while await store.read("short", 0, 10) is not None:
            pass
        await store.sweep()
        names = [record.name for record in await store.records()]
        assert names == ["long", "ever", "running"]
        # Its items went with it: a new stream of its name has none of them.
        await store.claim("short", "two", LONG, None)
        assert await items_of(store, "short") == []


async def test_asking_to_stop(url):
    async with open_store(url) as (store, _):
        await store.ask_to_stop("a")
        await store.claim("a", "one", LONG, None)
        assert await store.renew("a", "one", LONG) is False
        async with store.listen(("stop", "a")) as bell:
            await store.ask_to_stop("a")
            await bell.wait()
            assert await store.renew("a", "one", LONG) is True


RINGS = {
    "claim": lambda store: store.claim("new", "one", LONG, None),
    "append": lambda store: store.append("a", "one", 1, ["x"], LONG),
    "end": lambda store: store.append("a", "one", 1, [], LONG, End(State.ENDED)),
    "delete": lambda store: store.delete("a"),
}


@pytest.mark.parametrize("step", RINGS)
async def test_news_ring_here(url, step):
    async with open_store(url) as (store, _):
        await store.claim("a", "one", LONG, None)
        async with store.listen(("news", "new" if step == "claim" else "a")) as bell:
            await RINGS[step](store)
            await bell.wait()


@pytest.mark.parametrize("step", RINGS)
async def test_news_ring_in_another_process(shared_url, step):
    """Two stores in one process know as little of each other as two processes do."""
    async with open_store(shared_url) as (store, _), open_store(shared_url) as (other, _):
        await store.claim("a", "one", LONG, None)
        async with other.listen(("news", "new" if step == "claim" else "a")) as bell:
            await other.read("a", 0, 0)
            await RINGS[step](store)
            await bell.wait()
        if step != "delete":
            assert await other.read("a", 0, 1) is not None


async def test_stop_from_another_process(shared_url):
    tap = Tap()
    async with open_streams(shared_url) as here, open_streams(shared_url) as there:
        await here.start("a", tap.source())
        tap.put(*REPLY[:2])
        async with there.follow("a") as channel:
            await channel.receive()
            status = await there.stop("a")
            assert status == await here.status("a")
            assert tap.closed.is_set()
            assert (status.state, status.items) == (State.STOPPED, 3)
            rest = [item async for item in channel]
            assert len(rest) == 2


async def test_two_processes_that_start_one_id_run_it_once(shared_url):
    taps = [Tap() for _ in range(8)]
    began = []

    async def start(streams, tap):
        began.append(await streams.start("a", tap.source()))

    async with open_streams(shared_url) as here, open_streams(shared_url) as there:
        async with trio.open_nursery() as nursery:
            for streams, tap in zip(itertools.cycle([here, there]), taps, strict=False):
                tap.put("x")
                tap.end()
                nursery.start_soon(start, streams, tap)
        assert began.count(True) == 1
        assert await read_all(here.follow("a")) == await read_all(there.follow("a")) == ["x"]
    assert sum(tap.openings for tap in taps) == 1


async def test_a_bell_that_rang_before_the_wait_is_heard():
    bells = Bells()
    with bells.listening(("news", "a")) as bell, bells.listening(("news", "a")) as other:
        bells.ring(("news", "b"), ("stop", "a"))
        with trio.move_on_after(0) as scope:
            await bell.wait()
        assert scope.cancelled_caught
        bells.ring(("news", "a"))
        await bell.wait()
        await other.wait()
        with trio.move_on_after(0) as scope:
            await bell.wait()
        assert scope.cancelled_caught
    assert not bells.topics
