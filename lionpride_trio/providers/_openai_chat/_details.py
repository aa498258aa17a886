"""OpenRouter's ``reasoning_details``: what has to go back of a model's reasoning, put together from its pieces.

Fact: openrouter.ai, "Reasoning tokens".  A piece continues the one before of the same index and type; one
index may hold a text and an encrypted entry.
"""

from __future__ import annotations

from typing import Any, Final

from ..._checks import listed
from .._parsing import fields

_TEXTS: Final = ("text", "summary", "data")
"""Members that come in pieces."""


class ReasoningDetails:
    """The entries of one answer."""

    def __init__(self) -> None:
        self._entries: dict[tuple[Any, Any], dict[str, Any]] = {}
        self._told = 0
        self._added = 0

    def add(self, pieces: Any) -> None:
        """Take the entries of a delta in."""
        for piece in listed(pieces):
            told = fields(piece)
            if not told:
                continue
            self._added += 1
            index = told.get("index")
            # Without an index nothing says that two belong together.
            key = (self._added if index is None else index, told.get("type"))
            entry = self._entries.setdefault(key, {})
            for name, value in told.items():
                if name in _TEXTS and isinstance(value, str) and isinstance(entry.get(name), str):
                    entry[name] += value
                elif value is not None or name not in entry:
                    entry[name] = value

    @property
    def any(self) -> bool:
        """Whether any entry has come."""
        return self._added > 0

    def untold(self) -> list[dict[str, Any]] | None:
        """All entries, if there are more than were told; they count as told now."""
        if self._told == self._added:
            return None
        self._told = self._added
        return [dict(entry) for entry in self._entries.values()]
