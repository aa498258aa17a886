"""Arguments of a Gemini function call that come path by path (Vertex ``partialArgs``)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..._errors import DecodeError, LimitExceeded

_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d{1,6})\]|\['([^']*)'\]|\[\"([^\"]*)\"\]")
MAX_ITEMS = 100_000


class PartialArguments:
    """Puts values at their paths (``$.items[0].name``); pieces of a string are joined."""

    def __init__(self) -> None:
        self._root: dict[str, Any] = {}
        self._strings: dict[str, list[str]] = {}

    def add(self, pieces: Iterable[Mapping[str, Any]]) -> None:
        """Take the values of one ``partialArgs`` list."""
        for piece in pieces:
            path = piece["jsonPath"]
            if "stringValue" in piece:
                parts = self._strings.get(path)
                if parts is None:
                    parts = []
                    self._put(path, parts)
                    # Only now: `text` puts the strings at their paths again, and must not meet one that is refused.
                    self._strings[path] = parts
                parts.append(piece["stringValue"])
            elif "numberValue" in piece:
                self._put(path, piece["numberValue"])
            elif "boolValue" in piece:
                self._put(path, piece["boolValue"])
            else:
                self._put(path, None)

    def text(self) -> str:
        """The arguments so far as JSON."""
        for path, parts in self._strings.items():
            self._put(path, "".join(parts))
        return json.dumps(self._root, ensure_ascii=False)

    def _put(self, path: str, value: Any) -> None:
        steps: list[str | int] = [
            int(match[2]) if match[2] is not None else match[1] or match[3] or match[4] or ""
            for match in _STEP.finditer(path)
        ]
        if not path.startswith("$") or not steps:
            raise DecodeError(f"{path!r} is no path of an argument")
        place: Any = self._root
        for step, after in zip(steps, [*steps[1:], None], strict=True):
            fresh: Any = value if after is None else [] if isinstance(after, int) else {}
            if isinstance(step, int):
                if step > MAX_ITEMS:
                    raise LimitExceeded(
                        f"an argument list of over {MAX_ITEMS} items",
                        limit="argument_items",
                        value=MAX_ITEMS,
                    )
                while len(place) <= step:
                    place.append(None)
                if after is None or place[step] is None:
                    place[step] = fresh
            elif after is None or step not in place:
                place[step] = fresh
            place = place[step]
