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
from .._checks import check_seconds, check_size
from .._chunks import Chunk
from .._errors import ConfigurationError
from ..stages._checks import plain_function
from ..stages._redact import MAX_MATCH

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
        return TextTransformer(
            name_of(make), StageStep(functools.partial(OnText, make, name_of(make)))
        )
    return StageTransformer(make)


# The library's own


def text(*, index: int = 0) -> Transformer[str | Chunk, str]:
    """The answer's text, chunk by chunk, as strings; all other chunks are left out.

    *index* picks one of several alternative answers.
    """
    check_size("index", index, least=0)
    return Transformer(
        made_by("text", index=index or None), StageStep(functools.partial(TextOnly, index))
    )


def map_each(function: Callable[[In], Out]) -> Transformer[In, Out]:
    """*function* of each item.  It must not block; `map_concurrent` is for async functions."""
    plain_function("map_each()", "function", function)
    return Transformer(
        made_by("map_each", function), StageStep(functools.partial(stages.MapEach, function))
    )


def keep(predicate: Callable[[T], object]) -> Transformer[T, T]:
    """The items for which *predicate* is true."""
    plain_function("keep()", "predicate", predicate)
    return Transformer(
        made_by("keep", predicate), StageStep(functools.partial(stages.Keep, predicate))
    )


def tap(function: Callable[[T], object]) -> Transformer[T, T]:
    """The items as they are, after *function* was called with each."""
    plain_function("tap()", "function", function)
    return Transformer(made_by("tap", function), StageStep(functools.partial(stages.Tap, function)))


def take(n: int) -> SameItems:
    """The first *n* items; then the stream ends and nothing more is read."""
    check_size("n", n, least=0)
    return SameItems(made_by("take", n), StageStep(functools.partial(stages.Take[Any], n)))


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
    The end of the stream gives out the rest, and so does a failure, before it.

    :raises TypeError: in the stream, where strings and chunks, or text and other items, come together.
    """
    given = [value is not None for value in (n, count, chars, seconds)]
    if sum(given) != 1:
        raise ConfigurationError(
            "buffer() takes exactly one of count=, chars= and seconds=, such as buffer(count=10)"
        )
    if seconds is not None:
        wait = check_seconds("seconds", seconds)
        return Grouping(
            made_by("buffer", seconds=seconds),
            ChannelStep(functools.partial(TimedBufferChannel, seconds=wait)),
        )
    if chars is not None:
        size = check_size("chars", chars)
        return TextTransformer(
            made_by("buffer", chars=size),
            StageStep(
                functools.partial(OnText, functools.partial(stages.BufferChars, size), "buffer()")
            ),
        )
    size = check_size("count", n if count is None else count)
    return Grouping(made_by("buffer", count=size), StageStep(functools.partial(Joined, size)))


def lines(*, keep_ends: bool = True, max_hold: int = stages.MAX_HOLD) -> TextTransformer[str]:
    r"""Text by lines, which end at ``\n``, ``\r\n`` or ``\r`` and nowhere else."""
    return _on_text("lines", stages.LineSplitter, keep_ends=keep_ends, max_hold=max_hold)


def words(*, max_hold: int = stages.MAX_HOLD) -> TextTransformer[str]:
    """Text by words, each with the white space after it."""
    return _on_text("words", stages.WordSplitter, max_hold=max_hold)


def sentences(
    *,
    language: str | None = None,
    max_chars: int | None = None,
    first: Literal["clause"] | None = None,
    code: Literal["line", "block"] = "line",
    idle: float | None = None,
    max_hold: int = stages.MAX_HOLD,
) -> TextTransformer[stages.Sentence]:
    """Text by sentences: lossless, and the same however the text was cut.

    A sentence comes at the first character at which no continuation could change it.  See
    `lionpride_trio.stages.SentenceSplitter` for the options.  *idle*: give out what is held back
    when nothing came for so many seconds; what comes then depends on the network, so it is off
    unless asked for.
    """
    machine, shown = _machine(
        "sentences",
        stages.SentenceSplitter,
        language=language,
        max_chars=max_chars,
        first=first,
        code=code,
        max_hold=max_hold,
    )
    make = functools.partial(OnText, machine, "sentences()")
    if idle is None:
        return TextTransformer(shown, StageStep(make))
    wait = check_seconds("idle", idle)
    shown = f"{shown[:-1]}{', ' * (shown != 'sentences()')}idle={idle!r})"
    return TextTransformer(
        shown, ChannelStep(functools.partial(IdleFlushChannel, make=make, seconds=wait))
    )


def paragraphs(*, max_hold: int = stages.MAX_HOLD) -> TextTransformer[str]:
    """Text by paragraphs, which end at blank lines."""
    return _on_text("paragraphs", stages.ParagraphSplitter, max_hold=max_hold)


def markdown_blocks(*, max_hold: int = stages.MAX_HOLD) -> TextTransformer[stages.MarkdownBlock]:
    """Markdown by blocks: paragraphs, headings, lists, fenced code whole, each with its kind."""
    return _on_text("markdown_blocks", stages.MarkdownBlockSplitter, max_hold=max_hold)


def think_tags(
    open: str = "<think>",
    close: str = "</think>",
    *,
    start_inside: bool = False,
    strip: bool = False,
    max_hold: int = stages.MAX_HOLD,
) -> Transformer[str | Chunk, Chunk]:
    """Answer and reasoning told apart where a model writes its reasoning between tags.

    Gives `TextChunk` and `ReasoningChunk`; other chunks keep their place.  See
    `lionpride_trio.stages.ThinkTags` for the options.
    """
    tags = () if (open, close) == ("<think>", "</think>") else (open, close)
    make, shown = _machine(
        "think_tags",
        stages.ThinkTags,
        *tags,
        start_inside=start_inside,
        strip=strip,
        max_hold=max_hold,
    )
    return Transformer(shown, StageStep(functools.partial(OnText, make, "think_tags()")))


def stop_at(*strings: str | Iterable[str], include: bool = False) -> TextTransformer[str]:
    """The text up to the first of *strings*; then the stream ends and nothing more is read.

    ``stop_at("END", "STOP")`` and ``stop_at(["END", "STOP"])`` are the same.  Of several alternative
    answers each ends at its own stop, and the stream with the last of those that have begun.
    """
    wanted: list[Any] = []
    for one in strings:
        wanted += [one] if isinstance(one, str) or not isinstance(one, Iterable) else one
    return _on_text("stop_at", stages.StopAt, wanted, include=include)


def redact(
    pattern: str | re.Pattern[str] | Sequence[str],
    replacement: str = "[redacted]",
    *,
    max_match: int = MAX_MATCH,
) -> TextTransformer[str]:
    """Text with what matches *pattern* replaced, however the match was cut.

    Only what may belong to a match is held back, and so is a chunk without text that stands in it: the
    text before it and after it is one text.  Where the stream fails, what may have become a match is
    replaced.  See `lionpride_trio.stages.Redact`.
    """
    texts = (pattern,) if replacement == "[redacted]" else (pattern, replacement)
    return _on_text("redact", stages.Redact, *texts, max_match=max_match)


def json_values(
    *, skip_prose: bool = False, max_hold: int = stages.MAX_HOLD
) -> Transformer[str | Chunk, Any]:
    """Each JSON value of the text, decoded as soon as it is whole.

    Of several alternative answers, the first is read: ``text(index=1) | json_values()`` reads another.
    See `lionpride_trio.stages.JSONValues`.
    """
    return _from_text("json_values", stages.JSONValues, skip_prose=skip_prose, max_hold=max_hold)


def partial_json(
    *, allow_partial: bool = False, max_hold: int = stages.MAX_HOLD
) -> Transformer[str | Chunk, stages.JSONEvent]:
    """What each piece of text adds to one JSON document, as events with paths.

    Of several alternative answers, the first is read.  See `lionpride_trio.stages.PartialJSON`.
    """
    return _from_text(
        "partial_json", stages.PartialJSON, allow_partial=allow_partial, max_hold=max_hold
    )


def word_count() -> Transformer[str | Chunk, int]:
    """The number of words so far, at the end of each word.  `lionpride_trio.sinks.last` gives the total.

    Of several alternative answers, the first is read.
    """
    return _from_text("word_count", stages.WordCount)


def _on_text(
    name: str, machine: Callable[..., Any], *args: Any, **options: Any
) -> TextTransformer[Any]:
    make, shown = _machine(name, machine, *args, **options)
    return TextTransformer(shown, StageStep(functools.partial(OnText, make, f"{name}()")))


def _from_text(
    name: str, machine: Callable[..., Any], **options: Any
) -> Transformer[str | Chunk, Any]:
    make, shown = _machine(name, machine, **options)
    return Transformer(shown, StageStep(functools.partial(FromText, make, f"{name}()")))


def _machine(
    name: str, machine: Callable[..., Any], *args: Any, **options: Any
) -> tuple[Callable[[], Any], str]:
    """What makes the machine of each stream, and how its recipe shows itself.

    A wrong option is refused here, and not when the stream is open.
    """
    make = functools.partial(machine, *args, **options)
    make()
    usual: dict[str, Any] = getattr(machine.__init__, "__kwdefaults__", None) or {}
    changed = {key: value for key, value in options.items() if value != usual[key]}
    return make, made_by(name, *args, **changed)
