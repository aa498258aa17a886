"""Recipes for items of any kind that open no nursery: they run inside the consumer's ``receive``."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Literal, TypeVar, cast, overload

from .. import stages
from .._channels._fused import StageStep
from .._channels._recipe import (
    ChannelStep,
    Grouping,
    Passthrough,
    TextTransformer,
    Transformer,
    name_of,
    recipe_repr,
)
from .._channels._text_stages import Joined, OnText
from .._checks import check_seconds, check_size
from .._errors import ConfigurationError
from ..stages._checks import plain_function
from ._timing import TimedBufferChannel

In = TypeVar("In")
Out = TypeVar("Out")
T = TypeVar("T")


class StageTransformer(Transformer[In, Out]):
    """A transformer made of a stage's class; call it where the class takes arguments."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[..., stages.Stage[In, Out]]) -> None:
        super().__init__(name_of(make), StageStep(make))
        self._make = make

    def __call__(self, *args: Any, **kwargs: Any) -> Transformer[In, Out]:
        """The transformer whose stages are made with these arguments."""
        make = functools.partial(self._make, *args, **kwargs)
        return Transformer(recipe_repr(self.text, *args, **kwargs), StageStep(make))


@overload
def transformer(stage: Callable[..., stages.Stage[In, Out]], /) -> StageTransformer[In, Out]: ...
@overload
def transformer(
    stage: Callable[[], stages.Stage[str, str]], /, *, text: Literal[True]
) -> TextTransformer[str]: ...
def transformer(
    stage: Any, /, *, text: bool = False
) -> StageTransformer[Any, Any] | TextTransformer[str]:
    """A transformer of *stage*: a class with ``feed(item)`` and ``flush()``, or a function that makes such stages.

    Each stream gets a stage of its own, made when it is opened: ``source | transformer(Upper)``,
    or ``transformer(Upper)(…)`` with arguments for the class.  With ``text=True`` the stage takes
    and gives strings, and works on streams of chunks as well.

    :raises TypeError: *stage* has no ``feed`` or ``flush``, or is an object and not a class.
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


def map_each(function: Callable[[In], Out]) -> Transformer[In, Out]:
    """*function* of each item.  It must not block; `map_concurrent` is for async functions."""
    plain_function("map_each()", "function", function)
    return Transformer(
        recipe_repr("map_each", function), StageStep(functools.partial(stages.MapEach, function))
    )


def keep(predicate: Callable[[T], object]) -> Transformer[T, T]:
    """The items for which *predicate* is true."""
    plain_function("keep()", "predicate", predicate)
    return Transformer(
        recipe_repr("keep", predicate), StageStep(functools.partial(stages.Keep, predicate))
    )


def tap(function: Callable[[T], object]) -> Transformer[T, T]:
    """The items as they are, after *function* was called with each."""
    plain_function("tap()", "function", function)
    return Transformer(
        recipe_repr("tap", function), StageStep(functools.partial(stages.Tap, function))
    )


def take(n: int) -> Passthrough:
    """The first *n* items; then the stream ends and nothing more is read."""
    check_size("n", n, least=0)
    return Passthrough(recipe_repr("take", n), StageStep(functools.partial(stages.Take[Any], n)))


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
    ``seconds``: the items that came within so many seconds of the first one; opens no nursery, but waits
    inside the consumer's ``receive``.
    The rest comes at the end of the stream, or before a failure.

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
            recipe_repr("buffer", seconds=seconds),
            ChannelStep(functools.partial(TimedBufferChannel, seconds=wait)),
        )
    if chars is not None:
        size = check_size("chars", chars)
        return TextTransformer(
            recipe_repr("buffer", chars=size),
            StageStep(
                functools.partial(OnText, functools.partial(stages.BufferChars, size), "buffer()")
            ),
        )
    size = check_size("count", n if count is None else count)
    return Grouping(recipe_repr("buffer", count=size), StageStep(functools.partial(Joined, size)))
