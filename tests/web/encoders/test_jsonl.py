"""``jsonl`` is a document a line, and a last line that says that it is the last."""

from __future__ import annotations

import json

from lionpride_trio import FinishChunk, Overloaded, Response, TextChunk, Usage, Verdict, from_json
from lionpride_trio.web.encoders import JSONLinesEncoder
from tests.web.streams import RAW, answer


def test_items_and_the_end():
    encoder = JSONLinesEncoder()
    body = b"".join(map(encoder.feed, answer("Hel", "lo"))) + encoder.feed({"a": 1})
    *lines, last = (body + encoder.flush()).decode().splitlines()
    assert [from_json(line).data for line in lines[:2]] == ["Hel", "lo"]
    assert json.loads(lines[-1]) == {"a": 1}
    assert json.loads(last) == {
        "lionpride_trio": 1,
        "end": {
            "verdict": "complete",
            "reason": "stop",
            "usage": {"input_tokens": 7, "output_tokens": 5},
        },
    }


def test_a_failure_is_the_last_line():
    failure = json.loads(JSONLinesEncoder().fail(Overloaded("at 10.0.0.3")))
    assert failure["failure"]["error"] == "Overloaded"


def test_a_stream_of_no_model_has_no_verdict():
    encoder = JSONLinesEncoder()
    assert encoder.feed("One.") == b'"One."\n'
    assert json.loads(encoder.flush())["end"] == {"verdict": None, "reason": None, "usage": None}


def test_what_the_source_says_of_its_end_comes_before_what_was_seen():
    encoder = JSONLinesEncoder()
    encoder.feed(FinishChunk(verdict=Verdict.COMPLETE, reason="stop"))
    stopped = Response(verdict=Verdict.STOPPED, finish_reason="stopped", usage=Usage(1))
    assert json.loads(encoder.flush(stopped))["end"] == {
        "verdict": "stopped",
        "reason": "stopped",
        "usage": {"input_tokens": 1},
    }
    assert json.loads(JSONLinesEncoder().flush(Response()))["end"]["verdict"] == "unknown"


def test_the_wire_s_own_object_stays_here_unless_it_is_asked_for():
    chunk = TextChunk("a", raw_response=RAW)
    assert b"secret" not in JSONLinesEncoder().feed(chunk)
    assert from_json(JSONLinesEncoder(raw=True).feed(chunk).decode()) == chunk


def test_it_has_no_heartbeat():
    encoder = JSONLinesEncoder()
    assert encoder.heartbeat == b""
    assert encoder.media_type == "application/x-ndjson"
