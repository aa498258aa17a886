"""What of a journal counts for a graph: one decision for each operation.

A result counts where its operation is the same (its facts), and where all that it waits for or reads is taken
too: what was made of something else is made again.  "Taken" is more than "not changed":

- A reader may be done before the operation whose stream it reads: it left early, or it caught that operation's
  failure.  Then that operation runs again, and its new stream is not what the reader has read.
- An operation that is done may have to run again for a new reader of its stream, since nobody kept its chunks.
  Then what was made of its old result is made again with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .._errors import LionprideError
from ..flow import Graph, Operation, Results
from ..flow._facts import Facts, changed_fact, facts_of
from ..flow._journaling import ResumableWork
from ._journal_lines import JournalLines, read_done

_MADE_ANEW: Final = "something that it is made of is run again"
_READ_ANEW: Final = "its chunks are wanted, and nobody has kept them"


class Taking:
    """The decisions for the operations of a graph, and of those in it."""

    def __init__(self, lines: JournalLines, keys: Mapping[Operation, str]) -> None:
        self.facts: dict[Operation, Facts] = {}
        self.taken: dict[Operation, Mapping[str, Any]] = {}
        """The line of each result that counts; that of a flow inside has the results of its operations."""
        self.again: dict[Operation, str] = {}
        """Why an operation is run again."""
        self._lines = lines
        self._keys = keys
        self._read_lines: dict[str, Mapping[str, Any]] = {}

    def decide(self, graph: Graph, *, stale: bool = False) -> None:
        """Decide for all of *graph*; *stale* where something that it is made of has changed."""
        read_anew: set[Operation] = set()
        while True:
            for operation in graph.order:
                self._decide_one(operation, stale=stale, read_anew=operation in read_anew)
            taken = [operation for operation in graph.operations if operation in self.taken]
            results = {operation.id: None for operation in taken}
            kept = {operation.id for operation in taken if "chunks" in self.taken[operation]}
            more = graph.pending(results, kept).intersection(taken)
            if not more:
                return
            read_anew |= more

    def _decide_one(self, operation: Operation, *, stale: bool, read_anew: bool) -> None:
        key = self._keys[operation]
        why = self._why_again(operation, key, stale=stale)
        if why is None and read_anew:
            why = _READ_ANEW
        line: Mapping[str, Any] | None = None
        if operation.inner is not None:
            self.decide(operation.inner, stale=why is not None)
            if why is None and any(one in self.again for one in operation.inner.operations):
                why = "an operation in it is run again"
        if why is None and key in self._lines.done:
            if all(one in self.taken for one in _needed_by(operation)):
                line, why = self._read(operation, key)
            else:
                why = _MADE_ANEW
        self.again.pop(operation, None)
        self.taken.pop(operation, None)
        if why is not None:
            self.again[operation] = why
        elif line is not None:
            self.taken[operation] = line

    def _why_again(self, operation: Operation, key: str, *, stale: bool) -> str | None:
        if operation not in self.facts:
            self.facts[operation] = facts_of(operation, self._keys)
        if stale or any(one in self.again for one in _needed_by(operation)):
            return _MADE_ANEW
        before = self._lines.facts.get(key)
        changed = None if before is None else changed_fact(before, self.facts[operation])
        if changed is None:
            return None
        return f"its {changed} {'have' if changed.endswith('s') else 'has'} changed"

    def _read(self, operation: Operation, key: str) -> tuple[Mapping[str, Any] | None, str | None]:
        """The line of a result, or why it cannot be read."""
        inner = operation.inner
        if inner is not None and not all(one in self.taken for one in inner.operations):
            return None, "it has operations that have not run"
        try:
            line = self._read_lines.get(key) or self._read_lines.setdefault(
                key, _read_line(operation, self._lines.done[key])
            )
        except LionprideError as error:
            return None, f"its result cannot be read: {error}"
        if inner is None:
            return line, None
        results = Results({one.id: self.taken[one]["result"] for one in inner.operations})
        return {**line, "result": results}, None


def _needed_by(operation: Operation) -> list[Operation]:
    return [*operation.after, *filter(None, [operation.producer])]


def _read_line(operation: Operation, text: str) -> Mapping[str, Any]:
    line = read_done(text)
    work: Any = operation.work
    if operation.inner is None and isinstance(work, ResumableWork):
        return {**line, "result": work.restore(line["result"])}
    return line
