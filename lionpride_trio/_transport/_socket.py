"""Streams that can also be read without waiting: a TCP socket, and any other trio stream.

`trio.SocketStream` has no way to ask "is there something now?", and a clock around each read costs
more than the read itself.  With `receive_nowait` a clock is only started when a read really waits.
"""

from __future__ import annotations

import abc
import socket
from collections.abc import Awaitable
from typing import Final

import trio

READ_BYTES: Final = 16 * 1024
"""The most that one read takes, and so the most that is held of a body nobody asks for.

Reads of 64 KiB cost a thousand fast streams twice as much: the chunks of all the bytes of a read are alive
at once, and the garbage collector walks over them again and again.
"""


class NowaitStream(abc.ABC):
    """A connection that is read without waiting, or waited for: `_reading.Readable`.

    Closed by its owner.
    """

    @abc.abstractmethod
    def receive_nowait(self, max_bytes: int = READ_BYTES) -> bytes | None:
        """Return the bytes that have arrived, ``b""`` at the end, None when nothing has.  No checkpoint.

        :raises trio.BrokenResourceError: the connection was reset.
        :raises trio.ClosedResourceError: this side closed it.
        """

    @abc.abstractmethod
    def wait_readable(self) -> Awaitable[None]:
        """As `Readable.wait_readable`."""

    @abc.abstractmethod
    def wake(self) -> None:
        """As `Readable.wake`."""

    @abc.abstractmethod
    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        """As `trio.abc.SendStream.send_all`.  Checks for a cancellation first.

        Where nothing has to be waited for, other tasks get no turn: whoever sends waits for an answer next.

        After a cancellation it is unknown how much was sent.
        """

    @abc.abstractmethod
    async def aclose(self) -> None:
        """Close without waiting for the peer.  A checkpoint; it is closed before that."""

    @abc.abstractmethod
    def close_nowait(self) -> None:
        """Close as `aclose` does, without the checkpoint.  Safe at any time, and twice."""

    @property
    def has_no_unread_bytes(self) -> bool:
        """The peer has sent nothing that was not read, and has not closed.

        Bytes that are there are thrown away: only a stream that is to be closed if it is false is asked.
        """
        try:
            return self.receive_nowait(1) is None
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            return False


class Socket(NowaitStream):
    """A connected socket."""

    def __init__(self, connected: socket.socket) -> None:
        connected.setblocking(False)
        self._socket = connected
        self._emptied = False

    def receive_nowait(self, max_bytes: int = READ_BYTES) -> bytes | None:
        """As `NowaitStream.receive_nowait`.

        After a read that got less than it asked for, the next one gives None without a look: such a read has
        emptied the socket (epoll(7), question 9), and a look in vain is a tenth of a read of one event.
        What has come since is seen by the wait.
        """
        if self._emptied:
            self._emptied = False
            return None
        try:
            data = self._socket.recv(max_bytes)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError as error:
            raise self._failure(error) from error
        self._emptied = 0 < len(data) < max_bytes
        return data

    @property
    def has_no_unread_bytes(self) -> bool:
        """As `NowaitStream.has_no_unread_bytes`, by a look."""
        self._emptied = False
        return super().has_no_unread_bytes

    def wait_readable(self) -> Awaitable[None]:
        """As `NowaitStream.wait_readable`."""
        return trio.lowlevel.wait_readable(self._socket)  # ruff: ignore[trio-sync-call] - see `Readable`

    def wake(self) -> None:
        """As `NowaitStream.wake`."""
        trio.lowlevel.notify_closing(self._socket)

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        """As `NowaitStream.send_all`."""
        await trio.lowlevel.checkpoint_if_cancelled()
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[self._socket.send(rest) :]
            except (BlockingIOError, InterruptedError):
                await trio.lowlevel.wait_writable(self._socket)
            except OSError as error:
                raise self._failure(error) from error

    async def aclose(self) -> None:
        """As `NowaitStream.aclose`."""
        self.close_nowait()
        await trio.lowlevel.checkpoint()

    def close_nowait(self) -> None:
        """As `NowaitStream.close_nowait`."""
        self._emptied = False  # the next read is to find that it is closed
        if self._socket.fileno() >= 0:
            trio.lowlevel.notify_closing(self._socket)
            self._socket.close()

    def _failure(self, error: OSError) -> Exception:
        if self._socket.fileno() < 0:
            return trio.ClosedResourceError("this socket was closed")
        return trio.BrokenResourceError(str(error))


class WaitingStream(NowaitStream):
    """Any other trio stream, which gives nothing without a wait: waiting for it is reading it.

    So nothing tells whether its peer has sent more than was read, and it never serves twice.
    """

    def __init__(self, stream: trio.abc.Stream) -> None:
        self._stream = stream
        self._read: bytes | trio.BrokenResourceError | trio.ClosedResourceError | None = None
        self._waiting = trio.CancelScope()

    @property
    def has_no_unread_bytes(self) -> bool:
        """False, for nobody can tell."""
        return False

    def receive_nowait(self, max_bytes: int = READ_BYTES) -> bytes | None:
        """Return the bytes of the last wait, whatever *max_bytes* is."""
        read, self._read = self._read, None
        if isinstance(read, Exception):
            raise read
        return read

    async def wait_readable(self) -> None:
        """Read once.  Cancelling it loses nothing, as with every trio stream."""
        with trio.CancelScope() as self._waiting:
            try:
                self._read = bytes(await self._stream.receive_some(READ_BYTES))
            except (trio.BrokenResourceError, trio.ClosedResourceError) as error:
                self._read = error

    def wake(self) -> None:
        """Cancel the wait."""
        self._waiting.cancel()

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        """As the stream below."""
        await self._stream.send_all(data)

    async def aclose(self) -> None:
        """Close the stream below without a word to its peer."""
        await trio.aclose_forcefully(self._stream)

    def close_nowait(self) -> None:
        """Nothing: only `aclose` can close such a stream."""


def readable_nowait(stream: trio.abc.Stream | NowaitStream) -> NowaitStream:
    """*stream*, behind an adapter where it cannot be read without waiting."""
    return stream if isinstance(stream, NowaitStream) else WaitingStream(stream)


async def connect_tcp(host: str, port: int) -> Socket:
    """Connect to *host*; its addresses are tried as RFC 8305 says.  The caller closes the socket.

    :raises OSError: no address of it answers, or it has none.
    """
    stream = await trio.open_tcp_stream(host, port)
    return Socket(socket.socket(fileno=stream.socket.detach()))
