"""``remote``: a source that runs in another process, read here.

Strategy.  The channel asks its worker for a batch, and for the next one when that has come: so at most two
batches are on their way or ready, and a worker whose reader stops is not asked any more.  A question that nobody waits
for any more, since its reader was cancelled, stays; its answer is the next one's.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

import trio

from .._channels._channel import Channel
from .._channels._nursery import LateFailures
from .._channels._source import Source
from .._checks import check_positive
from .._chunks import Chunk, TextChunk
from .._errors import ConfigurationError, LionprideError, WorkerError
from .._observer import Observer, listeners_of
from .._response import ResponseBuilder
from . import _bridge
from ._bridge import Handle, wait_for
from ._news import Home
from ._sending import Batch, check_arguments, check_function, unpack
from ._trace import current_trace
from ._worker import Job

T = TypeVar("T")

LEAVE_SECONDS: Final = 0.5
"""Seconds that a worker has for its clean-up, before its process is ended."""


def remote(
    make_source: Callable[..., Source[T] | AsyncIterator[T]],
    *args: Any,
    num_cpus: float = 1,
    observers: Iterable[Observer] = (),
) -> Source[T]:
    """A source that runs on a worker of Ray: ``make_source(*args)`` makes it there, in a run of trio of its own.

    *make_source* returns a source or is an async generator function.  It is found by its module and name, and it
    and *args* are what pickle can send: models, clients and sessions are made in it.  *num_cpus* is what Ray
    reserves for the worker; opening waits until a machine has that.  Each opening is a process of its own.

    Items come in batches of up to 64, or what there is 20 ms after the first.  At most two batches are ahead of the
    reader; one that stops stops the source.  Leaving the block stops the worker's work within a second: it has half of
    one for its clean-up, then its process is ended.  A failure arrives after the items before it, with its class and its
    ``partial``.  What the worker logs is logged here; *observers*, and those of the operation around, are told of
    its calls.

    Without ``ray.init(…)`` before, the first opening starts a Ray on this machine, or joins the cluster of
    ``RAY_ADDRESS``.  Opens no nursery.

    :raises ConfigurationError: something cannot be sent, or Ray is not installed; here, before anything runs.
    """
    check_function("remote()", make_source)
    check_arguments("remote()", args)
    check_cpus(num_cpus)
    listeners = listeners_of(observers)
    _bridge.check_installed()
    name = getattr(make_source, "__name__", "source")
    return Source(
        lambda: _open_channel(make_source, args, num_cpus, lambda: Home(listeners)),
        name=f"remote {name}",
    )


def check_cpus(num_cpus: object) -> float:
    """*num_cpus*, if Ray can reserve that."""
    if num_cpus == 0 and not isinstance(num_cpus, bool):
        return 0
    return check_positive("num_cpus", num_cpus, "processors, or 0 to reserve none")


@asynccontextmanager
async def _open_channel(
    make: Callable[..., Any], args: Sequence[Any], num_cpus: float, home: Callable[[], Home]
) -> AsyncGenerator[RemoteChannel]:
    async with open_worker(make, args, num_cpus, home()) as channel:
        yield channel


@asynccontextmanager
async def open_worker(
    make: Callable[..., Any],
    args: Sequence[Any],
    num_cpus: float,
    home: Home,
    *,
    is_fed: bool = False,
) -> AsyncGenerator[RemoteChannel]:
    """A channel of the items of a worker of its own, which is ended with the block."""
    job = Job(make, tuple(args), home.wanted, current_trace(), is_fed)
    with LateFailures() as late:
        worker = await _bridge.open_worker(num_cpus)
        started = False
        try:
            await call(worker, "start", _written(job))
            started = True
            yield RemoteChannel(worker, home)
        finally:
            if started:
                await _leave(worker, home, late)
            worker.kill()


def _written(job: Job) -> bytes:
    try:
        return _bridge.by_value(job)
    except Exception as error:
        raise ConfigurationError(
            f"{job.make_source!r:.200} cannot be sent to a worker ({error}).  A function of the program's main"
            " module is sent with the globals that it uses: make models and clients in the function itself"
        ) from error


async def call(worker: Handle, method: str, *args: Any) -> Any:
    """Call a method of *worker* and wait for its answer.

    :raises WorkerLost: the worker died.
    """
    try:
        return await wait_for(worker.submit(method, *args))
    except Exception as error:
        raise worker.failure(error) from error


async def _leave(worker: Handle, home: Home, late: LateFailures) -> None:
    """Let the worker clean up, and hear what it has to tell."""
    with trio.CancelScope(shield=True), trio.move_on_after(LEAVE_SECONDS):
        try:
            batch: Batch = unpack(await call(worker, "leave"))
        except LionprideError:
            return  # it is dead, which the reader was told of, if it was still reading
        home.tell(batch.news)
        if batch.failure is not None:
            late.add(batch.failure)


class RemoteChannel(Channel[Any]):
    """The items of a source that runs on a worker."""

    def __init__(self, worker: Handle, home: Home) -> None:
        super().__init__()
        self.worker = worker
        self._home = home
        self._answer: Future[Any] | None = None
        self._so_far: ResponseBuilder | None = None

    async def _fetch(self) -> list[Any]:
        if self._answer is None:
            self._ask()
        assert self._answer is not None
        try:
            data = await wait_for(self._answer)
            batch: Batch = unpack(data)
        except Exception as error:
            self._fail(self._described(error))
            return []
        self._answer = None
        self._home.tell(batch.news)
        self._add_up(batch.items)
        if not batch.ended:
            self._ask()
        elif batch.failure is None:
            self._finish()
        else:
            self._fail(batch.failure)
        return batch.items

    def _ask(self) -> None:
        self._answer = self.worker.submit("take")

    def _described(self, error: Exception) -> Exception:
        failure = self.worker.failure(error)
        if failure is error:
            failure = WorkerError(f"what came from the worker cannot be read: {error!r}")
        failure.__cause__ = error
        return failure

    def _add_up(self, items: Sequence[Any]) -> None:
        """Keep the sum of what is said: a failure has it as ``partial``."""
        chunks = [
            item if isinstance(item, Chunk) else TextChunk(item)
            for item in items
            if isinstance(item, Chunk | str)
        ]
        if chunks:
            self._so_far = self._so_far or ResponseBuilder()
            self._so_far.extend(chunks)

    def _fail(self, error: Exception) -> None:
        if isinstance(error, LionprideError) and error.partial is None and self._so_far:
            error.partial = self._so_far.response()
        self._finish(error)

    def _noun(self) -> str:
        return "remote source"
