"""A request written and the head of its answer read."""

import pytest

from lionpride_trio import ConnectionLost, HTTPProtocolError
from lionpride_trio._transport._framing import Chunked, Sized, Unsized
from lionpride_trio._transport._head import MAX_HEAD_BYTES, HeadMachine
from lionpride_trio._transport._request import Request
from lionpride_trio._transport._writing import RequestWriter
from lionpride_trio.testing import Answer, FaultyServer
from tests.faults.asking import ask
from tests.faults.wires import TEXT, WIRES

CHAT = WIRES[0]


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"


@pytest.mark.parametrize("line", ["identity", " Identity ", "IDENTITY"])
@pytest.mark.parametrize("sized", [True, False])
async def test_transfer_encoding_identity(line, sized, autojump_clock):
    """RFC 2616 had it, and gateways still say it; the body is as without it."""
    size = b"Content-Length: %d\r\n" % len(CHAT.body) if sized else b""
    head = HEAD + b"Transfer-Encoding:%b\r\n%b\r\n" % (line.encode(), size)
    for piece in (None, 5):
        answer = Answer(head=b"", body=head + CHAT.body, piece=piece, pause=0.01, then="close")
        async with FaultyServer(answer) as server:
            got = await ask(CHAT.model(server))
        assert (got.text, got.error) == (TEXT, None)


@pytest.mark.parametrize("coding", [b"gzip, chunked", b"br", b"identity, chunked"])
async def test_other_transfer_encodings_are_refused(coding):
    head = HEAD + b"transfer-encoding: %b\r\n\r\n" % coding
    async with FaultyServer(Answer(head=head, body=CHAT.body, then="close")) as server:
        got = await ask(CHAT.model(server))
    assert type(got.error) is HTTPProtocolError


def machine_of(*received):
    machine = HeadMachine()
    machine.writer_of(Request(url="http://x.example/v1?a=b", headers={}, body=b"{}"))
    for data in received:
        machine.feed(data)
    return machine


def test_what_is_written():
    request = Request(url="http://x.example:8080/v1?a=b", headers={"x-a": "c"}, body=b"{}")
    assert RequestWriter().whole(request) == (
        b"POST /v1?a=b HTTP/1.1\r\nhost: x.example:8080\r\nx-a: c\r\ncontent-length: 2\r\n\r\n{}"
    )


HINTS = b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"
SIZED = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nX-A: 1\r\nx-a: \xc3\xb6\r\nx-b: \xf6\r\n\r\n"


@pytest.mark.parametrize("before", [b"", HINTS, HINTS * 2])
@pytest.mark.parametrize("by", [1, 7, 999])
def test_a_head_is_whole_at_its_last_byte_however_it_was_cut(before, by):
    received = before + SIZED
    machine = machine_of(*(received[at : at + by] for at in range(0, len(received) - 1, by)))
    if by == 1:
        assert machine.head is None
        assert machine.answered
        machine.feed(received[-1:])
    assert machine.head.status == 200
    assert machine.head.headers == {"content-length": "9", "x-a": "1, ö", "x-b": "ö"}
    assert machine.rest == b""
    assert machine.keeps_connection


def test_what_follows_a_head_is_body():
    machine = machine_of(HINTS + SIZED + b"012345678")
    assert machine.rest == b"012345678"
    assert machine.framing.feed(machine.rest) == b"012345678"
    assert machine.framing.ended


@pytest.mark.parametrize(
    ("head", "framing"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", Sized),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", Chunked),
        (b"HTTP/1.1 200 OK\r\n\r\n", Unsized),
        (b"HTTP/1.1 204 No Content\r\ncontent-length: 9\r\n\r\n", Sized),
    ],
)
def test_the_framing_that_a_head_says(head, framing):
    machine = machine_of(head)
    assert type(machine.framing) is framing
    assert machine.framing.ended == (b"204" in head)


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\ntransfer-encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\ncontent-length: 9\r\ntransfer-encoding: chunked\r\n\r\n",
    ],
)
def test_a_server_that_will_close_or_whose_answer_has_two_ends(head):
    assert not machine_of(head).keeps_connection


def test_a_transfer_encoding_that_is_none_is_no_second_framing():
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\ntransfer-encoding: identity\r\n\r\n"
    assert machine_of(head).keeps_connection


def test_the_end_of_the_connection_where_a_head_is_due():
    with pytest.raises(ConnectionLost, match="before it answered"):
        machine_of(b"")
    with pytest.raises(ConnectionLost, match="inside the head"):
        machine_of(b"HTTP/1.1 200 O", b"")
    with pytest.raises(ConnectionLost, match="inside the head"):
        machine_of(HINTS, b"")


@pytest.mark.parametrize(
    "received", [b"SSH-2.0\r\n\r\n", b"HTTP/1.1 200 OK\r\nx: " + b"y" * MAX_HEAD_BYTES]
)
def test_what_is_no_head_or_none_that_ends(received):
    with pytest.raises(HTTPProtocolError):
        machine_of(received)
