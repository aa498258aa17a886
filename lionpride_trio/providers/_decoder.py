"""The whole way from a body's bytes to chunks, for one stream of any provider.

Strategy: framing, JSON and the provider's parser are one synchronous chain.  A failure never hides
the chunks before it: `feed` gives them, and `failure` is to be raised afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from .._chunks import (
    Chunk,
    FinishChunk,
    OtherChunk,
    ReasoningChunk,
    TextChunk,
    ToolCallChunk,
)
from .._errors import DecodeError, LimitExceeded, LionprideError, NotAStream, StreamTruncated
from .._text import shorten
from ..wire import MAX_EVENT_BYTES
from ..wire._event_reader import EventReader, RawEvent
from ..wire._json import loads, loads_fast, loads_refused
from ..wire._ndjson import LineReader
from ._content import takes_end_back
from ._faults import provider_error
from ._parsing import tells_of_failure
from ._protocol import Provider
from ._surrogates import SurrogateMender

MAX_IGNORED_CHARS: Final = 64 * 1024
"""How much is kept of lines that are no part of an event stream."""
MAX_BLOCKS: Final = 1024
"""Tool calls, reasoning blocks, citations and alternatives of one answer, each."""
_FIELDS: Final = ("", "data", "event", "id", "retry")
_DONE: Final = "[DONE]"
_DONE_MARK: Final = b"[DONE]"


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
        self._began = False
        self._flushed = False
        self._max_blocks = max_blocks
        self._citations = 0
        self._finished: set[int] = set()  # alternatives that a finish reason has ended,
        self._reopened: set[int] = set()  # and those whose end was taken back
        self._misled = False  # an end was taken back before
        self._reader: EventReader | LineReader
        if provider.framing == "sse":
            self._reader = EventReader(max_event_bytes=max_event_bytes, on_ignored=self._ignore)
        else:
            self._reader = LineReader(max_event_bytes=max_event_bytes)
        self.failure: LionprideError | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing that may still come counts."""
        return self._parser.ended or self.failure is not None

    @property
    def whole(self) -> bool:
        """Whether a clean end of the body now would be the end of a whole answer."""
        return self._parser.whole and not self._reopened

    @property
    def may_end_in_silence(self) -> bool:
        """Whether the answer counts as whole, though its body stays open and nothing comes.

        Only where an end mark is due at once, and where no finish reason has proved wrong before:
        some servers stamp it on every chunk.
        """
        due: bool = getattr(self._parser, "has_end_mark", True)
        return self.whole and due and not self._misled

    def feed(self, data: bytes) -> list[Chunk]:
        """The chunks that *data* completes."""
        chunks: list[Chunk] = []
        events: list[RawEvent] = []
        too_much = None
        try:
            self._reader.read(data, events)
        except LionprideError as error:
            too_much = error  # and yet what came before it counts
        self._take(events, chunks)
        if not self.ended:
            self.failure = too_much
        if self._parser.ended:
            self.failure = self.failure or self._reported
        return chunks

    def flush(self) -> list[Chunk]:
        """The end of the body: what was held back, and the judgement whether it was whole.

        A second one gives nothing.
        """
        chunks: list[Chunk] = []
        if self._flushed:
            return chunks
        self._flushed = True
        if not self.ended:
            try:
                self._last_event(chunks)
            except LionprideError as error:
                self.failure = error
        chunks += self._mender.flush()
        if not self.whole:
            chunks += getattr(self._parser, "late", ())
            if not self._parser.ended:
                chunks += [FinishChunk(index=index) for index in sorted(self._reopened)]
        if not self.ended:
            self.failure = self._reported or self._explain()
        return chunks

    def _last_event(self, chunks: list[Chunk]) -> None:
        """What no line end or blank line has ended.

        The SSE standard discards it, for it may have been cut.  A whole JSON document proves by
        itself that it was not.
        """
        last = self._reader.unfinished
        self._reader.flush()
        if last is None:
            return
        data = last[1]
        if data.startswith((b"{", b"[")) and _is_json(data):
            self._take([last], chunks)
        elif isinstance(self._reader, LineReader):
            self._ignore(_text(data))

    def _take(self, events: Sequence[RawEvent], chunks: list[Chunk]) -> None:
        """Parse *events* until the answer ends or fails."""
        if self.ended or not events:
            return
        self._began = True
        parser, mender, finished = self._parser, self._mender, self._finished
        name, data, value = "", b"", None
        try:
            for name, data, _, _ in events:
                try:
                    value = loads_fast(data)
                except ValueError:
                    if not data.strip():
                        continue  # a heartbeat: proxies send ``data:`` with nothing in it
                    value = self._refused(name, data)
                made = parser.feed(name, value)
                for chunk in made:
                    if finished or chunk.__class__ is not TextChunk or chunk.index:
                        self._check(chunk)
                chunks += mender.mend(made, data) if mender.held or b"\\" in data else made
                if parser.failure is not None or parser.ended:
                    self.failure = parser.failure
                    return
        except LionprideError as error:
            self.failure = error
        except (TypeError, KeyError, AttributeError, IndexError, ValueError) as error:
            if name == "error" or tells_of_failure(value):
                self.failure = provider_error(value)
                return
            line = shorten(_text(data), 200)
            self.failure = DecodeError(f"an event of an unexpected shape: {line!r}", line=line)
            self.failure.__cause__ = error

    def _refused(self, name: str, data: bytes) -> Any:
        """The value of an event that is not plain JSON."""
        if data.startswith(_DONE_MARK):
            return _DONE
        try:
            return loads_refused(_text(data))
        except DecodeError:
            if name != "error":
                raise
            raise provider_error(_text(data).strip()) from None

    def _check(self, chunk: Chunk) -> None:
        """Judge a chunk that is no plain piece of text, or comes after a finish reason.

        :raises ProviderError: its event is an error document that its parser does not know.
        :raises LimitExceeded: the answer has too many pieces: each is held until the end.
        """
        if isinstance(chunk, FinishChunk):
            self._finished.add(chunk.index)
            self._reopened.discard(chunk.index)
        elif chunk.index in self._finished and takes_end_back(chunk):
            self._finished.discard(chunk.index)
            self._reopened.add(chunk.index)
            self._misled = True
        places = [chunk.index]
        match chunk:
            case OtherChunk() if chunk.value is chunk.raw_response and tells_of_failure(
                chunk.value
            ):
                raise provider_error(chunk.value)
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
        if isinstance(self._reader, EventReader):
            rest = self._reader.remainder
            if rest.partition(":")[0] not in _FIELDS:
                # A last line that is no field of an event stream is still among its fragments.
                self._ignored.append(rest)
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
        if not self._began and text and not self._begins(text):
            return NotAStream(f"the body is no event stream: {shorten(text, 200)!r}")
        if not self._began:
            return StreamTruncated("the body ended before its first event")
        return StreamTruncated("the body ended without the provider's end mark")

    def _begins(self, text: str) -> bool:
        """Whether *text*, all that came, may be the beginning of a stream."""
        if isinstance(self._reader, LineReader):
            return text.startswith("{")
        return any(field.startswith(text) for field in _FIELDS)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _is_json(data: bytes) -> bool:
    if data.startswith(_DONE_MARK):
        return True
    try:
        loads(_text(data))
    except DecodeError:
        return False
    return True
