"""Running one operation: its function, its clock and its attempts."""

from __future__ import annotations

import inspect
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from types import CoroutineType
from typing import Any, Final

import attrs
import trio

from .._channels._carry import carry
from .._channels._generator import is_generator
from .._channels._mailbox import FAIR_SHARE
from .._channels._source import Source
from .._errors import ConfigurationError, StreamTimeout
from .._retry import Retry, call_with_retries
from ._context import Clock, Context
from ._ledger import Progress
from ._operation import Operation

_RETRY: Final = Retry(wait_max=60.0)


async def run_once(operation: Operation, context: Context) -> Any:
    """Run the operation's function once, in the calling task, whatever kind of function it is."""
    work: Source[Any] | AsyncIterator[Any] | Awaitable[Any] | None = operation.work(context)
    if isinstance(work, CoroutineType):
        return _checked(await work, operation)
    if isinstance(work, Source):
        return await _send_source(work, operation, context)
    if is_generator(work):
        return await _send_generated(work, operation, context)
    if isinstance(work, AsyncIterator):
        return await _send_each(work, operation, context)
    if inspect.isawaitable(work):
        return _checked(await work, operation)
    raise TypeError(
        f"the function of operation {operation.name!r} must be async, an async generator, or give"
        f" a source; it gave {work!r}"
    )


def _checked(result: Any, operation: Operation) -> Any:
    """*result*, unless it is a stream that nobody would read."""
    if isinstance(result, Source) or is_generator(result):
        kind = "a source" if isinstance(result, Source) else "an async generator"
        raise ConfigurationError(
            f"the async function of operation {operation.name!r} returned {kind}, and nobody would read it: write"
            " 'def' instead of 'async def', so that its items are the chunks, or read it in the function and return"
            " what came, as 'return await sinks.collect(source)' does"
        )
    return result


async def _send_generated(
    generator: AsyncGenerator[Any, Any], operation: Operation, context: Context
) -> Any:
    sent: list[Any] = []

    async def hand_over(chunks: deque[Any]) -> None:
        while chunks:
            await context.send(chunks[0])
            sent.append(chunks.popleft())

    await carry(generator, hand_over)
    return operation.reduce(sent)


async def _send_each(chunks: AsyncIterator[Any], operation: Operation, context: Context) -> Any:
    sent: list[Any] = []
    async for chunk in chunks:
        sent.append(chunk)
        await context.send(chunk)
    return operation.reduce(sent)


async def _send_source(source: Source[Any], operation: Operation, context: Context) -> Any:
    sent: list[Any] = []
    async with source as channel:
        async for batch in channel.batches(FAIR_SHARE):
            sent += batch
            await context.send_all(batch)
    return operation.reduce(sent)


async def run_with_retries(operation: Operation, context: Context, progress: Progress) -> Any:
    """As `run_once`, with the operation's timeout and its further attempts."""

    def attempt() -> Awaitable[Any]:
        progress.attempts += 1
        return _timed(operation, context)

    return await call_with_retries(
        attrs.evolve(_RETRY, attempts=operation.retry + 1),
        attempt,
        errors=Exception,
        may_be_repeated=lambda: context._may_be_retried,  # ruff: ignore[private-member-access] - of one room
    )


async def _timed(operation: Operation, context: Context) -> Any:
    if operation.timeout is None:
        return await run_once(operation, context)
    with trio.move_on_after(operation.timeout) as scope:
        context._clock = Clock(scope)  # ruff: ignore[private-member-access] - of one room
        return await run_once(operation, context)
    raise StreamTimeout(
        f"operation {operation.name!r} took longer than {operation.timeout:g} s", clock="operation"
    )
