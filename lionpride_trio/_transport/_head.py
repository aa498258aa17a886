"""The head of an answer, read without I/O.

By hand, as the request is written (`_writing`): h11 takes 60 µs for the two, a third of all that a short call
costs, and this a sixth of it.  What is refused is what h11 refuses: the tests hold the two against each other,
as they do the framing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import attrs

from .._errors import ConnectionLost, HTTPProtocolError
from ._framing import Chunked, Framing, Sized, Unsized
from ._request import Request
from ._writing import TOKEN, RequestWriter, length_of, says_close

MAX_HEAD_BYTES: Final = 64 * 1024
"""Longest status line with headers."""
MIN_FIRST_BYTE: Final = 0x21
"""A first byte below this, such as that of a record of TLS, begins no status line: more is not waited for."""

_HEAD_END: Final = re.compile(rb"\n\r?\n")
_STATUS_LINE: Final = re.compile(rb"HTTP/([0-9]\.[0-9]) ([0-9]{3})(?: (.*))?", re.DOTALL)
_REFUSED: Final = re.compile(rb"[\x00\x0b\x0c]|\r(?!\n)")
"""Bytes that some readers take for an end of a line, or of a text: nowhere in a head."""


@attrs.frozen
class Head:
    """The head of an answer."""

    status: int
    headers: Mapping[str, str]
    """Names are in small letters; what came more than once is joined by commas."""
    header_lines: Sequence[tuple[bytes, bytes]] = ()
    """The headers as they came."""
    version: bytes = b"HTTP/1.1"
    """The version of HTTP that the server speaks."""
    reason: bytes = b""
    """The words after the status."""


class HeadMachine:
    """One request, and what comes of its answer up to the end of the head.

    `feed` it what was received; `head` is not None once the head is whole, and then `framing` says
    how the body is framed and `rest` has what came of it already.
    """

    def __init__(self) -> None:
        self._writer = RequestWriter()
        self._asks_for_head_alone = False
        self._server_closes = False
        self.rest = b""
        """The bytes that were fed and are no part of a whole head."""
        self.answered = False
        """A byte of an answer came."""
        self.head: Head | None = None
        self.framing: Framing | None = None

    def writer_of(self, request: Request) -> RequestWriter:
        """The writer of *request*, whose answer is read here."""
        self._asks_for_head_alone = request.method == "HEAD"
        return self._writer

    @property
    def keeps_connection(self) -> bool:
        """Neither side has said that it will close the connection after this answer."""
        return not (self._writer.closes or self._server_closes)

    def feed(self, data: bytes) -> None:
        """Take what was received; ``b""`` says that the connection ended.

        :raises ConnectionLost: it ended, and no head is whole.
        :raises HTTPProtocolError: what came is no HTTP, or its head is too long.
        """
        self.answered = self.answered or bool(data)
        self.rest += data
        while self.head is None and (end := _HEAD_END.search(self.rest)):
            head, self.rest = self.rest[: end.start()], self.rest[end.end() :]
            self._read(head.removesuffix(b"\r"))
        if self.head is not None:
            return
        if not data:
            inside = "inside the head of its answer" if self.answered else "before it answered"
            raise ConnectionLost(f"the server closed the connection {inside}")
        if self.rest and self.rest[0] < MIN_FIRST_BYTE:
            raise _not_http(f"it begins with {self.rest[:8]!r}")
        if len(self.rest) > MAX_HEAD_BYTES:
            raise _not_http(f"its head is longer than {MAX_HEAD_BYTES} bytes")

    def _read(self, head: bytes) -> None:
        """Read a whole head, without the blank line."""
        if _REFUSED.search(head):
            raise _not_http("a byte that no head may have")
        first, *lines = head.replace(b"\r\n", b"\n").split(b"\n")
        status_line = _STATUS_LINE.fullmatch(first)
        if status_line is None:
            raise _not_http(f"{first[:80]!r} is no status line")
        version, status = status_line[1], int(status_line[2])
        header_lines = list(_fields(lines))
        headers: dict[str, str] = {}
        for raw, data in header_lines:
            name, value = raw.decode("ascii").lower(), _text(data)
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
            if name == "connection" and says_close(data):
                self._server_closes = True
        if 100 <= status < 200 and status != 101:
            return  # and not the last
        if status < 200:
            raise _not_http(f"the status {status} was not asked for")
        self._server_closes = self._server_closes or version < b"1.1"
        self.framing = self._framing_of(status, headers)
        self.head = Head(
            status,
            headers,
            header_lines=header_lines,
            version=b"HTTP/" + version,
            reason=status_line[3] or b"",
        )

    def _framing_of(self, status: int, headers: Mapping[str, str]) -> Framing:
        """How the body of an answer is framed (RFC 9112, section 6.3)."""
        if "transfer-encoding" in headers and "content-length" in headers:
            # Who goes by the other one ends the body elsewhere, and reads what follows as the next answer.
            self._server_closes = True
        if status in {204, 304} or self._asks_for_head_alone:
            return Sized(0)
        if "transfer-encoding" in headers:
            return Chunked()
        if "content-length" in headers:
            return Sized(int(headers["content-length"]))
        return Unsized()


def _fields(lines: list[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """The names and values of header lines.

    How the body is framed is said once: two that say different things would be two answers in one.
    """
    length = coding = b""
    for line in _unfolded(lines):
        raw, colon, rest = line.partition(b":")
        if not colon or not TOKEN.fullmatch(raw):
            raise _not_http(f"{line[:80]!r} is no line of a header")
        name, value = raw.lower(), rest.strip(b" \t")
        if name == b"content-length":
            said, length = length, length_of(value) or b""
            if not length or said not in {b"", length}:
                raise _not_http(f"{value[:80]!r} is no length of a body, or it has two")
            if said:
                continue
            value = length
        elif name == b"transfer-encoding":
            value = value.lower()
            if value == b"identity":
                continue  # of RFC 2616, and gone since RFC 7230; some gateways still say it
            if value != b"chunked" or coding:
                raise _not_http(f"the transfer encoding {value[:80]!r} was not asked for")
            coding = value
        yield raw, value


def _unfolded(lines: list[bytes]) -> list[bytes]:
    """*lines*, where one that begins with white space goes on with the line before it (RFC 9112, 5.2)."""
    whole: list[bytes] = []
    for line in lines:
        if not line.startswith((b" ", b"\t")):
            whole.append(line)
        elif whole:
            whole[-1] += b" " + line.lstrip(b" \t")
        else:
            raise _not_http("its first header goes on with no line")
    return whole


def _not_http(why: str) -> HTTPProtocolError:
    return HTTPProtocolError(f"what came is not HTTP: {why}")


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
