"""Functions that workers run; a worker finds them by their module and name."""

from __future__ import annotations

import itertools
import logging
import os
import threading

import attrs
import trio

from lionpride_trio import StreamTruncated, TextChunk, iModel, source
from lionpride_trio.transformers import from_iterable

LOGGER = logging.getLogger("tests.worker")


def numbers(count):
    return from_iterable(range(count))


async def counted(path):
    """Numbers without end; the file says how many were made."""
    for number in itertools.count(1):
        await trio.Path(path).write_text(str(number), encoding="utf-8")
        yield number


async def pid_and_wait():
    yield os.getpid()
    await trio.sleep_forever()


async def two_texts_and_wait():
    yield TextChunk("a")
    yield TextChunk("b")
    yield os.getpid()
    await trio.sleep_forever()


@source
async def cleaned(path):
    try:
        yield os.getpid()
        await trio.sleep_forever()
    finally:
        with trio.CancelScope(shield=True):
            await trio.Path(path).write_text("clean", encoding="utf-8")


async def cleans_up_badly():
    try:
        yield 1
        await trio.sleep_forever()
    finally:
        raise Plain("clean-up")


class Odd(Exception):
    """Pickle writes it, and cannot read it."""

    def __init__(self, one, two):
        super().__init__(f"{one} and {two}")


class Plain(Exception):
    """Pickle reads it as it was."""


async def fails(kind):
    yield TextChunk("so far")
    if kind == "odd":
        raise Odd("one", "two")
    if kind == "plain":
        raise Plain("text", 7)
    if kind == "exit":
        raise SystemExit(3)
    raise StreamTruncated("cut")


async def cannot_be_sent():
    yield 1
    yield 2
    yield threading.Lock()


def no_source():
    return 7


async def no_generator():
    return 7


def fails_at_once():
    raise Plain("at once")


async def logs():
    LOGGER.info("said %s", "something", extra={"user": "me", "lock": threading.Lock()})
    await trio.sleep_forever()
    yield


async def traced():
    from opentelemetry import trace

    yield trace.get_current_span().get_span_context().trace_id


def asks(url):
    return iModel("openai", "m", api_key="sk-invented-key", base_url=url).stream("hi")


# Operations.


async def double(context):
    (value,) = context.results.values()
    return value * 2


async def says(context):
    for chunk in ("a", "b"):
        await context.send(chunk)
    return os.getpid()


async def yields(context):
    yield context.operation.parameters["word"]
    yield context.attempt


async def times(factor, context):
    return factor * context.operation.parameters["number"]


async def adds_up(context):
    total = 0
    async for item in context.channel:
        total += item
    return total


async def takes_one(context):
    item = await context.channel.receive()
    await context.channel.aclose()
    return item


def gives_source(context):
    return from_iterable("xy")


async def runs_inside(context):
    await context.run([])


async def reads_nothing(context):
    return context.channel


async def fails_once(context):
    if context.attempt == 1:
        raise Plain("first")
    return context.attempt


@attrs.frozen
class Thing:
    name: str


async def waits(context):
    await context.send("here")
    await trio.sleep_forever()


def asks_in_flow(context):
    return asks(context.operation.parameters["url"])


async def counts_to_hundred(context):
    for number in range(100):
        yield number


async def says_pid_and_waits(context):
    await context.send(os.getpid())
    await trio.sleep_forever()


async def blocks():
    yield os.getpid()
    await trio.sleep(0.2)  # until the item has gone home
    threading.Event().wait()


async def catches_any(context):
    items = []
    try:
        async for item in context.channel:
            items.append(item)
    except Exception as error:
        return [*items, f"{type(error).__name__}: {error}"]
    return items


async def catches(context):
    try:
        async for _ in context.channel:
            pass
    except Plain as error:
        return str(error)
    return None


async def takes_one_and_waits_for_more(context):
    await context.channel.receive()
    await context.channel.aclose()
    await context.send("one")
    await trio.sleep_forever()
