"""Where a body ends: three ways (RFC 9112, section 6.3), without I/O.

These machines give all the body of one network read as one piece, at a quarter of what h11 takes, and body
bytes are what nearly all of a stream is.  They are strict: CR LF and nothing else ends a line, for where two readers of one framing disagree about its
end, one answer can be hidden in another.  The tests hold them against h11.
"""

from __future__ import annotations

import enum
import re
from typing import Final, Protocol

from .._errors import HTTPProtocolError

MAX_LINE_BYTES: Final = 4096
"""Longest line of the chunked framing; also all trailers together."""
MAX_KNOWN: Final = 4096
"""Size lines that are kept; those of events are short and few."""
_KNOWN_SIZES: Final[dict[bytes, int]] = {}
_SIZE_LINE: Final = re.compile(rb"([0-9A-Fa-f]{1,15})(?:[ \t]*;[^\r\n\x00]*)?[ \t]*")


class Framing(Protocol):
    """Bytes of a connection in, bytes of a body out, until `ended`."""

    ended: bool
    """The body has ended."""
    rest: bytes
    """The bytes after the end: nobody's."""
    ends_with_connection: bool
    """The end of the connection is the end of the body, and no failure."""

    @property
    def failure(self) -> HTTPProtocolError | None:
        """Why what was fed is no such framing; then `rest` is without meaning."""
        ...

    def feed(self, data: bytes) -> bytes:
        """The bytes of the body in *data*.

        Where the framing breaks, they are those before the break, and `failure` says why: raising
        it here would take the good part of the same read with it.
        """
        ...


class Sized:
    """*size* bytes."""

    ends_with_connection = False
    failure = None

    def __init__(self, size: int) -> None:
        self._left = size
        self.ended = not size
        self.rest = b""

    def feed(self, data: bytes) -> bytes:
        body = data[: self._left]
        self._left -= len(body)
        self.ended = not self._left
        self.rest += data[len(body) :]
        return body


class Unsized:
    """All that comes until the connection ends."""

    ends_with_connection = True
    failure = None

    def __init__(self) -> None:
        self.ended = False
        self.rest = b""

    def feed(self, data: bytes) -> bytes:
        return data


class _Line(enum.Enum):
    """The line of the chunked framing that comes next, once no data of a chunk is left."""

    SIZE = enum.auto()
    """The size of the next chunk."""
    AFTER_DATA = enum.auto()
    """The empty end of the line after a chunk's data."""
    TRAILER = enum.auto()
    """One after the last chunk; an empty one is the end."""


# Asking the class for a member takes as long as reading a line does (Python 3.11).
_SIZE, _AFTER_DATA, _TRAILER = _Line


class Chunked:
    """Chunks, each with its size before it; the last has none.  Extensions and trailers are read over."""

    ends_with_connection = False

    def __init__(self) -> None:
        self.ended = False
        self.rest = b""
        self.failure: HTTPProtocolError | None = None
        self._data_left = 0  # of a chunk; the next line comes after it
        self._next_line = _SIZE
        self._part_of_line: bytes = b""
        self._trailer_bytes = 0

    def feed(self, data: bytes) -> bytes:
        pieces: list[bytes] = []
        if self.failure is None:
            try:
                self._read(data, self._whole_chunks(data, pieces), pieces)
            except HTTPProtocolError as error:
                self.failure = error
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _whole_chunks(self, data: bytes, pieces: list[bytes]) -> int:
        """Take the chunks that begin *data* and are whole; return where the rest begins.

        Nearly all chunks of a stream are sent whole, one or more of them at a time, and their sizes are
        like those of others: looked up and sliced, such a chunk costs half of what its lines do.
        """
        at = 0
        if self._next_line is _SIZE and not self._data_left and not self._part_of_line:
            while True:
                stop = data.find(b"\r\n", at, at + 8)
                size = _KNOWN_SIZES.get(data[at:stop]) if stop > 0 else 0
                if not size:
                    break
                end = stop + 2 + size
                if data[end : end + 2] != b"\r\n":
                    break
                pieces.append(data[stop + 2 : end])
                at = end + 2
        return at

    def _read(self, data: bytes, at: int, pieces: list[bytes]) -> None:
        """Read *data* from *at* on by its lines."""
        if self._part_of_line:
            data, self._part_of_line = self._part_of_line + data, b""
        end = len(data)
        while at < end and not self.ended:
            if self._data_left:
                piece = data[at : at + self._data_left]
                pieces.append(piece)
                at += len(piece)
                self._data_left -= len(piece)
                continue
            stop = data.find(b"\n", at)
            if stop < 0:
                self._part_of_line = data[at:]
                break
            self._read_line(data[at:stop])
            at = stop + 1
        if len(self._part_of_line) > MAX_LINE_BYTES:
            raise HTTPProtocolError("a line of the chunked framing is too long")
        if self.ended:
            self.rest += data[at:]

    def _read_line(self, line: bytes) -> None:
        if not line.endswith(b"\r"):
            raise HTTPProtocolError("a line of the chunked framing ends without CR")
        line = line[:-1]
        if self._next_line is _AFTER_DATA:
            if line:
                raise HTTPProtocolError("a chunk is longer than its size")
            self._next_line = _SIZE
        elif self._next_line is _SIZE:
            size = _SIZE_LINE.fullmatch(line)
            if size is None or len(line) > MAX_LINE_BYTES:
                raise HTTPProtocolError(f"{line[:40]!r} is no size of a chunk")
            self._data_left = int(size[1], 16)
            if len(line) < 6 and len(_KNOWN_SIZES) < MAX_KNOWN:
                _KNOWN_SIZES[line] = self._data_left
            self._next_line = _AFTER_DATA if self._data_left else _TRAILER
        else:
            self._trailer_bytes += len(line)
            if self._trailer_bytes > MAX_LINE_BYTES:
                raise HTTPProtocolError("the trailers are too long")
            self.ended = not line
