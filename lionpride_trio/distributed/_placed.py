"""``remote_options``: where an operation of a flow runs.

Strategy.  At home the operation is a function as any other, which opens a worker, sends it the items of
``stream_from`` and hands its chunks on; so clocks, retries and journals need no word about workers.  On the worker the
operation's own function runs with a context that stands for the one at home.  What it returns comes as the last item.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import attrs
import trio

from .._channels._channel import Channel
from .._channels._mailbox import Mailbox
from .._channels._nursery import failure_in, open_pump_nursery
from .._channels._source import Source
from .._errors import ConfigurationError, LocalProtocolError, WorkerLost
from ..flow import Context, Operation, Results
from ..flow._attempt import run_once
from ..flow._facts import bound_arguments
from . import _bridge
from ._news import Home
from ._remote import RemoteChannel, call, check_cpus, open_worker
from ._sending import Batch, check_arguments, check_function, pack_batch
from ._worker import BATCH


@attrs.frozen
class RemoteOptions:
    """Where an operation runs: ``builder.add(function, on=remote_options(num_cpus=1))``."""

    num_cpus: float = 1
    """The processors that Ray reserves for it."""

    def place(self, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """*function* as one that runs on a worker.

        :raises ConfigurationError: it cannot be sent, or Ray is not installed.
        """
        check_function("on=remote_options()", function)
        _bridge.check_installed()
        return _PlacedWork(function, self.num_cpus)


def remote_options(*, num_cpus: float = 1) -> RemoteOptions:
    """The place of an operation that runs on a worker of Ray, a process of its own.

    Its function is found by its module and name.  It gets a context with ``results``, ``channel``, ``attempt``,
    ``send``, ``send_all`` and ``operation`` (its name, id and parameters); `Context.run` is for operations here.  The
    results that it waits for and its own are what pickle can send.  Timeouts and retries are those of the flow; a
    worker that dies is `WorkerLost`.
    """
    return RemoteOptions(check_cpus(num_cpus))


@attrs.frozen
class _PlacedWork:
    """The work of an operation that runs on a worker.  Where it runs does not decide about its result."""

    function: Callable[[Any], Any]
    num_cpus: float

    def __call__(self, context: Context) -> Awaitable[Any]:
        return _run_on_worker(self.function, self.num_cpus, context)

    def facts(self) -> Any:
        """The facts of the function, as at home."""
        return bound_arguments(self.function)

    def restore(self, result: Any) -> Any:
        """*result*: it was home already."""
        return result


@attrs.frozen
class _Facts:
    """What of a context is sent."""

    name: str
    id: str
    parameters: Mapping[str, Any]
    results: Mapping[str, Any]
    attempt: int
    streams: bool
    """It reads a stream."""


@attrs.frozen
class _Returned:
    """The last item: what the function has returned."""

    value: Any
    is_of_chunks: bool = False
    """It returned nothing: the result is made of its chunks, at home."""


_OF_CHUNKS: Final = _Returned(None, is_of_chunks=True)


# At home.


async def _run_on_worker(function: Callable[[Any], Any], num_cpus: float, context: Context) -> Any:
    operation = context.operation
    facts = _Facts(
        operation.name,
        operation.id,
        operation.parameters,
        dict(context.results),
        context.attempt,
        operation.stream_from is not None,
    )
    _check_facts(facts)
    async with (
        open_worker(_operate, (function, facts), num_cpus, Home(), is_fed=True) as channel,
        open_pump_nursery() as nursery,
    ):
        if facts.streams:
            nursery.start_soon(_feed, context.channel, channel, name="feed a worker")
        return await _hand_on(channel, context)


def _check_facts(facts: _Facts) -> None:
    user = f"operation {facts.name!r}, which runs on a worker,"
    check_arguments(user, [dict(facts.parameters)])
    check_arguments(user, list(facts.results.values()))


async def _hand_on(channel: RemoteChannel, context: Context) -> Any:
    chunks: list[Any] = []
    async for batch in channel.batches():
        last = batch.pop() if isinstance(batch[-1], _Returned) else None
        chunks += batch
        await context.send_all(batch)
        if last is not None:
            return context.operation.reduce(chunks) if last.is_of_chunks else last.value
    raise LocalProtocolError(
        "a worker has ended without a result"
    )  # pragma: no cover - it always sends one


async def _feed(items: Channel[Any], worker: RemoteChannel) -> None:
    """Send the worker the items that its operation reads, as it makes room, then their end."""
    while True:
        try:
            batch = Batch(await items.receive_batch(BATCH))
        except trio.EndOfChannel:
            batch = Batch(ended=True)
        except Exception as error:
            batch = Batch(ended=True, failure=error)
        # What cannot be sent ends the stream on the worker, which says so and wants no more.  Any other
        # failure but the worker's own end is raised: the operation there would wait for items for ever.
        data = pack_batch(batch, _bridge.by_value, is_noted=False)
        try:
            wanted = await call(worker.worker, "put", data)
        except WorkerLost:
            return  # its channel tells
        if batch.ended:
            return
        if not wanted:
            items.close_nowait()
            return


# On the worker.


class _RemoteContext:
    """Stands for the context at home."""

    def __init__(
        self, operation: Operation, facts: _Facts, inlet: Channel[Any] | None, out: Mailbox
    ) -> None:
        self.operation = operation
        self.results = Results(facts.results)
        self.attempt = facts.attempt
        self._inlet = inlet
        self._out = out

    @property
    def channel(self) -> Channel[Any]:
        if self._inlet is None:
            raise LocalProtocolError(f"operation {self.operation.name!r} has no stream_from")
        return self._inlet

    async def send(self, chunk: Any) -> None:
        await self.send_all([chunk])

    async def send_all(self, chunks: Sequence[Any]) -> None:
        await trio.lowlevel.checkpoint()
        await self._out.send(list(chunks))

    async def run(self, *_: Any, **__: Any) -> Any:
        raise ConfigurationError(
            f"operation {self.operation.name!r} runs on a worker, where context.run() is not: write"
            " 'await flow(operations)' there, or leave out on="
        )


def _operate(function: Callable[[Any], Any], facts: _Facts, inlet: Channel[Any]) -> Source[Any]:
    """A source of the chunks of the operation, and what it returned."""
    operation = Operation(
        work=function,
        name=facts.name,
        id=facts.id,
        parameters=facts.parameters,
        reduce=lambda _: _OF_CHUNKS,
    )

    @asynccontextmanager
    async def open_channel() -> AsyncGenerator[Channel[Any]]:
        out = Mailbox(BATCH)
        context = _RemoteContext(operation, facts, inlet if facts.streams else None, out)
        async with open_pump_nursery() as nursery:
            nursery.start_soon(_work, operation, context, out, name=facts.name)
            yield out

    return Source(open_channel, name=facts.name)


async def _work(operation: Operation, context: Any, out: Mailbox) -> None:
    try:
        result = await run_once(operation, context)
        await out.send([result if result is _OF_CHUNKS else _Returned(result)])
    except BaseException as error:
        failure = failure_in(error)
        if failure is None:
            raise
        out.finish(failure)
    else:
        out.finish()
