"""Server-sent events as objects, and as bytes again; `_event_reader` does the reading."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from .._errors import LimitExceeded
from ._event_reader import MAX_EVENT_BYTES, EventReader, RawEvent


@attrs.frozen
class ServerSentEvent:
    """One dispatched event."""

    event: str = "message"
    """The type of the event; ``"message"`` where none was given."""
    data: str = ""
    """The lines of data, joined by line feeds."""
    id: str = ""
    """The last event id at dispatch; it stays until another is set."""
    retry: int | None = None
    """The reconnection time in milliseconds, the last one that was set."""


class SSEDecoder:
    """Bytes in, events out.

    *max_event_bytes* bounds what is held of an event that has not ended.  *on_comment* and
    *on_ignored* are called with the text of each comment, and with each line whose field name the
    standard does not know; neither makes an event.

    A failure is for good.  It comes after the events before it: where those came in the same bytes, the next
    `feed` or `flush` raises it.
    """

    def __init__(
        self,
        *,
        max_event_bytes: int = MAX_EVENT_BYTES,
        on_comment: Callable[[str], object] | None = None,
        on_ignored: Callable[[str], object] | None = None,
    ) -> None:
        self._reader = EventReader(
            max_event_bytes=max_event_bytes, on_comment=on_comment, on_ignored=on_ignored
        )
        self._failure: LimitExceeded | None = None

    def feed(self, data: bytes) -> list[ServerSentEvent]:
        """The events that *data* completes.

        :raises LimitExceeded: an event is longer than *max_event_bytes*.
        :raises LocalProtocolError: after `flush`.
        """
        if self._failure is not None:
            raise self._failure
        events: list[RawEvent] = []
        try:
            self._reader.read(data, events)
        except LimitExceeded as failure:
            self._failure = failure
            if not events:
                raise
        return [_decoded(event) for event in events]

    def flush(self) -> list[ServerSentEvent]:
        """The end of the stream.  An event that its blank line has not ended is not dispatched.

        :raises LimitExceeded: as `feed`.
        """
        failure, self._failure = self._failure, None
        self._reader.flush()
        if failure is not None:
            raise failure
        return []

    @property
    def retry(self) -> int | None:
        """The reconnection time in milliseconds, the last one that was set."""
        return self._reader.retry

    @property
    def unfinished(self) -> ServerSentEvent | None:
        """The event that the stream ended in, if any: the standard discards it.

        A caller may look at it to learn whether the last event was whole but for its line ends.
        """
        event = self._reader.unfinished
        return None if event is None else _decoded(event)


def _decoded(event: RawEvent) -> ServerSentEvent:
    name, data, last_id, retry = event
    return ServerSentEvent(name, data.decode("utf-8", "replace"), last_id, retry)


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
