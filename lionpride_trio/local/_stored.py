"""The responses that the server keeps, so that a later request can go on from one of them."""

from __future__ import annotations

from typing import Final

import attrs

from ._json import JsonObject

MAX_STORED: Final = 200


@attrs.frozen
class _Stored:
    conversation: tuple[JsonObject, ...]
    output: tuple[JsonObject, ...]


class StoredResponses:
    """The last responses that were not asked for with ``store: false``."""

    def __init__(self) -> None:
        self._responses: dict[str, _Stored] = {}

    def add(self, id: str, before: list[JsonObject], output: list[JsonObject]) -> None:
        """Keep what was said up to the end of a response; the oldest makes room."""
        self._responses[id] = _Stored((*before, *output), tuple(output))
        if len(self._responses) > MAX_STORED:
            del self._responses[next(iter(self._responses))]

    def conversation(self, id: object) -> tuple[JsonObject, ...] | None:
        """Give all items up to the end of a response; None where it is not kept."""
        stored = self._responses.get(id) if isinstance(id, str) else None
        return None if stored is None else stored.conversation

    def item(self, id: object) -> JsonObject | None:
        """Find an item of some response by its id."""
        for stored in reversed(self._responses.values()):
            for item in stored.output:
                if item["id"] == id:
                    return item
        return None

    def reasoning_before(self, id: object) -> str | None:
        """Find the reasoning that led to an item: its id, where the item directly follows it."""
        for stored in reversed(self._responses.values()):
            for before, item in zip(stored.output, stored.output[1:], strict=False):
                if item["id"] == id and before["type"] == "reasoning":
                    return str(before["id"])
        return None
