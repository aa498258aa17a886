"""Read by the type checkers, never run: what type of item comes out of a pipeline.

Where a line must be refused, it is ignored by its error's name; both checkers complain about an
ignore that is not needed, so a mismatch that goes through unseen fails the check.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, assert_type

from lionpride_trio import Chunk, Response, Source, iModel, sinks, source, transformer
from lionpride_trio.services import Reply, ReplySource
from lionpride_trio.stages import JSONEvent, MarkdownBlock, Sentence
from lionpride_trio.transformers import (
    Channel,
    Grouping,
    Passthrough,
    TextTransformer,
    Transformer,
    buffer,
    chain,
    fork,
    hedge,
    idle_timeout,
    keep,
    lines,
    map_concurrent,
    map_each,
    markdown_blocks,
    merge,
    pace,
    partial_json,
    prefetch,
    race,
    sentences,
    stop_at,
    take,
    tee,
    text,
    think_tags,
    word_count,
    words,
)


class Shout:
    def feed(self, item: str) -> Sequence[str]:
        return [item.upper()]

    def flush(self) -> Sequence[str]:
        return []


class Lengths:
    def __init__(self, unit: int = 1) -> None: ...

    def feed(self, item: str) -> Sequence[int]:
        return [len(item)]

    def flush(self) -> Sequence[int]:
        return []


@source
async def letters(word: str) -> AsyncIterator[str]:
    for letter in word:
        yield letter


@source(ahead=8)
async def numbers() -> AsyncIterator[int]:
    yield 1


async def count(item: str) -> int:
    return len(item)


def add_one(number: int) -> int:
    return number + 1


def has_data(chunk: Chunk) -> bool:
    return bool(chunk.data)


async def sources(model: iModel) -> None:
    assert_type(letters("abc"), Source[str])
    assert_type(numbers(), Source[int])
    assert_type(model.stream("hi"), ReplySource)
    assert_type(await model.complete("hi"), Response)
    async with model.stream("hi") as reply:
        assert_type(reply, Reply)
        assert_type(await reply.receive(), Chunk)
        assert_type(await reply.receive_batch(), list[Chunk])
        async for chunk in reply:
            assert_type(chunk, Chunk)
        async for sentence in reply | text() | sentences():
            assert_type(sentence, Sentence)


def pipelines(model: iModel, reply: Reply) -> None:
    chunks = model.stream("hi")
    assert_type(chunks | text(), Source[str])
    assert_type(reply | text(), Source[str])
    assert_type(chunks | text() | sentences(), Source[Sentence])
    assert_type(chunks | sentences(), Source[Chunk])
    assert_type(reply | sentences(), Source[Chunk])
    assert_type(chunks | text() | sentences() | words(), Source[str])
    assert_type(chunks | think_tags() | sentences(), Source[Chunk])
    assert_type(chunks | text() | markdown_blocks(), Source[MarkdownBlock])
    assert_type(chunks | partial_json(), Source[JSONEvent])
    assert_type(chunks | word_count(), Source[int])
    assert_type(letters("x") | word_count(), Source[int])
    assert_type(chunks | map_each(len_of), Source[int])
    assert_type(chunks | keep(has_data), Source[Chunk])
    assert_type(letters("x") | map_concurrent(count, 3) | map_each(add_one), Source[int])
    assert_type(letters("x") | transformer(Shout), Source[str])
    assert_type(letters("x") | transformer(Lengths)(2), Source[int])
    assert_type(chunks | transformer(Shout, text=True), Source[Chunk])
    assert_type(letters("x").pipe(map_each(lambda item: item)), Source[str])


def len_of(chunk: Chunk) -> int:
    return len(chunk.data)


def what_keeps_its_type(model: iModel) -> None:
    chunks = model.stream("hi")
    assert_type(chunks | prefetch(3), Source[Chunk])
    assert_type(numbers() | take(3) | idle_timeout(1), Source[int])
    assert_type(letters("x") | tee(sinks.drain) | pace(20), Source[str])


def groups(model: iModel) -> None:
    assert_type(model.stream("hi") | buffer(count=3), Source[Chunk])
    assert_type(letters("x") | buffer(seconds=3), Source[str])
    assert_type(letters("x") | buffer(chars=3), Source[str])
    assert_type(numbers() | buffer(count=3), Source[list[int]])


def recipes() -> None:
    assert_type(sentences(), TextTransformer[Sentence])
    assert_type(prefetch(1) | take(2), Passthrough)
    assert_type(prefetch(1) | sentences(), TextTransformer[Sentence])
    assert_type(sentences() | prefetch(1), TextTransformer[Sentence])
    assert_type(lines() | words(), TextTransformer[str])
    assert_type(buffer(count=2) | take(1), Grouping)
    assert_type(text() | sentences(), Transformer[str | Chunk, Sentence])
    assert_type(text() | buffer(count=2), Transformer[str | Chunk, str])
    assert_type(think_tags() | stop_at("x"), Transformer[str | Chunk, Chunk])
    assert_type(sentences() | map_each(str.upper), Transformer[str, str])


async def many(model: iModel) -> None:
    assert_type(merge(letters("a"), letters("b")), Source[tuple[int, str]])
    assert_type(merge({"a": letters("a")}), Source[tuple[str, str]])
    assert_type(chain(letters("a"), letters("b")), Source[str])
    assert_type(race(model.stream("a"), model.stream("b")), Source[Chunk])
    assert_type(hedge(model.stream("a"), after=1), Source[Chunk])
    async with fork(letters("a"), 2) as (one, other):
        assert_type(one, Channel[str])
        assert_type(await other.receive(), str)


async def results(model: iModel) -> None:
    assert_type(await sinks.join(model.stream("a")), str)
    assert_type(await sinks.collect(model.stream("a")), list[Chunk])
    assert_type(await sinks.collect(model.stream("a") | text() | sentences()), list[Sentence])
    assert_type(await sinks.last(numbers()), int)


def refused(model: iModel, anything: Any) -> None:
    numbers() | sentences()  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnusedExpression]
    numbers() | map_each(has_data)  # type: ignore[arg-type]  # pyright: ignore[reportOperatorIssue, reportUnusedExpression]
    model.stream("hi") | transformer(Shout)  # type: ignore[arg-type]  # pyright: ignore[reportOperatorIssue, reportUnusedExpression]
    model.stream("hi") | map_each(add_one)  # type: ignore[arg-type]  # pyright: ignore[reportOperatorIssue, reportUnusedExpression]
    word_count() | sentences()  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnusedExpression]
    letters("x") | sinks.join  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnusedExpression]
    letters(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    tee(sinks.drain, when_full="maybe")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    transformer(int)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
