"""The body of a request is read as far as it may be long."""

from __future__ import annotations

import json

import pytest
from starlette.requests import Request

from lionpride_trio.web import BadPageRequest, read_messages, run_ids
from tests.web.requested import ag_ui


class Pieces:
    """A server that hands out a body piece by piece, and counts what was taken."""

    def __init__(self, *pieces, **headers):
        self.pieces = list(pieces)
        self.taken = 0
        told = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "POST", "path": "/", "headers": told}
        self.request = Request(scope, self._receive)

    async def _receive(self):
        self.taken += 1
        more = self.taken < len(self.pieces)
        return {"type": "http.request", "body": self.pieces[self.taken - 1], "more_body": more}


async def test_no_more_is_read_than_a_request_may_have():
    sent = Pieces(*[b" " * 600] * 100)
    with pytest.raises(BadPageRequest, match="more than 1,000 bytes"):
        await read_messages(sent.request, protocol="ui", max_bytes=1000)
    assert sent.taken == 2


async def test_a_request_that_is_just_as_long_is_read():
    said = b'{"question": "hi"}'
    sent = Pieces(said[:5], said[5:])
    assert await read_messages(sent.request, protocol="events", max_bytes=len(said))


async def test_a_request_can_be_read_again():
    sent = Pieces(json.dumps(ag_ui({"role": "user", "content": "hi"})).encode())
    assert await read_messages(sent.request, protocol="ag_ui")
    assert await run_ids(sent.request) == {"thread_id": "t", "run_id": "r"}
    assert (await sent.request.json())["threadId"] == "t"
    assert sent.taken == 1
