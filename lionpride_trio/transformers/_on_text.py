"""Recipes for text that open no nursery: they run inside the consumer's ``receive``."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

from .. import stages
from .._channels._fused import StageStep
from .._channels._recipe import ChannelStep, TextTransformer, Transformer, recipe_repr
from .._channels._text_stages import FromText, OnText, TextOnly
from .._checks import check_seconds, check_size
from .._chunks import Chunk
from ..stages._redact import MAX_MATCH
from ._timing import IdleFlushChannel


def text(*, index: int = 0) -> Transformer[str | Chunk, str]:
    """The answer's text, chunk by chunk, as strings; all other chunks are left out.

    *index* picks one of several alternative answers.
    """
    check_size("index", index, least=0)
    return Transformer(
        recipe_repr("text", index=index or None), StageStep(functools.partial(TextOnly, index))
    )


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

    A sentence comes as soon as it is certain.  See `lionpride_trio.stages.SentenceSplitter` for the
    options.  *idle*: give the held text out after so many seconds of silence.  The pieces then depend on
    the network, so this is off by default.
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
    answers each ends at its own stop, and the stream ends with the last answer that has begun.
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
    """Text with each match of *pattern* replaced, however the match was cut.

    Only text that may belong to a match is held back, with the chunks without text that stand in it:
    the text before and after such a chunk is one text.  Where the stream fails, text that may have become a match is
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
    """Events with paths: each says what a piece of text adds to one JSON document.

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
    """A function that makes the machine of a stream, and the repr of its recipe.

    A wrong option is refused here, and not when the stream is open.
    """
    make = functools.partial(machine, *args, **options)
    make()
    usual: dict[str, Any] = getattr(machine.__init__, "__kwdefaults__", None) or {}
    changed = {key: value for key, value in options.items() if value != usual[key]}
    return make, recipe_repr(name, *args, **changed)
