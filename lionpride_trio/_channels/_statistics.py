"""Counts of the items of a channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from .._chunks import Chunk


@attrs.frozen
class ChannelStatistics:
    """Counts of the items that went through a channel so far."""

    items: int
    """Items handed out."""
    characters: int
    """Characters of text that reached the channel, in strings and in the ``data`` of chunks."""
    buffered: int
    """Items that are ready and not handed out yet."""
    peak: int
    """The most items that were ready at one time."""
    waiting: bool
    """A task is waiting in the channel."""


def characters(items: Sequence[Any]) -> int:
    """The number of characters of text in *items*."""
    first = items[0]
    try:
        if isinstance(first, Chunk):
            return len(first.data) if len(items) == 1 else len("".join([c.data for c in items]))
        if isinstance(first, str):
            return len("".join(items))
    except (TypeError, AttributeError):  # a mixture
        return sum(
            len(item) if isinstance(item, str) else len(item.data)
            for item in items
            if isinstance(item, str | Chunk)
        )
    return 0
