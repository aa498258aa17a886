"""The lines of a body that belong to no event, and the failure that they report.

Servers write an error document, or a whole answer, where a stream was asked for; llama.cpp and
GPUStack report failures in a field ``error:``.
"""

from __future__ import annotations

from typing import Any, Final

from .._errors import LionprideError, NotAStream, ProviderError, StreamTruncated
from .._safe_text import shorten
from ..wire._json import loads
from ._parsing import tells_of_failure
from ._protocol import Provider

MAX_IGNORED_CHARS: Final = 64 * 1024
"""How much is kept of lines that are no part of an event stream."""
_FIELDS: Final = ("", "data", "event", "id", "retry")


class Leftovers:
    """Lines that no event has, up to `MAX_IGNORED_CHARS`."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._lines_of_json = provider.framing == "ndjson"
        self._lines: list[str] = []
        self._size = 0
        self.failure: LionprideError | None = None
        """The failure that a line has reported."""

    def add(self, line: str) -> None:
        """Take in a line that is no part of an event."""
        if line.startswith("error:"):
            text = line.removeprefix("error:").strip()
            try:
                self.failure = self._error(loads(text))
            except LionprideError:
                self.failure = self._error(text)
        elif self._size < MAX_IGNORED_CHARS:
            self._lines.append(line[: MAX_IGNORED_CHARS - self._size])
            self._size += len(line) + 1

    def explain(self, last: str, *, whole: bool, began: bool, spoke: bool) -> LionprideError | None:
        """Why a body that has ended is no whole answer; None when it is one.

        *last* is the line that it ended in.  The answer was *whole*, there were events (*began*),
        and they gave chunks (*spoke*).
        """
        if not self._lines_of_json and last.partition(":")[0] not in _FIELDS:
            self.add(last)
        text = "\n".join(self._lines).strip()
        if text[:1] in {"{", "["}:
            try:
                value = loads(text)
            except LionprideError:
                value = None
            if tells_of_failure(value):
                return self._error(value)
        if whole and (spoke or not text):
            return None
        if not spoke and text and not self._begins(text):
            return NotAStream(f"the body is no event stream: {shorten(text, 200)!r}")
        if not began:
            return StreamTruncated("the body ended before its first event")
        return StreamTruncated("the body ended without the provider's end mark")

    def _error(self, value: Any) -> ProviderError:
        return self._provider.parse_error(None, {}, value)

    def _begins(self, text: str) -> bool:
        """Whether *text*, all that came, may be the beginning of a stream."""
        if self._lines_of_json:
            return text.startswith("{")
        return any(field.startswith(text) for field in _FIELDS)
