"""Server-sent events, after the HTML standard (section 9.2.6, "Interpreting an event stream").

Strategy: bytes are cut into lines first and decoded afterwards, line by line.  CR, LF and CR LF are
single bytes in UTF-8, so no character can be cut by it; U+2028 and U+0085 are text like any other.
A line that has not ended is kept as a list of fragments and joined once, so that work is linear in
the input however it is cut.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import attrs

from .._errors import LimitExceeded, LocalProtocolError

MAX_EVENT_BYTES: Final = 16 * 1024 * 1024
_BOM: Final = b"\xef\xbb\xbf"


@attrs.frozen
class ServerSentEvent:
    """One dispatched event."""

    event: str = "message"
    data: str = ""
    id: str = ""
    """The last event id at dispatch; it stays until another is set."""
    retry: int | None = None
    """The reconnection time in milliseconds, the last one that was set."""


class SSEDecoder:
    """Bytes in, events out.

    *max_event_bytes* bounds what is held of an event that has not ended.  *on_comment* and
    *on_ignored* are called with the text of each comment, and with each line whose field name the
    standard does not know; neither makes an event.
    """

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
        self._fragments: list[bytes] = []
        self._fragments_held = 0
        self._held = 0
        self._start: bytes | None = b""
        self._after_cr = False
        self._flushed = False
        self._event = ""
        self._data: list[str] = []
        self._id = ""
        self.retry: int | None = None

    def feed(self, data: bytes) -> list[ServerSentEvent]:
        """The events that *data* completes.

        :raises LimitExceeded: an event is longer than *max_event_bytes*.
        :raises LocalProtocolError: after `flush`.
        """
        if self._flushed:
            raise LocalProtocolError("fed after flush: make a new SSEDecoder for each stream")
        if self._start is not None:
            data = self._skip_bom(data)
        if self._after_cr and data:
            self._after_cr = False
            if data[0] == 10:
                data = data[1:]
        if not data:
            return []
        lines = data.splitlines()
        last = data[-1]
        if last == 13:
            self._after_cr = True
        tail = None if last in {10, 13} else lines.pop()
        if lines and self._fragments:
            self._fragments.append(lines[0])
            lines[0] = b"".join(self._fragments)
            self._fragments.clear()
            self._held -= self._fragments_held  # the line is counted whole, if it counts
            self._fragments_held = 0
        events: list[ServerSentEvent] = []
        for line in lines:
            if not line:
                self._dispatch(events)
            elif line.startswith(b"data: "):
                self._hold(line)
                self._data.append(line[6:].decode("utf-8", "replace"))
            else:
                self._field(line)
        if tail is not None:
            self._hold(tail)
            self._fragments_held += len(tail)
            self._fragments.append(tail)
        return events

    def flush(self) -> list[ServerSentEvent]:
        """The end of the stream.  An event that its blank line has not ended is not dispatched."""
        self._flushed = True
        return []

    @property
    def unfinished(self) -> ServerSentEvent | None:
        """The event that the stream ended in, if any: the standard discards it.

        A caller may look at it to learn whether the last event was whole but for its line ends.
        """
        block = SSEDecoder(max_event_bytes=self._max + 4)
        block._start = None
        block._event, block._data = self._event, list(self._data)
        block._id, block.retry = self._id, self.retry
        events = block.feed(b"".join(self._fragments) + b"\n\n")
        return events[0] if events else None

    @property
    def remainder(self) -> str:
        """The line that the stream ended in."""
        return b"".join(self._fragments).decode("utf-8", "replace")

    def _skip_bom(self, data: bytes) -> bytes:
        assert self._start is not None
        data = self._start + data
        if len(data) < 3 and _BOM.startswith(data):
            self._start = data
            return b""
        self._start = None
        return data.removeprefix(_BOM)

    def _hold(self, line: bytes) -> None:
        self._held += len(line)
        if self._held > self._max:
            raise LimitExceeded(
                f"an event is longer than max_event_bytes={self._max}",
                limit="max_event_bytes",
                value=self._max,
            )

    def _dispatch(self, events: list[ServerSentEvent]) -> None:
        if self._data:
            data = self._data[0] if len(self._data) == 1 else "\n".join(self._data)
            events.append(ServerSentEvent(self._event or "message", data, self._id, self.retry))
            self._data = []
        self._event = ""
        self._held = 0

    def _field(self, line: bytes) -> None:
        name, _, rest = line.partition(b":")
        if line.startswith(b":"):
            if self._on_comment is not None:
                self._on_comment(rest.removeprefix(b" ").decode("utf-8", "replace"))
            return
        value = rest.removeprefix(b" ").decode("utf-8", "replace")
        match name:
            case b"data":
                self._hold(line)
                self._data.append(value)
            case b"event":
                self._hold(line)
                self._event = value
            case b"id":
                if "\x00" not in value:
                    self._id = value
            case b"retry":
                # Digits beyond any sensible wait would only be an attack on int().
                if value.isascii() and value.isdigit() and len(value) <= 18:
                    self.retry = int(value)
            case _:
                if self._on_ignored is not None:
                    self._on_ignored(line.decode("utf-8", "replace"))


def encode_event(data: str, *, event: str | None = None, id: str | None = None) -> bytes:
    """One event as bytes: `SSEDecoder` gives back the same *data* with its line ends as LF.

    :raises ValueError: *event* or *id* has a line end, or *id* has NUL.
    """
    for name, value in (("event", event), ("id", id)):
        if value is not None and any(char in value for char in "\r\n\x00"):
            raise ValueError(f"{name} must not have CR, LF or NUL: {value!r}")
    head = "".join(
        f"{name}: {value}\n" for name, value in (("event", event), ("id", id)) if value is not None
    )
    lines = data.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    body = "".join(f"data: {line}\n" for line in lines)
    return f"{head}{body}\n".encode("utf-8", "replace")


def encode_comment(text: str = "") -> bytes:
    """A comment, as heart-beats are sent."""
    if "\r" in text or "\n" in text:
        raise ValueError(f"a comment must be one line: {text!r}")
    return f": {text}\n\n".encode("utf-8", "replace")
