"""Connections that serve again, and those that must not."""

from functools import partial

import attrs
import pytest
import trio
import trio.lowlevel

from lionpride_trio import (
    ConnectionLost,
    Session,
    Verdict,
)
from lionpride_trio.testing import Answer, FaultyServer, HangUp
from tests.faults.asking import ask
from tests.faults.wires import TEXT, WIRES

CHAT, RESPONSES = WIRES[:2]


async def asked_twice(first, *, between=trio.lowlevel.checkpoint):
    """How many connections two calls in one session take."""
    good = Answer(body=CHAT.body)
    async with FaultyServer([first, good, good]) as server, Session() as session:
        model = CHAT.model(server)
        session.services.register(model)
        await ask(model)
        await between()
        assert (await ask(model)).text == TEXT
        return server.accepted


async def test_a_connection_serves_again_when_its_answer_ended_exactly():
    assert await asked_twice(Answer(body=CHAT.body)) == 1
    assert await asked_twice(Answer(body=CHAT.body, piece=1)) == 1
    assert await asked_twice(Answer(body=CHAT.body, framing="length")) == 1
    assert await asked_twice(Answer(status=503, body=b"{}")) == 1


async def test_the_end_of_the_framing_may_come_a_moment_later(autojump_clock):
    body = [CHAT.body, b""]
    assert await asked_twice(Answer(body=body, pause=0.01)) == 1


@pytest.mark.parametrize(
    "first",
    [
        Answer(body=CHAT.body, surplus=b"HTTP/1.1 200 OK\r\n\r\n"),
        Answer(body=CHAT.body, framing="length", length=len(CHAT.body) - 1, then="end"),
        Answer(body=CHAT.body, framing="close"),
        Answer(body=CHAT.body, headers=[("connection", "close")]),
        Answer(body=CHAT.body + CHAT.unended * 9000),
        Answer(body=CHAT.unended + CHAT.failure + CHAT.unended * 9000),
        Answer(body=CHAT.body, then="stall"),
        Answer(body=CHAT.body, then="reset"),
        Answer(body=b"x" * 100_000, status=500),
    ],
)
async def test_a_connection_that_may_be_out_of_step_is_closed(first):
    assert await asked_twice(first) == 2


NOT_UNDERSTOOD = {
    "a page": Answer(body=b"<p>busy</p>", media="text/html"),
    "a document": Answer(body=b'{"choices": []}', media="application/json"),
    "elsewhere": Answer(status=307, headers=[("location", "/x")], body=b"Moved"),
    "no content": Answer(status=204, media=None, framing="length"),
    "an unknown encoding": Answer(body=CHAT.body, headers=[("content-encoding", "br")]),
    "broken JSON": Answer(body=b"data: {\n\n"),
}


@pytest.mark.parametrize("one_packet", [False, True])
@pytest.mark.parametrize("kind", NOT_UNDERSTOOD)
async def test_an_answer_that_was_not_understood_closes_its_connection(kind, one_packet):
    assert await asked_twice(attrs.evolve(NOT_UNDERSTOOD[kind], one_packet=one_packet)) == 2


async def test_an_idle_connection_is_closed_after_a_while(autojump_clock):
    assert await asked_twice(Answer(body=CHAT.body), between=partial(trio.sleep, 29)) == 1
    assert await asked_twice(Answer(body=CHAT.body), between=partial(trio.sleep, 31)) == 2


async def test_a_session_closes_its_idle_connections():
    async with FaultyServer(Answer(body=CHAT.body)) as server:
        async with Session() as session:
            model = CHAT.model(server)
            session.services.register(model)
            async with trio.open_nursery() as nursery:
                for _ in range(20):
                    nursery.start_soon(ask, model)
            assert server.connected > 0
        await server.wait_idle()


async def test_a_stale_connection_is_replaced_at_once_and_is_no_attempt():
    """The server closes it just when the next request is on its way."""
    async with (
        FaultyServer([
            Answer(body=CHAT.body),
            HangUp(),
            Answer(body=CHAT.body),
            HangUp(reset=True),
            Answer(body=CHAT.body),
        ]) as server,
        Session() as session,
    ):
        model = CHAT.model(server, retry=None)
        session.services.register(model)
        for _ in range(3):
            got = await ask(model)
            assert (got.text, got.error) == (TEXT, None)
        assert (len(server.requests), server.accepted) == (5, 3)


async def test_a_job_in_the_background_takes_no_connection_that_may_be_stale():
    body, media = b'{"id": "r", "status": "queued"}', "application/json"
    async with (
        FaultyServer(Answer(body=body, media=media)) as server,
        Session() as session,
    ):
        model = RESPONSES.model(server)
        session.services.register(model)
        for background, connections in ((False, 1), (False, 1), (True, 2), (True, 3)):
            response = await model.complete("hi", background=background)
            assert response.verdict is Verdict.PAUSED
            assert server.accepted == connections


async def test_a_fresh_connection_that_breaks_is_an_attempt():
    """And so is one that began to answer: the server had the request, and may have done its work."""
    half = Answer(head=b"HTTP/1.1 200 O", then="close")
    for first in ([HangUp()], [Answer(body=CHAT.body), half]):
        async with FaultyServer([*first, Answer(body=CHAT.body)]) as server, Session() as session:
            model = CHAT.model(server, retry=None)
            session.services.register(model)
            errors = [type((await ask(model)).error) for _ in first]
            assert errors[-1] is ConnectionLost
            assert len(server.requests) == len(first)
