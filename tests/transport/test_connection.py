"""One request and its answer over one stream: what comes in which order, and when the stream serves again."""

import pytest
import trio

from lionpride_trio import ConnectionLost, HTTPProtocolError
from lionpride_trio._transport._connection import Connection
from lionpride_trio._transport._reading import receive
from lionpride_trio.services import Retry
from lionpride_trio.testing import Answer, FaultyServer
from tests.faults.asking import ask
from tests.faults.wires import TEXT, WIRES
from tests.transport.packets import joined
from tests.transport.readables import ORIGIN, of_connection, of_socket

CHAT = WIRES[0]


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"


CHUNKED = HEAD + b"transfer-encoding: chunked\r\n\r\n"


def chunk(data):
    return b"%x\r\n%b\r\n" % (len(data), data)


BREAKS = {
    "no size": b"ZZ\r\n",
    "a negative size": b"-1\r\n",
    "no CR": b"5\nhello\r\n",
    "a chunk longer than its size": b"2\r\nabcd\r\n",
    "a line too long": b"5;" + b"x" * 9000,
}


@pytest.mark.parametrize("way", ["apart", "last two together", "at once"])
@pytest.mark.parametrize("broken", BREAKS)
async def test_framing_that_breaks(broken, way, autojump_clock):
    body = b"".join(CHAT.pieces)
    pieces = [CHUNKED, chunk(CHAT.before + body), BREAKS[broken]]
    answer = Answer(head=b"", body=joined(pieces, way), pause=1, then="stall")
    async with FaultyServer(answer) as server:
        got = await ask(CHAT.model(server, retry=Retry()))
    assert type(got.error) is HTTPProtocolError
    assert (got.text, got.error.partial.text) == (TEXT, TEXT)
    assert len(server.requests) == 1, "content is never asked for again"


async def read_all(connection):
    got = b""
    while data := await receive(connection):
        got += data
    return got


@pytest.mark.parametrize("understood", [True, False])
async def test_a_stream_is_given_back_when_all_was_taken_and_understood(nursery, understood):
    released = []
    async with of_connection(nursery, released) as read:
        await read.send(b"text")
        await read.end()
        assert await read_all(read.source) == b"text"
        for _ in range(2):
            await read.source.aclose(understood=understood)
        assert len(released) == understood
        for stream in released:
            assert stream.has_no_unread_bytes
            stream.close_nowait()


LEFT = {
    "the text was not read": (CHUNKED + chunk(b"text") + b"0\r\n\r\n", 0),
    "the end did not come": (CHUNKED + chunk(b"text"), 1),
    "more than the answer came": (CHUNKED + chunk(b"text") + b"0\r\n\r\n\r\n", 2),
    "the server closes": (HEAD + b"connection: close\r\ncontent-length: 4\r\n\r\ntext", 2),
}


@pytest.mark.parametrize("left", LEFT)
async def test_a_stream_of_which_anything_is_left_is_closed(nursery, left):
    head, reads = LEFT[left]
    released = []
    async with of_connection(nursery, released, head=head) as read:
        for _ in range(reads):
            await receive(read.source)
        stream = read.source._stream
        await read.source.aclose(understood=True)
        assert released == []
        with pytest.raises(trio.ClosedResourceError):
            stream.receive_nowait()


async def test_a_failure_comes_after_the_text_before_it_and_comes_again(nursery):
    async with of_connection(nursery, head=CHUNKED + chunk(b"text") + b"ZZ\r\n") as read:
        assert await receive(read.source) == b"text"
        for _ in range(2):
            with pytest.raises(HTTPProtocolError):
                await receive(read.source)


async def test_a_connection_says_what_it_is_doing(nursery):
    async with of_socket(nursery) as plain:
        connection = Connection(plain.source, ORIGIN, print)
        assert repr(connection) == "<Connection asking, to http://server.example:80>"
        await connection.aclose(understood=False)
    ended = CHUNKED + chunk(b"text") + b"0\r\n\r\n"
    async with of_connection(nursery, head=ended) as read:
        say = "to http://server.example:80"
        assert repr(read.source) == f"<Connection ended, {say}, 4 bytes ready>"
        await receive(read.source)
        assert repr(read.source) == f"<Connection ended, {say}>"
        await read.source.aclose(understood=False)
        assert repr(read.source) == f"<Connection closed, {say}>"
        with pytest.raises(trio.ClosedResourceError):
            await receive(read.source)
    async with of_connection(nursery) as read:
        assert repr(read.source) == f"<Connection reading, {say}>"
        await read.source._stream.aclose()
        with pytest.raises(trio.ClosedResourceError):
            await receive(read.source)
    async with of_connection(nursery, head=HEAD + b"content-length: 9\r\n\r\n") as read:
        await read.hang_up()
        with pytest.raises(ConnectionLost):
            await receive(read.source)
        assert repr(read.source) == f"<Connection failed, {say}>"
