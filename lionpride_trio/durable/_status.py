"""The status of a durable stream, as users see it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Self

import attrs

from .._chunks import Verdict
from ._records import read_error
from ._store import Record, State


@attrs.frozen(kw_only=True)
class StreamStatus:
    """The state of a durable stream, at one moment."""

    id: str
    state: State
    items: int
    """The number of items that were written."""
    started: datetime
    changed: datetime
    """When something was written last."""
    ended: datetime | None
    verdict: Verdict | None
    """The verdict on the reply, where the items are the chunks of one; STOPPED for each that was stopped."""
    error: Exception | None
    """The failure of a failed stream."""

    @classmethod
    def of(cls, record: Record) -> Self:
        """The status that a store's *record* tells."""
        return cls(
            id=record.name,
            state=record.state,
            items=record.items,
            started=datetime.fromtimestamp(record.started, UTC),
            changed=datetime.fromtimestamp(record.changed, UTC),
            ended=None if record.ended is None else datetime.fromtimestamp(record.ended, UTC),
            verdict=None if record.verdict is None else Verdict(record.verdict),
            error=None if record.error is None else read_error(record.error),
        )
