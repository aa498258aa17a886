"""A request as bytes, without I/O."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from .._errors import LocalProtocolError
from ._request import Request

TOKEN: Final = re.compile(rb"[-!#$%&'*+.^_`|~0-9a-zA-Z]+")
_TARGET: Final = re.compile(rb"[\x21-\x7e]+")
_VALUE: Final = re.compile(rb"(?:[^\x00\s]+(?:[ \t]+[^\x00\s]+)*)?")
MAX_LENGTH_DIGITS: Final = 20


class RequestWriter:
    """The bytes of one request: `head`, then its body by any number of `piece`, then `end`."""

    def __init__(self) -> None:
        self._left: int | None = 0
        """Bytes of the body that the head has promised and that are still to come; None for chunks."""
        self.closes = False
        """The head says that the connection is to be closed after the answer."""

    def whole(self, request: Request) -> bytes:
        """The bytes of *request*, whose body is there.

        :raises LocalProtocolError: its headers cannot be sent.
        """
        return self.head(request) + self.piece(request.body) + self.end()

    def head(self, request: Request) -> bytes:
        """The bytes of *request* before its body.

        :raises LocalProtocolError: its headers cannot be sent.
        """
        method, target = request.method.encode(), request.address.target
        if not TOKEN.fullmatch(method) or not _TARGET.fullmatch(target):
            raise _cannot_be_sent(
                f"{request.method[:80]!r} with this target is no line of a request"
            )
        lines = [b"%b %b HTTP/1.1" % (method, target)]
        host = length = coding = b""
        for raw, value in _headers_of(request):
            if not TOKEN.fullmatch(raw) or not _VALUE.fullmatch(value):
                # Above all a line end in a value: it would begin another header, or another request.
                raise _cannot_be_sent(
                    f"no header has the name {raw[:80]!r}, or a value like this one's"
                )
            name = raw.lower()
            if name == b"content-length":
                said, length = length, length_of(value) or b""
                if not length or said not in {b"", length}:
                    raise _cannot_be_sent("its content-length is no length, or it has two")
                if said:
                    continue
            elif name == b"transfer-encoding":
                if coding or value.lower() != b"chunked":
                    raise _cannot_be_sent("of the transfer encodings, there is chunked alone, once")
                coding = value
            elif name == b"host":
                if host:
                    raise _cannot_be_sent("it has two hosts")
                host = raw
            elif name == b"connection":
                self.closes = self.closes or says_close(value)
            lines.append(b"%b: %b" % (raw, value))
        if not host:
            raise _cannot_be_sent("it has no host")
        self._left = None if coding else int(length or b"0")
        return b"\r\n".join([*lines, b"", b""])

    def piece(self, data: bytes) -> bytes:
        """The bytes of the next piece of the body, as the head says that it is framed.

        :raises LocalProtocolError: the body is longer than its content-length.
        """
        if self._left is None:
            return b"%x\r\n%b\r\n" % (len(data), data) if data else b""
        self._left -= len(data)
        if self._left < 0:
            raise LocalProtocolError("the body is not as its headers say: it is longer")
        return data

    def end(self) -> bytes:
        """The bytes after the body.

        :raises LocalProtocolError: the body is shorter than its content-length.
        """
        if self._left is None:
            return b"0\r\n\r\n"
        if self._left:
            raise LocalProtocolError(
                f"the body is not as its headers say: {self._left} bytes are missing"
            )
        return b""


def length_of(value: bytes) -> bytes | None:
    """The one length that a ``content-length`` header says, once or several times; None for any other."""
    lengths = {length.strip() for length in value.split(b",")}
    length = lengths.pop()
    return None if lengths or not length.isdigit() or len(length) > MAX_LENGTH_DIGITS else length


def says_close(connection: bytes) -> bool:
    """Whether a ``connection`` header says that it closes after this exchange."""
    return b"close" in [word.strip() for word in connection.lower().split(b",")]


def _headers_of(request: Request) -> Iterator[tuple[bytes, bytes]]:
    if request.header_lines is not None:
        yield from request.header_lines
        return
    headers = {
        "host": request.address.host,
        **request.headers,
        "content-length": str(len(request.body)),
    }
    for name, value in headers.items():
        try:
            yield name.encode("ascii"), value.encode("ascii")
        except UnicodeEncodeError as error:
            raise _cannot_be_sent(f"the header {name[:80]!r} is not of ASCII") from error


def _cannot_be_sent(why: str) -> LocalProtocolError:
    return LocalProtocolError(f"this request cannot be sent: {why}")
