"""Read by the type checkers, never run: a tool keeps the type of its function."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, assert_type

from lionpride_trio import iModel
from lionpride_trio.tools import Tool, Toolbox, tool


@tool
async def weather(city: str, unit: str = "C") -> str:
    return f"{city} {unit}"


@tool(name="lookup", timeout=3)
def look_up(words: list[str]) -> int:
    return len(words)


@tool
async def pieces(n: int) -> AsyncIterator[int]:
    yield n


@tool
def letters() -> Iterator[str]:
    yield "a"


class Shelf:
    @tool
    def find(self, word: str) -> list[str]:
        return [word]


async def calls(shelf: Shelf) -> None:
    assert_type(await weather("Oslo"), str)
    assert_type(look_up(["a"]), int)
    assert_type(pieces(3), AsyncIterator[int])
    assert_type(letters(), Iterator[str])
    assert_type(shelf.find("a"), list[str])
    assert_type(tool(shelf.find.__wrapped__, name="x")("a"), list[str])
    assert_type(Toolbox([weather, look_up, shelf.find]).find("x"), Tool[..., Any])
    assert_type(weather.output_of(3), str | list[Any])


async def given(model: iModel) -> None:
    model.stream("hi", tools=[weather, look_up])
    model.stream("hi", tools=Toolbox([weather]))


async def refused(shelf: Shelf) -> None:
    await weather(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await weather("Oslo", units="F")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    shelf.find(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    tool(timeout="3")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Toolbox([print])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
