"""Sinks whose result is a value."""

from __future__ import annotations

import pytest
import trio

from lionpride_trio import (
    ConfigurationError,
    LocalProtocolError,
    ReasoningChunk,
    TextChunk,
    UsageChunk,
    reassemble,
    sinks,
)
from lionpride_trio.transformers import from_iterable

CHUNKS = [TextChunk("Hel"), ReasoningChunk(text="hm"), TextChunk("lo"), UsageChunk()]


async def test_join_takes_the_text_only():
    assert await sinks.join(from_iterable(CHUNKS)) == "Hello"
    assert await sinks.join(from_iterable("abc")) == "abc"
    assert await sinks.join(from_iterable([1, 2])) == "12"


async def test_join_takes_one_of_the_alternative_answers():
    chunks = [TextChunk("Yes"), TextChunk("No", index=1), TextChunk(", sir.")]
    assert await sinks.join(from_iterable(chunks)) == "Yes, sir." == reassemble(chunks).text
    assert await sinks.join(from_iterable(chunks), index=1) == "No"
    assert await sinks.join(from_iterable(chunks), index=2) == ""
    with pytest.raises(ConfigurationError, match=r"join\(\): index must be a whole number"):
        await sinks.join(from_iterable(chunks), index=-1)


async def test_collect_last_and_drain():
    assert await sinks.collect(from_iterable(CHUNKS)) == CHUNKS
    assert await sinks.last(from_iterable(CHUNKS)) == CHUNKS[-1]
    assert await sinks.drain(from_iterable(CHUNKS)) == 4


async def test_last_of_nothing_says_so():
    with pytest.raises(LocalProtocolError, match="without items"):
        await sinks.last(from_iterable(()))


async def test_a_sink_leaves_an_open_channel_open():
    async with from_iterable("abc") as channel:
        assert await sinks.collect(channel) == ["a", "b", "c"]
        with pytest.raises(trio.EndOfChannel):
            await channel.receive()


async def test_send_to_closes_the_channel_at_the_end():
    send, receive = trio.open_memory_channel[str](10)
    assert await sinks.send_to(send)(from_iterable("ab")) == 2
    assert [item async for item in receive] == ["a", "b"]


async def test_a_plain_trio_channel_is_read_too():
    send, receive = trio.open_memory_channel[str](10)
    assert await sinks.send_to(send)(from_iterable("ab")) == 2
    assert await sinks.join(receive) == "ab"
    receive.close()


async def test_what_is_no_channel_is_refused():
    with pytest.raises(TypeError, match="a sink reads a channel"):
        await sinks.join(["a"])  # type: ignore[arg-type]
