"""Newline-delimited JSON: which lines are values, and what is written is read."""

from __future__ import annotations

import pytest

from lionpride_trio import DecodeError, LimitExceeded, LocalProtocolError
from lionpride_trio.wire import NDJSONDecoder
from lionpride_trio.wire._ndjson import encode_value


def values(*pieces):
    decoder = NDJSONDecoder()
    events = [event for piece in pieces for event in decoder.feed(piece)]
    return [*events, *decoder.flush()]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b'{"a":1}\n{"b":2}\n', [{"a": 1}, {"b": 2}]),
        (b'{"a":1}\r\n\r\n  \n{"b":2}', [{"a": 1}, {"b": 2}]),
        (b'\xef\xbb\xbf{"a":1}\n', [{"a": 1}]),
        ('"\u2028\x85"\n"é"'.encode(), ["\u2028\x85", "é"]),
        (b"", []),
        (b"\n \n", []),
    ],
)
def test_each_line_that_is_not_blank_is_a_value_however_it_is_cut(raw, expected):
    assert values(raw) == expected
    assert values(*(raw[n : n + 1] for n in range(len(raw)))) == expected


@pytest.mark.parametrize("value", [{"a": [1, None, "é\n\u2028"]}, "x\r\ny", 1.5, [], "\ud83d"])
def test_what_is_written_is_one_line_and_is_read(value):
    raw = encode_value(value)
    assert raw.count(b"\n") == 1
    assert values(raw) == ["?" if value == "\ud83d" else value]


def test_a_line_that_never_ends_is_refused():
    decoder = NDJSONDecoder(max_event_bytes=100)
    decoder.feed(b"x" * 100)
    with pytest.raises(LimitExceeded) as caught:
        decoder.feed(b"x")
    assert (caught.value.limit, caught.value.value) == ("max_event_bytes", 100)


def test_after_its_end_nothing_is_taken():
    decoder = NDJSONDecoder()
    decoder.flush()
    with pytest.raises(LocalProtocolError, match="after flush"):
        decoder.feed(b"1\n")


LONG = b'"' + 200 * b"x" + b'"'


@pytest.mark.parametrize("size", [1, 3, 8, 1000])
@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (b"zz\n3\n", DecodeError),
        (LONG + b"\n3\n", LimitExceeded),
        (LONG, LimitExceeded),
        (b"zz\n" + LONG, DecodeError),
        (b"zz", DecodeError),
    ],
)
def test_what_came_before_a_bad_line_is_given(size, bad, error):
    """However the bytes were cut; then the failure, for good."""
    raw = b'{"a":1}\n2\n' + bad
    decoder, given = NDJSONDecoder(max_event_bytes=100), []
    with pytest.raises(error):
        for start in range(0, len(raw), size):
            given += decoder.feed(raw[start : start + size])
        given += decoder.flush()
    assert given == [{"a": 1}, 2]


def test_a_failure_is_for_good():
    decoder = NDJSONDecoder()
    assert decoder.feed(b"1\nzz\n2\n") == [1]
    for call in (lambda: decoder.feed(b"3\n"), decoder.flush):
        with pytest.raises(DecodeError):
            call()
    assert decoder.flush() == []
    with pytest.raises(LocalProtocolError):
        decoder.feed(b"3\n")
