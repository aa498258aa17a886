"""What a flow asks of a journal, and of those who know what its results mean.

A flow knows nothing of stores and sessions.  A journal is whatever does what `Journal` says; the operations
that leave traces outside the flow, such as turns in a conversation, say by `ResumableWork` and `Home` how these come
back where a result is taken from a journal.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Any, Final, Protocol, runtime_checkable

import attrs

from .._errors import ConfigurationError
from ._graph import Graph
from ._ledger import Ledger
from ._operation import Operation
from ._waits import WaitNames


@attrs.frozen
class KnownItem:
    """One item of an operation that works on many, as a journal has it."""

    result: Any
    kept: Any


class RunJournal(Protocol):
    """The journal of one run, which is its only writer."""

    async def enter(self, graph: Graph, ledger: Ledger, outer: Operation, attempt: int) -> None:
        """Take what is known of *graph*, a flow that an *attempt* of the operation *outer* runs."""
        ...

    def began(self, operation: Operation) -> None:
        """Note that *operation* has begun."""
        ...

    async def done(
        self, operation: Operation, result: Any, kept: Any, chunks: list[Any] | None
    ) -> None:
        """Write the result down, with what the operation *kept* beside it, and its stream.

        Returns when it is written, which a cancellation does not prevent: what was paid for is not lost.
        """
        ...

    def failed(self, operation: Operation, error: Exception) -> None:
        """Note that *operation* has failed."""
        ...

    def known_item(self, operation: Operation, number: int, asked: str) -> KnownItem | None:
        """The item of that *number*, if it was done before and *asked* the same."""
        ...

    async def item_done(
        self, operation: Operation, number: int, asked: str, result: Any, kept: Any
    ) -> None:
        """Write one item down, as `done` does the whole."""
        ...

    async def answer(self, name: str) -> Any:
        """The value that somebody sends to *name*, now or long ago."""
        ...


class Journal(Protocol):
    """Where the results of a flow are written down, and taken from."""

    def open(self, graph: Graph, ledger: Ledger) -> AbstractAsyncContextManager[RunJournal]:
        """A block in which the run is written down.

        What the journal has of *graph* is entered into *ledger* first.  The block is cancelled when the
        journal is asked to stop, or is another's, and then raises why.
        """
        ...


@runtime_checkable
class ResumableWork(Protocol):
    """The work of an operation whose result may need something that no journal keeps."""

    def facts(self) -> Any:
        """What decides about the result and is no parameter of the operation."""
        ...

    def restore(self, result: Any) -> Any:
        """The result as the operation gave it, of what was read from the journal.

        :raises LionprideError: it cannot be any more; the operation is to be run again.
        """
        ...


@runtime_checkable
class Home(Protocol):
    """The builder of operations, which knows where their traces belong."""

    def commit_kept(self, kept: Any) -> None:
        """Do again what an operation did beside its result, unless it has been done here."""
        ...


MAX_ANSWER_NAME: Final = 200
"""Longest name of an answer, in characters."""


def check_answer_name(name: object) -> None:
    """Refuse what is no name of an answer.

    :raises ConfigurationError: says what one is.
    """
    try:
        if not isinstance(name, str) or not 0 < len(name) <= MAX_ANSWER_NAME or "\0" in name:
            raise ValueError
        name.encode()
    except ValueError:
        raise ConfigurationError(
            f"the name of an answer is a text of 1 to {MAX_ANSWER_NAME} characters, not {name!r:.100}"
        ) from None


def check_journal(graph: Graph, journal: object, results: object) -> None:
    """Refuse a flow that cannot be run with, or without, *journal*.

    :raises ConfigurationError: says what to write instead.
    """
    if journal is not None and not callable(getattr(journal, "open", None)):
        raise ConfigurationError(
            f"journal= takes what streams.journal('run-7') gives, not {journal!r:.100}"
        )
    if journal is not None and results is not None:
        raise ConfigurationError(
            "results= and journal= are two ways to go on: give one of them, and the journal where there is one"
        )
    WaitNames().add(graph.walk(), has_journal=journal is not None)
