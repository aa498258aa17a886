"""Streams that can also be read without waiting: a TCP socket, and any other trio stream.

`trio.SocketStream` has no way to ask "is there something now?", and a clock around each read costs
more than the read itself.  With `receive_nowait` a clock is only started when a read really waits.
"""

from __future__ import annotations

import abc
import socket
from typing import Final

import trio

READ_BYTES: Final = 64 * 1024
"""The most that one read takes, and so the most that is held of a body nobody asks for."""


class NowaitStream(trio.abc.Stream):
    """A trio stream that can be read and closed without waiting.  Closed by its owner."""

    @abc.abstractmethod
    def receive_nowait(self, max_bytes: int = READ_BYTES) -> bytes | None:
        """What has arrived, ``b""`` at the end, None when a read would wait.  No checkpoint.

        :raises trio.BrokenResourceError: the connection was reset.
        :raises trio.ClosedResourceError: this side closed it.
        """

    @property
    def has_no_unread_bytes(self) -> bool:
        """The peer has sent nothing that was not read, and has not closed.

        What is there is thrown away: only a stream that is to be closed if it is false is asked.
        """
        try:
            return self.receive_nowait(1) is None
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            return False

    @abc.abstractmethod
    def close_nowait(self) -> None:
        """Close as `aclose` does, without the checkpoint.  Safe at any time, and twice."""


class Socket(NowaitStream):
    """A connected socket.  Closed by its owner; closing does not wait.

    Cancelling a `receive_some` loses nothing.  After a cancelled `send_all` it is unknown how much
    was sent, as with every trio stream.
    """

    def __init__(self, connected: socket.socket) -> None:
        connected.setblocking(False)
        self._socket = connected

    def receive_nowait(self, max_bytes: int = READ_BYTES) -> bytes | None:
        """As `NowaitStream.receive_nowait`."""
        try:
            return self._socket.recv(max_bytes)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError as error:
            raise self._failure(error) from error

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        """As `trio.abc.ReceiveStream.receive_some`.  Always a checkpoint."""
        limit = READ_BYTES if max_bytes is None else max_bytes
        await trio.lowlevel.checkpoint_if_cancelled()
        data = self.receive_nowait(limit)
        if data is not None:
            await trio.lowlevel.cancel_shielded_checkpoint()
            return data
        while data is None:
            await trio.lowlevel.wait_readable(self._socket)
            data = self.receive_nowait(limit)
        return data

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        """As `trio.abc.SendStream.send_all`.  Always a checkpoint."""
        await trio.lowlevel.checkpoint()
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[self._socket.send(rest) :]
            except (BlockingIOError, InterruptedError):
                await trio.lowlevel.wait_writable(self._socket)
            except OSError as error:
                raise self._failure(error) from error

    async def wait_send_all_might_not_block(self) -> None:
        """As `trio.abc.SendStream.wait_send_all_might_not_block`.  Always a checkpoint."""
        await trio.lowlevel.checkpoint_if_cancelled()
        if self._socket.fileno() < 0:
            raise trio.ClosedResourceError("this socket was closed")
        await trio.lowlevel.wait_writable(self._socket)

    async def aclose(self) -> None:
        """Close the socket.  A checkpoint; the socket is closed before it."""
        self.close_nowait()
        await trio.lowlevel.checkpoint()

    def close_nowait(self) -> None:
        """As `NowaitStream.close_nowait`."""
        if self._socket.fileno() >= 0:
            trio.lowlevel.notify_closing(self._socket)
            self._socket.close()

    def _failure(self, error: OSError) -> Exception:
        if self._socket.fileno() < 0:
            return trio.ClosedResourceError("this socket was closed")
        return trio.BrokenResourceError(str(error))


class WaitingStream(NowaitStream):
    """Any other trio stream, which cannot be asked without waiting.

    So nothing tells whether its peer has sent more than was read: it never serves twice.
    """

    def __init__(self, stream: trio.abc.Stream) -> None:
        self._stream = stream

    @property
    def has_no_unread_bytes(self) -> bool:
        """False, for nobody can tell."""
        return False

    def receive_nowait(self, max_bytes: int = READ_BYTES) -> bytes | None:
        """None, for nothing is known without waiting."""
        return None

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        """As the stream below."""
        return bytes(await self._stream.receive_some(max_bytes))

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        """As the stream below."""
        await self._stream.send_all(data)

    async def wait_send_all_might_not_block(self) -> None:
        """As the stream below."""
        await self._stream.wait_send_all_might_not_block()

    async def aclose(self) -> None:
        """Close the stream below without a word to its peer."""
        await trio.aclose_forcefully(self._stream)

    def close_nowait(self) -> None:
        """Nothing: only `aclose` can close such a stream."""


async def connect_tcp(host: str, port: int) -> Socket:
    """Connect to *host*; its addresses are tried as RFC 8305 says.  The caller closes the socket.

    :raises OSError: no address of it answers, or it has none.
    """
    stream = await trio.open_tcp_stream(host, port)
    return Socket(socket.socket(fileno=stream.socket.detach()))
