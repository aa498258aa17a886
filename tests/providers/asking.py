"""A conversation with tools, and what a provider is sent of it."""

import json

from lionpride_trio.providers import ModelCall, get

WIRES = [
    ("openai", "chat"),
    ("openai", "responses"),
    ("anthropic", "messages"),
    ("gemini", "generate"),
    ("ollama", "chat"),
]


PIXEL = "data:image/png;base64,iVBORw0KGgo="
PDF = {"file_data": "data:application/pdf;base64,JVBERi0=", "filename": "a.pdf"}
WAV = {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}}


def call(id, name, **arguments):
    function = {"name": name, "arguments": json.dumps(arguments)}
    return {"id": id, "type": "function", "function": function}


WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather now.",
        "strict": True,
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}


CLOCK = {"type": "function", "function": {"name": "clock", "parameters": {"type": "object"}}}


CONVERSATION = [
    {"role": "system", "content": "Answer in one line."},
    {
        "role": "user",
        "content": [
            {"type": "text", "text": "Where is this, and what is it like there?"},
            {"type": "image_url", "image_url": {"url": PIXEL, "detail": "low"}},
        ],
    },
    {
        "role": "assistant",
        "content": "Let me see.",
        "tool_calls": [
            call("c1", "weather", city="Oslo"),
            call("c2", "clock"),
            call("c3", "weather", city="Bergen"),
        ],
    },
    # The results come as the tools end, which need not be as they were called.
    {"role": "tool", "tool_call_id": "c3", "content": "rain"},
    {"role": "tool", "tool_call_id": "c1", "content": "sun"},
    {"role": "tool", "tool_call_id": "c2", "content": "12:00"},
    {"role": "assistant", "content": "Oslo, and it is sunny."},
    {"role": "user", "content": "And later?"},
    {"role": "assistant", "content": None, "tool_calls": [call("c1", "clock")]},
    {"role": "tool", "tool_call_id": "c1", "content": "13:00"},
]


SCHEMA = {"type": "object", "properties": {"line": {"type": "string"}}, "required": ["line"]}


OPTIONS = {
    "system": "Be kind.",
    "tools": [WEATHER, CLOCK],
    "temperature": 0.5,
    "max_tokens": 100,
    "response_format": {"type": "json_schema", "json_schema": {"name": "line", "schema": SCHEMA}},
}


def written(provider, endpoint=None, messages="hi", /, **options):
    if isinstance(messages, str):
        messages = [{"role": "user", "content": messages}]
    return get(provider, endpoint).request(ModelCall("m", messages, options)).body


NAMED = {"type": "function", "function": {"name": "weather"}}


TWO_OF_THREE = {
    "type": "allowed_tools",
    "allowed_tools": {"mode": "required", "tools": [NAMED, {**NAMED, "function": {"name": "b"}}]},
}
