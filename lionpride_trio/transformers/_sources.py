"""Sources from generators, iterables and other libraries' channels."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any, ParamSpec, TypeVar, overload

import trio

from .._channels._channel import Channel, ReadThrough
from .._channels._generator import ForeignChannel, IterableChannel, run_generator
from .._channels._mailbox import Mailbox
from .._channels._nursery import LateFailures, is_cancelled
from .._channels._recipe import Pipeable
from .._channels._source import Owner, PipedChannel, Source
from .._checks import check_size
from .._errors import ConfigurationError

T = TypeVar("T")
P = ParamSpec("P")


@overload
def source(function: Callable[P, AsyncIterator[T]], /) -> Callable[P, Source[T]]: ...
@overload
def source(
    *, ahead: int = 1
) -> Callable[[Callable[P, AsyncIterator[T]]], Callable[P, Source[T]]]: ...
def source(function: Any = None, /, *, ahead: int = 1) -> Any:
    """Turn an async generator function into a function that returns sources.

    Opening a source opens a nursery: the generator runs in a task of its own, at most *ahead* items
    ahead of its consumer.  Its exception arrives after the items before it; leaving the block early
    cancels the generator and waits for its clean-up.  A failure of that clean-up is raised from the
    block, or added as a note to the block's own exception.

    The generator may hold nurseries and cancel scopes open around its ``yield``.  Their
    cancellations are raised there, also while an item waits for the consumer; the item is kept.
    """
    check_size("ahead", ahead)

    def decorate(make: Callable[..., AsyncIterator[Any]]) -> Callable[..., Source[Any]]:
        plain = inspect.isfunction(make) and not hasattr(make, "__wrapped__")
        if not callable(make) or (plain and inspect.iscoroutinefunction(make)):
            raise ConfigurationError(
                f"@source takes an async generator function, which has a yield, not {make!r:.200}"
            )

        @functools.wraps(make)
        def made(*args: Any, **kwargs: Any) -> Source[Any]:
            return Source(
                lambda: run_generator(lambda: make(*args, **kwargs), ahead), name=made.__name__
            )

        return made

    return decorate if function is None else decorate(function)


def from_iterable(items: Iterable[T]) -> Source[T]:
    """A source of *items*, which must not block.  Opens no nursery."""
    if isinstance(items, Pipeable) or not isinstance(items, Iterable):
        raise ConfigurationError(
            f"from_iterable() takes a list or another iterable, not {items!r:.200}"
        )
    return Source(lambda: nullcontext(IterableChannel(items)), name="from_iterable")


def from_channel(channel: trio.abc.ReceiveChannel[T]) -> Source[T]:
    """A source of the items of *channel*, which stays yours to close.  Opens no nursery.

    It can be opened once, as any channel has one end.  A channel of this library needs no wrapping:
    ``channel | …`` works at once.
    """
    if isinstance(channel, Channel):
        return PipedChannel(lambda: ReadThrough(channel), name="channel", steps=())
    if not isinstance(channel, trio.abc.ReceiveChannel):
        raise ConfigurationError(
            f"from_channel() takes a trio.abc.ReceiveChannel, not {channel!r:.200}"
        )

    return Source(lambda: nullcontext(ForeignChannel(channel)), name="from_channel")


def source_of(given: Source[T] | trio.abc.ReceiveChannel[T] | None) -> Source[T]:
    """The argument of an operator as a source.

    :raises TypeError: it is no source and no channel; says what to write.
    """
    if isinstance(given, Source):
        return given
    if isinstance(given, trio.abc.ReceiveChannel):
        return from_channel(given)
    raise TypeError(
        f"a source or a channel is needed, not {given!r}: @source makes one of an async generator"
        " function, from_iterable() of a list"
    )


def made_of(
    sources: Iterable[Source[Any]],
    open_channel: Callable[[], AbstractAsyncContextManager[Channel[Any]]],
    name: str,
) -> Source[Any]:
    """A source made of several.  An open session that owns one of them owns it too."""

    def owner() -> Owner | None:
        return next(filter(None, (one.owner() for one in sources)), None)

    opens_once = any(one.opens_once for one in sources)
    return Source(open_channel, name=name, owner=owner, opens_once=opens_once)


def tell_failure(
    error: Exception, box: Mailbox, late: LateFailures, *, was_read: bool = False
) -> None:
    """Give *error* to the reader of *box*, or to the end of its block if the reader has gone.

    Where another failure has ended the box, *error* is a note on that one: the reader may have handled it,
    and its block must not fail for the same thing again.  A failure that *was_read* from a channel is one of
    its items, and lost with them when the reader leaves; only what fails in a clean-up is raised then.
    """
    told = box.end
    if told is None and not is_cancelled():
        box.finish(error)
    elif told is not None and not isinstance(told, trio.EndOfChannel | trio.ClosedResourceError):
        if told is not error:
            told.add_note(f"another failed, too: {error!r}")
    elif not was_read:
        late.add(error)
