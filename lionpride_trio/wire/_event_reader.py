"""Server-sent events, after the HTML standard (section 9.2.6, "Interpreting an event stream").

Strategy: bytes are cut into lines first and decoded afterwards, event by event.  CR, LF and CR LF
are single bytes in UTF-8, so no character can be cut by it; U+2028 and U+0085 are text like any
other.  A line that has not ended is kept as a list of fragments and joined once, so that work is
linear in the input however it is cut.

Its events are plain tuples with the data as bytes, for JSON is read from bytes: nothing is
decoded, and no object made, that a parser does not need.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from .._errors import LimitExceeded, LocalProtocolError

MAX_EVENT_BYTES: Final = 16 * 1024 * 1024
"""Bytes of one event that a decoder holds at most, unless it is told otherwise."""
BOM: Final = b"\xef\xbb\xbf"
_UNNAMED: Final = "message"
_CR: Final = 13
_LF: Final = 10

RawEvent: TypeAlias = tuple[str, bytes, str, int | None]
"""Event name, data, last event id, and reconnection time."""


class EventReader:
    """Bytes in, raw events out: what `SSEDecoder` is made of, and documented there."""

    def __init__(
        self,
        *,
        max_event_bytes: int = MAX_EVENT_BYTES,
        on_comment: Callable[[str], object] | None = None,
        on_ignored: Callable[[str], object] | None = None,
    ) -> None:
        self._max = max_event_bytes
        self._on_comment = on_comment
        self._on_ignored = on_ignored
        self._fragments: list[bytes] = []  # of the line that has not ended
        self._fragments_held = 0
        self._held = 0  # bytes of the event that has not ended
        self._start: bytes | None = b""  # what may be the beginning of a byte order mark
        self._after_cr = False
        self._flushed = False
        self._name = _UNNAMED
        self._name_line = b"event:"  # the last line that named an event, and the name it gave:
        self._last_name = _UNNAMED  # most events are named like the one before
        self._data: list[bytes] = []
        self._id = ""
        self.retry: int | None = None

    def read(self, data: bytes, events: list[RawEvent]) -> None:
        """Add the events that *data* completes to *events*.

        :raises LimitExceeded: an event is longer than *max_event_bytes*; those before it were added.
        :raises LocalProtocolError: after `flush`.
        """
        if self._flushed:
            raise LocalProtocolError("fed after flush: make a new SSEDecoder for each stream")
        if self._start is not None:
            data = self._skip_bom(data)
        if self._after_cr and data:
            self._after_cr = False
            if data[0] == _LF:
                data = data[1:]
        if not data:
            return
        lines = data.splitlines()
        last = data[-1]
        if last == _CR:
            self._after_cr = True
        tail = None if last in {_LF, _CR} else lines.pop()
        if lines and self._fragments:
            self._fragments.append(lines[0])
            lines[0] = b"".join(self._fragments)
            self._fragments.clear()
            self._held -= self._fragments_held  # the line is counted whole, if it counts
            self._fragments_held = 0
        self._read_lines(lines, events)
        if tail is not None:
            self._hold(tail)
            self._fragments_held += len(tail)
            self._fragments.append(tail)

    def _read_lines(self, lines: list[bytes], events: list[RawEvent]) -> None:
        pieces = self._data
        for line in lines:
            if line.startswith(b"data: "):
                self._held += len(line)
                if self._held > self._max:
                    self._refuse()
                pieces.append(line[6:])
            elif line == self._name_line:
                self._hold(line)
                self._name = self._last_name
            elif line:
                self._field(line)
            else:  # a blank line ends the event
                if pieces:
                    data = pieces[0] if len(pieces) == 1 else b"\n".join(pieces)
                    events.append((self._name, data, self._id, self.retry))
                    pieces.clear()
                self._name = _UNNAMED
                self._held = 0

    def flush(self) -> None:
        """The end of the stream.  An event that its blank line has not ended is not dispatched."""
        self._flushed = True

    @property
    def unfinished(self) -> RawEvent | None:
        """The event that the stream ended in, if any: the standard discards it.

        A caller may look at it to learn whether the last event was whole but for its line ends.
        """
        rest = EventReader(max_event_bytes=self._max + 4)
        rest._start = None
        rest._name, rest._data = self._name, list(self._data)
        rest._id, rest.retry = self._id, self.retry
        events: list[RawEvent] = []
        rest.read(b"".join(self._fragments) + b"\n\n", events)
        return events[0] if events else None

    @property
    def remainder(self) -> str:
        """The line that the stream ended in."""
        return b"".join(self._fragments).decode("utf-8", "replace")

    def _skip_bom(self, data: bytes) -> bytes:
        assert self._start is not None
        data = self._start + data
        if len(data) < len(BOM) and BOM.startswith(data):
            self._start = data
            return b""
        self._start = None
        return data.removeprefix(BOM)

    def _hold(self, line: bytes) -> None:
        self._held += len(line)
        if self._held > self._max:
            self._refuse()

    def _refuse(self) -> None:
        raise LimitExceeded(
            f"an event is longer than max_event_bytes={self._max}",
            limit="max_event_bytes",
            value=self._max,
        )

    def _field(self, line: bytes) -> None:
        """A line that is neither blank nor begins with ``data:`` and a space."""
        if self._held + len(line) > self._max:
            self._refuse()  # whatever it is: one that came in pieces would have been refused when it was held
        name, _, rest = line.partition(b":")
        value = rest.removeprefix(b" ")
        match name:
            case b"event":
                self._hold(line)
                self._name = value.decode("utf-8", "replace") or _UNNAMED
                self._name_line, self._last_name = line, self._name
            case b"data":
                self._hold(line)
                self._data.append(value)
            case b"id":
                if b"\x00" not in value:
                    self._id = value.decode("utf-8", "replace")
            case b"retry":
                # Digits beyond any sensible wait would only be an attack on int().
                if value.isdigit() and len(value) <= 18:
                    self.retry = int(value)
            case b"" if line.startswith(b":"):
                if self._on_comment is not None:
                    self._on_comment(value.decode("utf-8", "replace"))
            case _:
                if self._on_ignored is not None:
                    self._on_ignored(line.decode("utf-8", "replace"))
