"""Tools, and answers that call them."""

from typing import Literal

from lionpride_trio import (
    FinishChunk,
    ToolCallChunk,
    ToolResultChunk,
    Verdict,
)
from lionpride_trio.tools import tool

TOOL_USE = FinishChunk(verdict=Verdict.TOOL_USE)


@tool
async def weather(city: str, unit: Literal["C", "F"] = "C") -> str:
    "The weather now."
    return f"3 {unit} in {city}"


def call(slot=0, city="Oslo", name="weather", last=True):
    return ToolCallChunk(
        slot=slot, id=f"c{slot}", name=name, arguments=f'{{"city": "{city}"}}', last=last
    )


def calling(*chunks):
    return [*(chunks or [call()]), TOOL_USE]


async def read(reply):
    return [chunk async for chunk in reply]


def results(chunks):
    return [c for c in chunks if isinstance(c, ToolResultChunk) and c.last]
