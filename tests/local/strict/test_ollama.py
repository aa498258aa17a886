"""Ollama: what its decoder cannot read, and what it passes over."""

import pytest

from tests.local.strict.asking import HELLO, answered, refused

USER = HELLO[0]


def called(arguments):
    return {
        "role": "assistant",
        "content": "",
        "tool_calls": [{"function": {"name": "f", "arguments": arguments}}],
    }


def unmarshal(given, field, kind):
    return f"json: cannot unmarshal {given} into Go struct field {field} of type {kind}"


CASES = {
    "parts": (
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "x"}]}]},
        unmarshal("array", "ChatRequest.messages.content", "string"),
    ),
    "role": (
        {"messages": [{"role": "developer", "content": "x"}]},
        'invalid role: "developer", must be one of ["system", "user", "assistant", "tool"]',
    ),
    "arguments": (
        {"messages": [USER, called("{}")]},
        unmarshal(
            "string",
            "ToolCallFunction.messages.tool_calls.function.arguments",
            "api.ToolCallFunctionArguments",
        ),
    ),
    "tool's name": (
        {"messages": [USER, called({}), {"role": "tool", "content": "x", "tool_name": 3}]},
        unmarshal("number", "ChatRequest.messages.tool_name", "string"),
    ),
    "URL": (
        {"messages": [{**USER, "images": ["https://x.example/a.png"]}]},
        "illegal base64 data at input byte 0",
    ),
    "one image": (
        {"messages": [{**USER, "images": "aGk="}]},
        unmarshal("string", "ChatRequest.messages.images", "[]api.ImageData"),
    ),
    "message": (
        {"messages": ["hi"]},
        unmarshal("string", "ChatRequest.messages", "api.Message"),
    ),
    "stream": ({"stream": "no"}, unmarshal("string", "ChatRequest.stream", "bool")),
    "model": ({"model": 3}, unmarshal("number", "ChatRequest.model", "string")),
    "options": (
        {"options": []},
        unmarshal("array", "ChatRequest.options", "map[string]interface {}"),
    ),
    "temperature": (
        {"options": {"temperature": "hot"}},
        'option "temperature" must be of type float32',
    ),
    "num_ctx": ({"options": {"num_ctx": "many"}}, 'option "num_ctx" must be of type integer'),
    "stop": ({"options": {"stop": "x"}}, 'option "stop" must be of type array'),
    "think": (
        {"think": "much"},
        'invalid think value: "much" (must be "high", "medium", "low", true, or false)',
    ),
    "format": (
        {"format": "xml"},
        'invalid format: "xml"; expected "json" or a valid JSON Schema object',
    ),
}


@pytest.mark.parametrize("case", CASES)
async def test_what_it_cannot_read(server, case):
    change, expected = CASES[case]
    assert await refused(server, "ollama", **change) == expected


async def test_what_it_passes_over(server):
    await answered(server, "ollama", wether=1, tool_choice="any", options={"wether": 1})
    image = {**USER, "images": ["aGk="]}
    plain = await answered(server, "ollama")
    shown = await answered(server, "ollama", messages=[image])
    assert shown["prompt_eval_count"] > plain["prompt_eval_count"]
    result = {"role": "tool", "content": "sun", "tool_name": "f"}
    await answered(server, "ollama", messages=[USER, called({"a": 1}), result])
    await answered(server, "ollama", messages=[USER, result], think="low", format="json")
