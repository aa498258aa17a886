"""The whole way from a body's bytes to chunks, for one stream of any provider.

Strategy: framing, JSON and the provider's parser are one synchronous chain.  A failure never hides
the chunks before it: `feed` gives them, and `failure` is to be raised afterwards.
"""

from __future__ import annotations

from typing import Any, Final

from .._chunks import Chunk, OtherChunk, ReasoningChunk, TextChunk, ToolCallChunk
from .._errors import DecodeError, LimitExceeded, LionprideError, NotAStream, StreamTruncated
from .._text import shorten
from ..wire import MAX_EVENT_BYTES, SSEDecoder
from ..wire._json import loads
from ..wire._ndjson import LineDecoder
from ._faults import provider_error
from ._parsing import tells_of_failure
from ._protocol import Provider
from ._surrogates import SurrogateMender

MAX_IGNORED_CHARS: Final = 64 * 1024
"""How much is kept of lines that are no part of an event stream."""
MAX_BLOCKS: Final = 1024
"""Tool calls, reasoning blocks, citations and alternatives of one answer, each."""
_FIELDS: Final = ("", "data", "event", "id", "retry")


class StreamDecoder:
    """Bytes in, chunks out, until `ended`; then `failure` is None or what to raise."""

    def __init__(
        self,
        provider: Provider,
        *,
        max_event_bytes: int = MAX_EVENT_BYTES,
        max_blocks: int = MAX_BLOCKS,
    ) -> None:
        self._parser = provider.parser()
        self._mender = SurrogateMender()
        self._ignored: list[str] = []
        self._ignored_chars = 0
        self._reported: LionprideError | None = None
        self._events = 0
        self._max_blocks = max_blocks
        self._citations = 0
        self._sse: SSEDecoder | None = None
        self._lines: LineDecoder | None = None
        if provider.framing == "sse":
            self._sse = SSEDecoder(max_event_bytes=max_event_bytes, on_ignored=self._ignore)
        else:
            self._lines = LineDecoder(max_event_bytes=max_event_bytes)
        self.failure: LionprideError | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing that may still come counts."""
        return self._parser.ended or self.failure is not None

    @property
    def whole(self) -> bool:
        """Whether a clean end of the body now would be the end of a whole answer."""
        return self._parser.whole

    def feed(self, data: bytes) -> list[Chunk]:
        """The chunks that *data* completes."""
        chunks: list[Chunk] = []
        try:
            if self._sse is not None:
                for event in self._sse.feed(data):
                    if self.ended:
                        break
                    self._event(event.event, event.data, chunks)
            elif self._lines is not None:
                for line in self._lines.feed(data):
                    if self.ended:
                        break
                    self._event("", line, chunks)
        except LionprideError as error:
            self.failure = self.failure or error
        if self._parser.ended:
            self.failure = self.failure or self._reported
        return chunks

    def flush(self) -> list[Chunk]:
        """The end of the body: what was held back, and the judgement whether it was whole."""
        chunks: list[Chunk] = []
        if not self.ended:
            try:
                self._last_event(chunks)
            except LionprideError as error:
                self.failure = self.failure or error
        chunks += self._mender.flush()
        if not self.whole:
            chunks += getattr(self._parser, "late", ())
        if not self.ended:
            self.failure = self._reported or self._explain()
        return chunks

    def _last_event(self, chunks: list[Chunk]) -> None:
        """What no line end or blank line has ended.

        The SSE standard discards it, for it may have been cut.  A whole JSON document proves by
        itself that it was not.
        """
        last: list[tuple[str, str]] = []
        if self._sse is not None:
            event = self._sse.unfinished
            if event is not None:
                last = [(event.event, event.data)]
            self._sse.flush()
        elif self._lines is not None:
            last = [("", line) for line in self._lines.flush()]
        for name, data in last:
            if data.startswith(("{", "[")) and self._is_json(data):
                self._event(name, data, chunks)
            elif self._lines is not None:
                self._ignore(data)

    @staticmethod
    def _is_json(data: str) -> bool:
        if data.startswith("[DONE]"):
            return True
        try:
            loads(data)
        except DecodeError:
            return False
        return True

    def _event(self, name: str, data: str, chunks: list[Chunk]) -> None:
        self._events += 1
        if data.startswith("[DONE]"):
            value: Any = "[DONE]"
        else:
            value = loads(data)
        try:
            made = self._parser.feed(name, value)
        except (TypeError, KeyError, AttributeError, IndexError, ValueError) as error:
            if isinstance(error, LionprideError):
                raise
            line = shorten(data, 200)
            raise DecodeError(f"an event of an unexpected shape: {line!r}", line=line) from error
        for chunk in made:
            if chunk.index or type(chunk) is not TextChunk:
                self._check(chunk)
        chunks += self._mender.mend(made, data)
        if self._parser.failure is not None:
            self.failure = self._parser.failure

    def _check(self, chunk: Chunk) -> None:
        """Refuse an answer in too many pieces: each is held until the end."""
        places = [chunk.index]
        match chunk:
            case ToolCallChunk():
                places.append(chunk.slot)
            case ReasoningChunk():
                places.append(chunk.block)
            case OtherChunk(kind="citation"):
                self._citations += 1
                places.append(self._citations)
            case _:
                pass
        for place in places:
            if not isinstance(place, int) or place < 0:
                raise DecodeError(f"{place!r:.100} is no place in an answer")
            if place >= self._max_blocks:
                raise LimitExceeded(
                    f"more than max_blocks={self._max_blocks} parts of one kind in an answer",
                    limit="max_blocks",
                    value=self._max_blocks,
                )

    def _ignore(self, line: str) -> None:
        if line.startswith("error:"):
            # llama.cpp and GPUStack report failures in a field of this name.
            text = line.removeprefix("error:").strip()
            try:
                self._reported = provider_error(loads(text))
            except LionprideError:
                self._reported = provider_error(text)
        elif self._ignored_chars < MAX_IGNORED_CHARS:
            self._ignored.append(line[: MAX_IGNORED_CHARS - self._ignored_chars])
            self._ignored_chars += len(line) + 1

    def _explain(self) -> LionprideError | None:
        """Why a body that has ended is no whole answer; None when it is one."""
        if self._sse is not None and self._sse.remainder.partition(":")[0] not in _FIELDS:
            # A last line that is no field of an event stream is still among its fragments.
            self._ignored.append(self._sse.remainder)
        text = "\n".join(self._ignored).strip()
        if text[:1] in {"{", "["}:
            try:
                value = loads(text)
            except LionprideError:
                value = None
            if tells_of_failure(value):
                return provider_error(value)
        if self.whole:
            return None
        if not self._events and text and not self._begins(text):
            return NotAStream(f"the body is no event stream: {shorten(text, 200)!r}")
        if not self._events:
            return StreamTruncated("the body ended before its first event")
        return StreamTruncated("the body ended without the provider's end mark")

    def _begins(self, text: str) -> bool:
        """Whether *text*, all that came, may be the beginning of a stream."""
        if self._lines is not None:
            return text.startswith("{")
        return any(field.startswith(text) for field in _FIELDS)
