"""How streams stand: state, items, verdict and times, of one and of all."""

from __future__ import annotations

from datetime import UTC, datetime

from lionpride_trio import TextChunk
from lionpride_trio.durable import State, open_streams
from tests.durable.sources import REPLY, Tap, given, read_all


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
        listed = {status.id: status for status in await streams.list()}
        assert listed == {name: await streams.status(name) for name in ("done", "running")}
        done, running = listed["done"], listed["running"]
        assert (done.state, done.items, done.error) == (State.ENDED, 3, None)
        assert (running.state, running.items, running.ended) == (State.RUNNING, 1, None)
        for status in (done, running):
            # Redis has a clock of its own, of whole milliseconds.
            assert (status.started - before).total_seconds() > -0.01
            assert status.started <= status.changed
        assert done.changed <= done.ended


async def test_the_oldest_is_listed_first(url):
    """Whatever the names are. Those that began in one millisecond have no order in Redis."""
    names = ["c", "a", "b"]
    async with open_streams(url) as streams:
        last = None
        for name in names:
            while True:
                await streams.start(name, given([]))
                await read_all(streams.follow(name))
                status = await streams.status(name)
                if last is None or status.started > last:
                    break
                await streams.delete(name)
            last = status.started
        assert [status.id for status in await streams.list()] == names


async def test_the_chunks_of_a_text_alone_have_no_verdict():
    async with open_streams("memory:") as streams:
        await streams.start("chat", given([TextChunk("a")]))
        await read_all(streams.follow("chat"))
        assert (await streams.status("chat")).verdict is None
