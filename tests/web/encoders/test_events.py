"""``events`` is what ``web.EVENTS_JS`` reads, from where it was."""

from __future__ import annotations

import json
from urllib.parse import quote

import attrs
import pytest

from lionpride_trio import (
    ConfigurationError,
    RateLimited,
    Response,
    TextChunk,
    Usage,
    UsageChunk,
    Verdict,
    from_json,
)
from lionpride_trio.session import InstructionContent, Message
from lionpride_trio.stages import TypedOutput
from lionpride_trio.testing import Answer
from lionpride_trio.web import EVENTS_JS
from lionpride_trio.web.encoders import EventsEncoder
from lionpride_trio.wire import SSEDecoder
from tests.web.node_clients import page
from tests.web.streams import RAW, answer, conversation

MODULE = "data:text/javascript," + quote(EVENTS_JS)


def events(encoder, items, id=None):
    body = b"".join(encoder.feed(item, id) for item in items) + encoder.flush()
    return SSEDecoder().feed(body)


def test_each_chunk_comes_as_its_document():
    chunks = [attrs.evolve(chunk, raw_response=None) for chunk in conversation()]
    told = events(EventsEncoder(), chunks)
    assert [from_json(event.data) for event in told[:-1]] == chunks
    assert [event.data for event in told[:-1]] == [chunk.to_json() for chunk in chunks]
    assert {event.event for event in told[:-1]} == {"chunk"}
    assert told[-1].event == "end"
    assert json.loads(told[-1].data) == {
        "verdict": "complete",
        "reason": "end_turn",
        "usage": {"input_tokens": 50, "output_tokens": 28, "reasoning_tokens": 4},
    }


def test_ids_rise_and_the_end_has_that_of_the_last_item():
    told = events(EventsEncoder(), answer("a", "b"))
    assert [event.id for event in told] == ["1", "2", "3", "4", "4"]


def test_ids_of_a_durable_stream_are_told():
    encoder = EventsEncoder()
    body = encoder.feed("a", 58) + encoder.feed("b", "59") + encoder.flush()
    assert [event.id for event in SSEDecoder().feed(body)] == ["58", "59", "59"]


@pytest.mark.parametrize("id", ["a\nb", "a\r", "", True, "\0"])
def test_an_id_is_one_line(id):
    with pytest.raises(ConfigurationError, match="id= is the number of an item"):
        EventsEncoder().feed("a", id)


def test_the_wire_s_own_object_stays_here():
    told = events(EventsEncoder(), [TextChunk("a", raw_response=RAW), *answer(turn=1)])
    assert "secret" not in "".join(event.data for event in told)
    usage = UsageChunk(usage=Usage(1, 1), raw_response=RAW)
    assert b"secret" not in EventsEncoder().feed(usage)
    assert from_json(SSEDecoder().feed(EventsEncoder(raw=True).feed(usage))[0].data) == usage


def test_responses_and_messages_are_documents_and_other_things_plain():
    response = Response(text="a", verdict=Verdict.COMPLETE)
    message = Message(content=InstructionContent(instruction="hi"))
    told = events(EventsEncoder(), [response, message, "s", {"a": (1, float("inf"))}])
    assert from_json(told[0].data) == response
    assert from_json(told[1].data) == message
    assert [json.loads(event.data) for event in told[2:4]] == ["s", {"a": [1, None]}]


def test_a_partial_says_whether_it_is_whole():
    stage = TypedOutput(dict[str, int])
    partials = [each for piece in ('{"a": 1,', ' "b": 2}') for each in stage.feed(piece)]
    told = [json.loads(event.data) for event in events(EventsEncoder(), partials)[:-1]]
    assert told[0]["whole"] is False
    assert told[-1] == {"value": {"a": 1, "b": 2}, "whole": True}


def test_a_failure_takes_the_place_of_the_end():
    encoder = EventsEncoder()
    body = encoder.feed("a") + encoder.fail(RateLimited("key sk-1", retry_after=3.0))
    failure = SSEDecoder().feed(body)[-1]
    assert (failure.event, failure.id) == ("failure", "1")
    assert json.loads(failure.data) == {
        "error": "RateLimited",
        "message": "The model's service takes no more requests at this time.",
        "retryable": True,
        "retry_after": 3.0,
    }


async def read(client, answered):
    """The events that the page was told, and the requests; the client has closed its connection by then."""
    told, requests = await client("events.mjs", answered, module=MODULE)
    assert told["closed"] == 1  # it would connect again, and the model be asked anew
    return told["heard"], requests


async def test_the_client_reads_to_the_end_and_closes(client):
    told, _ = await read(client, page(EventsEncoder(), answer("Hel", "lo")))
    assert [(each["chunk"]["data"], each["id"]) for each in told[:2]] == [("Hel", "1"), ("lo", "2")]
    assert told[-1] == {
        "end": {
            "verdict": "complete",
            "reason": "stop",
            "usage": {"input_tokens": 7, "output_tokens": 5},
        },
        "id": "4",
    }


async def test_the_client_comes_back_with_the_last_id_that_was_whole(client):
    items = answer("Hel", "lo")
    bodies = EventsEncoder()
    pieces = [bodies.feed(item, 57 + number) for number, item in enumerate(items)]
    end = bodies.flush()

    def from_where_it_was(asked):
        after = int(asked.headers.get("last-event-id", 56))
        body = b"retry: 1\n\n" + b"".join([*pieces[after - 56 :], end])
        cut = len(b"retry: 1\n\n" + pieces[0]) + 9 if after == 56 else None
        return Answer(body=body, cut=cut, then="close" if cut else "end")

    told, requests = await read(client, from_where_it_was)
    assert [each["id"] for each in told] == ["57", "58", "59", "60", "60"]
    assert [asked.headers.get("last-event-id") for asked in requests] == [None, "57"]


async def test_the_client_closes_at_a_failure(client):
    told, _ = await read(client, page(EventsEncoder(), ["a"], error=RateLimited("busy")))
    assert told[-1]["failure"]["error"] == "RateLimited"


async def test_a_status_is_a_failure_for_the_client(client):
    told, requests = await client("events.mjs", Answer(status=429), module=MODULE)
    assert [each["failure"]["error"] for each in told["heard"]] == ["ConnectionLost"]
    assert len(requests) == 1
