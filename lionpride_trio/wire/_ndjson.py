"""Newline-delimited JSON: one document a line, LF or CR LF, blank lines skipped.

Only LF ends a line (a CR before it is white space to JSON); U+2028 and U+0085 are text.
"""

from __future__ import annotations

import json
from typing import Any

from .._errors import LimitExceeded, LocalProtocolError, StreamError
from ._event_reader import BOM, MAX_EVENT_BYTES, RawEvent
from ._json import loads


class NDJSONDecoder:
    """Bytes in, decoded JSON values out.  *max_event_bytes* bounds one line.

    A failure is for good.  It comes after the values before it: where those came in the same bytes, the next
    `feed` or `flush` raises it.
    """

    def __init__(self, *, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self._reader = LineReader(max_event_bytes=max_event_bytes)
        self._failure: StreamError | None = None

    def feed(self, data: bytes) -> list[Any]:
        """The values that *data* completes.

        :raises DecodeError: a line is no JSON.
        :raises LimitExceeded: a line is longer than *max_event_bytes*, or nested too deep.
        :raises LocalProtocolError: after `flush`.
        """
        if self._failure is not None:
            raise self._failure
        lines: list[RawEvent] = []
        values: list[Any] = []
        try:
            self._reader.read(data, lines)
        except LimitExceeded as failure:
            self._failure = failure
        try:
            for _, line, _, _ in lines:
                values.append(loads(line.decode("utf-8", "replace")))
        except StreamError as failure:
            self._failure = failure  # which came before the other
        if self._failure is not None and not values:
            raise self._failure
        return values

    def flush(self) -> list[Any]:
        """The value of a last line that no line end follows.

        :raises DecodeError: it is no JSON; or as `feed`.
        """
        failure, self._failure = self._failure, None
        last = self._reader.unfinished
        self._reader.flush()
        if failure is not None:
            raise failure
        return [] if last is None else [loads(last[1].decode("utf-8", "replace"))]


class LineReader:
    """Bytes in, whole lines out, as raw events without a name; blank lines are skipped."""

    def __init__(self, *, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self._max = max_event_bytes
        self._fragments: list[bytes] = []
        self._held = 0
        self._flushed = False

    def read(self, data: bytes, events: list[RawEvent]) -> None:
        """Add the lines that *data* completes to *events*.

        :raises LimitExceeded: a line is longer than *max_event_bytes*; those before it were added.
        :raises LocalProtocolError: after `flush`.
        """
        if self._flushed:
            raise LocalProtocolError("fed after flush: make a new decoder for each stream")
        *lines, tail = data.split(b"\n")
        if lines and self._fragments:
            self._fragments.append(lines[0])
            lines[0] = b"".join(self._fragments)
            self._fragments.clear()
            self._held = 0
        for line in lines:
            if len(line) > self._max:
                self._refuse()
            event = _event(line)
            if event is not None:
                events.append(event)
        if tail:
            self._fragments.append(tail)
            self._held += len(tail)
            if self._held > self._max:
                self._refuse()

    def flush(self) -> None:
        """The end of the stream.  What no line end has ended was `unfinished` until now."""
        self._flushed = True
        self._fragments.clear()

    @property
    def unfinished(self) -> RawEvent | None:
        """The line that the stream ended in, if any."""
        return _event(b"".join(self._fragments))

    def _refuse(self) -> None:
        raise LimitExceeded(
            f"a line is longer than max_event_bytes={self._max}",
            limit="max_event_bytes",
            value=self._max,
        )


def _event(line: bytes) -> RawEvent | None:
    # A BOM is no JSON white space, and can stand only before the first line.
    line = line.removeprefix(BOM)
    return ("", line, "", None) if line and not line.isspace() else None


def encode_value(value: Any) -> bytes:
    """*value* as one line of NDJSON."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return f"{text}\n".encode("utf-8", "replace")
