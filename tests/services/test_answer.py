"""Answers, checked by their head, and those that are read as a whole."""

import pytest

from lionpride_trio import (
    LionprideError,
    Timeouts,
)
from lionpride_trio.testing import Answer, FaultyServer
from tests.faults.asking import ask
from tests.faults.wires import WIRES

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
