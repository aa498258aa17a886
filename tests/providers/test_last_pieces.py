"""When a call is known to be whole: on each wire, and never where the answer was cut."""

import json

import pytest

from lionpride_trio import ToolCallChunk
from lionpride_trio.providers import get


def anthropic(cut):
    def start(index, name):
        block = {"type": "tool_use", "id": f"c{index}", "name": name, "input": {}}
        return {"type": "content_block_start", "index": index, "content_block": block}

    def piece(index, text):
        delta = {"type": "input_json_delta", "partial_json": text}
        return {"type": "content_block_delta", "index": index, "delta": delta}

    def stop(index):
        return {"type": "content_block_stop", "index": index}

    reason = "max_tokens" if cut else "tool_use"
    return [
        start(0, "f"),
        piece(0, '{"a":'),
        piece(0, "1}"),
        stop(0),
        start(1, "g"),
        *([piece(1, '{"b":')] if cut else [piece(1, '{"b":2}')]),
        stop(1),
        {"type": "message_delta", "delta": {"stop_reason": reason}},
        {"type": "message_stop"},
    ]


def chat(cut):
    def delta(call, reason=None):
        return {"choices": [{"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": reason}]}

    def opening(index, name):
        return {"index": index, "id": f"c{index}", "function": {"name": name, "arguments": ""}}

    def piece(index, text):
        return {"index": index, "function": {"arguments": text}}

    reason = "length" if cut else "tool_calls"
    return [
        delta(opening(0, "f")),
        delta(piece(0, '{"a":1}')),
        delta(opening(1, "g")),
        delta(piece(1, '{"b":' if cut else '{"b":2}')),
        {"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]},
        "[DONE]",
    ]


def responses(cut):
    def item(place, text="", status="in_progress"):
        return {
            "type": "function_call",
            "id": f"i{place}",
            "call_id": f"c{place}",
            "name": "fg"[place],
            "arguments": text,
            "status": status,
        }

    def event(kind, place, **more):
        return {"type": f"response.{kind}", "output_index": place, "item_id": f"i{place}", **more}

    second = '{"b":' if cut else '{"b":2}'
    how = "incomplete" if cut else "completed"
    why = {"incomplete_details": {"reason": "max_output_tokens"}} if cut else {}
    output = [item(0, '{"a":1}', "completed"), item(1, second, how)]
    return [
        event("output_item.added", 0, item=item(0)),
        event("function_call_arguments.delta", 0, delta='{"a":1}'),
        event("output_item.done", 0, item=output[0]),
        event("output_item.added", 1, item=item(1)),
        event("function_call_arguments.delta", 1, delta=second),
        event("output_item.done", 1, item=output[1]),
        {"type": f"response.{how}", "response": {"status": how, "output": output, **why}},
    ]


def gemini(cut):
    def part(name, args, **more):
        return {"functionCall": {"name": name, "args": args, **more}}

    def event(*parts, reason=None):
        content = {"content": {"parts": list(parts)}} if parts else {}
        return {"candidates": [{**content, **({"finishReason": reason} if reason else {})}]}

    begun = {"functionCall": {"name": "g", "willContinue": True, "partialArgs": []}}
    second = begun if cut else part("g", {"b": 2})
    return [
        event(part("f", {"a": 1})),
        event(second),
        event(reason="MAX_TOKENS" if cut else "STOP"),
    ]


WIRES = [
    ("anthropic", None, anthropic),
    ("openai", "chat", chat),
    ("openai", "responses", responses),
    ("gemini", None, gemini),
]


@pytest.mark.parametrize("cut", [False, True], ids=["whole", "cut"])
@pytest.mark.parametrize(("provider", "endpoint", "script"), WIRES)
def test_a_call_is_said_to_be_whole_once_and_in_time(provider, endpoint, script, cut):
    parser = get(provider, endpoint).parser()
    lasts: list[int] = []
    arguments = {0: "", 1: ""}
    for event in script(cut):
        for chunk in parser.feed("", event):
            if isinstance(chunk, ToolCallChunk):
                arguments[chunk.slot] += chunk.arguments
                if chunk.last:
                    json.loads(arguments[chunk.slot])
                    lasts.append(chunk.slot)
    assert lasts == ([0] if cut else [0, 1])


@pytest.mark.parametrize(("provider", "endpoint", "script"), WIRES)
def test_the_first_call_is_known_to_be_whole_before_the_answer_ends(provider, endpoint, script):
    parser = get(provider, endpoint).parser()
    chunks = [chunk for event in script(False)[:-3] for chunk in parser.feed("", event)]
    if provider == "gemini":
        chunks = parser.feed("", script(False)[0]) or chunks
    assert 0 in {c.slot for c in chunks if isinstance(c, ToolCallChunk) and c.last}


def test_a_call_without_input_is_whole_when_the_next_block_begins():
    parser = get("anthropic").parser()
    block = {"type": "tool_use", "id": "c", "name": "f", "input": {}}
    start = {"type": "content_block_start", "index": 0, "content_block": block}
    stop = {"type": "content_block_stop", "index": 0}
    before = [chunk for event in (start, stop) for chunk in parser.feed("", event)]
    assert not any(isinstance(chunk, ToolCallChunk) and chunk.last for chunk in before)
    text = {"type": "text", "text": ""}
    after = parser.feed("", {"type": "content_block_start", "index": 1, "content_block": text})
    assert any(isinstance(chunk, ToolCallChunk) and chunk.last for chunk in after)
