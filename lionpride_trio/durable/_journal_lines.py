"""The lines of a journal: what each says, and what all of them add up to.

A journal is a durable stream of lines, each a mapping whose first key says what it is:

====================  =======================================================================
``{"open": kind}``    a process has begun to write: a flow, with its ``operations``, or a batch
``{"enter": key}``    an operation has begun a flow of its own, with these ``operations``
``{"again": keys}``   what there is under these keys does not count any more, nor do the ``answers``
``{"began": key}``    an operation runs
``{"item": key}``     one item of an operation is done: its ``number``, what was ``asked``, its ``result``
``{"done": key}``     an operation, or an item of a batch, is done: its ``facts`` and its ``result``
``{"failed": key}``   it has failed
====================  =======================================================================

Each has its time, ``at``.  A later line of a key overrules an earlier one.  Results stay the texts that they are
until somebody wants them.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias

import attrs

from .._errors import DecodeError
from .._json_form import read_line, write_line
from .._safe_text import shorten
from ..flow._facts import Facts
from ._values import from_data

Kind: TypeAlias = Literal["flow", "batch"]


def make_line(what: str, value: Any, **more: Any) -> str:
    """A line that says *what*, now."""
    return write_line({what: value, "at": time.time(), **more}, "a line")


def read_done(text: str) -> Mapping[str, Any]:
    """The line of a result, with the objects that it had.

    :raises DecodeError: they cannot be made any more.
    """
    try:
        line: Any = read_line(text)
    except (ValueError, RecursionError) as error:
        raise DecodeError(f"a line of a journal cannot be read: {error}") from error
    return {key: from_data(value) for key, value in line.items()}


@attrs.define
class Standing:
    """How one operation stands, by the lines so far."""

    began: float | None = None
    ended: float | None = None
    error: str | None = None


@attrs.define
class JournalLines:
    """What the lines of a journal add up to."""

    kind: Kind | None = None
    total: int | None = None
    """The number of items of a batch, where it is known."""
    operations: dict[str, Mapping[str, Any]] = attrs.Factory(dict[str, Mapping[str, Any]])
    """By key, in the order of the flow."""
    done: dict[str, str] = attrs.Factory(dict[str, str])
    """The line of each result by key, in the order in which they were written."""
    facts: dict[str, Facts] = attrs.Factory(dict[str, Facts])
    items: dict[str, dict[int, str]] = attrs.Factory(dict[str, dict[int, str]])
    """The lines of single items, by key and number."""
    dropped_answers: set[str] = attrs.Factory(set[str])
    standings: dict[str, Standing] = attrs.Factory(dict[str, Standing])

    def add(self, texts: Iterable[str]) -> None:
        """Read *texts* too.

        :raises DecodeError: one of them is no line of a journal.
        """
        for text in texts:
            try:
                line: Any = json.loads(text)
                what = next(iter(line))
                getattr(self, f"_read_{what}")(line, text)
            except (ValueError, TypeError, KeyError, AttributeError, StopIteration) as error:
                shown = shorten(text, 200)
                raise DecodeError(f"{shown!r} is no line of a journal", line=shown) from error

    def _read_open(self, line: Any, _: str) -> None:
        self.kind = line["open"]
        self.total = line.get("total")
        self.operations = {}
        self.standings = {key: one for key, one in self.standings.items() if key in self.done}
        self._list_operations(line)

    def _read_enter(self, line: Any, _: str) -> None:
        self._list_operations(line)

    def _list_operations(self, line: Any) -> None:
        for operation in line.get("operations", ()):
            self.operations[operation["key"]] = operation

    def _read_again(self, line: Any, _: str) -> None:
        for key in line["again"]:
            for told in (self.done, self.facts, self.items, self.standings):
                told.pop(key, None)
        self.dropped_answers.update(line["answers"])

    def _read_began(self, line: Any, _: str) -> None:
        self.standings[line["began"]] = Standing(began=line["at"])

    def _read_item(self, line: Any, text: str) -> None:
        key = line["item"]
        self.facts[key] = line["facts"]
        self.items.setdefault(key, {})[line["number"]] = text

    def _read_done(self, line: Any, text: str) -> None:
        key = line["done"]
        self.facts[key] = line["facts"]
        self.items.pop(key, None)  # the result has them all
        self.done.pop(key, None)
        self.done[key] = text
        standing = self.standings.setdefault(key, Standing())
        standing.ended, standing.error = line["at"], None

    def _read_failed(self, line: Any, _: str) -> None:
        standing = self.standings.setdefault(line["failed"], Standing())
        standing.ended, standing.error = line["at"], line["error"]
