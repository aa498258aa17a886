"""`pace`: even, catching up, and losing nothing."""

from __future__ import annotations

import pytest
import trio

from lionpride_trio import TextChunk, UsageChunk, sinks
from lionpride_trio.transformers import from_iterable, pace


async def test_pace_is_even_and_loses_nothing(autojump_clock):
    start = trio.current_time()
    usage = UsageChunk()
    chunks = [TextChunk("x" * 50), usage, TextChunk("y" * 50)]
    paced = await sinks.collect(from_iterable(chunks) | pace(100, max_lag=10))
    assert "".join(chunk.data for chunk in paced) == "x" * 50 + "y" * 50
    assert usage in paced
    assert trio.current_time() - start == pytest.approx(1, abs=0.1)


async def test_pace_catches_up_when_it_lags(autojump_clock):
    start = trio.current_time()
    await sinks.drain(from_iterable("x" * 1000) | pace(10, max_lag=2))
    assert trio.current_time() - start < 20
