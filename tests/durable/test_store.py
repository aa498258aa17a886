"""The rules of a store, on every store: one writer, one place for each item, nothing by halves."""

from __future__ import annotations

import itertools
from contextlib import asynccontextmanager

import pytest
import trio

from lionpride_trio import WriterLost, reassemble
from lionpride_trio.durable import State, open_streams
from lionpride_trio.durable._memory import MemoryStore
from lionpride_trio.durable._records import write_item
from lionpride_trio.durable._run import Run, Writing
from lionpride_trio.durable._store import Bells, End, LeaseLost
from tests.durable.sources import REPLY, Tap, given, read_all, texts

LONG = 1000.0
SHORT = 0.02
"""A lease that runs out while a test waits for it."""


@asynccontextmanager
async def open_store(url, **settings):
    """The store of opened streams; and the streams, whose readers look after leases."""
    async with open_streams(url, **settings) as streams:
        yield streams._store, streams


async def lose(store, streams, name):
    """Wait until somebody has seen that *name* has lost its writer."""
    with pytest.raises(WriterLost):
        await read_all(streams.follow(name))


async def items_of(store, name):
    page = await store.read(name, 0, 10_000)
    return list(page.items)


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


async def test_nothing_is_left_of_what_was_deleted(tmp_path):
    async with open_store(f"sqlite:///{tmp_path}/a.db", keep_for=SHORT) as (store, streams):
        await streams.start("a", given(texts(5)))
        await streams.start("b", given(texts(5)), keep_for=LONG)
        await read_all(streams.follow("b"))
        await streams.delete("b")
        while await store.read("a", 0, 0) is not None:
            pass
        await store.sweep()
        count = "SELECT (SELECT count(*) FROM lionpride_items), (SELECT count(*) FROM lionpride_streams)"
        assert await store._reading.read(lambda it: tuple(it.execute(count).fetchone())) == (0, 0)


async def test_redis_forgets_by_itself(redis):
    url = f"{redis.url}/9999"
    async with open_store(url, keep_for=LONG) as (store, streams):
        await streams.start("a", given(texts(5)))
        await read_all(streams.follow("a"))
        keys = await store._client._client.keys("lionpride:*:a")
        left = [await store._client._client.pttl(key) for key in sorted(keys)]
        assert sorted(keys) == ["lionpride:items:a", "lionpride:stream:a"]
        assert all(LONG * 900 < milliseconds <= LONG * 1000 for milliseconds in left)
        await streams.delete("a")
        assert await store._client._client.keys("lionpride:*:a") == set()


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
