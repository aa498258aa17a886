"""A request written, and the head of its answer read, by h11 and without I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import attrs
import h11

from .._errors import ConnectionLost, HTTPProtocolError, LionprideError, LocalProtocolError
from ._framing import Framing, Sized, framing_of
from ._request import Request

MAX_HEAD_BYTES: Final = 64 * 1024
"""Longest status line with headers."""

_HEAD_END: Final = re.compile(rb"\n\r?\n")
_IDENTITY: Final = re.compile(rb"(?im)^transfer-encoding:[ \t]*identity[ \t]*\r?\n")
"""Of RFC 2616, and gone since RFC 7230; some gateways still say it, and h11 refuses it."""


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
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD_BYTES)
        self._connection_ended = False
        self._asks_for_head_alone = False
        self.rest = b""
        """The bytes that were fed and are no part of a whole head."""
        self.answered = False
        """A byte of an answer came."""
        self.head: Head | None = None
        self.framing: Framing | None = None

    def write(self, request: Request) -> bytes:
        """The bytes of *request*, whose body is there."""
        return self.write_head(request) + self.write_piece(request.body) + self.write_end()

    def write_head(self, request: Request) -> bytes:
        """The bytes of *request* before its body.

        :raises LocalProtocolError: its headers cannot be sent.
        """
        method, target = request.method, request.address.target
        self._asks_for_head_alone = method == "HEAD"
        try:
            if request.header_lines is None:
                headers = {
                    "host": request.address.host,
                    **request.headers,
                    "content-length": str(len(request.body)),
                }
                head = h11.Request(method=method, target=target, headers=list(headers.items()))
            else:
                head = h11.Request(method=method, target=target, headers=list(request.header_lines))
            return self._http.send(head) or b""
        except h11.LocalProtocolError as error:
            raise LocalProtocolError(f"this request cannot be sent: {error}") from error

    def write_piece(self, data: bytes) -> bytes:
        """The bytes of the next piece of the body, as the head says that it is framed.

        :raises LocalProtocolError: the body is longer than its content-length.
        """
        try:
            return self._http.send(h11.Data(data=data)) or b""
        except h11.LocalProtocolError as error:
            raise LocalProtocolError(f"the body is not as its headers say: {error}") from error

    def write_end(self) -> bytes:
        """The bytes after the body.

        :raises LocalProtocolError: the body is shorter than its content-length.
        """
        try:
            return self._http.send(h11.EndOfMessage()) or b""
        except h11.LocalProtocolError as error:
            raise LocalProtocolError(f"the body is not as its headers say: {error}") from error

    def feed(self, data: bytes) -> None:
        """Take what was received; ``b""`` says that the connection ended.

        :raises ConnectionLost: it ended, and no head is whole.
        :raises HTTPProtocolError: what came is no HTTP, or its head is too long.
        """
        self._connection_ended = not data
        self.answered = self.answered or bool(data)
        self.rest += data
        try:
            self._read()
        except h11.RemoteProtocolError as error:
            raise self._failure(error) from error

    def _read(self) -> None:
        # h11 is given whole heads, one at a time: so it can be kept from the one line that it refuses
        # for nothing, and what follows the last head is body and none of its business.
        while self.head is None and self._has_enough:
            found = _HEAD_END.search(self.rest)
            end = found.end() if found else len(self.rest)
            head, self.rest = self.rest[:end], self.rest[end:]
            self._http.receive_data(_IDENTITY.sub(b"", head))
            event = self._http.next_event()
            if isinstance(event, h11.Response):  # and no answer of 1xx, which is not the last
                self.head = Head(
                    event.status_code,
                    _headers(event),
                    header_lines=event.headers.raw_items(),
                    version=b"HTTP/" + bytes(event.http_version),
                    reason=bytes(event.reason),
                )
                self.framing = Sized(0) if self._asks_for_head_alone else framing_of(event)

    @property
    def _has_enough(self) -> bool:
        """h11 can make something of what there is, be it an error."""
        return (
            self._connection_ended
            or len(self.rest) > MAX_HEAD_BYTES
            or _HEAD_END.search(self.rest) is not None
        )

    @property
    def keeps_connection(self) -> bool:
        """Neither side has said that it will close the connection after this answer."""
        return self._http.our_state is h11.DONE  # h11 leaves DONE at a head that says so

    def _failure(self, error: h11.RemoteProtocolError) -> LionprideError:
        if self._connection_ended:
            inside = "inside the head of its answer" if self.answered else "before it answered"
            return ConnectionLost(f"the server closed the connection {inside}")
        return HTTPProtocolError(f"what came is not HTTP: {error}")


def _headers(response: h11.Response) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("ascii"), _text(raw_value)
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
