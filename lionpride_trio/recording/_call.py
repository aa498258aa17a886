"""One recorded call: what was asked, what came, and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias

import attrs

from ._format import Ended, answer_line, end_line, piece_line, request_line

End: TypeAlias = Ended | Literal["cut"]


@attrs.frozen
class Piece:
    """One read of a body."""

    at: float
    """Seconds from the request to the read."""
    data: bytes
    """The bytes."""


@attrs.frozen(kw_only=True)
class RecordedCall:
    """One request and its answer."""

    method: str = "POST"
    url: str
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    """The headers of the request, with secrets masked."""
    body: Any = None
    """Decoded where it is JSON, and a `str` otherwise."""
    provider: str | None = None
    endpoint: str | None = None
    status: int | None = None
    """None where no answer came."""
    answer_headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    """The headers of the answer, with secrets masked."""
    answered_at: float = 0.0
    """Seconds from the request to the head of the answer."""
    pieces: tuple[Piece, ...] = ()
    """The reads of the body, in order."""
    end: End = "end"
    """How the call ended.

    ``end``: the body ended; ``left``: the reader had enough; ``failed``: see `error`; ``cut``: the
    recording has no end of it, because the program was killed.
    """
    ended_at: float = 0.0
    """Seconds from the request to the end."""
    error: tuple[str, str] | None = None
    """The class of the failure and its text."""

    @property
    def answer(self) -> bytes:
        """The whole body of the answer."""
        return b"".join(piece.data for piece in self.pieces)

    def lines(self, number: int) -> Iterator[str]:
        """The call as lines of a recording, in which it has that *number*."""
        yield request_line(number, self)
        if self.status is not None:
            yield answer_line(number, self.answered_at, self.status, self.answer_headers)
        for piece in self.pieces:
            yield piece_line(number, piece)
        if self.end != "cut":
            yield end_line(number, self.ended_at, self.end, self.error)
