"""Calling a function of any kind from a task: async or plain, at once or piece by piece."""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Mapping
from contextlib import aclosing, closing
from typing import Any, TypeAlias

import trio

from .._channels._generator import is_generator
from .._channels._source import Source
from .._chunks import Chunk

OnPiece: TypeAlias = Callable[[Any], Awaitable[object]]

_Given: TypeAlias = (
    "Source[Any] | AsyncIterator[Any] | Generator[Any, None, Any] | Awaitable[Any] | None"
)


async def run_in_time(
    name: str,
    seconds: float,
    run: Callable[[OnPiece | None], Awaitable[Any]],
    on_piece: OnPiece | None,
) -> Any:
    """Await *run*, a call of the tool called *name*, for so many *seconds* at most.

    The time that a piece waits for who takes it is not the tool's.

    :raises trio.TooSlowError: it took longer.
    """
    with trio.move_on_after(seconds) as scope:
        return await run(None if on_piece is None else _beside_the_clock(scope, on_piece))
    raise trio.TooSlowError(f"tool {name!r} took longer than {seconds:g} s")


def _beside_the_clock(scope: trio.CancelScope, on_piece: OnPiece) -> OnPiece:
    """*on_piece*, during which the time of *scope* stands still."""

    async def give(piece: Any) -> None:
        left = scope.deadline - trio.current_time()
        scope.deadline = math.inf
        try:
            await on_piece(piece)
        finally:
            scope.deadline = trio.current_time() + left

    return give


async def run_function(
    function: Callable[..., Any],
    arguments: Mapping[str, Any],
    on_piece: OnPiece | None,
    *,
    abandon: bool,
) -> Any:
    """Call *function*, in this task where it is async and in a thread where it is not."""
    if _is_async(function):
        return await _settle(function(**arguments), on_piece)

    def call() -> tuple[Any]:
        # In a tuple, for trio takes a thread's coroutine for a mistake, and it is one that a wrapper of an
        # async function gave.
        return (function(**arguments),)

    (given,) = await trio.to_thread.run_sync(call, abandon_on_cancel=abandon)
    return await _settle(given, on_piece)


def _is_async(function: Any) -> bool:
    while isinstance(function, functools.partial):
        function = function.func
    call = function if inspect.isroutine(function) else type(function).__call__
    return inspect.iscoroutinefunction(call) or inspect.isasyncgenfunction(call)


async def _settle(given: _Given, on_piece: OnPiece | None) -> Any:
    """The result of what a function gave: it may have to be awaited, or read to its end."""
    if isinstance(given, Generator):
        return await trio.to_thread.run_sync(_read_in_thread, given, on_piece)
    if isinstance(given, Source):
        async with given as channel:
            return await _read(channel, on_piece)
    if is_generator(given):
        # Closed in this very task: what it has open may be a nursery or a cancel scope.
        async with aclosing(given):
            return await _read(given, on_piece)
    if isinstance(given, AsyncIterator):
        return await _read(given, on_piece)
    return await given if inspect.isawaitable(given) else given


async def _read(pieces: AsyncIterator[Any], on_piece: OnPiece | None) -> Any:
    result = _Result()
    async for piece in pieces:
        result.add(piece)
        if on_piece is not None:
            await on_piece(piece)
    return result.value


def _read_in_thread(generator: Generator[Any, None, Any], on_piece: OnPiece | None) -> Any:
    """Run a plain generator to its end in one thread, as it may hold what belongs to its thread."""
    result = _Result()
    with closing(generator):
        while True:
            trio.from_thread.check_cancelled()
            try:
                piece = next(generator)
            except StopIteration as end:
                return result.value if end.value is None else end.value
            result.add(piece)
            if on_piece is not None:
                trio.from_thread.run(on_piece, piece)


class _Result:
    """Adds pieces up: texts are joined, and of anything else the last counts."""

    def __init__(self) -> None:
        self._texts: list[str] | None = []
        self._last: Any = None

    def add(self, piece: Any) -> None:
        self._last = piece
        text = piece.data if isinstance(piece, Chunk) else piece
        if self._texts is not None:
            if isinstance(text, str):
                self._texts.append(text)
            else:
                self._texts = None

    @property
    def value(self) -> Any:
        return self._last if self._texts is None else "".join(self._texts)
