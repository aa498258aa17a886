"""Compressed bodies: all of their text is handed out, and what comes before damage too."""

import gzip
import zlib

import pytest

from lionpride_trio import (
    ConnectionLost,
    DecodeError,
    Overloaded,
)
from lionpride_trio._transport._inflate import STEP_BYTES, Inflater
from lionpride_trio.testing import Answer, FaultyServer
from tests.faults.asking import ask
from tests.faults.wires import TEXT, WIRES
from tests.transport.packets import joined

CHAT = WIRES[0]


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


@pytest.mark.parametrize("framing", ["chunked", "length", "close"])
@pytest.mark.parametrize("name", ["gzip", "deflate", "raw deflate"])
@pytest.mark.parametrize("wire", WIRES, ids=str)
async def test_compression_that_ends_before_its_end_was_cut(wire, name, framing):
    """Though the body around it ends well."""
    machine = zlib.compressobj(wbits={"gzip": 31, "deflate": 15, "raw deflate": -15}[name])
    cut = machine.compress(wire.unended) + machine.flush(zlib.Z_SYNC_FLUSH)
    encoding = [("content-encoding", name.split()[-1])]
    answer = Answer(body=cut, headers=encoding, media=wire.media, framing=framing)
    async with FaultyServer(answer) as server:
        got = await ask(wire.model(server))
        await server.wait_idle()
    assert type(got.error) is ConnectionLost
    assert got.error.retryable
    assert (got.text, got.error.partial.text) == (TEXT, TEXT)


WHOLE = b'{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}]}'


@pytest.mark.parametrize("left_out", [0, 1, 7, 8, 12, 30])
@pytest.mark.parametrize("members", [1, 2])
async def test_an_answer_that_is_not_streamed_is_whole_or_cut(members, left_out):
    size = -(-len(WHOLE) // members)
    packed = b"".join(gzip.compress(WHOLE[at : at + size]) for at in range(0, len(WHOLE), size))
    body = packed[: len(packed) - left_out]
    answer = Answer(body=body, headers=[("content-encoding", "gzip")], media="application/json")
    async with FaultyServer(answer) as server:
        model = CHAT.model(server)
        if not left_out:
            assert (await model.complete("x")).text == "hi"
            return
        with pytest.raises(ConnectionLost, match="inside its compression"):
            await model.complete("x")


@pytest.mark.parametrize("body", [b"", b"\x1f"])
async def test_an_error_without_a_document_has_no_compression_to_end(body):
    answer = Answer(status=503, body=body, headers=[("content-encoding", "gzip")])
    async with FaultyServer(answer) as server:
        assert type((await ask(CHAT.model(server))).error) is Overloaded


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
