"""Heads are refused where h11 refuses them, and mean what they mean to h11: two readers, one answer."""

import h11
import pytest
from hypothesis import example, given, settings, strategies as st

from lionpride_trio import HTTPProtocolError, LocalProtocolError
from lionpride_trio._transport._framing import Chunked, Sized, Unsized
from lionpride_trio._transport._head import HeadMachine
from lionpride_trio._transport._request import Request
from lionpride_trio._transport._writing import RequestWriter

ASKED = Request(url="http://x.example/v1", headers={"accept": "*/*"}, body=b"{}")


def ours(received, request=ASKED):
    """The head, how its body is framed, and whether the connection goes on; a word if it is refused."""
    machine = HeadMachine()
    machine.writer_of(request).whole(request)
    try:
        machine.feed(received)
    except HTTPProtocolError:
        return "refused"
    if machine.head is None:
        return "open"
    framing = machine.framing
    size = framing._left if isinstance(framing, Sized) else type(framing)
    return machine.head.status, dict(machine.head.headers), size, machine.keeps_connection


def theirs(received, request=ASKED):
    http = h11.Connection(h11.CLIENT)
    headers = {"host": "x.example", **request.headers, "content-length": str(len(request.body))}
    http.send(h11.Request(method=request.method, target="/v1", headers=list(headers.items())))
    http.send(h11.Data(data=request.body))
    http.send(h11.EndOfMessage())
    http.receive_data(received)
    closes_early = False
    try:
        while not isinstance(event := http.next_event(), h11.Response):
            if event is h11.NEED_DATA:
                return "open"
            said = [value.lower() for name, value in event.headers if name == b"connection"]
            closes_early = closes_early or b"close" in b",".join(said).replace(b" ", b"").split(
                b","
            )
    except h11.RemoteProtocolError:
        return "refused"
    names = {}
    for name, value in event.headers:
        text = value.decode("latin-1")
        key = name.decode()
        names[key] = f"{names[key]}, {text}" if key in names else text
    if event.status_code in {204, 304}:
        size = 0
    elif "transfer-encoding" in names:
        size = Chunked
    else:
        size = int(names["content-length"]) if "content-length" in names else Unsized
    # We are stricter: a body that is framed twice has two ends, and nothing is read after it; and a server
    # that says with an early hint that it will close is believed.
    once = not closes_early and not {"transfer-encoding", "content-length"} <= names.keys()
    return event.status_code, names, size, once and http.our_state is h11.DONE


LINES = st.sampled_from([
    b"content-length: 9",
    b"Content-Length: 9, 9",
    b"content-length: 8",
    b"content-length: +9",
    b"content-length:",
    b"content-length: 1" + b"0" * 25,
    b"transfer-encoding: chunked",
    b"Transfer-Encoding: Chunked",
    b"transfer-encoding: gzip, chunked",
    b"transfer-encoding: x",
    b"connection: close",
    b"connection: Keep-Alive, CLOSE",
    b"connection: keep-alive",
    b"x-a: 1",
    b"X-A:2",
    b"x-a : 3",
    b"x-b:   padded \t ",
    b"x-b:",
    b"x-c: tab\tinside",
    b"x-c: \x01control",
    b"x-d: \x00",
    b"x-d: a\x0bb",
    b"x-d: a\rb",
    b" folded",
    b"\tfolded too",
    b" ",
    b": no name",
    b"no colon",
    b"n\xc3\xa4me: x",
    b"x-e: \xe4",
])
FIRST = st.sampled_from([
    b"HTTP/1.1 200 OK",
    b"HTTP/1.1 200",
    b"HTTP/1.1 200 ",
    b"HTTP/1.1 200 a  \tb \xff",
    b"HTTP/1.0 200 OK",
    b"HTTP/2.0 200 OK",
    b"HTTP/1.1 204 No Content",
    b"HTTP/1.1 304 Not Modified",
    b"HTTP/1.1 103 Early Hints",
    b"HTTP/1.1 101 Switching Protocols",
    b"HTTP/1.1 099 Low",
    b"HTTP/1.1 999 High",
    b"HTTP/1.1  200 OK",
    b"http/1.1 200 OK",
    b"HTTP/11 200 OK",
    b"HTTP/1.1 20 OK",
    b"HTTP/1.1 2000 OK",
    b"ICY 200 OK",
    b"",
    b" HTTP/1.1 200 OK",
])
ENDS = st.sampled_from([b"\r\n", b"\n"])


@st.composite
def heads(draw):
    lines = [draw(FIRST), *draw(st.lists(LINES, max_size=5))]
    return b"".join(line + draw(ENDS) for line in lines) + draw(ENDS)


@settings(max_examples=500)
@given(st.lists(heads(), min_size=1, max_size=2).map(b"".join))
@example(b"HTTP/1.1 103 Early Hints\r\nconnection: close\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")
def test_any_head_means_to_us_what_it_means_to_h11(received):
    mine, other = ours(received), theirs(received)
    if isinstance(mine, tuple) and isinstance(other, tuple):
        mine, other = (*mine[:1], *mine[2:]), (*other[:1], *other[2:])
    assert mine == other


@settings(max_examples=500)
@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=3),
    st.booleans(),
)
@example([(17, 13)], True)
def test_one_byte_that_is_another_is_refused_where_h11_refuses_it(changes, replaces):
    raw = bytearray(
        b"HTTP/1.1 200 OK\r\nx-a: b c\r\nConnection: close\r\ncontent-length: 12\r\n\r\n"
    )
    for place, value in changes:
        at = place % len(raw)
        raw[at : at + replaces] = bytes([value])
    mine, other = ours(bytes(raw)), theirs(bytes(raw))
    if isinstance(mine, tuple) and isinstance(other, tuple):
        assert mine[0] == other[0]
        assert mine[2:] == other[2:]
        assert {name: value.encode() for name, value in mine[1].items()} == {
            name: _as_ours(value) for name, value in other[1].items()
        }
    else:
        assert mine == other


def _as_ours(value):
    """The bytes of a value that h11 gives, as text of ours: UTF-8 where it is that."""
    raw = value.encode("latin-1")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1").encode()
    return raw


def test_a_request_that_closes_and_a_request_for_a_head():
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n"
    closing = Request(url="http://x.example/v1", headers={"connection": "close"}, body=b"")
    assert ours(head, closing) == theirs(head, closing)
    machine = HeadMachine()
    machine.writer_of(Request(url="http://x.example/v1", headers={}, method="HEAD"))
    machine.feed(head)
    assert machine.framing.ended, "the length is that of a body which does not come"


NAMES = st.text(st.characters(max_codepoint=0x17F), max_size=4)
VALUES = st.text(st.characters(max_codepoint=0x17F), max_size=6)


@settings(max_examples=500)
@given(name=NAMES, value=VALUES, method=st.sampled_from(["POST", "GET", "A B", "", "X\n"]))
@example(name="a", value="b\r\nx: y", method="POST")
@example(name="a", value="b\x1c", method="POST")
@example(name="a", value=" b", method="POST")
def test_what_h11_would_not_write_is_not_written(name, value, method):
    """Above all a line end in a value, which would be another header, or another request."""
    request = Request(url="http://x.example/v1", headers={name: value}, method=method, body=b"{}")
    headers = {"host": "x.example", name: value, "content-length": "2"}
    http = h11.Connection(h11.CLIENT)
    try:
        expected = http.send(
            h11.Request(method=method, target="/v1", headers=list(headers.items()))
        )
    except (h11.LocalProtocolError, UnicodeEncodeError):
        with pytest.raises(LocalProtocolError):
            RequestWriter().whole(request)
    else:
        assert RequestWriter().whole(request).lower() == (expected + b"{}").lower()


LINES_TO_WRITE = st.lists(
    st.sampled_from([
        (b"Host", b"x"),
        (b"host", b"y"),
        (b"Content-Length", b"4"),
        (b"content-length", b"5"),
        (b"content-length", b"x"),
        (b"Transfer-Encoding", b"Chunked"),
        (b"transfer-encoding", b"gzip"),
        (b"x-a", b"\xe4"),
        (b"x-a", b"b\r\nc: d"),
        (b"connection", b"keep-alive, Close"),
    ]),
    max_size=4,
)


@settings(max_examples=500)
@given(
    lines=LINES_TO_WRITE,
    pieces=st.lists(st.binary(max_size=3), max_size=4),
)
@example(lines=[(b"host", b"x"), (b"content-length", b"4")], pieces=[b"ab", b"cd"])
@example(lines=[(b"host", b"x"), (b"transfer-encoding", b"chunked")], pieces=[b"ab", b"", b"cd"])
def test_a_body_in_pieces_is_framed_as_h11_frames_it(lines, pieces):
    request = Request(url="http://x.example/v1", header_lines=lines)
    http, writer = h11.Connection(h11.CLIENT), RequestWriter()
    try:
        expected = http.send(h11.Request(method="POST", target="/v1", headers=list(lines)))
        for piece in pieces:
            expected += http.send(h11.Data(data=piece))
        expected += http.send(h11.EndOfMessage())
    except h11.LocalProtocolError:
        with pytest.raises(LocalProtocolError):
            _ = writer.head(request) + b"".join(map(writer.piece, pieces)) + writer.end()
        return
    written = writer.head(request) + b"".join(map(writer.piece, pieces)) + writer.end()
    assert _sorted(written) == _sorted(expected)
    assert writer.closes == (http.our_state is h11.MUST_CLOSE)


def _sorted(message):
    """The lines of its head in any order and spelling, and its body: h11 puts the host first."""
    head, _, body = message.partition(b"\r\n\r\n")
    return sorted(head.lower().split(b"\r\n")), body
