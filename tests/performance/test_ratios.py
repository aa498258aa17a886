"""The hot paths stay near their floors.

Nothing here looks at the clock's time: each figure is a ratio of processor times in one process, the
best of several turns, with bounds about twice what is usual.  A change that makes a path
quadratic, or puts a task or a scope where there was none, is beyond them; noise is not.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
import trio

from benchmarks import decode, pipeline
from benchmarks._streams import openai_chat, pieces
from lionpride_trio.operations import Builder, flow
from lionpride_trio.transformers import from_iterable, prefetch, words


def ratio(job: Callable[[], Any], floor: Callable[[], Any]) -> float:
    best = {job: float("inf"), floor: float("inf")}
    for _ in range(7):
        for each in (job, floor):
            began = time.process_time()
            each()
            best[each] = min(best[each], time.process_time() - began)
    return best[job] / best[floor]


def test_decoding_stays_near_json_loads():
    parts = pieces(openai_chat(2000))
    assert ratio(decode.ours(parts, "openai"), decode.floor(parts)) < 2


def test_a_whole_reply_stays_near_json_loads():
    parts = pieces(openai_chat(2000))
    assert ratio(decode.reply(parts, "openai"), decode.floor(parts)) < 2.5


def test_a_fused_pipeline_stays_near_a_bare_generator():
    assert (
        ratio(
            lambda: trio.run(pipeline.fused, 20_000, 8, 3),
            lambda: trio.run(pipeline.bare, 20_000, 8, 3),
        )
        < 5
    )


def test_a_flow_stays_near_a_task_for_each_operation():
    async def work(_context: Any) -> int:
        await trio.lowlevel.checkpoint()
        return 1

    async def run_flow() -> None:
        builder = Builder()
        for _ in range(500):
            builder.add(work)
        await flow(builder)

    async def run_tasks() -> None:
        async with trio.open_nursery() as nursery:
            for _ in range(500):
                nursery.start_soon(work, None)

    assert ratio(lambda: trio.run(run_flow), lambda: trio.run(run_tasks)) < 12


async def taken(count: int) -> None:
    async with from_iterable(["w " * count]) | words() as channel:
        async for _ in channel.batches(4):
            pass


async def taken_ahead(count: int) -> None:
    async with from_iterable(["w " * count]) | words() | prefetch(8) as channel:
        async for _ in channel:
            pass


@pytest.mark.parametrize("take", [taken, taken_ahead])
def test_taking_some_of_what_is_ready_costs_what_it_is(take):
    """One read that makes very many items ready: a batch of them is no dearer for the rest."""
    assert ratio(lambda: trio.run(take, 40_000), lambda: trio.run(take, 10_000)) < 8
