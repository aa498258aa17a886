"""Answers after public reports of users of many libraries, each with its right value.

Each stands for a kind of answer that some server or gateway sends; the tests beside the parsers have
its siblings.  `test_cases` holds this library to them, and the page ``docs/compared.md`` shows what
the official SDKs give.
"""

import json
from typing import Any

import attrs

STREAM = "text/event-stream"


@attrs.frozen
class Case:
    """One answer: what it is, whose it is, its bytes, and what is right.

    *right* is compared with what *look* names (see `readers.LOOKS`); ``"!Name"`` is an error.
    """

    title: str
    right: Any
    wire: tuple[str, str]
    body: bytes
    look: str = "text"
    media: str = STREAM
    whole: bool = False


def sse(*events, done=False):
    """Events as they are sent: bytes stay as they are, anything else becomes a line of data."""
    told = [
        each if isinstance(each, bytes) else b"data: " + json.dumps(each).encode() + b"\n\n"
        for each in events
    ]
    return b"".join(told) + (b"data: [DONE]\n\n" if done else b"")


CHAT, COMPATIBLE = ("openai", "chat"), ("openai_compatible", "chat")
RESPONSES, ANTHROPIC = ("openai", "responses"), ("anthropic", "messages")
GEMINI, OLLAMA = ("gemini", "generate"), ("ollama", "chat")


# -- chat completions


def piece(delta=None, reason=None, **more):
    choice = {"index": 0, "delta": delta or {}, "finish_reason": reason, **more}
    return {"id": "c1", "object": "chat.completion.chunk", "choices": [choice]}


def call(**fields):
    return piece({"tool_calls": [fields]})


def function(name=None, arguments=None):
    told = {"name": name, "arguments": arguments}
    return {word: value for word, value in told.items() if value is not None}


def chat(*events):
    return sse(*events, done=True)


def answer(message, reason="stop"):
    """A whole completion."""
    return {"choices": [{"index": 0, "finish_reason": reason, "message": message}]}


OK = chat(piece({"content": "Hi"}), piece({}, "stop"))
GOOD_DAY = [piece({"content": "Good "}), piece({"content": "day."})]
CALLS = piece({}, "tool_calls")
F = {"index": 0, "id": "c1", "type": "function", "function": function("w", "{}")}
SAID = {"role": "assistant", "content": "Good day."}
ASKED = {
    "content": None,
    "tool_calls": [{"id": "c1", "type": "function", "function": function("w", "{}")}],
}
THINKING = {"type": "thinking", "thinking": [{"type": "text"}]}

CHAT_CASES = {
    "c1": Case("a heartbeat of empty data first", "Hi", CHAT, sse(b"data:\n\n") + OK),
    "c2": Case(
        "a heartbeat of empty data after text",
        "Hi you",
        CHAT,
        chat(
            piece({"content": "Hi"}), b"data: \n\n", piece({"content": " you"}), piece({}, "stop")
        ),
    ),
    "c3": Case(
        "the last chunk is the whole message",
        "Good day.",
        COMPATIBLE,
        chat(*GOOD_DAY, {"object": "chat.completion", **answer(SAID)}),
    ),
    "c4": Case(
        "the whole message beside an empty delta",
        "Good day.",
        COMPATIBLE,
        chat(*GOOD_DAY, piece({}, "stop", message=SAID)),
    ),
    "c5": Case(
        "a tool call that ends with `stop`",
        "TOOL_USE",
        CHAT,
        chat(call(**F), piece({}, "stop")),
        "verdict",
    ),
    "c6": Case(
        "the same, not streamed",
        "TOOL_USE",
        CHAT,
        json.dumps(answer(ASKED)).encode(),
        "verdict",
        "application/json",
        whole=True,
    ),
    "c7": Case(
        "a call whose id changes once",
        [("a", "f", '{"x":1}')],
        COMPATIBLE,
        chat(
            call(index=0, id="a", function=function("f", "")),
            call(index=0, id="b", function=function(None, '{"x"')),
            call(index=0, id="b", function=function(None, ":1}")),
            CALLS,
        ),
        "calls",
    ),
    "c8": Case(
        "two calls on index 0, without ids",
        [(None, "f", '{"a":1}'), (None, "g", '{"b":2}')],
        COMPATIBLE,
        chat(
            call(index=0, function=function("f", '{"a":1}')),
            call(index=0, function=function("g", '{"b":2}')),
            CALLS,
        ),
        "calls",
    ),
    "c9": Case(
        "two calls without indexes, their pieces in turn",
        [("a", "f", '{"x":1}'), ("b", "g", '{"y":2}')],
        COMPATIBLE,
        chat(
            call(id="a", function=function("f", '{"x"')),
            call(id="b", function=function("g", '{"y"')),
            call(id="a", function=function(None, ":1}")),
            call(id="b", function=function(None, ":2}")),
            CALLS,
        ),
        "calls",
    ),
    "c10": Case(
        "arguments that are an object",
        [("z", "f", '{"a": 1}')],
        COMPATIBLE,
        chat(call(index=0, id="z", function=function("f", {"a": 1})), CALLS),
        "calls",
    ),
    "c11": Case(
        "a custom tool",
        [("z", "sh", "echo hi")],
        CHAT,
        chat(
            call(index=0, id="z", type="custom", custom={"name": "sh", "input": ""}),
            call(index=0, custom={"input": "echo "}),
            call(index=0, custom={"input": "hi"}),
            CALLS,
        ),
        "calls",
    ),
    "c12": Case(
        "a name in two pieces",
        [("z", "get_weather", "{}")],
        COMPATIBLE,
        chat(
            call(index=0, id="z", function=function("get_", "")),
            call(index=0, function=function("weather", "")),
            call(index=0, function=function(None, "{}")),
            CALLS,
        ),
        "calls",
    ),
    "c13": Case(
        "a part of thinking without text",
        "x",
        COMPATIBLE,
        chat(piece({"content": [THINKING]}), piece({"content": "x"}, "stop")),
    ),
    "c14": Case(
        "`event: error` with plain text",
        "!ProviderError",
        COMPATIBLE,
        sse(piece({"content": "Hi"}), b"event: error\ndata: upstream timed out\n\n"),
    ),
    "c15": Case(
        "an error whose code is digits in a text",
        "!RateLimited",
        COMPATIBLE,
        sse({"error": {"message": "slow down", "code": "429"}}),
    ),
    "c16": Case(
        "a stream labelled `application/json`", "Hi", COMPATIBLE, OK, media="application/json"
    ),
    "c17": Case(
        "a stream labelled `text/html`", "Hi", COMPATIBLE, OK, media="text/html; charset=UTF-8"
    ),
    "c18": Case(
        "text after the finish reason, then a clean cut",
        "!StreamTruncated",
        COMPATIBLE,
        sse(piece({"content": "Once "}, "stop"), piece({"content": "upon a"})),
    ),
    "c19": Case(
        "the cached tokens of DeepSeek",
        8,
        COMPATIBLE,
        chat(
            piece({"content": "Hi"}, "stop"),
            {
                "choices": [],
                "usage": {
                    "prompt_tokens": 10,
                    "completion_tokens": 1,
                    "total_tokens": 11,
                    "prompt_cache_hit_tokens": 8,
                },
            },
        ),
        "cached",
    ),
    "c20": Case(
        "status 200 with a code and a message",
        "!ProviderError",
        COMPATIBLE,
        b'{"code":"InvalidParameter","message":"bad","request_id":"r"}',
        media="application/json",
        whole=True,
    ),
    "c21": Case(
        "JSON with a byte order mark",
        "Hi",
        COMPATIBLE,
        b"\xef\xbb\xbf" + json.dumps(answer({"content": "Hi"})).encode(),
        media="application/json",
        whole=True,
    ),
}
