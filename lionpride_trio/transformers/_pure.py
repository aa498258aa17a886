"""Recipes that open no nursery: what they do runs inside the consumer's ``receive``."""

from __future__ import annotations

import functools
import re
from collections.abc import (
    Callable,
    Iterable,
    Sequence,
)
from typing import Any, Literal, TypeVar, cast, overload

from .. import stages
from .._channels._mailbox import (
    check_seconds,
    check_size,
)
from .._channels._pipe import (
    ChannelStep,
    Grouping,
    SameItems,
    StageStep,
    TextTransformer,
    Transformer,
    made_by,
    name_of,
)
from .._channels._text import FromText, Joined, OnText, TextOnly
from .._channels._timed import IdleFlushChannel, TimedBufferChannel
from .._chunks import Chunk
from .._errors import ConfigurationError

In = TypeVar("In")
Out = TypeVar("Out")
T = TypeVar("T")


# One's own stages


class StageTransformer(Transformer[In, Out]):
    """A transformer made of a stage's class; call it where the class takes arguments."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[..., stages.Stage[In, Out]]) -> None:
        super().__init__(name_of(make), StageStep(make))
        self._make = make

    def __call__(self, *args: Any, **kwargs: Any) -> Transformer[In, Out]:
        """The transformer whose stages are made with these arguments."""
        make = functools.partial(self._make, *args, **kwargs)
        return Transformer(made_by(self.text, *args, **kwargs), StageStep(make))


@overload
def transformer(stage: Callable[..., stages.Stage[In, Out]], /) -> StageTransformer[In, Out]: ...
@overload
def transformer(
    stage: Callable[[], stages.Stage[str, str]], /, *, text: Literal[True]
) -> TextTransformer[str]: ...
def transformer(
    stage: Any, /, *, text: bool = False
) -> StageTransformer[Any, Any] | TextTransformer[str]:
    """A transformer of *stage*: a class with ``feed(item)`` and ``flush()``, or what makes one.

    Each stream gets a stage of its own, made when it is opened: ``source | transformer(Upper)``,
    or ``transformer(Upper)(…)`` with arguments for the class.  With ``text=True`` the stage takes
    and gives strings, and works on streams of chunks as well.

    :raises TypeError: it has no ``feed`` or ``flush``, or is a stage rather than its class.
    """
    if not callable(stage):
        raise TypeError(f"transformer() takes the class of a stage, not {stage!r}")
    if isinstance(stage, type) and not (hasattr(stage, "feed") and hasattr(stage, "flush")):
        raise TypeError(f"{name_of(stage)} is no stage: it needs feed(item) and flush()")
    make = cast("Callable[..., stages.Stage[Any, Any]]", stage)
    if text:
        return TextTransformer(name_of(make), StageStep(lambda: OnText(make)))
    return StageTransformer(make)


# The library's own


def text(*, index: int = 0) -> Transformer[str | Chunk, str]:
    """The answer's text, chunk by chunk, as strings; all other chunks are left out.

    *index* picks one of several alternative answers.
    """
    return Transformer("text()", StageStep(functools.partial(TextOnly, index)))


def map_each(function: Callable[[In], Out]) -> Transformer[In, Out]:
    """*function* of each item.  It must not block; `map_concurrent` is for async functions."""
    return Transformer(
        made_by("map_each", function), StageStep(functools.partial(stages.MapEach, function))
    )


def keep(predicate: Callable[[T], object]) -> Transformer[T, T]:
    """The items for which *predicate* is true."""
    return Transformer(
        made_by("keep", predicate), StageStep(functools.partial(stages.Keep, predicate))
    )


def tap(function: Callable[[T], object]) -> Transformer[T, T]:
    """The items as they are, after *function* was called with each."""
    return Transformer(made_by("tap", function), StageStep(functools.partial(stages.Tap, function)))


def take(n: int) -> SameItems:
    """The first *n* items; then the stream ends and nothing more is read."""
    check_size("n", n, least=0)
    return SameItems(made_by("take", n), StageStep(lambda: stages.Take(n)))


@overload
def buffer(*, count: int) -> Grouping: ...
@overload
def buffer(count: int, /) -> Grouping: ...
@overload
def buffer(*, chars: int) -> TextTransformer[str]: ...
@overload
def buffer(*, seconds: float) -> Grouping: ...
def buffer(
    n: int | None = None,
    /,
    *,
    count: int | None = None,
    chars: int | None = None,
    seconds: float | None = None,
) -> Grouping | TextTransformer[str]:
    """Several items in one; exactly one of the three says how many.

    ``count``: so many items; strings and text chunks are joined, other items come as a list.
    ``chars``: text in pieces of exactly so many characters.
    ``seconds``: what came within so many seconds of the first item; no nursery, it waits inside the
    consumer's ``receive``.
    The end of the stream gives out the rest, before a failure too for ``seconds``.
    """
    given = [value is not None for value in (n, count, chars, seconds)]
    if sum(given) != 1:
        raise ConfigurationError(
            "buffer() takes exactly one of count=, chars= and seconds=, such as buffer(count=10)"
        )
    if seconds is not None:
        wait = check_seconds("seconds", seconds)
        return Grouping(
            made_by("buffer", seconds=seconds), ChannelStep(lambda up: TimedBufferChannel(up, wait))
        )
    if chars is not None:
        size = check_size("chars", chars)
        return TextTransformer(
            made_by("buffer", chars=size),
            StageStep(lambda: OnText(lambda: stages.BufferChars(size))),
        )
    size = check_size("count", n if count is None else count)
    return Grouping(made_by("buffer", count=size), StageStep(functools.partial(Joined, size)))


def lines(*, keep_ends: bool = True) -> TextTransformer[str]:
    r"""Text by lines, which end at ``\n``, ``\r\n`` or ``\r`` and nowhere else."""
    return _text_transformer("lines", stages.LineSplitter, keep_ends=keep_ends)


def words() -> TextTransformer[str]:
    """Text by words, each with the white space after it."""
    return _text_transformer("words", stages.WordSplitter)


def sentences(
    *,
    language: str | None = None,
    max_chars: int | None = None,
    first: Literal["clause"] | None = None,
    code: Literal["line", "block"] = "line",
    idle: float | None = None,
) -> TextTransformer[stages.Sentence]:
    """Text by sentences: lossless, and the same however the text was cut.

    A sentence comes at the first character at which no continuation could change it.  See
    `lionpride_trio.stages.SentenceSplitter` for the options.  *idle*: give out what is held back
    when nothing came for so many seconds; what comes then depends on the network, so it is off
    unless asked for.
    """
    options: dict[str, Any] = {
        "language": language,
        "max_chars": max_chars,
        "first": first,
        "code": code,
    }
    if idle is None:
        return _text_transformer("sentences", stages.SentenceSplitter, **options)
    wait = check_seconds("idle", idle)
    make = functools.partial(stages.SentenceSplitter, **options)
    make()
    return TextTransformer(
        made_by("sentences", idle=idle),
        ChannelStep(lambda upstream: IdleFlushChannel(upstream, OnText(make), wait)),
    )


def paragraphs() -> TextTransformer[str]:
    """Text by paragraphs, which end at blank lines."""
    return _text_transformer("paragraphs", stages.ParagraphSplitter)


def markdown_blocks() -> TextTransformer[stages.MarkdownBlock]:
    """Markdown by blocks: paragraphs, headings, lists, fenced code whole, each with its kind."""
    return _text_transformer("markdown_blocks", stages.MarkdownBlockSplitter)


def think_tags(
    open: str = "<think>",
    close: str = "</think>",
    **options: Any,
) -> Transformer[str | Chunk, Chunk]:
    """Answer and reasoning told apart where a model writes its reasoning between tags.

    Gives `TextChunk` and `ReasoningChunk`; other chunks keep their place.  See
    `lionpride_trio.stages.ThinkTags` for the options.
    """
    make = functools.partial(stages.ThinkTags, open, close, **options)
    make()
    return Transformer(made_by("think_tags", **options), StageStep(lambda: OnText(make)))


def stop_at(*strings: str | Iterable[str], include: bool = False) -> TextTransformer[str]:
    """The text up to the first of *strings*; then the stream ends and nothing more is read.

    ``stop_at("END", "STOP")`` and ``stop_at(["END", "STOP"])`` are the same.
    """
    wanted = [text for one in strings for text in ([one] if isinstance(one, str) else one)]
    return _text_transformer("stop_at", stages.StopAt, wanted, include=include)


def redact(
    pattern: str | re.Pattern[str] | Sequence[str], replacement: str = "[redacted]", **options: Any
) -> TextTransformer[str]:
    """Text with what matches *pattern* replaced, however the match was cut.

    Only what may belong to a match is held back.  See `lionpride_trio.stages.Redact`.
    """
    return _text_transformer("redact", stages.Redact, pattern, replacement, **options)


def json_values(**options: Any) -> Transformer[str | Chunk, Any]:
    """Each JSON value of the text, decoded as soon as it is whole.

    See `lionpride_trio.stages.JSONValues`.
    """
    return _from_text("json_values", stages.JSONValues, **options)


def partial_json(**options: Any) -> Transformer[str | Chunk, stages.JSONEvent]:
    """What each piece of text adds to one JSON document, as events with paths.

    See `lionpride_trio.stages.PartialJSON`.
    """
    return _from_text("partial_json", stages.PartialJSON, **options)


def word_count() -> Transformer[str | Chunk, int]:
    """The number of words so far, at the end of each word.  `lionpride_trio.sinks.last` gives the total."""
    return _from_text("word_count", stages.WordCount)


def _text_transformer(
    name: str, machine: Callable[..., Any], *args: Any, **options: Any
) -> TextTransformer[Any]:
    make = functools.partial(machine, *args, **options)
    make()  # a wrong option is refused here, not when the stream is open
    return TextTransformer(made_by(name, *args, **options), StageStep(lambda: OnText(make)))


def _from_text(
    name: str, machine: Callable[..., Any], **options: Any
) -> Transformer[str | Chunk, Any]:
    make = functools.partial(machine, **options)
    make()
    return Transformer(made_by(name, **options), StageStep(lambda: FromText(make())))
