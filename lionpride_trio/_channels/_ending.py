"""How a channel comes to its end: by itself, by a failure, or because somebody closed it.

A stream can be over in five ways, one word each: *ended* (the provider's end mark was seen), *finished*
(`_finish`: nothing more will be delivered), *closed* (`close_nowait`: nothing more is wanted), *done* (a
stage wants no more input), *flushed* (a stage has given what it held back).  Of these a channel knows two,
finished and closed.

What must hold:

1. ``_end`` is set once the channel is finished or closed, and is raised when nothing is ready any more, each
   time.  A reader that asks again after the end would else wait for ever.
2. The first failure stays.  A later one, of a stage that is flushed, becomes a note on it: it may well be
   a consequence of the first.
3. A failure that says "end" (`StopIteration`, `trio.EndOfChannel`) is wrapped.  Raised as it is, it would
   be taken for a normal end, and a cut stream for a whole one.
"""

from __future__ import annotations

import trio

from ._ready import ReadyItems


class EndingItems(ReadyItems):
    """Items that come to an end, and what is raised then."""

    _closer = ""
    """Words for the error of a closed channel: who closed it, and what to write.  Empty for the reader."""

    def __init__(self) -> None:
        super().__init__()
        self._end: Exception | None = None
        self._closed = False

    def _finish(self, error: Exception | None = None) -> None:
        """Deliver nothing more: after the ready items comes *error*, or a normal end."""
        if isinstance(error, StopIteration | StopAsyncIteration | trio.EndOfChannel):
            name = type(error).__name__
            failure = RuntimeError(
                f"{name} was raised by what makes the items of this {self._noun()}"
            )
            failure.__cause__ = error
            error = failure
        self._end = trio.EndOfChannel() if error is None else error

    def _add_failure(self, error: Exception) -> None:
        """Finish with *error*, unless there is a failure already."""
        if self._end is None or isinstance(self._end, trio.EndOfChannel):
            self._finish(error)
        else:
            self._end.add_note(f"What was held back then could not be given out: {error!r}")

    def close_nowait(self) -> None:
        """Close as `aclose` does, without the checkpoint."""
        self._closed = True
        self._end = self._closed_error()
        self._drop_ready()

    def _close_for(self, closer: str) -> None:
        """Close for another than the reader; the reader's error has the words *closer*."""
        if not self._closed:
            self._closer = closer
        self.close_nowait()

    def _closed_error(self) -> trio.ClosedResourceError:
        return trio.ClosedResourceError(f"this {self._noun()} was closed{self._closer}")

    def _noun(self) -> str:
        return "channel"

    def _state(self) -> str:
        """The state in a few words, for a repr."""
        if self._closed:
            return f"closed{self._closer.partition(':')[0]}"
        if self._end is None:
            return "open"
        if isinstance(self._end, trio.EndOfChannel):
            return "finished"
        return f"failed with {type(self._end).__name__}"
