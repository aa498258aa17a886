"""Headers of one's own are refused where they are written, if no server could send them."""

from __future__ import annotations

import pytest

from lionpride_trio import ConfigurationError
from lionpride_trio.transformers import from_iterable
from lionpride_trio.web import respond


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ([("x", "1")], "headers= is a mapping"),
        ({"x y": "1"}, "'x y' is no name of a header"),
        ({"": "1"}, "'' is no name of a header"),
        ({"x": 1}, "x has to be a str, not 1"),
        ({"x": "a\r\nset-cookie: b"}, "x has to be a line of Latin-1"),
        ({"x": "a\0"}, "x has to be a line of Latin-1"),
        ({"x": " a"}, "x has to be a line of Latin-1"),
        ({"x": "€"}, "x has to be a line of Latin-1"),
    ],
)
def test_what_no_server_sends_is_refused(headers, words):
    with pytest.raises(ConfigurationError, match=words):
        respond(from_iterable("a"), headers=headers)


def test_what_servers_send_is_taken():
    response = respond(from_iterable("a"), headers={"X-Mine": "caf\xe9 1", "X-None": ""})
    assert response.headers["x-mine"] == "caf\xe9 1"
    assert response.headers["x-none"] == ""
