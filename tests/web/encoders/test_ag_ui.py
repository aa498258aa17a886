"""``ag_ui`` is what AG-UI's own client takes, which verifies each event."""

from __future__ import annotations

import pytest

from lionpride_trio import (
    ConfigurationError,
    FinishChunk,
    Image,
    Overloaded,
    PartChunk,
    ReasoningChunk,
    TextChunk,
    TextPart,
    ToolCallChunk,
    ToolResultChunk,
    Verdict,
)
from lionpride_trio.web.encoders import AGUIEncoder
from tests.web.node_clients import page
from tests.web.streams import answer, conversation

PNG = b"\x89PNG\r\n\x1a\n"
IDS = {"thread_id": "thread-1", "run_id": "run-1"}


async def read(client, items, **how):
    told, _ = await client("ag_ui.mjs", page(AGUIEncoder(**IDS), items, **how))
    assert told["warnings"] == []  # the client says there what it has taken away
    return told


async def test_a_conversation_becomes_the_client_s_history(client):
    told = await read(client, conversation())
    assert told["failure"] is None
    call_a = {"name": "weather", "arguments": '{"city":"Oslo"}'}
    call_b = {"name": "tides", "arguments": "{}"}
    assert told["messages"] == [
        {
            "id": "run-1-reasoning-1",
            "role": "reasoning",
            "content": "Which city?",
            "encryptedValue": '{"lionpride_trio":{"signature":"c2ln",'
            '"native":{"$":"Native","provider":"anthropic"}}}',
        },
        {
            "id": "run-1-0",
            "role": "assistant",
            "content": "Let me see.",
            "toolCalls": [
                {"id": "call_a", "type": "function", "function": call_a},
                {"id": "call_b", "type": "function", "function": call_b},
            ],
        },
        {
            "id": "run-1-result-1",
            "role": "tool",
            "toolCallId": "call_a",
            "content": '{"celsius": 3}',
        },
        {
            "id": "run-1-result-2",
            "role": "tool",
            "toolCallId": "call_b",
            "content": "no tides",
            "metadata": {"lionpride_trio": {"is_error": True}},
        },
        {"id": "run-1-1", "role": "assistant", "content": "3 °C, no tides."},
    ]


async def test_each_event_is_one_that_the_client_knows(client):
    told = await read(client, conversation())
    types = [event["type"] for event in told["events"]]
    assert types[:2] == ["RUN_STARTED", "STEP_STARTED"]
    assert [event["value"] for event in told["events"] if event["type"] == "CUSTOM"] == [
        {"toolCallId": "call_a", "output": "so"},
        {"url": "https://trio.example/", "title": "Trio"},
        {"title": "Tides"},
    ]
    assert told["events"][-1] == {
        "type": "RUN_FINISHED",
        "threadId": "thread-1",
        "runId": "run-1",
        "usage": [{"inputTokens": 50, "outputTokens": 28, "reasoningTokens": 4}],
        "metadata": {"lionpride_trio": {"verdict": "complete"}},
    }


async def test_text_on_both_sides_of_a_thought_is_two_messages(client):
    told = await read(client, [TextChunk("a"), ReasoningChunk(text="?"), *answer("b")])
    said = [(message["role"], message["content"]) for message in told["messages"]]
    assert said == [("assistant", "a"), ("reasoning", "?"), ("assistant", "b")]


async def test_text_after_a_call_joins_its_message(client):
    call = ToolCallChunk(slot=0, id="call_1", name="ask", arguments="{}", last=True)
    told = await read(client, [call, *answer("well")])
    (message,) = told["messages"]
    assert (message["content"], len(message["toolCalls"])) == ("well", 1)


async def test_a_failure_ends_the_run(client):
    error = Overloaded("pool 7 of 10.0.0.3 is full")
    told, _ = await client("ag_ui.mjs", page(AGUIEncoder(**IDS), [TextChunk("Hel")], error=error))
    assert told["events"][-1] == {
        "type": "RUN_ERROR",
        "message": "The model's service is overloaded.",
        "code": "Overloaded",
    }
    assert told["messages"][0]["content"] == "Hel"


async def test_what_is_stopped_is_cancelled(client):
    told = await read(client, [TextChunk("Hel"), FinishChunk(verdict=Verdict.STOPPED)])
    assert told["failure"] is None
    assert told["events"][-1]["outcome"] == {"type": "cancelled"}


async def test_a_call_that_was_cut_ends_all_the_same(client):
    items = [
        ToolCallChunk(slot=0, id="call_1", name="ask", arguments='{"what'),
        FinishChunk(verdict=Verdict.LENGTH),
    ]
    told = await read(client, items)
    assert told["failure"] is None
    assert told["messages"][0]["toolCalls"][0]["function"]["arguments"] == '{"what'


async def test_a_result_of_parts_and_files(client):
    output = [TextPart("a dot"), Image(PNG), Image("https://trio.example/a.png")]
    told = await read(
        client, [ToolResultChunk(call_id="call_1", name="draw", output=output), Image(PNG)]
    )
    assert told["messages"][1]["content"] == [
        {"type": "text", "text": "a dot"},
        {
            "type": "image",
            "source": {"type": "data", "value": "iVBORw0KGgo=", "mimeType": "image/png"},
        },
        {
            "type": "image",
            "source": {
                "type": "url",
                "value": "https://trio.example/a.png",
                "mimeType": "image/png",
            },
        },
    ]
    (custom,) = [event for event in told["events"] if event["type"] == "CUSTOM"]
    assert custom["name"] == "file"


async def test_a_signed_text_and_data_of_a_pipeline(client):
    items = [PartChunk(part=TextPart("", signature="c2ln")), TextChunk("a"), {"n": 1}]
    told = await read(client, items)
    assert told["messages"][0]["encryptedValue"] == '{"lionpride_trio":{"signature":"c2ln"}}'
    (custom,) = [event for event in told["events"] if event["type"] == "CUSTOM"]
    assert (custom["name"], custom["value"]) == ("item", {"n": 1})


async def test_nothing_is_a_whole_run_too(client):
    told = await read(client, [])
    assert [event["type"] for event in told["events"]] == ["RUN_STARTED", "RUN_FINISHED"]


@pytest.mark.parametrize("name", ["thread_id", "run_id"])
def test_ids_are_text(name):
    with pytest.raises(ConfigurationError, match=f"{name}= is a str, not 7"):
        AGUIEncoder(**{name: 7})
