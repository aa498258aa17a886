"""The cases of the other wires: Anthropic, Gemini and Ollama, and all cases by name."""

import json

from tests.judges.cases import ANTHROPIC, CHAT_CASES, GEMINI, OLLAMA, Case, sse
from tests.judges.cases_responses import RESPONSES_CASES

# -- Anthropic

BEGIN = {
    "type": "message_start",
    "message": {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "model": "c",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 9, "output_tokens": 1},
    },
}


def events(*values):
    """Events as Anthropic sends them, each with its name: its SDK reads no others."""
    told = []
    for value in values:
        if isinstance(value, bytes):
            told.append(value)
        else:
            name = f"event: {value['type']}\n" if "type" in value else ""
            told.append(f"{name}data: {json.dumps(value)}\n\n".encode())
    return b"".join(told)


def start(index, **block):
    return {"type": "content_block_start", "index": index, "content_block": block}


def delta(index, **fields):
    return {"type": "content_block_delta", "index": index, "delta": fields}


def use(index, call_id, name, **given):
    return start(index, type="tool_use", id=call_id, name=name, input=given)


def arguments(index, text):
    return delta(index, type="input_json_delta", partial_json=text)


def thought(index, text, signature):
    return [
        start(index, type="thinking", thinking="", signature=""),
        delta(index, type="thinking_delta", thinking=text),
        delta(index, type="signature_delta", signature=signature),
    ]


def end(reason):
    how = {"stop_reason": reason, "stop_sequence": None}
    return [
        {"type": "message_delta", "delta": how, "usage": {"output_tokens": 7}},
        {"type": "message_stop"},
    ]


HI = start(0, type="text", text="Hi")
ANTHROPIC_CASES = {
    "a1": Case(
        "three calls on one index",
        [("1", "f", '{"a":1}'), ("2", "g", '{"a":2}'), ("3", "h", '{"a":3}')],
        ANTHROPIC,
        events(
            BEGIN,
            *(
                event
                for number, name in enumerate("fgh", 1)
                for event in (use(0, str(number), name), arguments(0, f'{{"a":{number}}}'))
            ),
            *end("tool_use"),
        ),
        "calls",
    ),
    "a2": Case(
        "input in the start and again in deltas",
        [("1", "f", '{"a":1}')],
        ANTHROPIC,
        events(
            BEGIN,
            use(0, "1", "f", a=1),
            arguments(0, '{"a"'),
            arguments(0, ":1}"),
            *end("tool_use"),
        ),
        "calls",
    ),
    "a3": Case(
        "two blocks of thinking on one index",
        [("one", "S1"), ("two", "S2")],
        ANTHROPIC,
        events(BEGIN, *thought(0, "one", "S1"), *thought(0, "two", "S2"), *end("end_turn")),
        "thoughts",
    ),
    "a4": Case(
        "a heartbeat of empty data",
        "Hi",
        ANTHROPIC,
        events(BEGIN, b"event: ping\ndata:\n\n", HI, *end("end_turn")),
    ),
    "a5": Case(
        "an error object without a type",
        "!ServerError",
        ANTHROPIC,
        events(BEGIN, {"error": {"message": "up", "type": "server_error", "code": 500}}),
    ),
    "a6": Case(
        "a `message_delta` with usage alone",
        "Hi",
        ANTHROPIC,
        events(
            BEGIN, HI, {"type": "message_delta", "usage": {"output_tokens": 3}}, *end("end_turn")
        ),
    ),
    "a7": Case(
        "a call that ends with `end_turn`",
        "TOOL_USE",
        ANTHROPIC,
        events(BEGIN, use(0, "1", "f"), arguments(0, "{}"), *end("end_turn")),
        "verdict",
    ),
}

# -- Gemini


def candidate(*parts, reason=None):
    ended = {"finishReason": reason} if reason else {}
    return {"candidates": [{"content": {"parts": list(parts)}, **ended}]}


SIGNED = {"functionCall": {"name": "f", "args": {}}, "thoughtSignature": "UzE="}
GEMINI_CASES = {
    "g1": Case(
        "`[DONE]` at the end",
        "Hi",
        GEMINI,
        sse(candidate({"text": "Hi"}, reason="STOP"), done=True),
    ),
    "g2": Case(
        "`STOP` first, then text, then a clean cut",
        "!StreamTruncated",
        GEMINI,
        sse(candidate(reason="STOP"), candidate({"text": "Hello wor"})),
    ),
    "g3": Case(
        "two signatures",
        {"UzE=", "UzI="},
        GEMINI,
        sse(candidate(SIGNED), candidate({"text": "", "thoughtSignature": "UzI="}, reason="STOP")),
        "signatures",
    ),
}

# -- Ollama


def line(*, done=False, **message):
    said = {"role": "assistant", "content": "", **message}
    reason = "stop" if done else None
    value = {"model": "q", "message": said, "done": done, "done_reason": reason}
    return json.dumps(value).encode() + b"\n"


STRINGLY = {"function": {"name": "f", "arguments": '{"a":1}'}}
LINES = "application/x-ndjson"
OLLAMA_CASES = {
    "o1": Case(
        "arguments that are a text",
        [(None, "f", '{"a":1}')],
        OLLAMA,
        line(tool_calls=[STRINGLY]) + line(done=True),
        "calls",
        LINES,
    ),
    "o2": Case(
        "`error: null` in each line",
        "Hi",
        OLLAMA,
        b'{"message":{"content":"Hi"},"done":false,"error":null}\n' + line(done=True),
        media=LINES,
    ),
}

CASES = {
    **CHAT_CASES,
    **ANTHROPIC_CASES,
    **GEMINI_CASES,
    **OLLAMA_CASES,
    **RESPONSES_CASES,
}
