"""The base of all encoders: chunks in, a provider's bytes out.

Strategy: an encoder takes the library's own chunks, in their order, and writes each as soon as it
can.  It is a machine without I/O, as the decoders are, and for one answer.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Protocol, runtime_checkable

import attrs

from ..._chunks import Chunk, FinishChunk, TextChunk, ToolCallChunk, Usage, UsageChunk, Verdict
from ..._errors import LocalProtocolError
from ._abilities import Abilities
from ._framing import Framing, JsonObject
from ._style import Style


@attrs.frozen(kw_only=True)
class Head:
    """The facts that an answer tells of itself, whatever it says."""

    id: str = "1"
    """The answer's id, as it is written."""
    model: str = "m"
    """The model that is said to answer."""
    request_id: str = ""
    """The id of the request, for the wires that repeat it in the body."""
    clock: Callable[[], float] = time.time
    """Tells the seconds since 1970."""


class Encoder(ABC):
    """Writes one answer, as a stream or as a whole document.

    A stream is `begin`, `feed` for each chunk, and `end`; or `fail` in place of the rest.  The first
    chunk of a part may be empty: it opens the part, on wires that have openings.
    """

    abilities: Abilities
    """The parts and endings that the answers of this wire can have."""
    has_blocks: ClassVar[bool] = False
    """Parts have openings, which an empty chunk writes; elsewhere it is an empty piece."""
    has_end_mark: ClassVar[bool] = True
    """The last event says that it is the last."""
    counts_as_it_goes: ClassVar[bool] = False
    """Each event tells the usage so far, so that it pays to feed it."""

    def __init__(self, head: Head, framing: Framing) -> None:
        """*framing* writes the events, in one style."""
        self.head = head
        self.framing = framing
        self.usage: Usage | None = None
        """The usage that was told so far."""
        self.finish = FinishChunk(verdict=Verdict.COMPLETE)
        """How the (first) answer ended."""

    def begin(self, usage: Usage | None = None) -> bytes:
        """The bytes before all chunks; *usage* is as much as is known of it at the beginning."""
        self.usage = usage
        return b""

    def feed(self, chunk: Chunk) -> bytes:
        """The bytes of the next chunk, or of what it ends.

        A chunk that the wire has no place for is left out.

        :raises LocalProtocolError: the wire cannot say it in this order.
        """
        if isinstance(chunk, ToolCallChunk) and not (chunk.name or chunk.id or chunk.arguments):
            return b""  # it says at most that the call is whole
        if chunk.index and not self.abilities.alternatives:
            raise LocalProtocolError(
                f"a chunk with index={chunk.index}: this wire has one answer a stream"
            )
        if chunk.__class__ is TextChunk:  # nearly all
            return self.write(chunk)
        if isinstance(chunk, UsageChunk):
            self._take_usage(chunk)
            return b""
        if isinstance(chunk, FinishChunk):
            if chunk.index == 0:
                self.finish = chunk
            return self._finished(chunk)
        return self.write(chunk)

    @abstractmethod
    def end(self) -> bytes:
        """The bytes after all chunks, the provider's end mark last."""

    @abstractmethod
    def fail(self, message: str, *, status: int = 500) -> bytes:
        """A failure, in place of the rest; *status* chooses the provider's word for it."""

    @abstractmethod
    def whole(self, chunks: Iterable[Chunk]) -> JsonObject:
        """The document of an answer that is not streamed."""

    @abstractmethod
    def write(self, chunk: Chunk) -> bytes:
        """The bytes of a chunk that is neither usage nor a finish, for `feed`."""

    def _finished(self, _chunk: FinishChunk) -> bytes:
        """The bytes of an answer's end, where it is told before the stream's."""
        return b""

    def _take_usage(self, chunk: UsageChunk) -> None:
        self.usage = chunk.usage if self.usage is None else self.usage.updated(chunk.usage)

    @property
    def reason(self) -> str:
        """The wire's word for how the (first) answer ended."""
        return self.abilities.word_for(self.finish)


@runtime_checkable
class EncodingProvider(Protocol):
    """A provider that can write its own answers: the test kit then draws streams of it."""

    def encoder(self, head: Head, style: Style) -> Encoder:
        """An encoder for one answer."""
        ...


def told(**fields: Any) -> JsonObject:
    """The fields that are not None."""
    return {name: value for name, value in fields.items() if value is not None}


def total_of(usage: Usage) -> int | None:
    """All tokens, added up where the report does not say it."""
    if usage.total_tokens is not None:
        return usage.total_tokens
    if usage.input_tokens is None or usage.output_tokens is None:
        return None
    return usage.input_tokens + usage.output_tokens
