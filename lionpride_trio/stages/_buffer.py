"""Text in pieces of equal size."""

from __future__ import annotations

from collections.abc import Sequence

from .._checks import check_size
from ._protocol import OneStream


class BufferChars(OneStream):
    """Text in, pieces of exactly *n* characters out; the last one may be shorter.

    Laws: lossless, chunking-invariant, linear.  Holds back fewer than *n* characters.
    """

    def __init__(self, n: int) -> None:
        self._n = check_size("BufferChars: n", n)
        self._held: list[str] = []
        self._size = 0

    def feed(self, text: str) -> Sequence[str]:
        if self._flushed:
            self._refuse()
        if not text:
            return ()
        self._held.append(text)
        self._size += len(text)
        n = self._n
        if self._size < n:
            return ()
        text = "".join(self._held)
        whole = self._size - self._size % n
        self._held = [text[whole:]]
        self._size -= whole
        return [text[start : start + n] for start in range(0, whole, n)]

    def flush(self) -> Sequence[str]:
        self._flushed = True
        rest = "".join(self._held)
        self._held.clear()
        return (rest,) if rest else ()
