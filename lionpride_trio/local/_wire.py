"""What a wire is: how one provider's requests are read and its replies written.  No I/O.

A wire reads a request into an `Ask` and writes a `Reply` part by part; when and whether the next
piece is sent is not its business.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import ClassVar

import attrs

from ._ask import Ask
from ._directives import Fault
from ._json import JsonObject
from ._reply import Part, Reply
from ._stored import StoredResponses

FAULT_MESSAGE = "The server had an error while answering (asked for by the model's name)"


@attrs.frozen(kw_only=True)
class Asked:
    """A request, as far as HTTP reads it."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: JsonObject
    id: str
    """The id that this server gave the request."""
    stored: StoredResponses = attrs.field(factory=StoredResponses, repr=False)


class Writer(ABC):
    """Writes one reply.  Each method gives the bytes to send, or none."""

    def begin(self) -> bytes:
        """What comes before all parts."""
        return b""

    def open(self, _part: Part, /) -> bytes:
        """The beginning of a part."""
        return b""

    @abstractmethod
    def piece(self, part: Part, piece: str, /) -> bytes:
        """The next piece of it."""

    def close(self, _part: Part, /) -> bytes:
        """Its end."""
        return b""

    @abstractmethod
    def end(self) -> bytes:
        """What comes after all parts, the provider's end mark last."""

    @abstractmethod
    def fault(self) -> bytes:
        """An error instead of the rest."""

    @abstractmethod
    def whole(self) -> JsonObject:
        """The whole reply as one object."""


class Wire(ABC):
    """One provider's API."""

    stream_type: ClassVar[str] = "text/event-stream; charset=utf-8"

    @abstractmethod
    def authorized(self, asked: Asked, /) -> bool:
        """Whether a key was sent, or none is needed."""

    @abstractmethod
    def check(self, asked: Asked, /) -> None:
        """Refuse what the provider refuses and `read` would take; only a strict server asks this.

        :raises BadAsk: says so in the provider's words.
        """

    @abstractmethod
    def read(self, asked: Asked, /) -> Ask:
        """What is asked.

        :raises BadAsk: the provider itself would refuse.
        """

    @abstractmethod
    def writer(self, asked: Asked, reply: Reply, /) -> Writer:
        """A writer for one reply."""

    @abstractmethod
    def error(
        self,
        status: int,
        message: str,
        request_id: str,
        /,
        *,
        param: str | None = None,
        code: str | None = None,
    ) -> JsonObject:
        """The provider's error document; *param* and *code* go where it has a place for them."""

    def blocked(self, _asked: Asked, _ask: Ask, /) -> JsonObject | None:
        """The answer to a prompt that the filter refuses; None where that is an error with 400."""
        return None

    def headers(self, _request_id: str, /) -> dict[str, str]:
        """The headers that every answer has."""
        return {}


def frames(reply: Reply, writer: Writer, fault: Fault | None) -> Iterator[tuple[bytes, bool]]:
    """A stream's bytes, and whether they are a piece (which the rate counts).

    With a *fault* they end after half of the pieces, by an error event where that is the fault.
    """
    left = reply.count // 2 if fault else reply.count + 1
    yield writer.begin(), False
    for part in reply.parts:
        yield writer.open(part), False
        for piece in part.pieces:
            if not left:
                yield _fault(writer, fault), False
                return
            left -= 1
            yield writer.piece(part, piece), True
        yield writer.close(part), False
    # An answer of no pieces can still go wrong.
    yield (_fault(writer, fault) if fault else writer.end()), False


def _fault(writer: Writer, fault: Fault | None) -> bytes:
    return writer.fault() if fault == "error" else b""


def bearer(asked: Asked) -> bool:
    """Whether a bearer token was sent."""
    kind, _, token = asked.headers.get("authorization", "").partition(" ")
    return kind.lower() == "bearer" and bool(token.strip())
