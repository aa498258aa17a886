"""Stages as one function: what sends many items through them.

Items are drawn one by one, by generators, so that each goes through all stages before the next one
does.  An iterator of C, as `map` gives, would take a `StopIteration` out of a stage for the end of the
items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, TypeAlias, TypeGuard

from ..stages import Keep, MapEach, Stage, Tap
from ._text import Joined, TextOnly

Program: TypeAlias = Callable[[Iterable[Any], list[Any]], Exception | None]
"""Sends items through stages, and appends what comes out to a list, piece by piece.  Gives the failure
that ended it, if one did; the list has what came before that."""
_FeedAll: TypeAlias = Callable[[Iterable[Any]], Iterable[Any]]
_Plain: TypeAlias = MapEach[Any, Any] | Keep[Any] | Tap[Any]


def program(stages: Sequence[Stage[Any, Any]]) -> Program:
    """The program of *stages*, with neighbours that are plain functions run as one."""
    if all(type(stage) is MapEach for stage in stages):
        return _mapping([stage.fn for stage in stages if isinstance(stage, MapEach)])
    feeds: list[_FeedAll] = []
    for plain, group in groupby(stages, _is_plain):
        if plain:
            feeds.append(_calling([stage for stage in group if _is_plain(stage)]))
        else:
            feeds += map(_feeding, group)

    def run(items: Iterable[Any], made: list[Any]) -> Exception | None:
        try:
            for feed in feeds:
                items = feed(items)
            made += items
        except Exception as error:
            return error
        return None

    return run


def may_be_done(stage: Stage[Any, Any]) -> bool:
    """Whether *stage* may have enough before its input ends."""
    return hasattr(stage, "done") and getattr(stage, "may_be_done", True)


def _is_plain(stage: object) -> TypeGuard[_Plain]:
    """Whether *stage* does no more than call a function: a subclass may."""
    return type(stage) in {MapEach, Keep, Tap}


def _mapping(functions: Sequence[Callable[[Any], Any]]) -> Program:
    """The program that is no more than *functions*, which is the commonest."""

    def run(items: Iterable[Any], made: list[Any]) -> Exception | None:
        try:
            for item in items:
                value = item
                for function in functions:
                    value = function(value)
                made.append(value)
        except Exception as error:
            return error
        return None

    return run


def _calling(stages: Sequence[_Plain]) -> _FeedAll:
    """What calls the functions of *stages* for each item."""
    calls = [
        (type(stage), stage.predicate if isinstance(stage, Keep) else stage.fn) for stage in stages
    ]

    def called(items: Iterable[Any]) -> Iterator[Any]:
        for item in items:
            value = item
            for kind, function in calls:
                if kind is MapEach:
                    value = function(value)
                elif not function(value) and kind is Keep:
                    break
            else:
                yield value

    return called


def _feeding(stage: Stage[Any, Any]) -> _FeedAll:
    """What feeds *stage* with many items: its own ``feed_all`` where it has one."""
    if may_be_done(stage):
        return lambda items: _until_done(stage, items)
    own: _FeedAll | None = getattr(stage, "feed_all", None)
    if own is None:
        feed = stage.feed
        return lambda items: (made for item in items for made in feed(item))
    if isinstance(stage, TextOnly | Joined):
        return own
    return lambda items: _whole(own, items)


def _until_done(stage: Stage[Any, Any], items: Iterable[Any]) -> Iterator[Any]:
    """Feed *stage* as long as it wants more; what stands before it is asked for no more either."""
    if getattr(stage, "done", False):
        return
    for item in items:
        yield from stage.feed(item)
        if getattr(stage, "done", False):
            return


def _whole(feed_all: _FeedAll, items: Iterable[Any]) -> Iterator[Any]:
    """What *feed_all* makes of *items*, which may fail after some: a stage need not know that."""
    batch: list[Any] = []
    failure: Exception | None = None
    try:
        batch += items
    except Exception as error:
        failure = error
    yield from feed_all(batch)
    if failure is not None:
        raise failure
