"""`Journal`: the results of a run, written down so that the same run can go on from there."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from .._errors import NotFound
from ..flow import Graph
from ..flow._journaling import RunJournal
from ..flow._ledger import Ledger
from ._answers import Answers, name_of_answer
from ._flow_journal import FlowJournal
from ._follow import PAGE
from ._journal_lines import JournalLines, Kind
from ._journal_status import JournalStatus, journal_status
from ._journal_taking import IfRunning, hold_journal
from ._journal_writer import JournalWriter, Place
from ._store import State

_PREFIX = "journal\0"


def name_of_journal(id: str) -> str:
    """The name in the store.  No id of a stream has a NUL, so no stream has this name."""
    return f"{_PREFIX}{id}"


def id_of_journal(name: str) -> str | None:
    """The id of the journal that has this name in the store; None for what is none."""
    return name.removeprefix(_PREFIX) if name.startswith(_PREFIX) else None


class Journal:
    """The journal of one run: of a flow, or of a batch.  ``streams.journal("run-7")`` gives it.

    It does nothing by itself, and may be there or not.  `flow`, `flow_stream` and `map_durable` take it.
    """

    def __init__(self, place: Place, if_running: IfRunning) -> None:
        self._place = place
        self._if_running: IfRunning = if_running

    @property
    def id(self) -> str:
        """The id of the run."""
        return self._place.id

    async def status(self) -> JournalStatus:
        """How the run stands, and each of its operations.

        :raises NotFound: there is no such journal.
        """
        place, lines, position, started = self._place, JournalLines(), 0, None
        while page := await place.store.read(place.name, position, PAGE):
            record = page.record
            if record.started != started:
                lines, started = JournalLines(), record.started
                if position:
                    position = 0  # it was deleted and made anew: read it from there
                    continue
            is_own = record.writer in place.own_writers
            if record.state is State.RUNNING and record.lease_left <= 0 and not is_own:
                await place.store.expire(place.name)
                continue
            if not page.items:
                return journal_status(place.id, record, lines)
            lines.add(page.items)
            position += len(page.items)
        raise self._not_found()

    async def stop(self) -> JournalStatus:
        """Stop the run, in whatever process it is, and wait until its end is written.

        Its `flow` raises `RunStopped` there.  The journal keeps what was done, and the run may go on later.  One that
        has ended stays as it is.

        :raises NotFound: there is no such journal.
        """
        place = self._place
        async with place.store.listen(("news", place.name)) as bell:
            started: float | None = None
            while page := await place.store.read(place.name, 0, 0):
                if page.record.state is not State.RUNNING:
                    return await self.status()
                if started is None:
                    await place.store.ask_to_stop(place.name)
                    started = page.record.started
                if page.record.started != started:
                    break  # what was to stop was deleted
                await place.news(bell, page.record)
        raise self._not_found()

    async def delete(self) -> None:
        """Forget the run, and what was sent to it.  One that runs is cancelled.

        :raises NotFound: there is no such journal.
        """
        place = self._place
        answers = name_of_answer(place.id, "")
        for record in await place.store.records():
            if record.name.startswith(answers):
                await place.store.delete(record.name)
        if not await place.store.delete(place.name):
            raise self._not_found()

    def _not_found(self) -> NotFound:
        return NotFound(f"there is no journal {self.id!r}")

    @asynccontextmanager
    async def open(self, graph: Graph, ledger: Ledger) -> AsyncGenerator[RunJournal]:
        """A block in which a flow is written down; for `flow`."""
        async with self.hold("flow") as (lines, writer):
            answers = Answers(self._place.store, self.id)
            flow_journal = FlowJournal(self.id, lines, writer, answers)
            await flow_journal.begin(graph, ledger)
            yield flow_journal

    def hold(self, kind: Kind) -> AbstractAsyncContextManager[tuple[JournalLines, JournalWriter]]:
        """A block in which the journal is written here; what it has so far."""
        return hold_journal(self._place, self._if_running, kind)

    def __repr__(self) -> str:
        return f"<Journal {self.id!r}>"
