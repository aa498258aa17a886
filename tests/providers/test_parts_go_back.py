"""A provider's own blocks go back to it as they came, those of every recorded answer."""

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lionpride_trio import Response, Verdict, from_json, reassemble
from lionpride_trio._parts import is_made_id
from lionpride_trio.providers import ModelCall, StreamDecoder, get
from lionpride_trio.wire import NDJSONDecoder, SSEDecoder

STREAMS = Path(__file__).parent / "streams"
WIRES = {
    "anthropic": ("anthropic", None),
    "gemini": ("gemini", None),
    "openai_responses": ("openai", "responses"),
    "openai_chat": ("openai", "chat"),
    "ollama": ("ollama", None),
}


def events(path: Path) -> list[Any]:
    decoder = NDJSONDecoder() if path.suffix == ".ndjson" else SSEDecoder()
    found = [*decoder.feed(path.read_bytes() + b"\n\n"), *decoder.flush()]
    data = [getattr(event, "data", event) for event in found]
    values: list[Any] = []
    for each in data:
        with contextlib.suppress(ValueError):  # a few recordings were damaged by their keepers
            values.append(json.loads(each) if isinstance(each, str) else each)
    return [value for value in values if isinstance(value, dict)]


def read(path: Path, provider: str, endpoint: str | None) -> Response:
    decoder = StreamDecoder(get(provider, endpoint))
    return reassemble([*decoder.feed(path.read_bytes()), *decoder.flush()])


def written(
    provider: str, endpoint: str | None, *messages: Any, **options: Any
) -> Mapping[str, Any]:
    asked = {"role": "user", "content": "q"}
    call = ModelCall("m", [asked, *(message.chat_msg() for message in messages)], options)
    body = get(provider, endpoint).request(call).body
    return json.loads(json.dumps(body))


def anthropic_blocks(stream: list[Any]) -> list[Any]:
    """The blocks of a message, put together by the rules of Anthropic's reference alone."""
    blocks: dict[int, Any] = {}
    inputs: dict[int, str] = {}
    for event in stream:
        index = event.get("index")
        delta = event.get("delta") or {}
        match event.get("type"), delta.get("type"):
            case "content_block_start", _:
                blocks[index] = dict(event["content_block"])
            case "content_block_delta", "text_delta":
                blocks[index]["text"] += delta["text"]
            case "content_block_delta", "thinking_delta":
                blocks[index]["thinking"] += delta["thinking"]
            case "content_block_delta", "signature_delta":
                blocks[index]["signature"] = delta["signature"]
            case "content_block_delta", "input_json_delta":
                inputs[index] = inputs.get(index, "") + delta["partial_json"]
            case "content_block_delta", "citations_delta":
                cited = blocks[index].get("citations") or []
                blocks[index]["citations"] = [*cited, delta["citation"]]
            case "content_block_delta", "compaction_delta":
                blocks[index] |= {k: v for k, v in delta.items() if k != "type" and v is not None}
            case _:
                pass
    for index, text in inputs.items():
        try:
            blocks[index]["input"] = json.loads(text or "{}")
        except ValueError:
            blocks[index]["input"] = {"arguments": text}
    whole = [blocks[index] for index in sorted(blocks)]
    for block in whole:
        if block["type"] == "text" and not block.get("citations"):
            block.pop("citations", None)
    return [block for block in whole if block != {"type": "text", "text": ""}]


def gemini_parts(stream: list[Any]) -> list[Any]:
    """The parts of the first candidate; pieces of one text are one part, unless one is signed."""
    parts: list[Any] = []
    for event in stream:
        for candidate in event.get("candidates") or ():
            if candidate.get("index"):
                continue
            for part in (candidate.get("content") or {}).get("parts") or ():
                last = parts[-1] if parts else {}
                same = bool(part.get("thought")) == bool(last.get("thought"))
                texts = part.keys() | last.keys() <= {"text", "thought", "thoughtSignature"}
                thinks = bool(part.get("thought"))
                if "partialArgs" in (part.get("functionCall") or {}):
                    return []  # of a call that comes path by path: see the test below
                free = "thoughtSignature" not in last and (thinks or "thoughtSignature" not in part)
                if parts and texts and same and free:
                    last["text"] = last.get("text", "") + part.get("text", "")
                    last |= {k: v for k, v in part.items() if k != "text"}
                else:
                    parts.append(dict(part))
    return [
        {"text": "", **part} if part.keys() == {"thoughtSignature"} else part
        for part in parts
        if part and part != {"text": ""}
    ]


DAMAGED = {"vercel--parallel-tool-call-wrapper.1.sse"}
"""Recordings that their keepers have damaged: they end in a `DecodeError` before any answer."""


def paths(folder: str) -> list[Any]:
    found = [path for path in sorted((STREAMS / folder).iterdir()) if path.name not in DAMAGED]
    return [pytest.param(path, id=path.name) for path in found]


@pytest.mark.parametrize("path", paths("anthropic"))
def test_anthropic(path):
    response = read(path, "anthropic", None)
    said = [m["content"] for m in written("anthropic", None, response.message)["messages"][1:]]
    wanted = anthropic_blocks(events(path))
    if response.verdict is Verdict.LENGTH:  # its call was cut, and will have no result
        wanted = [block for block in wanted if block["type"] != "tool_use"]
    text_alone = [{"type": "text", "text": said[0]}] if said and isinstance(said[0], str) else None
    assert (text_alone or (said[0] if said else [])) == wanted


@pytest.mark.parametrize("path", paths("gemini"))
def test_gemini(path):
    response = read(path, "gemini", None)
    contents = written("gemini", None, response.message)["contents"][1:]
    wanted = gemini_parts(events(path))
    assert wanted == [] or [part for content in contents for part in content["parts"]] == wanted


@pytest.mark.parametrize("path", paths("openai_responses"))
def test_responses(path):
    response = read(path, "openai", "responses")
    items = written("openai", "responses", response.message)["input"][1:]
    told = events(path)
    ends = [event["response"] for event in told if event.get("type") == "response.completed"]
    done = [event["item"] for event in told if event.get("type") == "response.output_item.done"]
    wanted = [item for end in ends[-1:] for item in end.get("output") or ()] or done
    assert [plain_item(item) for item in items] == [plain_item(item) for item in wanted]


def plain_item(item):
    """An item without what says nothing: null, and probabilities of tokens."""
    kept = {name: value for name, value in item.items() if value is not None}
    if kept["type"] == "message":
        parts = kept["content"]
        kept["role"] = "assistant"
        kept["content"] = [
            {k: v for k, v in {"annotations": [], **part}.items() if k != "logprobs"}
            for part in parts
        ]
    return kept


@pytest.mark.parametrize("path", [*paths("openai_chat"), *paths("groq"), *paths("openai_compat")])
def test_chat(path):
    response = read(path, "openai_compatible", None)
    body = written("openai_compatible", None, response.message, send_reasoning=True)
    said = body["messages"][1]
    assert (said["content"] or "") == (response.text or response.refusal)
    assert said.get("reasoning_content", "") == response.reasoning
    calls = [(c["id"], c.get("function") or c.get("custom")) for c in said.get("tool_calls", ())]
    assert [call_id for call_id, _ in calls] == [call.id for call in response.tool_calls]
    assert [f["name"] for _, f in calls] == [call.name for call in response.tool_calls]
    assert [f.get("arguments", f.get("input")) for _, f in calls] == [
        call.arguments for call in response.tool_calls
    ]


@pytest.mark.parametrize("path", paths("ollama"))
def test_ollama(path):
    response = read(path, "ollama", None)
    said = written("ollama", None, response.message)["messages"][1]
    values = [value.get("message") or {"content": value.get("response")} for value in events(path)]
    text = "".join(value.get("content") or "" for value in values)
    thought = "".join(value.get("thinking") or "" for value in values)
    calls = [call for value in values for call in value.get("tool_calls") or ()]
    assert said["content"] == text
    assert said.get("thinking", "") == thought
    assert [call["function"] for call in said.get("tool_calls", ())] == [
        {"name": call["function"]["name"], "arguments": call["function"]["arguments"]}
        for call in calls
    ]
    assert all(is_made_id(call.id) for call in response.tool_calls)


@pytest.mark.parametrize(
    ("folder", "path"),
    [(folder, path) for folder in WIRES for path in sorted((STREAMS / folder).iterdir())],
    ids=lambda value: getattr(value, "name", value),
)
def test_a_message_that_was_saved_goes_back_the_same(folder, path):
    provider, endpoint = WIRES[folder]
    message = read(path, provider, endpoint).message
    again = from_json(message.to_json())
    assert written(provider, endpoint, again) == written(provider, endpoint, message)
