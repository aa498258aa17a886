"""Compressed bodies, inflated in bounded steps.

Identity is asked for, and some servers compress all the same.  A step gives at most `STEP_BYTES`, so
that the bounds on what is read hold for a few kilobytes that inflate to gigabytes, too.
"""

from __future__ import annotations

import zlib
from collections.abc import Awaitable
from typing import Any, Final

from .._errors import ConnectionLost, DecodeError, NotAStream
from ._reading import Body

STEP_BYTES: Final = 64 * 1024
_GZIP: Final = b"\x1f\x8b"
_KNOWN: Final = {"gzip", "x-gzip", "deflate"}
_PLAIN: Final = {"", "identity", "none", "utf-8", "utf8", "us-ascii", "binary", "8bit", "7bit"}
"""The values of ``content-encoding`` under which nothing is compressed: some servers put the name of a charset
or of a transfer encoding there."""


class Inflater:
    """Inflates gzip (of many members) and deflate, at most `STEP_BYTES` a step.

    Deflate should have zlib's header, and often has none.  The first two bytes tell.
    """

    def __init__(self) -> None:
        self._machine: Any = None
        self._pending = b""
        self._more = False
        self._members = 0
        self._failure: DecodeError | None = None

    def feed(self, data: bytes) -> None:
        """Take *data*; `step` gives what it inflates to."""
        self._pending += data

    @property
    def is_inside_member(self) -> bool:
        """A member has begun, and its end was not fed: what ends here was cut."""
        return self._machine is not None or bool(self._pending)

    def step(self) -> bytes:
        """Return the next piece of the text; ``b""`` when more must be fed first.

        :raises DecodeError: what was fed is no gzip and no deflate; the text before the damage is
            given before this.
        """
        if self._failure is not None:
            raise self._failure
        while self._pending or self._more:
            if self._machine is None and not self._begin():
                break
            made = self._inflated()
            if made:
                return made
        return b""

    def _begin(self) -> bool:
        """Choose the machine for the next member; return whether there is one, and enough of it to tell."""
        start = self._pending[:2]
        if self._members and not _GZIP.startswith(start):
            self._pending = b""  # padding after the last member
            return False
        if len(start) < 2:
            return False
        zlib_header = start[0] & 15 == 8 and int.from_bytes(start) % 31 == 0
        self._machine = zlib.decompressobj(31 if start == _GZIP else 15 if zlib_header else -15)
        self._members += 1
        return True

    def _inflated(self) -> bytes:
        machine = self._machine
        before = machine.copy()
        try:
            made: bytes = machine.decompress(self._pending, STEP_BYTES)
        except zlib.error as error:
            return self._broken(before, error)
        self._pending = machine.unused_data if machine.eof else machine.unconsumed_tail
        self._more = len(made) == STEP_BYTES and not machine.eof
        if machine.eof:
            self._machine = None
        return made

    def _broken(self, machine: Any, error: zlib.error) -> bytes:
        """Return the text before the damage: zlib throws away what it made in the step that failed.

        So the step is made again from a copy of the machine, byte by byte.
        """
        self._failure = DecodeError(f"the body's compression is broken: {error}")
        self._failure.__cause__ = error
        made: list[bytes] = []
        try:
            for at in range(len(self._pending)):
                made.append(machine.decompress(self._pending[at : at + 1]))
        except zlib.error:
            pass
        if not (text := b"".join(made)):
            raise self._failure
        return text


class InflatedBody:
    """A body whose bytes are those of another, inflated."""

    def __init__(self, body: Body, encoding: str) -> None:
        self._body = body
        self._encoding = encoding
        self._inflater = Inflater()

    def receive_nowait(self) -> bytes | None:
        """As `Body.receive_nowait`.

        :raises NotAStream: the encoding is none that this library knows.
        :raises DecodeError: the compression is broken, after the text before the damage.
        :raises ConnectionLost: the body ended before its compression does, after the text.
        """
        if self._encoding not in _KNOWN:
            raise NotAStream(f"asked for no compression, got content-encoding {self._encoding!r}")
        while not (made := self._inflater.step()):
            piece = self._body.receive_nowait()
            if not piece:
                if piece is not None and self._inflater.is_inside_member:
                    raise ConnectionLost("the answer ended inside its compression")
                return piece
            self._inflater.feed(piece)
        return made

    def wait_readable(self) -> Awaitable[None]:
        """Wait for the body below, since `receive_nowait` leaves nothing here that it could give."""
        return self._body.wait_readable()

    def wake(self) -> None:
        """Wake who waits for the body below."""
        self._body.wake()

    def abort_nowait(self) -> None:
        """Break the body below off."""
        self._body.abort_nowait()

    async def aclose(self, *, understood: bool) -> None:
        """Close the body below."""
        await self._body.aclose(understood=understood)

    def __repr__(self) -> str:
        return f"{self._encoding} of {self._body!r}"


def encoding_of(header: str) -> str:
    """Return the encodings that a ``content-encoding`` header names; ``""`` where nothing is encoded."""
    names = (name.strip().lower() for name in header.split(","))
    return ", ".join(name for name in names if name not in _PLAIN)
