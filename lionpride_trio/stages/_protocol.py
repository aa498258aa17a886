"""What a stage is: a machine without I/O that turns the items of one stream into others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn, Protocol, TypeVar

from .._errors import LocalProtocolError

In_contra = TypeVar("In_contra", contravariant=True)
Out_co = TypeVar("Out_co", covariant=True)


class Stage(Protocol[In_contra, Out_co]):
    """A machine for one stream.

    A stage may have an attribute ``done``: once it is true, the stage wants no more input, and the
    pipeline ends after what it has given.  It may have a method ``feed_all(items)``, which gives
    what ``feed`` gives for each item of a list, for speed.
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
