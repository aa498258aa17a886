"""The whole way from a body's bytes to chunks, for one stream of any provider.

Strategy: framing, JSON and the provider's parser are one synchronous chain.  A failure never hides
the chunks before it: `feed` gives them, and `failure` is to be raised afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from .._chunks import (
    DECODED_ON_DEMAND,
    RAW_RESPONSE,
    Chunk,
    FinishChunk,
    OtherChunk,
    ReasoningChunk,
    TextChunk,
    ToolCallChunk,
)
from .._errors import DecodeError, LimitExceeded, LionprideError, ProviderError
from .._safe_text import shorten
from .._undecoded import Undecoded
from ..wire import MAX_EVENT_BYTES
from ..wire._event_reader import EventReader, RawEvent
from ..wire._json import loads, loads_fast, loads_refused
from ..wire._ndjson import LineReader
from ._call_ids import IdsOfAnswer
from ._content import takes_end_back
from ._ends import CUT
from ._leftovers import Leftovers
from ._parsing import tells_of_failure
from ._protocol import Provider
from ._surrogates import SurrogateMender

MAX_BLOCKS: Final = 1024
"""Tool calls, reasoning blocks, citations and alternatives of one answer, each."""
_DONE: Final = "[DONE]"
_DONE_MARK: Final = b"[DONE]"
_NOT_AGAIN: Final = object()
"""Stands for a wire object that its bytes are not decoded to a second time: the fast way refused them."""
_WRONG_SHAPE: Final = (TypeError, KeyError, AttributeError, IndexError, ValueError)
"""The exceptions of a parser that meets a value of an unexpected shape, see `ChunkParser.feed`."""


class StreamDecoder:
    """Bytes in, chunks out, until `ended`; then `failure` is None or what to raise."""

    def __init__(
        self,
        provider: Provider,
        *,
        max_event_bytes: int = MAX_EVENT_BYTES,
        max_blocks: int = MAX_BLOCKS,
    ) -> None:
        self._provider = provider
        self._parser = provider.parser()
        self._mender = SurrogateMender()
        self._leftovers = Leftovers(provider)
        self._began = False
        self._spoke = False  # events gave chunks
        self._flushed = False
        self._max_blocks = max_blocks
        self._citations = 0
        self._ids: IdsOfAnswer | None = None  # none before the first call
        self._finished: set[int] = set()  # alternatives that a finish reason has ended,
        self._reopened: set[int] = set()  # and those whose end was taken back
        self._misled = False  # an end was taken back before
        self._cut: set[int] = set()  # alternatives whose last finish reason said that they were cut
        self._overruled: list[Chunk] = []  # finishes of this event that do not count
        self._reader: EventReader | LineReader
        if provider.framing == "sse":
            self._reader = EventReader(
                max_event_bytes=max_event_bytes, on_ignored=self._leftovers.add
            )
        else:
            self._reader = LineReader(max_event_bytes=max_event_bytes)
        self.failure: LionprideError | None = None

    @property
    def ended(self) -> bool:
        """True after the end mark or a failure; later bytes are ignored."""
        return self._parser.ended or self.failure is not None

    @property
    def whole(self) -> bool:
        """True where a clean end of the body now would be the end of a whole answer."""
        return self._parser.whole and not self._reopened

    @property
    def seconds_of_silence(self) -> float | None:
        """Seconds after which the answer counts as ended, though its body stays open; else None.

        Only where the answer is whole, its provider's end mark is due at once, and no finish reason
        has proved wrong before: some servers stamp it on every chunk.
        """
        if not self._parser.whole or self._reopened or self._misled:
            return None
        return self._provider.seconds_after_finish

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
        self._spoke = self._spoke or bool(chunks)
        if not self.ended:
            self.failure = too_much
        if self._parser.ended:
            self.failure = self.failure or self._leftovers.failure
            if self.failure is None and not self._spoke:
                self.failure = self._explain()
        return chunks if self._ids is None else self._ids.tell_apart(chunks)

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
        self._tell_late(chunks)
        if not self.whole and not self._parser.ended:
            chunks += [FinishChunk(index=index) for index in sorted(self._reopened)]
        if not self.ended:
            self.failure = self._leftovers.failure or self._explain()
        return chunks if self._ids is None else self._ids.tell_apart(chunks)

    def _tell_late(self, chunks: list[Chunk]) -> None:
        """Add what the parser has kept; it may meet what it does not understand only there."""
        try:
            chunks += getattr(self._parser, "late", ())
        except LionprideError as error:
            self.failure = self.failure or error
        except _WRONG_SHAPE as error:
            failure = DecodeError("the answer ended in something of an unexpected shape")
            failure.__cause__ = error
            self.failure = self.failure or failure

    def _last_event(self, chunks: list[Chunk]) -> None:
        """Parse the event that no line end or blank line has ended.

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
            self._leftovers.add(_text(data))

    def _take(self, events: Sequence[RawEvent], chunks: list[Chunk]) -> None:
        """Parse *events* until the answer ends or fails."""
        if self.ended or not events:
            return
        self._began = True
        parser, mender, finished = self._parser, self._mender, self._finished
        get_raw, set_raw = RAW_RESPONSE.get, RAW_RESPONSE.set
        name, data, value = "", b"", None
        try:
            for name, data, _, _ in events:
                try:
                    value = again = loads_fast(data)
                except ValueError:
                    if not data.strip() or _is_heartbeat(name, data):
                        continue
                    value, again = self._refused(name, data), _NOT_AGAIN
                if value.__class__ is dict:
                    made = parser.feed(name, value)
                else:
                    made = self._feed_no_object(name, value)
                raw = None
                for chunk in made:
                    if finished or chunk.__class__ is not TextChunk or chunk.index:
                        self._check(chunk)
                    if get_raw(chunk) is again and chunk.__class__ in DECODED_ON_DEMAND:
                        raw = raw or Undecoded(data, loads_fast)
                        set_raw(chunk, raw)
                if self._overruled:
                    made = self._without_overruled(made)
                chunks += mender.mend(made, data) if mender.held or b"\\" in data else made
                if parser.failure is not None or parser.ended:
                    self.failure = parser.failure
                    return
        except LionprideError as error:
            self.failure = error
        except _WRONG_SHAPE as error:
            if name == "error" or tells_of_failure(value):
                self.failure = self._error(value)
                return
            line = shorten(_text(data), 200)
            self.failure = DecodeError(f"an event of an unexpected shape: {line!r}", line=line)
            self.failure.__cause__ = error

    def _feed_no_object(self, name: str, value: Any) -> Sequence[Chunk]:
        """The chunks of an event whose data is no object: such a one is nothing to most parsers.

        :raises ProviderError: it reports a failure.
        """
        try:
            return self._parser.feed(name, value)
        except _WRONG_SHAPE as error:
            if isinstance(error, LionprideError):
                raise
            if name == "error" or tells_of_failure(value):
                raise self._error(value) from None
            return [OtherChunk(value=value, raw_response=value)]

    def _refused(self, name: str, data: bytes) -> Any:
        """The value of an event that is not plain JSON."""
        if data.startswith(_DONE_MARK):
            return _DONE
        try:
            return loads_refused(_text(data))
        except DecodeError:
            if name != "error":
                raise
            raise self._error(_text(data).strip()) from None

    def _check(self, chunk: Chunk) -> None:
        """Judge a chunk that is no plain piece of text, or comes after a finish reason.

        :raises ProviderError: its event is an error document that its parser does not know.
        :raises LimitExceeded: the answer has too many pieces: each is held until the end.
        """
        if isinstance(chunk, FinishChunk):
            self._note_finish(chunk)
        elif chunk.index in self._finished and takes_end_back(chunk):
            self._finished.discard(chunk.index)
            self._reopened.add(chunk.index)
            self._misled = True
        places = [chunk.index]
        match chunk:
            case OtherChunk() if chunk.value is chunk.raw_response and tells_of_failure(
                chunk.value
            ):
                raise self._error(chunk.value)
            case ToolCallChunk():
                self._ids = self._ids or IdsOfAnswer()
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

    def _note_finish(self, chunk: FinishChunk) -> None:
        """Note the end of an answer; one that was cut stays cut, unless more of it came since.

        Some gateways send a bare "stop" behind the reason of the model's server.
        """
        index = chunk.index
        if chunk.verdict in CUT:
            self._cut.add(index)
        elif index in self._cut and index in self._finished:
            self._overruled.append(chunk)
            return
        else:
            self._cut.discard(index)
        self._finished.add(index)
        self._reopened.discard(index)

    def _without_overruled(self, made: Sequence[Chunk]) -> list[Chunk]:
        """*made* with the finishes that do not count as chunks of no meaning."""
        overruled, self._overruled = self._overruled, []
        return [
            OtherChunk(
                kind="finish",
                value=chunk.reason,
                raw_response=chunk.raw_response,
                index=chunk.index,
            )
            if isinstance(chunk, FinishChunk) and any(chunk is one for one in overruled)
            else chunk
            for chunk in made
        ]

    def _error(self, value: Any) -> ProviderError:
        """The failure that *value*, which came in the stream, reports."""
        return self._provider.parse_error(None, {}, value)

    def _explain(self) -> LionprideError | None:
        """Why a body that has ended is no whole answer; None when it is one."""
        last = self._reader.remainder if isinstance(self._reader, EventReader) else ""
        return self._leftovers.explain(last, whole=self.whole, began=self._began, spoke=self._spoke)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


_HEARTBEATS: Final = frozenset(["heartbeat", "keepalive", "ping"])


def _is_heartbeat(name: str, data: bytes) -> bool:
    """Whether an event that is no JSON only keeps its connection open: by its name, or its text."""
    words = (name, _text(data[:64]))
    return any("".join(filter(str.isalpha, word)).lower() in _HEARTBEATS for word in words)


def _is_json(data: bytes) -> bool:
    if data.startswith(_DONE_MARK):
        return True
    try:
        loads(_text(data))
    except DecodeError:
        return False
    return True
