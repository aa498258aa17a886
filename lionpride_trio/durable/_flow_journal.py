"""The journal of one run of a flow: what of it counts, and what is written down.

What is taken.  A result counts where its operation is the same (its facts), and where all that it waits for or
reads is taken too: what was made of something else is made again.  For a flow in a flow the same holds, operation by
operation.  Turns are committed in the order in which they were written down, which is that of their branch.

What is written.  A result stands in the journal before anybody gets it (``Runner._perform``); so whatever the
journal has was made of results that it has.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from .._errors import LionprideError
from ..flow import Graph, Operation, Results
from ..flow._facts import Facts, changed_fact, facts_of, keys_of
from ..flow._journaling import Home, KnownItem, ResumableWork
from ..flow._ledger import Ledger
from ._answers import Answers
from ._journal_lines import JournalLines, make_line, read_done
from ._journal_writer import JournalWriter
from ._records import write_error
from ._values import write_value

_INSTEAD: Final = "let the operation give"

_logger: Final = logging.getLogger("lionpride_trio")


class FlowJournal:
    """A `RunJournal` in a store."""

    def __init__(
        self, id: str, lines: JournalLines, writer: JournalWriter, answers: Answers
    ) -> None:
        self._id = id
        self._lines = lines
        self._writer = writer
        self._answers = answers
        self._keys: dict[str, str] = {}  # by id
        self._facts: dict[str, Facts] = {}  # by id
        self._enters: dict[tuple[str, int], int] = {}
        self._again: set[Operation] = set()
        self._stale_answers: list[str] = []

    async def begin(self, graph: Graph, ledger: Ledger) -> None:
        """Take what there is of *graph*, and write down that it runs."""
        keys = keys_of(graph)
        await self._forget_dropped_answers(graph)
        self._writer.write_nowait(make_line("open", "flow", operations=_outline(graph, keys)))
        self._enter(graph, keys, ledger)
        stale, self._stale_answers = self._stale_answers, []
        if stale:
            # First that they do not count, and then their place is made free: killed between, the next run
            # does the rest.
            ids = [known for name in stale if (known := await self._answers.id_of(name))]
            await self._writer.write(make_line("again", [], answers=ids))
            for name in stale:
                await self._answers.forget(name)

    async def _forget_dropped_answers(self, graph: Graph) -> None:
        if not self._lines.dropped_answers:
            return
        for operation in graph.walk():
            name = operation.waits_for
            if name and await self._answers.id_of(name) in self._lines.dropped_answers:
                await self._answers.forget(name)

    def enter(self, graph: Graph, ledger: Ledger, outer: Operation, attempt: int) -> None:
        """See `RunJournal`."""
        place = (outer.id, attempt)
        self._enters[place] = number = self._enters.get(place, 0) + 1
        keys = keys_of(graph, f"{self._keys[outer.id]}/{number}/")
        outline = _outline(graph, keys)
        self._writer.write_nowait(make_line("enter", self._keys[outer.id], operations=outline))
        self._enter(graph, keys, ledger)

    def _enter(self, graph: Graph, keys: Mapping[Operation, str], ledger: Ledger) -> None:
        self._keys.update({operation.id: key for operation, key in keys.items()})
        taken: dict[str, tuple[Operation, Any]] = {}
        dropped: list[str] = []
        self._take(graph, keys, ledger, taken, dropped, stale=False)
        if dropped:
            below = tuple(f"{key}/" for key in dropped)
            known = [*self._lines.done, *self._lines.items]
            dropped += [key for key in known if key.startswith(below)]
            self._writer.write_nowait(make_line("again", dropped, answers=[]))
            self._lines.add([make_line("again", dropped, answers=[])])
        self._commit(taken)

    def _take(
        self,
        graph: Graph,
        keys: Mapping[Operation, str],
        ledger: Ledger,
        taken: dict[str, tuple[Operation, Any]],
        dropped: list[str],
        *,
        stale: bool,
    ) -> None:
        """Enter into *ledger* what counts; *stale* where something that *graph* is made of has changed."""
        for operation in graph.order:
            key = keys[operation]
            facts = self._facts[operation.id] = facts_of(operation, keys)
            why = self._why_again(operation, key, facts, stale=stale)
            line: Mapping[str, Any] | None = None
            if operation.inner is not None:
                made_of_stale = why is not None
                self._take(operation.inner, keys, ledger, taken, dropped, stale=made_of_stale)
                if why is None and any(one in self._again for one in operation.inner.operations):
                    why = "an operation in it is run again"
            is_known = key in self._lines.done or key in self._lines.items
            if why is None and key in self._lines.done:
                line, why = self._read(operation, key, ledger)
            if why is not None:
                self._again.add(operation)
                if operation.waits_for is not None:
                    self._stale_answers.append(operation.waits_for)
                if is_known:
                    ledger.progress[operation.id].again = True
                    dropped.append(key)
                    _logger.warning("journal %r: operation %r is run again: %s", self._id, key, why)
            elif line is not None:
                taken[key] = (operation, line.get("kept"))
                chunks = self._chunks_of(key) if "chunks" in line else None
                ledger.take(operation, line["result"], chunks)

    def _why_again(
        self, operation: Operation, key: str, facts: Facts, *, stale: bool
    ) -> str | None:
        needed = [*operation.after, *filter(None, [operation.producer])]
        if stale or any(one in self._again for one in needed):
            return "something that it is made of is run again"
        before = self._lines.facts.get(key)
        changed = None if before is None else changed_fact(before, facts)
        if changed is None:
            return None
        return f"its {changed} {'have' if changed.endswith('s') else 'has'} changed"

    def _read(
        self, operation: Operation, key: str, ledger: Ledger
    ) -> tuple[Mapping[str, Any] | None, str | None]:
        """The line of a result, or why it cannot be read."""
        work: Any = operation.work
        try:
            line = dict(read_done(self._lines.done[key]))
            if operation.inner is not None:
                inner = operation.inner.operations
                if not all(one.id in ledger.values for one in inner):
                    return None, "it has operations that have not run"
                line["result"] = Results({one.id: ledger.values[one.id] for one in inner})
            elif isinstance(work, ResumableWork):
                line["result"] = work.restore(line["result"])
        except LionprideError as error:
            return None, f"its result cannot be read: {error}"
        return line, None

    def _chunks_of(self, key: str) -> Callable[[], Iterable[Any]]:
        text = self._lines.done[key]
        return lambda: read_done(text)["chunks"]

    def _commit(self, taken: Mapping[str, tuple[Operation, Any]]) -> None:
        """Commit the turns of what is taken, and those of the flows that taken operations had inside."""
        for key, text in self._lines.done.items():
            operation, kept = taken.get(key, (None, None))
            above = key
            while operation is None and "/" in above:
                above = above.rpartition("/")[0]
                operation, kept = taken.get(above, (None, None))
                if operation is not None:
                    kept = None if operation.inner is not None else read_done(text).get("kept")
            home = None if operation is None else operation.home
            if kept is not None and isinstance(home, Home):
                home.commit_kept(kept)

    def began(self, operation: Operation) -> None:
        """See `RunJournal`."""
        self._writer.write_nowait(make_line("began", self._keys[operation.id]))

    async def done(
        self, operation: Operation, result: Any, kept: Any, chunks: list[Any] | None
    ) -> None:
        """See `RunJournal`."""
        more: dict[str, Any] = {"facts": self._facts[operation.id]}
        what = f"the result of operation {operation.name!r}"
        # The results of a flow in the flow stand under their own keys.
        more["result"] = (
            None if operation.inner is not None else write_value(result, what, _INSTEAD)
        )
        if kept is not None:
            more["kept"] = kept
        if chunks is not None:
            what = f"a chunk of operation {operation.name!r}"
            more["chunks"] = write_value(chunks, what, _INSTEAD)
        await self._writer.write(make_line("done", self._keys[operation.id], **more))

    def failed(self, operation: Operation, error: Exception) -> None:
        """See `RunJournal`."""
        key = self._keys[operation.id]
        self._writer.write_nowait(make_line("failed", key, error=write_error(error)))

    def known_item(self, operation: Operation, number: int, asked: str) -> KnownItem | None:
        """See `RunJournal`."""
        text = self._lines.items.get(self._keys[operation.id], {}).get(number)
        if text is None:
            return None
        line = read_done(text)
        return KnownItem(line["result"], line["kept"]) if line["asked"] == asked else None

    async def item_done(
        self, operation: Operation, number: int, asked: str, result: Any, kept: Any
    ) -> None:
        """See `RunJournal`."""
        key = self._keys[operation.id]
        facts = self._facts[operation.id]
        await self._writer.write(
            make_line(
                "item", key, number=number, asked=asked, facts=facts, result=result, kept=kept
            )
        )

    async def answer(self, name: str) -> Any:
        """See `RunJournal`."""
        return await self._answers.wait(name)


def _outline(graph: Graph, keys: Mapping[Operation, str]) -> Sequence[Mapping[str, Any]]:
    """The operations as whoever looks at the journal sees them."""
    outlines: list[Mapping[str, Any]] = []
    for operation in graph.walk():
        needed = [*operation.after, *filter(None, [operation.producer])]
        outline: dict[str, Any] = {"key": keys[operation], "name": operation.name}
        if needed:
            outline["needs"] = [keys[one] for one in needed]
        if operation.waits_for is not None:
            outline["waits_for"] = operation.waits_for
        outlines.append(outline)
    return outlines
