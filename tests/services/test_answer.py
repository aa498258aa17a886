"""Answers, checked by their head, and those that are read as a whole."""

import pytest

from lionpride_trio import (
    ConnectionLost,
    LionprideError,
    RateLimited,
    StreamTimeout,
    Timeouts,
)
from lionpride_trio.testing import Answer, FaultyServer
from tests.faults.asking import ask
from tests.faults.wires import TEXT, WIRES

CHAT = WIRES[0]


async def test_a_byte_order_mark_before_an_answer_that_is_whole():
    document = b'{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}]}'
    async with FaultyServer(Answer(body=b"\xef\xbb\xbf" + document)) as server:
        assert (await CHAT.model(server).complete("x")).text == "hi"
    failure = b'\xef\xbb\xbf{"error": {"message": "slow down", "code": "rate_limit_exceeded"}}'
    async with FaultyServer(Answer(status=429, body=failure)) as server:
        got = await ask(CHAT.model(server))
    assert got.error.message == "slow down"
    assert got.error.code == "rate_limit_exceeded"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(body=b'{"choices": [', frame_cut=True, then="close"), "ConnectionLost"),
        (Answer(body=b"<p>busy</p>", media="text/html"), "NotAStream"),
        (Answer(status=204, media=None, framing="length"), "NotAStream"),
        (Answer(status=307, headers=[("location", "/x")]), "RedirectRefused"),
        (Answer(body=b"x", headers=[("content-encoding", "br")]), "NotAStream"),
        (Answer(body=b"{", then="stall"), "StreamTimeout"),
        (Answer(status=500), "ServerError"),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
async def test_every_error_after_the_first_byte_has_what_came(
    answer, error, stream, autojump_clock
):
    async with FaultyServer(answer) as server:
        model = CHAT.model(server, timeouts=Timeouts(answer=5))
        with pytest.raises(LionprideError) as caught:
            if stream:
                async with model.stream("hi") as reply:
                    await reply.receive()
            else:
                await model.complete("hi")
    assert type(caught.value).__name__ in {error, "ConnectionLost", "StreamTruncated"}
    assert caught.value.partial is not None


LABELS = ["application/json", "text/html", "application/problem+json"]


@pytest.mark.parametrize("media", LABELS)
@pytest.mark.parametrize("start", [b"", b"da", b'{"id": "x", "choi'])
@pytest.mark.parametrize(
    ("then", "error"),
    [("stall", StreamTimeout), ("close", ConnectionLost), ("reset", ConnectionLost)],
)
async def test_a_mislabelled_stream_that_stalls_or_is_cut_before_it_begins(
    media, start, then, error, autojump_clock
):
    """Nobody knows yet that it is no stream, and the call may be made again."""
    answer = Answer(body=start, media=media, framing="length", length=9999, then=then)
    async with FaultyServer(answer) as server:
        got = await ask(CHAT.model(server))
        await server.wait_idle()
    assert type(got.error) is error
    assert got.error.retryable
    if error is StreamTimeout:
        assert got.error.clock == "byte_idle"


async def test_a_failure_that_it_tells_of_outweighs_its_cut():
    told = b'{"error": {"message": "slow down", "code": "rate_limit_exceeded"}}'
    answer = Answer(body=told, media=LABELS[0], framing="length", length=9999, then="close")
    async with FaultyServer(answer) as server:
        got = await ask(CHAT.model(server))
    assert type(got.error) is RateLimited


async def test_a_mislabelled_stream_that_begins_is_read():
    async with FaultyServer(Answer(body=CHAT.body, media=LABELS[0], piece=1)) as server:
        got = await ask(CHAT.model(server))
    assert (got.text, got.error) == (TEXT, None)
