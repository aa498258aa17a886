"""Transformers: recipes for streams, put together with ``|``.

``source | text() | sentences()`` is a source again.  Nothing runs until it is opened; what is pure
runs inside the consumer's ``receive`` without a task, and what has tasks of its own says "opens a
nursery" and ends them with the block.  A recipe is immutable and may be used for many streams.
"""

from __future__ import annotations

import functools
import re
from collections.abc import (
    Awaitable,
    Callable,
    Iterable,
    Mapping,
    Sequence,
)
from contextlib import AbstractAsyncContextManager
from typing import Any, Literal, ParamSpec, TypeVar, cast, overload

import trio

from . import stages
from ._channels._channel import Channel, ChannelStatistics
from ._channels._fork import fork as _fork
from ._channels._join import chain as _chain, merge as _merge, race as _race
from ._channels._mailbox import (
    DEFAULT_SIZE,
    WhenFull,
    check_seconds,
    check_size,
    check_when_full,
)
from ._channels._map import map_concurrent as _map_concurrent
from ._channels._pipe import (
    ChannelStep,
    Grouping,
    NurseryStep,
    SameItems,
    StageStep,
    TextTransformer,
    Transformer,
)
from ._channels._run_ahead import pace as _pace, run_ahead
from ._channels._source import Owner, Source
from ._channels._sources import from_channel, from_iterable, source
from ._channels._tee import tee as _tee
from ._channels._text import FromText, Joined, OnText, TextOnly
from ._channels._timed import IdleFlushChannel, IdleTimeoutChannel, TimedBufferChannel
from ._chunks import Chunk
from ._errors import ConfigurationError

In = TypeVar("In")
Out = TypeVar("Out")
T = TypeVar("T")
P = ParamSpec("P")

__all__ = [
    "Channel",
    "ChannelStatistics",
    "Grouping",
    "SameItems",
    "Source",
    "StageTransformer",
    "TextTransformer",
    "Transformer",
    "buffer",
    "chain",
    "fork",
    "from_channel",
    "from_iterable",
    "hedge",
    "idle_timeout",
    "json_values",
    "keep",
    "lines",
    "map_concurrent",
    "map_each",
    "markdown_blocks",
    "merge",
    "pace",
    "paragraphs",
    "partial_json",
    "prefetch",
    "race",
    "redact",
    "sentences",
    "source",
    "stop_at",
    "take",
    "tap",
    "tee",
    "text",
    "think_tags",
    "transformer",
    "word_count",
    "words",
]


# One's own stages


class StageTransformer(Transformer[In, Out]):
    """A transformer made of a stage's class; call it where the class takes arguments."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[..., stages.Stage[In, Out]]) -> None:
        super().__init__(getattr(make, "__name__", repr(make)), StageStep(make))
        self._make = make

    def __call__(self, *args: Any, **kwargs: Any) -> Transformer[In, Out]:
        """The transformer whose stages are made with these arguments."""
        make = functools.partial(self._make, *args, **kwargs)
        return Transformer(_call(self.text, *args, **kwargs), StageStep(make))


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
        raise TypeError(f"{_name(stage)} is no stage: it needs feed(item) and flush()")
    make = cast("Callable[..., stages.Stage[Any, Any]]", stage)
    if text:
        return TextTransformer(_name(make), StageStep(lambda: OnText(make)))
    return StageTransformer(make)


# Pure: run inside the consumer's receive


def text(*, index: int = 0) -> Transformer[str | Chunk, str]:
    """The answer's text, chunk by chunk, as strings; all other chunks are left out.

    *index* picks one of several alternative answers.
    """
    return Transformer("text()", StageStep(functools.partial(TextOnly, index)))


def map_each(function: Callable[[In], Out]) -> Transformer[In, Out]:
    """*function* of each item.  It must not block; `map_concurrent` is for async functions."""
    return Transformer(
        _call("map_each", function), StageStep(functools.partial(stages.MapEach, function))
    )


def keep(predicate: Callable[[T], object]) -> Transformer[T, T]:
    """The items for which *predicate* is true."""
    return Transformer(
        _call("keep", predicate), StageStep(functools.partial(stages.Keep, predicate))
    )


def tap(function: Callable[[T], object]) -> Transformer[T, T]:
    """The items as they are, after *function* was called with each."""
    return Transformer(_call("tap", function), StageStep(functools.partial(stages.Tap, function)))


def take(n: int) -> SameItems:
    """The first *n* items; then the stream ends and nothing more is read."""
    check_size("n", n, least=0)
    return SameItems(_call("take", n), StageStep(lambda: stages.Take(n)))


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
            _call("buffer", seconds=seconds), ChannelStep(lambda up: TimedBufferChannel(up, wait))
        )
    if chars is not None:
        size = check_size("chars", chars)
        return TextTransformer(
            _call("buffer", chars=size), StageStep(lambda: OnText(lambda: stages.BufferChars(size)))
        )
    size = check_size("count", n if count is None else count)
    return Grouping(_call("buffer", count=size), StageStep(functools.partial(Joined, size)))


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
        _call("sentences", idle=idle),
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
    return Transformer(_call("think_tags", **options), StageStep(lambda: OnText(make)))


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


# Operators


def idle_timeout(seconds: float) -> SameItems:
    """The items as they are; `StreamTimeout` when one is waited for longer than *seconds*.

    Opens no nursery.  A slow consumer does not trip it.
    """
    wait = check_seconds("seconds", seconds)
    return SameItems(
        _call("idle_timeout", seconds), ChannelStep(lambda up: IdleTimeoutChannel(up, wait))
    )


def prefetch(n: int) -> SameItems:
    """Let the producer run at most *n* items ahead of the consumer.

    Opens a nursery.  At the normal end the task has ended; a failure arrives after the items before
    it; leaving early cancels the task, and what it had read ahead is lost.
    """
    size = check_size("n", n)
    return SameItems(_call("prefetch", n), NurseryStep(lambda up: run_ahead(up, size)))


def pace(chars_per_second: float, max_lag: float = 2.0, *, size: int = 1024) -> SameItems:
    """Text at an even speed, in pieces of a few characters.

    When more text waits than *max_lag* seconds of it, it comes faster.  Opens a nursery: a task
    reads ahead, at most *size* items.  Ends, failures and leaving early as for `prefetch`.
    """
    rate = check_seconds("chars_per_second", chars_per_second)
    lag = check_seconds("max_lag", max_lag)
    check_size("size", size)
    return SameItems(
        _call("pace", chars_per_second, max_lag),
        NurseryStep(lambda up: _pace(up, rate, lag, size)),
    )


def tee(
    sink: Callable[[Channel[Any]], Awaitable[Any]],
    *,
    when_full: WhenFull = "block",
    size: int = DEFAULT_SIZE,
) -> SameItems:
    """The items as they are, and a copy of each for *sink*, as Unix tee.

    *sink* is an async function of a channel.  *when_full* says what happens when it is *size* items
    behind: ``"block"`` (the stream waits for it), ``"drop_oldest"``, ``"drop_newest"``, or
    ``"detach"`` (it gets `LimitExceeded`, and the stream goes on).  Opens a nursery.  At the normal
    end the stream waits until the sink has returned; a failure of the sink arrives as the stream's,
    one of the stream reaches the sink too; leaving early cancels the sink.  A sink that returns
    early is detached.
    """
    check_when_full(when_full)
    check_size("size", size)
    if not callable(sink):
        raise ConfigurationError(f"tee() takes an async function of a channel, not {sink!r}")
    return SameItems(_call("tee", sink), NurseryStep(lambda up: _tee(up, sink, size, when_full)))


def map_concurrent(
    function: Callable[[In], Awaitable[Out]], limit: int, *, ordered: bool = True
) -> Transformer[In, Out]:
    """Results of the async *function*, for at most *limit* items at a time.

    In the order of the items, or with ``ordered=False`` as they come.  At most *limit* items are in
    work or wait to be taken, so a slow consumer stops the producer.  Opens a nursery.  A failure
    arrives in its item's turn and cancels the calls that are not done; leaving early cancels all.
    """
    check_size("limit", limit)
    return Transformer(
        _call("map_concurrent", function, limit),
        NurseryStep(lambda up: _map_concurrent(up, function, limit, ordered=ordered)),
    )


def fork(
    source: Source[T] | Channel[T],
    n: int,
    *,
    size: int = DEFAULT_SIZE,
    when_full: WhenFull = "block",
) -> AbstractAsyncContextManager[tuple[Channel[T], ...]]:
    """Equal branches of one stream, as many as *n*.

    Used with ``async with fork(source, 2) as (one, other):``.

    Opens a nursery.  The source is read once, for the branch that is furthest behind; *when_full*
    says what a branch that is *size* items behind does (see `tee`).  Each branch ends as the source
    does, a failure included; a branch that is closed is detached; leaving the block closes all.

    With ``"block"``, read each branch in a task of its own: reading one to its end before the other
    is begun waits for ever once the other is full.  Where one task is seen to do so,
    `LocalProtocolError` says it.
    """
    check_size("n", n)
    check_size("size", size)
    check_when_full(when_full)
    return cast(
        AbstractAsyncContextManager[tuple[Channel[T], ...]],
        _fork(_source_of(source), n, size, when_full),
    )


@overload
def merge(*sources: Source[T] | Channel[T], size: int = DEFAULT_SIZE) -> Source[tuple[int, T]]: ...
@overload
def merge(
    sources: Mapping[str, Source[T] | Channel[T]], /, *, size: int = DEFAULT_SIZE
) -> Source[tuple[str, T]]: ...
def merge(
    *sources: Mapping[Any, Any] | Source[Any] | Channel[Any], size: int = DEFAULT_SIZE
) -> Source[tuple[Any, Any]]:
    """All sources at once, as ``(label, item)``: the position, or the key in a mapping.

    Fair: no source gets more than a few items ahead of the others that have some.  Opens a nursery
    with a task for each.  Ends when all have; the first failure ends it, after the items before it;
    leaving early closes all.
    """
    check_size("size", size)
    labelled: Mapping[Any, Any]
    if len(sources) == 1 and isinstance(sources[0], Mapping):
        labelled = sources[0]
    else:
        labelled = dict(enumerate(sources))
    opened = {label: _source_of(one) for label, one in labelled.items()}
    return Source(lambda: _merge(opened, size), name="merge", owner=_any_owner(opened.values()))


def chain(*sources: Source[T] | Channel[T]) -> Source[T]:
    """One source after the other, each opened when the one before it has ended.

    Opens a nursery.  A failure ends it, after the items before it; leaving early closes the one
    that is open.
    """
    opened = [_source_of(one) for one in sources]
    return Source(lambda: _chain(opened), name="chain", owner=_any_owner(opened))


def race(*sources: Source[T] | Channel[T]) -> Source[T]:
    """The source that speaks first; the others are closed at once.

    Opens a nursery.  One that fails before it spoke is out of the race; when all do, the first
    failure is raised.  Leaving early closes all.
    """
    return _contest("race", sources, after=0.0)


def hedge(*sources: Source[T], after: float) -> Source[T]:
    """As `race`, but each next source starts only when *after* seconds passed in silence.

    One source alone is opened twice.  A source that fails makes way for the next at once.
    """
    contenders = sources * 2 if len(sources) == 1 else sources
    return _contest("hedge", contenders, after=check_seconds("after", after))


def _contest(name: str, sources: Sequence[Source[T] | Channel[T]], after: float) -> Source[T]:
    if not sources:
        raise ConfigurationError(f"{name}() needs at least one source")
    opened = [_source_of(one) for one in sources]
    return Source(lambda: _race(opened, after), name=name, owner=_any_owner(opened))


def _any_owner(sources: Iterable[Source[Any]]) -> Callable[[], Owner | None]:
    """An open session that owns one of *sources* owns what is made of them."""
    return lambda: next(filter(None, (one.owner() for one in sources)), None)


def _source_of(given: Source[T] | trio.abc.ReceiveChannel[T] | None) -> Source[T]:
    if isinstance(given, Source):
        return given
    if isinstance(given, trio.abc.ReceiveChannel):
        return from_channel(given)
    raise TypeError(
        f"a source or a channel is needed, not {given!r}: @source makes one of an async generator"
        " function, from_iterable() of a list"
    )


def _text_transformer(
    name: str, machine: Callable[..., Any], *args: Any, **options: Any
) -> TextTransformer[Any]:
    make = functools.partial(machine, *args, **options)
    make()  # a wrong option is refused here, not when the stream is open
    return TextTransformer(_call(name, *args, **options), StageStep(lambda: OnText(make)))


def _from_text(
    name: str, machine: Callable[..., Any], **options: Any
) -> Transformer[str | Chunk, Any]:
    make = functools.partial(machine, **options)
    make()
    return Transformer(_call(name, **options), StageStep(lambda: FromText(make())))


def _call(name: str, *args: object, **options: object) -> str:
    """How a recipe was made, for its repr."""
    words = [_name(arg) for arg in args]
    words += [f"{key}={value!r}" for key, value in options.items() if value is not None]
    return f"{name}({', '.join(words)})"


def _name(value: object) -> str:
    return getattr(value, "__name__", None) or repr(value)
