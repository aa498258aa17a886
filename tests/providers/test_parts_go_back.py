"""A provider's own blocks go back to it as they came, those of every recorded answer."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from lionpride_trio import Response, Verdict
from lionpride_trio._parts import is_made_id
from lionpride_trio.testing import check_parts_go_back
from lionpride_trio.testing.strategies.wires import WIRES
from lionpride_trio.wire import NDJSONDecoder, SSEDecoder

STREAMS = Path(__file__).parent / "streams"


def events(body: bytes, decoder: SSEDecoder | NDJSONDecoder | None = None) -> list[Any]:
    decoder = decoder or SSEDecoder()
    found = [*decoder.feed(body + b"\n\n"), *decoder.flush()]
    data = [getattr(event, "data", event) for event in found]
    values: list[Any] = []
    for each in data:
        with contextlib.suppress(ValueError):  # a few recordings were damaged by their keepers
            values.append(json.loads(each) if isinstance(each, str) else each)
    return [value for value in values if isinstance(value, dict)]


def check(path, provider, endpoint, own, sent, *, options=None):
    body = path.read_bytes()
    check_parts_go_back(
        provider, endpoint, bodies=[body], blocks=own, sent=sent, options=options or {}
    )


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


def own_anthropic(body: bytes, response: Response) -> Any:
    blocks = anthropic_blocks(events(body))
    if response.verdict is Verdict.LENGTH:  # its call was cut, and will have no result
        return [block for block in blocks if block["type"] != "tool_use"]
    return blocks


def sent_anthropic(request: Any) -> Any:
    said = [message["content"] for message in request["messages"][1:]]
    text_alone = said and isinstance(said[0], str)
    return [{"type": "text", "text": said[0]}] if text_alone else said[0] if said else []


@pytest.mark.parametrize("path", paths("anthropic"))
def test_anthropic(path):
    check(path, "anthropic", None, own_anthropic, sent_anthropic)


def sent_gemini(request: Any) -> Any:
    return [part for content in request["contents"][1:] for part in content["parts"]]


@pytest.mark.parametrize("path", paths("gemini"))
def test_gemini(path):
    own = gemini_parts(events(path.read_bytes()))
    if own:
        check(path, "gemini", None, lambda *_: own, sent_gemini)
    else:  # nothing was said, or a call that comes path by path
        check_parts_go_back("gemini", bodies=[path.read_bytes()])


def own_responses(body: bytes, _: Response) -> Any:
    told = events(body)
    ends = [event["response"] for event in told if event.get("type") == "response.completed"]
    done = [event["item"] for event in told if event.get("type") == "response.output_item.done"]
    whole = [item for end in ends[-1:] for item in end.get("output") or ()]
    return [plain_item(item) for item in whole or done]


def sent_responses(request: Any) -> Any:
    return [plain_item(item) for item in request["input"][1:]]


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


@pytest.mark.parametrize("path", paths("openai_responses"))
def test_responses(path):
    check(path, "openai", "responses", own_responses, sent_responses)


def own_chat(_: bytes, response: Response) -> Any:
    """The answer in one piece: a stream of chat completions has no blocks of its own."""
    calls = [(call.id, call.name, call.arguments) for call in response.tool_calls]
    return response.text or response.refusal, response.reasoning, calls


def sent_chat(request: Any) -> Any:
    said = request["messages"][1]
    calls = [(c["id"], c.get("function") or c["custom"]) for c in said.get("tool_calls", ())]
    told = [(key, f["name"], f.get("arguments", f.get("input"))) for key, f in calls]
    return said["content"] or "", said.get("reasoning_content", ""), told


@pytest.mark.parametrize("path", [*paths("openai_chat"), *paths("groq"), *paths("openai_compat")])
def test_chat(path):
    options = {"send_reasoning": True}
    check(path, "openai_compatible", None, own_chat, sent_chat, options=options)


def own_ollama(body: bytes, response: Response) -> Any:
    told = events(body, NDJSONDecoder())
    values = [value.get("message") or {"content": value.get("response")} for value in told]
    text = "".join(value.get("content") or "" for value in values)
    thought = "".join(value.get("thinking") or "" for value in values)
    calls = [call["function"] for value in values for call in value.get("tool_calls") or ()]
    assert all(is_made_id(call.id) for call in response.tool_calls)
    return text, thought, [(call["name"], call["arguments"]) for call in calls]


def sent_ollama(request: Any) -> Any:
    said = request["messages"][1]
    calls = [call["function"] for call in said.get("tool_calls", ())]
    return said["content"], said.get("thinking", ""), [(c["name"], c["arguments"]) for c in calls]


@pytest.mark.parametrize("path", paths("ollama"))
def test_ollama(path):
    check(path, "ollama", None, own_ollama, sent_ollama)


@pytest.mark.parametrize(("provider", "endpoint"), WIRES)
def test_what_nobody_has_recorded_goes_back_too(provider, endpoint):
    check_parts_go_back(provider, endpoint, settings=settings(max_examples=50))
