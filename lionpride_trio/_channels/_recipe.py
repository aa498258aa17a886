"""Recipes: they stand right of ``|``.  How two are put together, and what type of item comes out.

A recipe is data, the steps that a stream is sent through.  A recipe knows nothing of running them; the classes of its steps do.
So this module stands below channels and sources.

Four kinds of recipe, told apart for the type checkers:

- `Transformer[In, Out]`: items of one type in, of another out;
- `TextTransformer[Piece]`: text in, pieces of text out; on a stream of chunks its pieces come as
  `TextChunk`, and all other chunks keep their place;
- `Passthrough`: the items that come in go out (``prefetch``, ``tee``, ``take``);
- `Grouping`: joins strings to strings and text chunks to text chunks, other items to lists.
"""

from __future__ import annotations

import abc
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeAlias, TypeVar, overload

import attrs

from .._chunks import Chunk
from ._entrance import OnlyAsync

if TYPE_CHECKING:
    from ._channel import Channel
    from ._source import Source

T_co = TypeVar("T_co", covariant=True)
In_contra = TypeVar("In_contra", contravariant=True)
Out_co = TypeVar("Out_co", covariant=True)
Piece_co = TypeVar("Piece_co", covariant=True, bound=str)
T = TypeVar("T")
U = TypeVar("U")
P = TypeVar("P", bound=str)


PutOn: TypeAlias = Callable[["Channel[Any]"], "Channel[Any]"]
"""Puts a channel onto another, at once."""


class Step(Protocol):
    """One step of a recipe.  Neighbours of one class are run together where that class can."""

    @classmethod
    def plan(cls, neighbours: Sequence[Any], /) -> Iterable[Run]:
        """The actions for *neighbours*, steps of this class that follow each other."""
        ...


@attrs.frozen
class ChannelStep:
    """A channel over a channel that needs no task: it waits inside the consumer's ``receive``."""

    make: PutOn

    @classmethod
    def plan(cls, neighbours: Sequence[ChannelStep], /) -> Iterable[Run]:
        """An action for each step, one after the other."""
        return [step.make for step in neighbours]


@attrs.frozen
class NurseryStep:
    """A channel over a channel with tasks of its own, which end with the block."""

    open: Callable[[Channel[Any]], AbstractAsyncContextManager[Channel[Any]]]

    @classmethod
    def plan(cls, neighbours: Sequence[NurseryStep], /) -> Iterable[Run]:
        """The steps themselves: their blocks are entered one inside the other."""
        return neighbours


Run: TypeAlias = PutOn | NurseryStep
"""An action at the opening of a source: a channel is put on, or a block is entered."""


class Recipe:
    """Base of what can stand right of ``|``.  Immutable; makes fresh machines for each stream."""

    __slots__ = ("steps", "text")

    def __init__(self, text: str, *steps: Step) -> None:
        self.text = text
        self.steps = steps

    def __repr__(self) -> str:
        return self.text


def recipe_repr(name: str, *args: object, **options: object) -> str:
    """The call that made a recipe, for its repr."""
    words = [name_of(arg) for arg in args]
    words += [f"{key}={value!r}" for key, value in options.items() if value is not None]
    return f"{name}({', '.join(words)})"


def name_of(value: object) -> str:
    """The name of a function or a class; the repr of anything else."""
    return getattr(value, "__name__", None) or repr(value)


def _kind(recipe: Recipe) -> type[Recipe]:
    """The kind of *recipe*, one of the four."""
    kinds = (Passthrough, Grouping, TextTransformer, Transformer)
    return next(kind for kind in kinds if isinstance(recipe, kind))


def _joined_kind(first: type[Recipe], second: type[Recipe]) -> type[Recipe]:
    """The kind that the second decides or the first keeps."""
    if second is Passthrough or (second is Grouping and first is TextTransformer):
        return first
    if first in {Passthrough, TextTransformer} and second is not Transformer:
        return second
    return Transformer


def _joined(first: Recipe, second: Recipe) -> Recipe:
    """One recipe of two."""
    check_recipe(second)
    kind = _joined_kind(_kind(first), _kind(second))
    return kind(f"{first.text} | {second.text}", *first.steps, *second.steps)


def check_recipe(other: object) -> None:
    """Refuse a value that is no recipe.

    :raises TypeError: says what to write.
    """
    if isinstance(other, Recipe):
        return
    name = getattr(other, "__name__", type(other).__name__)
    hint = f"write '{name}(…)' if it makes a transformer, " if callable(other) else ""
    raise TypeError(
        f"what stands right of '|' must be a transformer, not {other!r}: {hint}"
        "wrap a stage of your own in transformer(YourStage), call a sink with the channel"
        " ('await sink(channel)')"
    )


class Passthrough(Recipe):
    """A recipe that changes the times or the number of the items, and never an item."""

    __slots__ = ()

    @overload
    def pipe(self, other: Passthrough, /) -> Passthrough: ...
    @overload
    def pipe(self, other: Grouping, /) -> Grouping: ...
    @overload
    def pipe(self, other: TextTransformer[P], /) -> TextTransformer[P]: ...
    @overload
    def pipe(self, other: Transformer[T, U], /) -> Transformer[T, U]: ...
    def pipe(self, other: Any, /) -> Any:
        """The same as ``|``."""
        return _joined(self, other)

    __or__ = pipe


class Grouping(Recipe):
    """A recipe that makes one of several: text of text, a list of anything else."""

    __slots__ = ()

    @overload
    def pipe(self, other: Passthrough | Grouping, /) -> Grouping: ...
    @overload
    def pipe(self, other: TextTransformer[P], /) -> TextTransformer[P]: ...
    @overload
    def pipe(self, other: Transformer[T, U], /) -> Transformer[Any, U]: ...
    def pipe(self, other: Any, /) -> Any:
        """The same as ``|``."""
        return _joined(self, other)

    __or__ = pipe


class TextTransformer(Recipe, Generic[Piece_co]):
    """A recipe for text, on a stream of strings or of chunks.

    On strings it gives its pieces.  On chunks each piece comes as a `TextChunk`; every other chunk
    keeps its place, after the text before it, which is flushed.
    """

    __slots__ = ()

    @overload
    def pipe(self, other: Passthrough, /) -> TextTransformer[Piece_co]: ...
    @overload
    def pipe(self, other: Grouping, /) -> TextTransformer[str]: ...
    @overload
    def pipe(self, other: TextTransformer[P], /) -> TextTransformer[P]: ...
    @overload
    def pipe(self, other: Transformer[Piece_co, U], /) -> Transformer[str, U]: ...
    def pipe(self, other: Any, /) -> Any:
        """The same as ``|``."""
        return _joined(self, other)

    __or__ = pipe


class Transformer(Recipe, Generic[In_contra, Out_co]):
    """A recipe for turning one stream into another.

    ``a | b`` composes; nothing runs until a source is opened.  One recipe may be used for many
    streams, at once too: each opening makes machines of its own.
    """

    __slots__ = ()

    @overload
    def pipe(self, other: Passthrough, /) -> Transformer[In_contra, Out_co]: ...
    # The first overload that fits is meant: text is told from other items by its type.
    @overload
    def pipe(  # type: ignore[overload-overlap]
        self: Transformer[T, Chunk], other: TextTransformer[Any] | Grouping, /
    ) -> Transformer[T, Chunk]: ...
    @overload
    def pipe(self: Transformer[T, str], other: TextTransformer[P], /) -> Transformer[T, P]: ...
    @overload
    def pipe(  # type: ignore[overload-overlap]
        self: Transformer[T, str], other: Grouping, /
    ) -> Transformer[T, str]: ...
    @overload
    def pipe(self, other: Grouping, /) -> Transformer[In_contra, list[Out_co]]: ...
    @overload
    def pipe(self, other: Transformer[Out_co, U], /) -> Transformer[In_contra, U]: ...
    def pipe(self, other: Any, /) -> Any:
        """The same as ``|``."""
        return _joined(self, other)

    __or__ = pipe


class Pipeable(OnlyAsync, Generic[T_co]):
    """A stream that can stand left of ``|``: a source, or an open channel."""

    @abc.abstractmethod
    def _extended(self, other: Recipe) -> Source[Any]:
        """This stream, sent through *other*."""

    @overload
    def pipe(self, other: Passthrough, /) -> Source[T_co]: ...
    # The first overload that fits is meant: text is told from other items by its type.
    @overload
    def pipe(  # type: ignore[overload-overlap]
        self: Pipeable[Chunk], other: TextTransformer[Any] | Grouping, /
    ) -> Source[Chunk]: ...
    @overload
    def pipe(self: Pipeable[str], other: TextTransformer[P], /) -> Source[P]: ...
    @overload
    def pipe(  # type: ignore[overload-overlap]
        self: Pipeable[str], other: Grouping, /
    ) -> Source[str]: ...
    @overload
    def pipe(self, other: Grouping, /) -> Source[list[T_co]]: ...
    @overload
    def pipe(self, other: Transformer[T_co, U], /) -> Source[U]: ...
    def pipe(self, other: Any, /) -> Any:
        """The same as ``|``: this stream, sent through *other*."""
        check_recipe(other)
        return self._extended(other)

    __or__ = pipe
