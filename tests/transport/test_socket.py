"""Streams that can be read without waiting."""

import socket
import struct

import pytest
import trio
import trio.testing

from lionpride_trio._transport._reading import receive
from lionpride_trio._transport._socket import READ_BYTES, Socket, WaitingStream, readable_nowait


@pytest.fixture
async def ends():
    """A connection: ours to be read, theirs a plain socket."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        theirs = socket.create_connection(listener.getsockname())
        ours, _ = listener.accept()
    stream = Socket(ours)
    with theirs:
        yield stream, theirs
        stream.close_nowait()


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


async def test_nothing_is_there_until_something_came(ends):
    stream, theirs = ends
    assert stream.receive_nowait() is None
    assert stream.has_no_unread_bytes
    theirs.send(b"hi")
    await stream.wait_readable()
    assert not stream.has_no_unread_bytes, "and it takes a byte to know"
    assert stream.receive_nowait() == b"i"


async def test_one_read_takes_so_much_and_no_more(ends):
    stream, theirs = ends
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * READ_BYTES)
    theirs.setblocking(False)
    sent = theirs.send(b"x" * 4 * READ_BYTES)
    assert sent > READ_BYTES
    await trio.testing.wait_all_tasks_blocked()
    assert len(await receive(stream)) <= READ_BYTES


async def test_a_peer_that_closed_has_said_so(ends):
    stream, theirs = ends
    theirs.close()
    await stream.wait_readable()
    assert not stream.has_no_unread_bytes
    assert stream.receive_nowait() == b""


async def test_a_reset_is_told_by_the_read(ends):
    stream, theirs = ends
    reset(theirs)
    await stream.wait_readable()
    with pytest.raises(trio.BrokenResourceError):
        stream.receive_nowait()


async def test_closing_wakes_who_waits(ends, nursery):
    stream, _ = ends
    woken = trio.Event()

    async def wait():
        with pytest.raises(trio.ClosedResourceError):
            await stream.wait_readable()
        woken.set()

    nursery.start_soon(wait)
    await trio.testing.wait_all_tasks_blocked()
    with trio.testing.assert_checkpoints():
        await stream.aclose()
    await woken.wait()
    stream.close_nowait()  # which is safe twice
    with pytest.raises(trio.ClosedResourceError):
        stream.receive_nowait()
    assert not stream.has_no_unread_bytes


async def test_any_other_stream_is_read_by_waiting_and_never_serves_twice():
    ours, theirs = trio.testing.memory_stream_pair()
    stream = readable_nowait(ours)
    assert isinstance(stream, WaitingStream)
    assert readable_nowait(stream) is stream
    await theirs.send_all(b"hi")
    assert stream.receive_nowait() is None
    assert not stream.has_no_unread_bytes
    assert await receive(stream) == b"hi"
    await theirs.send_eof()
    assert await receive(stream) == b""
    await stream.aclose()


async def test_what_breaks_another_stream_is_told_by_the_read():
    ours, theirs = trio.testing.lockstep_stream_pair()
    stream = WaitingStream(ours)

    async def broken(max_bytes):
        await trio.lowlevel.checkpoint()
        raise trio.BrokenResourceError("no more")

    ours.receive_some = broken
    await stream.wait_readable()
    with pytest.raises(trio.BrokenResourceError, match="no more"):
        stream.receive_nowait()
    await theirs.aclose()
    await stream.aclose()
