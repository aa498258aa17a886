"""The wire object of a chunk is decoded when it is asked for, and nobody can tell."""

import copy
import json
import pickle

import attrs
import pytest

from lionpride_trio import OtherChunk, TextChunk, UsageChunk
from lionpride_trio._chunks import RAW_RESPONSE
from lionpride_trio._json_form import from_json, to_json
from lionpride_trio._undecoded import Undecoded
from lionpride_trio.providers import StreamDecoder, get

EVENT = {"id": "1", "choices": [{"index": 0, "delta": {"content": "é\n"}}], "n": [1, {"a": None}]}
BOTH = {
    "id": "1",
    "choices": [
        {"index": 0, "delta": {"content": "a"}},
        {"index": 1, "delta": {"content": "b"}},
    ],
}


def chunks_of(value, provider="openai"):
    return StreamDecoder(get(provider)).feed(b"data: %b\n\n" % json.dumps(value).encode())


def test_it_waits_until_it_is_asked_for():
    (chunk,) = chunks_of(EVENT)
    assert type(chunk) is TextChunk
    assert type(RAW_RESPONSE.get(chunk)) is Undecoded
    assert chunk.raw_response == EVENT
    assert chunk.raw_response is chunk.raw_response
    assert RAW_RESPONSE.get(chunk) is chunk.raw_response


def test_the_chunks_of_one_event_have_one_object():
    one, other = chunks_of(BOTH)
    assert one.raw_response is other.raw_response
    assert one.raw_response == BOTH


def plain():
    return TextChunk("é\n", metadata={"id": "1"}, raw_response=EVENT)


@pytest.mark.parametrize(
    "made_again",
    [
        copy.copy,
        copy.deepcopy,
        lambda chunk: pickle.loads(pickle.dumps(chunk)),
        lambda chunk: from_json(to_json(chunk)),
        lambda chunk: attrs.evolve(chunk, turn=0),
    ],
    ids=["copied", "copied deeply", "pickled", "as JSON", "evolved"],
)
def test_no_copy_can_tell(made_again):
    (chunk,) = chunks_of(EVENT)
    again = made_again(chunk)
    assert again == plain()
    assert again.raw_response == EVENT
    assert chunk == plain()


def test_comparing_and_showing_cannot_tell():
    (chunk,) = chunks_of(EVENT)
    assert plain() == chunk
    assert chunk != attrs.evolve(plain(), raw_response={})
    assert repr(chunk) == repr(plain())
    assert attrs.asdict(chunk) == attrs.asdict(plain())
    match chunk:
        case TextChunk(raw_response={"id": told}):
            assert told == "1"
        case _:
            pytest.fail("a pattern sees it too")


def test_it_stays_read_only():
    (chunk,) = chunks_of(EVENT)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        chunk.raw_response = None
    assert chunk.raw_response == EVENT


def test_what_the_fast_decoder_refuses_is_not_asked_for_again():
    """A lone half of a pair: replaced when the event came, and so in its wire object."""
    (chunk,) = StreamDecoder(get("openai")).feed(
        b'data: {"choices": [{"delta": {"content": "a"}}], "x": "\\ud83d"}\n\n'
    )
    assert chunk.raw_response == {"choices": [{"delta": {"content": "a"}}], "x": "\ufffd"}


def test_what_holds_its_value_is_not_decoded_twice():
    for chunk in chunks_of({"id": "1", "choices": [], "usage": {"prompt_tokens": 1}}):
        assert isinstance(chunk, UsageChunk | OtherChunk)
        assert type(RAW_RESPONSE.get(chunk)) is dict
