"""Stages: machines without I/O that turn the items of one stream into others."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any, NoReturn, Protocol, TypeVar

from .._errors import LocalProtocolError

In_contra = TypeVar("In_contra", contravariant=True)
Out_co = TypeVar("Out_co", covariant=True)


class Stage(Protocol[In_contra, Out_co]):
    """A machine for one stream.

    A stream ends in one of two ways.  When all of it has come, ``flush`` is called.  When it fails,
    upstream or in a stage before this one, the stage gives what it held back all the same, and the
    failure comes after that: ``break_off`` is called if the stage has it, and ``flush`` if not.  A
    stage that failed itself is asked for nothing more, and so is one whose reader went away.

    A stage may have, beside ``feed`` and ``flush``:

    - ``break_off()``: as ``flush``, but the input broke off in the middle.  Write it where the end of
      the input means something: for a piece that says whether it is complete (it is not), or for a
      document that is no error only because the rest of it never came.
    - ``done``: an attribute.  Once it is true the stage wants no more input, and the stream ends after
      what it has given.
    - ``feed_all(items)``: gives what ``feed`` gives for each of *items*, for speed.
    - ``settle()``, of a text stage: gives what is held back before a chunk without text, or before a
      silence, and goes on.  A stage without it is flushed there, and a fresh one takes over.
    - ``let_past(item)``, of a text stage, instead of ``settle``: holds *item*, a chunk without text, back
      until what stands before it is decided.  It is given by this call, or by a later one, in its place.
    """

    def feed(self, item: In_contra, /) -> Iterable[Out_co]:
        """Take one item and give what can be given now."""
        ...

    def flush(self) -> Iterable[Out_co]:
        """The input has ended: give what was held back.  Nothing may be fed after this."""
        ...


class OneStream:
    """Base of the library's own stages: holds the rule that a flush is final.

    ``feed`` of a subclass begins with ``if self._flushed: self._refuse()``, and ``flush`` with
    ``if self._flushed: return ()`` and ``self._flushed = True``.
    """

    _flushed = False

    def _refuse(self) -> NoReturn:
        name = type(self).__name__
        raise LocalProtocolError(
            f"this {name} was flushed, and its stream is over: make a fresh {name}() for the next"
        )


def items_of(given: Any, stage: object) -> Iterable[Any]:
    """*given*, which a method of *stage* returned, if it is items in a row.

    :raises TypeError: it is a single text, or nothing that can be iterated.
    """
    if inspect.iscoroutine(given):
        given.close()
        raise TypeError(
            f"{type(stage).__name__} is async, and a stage waits for nothing: write 'def feed', or"
            " map_concurrent(function, limit) for an async function"
        )
    if not isinstance(given, str | bytes):
        try:
            iter(given)
        except TypeError:
            pass
        else:
            items: Iterable[Any] = given
            return items
    raise TypeError(
        f"a stage gives a list of items, and {type(stage).__name__} gave {given!r}:"
        " write 'return [item]' in feed() and flush(), and 'return []' for nothing"
    )


def feed_of(stage: Stage[Any, Any]) -> Callable[[Any], Iterable[Any]]:
    """The ``feed`` of *stage*; what a stage of one's own gives is looked at by `items_of`."""
    feed = stage.feed
    return feed if isinstance(stage, OneStream) else lambda item: items_of(feed(item), stage)


def end(stage: Stage[Any, Any], *, broken: bool) -> Iterable[Any]:
    """Flush *stage*, or break it off if its input broke off; return the items that it held back."""
    finish = (getattr(stage, "break_off", None) if broken else None) or stage.flush
    return items_of(finish(), stage)
