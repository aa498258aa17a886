"""What came before broken framing or compression is handed out before the error."""

import gzip
import zlib
from functools import partial

import httpx
import httpx2
import pytest
import trio

from lionpride_trio import (
    ConnectionFailed,
    DecodeError,
    HTTPProtocolError,
    LionprideError,
    RequestTooLarge,
    Timeouts,
)
from lionpride_trio._transport import open_client
from lionpride_trio._transport._inflate import STEP_BYTES, Inflater
from lionpride_trio.services import Retry
from lionpride_trio.testing import Answer, FaultyServer
from tests.faults.asking import ask
from tests.faults.wires import TEXT, WIRES
from tests.transport.authority import server_context

CHAT = WIRES[0]
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
CHUNKED = HEAD + b"transfer-encoding: chunked\r\n\r\n"


def chunk(data):
    return b"%x\r\n%b\r\n" % (len(data), data)


def joined(pieces, way):
    """The pieces in packets: apart, the last two together, or all at once."""
    match way:
        case "apart":
            return pieces
        case "last two together":
            return [*pieces[:-2], b"".join(pieces[-2:])]
        case _:
            return [b"".join(pieces)]


BREAKS = {
    "no size": b"ZZ\r\n",
    "a negative size": b"-1\r\n",
    "no CR": b"5\nhello\r\n",
    "a chunk longer than its size": b"2\r\nabcd\r\n",
    "a line too long": b"5;" + b"x" * 9000,
}


@pytest.mark.parametrize("way", ["apart", "last two together", "at once"])
@pytest.mark.parametrize("broken", BREAKS)
async def test_framing_that_breaks(broken, way, autojump_clock):
    body = b"".join(CHAT.pieces)
    pieces = [CHUNKED, chunk(CHAT.before + body), BREAKS[broken]]
    answer = Answer(head=b"", body=joined(pieces, way), pause=1, then="stall")
    async with FaultyServer(answer) as server:
        got = await ask(CHAT.model(server, retry=Retry()))
    assert type(got.error) is HTTPProtocolError
    assert (got.text, got.error.partial.text) == (TEXT, TEXT)
    assert len(server.requests) == 1, "content is never asked for again"


@pytest.mark.parametrize("way", ["apart", "last two together", "at once"])
@pytest.mark.parametrize("name", ["gzip", "deflate", "raw deflate"])
@pytest.mark.parametrize("wire", WIRES, ids=str)
async def test_compression_that_breaks(wire, name, way, autojump_clock):
    window = {"gzip": 31, "deflate": 15, "raw deflate": -15}[name]
    machine = zlib.compressobj(wbits=window)
    good = machine.compress(wire.unended) + machine.flush(zlib.Z_SYNC_FLUSH)
    encoding = [("content-encoding", name.split()[-1])]
    pieces = joined([good, b"\xff" * 40], way)
    answer = Answer(body=pieces, headers=encoding, media=wire.media, pause=1, then="stall")
    async with FaultyServer(answer) as server:
        got = await ask(wire.model(server))
    assert type(got.error) is DecodeError
    assert (got.text, got.error.partial.text) == (TEXT, TEXT)


@pytest.mark.parametrize("at", [-8, -4, -1])
async def test_a_wrong_check_at_the_end_takes_nothing_back(at):
    """The text is whole, its end mark came, and so the answer is whole."""
    body = bytearray(gzip.compress(CHAT.body))
    body[at] ^= 0xFF
    answer = Answer(body=bytes(body), headers=[("content-encoding", "gzip")], one_packet=True)
    async with FaultyServer(answer) as server:
        got = await ask(CHAT.model(server))
    assert (got.text, got.error) == (TEXT, None)


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_an_inflater_fails_once_for_good_and_gives_all_before(cut):
    text = bytes(range(256)) * 1024
    machine = zlib.compressobj(wbits=31)
    good = machine.compress(text) + machine.flush(zlib.Z_SYNC_FLUSH)
    inflater, made = Inflater(), []
    inflater.feed(good[:cut])
    while step := inflater.step():
        made.append(step)
    inflater.feed(good[cut:] + b"\xff" * 30)
    with pytest.raises(DecodeError):
        while step := inflater.step():
            assert len(step) <= STEP_BYTES
            made.append(step)
    assert b"".join(made) == text
    for _ in range(2):
        with pytest.raises(DecodeError):
            inflater.step()


PLAIN = ["none", "identity", "identity, NONE", "UTF-8", "binary", ""]


@pytest.mark.parametrize("encoding", PLAIN)
async def test_a_content_encoding_that_encodes_nothing(encoding):
    headers = [("content-encoding", encoding)] if encoding else []
    async with FaultyServer(Answer(body=CHAT.body, headers=headers)) as server:
        got = await ask(CHAT.model(server))
    assert (got.text, got.error) == (TEXT, None)


@pytest.mark.parametrize("line", ["identity", " Identity ", "IDENTITY"])
@pytest.mark.parametrize("sized", [True, False])
async def test_transfer_encoding_identity(line, sized, autojump_clock):
    """RFC 2616 had it, and gateways still say it; the body is as without it."""
    size = b"Content-Length: %d\r\n" % len(CHAT.body) if sized else b""
    head = HEAD + b"Transfer-Encoding:%b\r\n%b\r\n" % (line.encode(), size)
    for piece in (None, 5):
        answer = Answer(head=b"", body=head + CHAT.body, piece=piece, pause=0.01, then="close")
        async with FaultyServer(answer) as server:
            got = await ask(CHAT.model(server))
        assert (got.text, got.error) == (TEXT, None)


@pytest.mark.parametrize("coding", [b"gzip, chunked", b"br", b"identity, chunked"])
async def test_other_transfer_encodings_are_refused(coding):
    head = HEAD + b"transfer-encoding: %b\r\n\r\n" % coding
    async with FaultyServer(Answer(head=head, body=CHAT.body, then="close")) as server:
        got = await ask(CHAT.model(server))
    assert type(got.error) is HTTPProtocolError


async def test_a_byte_order_mark_before_an_answer_that_is_whole():
    document = b'{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}]}'
    async with FaultyServer(Answer(body=b"\xef\xbb\xbf" + document)) as server:
        assert (await CHAT.model(server).complete("x")).text == "hi"
    failure = b'\xef\xbb\xbf{"error": {"message": "slow down", "code": "rate_limit_exceeded"}}'
    async with FaultyServer(Answer(status=429, body=failure)) as server:
        got = await ask(CHAT.model(server))
    assert got.error.message == "slow down"
    assert got.error.code == "rate_limit_exceeded"


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
    """What a body takes to be sent takes nothing from the time to answer.

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


@pytest.mark.parametrize("library", [httpx, httpx2])
async def test_a_failure_of_tls_in_another_client_says_what_it_was(library):
    async with (
        FaultyServer(Answer(body=CHAT.body), ssl_context=server_context()) as server,
        library.AsyncClient() as client,
    ):
        error = (await ask(CHAT.model(server, http_client=client))).error
    assert type(error) is ConnectionFailed
    assert "certificate" in str(error).lower()


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
