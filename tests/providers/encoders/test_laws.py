"""The law of the encoders: decoding what was encoded gives the reply, in every style.

Reading and writing share no code (`tests/guards/test_layers.py`); that they share no mistake either
is for the recorded streams and the official clients to say.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from lionpride_trio import FinishChunk, ProviderError, TextChunk, Verdict, reassemble
from lionpride_trio.providers import StreamDecoder, get
from lionpride_trio.testing import chunks_of, replies, wire_bodies
from lionpride_trio.testing.strategies.wires import WIRES, wire_of

QUICK = settings(max_examples=60, deadline=None)


def decoded(provider, body):
    """The chunks of a body, and why reading it failed."""
    decoder = StreamDecoder(provider)
    chunks = decoder.feed(body)
    return chunks + decoder.flush(), decoder.failure


def encoded(encoder, chunks, usage=None):
    """The pieces of a stream."""
    return [encoder.begin(usage), *map(encoder.feed, chunks), encoder.end()]


@pytest.fixture(params=WIRES, ids="-".join)
def provider(request):
    return get(*request.param)


def test_what_was_encoded_is_the_reply_again(provider):
    @QUICK
    @given(wire_bodies(provider))
    def law(pair):
        reply, body = pair
        chunks, failure = decoded(provider, body)
        assert failure is None
        assert reassemble(chunks) == reply

    law()


def test_a_whole_document_is_the_reply_again(provider):
    @QUICK
    @given(st.data())
    def law(data):
        style = data.draw(wire_of(provider).styles)
        reply = data.draw(replies(provider))
        document = wire_of(provider).fresh(style).whole(chunks_of(reply))
        chunks, failure = provider.parse_body(document)
        assert failure is None
        assert reassemble(chunks) == reply

    law()


def test_what_was_decoded_can_be_encoded_again(provider):
    """A gateway that reads a wire and writes the same one loses nothing."""

    @QUICK
    @given(wire_bodies(provider))
    def law(pair):
        reply, body = pair
        chunks, _ = decoded(provider, body)
        again = b"".join(encoded(wire_of(provider).fresh(), chunks))
        chunks, failure = decoded(provider, again)
        assert failure is None
        assert reassemble(chunks) == reply

    law()


@pytest.mark.parametrize("other", WIRES, ids="-".join)
def test_any_wire_can_be_written_as_any_other(provider, other):
    """A gateway from one wire to another keeps the text, the calls and how the answer ended."""
    target = get(*other)
    abilities = wire_of(target).fresh().abilities

    @settings(max_examples=8, deadline=None)
    @given(wire_bodies(provider).filter(lambda pair: len(pair[0].texts) == 1))
    def law(pair):
        reply, body = pair
        chunks, _ = decoded(provider, body)
        again, failure = decoded(target, b"".join(encoded(wire_of(target).fresh(), chunks)))
        assert failure is None
        got = reassemble(again)
        assert got.text + got.refusal == reply.text + reply.refusal
        assert [call.name for call in got.tool_calls] == [call.name for call in reply.tool_calls]
        assert [call.parsed() for call in got.tool_calls] == [
            call.parsed() for call in reply.tool_calls
        ]
        if reply.verdict in abilities.endings and reply.verdict is not Verdict.REFUSED:
            assert got.verdict is reply.verdict

    law()


def test_each_piece_is_written_as_it_comes(provider):
    """A stream of one chunk at a time is read as one chunk at a time."""
    encoder, decoder = wire_of(provider).fresh(), StreamDecoder(provider)
    decoder.feed(encoder.begin())
    text = "A stream stays a stream."
    for piece in text.split(" "):
        assert "".join(one.data for one in decoder.feed(encoder.feed(TextChunk(piece)))) == piece
    encoder.feed(FinishChunk(verdict=Verdict.COMPLETE))
    decoder.feed(encoder.end())
    decoder.flush()
    assert decoder.failure is None


def test_a_failure_in_the_middle_is_read_as_one(provider):
    encoder = wire_of(provider).fresh()
    body = encoder.begin() + encoder.feed(TextChunk("Half of")) + encoder.fail("no more today")
    chunks, failure = decoded(provider, body)
    assert reassemble(chunks).text == "Half of"
    assert isinstance(failure, ProviderError)
    assert "no more today" in str(failure)
