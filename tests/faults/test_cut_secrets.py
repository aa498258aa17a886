"""A key is masked where a text was cut inside of it, too."""

import json
import logging

import pytest

from lionpride_trio import HTTPProtocolError, NotAStream, RedirectRefused
from lionpride_trio._safe_text import MASK, Secret
from lionpride_trio.services import Retry
from lionpride_trio.testing import Answer, FaultyServer
from tests.faults.asking import ask
from tests.faults.wires import KEY, WIRES

CHAT = WIRES[0]


def shown(error):
    """All that an error says and holds."""
    held = {name: value for name, value in vars(error).items() if name != "partial"}
    return f"{error} {error!r} {error.args} {held} {getattr(error, '__notes__', '')}"


@pytest.mark.parametrize("before", range(150, 210, 3))
@pytest.mark.parametrize("stream", [True, False])
async def test_a_page_that_echoes_the_request(before, stream):
    body = ("." * before + KEY * 3 + "." * 300).encode()
    async with FaultyServer(Answer(body=body, media="text/html")) as server:
        model = CHAT.model(server)
        if stream:
            error = (await ask(model)).error
        else:
            with pytest.raises(NotAStream) as caught:
                await model.complete("hi")
            error = caught.value
    assert isinstance(error, NotAStream)
    assert KEY[:8] not in shown(error)


@pytest.mark.parametrize("before", range(100, 202, 6))
async def test_a_place_that_has_the_key(before):
    place = "https://x.example/" + "p" * before + KEY + "q" * 99
    async with FaultyServer(Answer(status=307, headers=[("location", place)])) as server:
        error = (await ask(CHAT.model(server))).error
    assert isinstance(error, RedirectRefused)
    assert KEY[:8] not in shown(error)


@pytest.mark.parametrize("before", range(0, 30, 4))
async def test_a_line_of_the_framing_that_has_the_key(before):
    line = ("g" * before + KEY + "\r\n").encode()
    head = (
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    )
    async with FaultyServer(Answer(head=head, body=line, then="close")) as server:
        error = (await ask(CHAT.model(server))).error
    assert isinstance(error, HTTPProtocolError)
    assert KEY[:8] not in shown(error)


@pytest.mark.parametrize("before", range(150, 210, 5))
async def test_broken_json_that_has_the_key(before, caplog, autojump_clock):
    caplog.set_level(logging.DEBUG)
    line = f"data: {{{'.' * before}{KEY}{'.' * 99}\n\n".encode()
    document = json.dumps({"error": {"message": "m" * before * 10 + KEY}}).encode()
    async with FaultyServer([Answer(status=503, body=document), Answer(body=line)]) as server:
        error = (await ask(CHAT.model(server, retry=Retry()))).error
    assert KEY[:8] not in shown(error)
    assert KEY[:8] not in caplog.text


def test_beginnings_are_masked_from_eight_characters_on():
    secret = Secret("sk-0123456789")
    assert secret.mask("a sk-01234... b sk-0123 c sk-0123456789sk-01234567") == (
        f"a {MASK}... b sk-0123 c {MASK}{MASK}"
    )
