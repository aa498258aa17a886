"""Tools for conversations that are given none: a quick one, a slow one, one in pieces, one that fails."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import trio

from ...tools import tool
from ...transformers import source


@tool
async def quick(city: str) -> str:
    """Answer at once."""
    await trio.lowlevel.checkpoint()
    return f"fog in {city}"


@tool
async def slow(hours: int) -> dict[str, int]:
    """Take a while."""
    await trio.sleep(3)
    return {"hours": hours}


@tool
@source
async def in_pieces() -> AsyncIterator[str]:
    """Tell it piece by piece."""
    for piece in ("a ", "fog"):
        await trio.sleep(0.5)
        yield piece


@tool
async def failing(city: str) -> str:
    """Fail."""
    await trio.lowlevel.checkpoint()
    raise ValueError(city)


KIT_TOOLS: Final = (quick, slow, in_pieces, failing)
