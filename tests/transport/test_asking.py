"""A request on its way: what is sent, for how long, and an answer that comes meanwhile."""

import json
from functools import partial

import pytest
import trio

from lionpride_trio import (
    RequestTooLarge,
    StreamTimeout,
    Timeouts,
    iModel,
)
from lionpride_trio._transport import Request, open_client
from lionpride_trio.testing import Answer, FaultyServer
from tests.faults.asking import ask
from tests.faults.wires import KEY, TEXT, WIRES

CHAT = WIRES[0]


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"


CHUNKED = HEAD + b"transfer-encoding: chunked\r\n\r\n"


def chunk(data):
    return b"%x\r\n%b\r\n" % (len(data), data)


async def test_what_is_sent():
    async with FaultyServer(Answer(body=CHAT.body)) as server:
        await ask(CHAT.model(server, temperature=1))
        (asked,) = server.requests
        assert (asked.method, asked.target) == ("POST", "/v1/chat/completions")
        assert asked.headers["accept-encoding"] == "identity"
        assert json.loads(asked.body)["temperature"] == 1


@pytest.mark.parametrize("size", [10, 5_000_000])
async def test_an_answer_is_seen_while_its_request_is_being_sent(size):
    """The server reads the head and no more: sending all of a large body would never end."""
    refusal = Answer(status=413, body=b'{"error": {"message": "too large"}}', early=True)
    client = open_client()
    async with FaultyServer([refusal, Answer(body=CHAT.body)]) as server:
        model = CHAT.model(server, http_client=client)
        with trio.fail_after(30):
            with pytest.raises(RequestTooLarge) as refused:
                async with model.stream("x" * size):
                    raise AssertionError("413 is no answer")
        assert refused.value.body == {"error": {"message": "too large"}}
        got = await ask(model)
        assert (got.text, got.error) == (TEXT, None)
        assert server.accepted == 2, "what was not sent whole ends its connection"
        await client.aclose()


async def test_a_large_request_that_is_read_is_sent_whole():
    async with FaultyServer(Answer(body=CHAT.body)) as server:
        async with CHAT.model(server).stream("x" * 5_000_000) as reply:
            assert "".join([chunk.data async for chunk in reply]) == TEXT
        assert len(server.requests[0].body) > 5_000_000


async def slow_reader(stream, *, seconds, each):
    """Reads a request slowly, and answers when all of it is there."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += await stream.receive_some(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    (size,) = (int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"content-length"))
    left = size - len(body)
    while left:
        await trio.sleep(seconds)
        left -= len(await stream.receive_some(min(each, left)))
    await stream.send_all(CHUNKED + chunk(CHAT.body) + b"0\r\n\r\n")


async def test_the_clock_of_the_first_content_starts_when_the_request_was_sent(
    nursery, autojump_clock
):
    """The time that a body takes to be sent is no part of the time to answer.

    "Sent" is handed to the kernel, which holds some megabytes: they are the reader's delay.
    """

    async def serve(stream):
        await slow_reader(stream, seconds=1, each=1_000_000)

    listeners = await nursery.start(trio.serve_tcp, serve, 0)
    port = listeners[0].socket.getsockname()[1]
    async with FaultyServer(Answer()) as server:
        server._port = port
        model = CHAT.model(server, timeouts=Timeouts(first_content=15, byte_idle=20))
        began = trio.current_time()
        async with model.stream("x" * 40_000_000) as reply:
            assert "".join([chunk.data async for chunk in reply]) == TEXT
        assert trio.current_time() - began > 20
    nursery.cancel_scope.cancel()


DEAF = b"HTTP/1.1 413 X\r\ncontent-length: 2\r\n\r\n{}"


async def test_a_server_that_answers_and_reads_no_more(nursery):
    """It keeps the connection open: nothing but its answer can end the sending."""

    async def serve(stream):
        received = b""
        while b"\r\n\r\n" not in received:
            received += await stream.receive_some(1024)
        await stream.send_all(DEAF)
        await trio.sleep_forever()

    listeners = await nursery.start(partial(trio.serve_tcp, serve, 0, host="127.0.0.1"))
    async with FaultyServer(Answer()) as server:
        server._port = listeners[0].socket.getsockname()[1]
        with trio.fail_after(20), pytest.raises(RequestTooLarge):
            async with CHAT.model(server).stream("x" * 20_000_000):
                pass
    nursery.cancel_scope.cancel()


async def test_a_request_that_nobody_reads(autojump_clock, nursery):
    """The system takes some of it; then nothing can be sent."""

    async def deaf(stream):
        await trio.sleep_forever()

    (listener,) = await nursery.start(partial(trio.serve_tcp, deaf, 0, host="127.0.0.1"))
    port = listener.socket.getsockname()[1]
    model = iModel(
        "openai",
        "m",
        api_key=KEY,
        base_url=f"http://127.0.0.1:{port}/v1",
        retry=None,
        timeouts=Timeouts(byte_idle=7),
    )
    began = trio.current_time()
    with pytest.raises(StreamTimeout) as caught:
        async with model.stream("x" * 30_000_000):
            pass
    assert caught.value.clock == "byte_idle"
    assert trio.current_time() - began == pytest.approx(7, abs=1)
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize("size", [2, 100_000])
async def test_the_time_to_answer_runs_from_the_end_of_the_request(size, autojump_clock):
    request = {"headers": {}, "body": b"x" * size, "send_idle": 9, "wait": 5}
    client = open_client()
    async with FaultyServer(Answer(head=b"", then="stall")) as server:
        began = trio.current_time()
        with pytest.raises(StreamTimeout) as caught:
            async with client.open_exchange(Request(url=server.url(), **request)):
                raise AssertionError("there is no answer")
        assert (caught.value.clock, trio.current_time() - began) == ("first_content", 5)
        await client.aclose()
        await server.wait_idle()
