"""A cancellation loses nothing and leaves nothing open."""

import gc
import itertools
import warnings

import pytest
import trio

from lionpride_trio import (
    Timeouts,
)
from lionpride_trio._transport import open_client
from lionpride_trio.testing import Answer, FaultyServer
from lionpride_trio.testing._cancelling import cancel_everywhere
from tests.faults.asking import ask
from tests.faults.wires import TEXT, WIRES
from tests.transport.calls import open_httpx

CHAT = WIRES[0]


async def next_piece(reply):
    """The text of the next chunk; None at the end."""
    try:
        return (await reply.receive()).data
    except trio.EndOfChannel:
        return None


async def test_a_read_may_be_cancelled_as_often_as_one_likes(client, autojump_clock):
    """Nothing is lost, nothing comes twice, and the end is told."""
    answer = Answer(body=CHAT.body, piece=9, pause=1)
    async with FaultyServer(answer) as server:
        said, cancelled = "", 0
        model = CHAT.model(server, http_client=client, timeouts=Timeouts(first_content=999))
        async with model.stream("hi") as reply:
            while True:
                piece = ""
                with trio.move_on_after(0.3) as scope:
                    piece = await next_piece(reply)
                if piece is None:
                    break
                said += piece
                cancelled += scope.cancelled_caught
        assert said == reply.response.text == TEXT
        assert cancelled > 20


async def test_a_read_that_is_cancelled_at_once_takes_nothing(client):
    async with FaultyServer(Answer(body=CHAT.body, piece=20)) as server:
        said = ""
        async with CHAT.model(server, http_client=client).stream("hi") as reply:
            for attempt in itertools.count():
                piece = ""
                with trio.CancelScope() as scope:
                    if attempt % 2:
                        scope.cancel()
                    piece = await next_piece(reply)
                if piece is None:
                    break
                said += piece
                assert not (scope.cancelled_caught and attempt % 2 == 0)
        assert said == TEXT


async def test_a_stalled_read_can_be_asked_again_after_a_cancel(client):
    async with FaultyServer(Answer(body=CHAT.unended, then="stall")) as server:
        async with CHAT.model(server, http_client=client).stream("hi") as reply:
            said = [(await reply.receive()).data for _ in range(3)]
            for _ in range(3):
                with trio.move_on_after(0.001) as scope:
                    await reply.receive()
                assert scope.cancelled_caught
        assert "".join(said) == TEXT
        await server.wait_idle()


@pytest.mark.parametrize(
    "script",
    [Answer(body=CHAT.body, piece=60), [Answer(status=503), Answer(body=CHAT.body, piece=300)]],
    ids=["stream", "retried"],
)
@pytest.mark.parametrize("opener", [open_client, open_httpx])
def test_cancelled_at_every_step(script, opener):
    """Nothing but a quiet end, no connection left open, and the next call works.

    Not with the transports of others: httpx's leaves the generator of its request's body to the
    garbage collector when it is cancelled while sending.
    """

    async def program():
        client = opener()
        try:
            async with FaultyServer(script) as server:
                got = await ask(CHAT.model(server, http_client=client))
                assert got.error is None or got.error.status == 503
                assert got.text in {"", TEXT}
        finally:
            with trio.CancelScope(shield=True):
                async with FaultyServer(Answer(body=CHAT.body)) as server:
                    again = await ask(CHAT.model(server, http_client=client))
                    assert (again.text, again.error) == (TEXT, None)
                    await client.aclose()
                    await server.wait_idle()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cancel_everywhere(program) > 20
        gc.collect()
