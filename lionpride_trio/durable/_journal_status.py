"""How a run with a journal stands, as users see it."""

from __future__ import annotations

import enum
from datetime import UTC, datetime

import attrs

from ._journal_lines import JournalLines, Kind, Standing
from ._records import read_error
from ._store import Record, State


class OperationState(enum.StrEnum):
    """The state of an operation, as its journal has it."""

    WAITING = "waiting"
    """It has not begun, or its process died before it was done."""
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@attrs.frozen(kw_only=True)
class JournalOperation:
    """One operation in a journal."""

    key: str
    """The name that the journal has for it: its id if one was given, or its name, with a number where there are several."""
    name: str
    state: OperationState
    began: datetime | None
    ended: datetime | None
    items: int
    """The items that are done, of an operation that works on each item of a stream and is not done itself."""
    waits_for: str | None
    """The name of the answer that it waits for."""
    error: Exception | None

    @property
    def seconds(self) -> float | None:
        """The time from its start to its end; None while there is no end, or where it was not seen to begin."""
        if self.began is None or self.ended is None:
            return None
        return (self.ended - self.began).total_seconds()


@attrs.frozen(kw_only=True)
class JournalStatus:
    """The state of a run with a journal, at one moment."""

    id: str
    kind: Kind | None
    """``"flow"`` or ``"batch"``; None before the first line."""
    state: State
    started: datetime
    """When its first process began."""
    changed: datetime
    ended: datetime | None
    done: int
    """The operations, or the items of a batch, that are done."""
    total: int | None
    """All of them; None where that is not known."""
    operations: tuple[JournalOperation, ...]
    """Those of a flow, in its order; none of a batch."""
    error: Exception | None

    @property
    def waits_for(self) -> tuple[str, ...]:
        """The names of the answers that the run waits for now."""
        waiting = [one.waits_for for one in self.operations if one.state is OperationState.RUNNING]
        return tuple(name for name in waiting if name is not None)


def journal_status(id: str, record: Record, lines: JournalLines) -> JournalStatus:
    """The status that a store's *record* and its *lines* tell."""
    is_flow = lines.kind == "flow"
    operations = tuple(_operation(key, record, lines) for key in lines.operations)
    return JournalStatus(
        id=id,
        kind=lines.kind,
        state=record.state,
        started=_time(record.started),
        changed=_time(record.changed),
        ended=None if record.ended is None else _time(record.ended),
        done=sum(key in lines.done for key in lines.operations) if is_flow else len(lines.done),
        total=len(operations) if is_flow else lines.total,
        operations=operations,
        error=None if record.error is None else read_error(record.error),
    )


def _operation(key: str, record: Record, lines: JournalLines) -> JournalOperation:
    outline, standing = lines.operations[key], lines.standings.get(key, Standing())
    if key in lines.done:
        state = OperationState.DONE
    elif standing.error is not None:
        state = OperationState.FAILED
    elif standing.began is not None and record.state is State.RUNNING:
        state = OperationState.RUNNING
    else:
        state = OperationState.WAITING
    return JournalOperation(
        key=key,
        name=outline["name"],
        state=state,
        began=None if standing.began is None else _time(standing.began),
        ended=None if standing.ended is None else _time(standing.ended),
        items=len(lines.items.get(key, ())),
        waits_for=outline.get("waits_for"),
        error=None if standing.error is None else read_error(standing.error),
    )


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
