"""Text machines on streams of chunks, and the text of an item."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

import attrs

from .._chunks import NO_METADATA, Chunk, TextChunk, text_chunk
from ..stages import Stage
from ..stages._checks import no_text
from ..stages._protocol import end, feed_of, items_of


def text_of(item: object) -> str:
    """The answer text of an item: a string itself, a chunk's ``data``, ``str()`` of the rest."""
    return item if isinstance(item, str) else item.data if isinstance(item, Chunk) else str(item)


def is_text(item: object) -> bool:
    """Whether *item* is a piece of the answer rather than something between its pieces."""
    return isinstance(item, str | TextChunk) or (isinstance(item, Chunk) and bool(item.data))


# Several items in one


def joined(items: Sequence[Any]) -> list[Any]:
    """Several items in one: strings joined, text chunks joined, anything else as one list.

    Chunks without text keep their places between the joined ones, and text of different answers, and of
    different turns, stays apart.

    :raises TypeError: text and other items come together, or strings and chunks.
    """
    if not items:
        return []
    family = _family(items[0])
    if family is str:
        try:
            return ["".join(items)]
        except TypeError:
            raise _mixed(items) from None
    if not all(_family(item) is family for item in items):
        raise _mixed(items)
    if family is object:
        return [list(items)]
    results: list[Any] = []
    for (text, *place), group in groupby(items, _place_of):
        if text:
            data = "".join([item.data for item in group])
            results.append(text_chunk(data, NO_METADATA, None, *place))
        else:
            results.extend(group)
    return results


def _place_of(item: Chunk) -> tuple[bool, int, int]:
    return is_text(item), item.index, item.turn


def _family(item: object) -> type:
    return str if isinstance(item, str) else Chunk if isinstance(item, Chunk) else object


def _mixed(items: Sequence[Any]) -> TypeError:
    names = " and ".join(sorted({type(item).__name__ for item in items}))
    return TypeError(
        f"buffer() joins strings, or chunks, and cannot join {names} to one item: write text()"
        " before it, or for lists of what comes transformer(lionpride_trio.stages.BufferCount)(n)"
    )


class Joined:
    """Groups of *count* items, each joined; a chunk without text ends its group early."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._held: list[Any] = []

    def feed(self, item: Any, /) -> Sequence[Any]:
        """The group that *item* completes, if it does."""
        return list(self.feed_all((item,)))

    def feed_all(self, items: Iterable[Any], /) -> Iterator[Any]:
        """The groups that *items* complete."""
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


# Text machines


class OnText:
    """Runs a text machine on strings or on chunks.

    Pieces of a stream of chunks are `TextChunk`.  Any other chunk keeps its place: the text before it
    is given out first.  Alternative answers of one stream (``chunk.index``) have a machine each, and
    nothing of one gets into another.  An answer whose machine is done gives nothing more; the stream
    is done when all answers that have begun are done.

    A turn of a conversation (``chunk.turn``) ends the texts of the one before it: what is held back is
    given out, and fresh machines take over, so that a piece is of one turn.
    """

    def __init__(self, make: Callable[[], Stage[str, Any]], name: str) -> None:
        self._make = make
        self._name = name
        self._machines: dict[int, Stage[str, Any]] = {}
        # The machine that was fed last, and the index of its answer: nearly always the next item's too.
        self._latest = make()
        self._feed = self._latest.feed
        self._spare: Stage[str, Any] | None = self._latest
        self.may_be_done = hasattr(self._latest, "done")
        self._index: int | None = None
        self._turn = 0
        self._chunks = False

    @property
    def done(self) -> bool:
        """True when no machine wants more input."""
        if not getattr(self._latest, "done", False):
            return False
        return all(map(_is_done, self._machines.values()))

    def feed(self, item: str | Chunk, /) -> Iterable[Any]:
        """The pieces, or the chunks, that *item* completes."""
        if isinstance(item, str):
            if self._index != 0:
                self._go_to(0)
            return self._feed(item)
        try:
            index, turn = item.index, item.turn
        except AttributeError:
            raise no_text(self._name, item) from None
        if not is_text(item):
            return self._let_past(item)
        self._chunks = True
        if turn != self._turn:
            return [*self._begin_turn(turn), *self.feed(item)]
        if self._index != index:
            self._go_to(index)
        if self.may_be_done and _is_done(self._latest):
            return ()
        return _chunks(self._feed(item.data), index, turn)

    def flush(self) -> Iterable[Any]:
        """The pieces that are held back."""
        return self._end(broken=False)

    def break_off(self) -> Iterable[Any]:
        """The pieces that are held back, when the input broke off."""
        return self._end(broken=True)

    def settle(self) -> Iterator[Any]:
        """Give the held text of all answers, and go on."""
        for index in list(self._machines):
            yield from self._settle(index)

    def _go_to(self, index: int) -> None:
        """Make the machine of answer *index* the latest; the first answer gets the spare machine."""
        machine = self._machines.get(index)
        if machine is None:
            machine, self._spare = self._spare or self._make(), None
            self._machines[index] = machine
        self._latest = machine
        self._feed = feed_of(machine)
        self._index = index

    def _begin_turn(self, turn: int) -> list[Any]:
        """End the turn before, and return what it held back; fresh machines read *turn*.  An answer that is done stays so."""
        rest: list[Any] = []
        for index, machine in list(self._machines.items()):
            if not _is_done(machine):
                rest += _chunks(end(machine, broken=False), index, self._turn)
            if not _is_done(machine):
                del self._machines[index]
        self._index = None
        self._turn = turn
        return rest

    def _let_past(self, item: Chunk) -> Sequence[Any]:
        """A chunk without text, after the text before it."""
        if not isinstance(item, Chunk):
            raise no_text(self._name, item)
        self._chunks = True
        index = item.index
        if item.turn != self._turn:
            if item.turn < self._turn:
                return (item,)  # a late word on a text that is over
            return [*self._begin_turn(item.turn), *self._let_past(item)]
        machine = self._machines.get(index)
        if machine is None:
            # One that may be done ends the stream with the answers that have begun: this begins none.
            if self.may_be_done or not hasattr(self._latest, "let_past"):
                return (item,)
            self._go_to(index)
            machine = self._latest
        let_past = getattr(machine, "let_past", None)
        if let_past is not None:
            return _chunks(let_past(item), index, self._turn)
        rest = self._settle(index)
        # The held text may have been the end that the machine waited for: then *item* is behind that end.
        return rest if _is_done(machine) else [*rest, item]

    def _settle(self, index: int) -> list[Any]:
        machine = self._machines[index]
        if _is_done(machine):
            return []
        own = getattr(machine, "settle", None)
        rest = list(items_of((own or machine.flush)(), machine))
        if own is None and not _is_done(machine):
            self._machines[index] = self._make()
            self._index = None
        return _chunks(rest, index, self._turn) if self._chunks else rest

    def _end(self, *, broken: bool) -> Iterator[Any]:
        """Flush all machines; a machine that fails does not keep the others from it."""
        failure: Exception | None = None
        if not self._machines:
            self._go_to(0)
        for index, machine in self._machines.items():
            try:
                rest = end(machine, broken=broken)
                yield from _chunks(rest, index, self._turn) if self._chunks else rest
            except Exception as error:
                failure = failure or error
        if failure is not None:
            raise failure


def _is_done(machine: object) -> bool:
    return getattr(machine, "done", False)


def _chunks(pieces: Iterable[Any], index: int, turn: int) -> list[Any]:
    """The pieces that a machine made of the answer *index* in *turn*, as chunks of that answer."""
    return [
        piece
        if isinstance(piece, Chunk) and piece.index == index and piece.turn == turn
        else _chunk(piece, index, turn)
        for piece in pieces
    ]


def _chunk(piece: Any, index: int, turn: int) -> Chunk:
    if isinstance(piece, str):
        return text_chunk(piece, NO_METADATA, None, index, turn)
    if isinstance(piece, Chunk):
        return attrs.evolve(piece, index=index, turn=turn)
    raise TypeError(
        f"a text stage gives str, or chunks, and not {piece!r}: where the pieces are something"
        " else, write text() | transformer(YourStage)"
    )


class TextOnly:
    """The text of strings and chunks, piece by piece; chunks without text are left out."""

    def __init__(self, index: int) -> None:
        self.index = index

    def feed(self, item: str | Chunk, /) -> Sequence[str]:
        """The text of *item*, if it has any."""
        if not isinstance(item, str | Chunk):
            raise no_text("text()", item)
        text = item if isinstance(item, str) else item.data if item.index == self.index else ""
        return (text,) if text else ()

    def flush(self) -> Sequence[str]:
        """Nothing is held back."""
        return ()


class FromText:
    """Runs a machine that reads the text of one answer, on strings or on chunks.

    Chunks without text, and those of other answers, are left out.
    """

    def __init__(self, make: Callable[[], Stage[str, Any]], name: str) -> None:
        self._machine = make()
        self._name = name

    def feed(self, item: str | Chunk, /) -> Iterable[Any]:
        """The items that the text of *item* completes."""
        if isinstance(item, str):
            return self._machine.feed(item)
        if not isinstance(item, Chunk):
            raise no_text(self._name, item)
        return self._machine.feed(item.data) if item.index == 0 and item.data else ()

    def flush(self) -> Iterable[Any]:
        """The pieces that are held back."""
        return self._machine.flush()

    def break_off(self) -> Iterable[Any]:
        """The pieces that are held back, when the input broke off."""
        return end(self._machine, broken=True)
