"""A request written and the head of its answer read, without I/O.

By hand, since h11 takes 60 µs for the two, a third of all that a short call costs, and this a tenth of it.
What is refused is what h11 refuses: the tests hold the two against each other, as they do the framing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

import attrs

from .._errors import ConfigurationError, ConnectionLost, HTTPProtocolError
from ._framing import Chunked, Framing, Sized, Unsized
from ._request import Request

MAX_HEAD_BYTES: Final = 64 * 1024
"""Longest status line with headers."""
MAX_LENGTH_DIGITS: Final = 20

_HEAD_END: Final = re.compile(rb"\n\r?\n")
_TOKEN: Final = re.compile(rb"[-!#$%&'*+.^_`|~0-9a-zA-Z]+")
_TARGET: Final = re.compile(rb"[\x21-\x7e]+")
_VALUE: Final = re.compile(
    r"[\x01-\x08\x0e-\x1f\x21-\x7f]+(?:[ \t]+[\x01-\x08\x0e-\x1f\x21-\x7f]+)*|"
)
_STATUS_LINE: Final = re.compile(rb"HTTP/([0-9]\.[0-9]) ([0-9]{3})(?: .*)?", re.DOTALL)
_REFUSED: Final = re.compile(rb"[\x00\x0b\x0c]|\r(?!\n)")
"""Bytes that some readers take for an end of a line, or of a text: nowhere in a head."""


@attrs.frozen
class Head:
    """The head of an answer."""

    status: int
    headers: Mapping[str, str]
    """Names are in small letters; what came more than once is joined by commas."""


class HeadMachine:
    """One request, and what comes of its answer up to the end of the head.

    `feed` it what was received; `head` is not None once the head is whole, and then `framing` says
    how the body is framed and `rest` has what came of it already.
    """

    def __init__(self) -> None:
        self._asks_for_head = False
        self.keeps_connection = True
        """Neither side has said that it will close the connection after this answer."""
        self.rest = b""
        """The bytes that were fed and are no part of a whole head."""
        self.answered = False
        """A byte of an answer came."""
        self.head: Head | None = None
        self.framing: Framing | None = None

    def write(self, request: Request) -> bytes:
        """The bytes of *request*.

        :raises ConfigurationError: HTTP cannot say it.
        """
        address = request.address
        headers = {
            "host": address.host,
            **request.headers,
            "content-length": str(len(request.body)),
        }
        self._asks_for_head = request.method == "HEAD"
        self.keeps_connection = "close" not in _words(headers.get("connection", ""))
        if not _TOKEN.fullmatch(request.method.encode()) or not _TARGET.fullmatch(address.target):
            raise ConfigurationError(f"{request.method} {address.target!r} is no line of a request")
        lines = [f"{request.method} {address.target.decode('ascii')} HTTP/1.1"]
        for name, value in headers.items():
            if not _TOKEN.fullmatch(name.encode()) or not _VALUE.fullmatch(value):
                raise ConfigurationError(
                    f"the header {name!r} has a name or a value that HTTP cannot send"
                )
            lines.append(f"{name}: {value}")
        return "\r\n".join([*lines, "", ""]).encode("ascii") + request.body

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
        headers: dict[str, str] = {}
        for name, value in _fields(lines):
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        if 100 <= status < 200 and status != 101:
            return  # and not the last
        if status < 200:
            raise _not_http(f"the status {status} was not asked for")
        closes = version < b"1.1" or "close" in _words(headers.get("connection", ""))
        self.keeps_connection = self.keeps_connection and not closes
        self.framing = self._framing_of(status, headers)
        self.head = Head(status, headers)

    def _framing_of(self, status: int, headers: Mapping[str, str]) -> Framing:
        """How the body of an answer is framed (RFC 9112, section 6.3)."""
        if status in {204, 304} or self._asks_for_head:
            return Sized(0)
        if "transfer-encoding" in headers:
            return Chunked()
        if "content-length" in headers:
            return Sized(int(headers["content-length"]))
        return Unsized()


def _fields(lines: list[bytes]) -> Iterator[tuple[str, str]]:
    """The names, in small letters, and the values of header lines.

    How the body is framed is said once: two that say different things would be two answers in one.
    """
    length = coding = ""
    for line in _unfolded(lines):
        raw, colon, rest = line.partition(b":")
        if not colon or not _TOKEN.fullmatch(raw):
            raise _not_http(f"{line[:80]!r} is no line of a header")
        name, value = raw.decode("ascii").lower(), _text(rest.strip(b" \t"))
        if name == "content-length":
            value = _length(value)
            if length == value:
                continue  # said again
            if length:
                raise _not_http("its body has two lengths")
            length = value
        elif name == "transfer-encoding":
            value = value.lower()
            if value == "identity":
                continue  # of RFC 2616, and gone since RFC 7230; some gateways still say it
            if value != "chunked" or coding:
                raise _not_http(f"the transfer encoding {value[:80]!r} was not asked for")
            coding = value
        yield name, value


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


def _length(value: str) -> str:
    """The one length that *value* says, once or several times."""
    lengths = {length.strip() for length in value.split(",")}
    length = lengths.pop()
    if lengths or not (length.isascii() and length.isdigit()) or len(length) > MAX_LENGTH_DIGITS:
        raise _not_http(f"{value[:80]!r} is no length of a body")
    return length


def _words(value: str) -> list[str]:
    return [word.strip() for word in value.lower().split(",")]


def _not_http(why: str) -> HTTPProtocolError:
    return HTTPProtocolError(f"what came is not HTTP: {why}")


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
