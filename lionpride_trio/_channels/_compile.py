"""Stages as one function that sends many items through them.

Items are drawn one by one, by generators, so that each goes through all stages before the next one
does.  Do not use `map()` here: a stage that raises `StopIteration` would end the stream silently.

A failure comes with the number of its stage, because the stages after that one are still to be flushed.
On its way out it passes through the generators of all stages, and the first one notes the number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, TypeAlias, TypeGuard

import attrs

from .._chunks import Chunk
from ..stages import Keep, MapEach, Stage, Tap
from ..stages._protocol import feed_of, items_of
from ._text_stages import FromText, Joined, OnText, TextOnly


@attrs.frozen
class Failure:
    """An error that ended a program, and the number of its stage."""

    error: Exception
    stage: int
    """The number of the stage that failed."""


Program: TypeAlias = Callable[[Sequence[Any], list[Any]], Failure | None]
"""Sends the items of a list through stages, and appends what comes out to a list, piece by piece.  Returns
the failure that ended it, or None; the list has the items before the failure, and nothing may be sent after it."""
_FeedAll: TypeAlias = Callable[[Iterable[Any]], Iterator[Any]]
_Plain: TypeAlias = MapEach[Any, Any] | Keep[Any] | Tap[Any]


def compile_stages(stages: Sequence[Stage[Any, Any]]) -> Program:
    """The program of *stages*, with neighbours that are plain functions run as one."""
    if all(type(stage) is MapEach for stage in stages):
        return _mapping([stage.fn for stage in stages if isinstance(stage, MapEach)])
    blamed: list[int] = []
    feeds: list[_FeedAll] = []
    number = -1
    for plain, group in groupby(stages, _is_plain):
        neighbours = list(group)
        if plain:
            number += len(neighbours)
            feeds.append(_calling([s for s in neighbours if _is_plain(s)], number, blamed))
        else:
            for stage in neighbours:
                number += 1
                feeds.append(_feeding(stage, number, blamed))

    def run(items: Iterable[Any], results: list[Any]) -> Failure | None:
        try:
            for feed in feeds:
                items = feed(items)
            results += items
        except Exception as error:
            return Failure(error, blamed[0])
        return None

    return run


def may_be_done(stage: Stage[Any, Any]) -> bool:
    """Whether *stage* may be done before its input ends."""
    return hasattr(stage, "done") and getattr(stage, "may_be_done", True)


def _is_plain(stage: object) -> TypeGuard[_Plain]:
    """Whether *stage* only calls a function.  A subclass may do more."""
    return type(stage) in {MapEach, Keep, Tap}


def _mapping(functions: Sequence[Callable[[Any], Any]]) -> Program:
    """The program of stages that only call *functions*: most programs are such."""

    def run(items: Iterable[Any], results: list[Any]) -> Failure | None:
        try:
            for item in items:
                value = item
                for function in functions:
                    value = function(value)
                results.append(value)
        except Exception as error:
            # Any of the stages will do: a function holds nothing back.
            return Failure(error, len(functions) - 1)
        return None

    return run


def _calling(stages: Sequence[_Plain], number: int, blamed: list[int]) -> _FeedAll:
    """A generator function that calls the functions of *stages* for each item; *number* is the last stage's."""
    calls = [
        (type(stage), stage.predicate if isinstance(stage, Keep) else stage.fn) for stage in stages
    ]

    def called(items: Iterable[Any]) -> Iterator[Any]:
        try:
            for item in items:
                value = item
                for kind, function in calls:
                    if kind is MapEach:
                        value = function(value)
                    elif not function(value) and kind is Keep:
                        break
                else:
                    yield value
        except Exception:
            blamed.append(number)
            raise

    return called


def _reading(stage: TextOnly, number: int, blamed: list[int]) -> _FeedAll:
    """A generator function that feeds *stage* item by item, with a third of the calls of its ``feed``."""
    index = stage.index

    def read(items: Iterable[Any]) -> Iterator[Any]:
        try:
            for item in items:
                if isinstance(item, Chunk):
                    text = item.data if item.index == index else ""
                elif isinstance(item, str):
                    text = item
                else:
                    yield from stage.feed(item)  # which says what to write
                    continue
                if text:
                    yield text
        except Exception:
            blamed.append(number)
            raise

    return read


def _feeding(stage: Stage[Any, Any], number: int, blamed: list[int]) -> _FeedAll:
    """A generator function that feeds *stage* with many items, by its ``feed_all`` where it has one."""
    if isinstance(stage, TextOnly):
        return _reading(stage, number, blamed)
    feed = stage.feed if isinstance(stage, OnText | FromText) else feed_of(stage)
    feed_all: Callable[[Iterable[Any]], Iterable[Any]] | None = getattr(stage, "feed_all", None)

    def fed(items: Iterable[Any]) -> Iterator[Any]:
        try:
            for item in items:
                yield from feed(item)
        except Exception:
            blamed.append(number)
            raise

    def fed_until_done(items: Iterable[Any]) -> Iterator[Any]:
        # The stages before it are asked for no more either.
        try:
            if getattr(stage, "done", False):
                return
            for item in items:
                yield from feed(item)
                if getattr(stage, "done", False):
                    return
        except Exception:
            blamed.append(number)
            raise

    def fed_as_drawn(items: Iterable[Any]) -> Iterator[Any]:
        assert feed_all is not None
        try:
            yield from feed_all(items)
        except Exception:
            blamed.append(number)
            raise

    def fed_at_once(items: Iterable[Any]) -> Iterator[Any]:
        # A stage need not know that its items may end with a failure: it is fed with the items before it.
        assert feed_all is not None
        batch: list[Any] = []
        failure: Exception | None = None
        try:
            batch += items
        except Exception as error:
            failure = error
        try:
            yield from items_of(feed_all(batch), stage)
        except Exception:
            if failure is None:
                blamed.append(number)
                raise
        if failure is not None:
            raise failure

    if may_be_done(stage):
        return fed_until_done
    if feed_all is None:
        return fed
    return fed_as_drawn if isinstance(stage, Joined) else fed_at_once
