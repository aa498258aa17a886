"""Newline-delimited JSON: one document a line, LF or CR LF, blank lines skipped.

Only LF ends a line (a CR before it is white space to JSON); U+2028 and U+0085 are text.
"""

from __future__ import annotations

import json
from typing import Any

from .._errors import LimitExceeded, LocalProtocolError
from ._json import loads
from ._sse import MAX_EVENT_BYTES


class NDJSONDecoder:
    """Bytes in, decoded JSON values out.  *max_event_bytes* bounds one line."""

    def __init__(self, *, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self._lines = LineDecoder(max_event_bytes=max_event_bytes)

    def feed(self, data: bytes) -> list[Any]:
        """The values that *data* completes.

        :raises DecodeError: a line is no JSON.
        :raises LimitExceeded: a line is longer than *max_event_bytes*, or nested too deep.
        :raises LocalProtocolError: after `flush`.
        """
        return [loads(line) for line in self._lines.feed(data)]

    def flush(self) -> list[Any]:
        """The value of a last line that no line end follows."""
        return [loads(line) for line in self._lines.flush()]


class LineDecoder:
    """Bytes in, the text of whole lines out; blank lines are skipped."""

    def __init__(self, *, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self._max = max_event_bytes
        self._fragments: list[bytes] = []
        self._held = 0
        self._flushed = False

    def feed(self, data: bytes) -> list[str]:
        """The lines that *data* completes."""
        if self._flushed:
            raise LocalProtocolError("fed after flush: make a new decoder for each stream")
        *lines, tail = data.split(b"\n")
        if lines:
            self._fragments.append(lines[0])
            lines[0] = b"".join(self._fragments)
            self._fragments.clear()
            self._held = 0
        if tail:
            self._fragments.append(tail)
            self._held += len(tail)
        if self._held > self._max or any(len(line) > self._max for line in lines):
            raise LimitExceeded(
                f"a line is longer than max_event_bytes={self._max}",
                limit="max_event_bytes",
                value=self._max,
            )
        return _texts(lines)

    def flush(self) -> list[str]:
        """A last line that no line end follows."""
        self._flushed = True
        rest = b"".join(self._fragments)
        self._fragments.clear()
        return _texts([rest])


def _texts(lines: list[bytes]) -> list[str]:
    # A BOM is no JSON white space, and can stand only before the first line.
    texts = [line.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace") for line in lines]
    return [text for text in texts if not text.isspace() and text]


def encode_value(value: Any) -> bytes:
    """*value* as one line of NDJSON."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return f"{text}\n".encode("utf-8", "replace")
