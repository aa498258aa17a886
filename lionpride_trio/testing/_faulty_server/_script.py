"""The script of a `FaultyServer`: answers and their faults."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal, TypeAlias

import attrs

Framing: TypeAlias = Literal["chunked", "length", "close"]
End: TypeAlias = Literal["end", "close", "reset", "stall"]


@attrs.frozen(kw_only=True)
class Answer:
    """One answer.

    ``Answer(body=b"data: …", cut=100, then="reset")`` sends the first 100 bytes of the body in
    chunked framing and resets the connection.
    """

    body: bytes | Iterable[bytes] = b""
    """The body, or its pieces: each is written by itself.  An endless iterable ends when the client
    goes away."""
    status: int = 200
    """The HTTP status."""
    media: str | None = "text/event-stream"
    """The ``content-type``; None for none."""
    headers: Sequence[tuple[str, str]] = ()
    """Further headers."""
    framing: Framing = "chunked"
    """The framing, which shows the end of the body: chunks, a length, or the close."""
    length: int | None = None
    """The ``content-length`` to claim, where it is not the body's own."""
    piece: int | None = None
    """Write so many bytes at a time."""
    pause: float = 0.0
    """Seconds before each piece."""
    cut: int | None = None
    """Stop after so many bytes of the body, wherever that is."""
    frame_cut: bool = False
    """Stop inside the chunked framing: the size is sent, and half of what it promises."""
    surplus: bytes = b""
    """Sent after the end of the answer."""
    then: End = "end"
    """``end``: end the framing (and wait for another request); ``close``: close the connection where
    it is; ``reset``: the same with a reset; ``stall``: say nothing more until the client goes."""
    before: bytes = b""
    """Sent before the head, as it is: answers of 1xx, for instance."""
    head: bytes | None = None
    """Sent in the place of the status line and the headers, as it is."""
    early: bool = False
    """Answer when the head of the request is there, and read none of its body."""
    one_packet: bool = False
    """Write the head, the whole body, the end of its framing and the surplus at once, so that one
    read of the client has them all.  The body must have an end."""


@attrs.frozen(kw_only=True)
class HangUp:
    """No answer: close the connection, after the request was read or as soon as the connection is there."""

    read: bool = True
    reset: bool = False


@attrs.frozen
class Asked:
    """One request that came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


Scripted: TypeAlias = Answer | HangUp | Callable[[Asked], Answer | HangUp]
"""One item of a script; a function makes it of the request."""
