"""The laws of operators: recipes that wait, or have tasks of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias, cast

import attrs
import trio
from trio.testing import wait_all_tasks_blocked

from ..._channels._recipe import Passthrough, Recipe, check_recipe
from ..._channels._source import Source
from ._broken import LawBroken, shown
from ._running import (
    ITEMS,
    Log,
    MineError,
    cancelled_everywhere,
    check_plain,
    collected,
    no_task_left,
    nothing_left_to_the_collector,
    producer,
    run,
)

Operator: TypeAlias = Recipe | Callable[[Source[Any]], Source[Any]]
Meaning: TypeAlias = Callable[[list[Any]], object]

_MANY: Final = 2000
_CANCELLED_RECEIVES: Final = 60


def check_operator(
    operator: Operator,
    *,
    items: Sequence[Any] = ITEMS,
    meaning: Meaning = list,
    passes_on: bool | None = None,
    bounded: bool = True,
) -> None:
    """Check that an operator keeps the laws of structured streams::

        def test_my_operator():
            check_operator(my_operator())

    *operator* is a recipe, or a function from a source to a source:
    ``lambda source: merge(source, other())``.  It is tried on *items*.  Each time,
    *meaning* of the list of results must be the same: pass ``sorted`` where the order is free.
    *passes_on* says that the operator gives each item as it came (as `prefetch` does), and so must give
    all items before a failure; of recipes of that kind this is known.  *bounded* says that the operator
    does not read all of a long stream while its reader rests.

    The laws: an operator may be used twice, and for two streams at once; cancelled at any of its steps,
    it ends quietly, leaves no task and gives no cut stream for a whole one; a ``receive`` that is
    cancelled and asked again loses nothing; a failure upstream comes as it is, after the items
    before it, never in a group; leaving early closes the source; the body's own exception comes out
    unchanged; nothing is left to the garbage collector.

    Runs event loops of its own, under a clock that jumps: call it from a plain test function.

    :raises LawBroken: says which law.
    """
    if passes_on is None:
        passes_on = isinstance(operator, Passthrough)
    trial = _Trial(piped(operator), items, meaning, passes_on)
    with nothing_left_to_the_collector():
        whole = run(trial.whole)
        trial.check_fresh(whole)
        trial.check_cancelled(whole)
        for patience in range(8):
            run(trial.check_asked_again, patience, whole)
        for count in {0, len(items) // 2, len(items)}:
            run(trial.check_failure, count, whole)
        run(trial.check_leaving)
        run(trial.check_own_exception)
        if bounded:
            run(trial.check_bounded)


def piped(operator: Any) -> Callable[[Source[Any]], Source[Any]]:
    """A function that puts *operator* onto a source."""
    if isinstance(operator, Recipe):
        return lambda source: Source.pipe(source, cast(Any, operator))
    if not callable(operator):
        check_recipe(operator)
    return cast("Callable[[Source[Any]], Source[Any]]", operator)


@attrs.frozen
class _Trial:
    apply: Callable[[Source[Any]], Source[Any]]
    items: Sequence[Any]
    meaning: Meaning
    passes_on: bool

    def opened(self, log: Log | None = None, then: Exception | None = None) -> Source[Any]:
        return self.apply(producer(self.items, log or Log(), then))

    def same(self, one: list[Any], other: list[Any]) -> bool:
        return self.meaning(one) == self.meaning(other)

    async def whole(self) -> list[Any]:
        async with no_task_left("structured", "after a whole stream"):
            return await collected(self.opened())

    def check_fresh(self, whole: list[Any]) -> None:
        async def both() -> list[list[Any]]:
            got: list[list[Any]] = [[], []]

            async def one(number: int) -> None:
                got[number] = await collected(self.opened())

            async with trio.open_nursery() as nursery:
                nursery.start_soon(one, 0)
                nursery.start_soon(one, 1)
            return got

        for got, when in [
            (run(self.whole), "used again"),
            *((g, "used twice at once") for g in run(both)),
        ]:
            if not self.same(got, whole):
                raise LawBroken(
                    "fresh state",
                    f"on {shown(list(self.items))} it gave {shown(whole)}, and {when} {shown(got)}",
                )

    def check_cancelled(self, whole: list[Any]) -> None:
        async def program() -> None:
            got = await collected(self.opened())
            if not self.same(got, whole):
                raise LawBroken(
                    "cancellation",
                    f"cancelled, it swallowed the cancellation and ended as if all had come:"
                    f" {shown(got)} instead of {shown(whole)}",
                )

        cancelled_everywhere(program, "the operator")

    async def check_asked_again(self, patience: int, whole: list[Any]) -> None:
        """Cancel each receive at its step *patience*, and ask again."""
        got: list[Any] = []
        async with self.opened() as channel:
            try:
                for _ in range(_CANCELLED_RECEIVES):
                    await _receive(channel, patience, got)
                    await trio.sleep(0.2)
                while True:  # a receive that is always cancelled at once need not get on
                    got.append(await channel.receive())
            except trio.EndOfChannel:
                pass
            except Exception as error:
                raise LawBroken(
                    "cancelling a receive loses nothing",
                    f"asked again after a cancellation, receive raised {shown(error)}",
                ) from error
        if not self.same(got, whole):
            raise LawBroken(
                "cancelling a receive loses nothing",
                f"each receive was cancelled at its step {patience} and asked again: that gave"
                f" {shown(got)} instead of {shown(whole)}",
            )

    async def check_failure(self, count: int, whole: list[Any]) -> None:
        failure = MineError("the source failed")
        before = self.items[:count]
        undisturbed = await collected(self.apply(producer(before, Log())))
        got: list[Any] = []
        caught: Exception | None = None
        try:
            async with self.apply(producer(before, Log(), failure)) as channel:
                async for item in channel:
                    got.append(item)
        except Exception as error:
            caught = error
        if caught is None:
            if not self.same(got, whole):
                raise LawBroken(
                    "failures come plain",
                    f"the source failed after {shown(list(before))}, and the stream ended as if it"
                    f" were whole, with {shown(got)}",
                )
            return
        check_plain(caught, failure, "the source's failure")
        # An operator that passes items on has to give all; another may still hold some of its own.
        due = undisturbed if self.passes_on else undisturbed[: len(got)]
        if (self.passes_on or self.meaning is list) and not self.same(got, due):
            raise LawBroken(
                "failures come plain",
                f"the source gave {shown(list(before))} and failed; before the failure came"
                f" {shown(got)} instead of {shown(undisturbed)}",
            )

    async def check_leaving(self) -> None:
        log = Log()
        async with (
            no_task_left("structured", "left early,"),
            self.opened(log) as channel,
        ):
            await channel.receive()
        if not log.closed:
            raise LawBroken("structured", "the block was left early, and the source is still open")

    async def check_own_exception(self) -> None:
        mine = MineError("raised in the body")
        log = Log()
        caught = await self._failing_body(log, mine)
        if caught is None:
            raise LawBroken("failures come plain", "the body's own exception was swallowed")
        check_plain(caught, mine, "the body's own exception")
        if not log.closed:
            raise LawBroken("structured", "the body failed, and the source is still open")

    async def _failing_body(self, log: Log, mine: Exception) -> Exception | None:
        async def body(channel: trio.abc.ReceiveChannel[Any]) -> None:
            await channel.receive()
            raise mine

        try:
            async with self.opened(log) as channel:
                await body(channel)
        except Exception as error:
            return error
        return None

    async def check_bounded(self) -> None:
        log = Log()
        many = (list(self.items) * (_MANY // max(1, len(self.items)) + 1))[:_MANY]
        async with self.apply(producer(many, log)) as channel:
            await channel.receive()
            for _ in range(_MANY):
                await wait_all_tasks_blocked()
                await trio.sleep(1)
                if log.given >= _MANY:
                    raise LawBroken(
                        "bounded",
                        f"its reader took one item and rested, and it read all {_MANY} items of its"
                        " source: pass bounded=False if that is meant",
                    )


async def _receive(channel: trio.abc.ReceiveChannel[Any], steps: int, got: list[Any]) -> None:
    """Receive once, cancelled after so many *steps*, and put the item into *got*."""
    scope = trio.CancelScope()
    caught: list[Exception] = []
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_cancel_after, steps, scope)
        try:
            with scope:
                got.append(await channel.receive())
        except Exception as error:
            caught.append(error)
        nursery.cancel_scope.cancel()
    for failure in caught:
        raise failure


async def _cancel_after(steps: int, scope: trio.CancelScope) -> None:
    for _ in range(steps):
        await trio.lowlevel.checkpoint()
    scope.cancel()
