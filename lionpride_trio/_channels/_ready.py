"""Items that are ready to be handed out.

The next ones stand in a row, in reverse order, so that each is taken by ``list.pop()``: taking one from
the front of a list moves all the others.  What does not fit into the row waits behind it, in lists.  No
list there is longer than a row, so that taking a part of a list costs no more than a row.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Final

from ._statistics import characters

READY_ITEMS: Final = 64
"""Items handed out of the ready list before other tasks get a turn."""


class ReadyItems:
    """Items that were delivered and not handed out yet, and counts of them."""

    def __init__(self) -> None:
        self._next_reversed: list[Any] = []  # the next items, the first of them last
        self._backlog: deque[list[Any]] | None = None  # the lists behind the row
        self._backlog_size = 0  # how many items they have
        self._items = 0
        self._characters = 0
        self._peak = 0

    def _deliver(self, items: list[Any], *, behind: bool = False) -> None:
        """Make *items*, at least one, ready to be handed out; the list is now the channel's.

        Pass ``behind=True`` when called from the reader's own task: the items then stand behind the row, so
        that the reader's loop still reaches a checkpoint at the end of the row.
        """
        count = len(items)
        self._items += count
        self._characters += characters(items)
        row = self._next_reversed
        buffered = count + len(row)
        if behind or self._backlog_size or buffered > READY_ITEMS:
            buffered = self._queue(items)
        else:
            items.reverse()
            self._next_reversed = items + row if row else items
        if buffered > self._peak:  # ruff: ignore[if-stmt-min-max] - at each read of the network
            self._peak = buffered

    def _queue(self, items: list[Any]) -> int:
        """Put *items* behind the row; return how many are ready then."""
        if self._backlog is None:
            self._backlog = deque()
        count = len(items)
        if count <= READY_ITEMS:
            self._backlog.append(items)
        else:
            self._backlog.extend(
                items[at : at + READY_ITEMS] for at in range(0, count, READY_ITEMS)
            )
        self._backlog_size += count
        return self._buffered()

    def _fill_row(self) -> None:
        """Make the next lists the row."""
        assert self._backlog is not None, "something is behind the row"
        row = self._backlog.popleft()
        while self._backlog and len(row) + len(self._backlog[0]) <= READY_ITEMS:
            row += self._backlog.popleft()
        self._backlog_size -= len(row)
        row.reverse()
        self._next_reversed = row

    def _pop_batch(self, limit: int | None) -> list[Any]:
        """Take the ready items, at most *limit* of them."""
        row = self._next_reversed
        if limit is not None and limit < len(row):
            rest = len(row) - limit
            batch = row[rest:]
            del row[rest:]
            batch.reverse()
            return batch
        row.reverse()
        self._next_reversed = []
        while self._backlog and (limit is None or len(row) < limit):
            following = self._backlog.popleft()
            self._backlog_size -= len(following)
            row += following
        if limit is not None and len(row) > limit:
            self._next_reversed = row[limit:]
            self._next_reversed.reverse()
            del row[limit:]
        return row

    def _drop_ready(self) -> None:
        """Drop the ready items."""
        self._next_reversed = []
        self._backlog = None
        self._backlog_size = 0

    def _buffered(self) -> int:
        return len(self._next_reversed) + self._backlog_size
