"""Running the steps of a recipe on a channel: they are put onto it, or entered as blocks around it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeAlias

from ._recipe import NurseryStep, PutOn, Run, Step

if TYPE_CHECKING:
    from ._channel import Channel

ChannelBlock: TypeAlias = AbstractAsyncContextManager["Channel[Any]"]
"""A channel that is open as long as a block."""


def plan_runs(steps: Sequence[Step]) -> Iterator[Run]:
    """The actions for *steps*; neighbours of one class are run together, so stages are fused."""
    for kind, neighbours in groupby(steps, _kind_of):
        yield from kind.plan(list(neighbours))


def _kind_of(step: Step) -> type[Step]:
    return type(step)


def plan_opening(block: ChannelBlock, steps: Sequence[Step]) -> tuple[ChannelBlock, list[PutOn]]:
    """The block to enter for a channel sent through *steps*, and the channels to put onto its channel."""
    makers: list[PutOn] = []
    for run in plan_runs(steps):
        if isinstance(run, NurseryStep):
            block, makers = _enter_inside(block, makers, run), []
        else:
            makers.append(run)
    return block, makers


@asynccontextmanager
async def _enter_inside(
    block: ChannelBlock, makers: Sequence[PutOn], step: NurseryStep
) -> AsyncGenerator[Channel[Any]]:
    async with block as channel:
        try:
            async with step.open(put_all_on(channel, makers)) as opened:
                yield opened
        finally:
            channel.close_nowait()


def put_all_on(channel: Channel[Any], makers: Sequence[PutOn]) -> Channel[Any]:
    """*channel* with the channels of *makers* put onto it, one onto the other."""
    for make in makers:
        channel = make(channel)
    return channel
