"""Values that are decoded when they are asked for.

The tree of objects of an event takes ten times the memory of its text, and the garbage collector walks over
it for as long as its chunk lives.  Nearly nobody asks for it: with a text in its place, a program that keeps
its chunks has them a quarter cheaper.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Undecoded:
    """The text of a value, which *decode* is known to take.  Whoever shares it gets the same value."""

    __slots__ = ("_decode", "_text", "_value")

    def __init__(self, text: bytes, decode: Callable[[bytes], Any]) -> None:
        self._text: bytes | None = text
        self._decode = decode

    def value(self) -> Any:
        """The value, the same one each time."""
        if self._text is not None:
            self._value = self._decode(self._text)
            self._text = None
        return self._value


class OnDemand:
    """An attribute in *slot*, whose value may be `Undecoded` until it is asked for.

    `get` and `set` are the slot's own: they decode nothing, and set it on frozen objects too.
    """

    def __init__(self, slot: Any) -> None:
        self.get: Callable[[Any], Any] = slot.__get__
        self.set: Callable[[Any, Any], None] = slot.__set__

    def __get__(self, owner: Any, kind: type[Any]) -> Any:
        if owner is None:
            return self
        value = self.get(owner)
        if value.__class__ is Undecoded:
            value = value.value()
            self.set(owner, value)
        return value

    def __set__(self, owner: Any, value: Any) -> None:
        self.set(owner, value)
