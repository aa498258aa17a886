"""Where a body ends, held against h11."""

import h11
import pytest
from hypothesis import example, given, strategies as st

from lionpride_trio._transport._framing import MAX_LINE_BYTES, Chunked, Sized

HEADS = {
    Chunked: b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
    Sized: b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n",
}
WAITING = {type(h11.NEED_DATA), type(h11.PAUSED)}
GOOD = b"5\r\nhello\r\nA;x=y\r\n0123456789\r\n01\r\n!\r\n0\r\ntrailer: t\r\n\r\n"


def ours(kind, pieces):
    """The body, and how it went: ended with what was left, failed, or neither."""
    machine = Chunked() if kind is Chunked else Sized(10)
    body = b""
    for piece in pieces:
        body += machine.feed(piece)
    if machine.failure is not None:
        return body, "failed"
    return body, ("ended", machine.rest) if machine.ended else "open"


def theirs(kind, pieces):
    http = h11.Connection(h11.CLIENT)
    http.send(h11.Request(method="GET", target="/", headers=[("host", "x")]))
    http.send(h11.EndOfMessage())
    http.receive_data(HEADS[kind])
    http.next_event()
    body = b""
    try:
        for piece in pieces:
            http.receive_data(piece)
            while type(event := http.next_event()) not in WAITING:
                if isinstance(event, h11.EndOfMessage):
                    break
                body += event.data
    except h11.RemoteProtocolError:
        return body, "failed"
    ended = http.their_state is h11.DONE
    return body, ("ended", http.trailing_data[0]) if ended else "open"


def cut(raw, places):
    cuts = sorted({place % (len(raw) + 1) for place in places})
    return [raw[a:b] for a, b in zip([0, *cuts], [*cuts, len(raw)], strict=True) if a < b]


CHUNKS = st.lists(
    st.tuples(st.binary(min_size=1, max_size=30), st.sampled_from([b"", b";a=b", b";q \t"])),
    max_size=6,
)


@given(CHUNKS, st.binary(max_size=8), st.lists(st.integers(0, 999), max_size=9))
def test_good_chunks_are_read_as_h11_reads_them(chunks, surplus, places):
    raw = b"".join(b"%x%b\r\n%b\r\n" % (len(c), x, c) for c, x in chunks) + b"0\r\n\r\n" + surplus
    expected = (b"".join(chunk for chunk, _ in chunks), ("ended", surplus))
    assert ours(Chunked, cut(raw, places)) == expected
    assert theirs(Chunked, cut(raw, places)) == expected


@given(
    st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=3),
    st.lists(st.integers(0, 999), max_size=5),
)
@example([(1, 10)], [])
def test_what_we_take_for_chunks_is_what_h11_takes_for_them(changes, places):
    """We may be stricter; never may we read another body than h11 does, or another end."""
    raw = bytearray(GOOD)
    for at, value in changes:
        raw[at] = value
    pieces = cut(bytes(raw), places)
    body, how = ours(Chunked, pieces)
    other, theirs_went = theirs(Chunked, pieces)
    if how == "failed":
        assert other.startswith(body) or body.startswith(other)
    elif theirs_went != "failed":
        assert (body, how) == (other, theirs_went)
    else:
        # h11 reads trailers as headers, and we read over them.
        assert body.startswith(other)
        assert raw[: GOOD.index(b"trailer")] == GOOD[: GOOD.index(b"trailer")] or b";" in raw


@given(st.binary(max_size=30), st.lists(st.integers(0, 999), max_size=5))
def test_a_size(raw, places):
    pieces = cut(raw, places)
    assert ours(Sized, pieces) == theirs(Sized, pieces)


@given(st.lists(st.binary(max_size=50), max_size=10))
def test_any_bytes_are_a_body_or_one_typed_error(pieces):
    ours(Chunked, pieces)


@pytest.mark.parametrize("size", [b"6a ;a=b", b"6a\t ; a=b", b'6A ; a="b;c" ', b"6a  ", b"6a ;"])
def test_blanks_around_an_extension(size):
    """Bad, and to be read all the same (RFC 9112, section 7.1.1)."""
    raw = size + b"\r\n" + b"x" * 0x6A + b"\r\n0\r\n\r\n"
    for pieces in ([raw], [raw[i : i + 1] for i in range(len(raw))]):
        assert ours(Chunked, pieces) == (b"x" * 0x6A, ("ended", b""))


@pytest.mark.parametrize(
    "raw",
    [
        b"5\nhello\r\n",
        b"-5\r\nhello\r\n",
        b"0x5\r\nhello\r\n",
        b"5_0\r\nhello\r\n",
        b"\r\n",
        b"5\r\nhelloo\r\n",
        b"f" * 16 + b"\r\n",
        b" 5\r\nhello\r\n",
        b"5\x0b\r\nhello\r\n",
        b"5 a;b\r\nhello\r\n",
        b"5 5\r\nhello\r\n",
        b"5;\0\r\nhello\r\n",
        b"5;" + b"x" * MAX_LINE_BYTES + b"\r\n",
        b"5;" + b"x" * MAX_LINE_BYTES * 2,
        b"0\r\n" + b"a: b\r\n" * MAX_LINE_BYTES,
    ],
)
def test_what_is_no_chunked_framing(raw):
    for pieces in ([raw], [raw[i : i + 1] for i in range(len(raw))]):
        assert ours(Chunked, pieces)[1] == "failed"
