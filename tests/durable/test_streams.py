"""Streams by their ids, on every store: started once, stopped, deleted, kept as long as was asked."""

from __future__ import annotations

import attrs
import pytest
import trio

from lionpride_trio import (
    BadRequest,
    ConfigurationError,
    FinishChunk,
    NotFound,
    Verdict,
    reassemble,
)
from lionpride_trio.durable import State, open_streams
from tests.durable.sources import REPLY, Tap, given, read_all, read_some


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


async def test_stopping_what_has_ended_changes_nothing(url):
    async with open_streams(url) as streams:
        await streams.start("chat", given(REPLY))
        await read_all(streams.follow("chat"))
        status = await streams.stop("chat")
        assert (status.state, status.verdict) == (State.ENDED, Verdict.COMPLETE)


async def test_an_id_that_is_not_there(url):
    async with open_streams(url) as streams:
        with pytest.raises(NotFound, match="'nobody'"):
            async with streams.follow("nobody"):
                pass
        for ask in (streams.status, streams.stop, streams.delete):
            with pytest.raises(NotFound, match="'nobody'"):
                await ask("nobody")


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


async def test_wrong_arguments_are_refused():
    async with open_streams("memory:") as streams:
        for name in ("", "a" * 501, "a\0b", "\ud83d", 7):
            with pytest.raises(ConfigurationError, match="the id of a durable stream"):
                await streams.status(name)
        for after in (
            -1,
            "x",
            1.5,
            True,
            "1.5",
            "+1",
            "1_0",
            " 1",
            "\u0661",
            b"1",
            2**63,
            10**9999,
        ):
            with pytest.raises(ConfigurationError, match="after="):
                streams.follow("a", after=after)
        with pytest.raises(ConfigurationError, match="takes a source"):
            await streams.start("a", [1, 2])
        with pytest.raises(ConfigurationError, match="keep_for"):
            await streams.start("a", given([]), keep_for=0)
        for keep_for in (10**30, float("inf"), 10**9999):
            with pytest.raises(ConfigurationError, match="keep_for"):
                await streams.start("a", given([]), keep_for=keep_for)
        for wait in (-1, 10**9999):
            with pytest.raises(ConfigurationError, match="wait"):
                streams.follow("a", wait=wait)


@attrs.frozen
class Request:
    headers: dict[str, str]


@pytest.mark.parametrize(
    "word", ["9" * 19, "9" * 30, "9" * 5000, "-1", "+1", "1_0", " 1", "1.5", "x", "\u0661"]
)
async def test_a_request_whose_number_is_none_is_refused_and_troubles_nobody(url, word):
    async with open_streams(url) as streams:
        await streams.start("a", given(["a"]))
        following = streams.follow("a", after=Request({"Last-Event-ID": word}))
        with pytest.raises(BadRequest, match="Last-Event-ID is the number of an item"):
            await read_all(following)
        assert await read_all(streams.follow("a")) == ["a"]


async def test_the_largest_number_is_behind_all_items(url):
    async with open_streams(url) as streams:
        await streams.start("a", given(["a"]))
        assert await read_all(streams.follow("a", after=2**63 - 1)) == []
        following = streams.follow("a", after=Request({"Last-Event-ID": str(2**63 - 1)}))
        assert await read_all(following) == []
