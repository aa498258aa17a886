"""The journal of one run of a flow: what of it counts, and what is written down.

What is taken is decided in `_what_counts`; for a flow in a flow the same holds, operation by operation.  Turns are
committed in the order in which they were written down, which is that of their branch.  An answer to something that is
made again does not count, and is forgotten before anybody could take it.

What is written.  A result stands in the journal before anybody gets it (``Runner._perform``); so whatever the
journal has was made of results that it has.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from ..flow import Graph, Operation
from ..flow._facts import Facts, keys_of
from ..flow._journaling import Home, KnownItem
from ..flow._ledger import Ledger
from ._answers import Answers
from ._journal_lines import JournalLines, make_line, read_done
from ._journal_writer import JournalWriter
from ._records import write_error
from ._values import write_value
from ._what_counts import Taking

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

    async def begin(self, graph: Graph, ledger: Ledger) -> None:
        """Take what there is of *graph*, and write down that it runs."""
        await self._enter(graph, keys_of(graph), ledger, "open", "flow")

    async def enter(self, graph: Graph, ledger: Ledger, outer: Operation, attempt: int) -> None:
        """See `RunJournal`."""
        place = (outer.id, attempt)
        self._enters[place] = number = self._enters.get(place, 0) + 1
        above = self._keys[outer.id]
        await self._enter(graph, keys_of(graph, f"{above}/{number}/"), ledger, "enter", above)

    async def _enter(
        self, graph: Graph, keys: Mapping[Operation, str], ledger: Ledger, what: str, value: str
    ) -> None:
        await self._forget_dropped_answers(graph)
        self._writer.write_nowait(make_line(what, value, operations=_outline(graph, keys)))
        stale_answers = self._take(graph, keys, ledger)
        if stale_answers:
            # First that they do not count, and then their place is made free: killed between, the next run
            # does the rest.
            known = [await self._answers.id_of(name) for name in stale_answers]
            answers = [answer for answer in known if answer]
            await self._writer.write(make_line("again", [], answers=answers))
            for name in stale_answers:
                await self._answers.forget(name)

    async def _forget_dropped_answers(self, graph: Graph) -> None:
        if not self._lines.dropped_answers:
            return
        for operation in graph.walk():
            name = operation.waits_for
            if name and await self._answers.id_of(name) in self._lines.dropped_answers:
                await self._answers.forget(name)

    def _take(self, graph: Graph, keys: Mapping[Operation, str], ledger: Ledger) -> Sequence[str]:
        """Enter into *ledger* what counts; return the names of the answers that do not count any more."""
        taking = Taking(self._lines, keys)
        taking.decide(graph)
        self._keys.update({operation.id: key for operation, key in keys.items()})
        self._facts.update({operation.id: facts for operation, facts in taking.facts.items()})
        for operation, line in taking.taken.items():
            chunks = self._chunks_of(keys[operation]) if "chunks" in line else None
            ledger.take(operation, line["result"], chunks)
        for operation, why in taking.again.items():
            key = keys[operation]
            if key in self._lines.done or key in self._lines.items:
                ledger.progress[operation.id].again = True
                _logger.warning("journal %r: operation %r is run again: %s", self._id, key, why)
        again = frozenset(keys[operation] for operation in taking.again)
        stale = [operation.waits_for for operation in taking.again if operation.waits_for]
        stale += self._drop(again, frozenset(keys.values()))
        self._commit({keys[one]: (one, line.get("kept")) for one, line in taking.taken.items()})
        return list(dict.fromkeys(stale))

    def _drop(self, again: frozenset[str], keys: frozenset[str]) -> Sequence[str]:
        """Write down that what stands under *again*, of *keys*, does not count, nor what those had inside.

        Returns the answers that somebody inside has waited for.
        """
        if not again:
            return []

        def is_dropped(key: str) -> bool:
            # The nearest operation that was decided on: one that counts, in a flow that is run again for another
            # one, keeps what it had inside.
            while key and key not in keys:
                key = key.rpartition("/")[0]
            return key in again

        dropped = [key for key in [*self._lines.done, *self._lines.items] if is_dropped(key)]
        if dropped:
            line = make_line("again", dropped, answers=[])
            self._writer.write_nowait(line)
            self._lines.add([line])
        inside = [told for key, told in self._lines.operations.items() if is_dropped(key)]
        return [told["waits_for"] for told in inside if "waits_for" in told]

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
