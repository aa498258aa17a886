"""TLS over a stream that can be read without waiting, as another such stream.

`trio.SSLStream` keeps what it has received and not yet decrypted to itself: if two records come
together, the socket is empty while the second one is still unread.  Before a connection serves a
second call this record must be found, for that call would read it as its answer.  So the TLS machine
stands here between two buffers in memory (`ssl.SSLObject`), and each read looks into the machine, then
into the socket.
"""

from __future__ import annotations

import functools
import ssl
from collections.abc import Awaitable
from typing import Final

import trio

from ._reading import receive
from ._socket import READ_BYTES, NowaitStream

RECORD_BYTES: Final = 64 * 1024
"""How much is encrypted at a time, so that a large request is not held twice."""
RECORD_HEADER: Final = 5
"""Bytes before the text of a record; the last two are its length (RFC 8446, section 5.1)."""


class TLSStream(NowaitStream):
    """TLS as a client over *stream*, for the name *host*.  Closed by its owner.

    Closing sends no ``close_notify``, like other HTTP clients: the framing tells where a body ends.
    For the same reason an end without ``close_notify`` is no failure.
    """

    def __init__(self, stream: NowaitStream, context: ssl.SSLContext, host: str) -> None:
        self._stream = stream
        self._received = ssl.MemoryBIO()
        self._to_send = ssl.MemoryBIO()
        # One that httpx has used too may offer HTTP/2, which nobody speaks here.
        context.set_alpn_protocols(["http/1.1"])
        self._tls = context.wrap_bio(self._received, self._to_send, server_hostname=host)
        self._ended = False  # by the peer's word, or with the stream
        self._record_left = 0
        """Bytes of the last record that have not come."""
        self._cut_header = b""
        """The beginning of a record's header, if that was cut."""

    async def do_handshake(self) -> None:
        """Make the handshake, which verifies the peer's certificate.  Always a checkpoint.

        :raises trio.BrokenResourceError: it failed; ``__cause__`` says why.
        """
        done = False
        failure: ssl.SSLError | None = None
        while not done and failure is None:
            try:
                self._tls.do_handshake()
                done = True
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLError as error:
                failure = error
            await self._flush()  # after a failure too: the alert tells the peer why
            if not done and failure is None:
                self._take(await receive(self._stream))
        if failure is not None:
            raise trio.BrokenResourceError(str(failure)) from failure

    def receive_nowait(self, max_bytes: int = READ_BYTES) -> bytes | None:
        """As `NowaitStream.receive_nowait`."""
        received, tls = self._received, self._tls
        while True:
            # Asked in vain, the machine raises: that is a tenth of a read.
            if received.pending or tls.pending() or self._ended:
                data = self._decrypted(max_bytes)
                if data is not None:
                    return data
            taken = self._stream.receive_nowait(READ_BYTES)
            if taken is None:
                return None
            self._take(taken)

    @property
    def has_no_unread_bytes(self) -> bool:
        """As `NowaitStream.has_no_unread_bytes`, by a look at the stream below too.

        A record of which only a part has come decrypts to nothing, and is the beginning of something: its
        rest would be read as the answer of the next call.
        """
        nothing_came = super().has_no_unread_bytes and self._stream.has_no_unread_bytes
        return nothing_came and not self._record_left and not self._cut_header

    def wait_readable(self) -> Awaitable[None]:
        """As `NowaitStream.wait_readable`."""
        # All records that came are decrypted by now: `receive_nowait` went on until it found nothing.
        return self._stream.wait_readable()

    def wake(self) -> None:
        """As `NowaitStream.wake`."""
        self._stream.wake()

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        """As `NowaitStream.send_all`."""
        await trio.lowlevel.checkpoint_if_cancelled()
        view = memoryview(data)
        for start in range(0, len(view), RECORD_BYTES):
            try:
                self._tls.write(view[start : start + RECORD_BYTES])
            except ssl.SSLError as error:
                raise trio.BrokenResourceError(str(error)) from error
            await self._flush()

    async def aclose(self) -> None:
        """As `NowaitStream.aclose`."""
        await self._stream.aclose()

    def close_nowait(self) -> None:
        """As `NowaitStream.close_nowait`."""
        self._stream.close_nowait()

    def _take(self, received: bytes | bytearray) -> None:
        if not received:
            self._received.write_eof()
            self._ended = True
            return
        self._received.write(received)
        # The machine does not say whether it holds a part of a record.  Reading the lengths costs a read 0.2 µs.
        if self._cut_header:
            received = self._cut_header + received
            self._cut_header = b""
        size, record = len(received), self._record_left
        while record + RECORD_HEADER <= size:
            length = received[record + 3] << 8 | received[record + 4]
            record += RECORD_HEADER + length
        if record < size:
            self._cut_header = bytes(received[record:])
        self._record_left = max(record - size, 0)

    def _decrypted(self, max_bytes: int) -> bytes | None:
        """Return what can be decrypted of what was received: ``b""`` at the end, None for nothing yet."""
        try:
            data = self._tls.read(max_bytes)
        except ssl.SSLWantReadError:
            # TLS 1.3 has no second handshake; what it wants to send then is a change of keys, see `_flush`.
            if self._to_send.pending and self._tls.version() != "TLSv1.3":
                raise trio.BrokenResourceError("the server asks for another handshake") from None
            return None
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            self._ended = True
            return b""
        except ssl.SSLError as error:
            raise trio.BrokenResourceError(str(error)) from error
        self._ended = self._ended or not data
        return data

    async def _flush(self) -> None:
        # Only a handshake and a request send.  What the machine wants to send because of something it
        # read, such as a change of keys, waits for the next request, which RFC 8446, section 4.6.3
        # allows: otherwise a read would have to send, and could wait for a peer that does not read.
        if self._to_send.pending:
            await self._stream.send_all(self._to_send.read())


async def open_tls(
    stream: NowaitStream, host: str, context: ssl.SSLContext | None = None
) -> TLSStream:
    """Make the handshake over *stream*, and return the TLS stream; if it fails, close *stream*.

    Without a *context*, `default_context` is made in a thread.

    :raises trio.BrokenResourceError: the peer's certificate is not trusted, or it speaks no TLS.
    """
    secured = False
    try:
        if context is None:
            context = await trio.to_thread.run_sync(default_context)
        tls = TLSStream(stream, context, host)
        await tls.do_handshake()
        secured = True
    finally:
        if not secured:
            with trio.CancelScope(shield=True):
                await stream.aclose()
    return tls


@functools.cache
def default_context() -> ssl.SSLContext:
    """A context that verifies against certifi's store.  Blocks for 40 to 260 ms the first time."""
    import httpx

    context = httpx.create_ssl_context(trust_env=False)
    context.set_alpn_protocols(["http/1.1"])
    context.options |= ssl.OP_NO_RENEGOTIATION
    return context
