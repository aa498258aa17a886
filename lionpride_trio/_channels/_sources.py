"""Sources from generators, iterables and other libraries' channels."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import nullcontext
from typing import Any, ParamSpec, TypeVar, overload

import trio

from ._channel import Channel
from ._generator import ForeignChannel, IterableChannel, run_generator
from ._mailbox import check_size
from ._source import Source

T = TypeVar("T")
P = ParamSpec("P")


@overload
def source(function: Callable[P, AsyncIterator[T]], /) -> Callable[P, Source[T]]: ...
@overload
def source(
    *, ahead: int = 1
) -> Callable[[Callable[P, AsyncIterator[T]]], Callable[P, Source[T]]]: ...
def source(function: Any = None, /, *, ahead: int = 1) -> Any:
    """Make an async generator function a function that gives sources.

    Opening one opens a nursery: the generator runs in a task of its own, at most *ahead* items
    ahead of its consumer.  What it raises arrives after the items before it; leaving the block
    early cancels it, and its clean-up is joined.  What fails in that clean-up is raised from the
    block, or told by a note on the block's own exception.

    The generator may hold nurseries and cancel scopes open around its ``yield``.  Their
    cancellations are raised there, also while an item waits for the consumer; the item is kept.
    """
    check_size("ahead", ahead)

    def decorate(make: Callable[..., AsyncIterator[Any]]) -> Callable[..., Source[Any]]:
        @functools.wraps(make)
        def made(*args: Any, **kwargs: Any) -> Source[Any]:
            return Source(
                lambda: run_generator(lambda: make(*args, **kwargs), ahead), name=made.__name__
            )

        return made

    return decorate if function is None else decorate(function)


def from_iterable(items: Iterable[T]) -> Source[T]:
    """A source of *items*, which must not block.  Opens no nursery."""
    return Source(lambda: nullcontext(IterableChannel(items)), name="from_iterable")


def from_channel(channel: trio.abc.ReceiveChannel[T]) -> Source[T]:
    """A source of what *channel* gives, which stays yours to close.  Opens no nursery.

    It can be opened once, as any channel has one end.  A channel of this library needs no wrapping:
    ``channel | …`` works at once.
    """
    if isinstance(channel, Channel):
        return channel._as_source("channel")

    return Source(lambda: nullcontext(ForeignChannel(channel)), name="from_channel")
