"""Readers of the protocols: what a body means, however it was cut."""

from __future__ import annotations

import json
from itertools import groupby

from lionpride_trio import Chunk, from_json, reassemble
from lionpride_trio.providers import StreamDecoder, get
from lionpride_trio.wire import SSEDecoder


def _meaning(items):
    """Responses by turn, and all else in its order."""
    chunks = [item for item in items if isinstance(item, Chunk)]
    turns = [reassemble(of_turn) for _, of_turn in groupby(chunks, key=lambda chunk: chunk.turn)]
    return turns, [response.parts for response in turns], _results(chunks)


def _results(chunks):
    return [(chunk.call_id, chunk.output) for chunk in chunks if hasattr(chunk, "call_id")]


def read_events(body):
    *chunks, end = SSEDecoder().feed(body)
    return _meaning([from_json(event.data) for event in chunks]), json.loads(end.data)


def read_jsonl(body):
    *lines, end = body.decode().splitlines()
    return _meaning([from_json(line) for line in lines]), json.loads(end)["end"]


def read_text(body):
    return body.decode()


def read_openai(body):
    decoder = StreamDecoder(get("openai"))
    response = reassemble([*decoder.feed(body), *decoder.flush()])
    return response.text, response.reasoning, response.tool_calls, response.usage, response.verdict


def _data(body):
    return [event.data for event in SSEDecoder().feed(body)]


def read_ui(body):
    """The parts of the message, as the AI SDK's reducer makes them."""
    *events, done = _data(body)
    assert done == "[DONE]"
    parts, by_id, end = [], {}, None
    for event in map(json.loads, events):
        kind = event.pop("type")
        place = event.pop("id", None) or event.get("toolCallId")
        if kind in {"text-start", "reasoning-start", "tool-input-start"}:
            by_id[place] = {"kind": kind, "text": "", **event}
            parts.append(by_id[place])
        elif kind in {"text-delta", "reasoning-delta"}:
            by_id[place]["text"] += event["delta"]
        elif kind == "tool-input-delta":
            by_id[place]["text"] += event["inputTextDelta"]
        elif kind in {"text-end", "reasoning-end"}:
            by_id[place] |= {"done": True, **event}
        elif kind == "start-step":
            parts.append(kind)
        elif kind.startswith(("tool-input", "tool-output")):
            by_id[place].setdefault("told", []).append((kind, event))
        elif kind == "finish":
            end = event
        elif kind not in {"start", "finish-step"}:
            parts.append((kind, event))
    return parts, end


def read_ag_ui(body):
    """The messages, as AG-UI's reducer makes them, and what ran beside."""
    messages, beside = {}, []
    for event in map(json.loads, _data(body)):
        kind = event.pop("type")
        place = event.get("toolCallId") or event.get("messageId") or event.get("entityId")
        if kind.endswith(("MESSAGE_CONTENT", "CALL_ARGS")):
            messages[place]["text"] += event["delta"]
        elif kind in {"TEXT_MESSAGE_START", "REASONING_MESSAGE_START", "TOOL_CALL_START"}:
            messages.setdefault(place, {"text": "", **event})
        elif kind in {"TEXT_MESSAGE_END", "REASONING_MESSAGE_END", "TOOL_CALL_END"}:
            messages[place]["ended"] = True
        else:
            beside.append((kind, event))
    return messages, beside


READERS = {
    "events": read_events,
    "ui": read_ui,
    "ag_ui": read_ag_ui,
    "openai": read_openai,
    "text": read_text,
    "jsonl": read_jsonl,
}
