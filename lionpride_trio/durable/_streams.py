"""`Streams`: durable streams started, followed, stopped and looked after."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Final, get_args

import trio

from .._channels._source import Source
from .._checks import DAY, check_seconds, check_word, show
from .._errors import ConfigurationError, NotFound
from .._observer import Listeners
from ..flow._journaling import check_answer_name
from ._after import After, HasHeaders
from ._answers import name_of_answer, send_answer
from ._follow import FollowSource, find
from ._journal import Journal, id_of_journal, name_of_journal
from ._journal_status import JournalStatus
from ._journal_taking import IfRunning
from ._journal_writer import Holders, Place
from ._run import Run, Writing
from ._status import StreamStatus
from ._store import Bell, Record, State, Store
from ._values import write_value

MAX_ID: Final = 500
"""Longest id, in characters."""
LEAST_WAIT: Final = 0.05
"""Pause before a stream whose lease has run out is looked at again, in seconds."""
MAX_SPAN: Final = 100 * 366 * DAY
"""Longest lease, and longest time that a stream is kept: any store can add so much to its clock."""


def check_keep_for(value: object) -> float:
    """*value* as the seconds that a stream is kept.

    :raises ConfigurationError: it is none.
    """
    return check_span("keep_for", value, "; without it streams are kept until they are deleted")


def check_span(name: str, value: object, instead: str = "") -> float:
    """*value* as a number of seconds that a store can add to its clock.

    :raises ConfigurationError: it is none.
    """
    seconds = check_seconds(name, value)
    if seconds > MAX_SPAN:
        raise ConfigurationError(
            f"{name} must be at most {MAX_SPAN} seconds, which are a hundred years, not {show(seconds)}"
            f"{instead}"
        )
    return seconds


class Streams:
    """Durable streams of one store.  `open_streams` makes one.

    An *id* is any text of up to 500 characters.
    """

    def __init__(
        self,
        store: Store,
        nursery: trio.Nursery,
        writing: Writing,
        keep_for: float | None,
        observers: Listeners = (),
    ) -> None:
        self._store = store
        self._nursery = nursery
        self._writing = writing
        self._keep_for = keep_for
        self._observers = observers
        self._own_writers: set[str] = set()
        self._holders = Holders()
        self._closed = False

    async def start(self, id: str, source: Source[Any], *, keep_for: float | None = None) -> bool:
        """Run *source* in the background and write down what comes of it, as the stream *id*.

        Returns at once.  False where there is a stream of this id already, running or ended, here
        or in another process: *source* is not opened then, and `follow` joins what is there.  To
        run it anew, `delete` it first.  An error of *source* is raised where it is followed.

        Items are chunks, `str`, or plain data of numbers, text, lists and mappings with objects of
        this library in it; something else fails the run with a `TypeError`.
        """
        self._check_open()
        name = _check_id(id)
        if not isinstance(source, Source):
            raise ConfigurationError(
                f"start() takes a source, such as model.stream(…), not {source!r:.100}"
            )
        keep = self._keep_for if keep_for is None else check_keep_for(keep_for)
        await trio.lowlevel.checkpoint_if_cancelled()
        writer = uuid.uuid4().hex
        with trio.CancelScope(shield=True):  # a stream that is claimed has to be run
            if not await self._store.claim(name, writer, self._writing.lease, keep):
                return False
        run = Run(self._store, name, writer, source, self._writing, self._observers)
        self._own_writers.add(writer)
        self._nursery.start_soon(self._carry_out, run, writer, name=f"durable stream {name}")
        return True

    async def _carry_out(self, run: Run, writer: str) -> None:
        try:
            await run.carry_out()
        finally:
            self._own_writers.discard(writer)

    def follow(
        self, id: str, *, after: int | str | HasHeaders | None = None, wait: float = 0.0
    ) -> FollowSource:
        """A source of the stream's items behind the one of the number *after*, then of its end.

        *after* is a channel's `last_id`, or a page's request, which names it in the header
        ``Last-Event-ID`` where it comes back; by default the stream is read from its beginning.  Items that are there
        come at once, others as they are written.  A run that failed raises its error, a run whose
        writer died `WriterLost`; both have ``partial``.  Leaving the block stops nothing.

        :raises NotFound: when it is opened: there is no such stream, nor was for *wait* seconds.
        """
        if wait != 0:
            check_seconds("wait", wait)
        return FollowSource(self._store, _check_id(id), After.of(after), wait, self._news)

    async def stop(self, id: str) -> StreamStatus:
        """Stop the run, in whatever process it is, and wait until its end is written.

        All items so far are kept; readers get them, and a normal end.  A stream that has ended stays as it is.

        :raises NotFound: there is no such stream.
        """
        name = _check_id(id)
        async with self._store.listen(("news", name)) as bell:
            record = (await find(self._store, name, bell, 0)).record
            writer = record.writer
            if record.state is State.RUNNING:
                await self._store.ask_to_stop(name)
            while record.state is State.RUNNING:
                await self._news(bell, record)
                record = (await find(self._store, name, bell, 0)).record
                if record.writer != writer:
                    raise NotFound(f"the durable stream {name!r} was deleted")
        return StreamStatus.of(record)

    async def status(self, id: str) -> StreamStatus:
        """The state of the stream.

        :raises NotFound: there is no such stream.
        """
        name = _check_id(id)
        record = (await find(self._store, name, Bell(), 0)).record
        if self._is_lost(record):
            await self._store.expire(name)
            record = (await find(self._store, name, Bell(), 0)).record
        return StreamStatus.of(record)

    async def delete(self, id: str) -> None:
        """Forget the stream.  A run is cancelled, and what it would write is refused.

        :raises NotFound: there is no such stream.
        """
        if not await self._store.delete(_check_id(id)):
            raise NotFound(f"there is no durable stream {id!r}")

    async def list(self) -> tuple[StreamStatus, ...]:
        """The states of all streams, the oldest first."""
        records = await self._stream_records()
        lost = [record.name for record in records if self._is_lost(record)]
        if lost:
            for name in lost:
                await self._store.expire(name)
            records = await self._stream_records()
        return tuple(map(StreamStatus.of, records))

    async def _stream_records(self) -> Sequence[Record]:
        """The records of streams, and of nothing else."""
        return [record for record in await self._store.records() if "\0" not in record.name]

    def journal(self, id: str, *, if_running: IfRunning = "follow") -> Journal:
        """The journal *id* of a flow or a batch: ``flow(builder, journal=streams.journal("run-7"))``.

        Does no I/O.  A journal has one writer.  While another process has it, a second one follows: it waits, ends
        or fails as the first does, and goes on where the first has died.  With ``if_running="refuse"`` it raises
        `trio.BusyResourceError` instead.  Journals are kept until they are deleted, and have ids of their own beside
        those of streams.
        """
        name = _check_id(id)
        check_word("if_running", if_running, get_args(IfRunning))
        lease = self._writing.lease
        place = Place(
            self._store,
            name_of_journal(name),
            name,
            lease,
            self._own_writers,
            self._holders,
            self._news,
        )
        return Journal(place, if_running)

    async def journals(self) -> tuple[JournalStatus, ...]:
        """The states of all runs with a journal, the oldest first."""
        found = [id_of_journal(record.name) for record in await self._store.records()]
        return tuple([await self.journal(run).status() for run in found if run is not None])

    async def send(self, journal: str | Journal, name: str, value: Any) -> bool:
        """Send *value* to the operation of the flow with that *journal* that waits for the answer *name*.

        ``builder.wait_for(name)`` is such an operation.  It may wait in another process, later, or not at all: the
        answer is kept.  The first one counts; False where there is one already.

        :raises ConfigurationError: *name* is none, or *value* cannot be written.
        """
        run = journal.id if isinstance(journal, Journal) else _check_id(journal)
        check_answer_name(name)
        data = write_value(value, f"the answer {name!r}", "send")
        return await send_answer(self._store, name_of_answer(run, name), data)

    def close_nowait(self) -> None:
        """Refuse to start anything more; cancel the flows and batches that are written here."""
        self._closed = True
        self._holders.close_nowait()

    async def wait_left(self) -> None:
        """Wait until the flows and batches that were cancelled have written their ends."""
        await self._holders.wait_left()

    def _check_open(self) -> None:
        if self._closed:
            raise trio.ClosedResourceError("the block of these streams was left")

    def _is_lost(self, record: Record) -> bool:
        """Whether a running stream's lease has run out.

        Not where the run is this process's own: its guard has been as late as this look at it.
        """
        own = record.writer in self._own_writers
        return record.state is State.RUNNING and record.lease_left <= 0 and not own

    async def _news(self, bell: Bell, record: Record) -> None:
        """Wait for news of a running stream, or until its lease has run out, which is news then."""
        with trio.move_on_after(max(record.lease_left, LEAST_WAIT)):
            await bell.wait()
            return
        if record.writer not in self._own_writers:
            await self._store.expire(record.name)


def _check_id(id: str) -> str:
    try:
        if not isinstance(id, str) or not 0 < len(id) <= MAX_ID or "\0" in id:
            raise ValueError
        id.encode()
    except ValueError:
        raise ConfigurationError(
            f"the id of a durable stream is a text of 1 to {MAX_ID} characters, not {id!r:.100}"
        ) from None
    return id
