"""Server-sent events with ids.

An event's id is the number of the last item that is whole with it.  A reader that comes back with it
gets the items behind, and none twice.  So the events that come before the last one of an item have the
id of the item before.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..._errors import ConfigurationError
from ._encoder import Machine


class EventStreamMachine(Machine):
    """Base of the encoders that write server-sent events."""

    media_type = "text/event-stream; charset=utf-8"
    heartbeat = b": keep-alive\n\n"

    _last: str | None = None
    """The id of the last item; None where nothing has come."""
    _count = 0

    def _events(self, events: Sequence[str], id: int | str | None) -> bytes:
        """*events*, each its fields without the id, as all that the item of that *id* gives."""
        before, self._last = self._last, self._id_of_item(id)
        if not events:
            return b""
        if before is None and id is None:
            before = "0"
        *first, last = events
        framed = [*(_framed(event, before) for event in first), _framed(last, self._last)]
        return "".join(framed).encode()

    def _id_of_item(self, id: int | str | None) -> str:
        if id is None:
            self._count += 1
            return str(self._count)
        text = str(id)
        if isinstance(id, bool) or not text.isprintable() or not text:
            raise ConfigurationError(
                f"id= is the number of an item, or one line of text, not {id!r:.100}"
            )
        return text

    def _after_items(self, *events: str) -> bytes:
        """*events* that come after all items."""
        return "".join(_framed(event, self._last) for event in events).encode()


def _framed(event: str, id: str | None) -> str:
    return f"{event}\n\n" if id is None else f"id: {id}\n{event}\n\n"
