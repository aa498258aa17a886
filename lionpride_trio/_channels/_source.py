"""Sources: cold recipes for a channel.

Nothing runs until ``async with source as channel``.  A source that is iterated bare is opened by the owner
that it was made with (an open session), and by no one else.

What must hold:

1. The task that opened a source closes it: a nursery can be left by no other task.  If an async generator
   around the block was dropped, trio closes it in another task.  That is allowed where there is no nursery
   and only one opening can be meant (`_abandoned`), and refused in words elsewhere.
2. Leaving the block closes the channel on top first and its origin next, before the blocks between them:
   a task that waits in the origin would otherwise keep their nurseries from ending.
3. A bare loop that is left drops its iterator, and CPython closes it at once.  The collector may do this in
   any thread and after the run, so closing is sent to the run (`run_sync_soon`) and never done in place.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import nullcontext, suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar
from weakref import ref

import attrs
import trio

from .._errors import LocalProtocolError
from ._entrance import check_on_trio
from ._opening import ChannelBlock, plan_opening, plan_runs, put_all_on
from ._recipe import NurseryStep, Pipeable, Recipe, Step

if TYPE_CHECKING:
    from ._channel import Channel

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


_BLOCK_ENDED: Final = " when its block ended: read it inside 'async with … as channel:'"


class Owner(Protocol):
    """Something open that can keep a channel until its own block ends."""

    async def adopt(self, source: Source[Any], goes_on: Callable[[], bool]) -> Channel[Any]:
        """Open *source* and close it at the latest when the owner's block ends.

        *goes_on* is for the owner to ask: False once the loop was left or has ended.
        """
        ...


class Source(Pipeable[T_co]):
    """A cold recipe for a channel of items.

    ``async with source as channel`` opens it; leaving the block closes the channel and all channels
    and tasks behind it.  Each opening is a run of its own.  ``source | sentences()`` is a source again.
    ``async for`` directly over a source works where an open block owns it: a session in which its
    model is registered, or the block of the channel that it was piped from.
    """

    def __init__(
        self,
        open_channel: Callable[[], ChannelBlock],
        *,
        name: str,
        owner: Callable[[], Owner | None] = lambda: None,
        steps: tuple[Step, ...] = (),
        opens_once: bool = False,
    ) -> None:
        """A source; *opens_once* forbids operators to open it a second time by themselves."""
        self._open_channel = open_channel
        self._owner = owner
        self._name = name
        self._steps = steps
        self.opens_once = opens_once
        self._openings: dict[trio.lowlevel.Task, _Opening] = {}  # the last opening of each task

    def _extended(self, other: Recipe) -> Source[Any]:
        return Source(
            self._open_channel,
            name=f"{self._name} | {other.text}",
            owner=self._owner,
            steps=self._steps + other.steps,
            opens_once=self.opens_once,
        )

    async def __aenter__(self) -> Channel[T_co]:
        check_on_trio()
        block, makers = plan_opening(self._open_channel(), self._steps)
        task = trio.lowlevel.current_task()
        nurseries = len(task.child_nurseries)
        origin = await block.__aenter__()
        try:
            channel = put_all_on(origin, makers)
        except BaseException:
            await block.__aexit__(*sys.exc_info())
            raise
        opened_nursery = len(task.child_nurseries) > nurseries
        outer = self._openings.get(task)
        self._openings[task] = _Opening(channel, origin, block, opened_nursery, outer)
        return channel

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        task = trio.lowlevel.current_task()
        opening = self._openings.pop(task, None) or self._abandoned()
        if opening.outer is not None:
            self._openings[task] = opening.outer
        opening.channel._close_for(_BLOCK_ENDED)
        opening.origin._close_for(_BLOCK_ENDED)  # this wakes a task that waits in it
        return await opening.block.__aexit__(exc_type, exc, traceback)

    def _abandoned(self) -> _Opening:
        """The opening of another task, left behind by an async generator around the block.

        trio closes a generator that was dropped in a task of its own.  A connection can be closed
        there; a nursery can not, nor can it be told which of several openings is meant.

        :raises LocalProtocolError: it cannot be closed here.
        """
        if len(self._openings) == 1:
            task, opening = next(iter(self._openings.items()))
            if not opening.opened_nursery and opening.outer is None:
                del self._openings[task]
                return opening
        raise LocalProtocolError(
            f"the task that closes '{self._name}' did not open it: iterate an async generator that"
            " opens a source inside 'async with contextlib.aclosing(generator())', or write it as a"
            " @source"
        )

    def _origin(self) -> Channel[Any] | None:
        """The channel below all stages, in the task that has this source open; None in another task."""
        opening = self._openings.get(trio.lowlevel.current_task())
        return None if opening is None else opening.origin

    def owner(self) -> Owner | None:
        """The open session that would own a bare ``async for``; None if there is none."""
        return self._owner()

    def __aiter__(self) -> AsyncIterator[T_co]:
        check_on_trio()
        owner = self.owner()
        if owner is None:
            raise LocalProtocolError(
                f"nothing open owns '{self._name}', so nothing would close it: write"
                " 'async with … as channel: async for item in channel', or register the"
                " model in an open session ('async with Session() as session:')"
            )
        return _OwnedIterator(self, owner)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._name}>"


@attrs.frozen
class _Opening:
    """An open channel, and the block to leave for closing it."""

    channel: Channel[Any]
    origin: Channel[Any]
    """The channel below all stages, or the channel itself."""
    block: ChannelBlock
    opened_nursery: bool
    """True if only the task that opened it can close it."""
    outer: _Opening | None
    """The opening of the block around it: a task may have one source open twice."""


class _OwnedIterator(AsyncIterator[T_co]):
    """Iterates a source for its owner: opened at the first item, closed after the last.

    A loop that is left drops its iterator, at once on CPython, and the dropped iterator closes the source.
    Otherwise its connection and its slot would be held until the owner's block ends.
    """

    _channel: Channel[T_co] | None = None
    _opening = False
    _run: trio.lowlevel.TrioToken

    def __init__(self, source: Source[T_co], owner: Owner) -> None:
        self._source = source
        self._owner = owner

    async def __anext__(self) -> T_co:
        if self._channel is None:
            if self._opening:
                raise trio.BusyResourceError("another task is opening this source")
            self._opening = True
            try:
                self._channel = await self._owner.adopt(self._source, _goes_on(self))
            finally:
                self._opening = False
            self._run = trio.lowlevel.current_trio_token()
        return await self._channel.__anext__()

    async def aclose(self) -> None:
        """Close the channel if it was opened.  Safe at any time, and twice."""
        if self._channel is not None:
            self._channel.close_nowait()
        await trio.lowlevel.checkpoint()

    def __del__(self) -> None:
        channel = self._channel
        if channel is None or channel._end is not None:
            return
        # The collector of garbage may do this in any thread, or when the run is over.
        with suppress(trio.RunFinishedError):
            self._run.run_sync_soon(channel.close_nowait)


def _goes_on(iterator: _OwnedIterator[Any]) -> Callable[[], bool]:
    """A function that tells whether the loop over *iterator* goes on; it keeps no iterator alive."""
    alive = ref(iterator)

    def goes_on() -> bool:
        iterator = alive()
        if iterator is None:
            return False
        channel = iterator._channel
        return channel is None or channel._end is None

    return goes_on


class PipedChannel(Source[T_co]):
    """An open channel, piped on.  The channel stays owned by its own block.

    ``async for`` works at once where no step needs a nursery; ``async with`` always.
    """

    def __init__(
        self, read: Callable[[], Channel[Any]], *, name: str, steps: tuple[Step, ...]
    ) -> None:
        super().__init__(lambda: nullcontext(read()), name=name, steps=steps)
        self._read = read

    def _extended(self, other: Recipe) -> Source[Any]:
        name = f"{self._name} | {other.text}"
        return PipedChannel(self._read, name=name, steps=self._steps + other.steps)

    def __aiter__(self) -> AsyncIterator[T_co]:
        channel = self._read()
        for run in plan_runs(self._steps):
            if isinstance(run, NurseryStep):
                raise LocalProtocolError(
                    f"'{self._name}' opens a nursery, which needs a block: write"
                    " 'async with … as channel: async for item in channel'"
                )
            channel = run(channel)
        return channel
