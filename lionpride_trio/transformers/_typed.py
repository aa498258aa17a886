"""``typed`` and ``elements``: answers of a type, while they come.  They open no nursery."""

from __future__ import annotations

from functools import partial
from typing import Any, TypeVar, overload

from .. import stages
from .._channels._fused import StageStep
from .._channels._recipe import Transformer
from .._chunks import Chunk

T = TypeVar("T")


@overload
def typed(
    output: type[T], *, max_hold: int = stages.MAX_HOLD
) -> Transformer[str | Chunk, stages.Partial[T]]: ...
@overload
def typed(
    output: Any, *, max_hold: int = stages.MAX_HOLD
) -> Transformer[str | Chunk, stages.Partial[Any]]: ...
def typed(
    output: Any, *, max_hold: int = stages.MAX_HOLD
) -> Transformer[str | Chunk, stages.Partial[Any]]:
    """The answer as an *output* while it grows: `lionpride_trio.stages.Partial` objects.

    The last one has the whole as its ``output``.  *output* is an attrs class, a dataclass, a
    ``TypedDict``, or another type that JSON has a form for: lists, unions, ``Literal``, enums, dates.  Give the
    same to ``model.stream(…, output=…)``, which tells the model.  The answer may be JSON, a fence, JSON
    after prose, or one tool call's arguments.  See `lionpride_trio.stages.TypedOutput`.

    :raises ConfigurationError: no JSON can have that type, or msgspec is not installed.
    """
    return _of("typed", output, stages.TypedOutput, {}, max_hold)


@overload
def elements(
    element: type[T], *, at: str = "", max_hold: int = stages.MAX_HOLD
) -> Transformer[str | Chunk, T]: ...
@overload
def elements(
    element: Any, *, at: str = "", max_hold: int = stages.MAX_HOLD
) -> Transformer[str | Chunk, Any]: ...
def elements(
    element: Any, *, at: str = "", max_hold: int = stages.MAX_HOLD
) -> Transformer[str | Chunk, Any]:
    """The elements of one list of the answer, each an *element*, as soon as it is whole.

    *at* is the place of the list, such as ``steps``; without it the answer itself is the list.  See
    `lionpride_trio.stages.TypedElements`.

    :raises ConfigurationError: no JSON can have that type, or msgspec is not installed.
    """
    return _of("elements", element, stages.TypedElements, {"at": at} if at else {}, max_hold)


def _of(
    name: str, hint: Any, machine: Any, options: dict[str, Any], max_hold: int
) -> Transformer[str | Chunk, Any]:
    if max_hold != stages.MAX_HOLD:
        options["max_hold"] = max_hold
    answer = stages.AnswerType(hint)
    make = partial(_made, machine, f"{name}()", answer, options)
    make()  # a wrong option is refused here, and not when the stream is open
    words = [repr(answer).removeprefix("AnswerType(").removesuffix(")")]
    words += [f"{word}={value!r}" for word, value in options.items()]
    return Transformer(f"{name}({', '.join(words)})", StageStep(make))


def _made(machine: Any, name: str, answer: Any, options: dict[str, Any]) -> Any:
    made = machine(answer, **options)
    made.name = name
    return made
