"""Recipes about several tasks and about time; where one has tasks, they end with its block."""

from __future__ import annotations

from collections.abc import (
    Awaitable,
    Callable,
    Iterable,
    Mapping,
    Sequence,
)
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any, TypeVar, cast, overload

import trio

from .._channels._channel import Channel
from .._channels._fork import fork as _fork
from .._channels._join import chain as _chain, merge as _merge, race as _race
from .._channels._mailbox import (
    DEFAULT_SIZE,
    WhenFull,
    check_when_full,
)
from .._channels._map import map_concurrent as _map_concurrent
from .._channels._pipe import (
    ChannelStep,
    NurseryStep,
    SameItems,
    Transformer,
    made_by,
)
from .._channels._run_ahead import pace as _pace, run_ahead
from .._channels._source import Owner, Source
from .._channels._sources import from_channel
from .._channels._tee import tee as _tee
from .._channels._timed import IdleTimeoutChannel
from .._checks import check_awaited, check_positive, check_seconds, check_size
from .._errors import ConfigurationError

In = TypeVar("In")
Out = TypeVar("Out")
T = TypeVar("T")


def idle_timeout(seconds: float) -> SameItems:
    """The items as they are; `StreamTimeout` when one is waited for longer than *seconds*.

    Opens no nursery.  A slow consumer does not trip it.
    """
    wait = check_seconds("seconds", seconds)
    return SameItems(
        made_by("idle_timeout", seconds), ChannelStep(partial(IdleTimeoutChannel, seconds=wait))
    )


def prefetch(n: int) -> SameItems:
    """Let the producer run at most *n* items ahead of the consumer.

    Opens a nursery.  At the normal end the task has ended; a failure arrives after the items before
    it; leaving early cancels the task, and what it had read ahead is lost.
    """
    size = check_size("n", n)
    return SameItems(made_by("prefetch", n), NurseryStep(partial(run_ahead, size=size)))


def pace(chars_per_second: float, max_lag: float = 2.0, *, size: int = 1024) -> SameItems:
    """Text at an even speed, in pieces of a few characters.

    When more text waits than *max_lag* seconds of it, it comes faster.  Opens a nursery: a task
    reads ahead, at most *size* items.  Ends, failures and leaving early as for `prefetch`.
    """
    rate = check_positive("chars_per_second", chars_per_second, "characters a second")
    lag = check_seconds("max_lag", max_lag)
    check_size("size", size)
    return SameItems(
        made_by("pace", chars_per_second, max_lag),
        NurseryStep(partial(_pace, rate=rate, max_lag=lag, size=size)),
    )


def tee(
    sink: Callable[[Channel[Any]], Awaitable[Any]],
    *,
    when_full: WhenFull = "block",
    size: int = DEFAULT_SIZE,
) -> SameItems:
    """The items as they are, and a copy of each for *sink*, as Unix tee.

    *sink* is an async function of a channel.  *when_full* says what happens when it is *size* items
    behind: ``"block"`` (the stream waits for it), ``"drop_oldest"``, ``"drop_newest"``, or
    ``"detach"`` (it gets `LimitExceeded`, and the stream goes on).  Opens a nursery.  At the normal
    end the stream waits until the sink has returned; a failure of the sink arrives as the stream's,
    one of the stream reaches the sink too; leaving early cancels the sink.  A sink that returns
    early is detached.
    """
    check_when_full(when_full)
    check_size("size", size)
    check_awaited("tee()", "sink", sink, "tap(…) for what is called with each item")
    return SameItems(
        made_by("tee", sink), NurseryStep(partial(_tee, sink=sink, size=size, when_full=when_full))
    )


def map_concurrent(
    function: Callable[[In], Awaitable[Out]], limit: int, *, ordered: bool = True
) -> Transformer[In, Out]:
    """Results of the async *function*, for at most *limit* items at a time.

    In the order of the items, or with ``ordered=False`` as they come.  At most *limit* items are in
    work or wait to be taken, so a slow consumer stops the producer.  Opens a nursery.  A failure
    arrives in its item's turn and cancels the calls that are not done; leaving early cancels all.
    """
    check_awaited("map_concurrent()", "function", function, "map_each(…) for what does not wait")
    check_size("limit", limit)
    return Transformer(
        made_by("map_concurrent", function, limit),
        NurseryStep(partial(_map_concurrent, function=function, limit=limit, ordered=ordered)),
    )


def fork(
    source: Source[T] | Channel[T],
    n: int,
    *,
    size: int = DEFAULT_SIZE,
    when_full: WhenFull = "block",
    patience: float = 10.0,
) -> AbstractAsyncContextManager[tuple[Channel[T], ...]]:
    """Equal branches of one stream, as many as *n*.

    Used with ``async with fork(source, 2) as (one, other):``.

    Opens a nursery.  The source is read once, for the branch that is furthest behind; *when_full*
    says what a branch that is *size* items behind does (see `tee`).  Each branch ends as the source
    does, a failure included; a branch that is closed is detached; leaving the block closes all.

    With ``"block"``, read each branch in a task of its own: reading one to its end before the other
    is begun would wait for ever once the other is full.  A wait for a branch becomes
    `LocalProtocolError` when for *patience* seconds another one was full that no other task reads:
    none has begun to, or the one that did has ended.  A reader that is only slow is waited for.
    """
    check_size("n", n)
    check_size("size", size)
    check_when_full(when_full)
    check_seconds("patience", patience)
    return cast(
        AbstractAsyncContextManager[tuple[Channel[T], ...]],
        _fork(_source_of(source), n, size, when_full, patience),
    )


@overload
def merge(*sources: Source[T] | Channel[T], size: int = DEFAULT_SIZE) -> Source[tuple[int, T]]: ...
@overload
def merge(
    sources: Mapping[str, Source[T] | Channel[T]], /, *, size: int = DEFAULT_SIZE
) -> Source[tuple[str, T]]: ...
def merge(
    *sources: Mapping[Any, Any] | Source[Any] | Channel[Any], size: int = DEFAULT_SIZE
) -> Source[tuple[Any, Any]]:
    """All sources at once, as ``(label, item)``: the position, or the key in a mapping.

    Fair: no source gets more than a few items ahead of the others that have some.  Opens a nursery
    with a task for each.  Ends when all have; the first failure ends it, after the items before it;
    leaving early closes all.
    """
    check_size("size", size)
    labelled: Mapping[Any, Any]
    if len(sources) == 1 and isinstance(sources[0], Mapping):
        labelled = sources[0]
    else:
        labelled = dict(enumerate(sources))
    opened = {label: _source_of(one) for label, one in labelled.items()}
    return _made_of(opened.values(), lambda: _merge(opened, size), "merge")


def chain(*sources: Source[T] | Channel[T]) -> Source[T]:
    """One source after the other, each opened when the one before it has ended.

    Opens a nursery.  A failure ends it, after the items before it; leaving early closes the one
    that is open.
    """
    opened = [_source_of(one) for one in sources]
    return _made_of(opened, lambda: _chain(opened), "chain")


def race(*sources: Source[T] | Channel[T]) -> Source[T]:
    """The source that speaks first; the others are closed at once.

    Opens a nursery.  To speak is to give an item: one that fails or ends before it gave one is out
    of the race.  When all are out, the race ends without an item, or raises the first failure where
    all failed.  Leaving early closes all.
    """
    return _contest("race", sources, after=0.0)


def hedge(*sources: Source[T], after: float) -> Source[T]:
    """As `race`, but each next source starts only when *after* seconds passed in silence.

    One source alone is opened twice; a call with ``background=True``, which would be two jobs, is
    refused.  A source that fails, or ends without an item, makes way for the next at once.
    """
    if len(sources) == 1 and isinstance(sources[0], Source) and sources[0].opens_once:
        raise ConfigurationError(
            "hedge() would open this source twice, and each opening starts a job of its own"
            " (background=True): give it two sources, or use the source by itself"
        )
    contenders = sources * 2 if len(sources) == 1 else sources
    return _contest("hedge", contenders, after=check_seconds("after", after))


def _contest(name: str, sources: Sequence[Source[T] | Channel[T]], after: float) -> Source[T]:
    if not sources:
        raise ConfigurationError(f"{name}() needs at least one source")
    opened = [_source_of(one) for one in sources]
    return _made_of(opened, lambda: _race(opened, after), name)


def _made_of(
    sources: Iterable[Source[Any]],
    open_channel: Callable[[], AbstractAsyncContextManager[Channel[Any]]],
    name: str,
) -> Source[Any]:
    """A source of several: an open session that owns one of them owns it too."""

    def owner() -> Owner | None:
        return next(filter(None, (one.owner() for one in sources)), None)

    opens_once = any(one.opens_once for one in sources)
    return Source(open_channel, name=name, owner=owner, opens_once=opens_once)


def _source_of(given: Source[T] | trio.abc.ReceiveChannel[T] | None) -> Source[T]:
    if isinstance(given, Source):
        return given
    if isinstance(given, trio.abc.ReceiveChannel):
        return from_channel(given)
    raise TypeError(
        f"a source or a channel is needed, not {given!r}: @source makes one of an async generator"
        " function, from_iterable() of a list"
    )
