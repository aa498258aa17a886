"""Messages and answers in the spans of who asks for content: nothing of them is lost or in Python's own form."""

import json

import pytest

from lionpride_trio import Image, TextPart, ThoughtPart, ToolCall, ToolResult
from lionpride_trio._parts import RawPart
from lionpride_trio.observe._otel_content import message
from lionpride_trio.testing import ScriptedProvider, tool_call
from lionpride_trio.tools import tool
from tests.observe.kept_spans import Kept

PICTURE = Image(b"\x89PNG\r\n\x1a\n123", media_type="image/png")
OSLO = {"type": "tool_call", "id": "z", "name": "weather", "arguments": {"city": "Oslo"}}
CUT = {"type": "tool_call", "id": "z", "name": "weather", "arguments": '{"ci'}


def told(role, *parts):
    return {"role": role, "parts": list(parts)}


def text(content):
    return {"type": "text", "content": content}


def response(content):
    return {"type": "tool_call_response", "id": "z", "response": content}


def called(arguments):
    return {"id": "z", "type": "function", "function": {"name": "weather", "arguments": arguments}}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"role": "user", "content": "a"}, told("user", text("a"))),
        ({"role": "user", "content": ["a", PICTURE]}, told("user", text("a"), {"type": "image"})),
        ({"role": "user", "content": [{"type": "input_audio", "input_audio": {}}]},
         told("user", {"type": "input_audio"})),
        # OpenAI's form.
        ({"role": "assistant", "content": None, "tool_calls": [called('{"city": "Oslo"}')]},
         told("assistant", OSLO)),
        ({"role": "assistant", "content": "a", "tool_calls": [called('{"ci')]},
         told("assistant", text("a"), CUT)),
        ({"role": "tool", "tool_call_id": "z", "content": "rain"}, told("tool", response("rain"))),
        ({"role": "tool", "tool_call_id": "z", "content": [{"type": "text", "text": "rain"}]},
         told("tool", response([text("rain")]))),
        # Anthropic's.
        ({"role": "assistant", "content": [{"type": "tool_use", "id": "z", "name": "weather", "input": {"city": "Oslo"}}]},
         told("assistant", OSLO)),
        ({"role": "user", "content": [{"type": "tool_result", "tool_use_id": "z", "content": "rain"}]},
         told("user", response("rain"))),
        # Parts.
        ({"role": "assistant", "content": [ThoughtPart("h"), ToolCall("z", "weather", '{"city": "Oslo"}')]},
         told("assistant", {"type": "reasoning", "content": "h"}, OSLO)),
        ({"role": "assistant", "content": [RawPart("anthropic", {"secret": 1})]},
         told("assistant", {"type": "raw"})),
        ({"role": "tool", "content": [ToolResult("z", "weather", [TextPart("a"), PICTURE])]},
         told("tool", response([text("a"), {"type": "image"}]))),
        ({"role": "tool", "content": [ToolResult("z", "weather", {"type": "rain", "mm": [1]})]},
         told("tool", response({"type": "rain", "mm": [1]}))),
        # No message that a provider takes.
        ({"role": "user", "content": [1]}, told("user", {"type": "int"})),
        (1, told("unknown")),
    ],
)  # fmt: skip
def test_a_message_is_written_as_the_conventions_have_it(given, expected):
    assert json.loads(json.dumps(message(given))) == expected


@tool
def camera() -> list:
    "A picture."
    return ["here", PICTURE]


async def test_a_result_of_parts_and_its_call_are_in_the_spans():
    kept = Kept(content=True)
    provider = ScriptedProvider([tool_call("camera")], "Nice.")
    async with provider.model(observers=[kept.observer]).converse("?", tools=[camera]) as turn:
        async for _ in turn:
            pass
    last = [span for span in kept.spans if span.name == "chat scripted"][-1]
    asked, call, result = json.loads(last.attributes["gen_ai.input.messages"])
    assert asked == told("user", text("?"))
    (made,) = call["parts"]
    assert (made["name"], made["arguments"]) == ("camera", {})
    assert result == told(
        "tool",
        {
            "type": "tool_call_response",
            "id": made["id"],
            "response": [text("here"), {"type": "image"}],
        },
    )
    assert "MediaPart" not in last.attributes["gen_ai.input.messages"]
