"""`pace`: even, catching up, and losing nothing."""

from __future__ import annotations

import pytest
import trio

from lionpride_trio import ConfigurationError, TextChunk, UsageChunk, sinks
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


def test_a_speed_without_end_is_refused():
    with pytest.raises(ConfigurationError, match=r"leave pace\(\) out"):
        pace(float("inf"))


@pytest.mark.parametrize("lag", [5e-324, float("inf")])
async def test_the_least_and_the_longest_lag(lag, autojump_clock):
    start = trio.current_time()
    assert await sinks.join(from_iterable(["x" * 100]) | pace(100, max_lag=lag)) == "x" * 100
    assert (trio.current_time() - start < 0.1) is (lag < 1)
