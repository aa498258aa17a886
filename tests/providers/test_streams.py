"""Recorded and authored streams of real providers, read at many cuttings.

The streams and their licences are named in ``streams/index.json``.
"""

import json
import random
from pathlib import Path

import pytest

from lionpride_trio import StreamTruncated, reassemble
from lionpride_trio.providers import StreamDecoder, get

HERE = Path(__file__).with_name("streams")
EXPECTED = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))
APIS = {e["file"]: e["api"] for e in json.loads((HERE / "index.json").read_text(encoding="utf-8"))}
AUTHORED = json.loads((HERE / "synthetic/index.json").read_text(encoding="utf-8"))
PROVIDERS = {
    "openai_chat": ("openai", "chat"),
    "openai_responses": ("openai", "responses"),
    "anthropic": ("anthropic", None),
    "gemini": ("gemini", None),
    "ollama": ("ollama", None),
}
# Where the official SDK that gave the expectation is wrong, or says less than the stream does.
CORRECTED = {
    # It drops the last event, which no blank line follows.
    "openai_responses/prism--stream-multiple-output-items-1.sse": {"finish_reason": "completed"},
    # It knows no custom tools.
    "openai_responses/vercel--openai-custom-tool.1.sse": {
        "tools": [("write_sql", "SELECT * FROM users WHERE age > 25")]
    },
    # Not an answer of Gemini's at all.
    "gemini/firebase--vertexai-streaming-failure-invalid-json.sse": {"fails": True},
    # It tells of the block apart from the finish reason.
    "gemini/firebase--vertexai-streaming-failure-prompt-blocked-safety-with-message.sse": {
        "finish_reason": "SAFETY"
    },
    # There is no finish reason in it: it was cut by its author.
    "gemini/firebase--vertexai-streaming-success-quotes-escaped.sse": {"fails": True},
    # It hands out the argument pieces unassembled.
    "gemini/vercel--google-stream-tool-call-array-arguments-missing-terminal-function-call.sse": {
        "tools": [
            (
                "writeItems",
                '{"operations": [{"action": "add", "description": "Fresh red apple", "itemid":'
                ' "apple_001", "price": 0.5}, {"action": "add", "description": "Ripe yellow banana",'
                ' "itemid": "banana_001", "price": 0.3}]}',
            )
        ]
    },
}


def cuttings(raw, seed):
    rng = random.Random(seed)
    yield [raw]
    for size in (1, 7, 1024) if len(raw) < 60_000 else (1024,):
        yield [raw[i : i + size] for i in range(0, len(raw), size)]
    for _ in range(3):
        cuts = sorted(rng.sample(range(len(raw) + 1), 20))
        yield [raw[a:b] for a, b in zip([0, *cuts], [*cuts, len(raw)], strict=True)]


def read(api, pieces):
    name, endpoint = PROVIDERS[api.split(".")[0]]
    decoder = StreamDecoder(get(name, endpoint))
    chunks = []
    for piece in pieces:
        chunks += decoder.feed(piece)
        if decoder.ended:
            break
    chunks += decoder.flush()
    return reassemble(chunks), decoder.failure


def read_at_all_cuttings(file, api):
    raw = (HERE / file).read_bytes()
    results = [read(api, pieces) for pieces in cuttings(raw, file)]
    told = {(repr(response), repr(failure)) for response, failure in results}
    assert len(told) == 1, "the result depends on how the bytes were cut"
    return results[0]


@pytest.mark.parametrize("file", EXPECTED)
def test_a_recorded_stream_means_what_it_should_at_every_cutting(file):
    response, failure = read_at_all_cuttings(file, APIS[file])
    expected = EXPECTED[file]
    right = CORRECTED.get(file, {})
    tools = right.get(
        "tools",
        [
            (
                call["name"],
                call["arguments"]
                if isinstance(call["arguments"], str)
                else json.dumps(call["arguments"]),
            )
            for call in expected["tool_calls"]
        ],
    )
    assert response.text == expected["text"]
    assert response.reasoning == (expected["reasoning"] or "")
    assert response.refusal == (expected["refusal"] or "")
    assert response.finish_reason == right.get("finish_reason", expected["finish_reason"])
    assert [
        (c.name, c.arguments if tools and c.arguments != "{}" else "{}")
        for c in response.tool_calls
    ] == [(name, arguments or "{}") for name, arguments in tools]
    assert (failure is not None) == right.get("fails", bool(expected["error"]))


@pytest.mark.parametrize("case", AUTHORED, ids=[case["file"] for case in AUTHORED])
def test_an_authored_stream_means_what_it_should_at_every_cutting(case):
    response, failure = read_at_all_cuttings(case["file"], case["api"])
    expect = case["expect"]
    ends = "complete" if failure is None else "error"
    if isinstance(failure, StreamTruncated):
        ends = "truncated"
    assert response.text == expect["text"]
    assert response.finish_reason == expect["finish_reason"]
    assert ends == expect["ends"]
    assert response.refusal == expect.get("refusal", "")
    calls = [[call.id, call.name, call.arguments] for call in response.tool_calls]
    assert calls == expect.get("tool_calls", [])
    assert list(response.texts) == expect.get("texts", [expect["text"]])
