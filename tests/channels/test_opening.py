"""A channel being opened: steps that need a block around it, and one that cannot be made."""

from __future__ import annotations

import pytest
import trio

from lionpride_trio import LocalProtocolError, source, transformer
from lionpride_trio.transformers import prefetch
from tests.channels.words import words


async def test_a_stage_that_cannot_be_made_closes_what_was_opened():
    closed: list[bool] = []

    @source
    async def telling():
        try:
            yield "a"
            await trio.sleep_forever()
        finally:
            closed.append(True)

    def unmade():
        raise RuntimeError("no stage")

    before = trio.lowlevel.current_statistics().tasks_living
    for steps in (transformer(unmade), transformer(unmade) | prefetch(2)):
        with pytest.raises(RuntimeError, match="no stage"):
            async with telling() | prefetch(1) | steps:
                raise AssertionError("it was opened")
    assert trio.lowlevel.current_statistics().tasks_living == before


async def test_what_needs_a_nursery_needs_a_block_over_an_open_channel():
    from lionpride_trio.transformers import prefetch

    async with words("a", "b") as channel:
        with pytest.raises(LocalProtocolError, match="async with"):
            async for _ in channel | prefetch(2):
                pass
        async with channel | prefetch(2) as ahead:
            assert [item async for item in ahead] == ["a", "b"]
