"""The pieces of the splitter: a `str` that knows its kind and its place."""

from __future__ import annotations

from typing import Literal, Self

Kind = Literal["prose", "heading", "item", "code", "table"]
"""The surroundings of a `Sentence`."""


class Sentence(str):  # ruff: ignore[subclass-builtin] - it is to be used like the text it is
    """A piece of the stream, with the white space after it.  It is a `str` like any other.

    ``kind`` says what it is part of: ``"prose"``, ``"heading"``, ``"item"`` (of a list),
    ``"code"`` (a fence, indented code, a displayed formula) or ``"table"``.  ``start`` is its offset in the
    stream, in characters.  ``complete`` is false when something other than its own end ended it:
    ``max_chars``, ``first="clause"``, a flush in its middle, or a stream that failed.  Of a fence
    only the piece that closes it is complete: if the last piece of a stream is code and not
    complete, its fence was left open.
    """

    __slots__ = ("complete", "kind", "start")

    kind: Kind
    start: int
    complete: bool

    def __new__(
        cls, text: str = "", kind: Kind = "prose", start: int = 0, *, complete: bool = True
    ) -> Self:
        self = str.__new__(cls, text)
        self.kind = kind
        self.start = start
        self.complete = complete
        return self
