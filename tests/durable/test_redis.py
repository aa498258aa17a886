"""Streams in Redis: a server that goes away, is full, wants a password or has keys of a newer version."""

from __future__ import annotations

import pytest
import trio

from lionpride_trio import ConfigurationError, ConnectionFailed, ConnectionLost, SinkError
from lionpride_trio.durable import State, _redis, _run, open_streams
from lionpride_trio.durable._store import End
from tests.durable.servers import redis_server
from tests.durable.sources import REPLY, Tap, given, read_all, read_some, texts
from tests.durable.stores import LONG, SHORT, open_store


@pytest.fixture
def server():
    """A Redis server of one test's own, which it may kill."""
    with redis_server() as server:
        yield server


async def test_a_redis_that_goes_away_and_comes_back(server, monkeypatch):
    monkeypatch.setattr(_run, "RETRY_SECONDS", 0.02)
    tap = Tap()
    async with open_streams(server.url, flush_every=1, lease=60) as streams:
        await streams.start("chat", tap.source())
        tap.put(*texts(5))
        got, last = [], 0
        async with streams.follow("chat") as channel:
            got += await read_some(channel, 5)
            last = channel.last_id
            server.kill()
            tap.put(*texts(5, begin=5))
            for ask in (streams.list, lambda: streams.status("chat")):
                with pytest.raises(ConnectionLost, match="redis://"):
                    await ask()
        server.start()
        tap.end()
        # All acknowledged items are there, and the run has asked again, again and again.
        async with streams.follow("chat", after=last) as channel:
            got += [item async for item in channel]
        assert got == texts(10)
        assert (await streams.status("chat")).state is State.ENDED


async def test_a_reader_that_waits_hears_again_after_a_break(server, monkeypatch):
    monkeypatch.setattr(_run, "RETRY_SECONDS", 0.02)
    tap = Tap()
    async with open_streams(server.url, flush_every=1, lease=60) as streams:
        await streams.start("chat", tap.source())
        tap.put("a")
        async with streams.follow("chat") as channel:
            assert await channel.receive() == "a"
            got = []

            async def receive():
                got.append(await channel.receive())

            async with trio.open_nursery() as nursery:
                nursery.start_soon(receive)
                await trio.lowlevel.checkpoint()
                server.kill()
                server.start()
                tap.put("b")
            assert got == ["b"]


async def test_a_redis_that_is_full(server):
    async with open_streams(server.url) as streams:
        store = streams._store
        await store.claim("chat", "one", 60, None)
        await store.append("chat", "one", 1, ["1"], 60)
        await store._client._client.config_set({"maxmemory": "1"})
        with pytest.raises(SinkError, match="maxmemory") as caught:
            await store.append("chat", "one", 2, ["2"], 60)
        assert caught.value.sink == server.url
        assert (await store.read("chat", 0, 9)).items == ["1"]
        await store._client._client.config_set({"maxmemory": "0"})
        await store.append("chat", "one", 2, ["2"], 60, End(State.ENDED))
        assert (await store.read("chat", 0, 9)).items == ["1", "2"]


async def test_a_redis_that_is_not_there(server):
    server.kill()
    with pytest.raises(ConnectionFailed, match="cannot be reached"):
        async with open_streams(server.url):
            pass
    server.start()


async def test_a_redis_with_a_password(server):
    async with open_streams(server.url) as streams:
        await streams._store._client._client.config_set({"requirepass": "open sesame"})
    place = server.url.removeprefix("redis://")
    with pytest.raises(ConfigurationError, match="refuses") as caught:
        async with open_streams(f"redis://:a-wrong-one@{place}"):
            pass
    assert "a-wrong-one" not in str(caught.value)
    async with open_streams(f"redis://:open%20sesame@{place}") as streams:
        await streams.start("chat", given(REPLY))
        assert await read_all(streams.follow("chat")) == REPLY


async def test_keys_of_a_newer_version_are_refused(server, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(_redis, "VERSION", 2)
        async with open_streams(server.url):
            pass
    with pytest.raises(ConfigurationError, match="have version 2, made by a newer"):
        async with open_streams(server.url):
            pass


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
