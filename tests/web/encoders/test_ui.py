"""``ui`` is what the AI SDK's own clients read."""

from __future__ import annotations

import json

import attrs
import pytest

from lionpride_trio import (
    ConfigurationError,
    FinishChunk,
    Image,
    Overloaded,
    PartChunk,
    Response,
    TextChunk,
    TextPart,
    ToolCallChunk,
    ToolResultChunk,
    Usage,
    Verdict,
)
from lionpride_trio.stages import TypedOutput
from lionpride_trio.web.encoders import UIEncoder
from tests.web.node_clients import page
from tests.web.streams import answer, conversation

PNG = b"\x89PNG\r\n\x1a\n"
FACTS = {
    "lionpride_trio": {"signature": "c2ln", "native": {"$": "Native", "provider": "anthropic"}}
}


@attrs.frozen
class RecipeStep:
    text: str
    minutes: int


async def read(client, items, **how):
    encoder = UIEncoder(message_id="m1")
    told, _ = await client("ui.mjs", page(encoder, items, **how), way="read")
    return told


async def test_text_reasoning_tools_steps_and_sources(client):
    told = await read(client, conversation())
    assert told["errors"] == []
    assert told["message"] == {
        "id": "m1",
        "role": "assistant",
        "metadata": {
            "usage": {"inputTokens": 50, "outputTokens": 28, "reasoningTokens": 4},
        },
        "parts": [
            {"type": "step-start"},
            {
                "type": "reasoning",
                "id": "reasoning-1",
                "text": "Which city?",
                "state": "done",
                "providerMetadata": FACTS,
            },
            {"type": "text", "text": "Let me see.", "state": "done"},
            {
                "type": "tool-weather",
                "toolCallId": "call_a",
                "state": "output-available",
                "input": {"city": "Oslo"},
                "output": {"celsius": 3},
            },
            {
                "type": "tool-tides",
                "toolCallId": "call_b",
                "state": "output-error",
                "input": {},
                "errorText": "no tides",
            },
            {"type": "step-start"},
            {"type": "text", "text": "3 °C, no tides.", "state": "done"},
            {
                "type": "source-url",
                "sourceId": "source-1",
                "url": "https://trio.example/",
                "title": "Trio",
            },
            {
                "type": "source-document",
                "sourceId": "source-2",
                "mediaType": "text/plain",
                "title": "Tides",
            },
        ],
    }


async def test_each_event_is_one_that_the_client_knows(client):
    told = await read(client, conversation())
    assert [chunk["type"] for chunk in told["chunks"]] == [
        "start",
        "start-step",
        "reasoning-start",
        *["reasoning-delta"] * 2,
        "reasoning-end",
        "text-start",
        *["text-delta"] * 2,
        "text-end",
        "tool-input-start",
        *["tool-input-delta"] * 2,
        "tool-input-available",
        "tool-input-start",
        "tool-input-delta",
        *["tool-output-available"] * 2,
        "tool-input-available",
        "tool-output-error",
        "finish-step",
        "start-step",
        "text-start",
        "text-delta",
        "source-url",
        "source-document",
        "text-delta",
        "text-end",
        "finish-step",
        "finish",
    ]
    pieces = [chunk for chunk in told["chunks"] if chunk["type"] == "tool-output-available"]
    assert [piece.get("preliminary") for piece in pieces] == [True, None]


async def test_the_chat_of_a_page_comes_to_rest(client):
    told, requests = await client("ui.mjs", page(UIEncoder(), answer("Hel", "lo")), way="chat")
    assert told["status"] == "ready"
    assert told["error"] is None
    assert told["finished"] == [
        {"isAbort": False, "isError": False, "isDisconnect": False, "finishReason": "stop"}
    ]
    assert [message["role"] for message in told["messages"]] == ["user", "assistant"]
    assert told["messages"][1]["parts"][1]["text"] == "Hello"
    assert json.loads(requests[0].body)["trigger"] == "submit-message"


async def test_a_tool_of_the_page_is_called_and_waits(client):
    items = [
        ToolCallChunk(slot=0, id="call_1", name="ask", arguments='{"what": "colour"}'),
        FinishChunk(verdict=Verdict.TOOL_USE),
    ]
    told, _ = await client("ui.mjs", page(UIEncoder(), items), way="chat")
    assert told["calls"] == [
        {
            "type": "tool-input-available",
            "toolCallId": "call_1",
            "toolName": "ask",
            "input": {"what": "colour"},
        }
    ]
    assert told["messages"][1]["parts"][1]["state"] == "input-available"
    assert told["finished"][0]["finishReason"] == "tool-calls"


async def test_an_error_reaches_the_chat_after_what_was_said(client):
    error = Overloaded("pool 7 of 10.0.0.3 is full", request_id="r1")
    told, _ = await client("ui.mjs", page(UIEncoder(), [TextChunk("Hel")], error=error), way="chat")
    assert told["status"] == "error"
    assert told["error"] == "Overloaded: The model's service is overloaded."
    assert told["messages"][1]["parts"][1] == {"type": "text", "text": "Hel", "state": "streaming"}


async def test_what_is_stopped_is_an_abort_and_no_error(client):
    items = [TextChunk("Hel"), FinishChunk(verdict=Verdict.STOPPED)]
    told = await read(client, items)
    assert told["errors"] == []
    assert told["chunks"][-1] == {"type": "abort", "reason": "stopped"}
    assert told["message"]["parts"][1] == {"type": "text", "text": "Hel", "state": "done"}


async def test_a_call_that_was_cut_is_an_error_of_its_own(client):
    items = [
        ToolCallChunk(slot=0, id="call_1", name="ask", arguments='{"what": "col'),
        FinishChunk(verdict=Verdict.LENGTH),
    ]
    told = await read(client, items)
    (_, part) = told["message"]["parts"]
    assert (part["state"], part["errorText"]) == ("output-error", "The call was cut off.")
    assert told["chunks"][-1]["finishReason"] == "length"


async def test_arguments_that_are_no_json_are_an_error_until_the_tool_says_more(client):
    call = ToolCallChunk(slot=0, id="call_1", name="ask", arguments="{nope", last=True)
    told = await read(client, [call])
    assert told["message"]["parts"][1]["errorText"] == "The arguments are no JSON."
    result = ToolResultChunk(call_id="call_1", name="ask", output="no such tool", is_error=True)
    told = await read(client, [call, result])
    assert told["message"]["parts"][1]["errorText"] == "no such tool"


async def test_files_of_a_tool_and_of_a_pipeline(client):
    result = ToolResultChunk(call_id="call_1", name="draw", output=[TextPart("a dot"), Image(PNG)])
    told = await read(client, [result, Image("https://trio.example/a.png")])
    (_, tool, file) = told["message"]["parts"]
    image = {"type": "file", "mediaType": "image/png", "url": "data:image/png;base64,iVBORw0KGgo="}
    assert tool["output"] == [{"type": "text", "text": "a dot"}, image]
    assert file == {"type": "file", "mediaType": "image/png", "url": "https://trio.example/a.png"}


async def test_typed_output_grows_in_its_place(client):
    stage = TypedOutput(RecipeStep)
    partials = [
        each for piece in ('{"text": "stir",', ' "minutes": 3}') for each in stage.feed(piece)
    ]
    assert len(partials) > 1
    told = await read(client, partials)
    assert told["message"]["parts"][1:] == [
        {"type": "data-output", "id": "output", "data": {"text": "stir", "minutes": 3}}
    ]


async def test_other_objects_are_data_named_for_their_class(client):
    told = await read(client, [RecipeStep("stir", 3), {"done": None}, None])
    assert told["message"]["parts"][1:] == [
        {"type": "data-recipe-step", "data": {"text": "stir", "minutes": 3}},
        {"type": "data-item", "data": {"done": None}},
        {"type": "data-item", "data": None},
    ]


async def test_texts_of_a_pipeline_with_the_source_s_own_end(client):
    end = Response(verdict=Verdict.LENGTH, usage=Usage(3, 4))
    told = await read(client, ["One. ", "Two."], response=end)
    assert told["message"]["parts"][1]["text"] == "One. Two."
    assert told["message"]["metadata"] == {"usage": {"inputTokens": 3, "outputTokens": 4}}
    assert told["chunks"][-1]["finishReason"] == "length"


async def test_a_text_that_its_provider_signed_is_a_part_of_its_own(client):
    items = [
        TextChunk("a"),
        PartChunk(part=TextPart("", signature="c2ln")),
        TextChunk("b"),
        *answer("c"),
    ]
    told = await read(client, items)
    assert told["message"]["parts"][1:] == [
        {"type": "text", "text": "a", "state": "done"},
        {
            "type": "text",
            "text": "bc",
            "state": "done",
            "providerMetadata": {"lionpride_trio": {"signature": "c2ln"}},
        },
    ]


async def test_a_resumed_stream_is_the_whole_answer_again(client):
    """A page that was reloaded in the middle has half of the message, or none of it."""
    question = {"id": "q", "role": "user", "parts": [{"type": "text", "text": "hi"}]}
    half = {"id": "m1", "role": "assistant", "parts": [{"type": "text", "text": "Hel"}]}
    for kept in ([question], [question, half]):
        told, requests = await client(
            "ui.mjs",
            page(UIEncoder(message_id="m1"), answer("Hel", "lo")),
            way="resume",
            messages=kept,
        )
        assert requests[0].target.endswith("/chat/chat-1/stream")
        assert told["error"] is None
        said = [part["text"] for part in told["messages"][-1]["parts"] if part["type"] == "text"]
        assert (len(told["messages"]), said) == (2, ["Hello"])


async def test_nothing_is_a_whole_message_too(client):
    told, _ = await client("ui.mjs", page(UIEncoder(), []), way="chat")
    assert (told["status"], told["error"]) == ("ready", None)


def test_the_head_names_the_version():
    assert UIEncoder().headers == {"x-vercel-ai-ui-message-stream": "v1"}


def test_a_message_id_is_text():
    with pytest.raises(ConfigurationError, match="message_id= is a str, not 7"):
        UIEncoder(message_id=7)


NO_NUMBERS = ["NaN", "-Infinity", "1e999"]


def _parts(*items):
    encoder = UIEncoder()
    told = b"".join([*map(encoder.feed, items), encoder.flush()]).decode()
    data = (line.removeprefix("data: ") for line in told.splitlines() if line.startswith("data: {"))
    return {part["type"]: part for part in map(json.loads, data)}


@pytest.mark.parametrize("number", NO_NUMBERS)
def test_a_number_that_browsers_do_not_know_is_no_json(number):
    written = f'{{"x": {number}}}'
    call = ToolCallChunk(slot=0, id="a", name="f", arguments=written, last=True)
    parts = _parts(call, ToolResultChunk(call_id="a", name="f", output=written))
    assert parts["tool-input-error"]["input"] == written
    assert parts["tool-output-available"]["output"] == written


@pytest.mark.parametrize(("levels", "is_data"), [(256, True), (257, False), (100_000, False)])
def test_json_that_is_nested_too_deep_is_told_as_text(levels, is_data):
    written = '{"x":' * levels + "1" + "}" * levels
    call = ToolCallChunk(slot=0, id="a", name="f", arguments=written, last=True)
    parts = _parts(call, ToolResultChunk(call_id="a", name="f", output=written))
    assert ("tool-input-available" in parts) is is_data
    assert isinstance(parts["tool-output-available"]["output"], dict if is_data else str)
