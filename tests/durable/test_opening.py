"""`open_streams`: which URLs and settings it takes, and what holds when its block is left."""

from __future__ import annotations

import gc

import attrs
import pytest
import trio

from lionpride_trio import ConfigurationError
from lionpride_trio.durable import State, open_streams
from tests.durable.sources import Tap, given, read_all


async def test_what_a_body_raises_is_in_no_group(url):
    with pytest.raises(KeyError, match="mine"):
        async with open_streams(url):
            raise KeyError("mine")


@pytest.mark.parametrize("url", ["redis://:secret@127.0.0.1:port", "redis://:secret@[::1"])
async def test_a_url_that_is_none(url):
    with pytest.raises(ConfigurationError, match="is no URL") as caught:
        async with open_streams(url):
            pass
    assert "secret" not in str(caught.value)


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


async def test_a_path_may_have_a_question_mark(tmp_path):
    async with open_streams(f"sqlite:///{tmp_path}/what%3F.db"):
        assert (tmp_path / "what?.db").exists()


@attrs.frozen
class Wrong:
    call: object
    says: str


WRONG = [
    Wrong(lambda: open_streams("app.db"), "the URL of a store"),
    Wrong(lambda: open_streams("sqlite:///"), "the URL of a store"),
    Wrong(lambda: open_streams("memory"), "the URL of a store"),
    Wrong(lambda: open_streams("sqlite:///:memory:"), "write 'memory:'"),
    Wrong(lambda: open_streams("sqlite:///%3Amemory%3A"), "or a plain path"),
    Wrong(lambda: open_streams("sqlite:///file::memory:?cache=shared"), "names no file"),
    Wrong(lambda: open_streams("sqlite:///app.db?mode=ro"), "has no options"),
    Wrong(lambda: open_streams("memory:", flush_every=0), "flush_every"),
    Wrong(lambda: open_streams("memory:", flush_seconds=0), "flush_seconds"),
    Wrong(lambda: open_streams("memory:", lease=-1), "lease"),
    Wrong(lambda: open_streams("memory:", lease=float("inf")), "lease must be at most"),
    Wrong(lambda: open_streams("memory:", flush_seconds=10**9999), "flush_seconds must be"),
    Wrong(lambda: open_streams("memory:", keep_for=0), "keep_for"),
    Wrong(lambda: open_streams("memory:", keep_for=10**30), "without it streams are kept"),
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.says)
async def test_wrong_settings_are_refused(wrong):
    with pytest.raises(ConfigurationError, match=wrong.says):
        async with wrong.call():
            pass
