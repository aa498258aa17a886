"""Stages for items of any type: map, keep, take, tap and group.  Only `BufferCount` holds back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from .._checks import check_size
from ._checks import plain_function
from ._protocol import OneStream

T = TypeVar("T")
U = TypeVar("U")


class MapEach(OneStream, Generic[T, U]):
    """Gives ``fn(item)`` for each item.  What *fn* raises goes to the caller unchanged."""

    def __init__(self, fn: Callable[[T], U]) -> None:
        plain_function("MapEach", "fn", fn)
        self.fn = fn

    def feed(self, item: T) -> Sequence[U]:
        if self._flushed:
            self._refuse()
        return (self.fn(item),)

    def flush(self) -> Sequence[U]:
        self._flushed = True
        return ()


class Keep(OneStream, Generic[T]):
    """Gives the items for which *predicate* is true."""

    def __init__(self, predicate: Callable[[T], object]) -> None:
        plain_function("Keep", "predicate", predicate)
        self.predicate = predicate

    def feed(self, item: T) -> Sequence[T]:
        if self._flushed:
            self._refuse()
        return (item,) if self.predicate(item) else ()

    def flush(self) -> Sequence[T]:
        self._flushed = True
        return ()


class Take(OneStream, Generic[T]):
    """Gives the first *n* items, and is ``done`` as soon as it has given them.

    ``Take(0)`` is done before it is fed.  What is fed to it when it is done is dropped.
    """

    def __init__(self, n: int) -> None:
        self._left = check_size("Take: n", n, 0)
        self.done = n == 0

    def feed(self, item: T) -> Sequence[T]:
        if self._flushed:
            self._refuse()
        if self.done:
            return ()
        self._left -= 1
        self.done = self._left == 0
        return (item,)

    def flush(self) -> Sequence[T]:
        self._flushed = True
        return ()


class Tap(OneStream, Generic[T]):
    """Calls ``fn(item)`` for each item, and passes the item on unchanged.

    An exception of *fn* ends the stream: a tap is part of it.
    """

    def __init__(self, fn: Callable[[T], object]) -> None:
        plain_function("Tap", "fn", fn)
        self.fn = fn

    def feed(self, item: T) -> Sequence[T]:
        if self._flushed:
            self._refuse()
        self.fn(item)
        return (item,)

    def flush(self) -> Sequence[T]:
        self._flushed = True
        return ()


class BufferCount(OneStream, Generic[T]):
    """Groups *n* items into one list; the last list may be shorter, and is never empty.

    Holds back fewer than *n* items.
    """

    def __init__(self, n: int) -> None:
        self._n = check_size("BufferCount: n", n)
        self._group: list[T] = []

    def feed(self, item: T) -> Sequence[list[T]]:
        if self._flushed:
            self._refuse()
        group = self._group
        group.append(item)
        if len(group) < self._n:
            return ()
        self._group = []
        return (group,)

    def flush(self) -> Sequence[list[T]]:
        self._flushed = True
        group, self._group = self._group, []
        return (group,) if group else ()
