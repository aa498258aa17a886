"""Secrets in bodies are masked, however the reads cut them."""

from __future__ import annotations

import json
from itertools import pairwise
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given, strategies as st

from lionpride_trio.recording import Piece
from lionpride_trio.recording._secrets import Mask, PieceMask

KEY = b"sk-ss-sk-0123"
OTHER = b"token-token-9"
BODY = b"a sk-ss- " + KEY + b" skk" + OTHER + KEY + b" sk-s\n\n"
MASKED = BODY.replace(KEY, b"*" * len(KEY)).replace(OTHER, b"*" * len(OTHER))


def played(parts):
    """The pieces that the parts are of, as they are read again."""
    pieces = []
    for part in parts:
        if part.goes_on:
            last = pieces.pop()
            pieces.append(Piece(last.at, last.data + part.piece.data))
        else:
            pieces.append(part.piece)
    return pieces


@given(st.sets(st.integers(1, len(BODY) - 1)))
def test_lengths_and_cuts_stay_as_they_were(cuts):
    mask = PieceMask([KEY, OTHER])
    marks = [0, *sorted(cuts), len(BODY)]
    parts = []
    for start, end in pairwise(marks):
        parts += mask.feed(Piece(float(start), BODY[start:end]))
        written = b"".join(part.piece.data for part in parts)
        # Nothing of a secret is written before it is whole, and of the rest all but its tail.
        assert MASKED.startswith(written)
        assert len(written) > end - len(KEY)
    parts += mask.flush()
    assert played(parts) == [Piece(float(a), MASKED[a:b]) for a, b in pairwise(marks)]
    assert mask.flush() == []


def test_the_beginning_of_a_secret_that_was_cut_is_masked_where_it_is_long():
    mask = PieceMask([KEY])
    parts = mask.feed(Piece(0.0, b"x" + KEY[:-1])) + mask.flush()
    assert played(parts) == [Piece(0.0, b"x" + b"*" * (len(KEY) - 1))]
    parts = mask.feed(Piece(0.0, b"x" + KEY[:3])) + mask.flush()
    assert played(parts) == [Piece(0.0, b"x" + KEY[:3])]


def test_a_body_without_secrets_is_written_at_once():
    mask = Mask({"x": "y"}).pieces()
    assert [part.piece for part in mask.feed(Piece(0.0, BODY))] == [Piece(0.0, BODY)]
    assert mask.flush() == []


ODD = "tok/en=val+ue'é&12"


def upper_case(text):
    return text.replace("\\u00e9", "\\u00E9").replace("\\u002b", "\\u002B")


WRITTEN = {
    "as it is": ODD,
    "JSON": json.dumps(ODD)[1:-1],
    "JSON, not in ASCII": json.dumps(ODD, ensure_ascii=False)[1:-1],
    "PHP": json.dumps(ODD)[1:-1].replace("/", "\\/"),
    "Go": json.dumps(ODD, ensure_ascii=False)[1:-1].replace("&", "\\u0026"),
    "Gson": ODD.replace("&", "\\u0026").replace("=", "\\u003d").replace("'", "\\u0027"),
    ".NET": upper_case(
        json
        .dumps(ODD)[1:-1]
        .replace("&", "\\u0026")
        .replace("'", "\\u0027")
        .replace("+", "\\u002b")
    ),
    "a query": quote_plus(ODD),
    "a path": quote(ODD),
    "small hexadecimals": "tok%2fen%3dval%2bue%27%c3%a9%2612",
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_a_secret_is_masked_however_it_is_written(written):
    mask = Mask({"x-my-auth": ODD})
    assert mask.text(f'{{"a":"{written}"}}') == '{"a":"[secret]"}'
    body = f'{{"a":"{written}"}}'.encode()
    pieces = mask.pieces()
    parts = [part for at in range(len(body)) for part in pieces.feed(Piece(0.0, body[at : at + 1]))]
    told = b"".join(part.piece.data for part in [*parts, *pieces.flush()])
    assert told == b'{"a":"%s"}' % (b"*" * (len(body) - 8))


def test_a_secret_in_the_value_of_a_parameter_is_masked_before_it_is_written_as_a_url():
    query = urlencode({"key": "short", "q": f"a {ODD}", ODD: "b"})
    url = Mask({"x-my-auth": ODD}).url(f"https://user:pw@a.b/{quote(ODD, safe='')}/x?{query}")
    assert url == "https://a.b/[secret]/x?key=[secret]&q=a+[secret]&[secret]=b"
