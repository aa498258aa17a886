"""Text machines on streams of chunks, and what text an item holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from .._chunks import Chunk, TextChunk
from ..stages import Stage


def text_of(item: object) -> str:
    """The answer text of an item: a string itself, a chunk's ``data``, ``str()`` of the rest."""
    return item if isinstance(item, str) else item.data if isinstance(item, Chunk) else str(item)


def is_text(item: object) -> bool:
    """Whether *item* is a piece of the answer rather than something between its pieces."""
    return isinstance(item, str | TextChunk) or (isinstance(item, Chunk) and bool(item.data))


def joined(items: Sequence[Any]) -> list[Any]:
    """Several items in one: strings joined, text chunks joined, anything else as one list.

    Chunks that hold no text stand between the joined ones, where they were.
    """
    if not items:
        return []
    if isinstance(items[0], str):
        return ["".join(items)]
    if not isinstance(items[0], Chunk):
        return [list(items)]
    made: list[Any] = []
    for (text, index), group in groupby(items, lambda item: (is_text(item), item.index)):
        if text:
            made.append(TextChunk("".join(item.data for item in group), index=index))
        else:
            made.extend(group)
    return made


class Joined:
    """Groups of *count* items, each joined; a chunk without text ends its group early."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._held: list[Any] = []

    def feed(self, item: Any, /) -> Sequence[Any]:
        """The group that *item* makes whole."""
        return list(self.feed_all((item,)))

    def feed_all(self, items: Iterable[Any], /) -> Iterator[Any]:
        """The groups that each of *items* makes whole."""
        held = self._held
        for item in items:
            held.append(item)
            if len(held) >= self._count or (isinstance(item, Chunk) and not is_text(item)):
                whole, held = held, []
                self._held = held
                yield from joined(whole)

    def flush(self) -> Sequence[Any]:
        """The last group, which may be smaller."""
        held, self._held = self._held, []
        return joined(held)


class OnText:
    """Runs a text machine on strings or on chunks.

    Pieces of a stream of chunks are `TextChunk`.  Before any other chunk the machine is flushed and
    a fresh one takes over, so that the chunk keeps its place.  Alternative answers of one stream
    (``chunk.index``) have a machine each.
    """

    def __init__(self, make: Callable[[], Stage[str, Any]]) -> None:
        self._make = make
        self._machine = make()  # of strings, and of the first answer
        self.may_be_done = hasattr(self._machine, "done")
        self._others: dict[int, Stage[str, Any]] = {}
        self._chunks = False

    @property
    def done(self) -> bool:
        """The machine wants no more input."""
        return getattr(self._machine, "done", False)

    def feed(self, item: str | Chunk, /) -> Iterable[Any]:
        """The pieces of a string, or the chunks that a chunk makes whole."""
        if isinstance(item, str):
            return self._machine.feed(item)
        self._chunks = True
        index = item.index
        if is_text(item):
            machine = self._machine if index == 0 else self._others.get(index)
            if machine is None:
                machine = self._others[index] = self._make()
            return _chunks(machine.feed(item.data), index)
        return [*self.settle(index), item]

    def flush(self) -> Iterable[Any]:
        """What was held back."""
        if not self._chunks:
            return self._machine.flush()
        rest = _chunks(self._machine.flush(), 0)
        for index, machine in self._others.items():
            rest += _chunks(machine.flush(), index)
        self._others.clear()
        return rest

    def settle(self, index: int = 0) -> list[Any]:
        """Give what one answer's machine holds back, and go on afresh.

        A machine with a ``settle`` of its own keeps what it knows beyond the text held back.
        """
        machine = self._machine if index == 0 else self._others.get(index)
        if machine is None or getattr(machine, "done", False):
            return []
        own = getattr(machine, "settle", None)
        if own is not None:
            rest = own()
        else:
            rest = machine.flush()
            if index == 0:
                self._machine = self._make()
            else:
                del self._others[index]
        return _chunks(rest, index) if self._chunks else list(rest)


def _chunks(pieces: Iterable[Any], index: int) -> list[Any]:
    return [
        piece if isinstance(piece, Chunk) else TextChunk(piece, index=index) for piece in pieces
    ]


class TextOnly:
    """The text of strings and chunks, piece by piece; what holds none is left out."""

    def __init__(self, index: int) -> None:
        self._index = index

    def feed(self, item: str | Chunk, /) -> Sequence[str]:
        """The text of *item*, if it has any."""
        return tuple(self.feed_all((item,)))

    def feed_all(self, items: Iterable[str | Chunk], /) -> Iterable[str]:
        """The text of each of *items* that has any."""
        index = self._index
        return (
            text
            for item in items
            if (
                text := item
                if isinstance(item, str)
                else (item.data if item.index == index else "")
            )
        )

    def flush(self) -> Sequence[str]:
        """Nothing was held back."""
        return ()


class FromText:
    """Runs a machine that reads text on strings or on chunks; chunks without text are left out."""

    def __init__(self, machine: Stage[str, Any], index: int = 0) -> None:
        self._machine = machine
        self._index = index
        self.may_be_done = hasattr(machine, "done")

    @property
    def done(self) -> bool:
        """The machine wants no more input."""
        return getattr(self._machine, "done", False)

    def feed(self, item: str | Chunk, /) -> Iterable[Any]:
        """What the text of *item* gives."""
        if isinstance(item, str):
            return self._machine.feed(item)
        return self._machine.feed(item.data) if item.data and item.index == self._index else ()

    def flush(self) -> Iterable[Any]:
        """What was held back."""
        return self._machine.flush()
