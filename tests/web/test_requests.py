"""What pages send is read as a conversation, in the words of each protocol."""

from __future__ import annotations

import json

import attrs
import pytest

from lionpride_trio import (
    Audio,
    File,
    Image,
    Native,
    TextPart,
    ThoughtPart,
    ToolCall,
)
from lionpride_trio.session import (
    ActionResponseContent,
    AssistantResponseContent,
    SystemContent,
)
from lionpride_trio.web import BadPageRequest, read_messages, run_ids
from lionpride_trio.web.encoders import AGUIEncoder, UIEncoder
from tests.web.node_clients import page
from tests.web.requested import HI, PNG, PNG_URL, Request, ag_ui, asked, contents, ui, ui_user, user
from tests.web.streams import answer, conversation


async def test_ui_texts_and_files():
    parts = [
        HI,
        {"type": "text", "text": "there"},
        {"type": "file", "mediaType": "image/png", "url": PNG_URL, "filename": "a.png"},
        {"type": "file", "mediaType": "audio/*", "url": "https://a.b/c.wav"},
        {"type": "file", "mediaType": "application/pdf", "url": "https://a.b/c"},
        {"type": "data-place", "data": {"lat": 1}},
    ]
    system = {"id": "s", "role": "system", "parts": [{"type": "text", "text": "Be brief."}]}
    assert await contents(ui(system, ui_user(*parts)), "ui") == [
        SystemContent(system_message="Be brief."),
        user(
            "hi\nthere",
            attrs.evolve(Image(PNG), name="a.png"),
            Audio("https://a.b/c.wav"),
            File("https://a.b/c", media_type="application/pdf"),
        ),
    ]


async def test_ui_steps_are_turns_with_their_results():
    parts = [
        {"type": "step-start"},
        {
            "type": "reasoning",
            "text": "Hm.",
            "providerMetadata": {"lionpride_trio": {"signature": "c2ln"}},
        },
        {"type": "reasoning", "text": "another provider's"},
        {"type": "text", "text": "Let me see."},
        {
            "type": "tool-weather",
            "toolCallId": "a",
            "state": "output-available",
            "input": {"city": "Tromsø"},
            "output": {"celsius": 3},
        },
        {
            "type": "dynamic-tool",
            "toolName": "tides",
            "toolCallId": "b",
            "state": "output-error",
            "input": {},
            "errorText": "no tides",
        },
        {"type": "tool-ask", "toolCallId": "c", "state": "input-available", "input": {}},
        {"type": "tool-ask", "toolCallId": "d", "state": "output-denied", "input": {}},
        {"type": "tool-ask", "toolCallId": "e", "state": "input-streaming"},
        {
            "type": "tool-search",
            "toolCallId": "f",
            "state": "output-available",
            "providerExecuted": True,
            "input": {},
            "output": [],
        },
        {"type": "step-start"},
        {"type": "source-url", "sourceId": "1", "url": "https://a.b"},
        {"type": "text", "text": "3 degrees."},
    ]
    form = ui(ui_user(HI), {"id": "a", "role": "assistant", "parts": parts}, ui_user(HI))
    assert await contents(form, "ui") == [
        user("hi"),
        AssistantResponseContent(
            parts=(
                ThoughtPart("Hm.", signature="c2ln"),
                TextPart("Let me see."),
                ToolCall("a", "weather", '{"city": "Tromsø"}'),
                ToolCall("b", "tides"),
                ToolCall("d", "ask"),
            )
        ),
        ActionResponseContent(call_id="a", output={"celsius": 3}),
        ActionResponseContent(call_id="b", output="no tides", is_error=True),
        ActionResponseContent(call_id="d", output="this call was refused", is_error=True),
        AssistantResponseContent(parts=(TextPart("3 degrees."),)),
        user("hi"),
    ]


async def test_ui_a_tool_of_the_page_has_answered():
    part = {
        "type": "tool-ask",
        "toolCallId": "a",
        "state": "output-available",
        "input": "half {",
        "output": "blue",
    }
    steered = {"type": "steering-message", "id": "s", "parts": [HI]}
    form = ui(ui_user(HI), {"id": "a", "role": "assistant", "parts": [steered, part]})
    *_, call, result = await contents(form, "ui")
    assert call.parts == (ToolCall("a", "ask", "half {"),)
    assert result == ActionResponseContent(call_id="a", output="blue")
    assert len(await contents(form, "ui")) == 4


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (
            [HI, {"type": "file", "mediaType": "image/png", "url": PNG_URL}],
            [TextPart("hi"), Image(PNG)],
        ),
        ([HI, {"type": "other"}], [HI, {"type": "other"}]),
        ([], []),
        (None, None),
    ],
)
async def test_ui_parts_of_an_output(output, expected):
    part = {"type": "tool-f", "toolCallId": "a", "state": "output-available", "output": output}
    form = ui(ui_user(HI), {"id": "a", "role": "assistant", "parts": [part]})
    assert (await contents(form, "ui"))[-1].output == expected


async def test_ui_an_output_that_is_too_deep_is_refused():
    output = 1
    for _ in range(400):
        output = [output]
    part = {"type": "tool-f", "toolCallId": "a", "state": "output-available", "output": output}
    form = ui(ui_user(HI), {"id": "a", "role": "assistant", "parts": [part]})
    with pytest.raises(BadPageRequest, match=r"messages\[1\]\.parts\[0\]: .*too deep"):
        await contents(form, "ui")


@pytest.mark.parametrize("native", [7, {"$": "Native"}, {"$": "Secret"}, {"$": "ToolCall"}])
async def test_ui_facts_that_nobody_gave_out_are_left_out(native):
    facts = {"lionpride_trio": {"signature": 7, "native": native}}
    parts = [{"type": "text", "text": "a", "providerMetadata": facts}]
    form = ui({"id": "a", "role": "assistant", "parts": parts}, ui_user(HI))
    assert (await contents(form, "ui"))[0].parts == (TextPart("a"),)


# AG-UI's.


async def test_ag_ui_all_roles():
    secret = json.dumps({"lionpride_trio": {"signature": "c2ln", "native": 7}})
    function = {"name": "f", "arguments": ""}
    calls = [
        {"id": "a", "type": "function", "function": function},
        {"id": "b", "type": "function", "function": function},
    ]
    parts = [
        HI,
        {
            "type": "image",
            "source": {"type": "data", "value": "iVBORw0KGgo=", "mimeType": "image/png"},
        },
        {"type": "document", "source": {"type": "url", "value": "https://a.b/c"}},
    ]
    form = ag_ui(
        {"id": "0", "role": "developer", "content": "Be brief."},
        {"id": "1", "role": "user", "content": "hi"},
        {"id": "2", "role": "reasoning", "content": "Hm.", "encryptedValue": secret},
        {"id": "3", "role": "reasoning", "content": "not ours", "encryptedValue": "x"},
        {"id": "4", "role": "assistant", "content": "Well.", "toolCalls": calls},
        {"id": "5", "role": "tool", "toolCallId": "a", "content": "", "error": "broke"},
        {"id": "6", "role": "activity", "activityType": "PLAN", "content": {}},
        {"id": "7", "role": "user", "content": parts},
        context=[{"description": "the place", "value": "Oslo"}],
    )
    assert await contents(form, "ag_ui") == [
        SystemContent(system_message="Be brief."),
        user("hi"),
        AssistantResponseContent(
            parts=(ThoughtPart("Hm.", signature="c2ln"), TextPart("Well."), ToolCall("a", "f"))
        ),
        ActionResponseContent(call_id="a", output="broke", is_error=True),
        user("hi", Image(PNG), File("https://a.b/c"), context=("the place: Oslo",)),
    ]
    assert await run_ids(asked(form)) == {"thread_id": "t", "run_id": "r"}


# OpenAI's, and our own.


async def test_chat_all_roles():
    call = {"id": "a", "type": "function", "function": {"name": "f", "arguments": '{"x":1}'}}
    parts = [
        HI,
        {"type": "image_url", "image_url": {"url": "https://a.b/c.png"}},
        {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
        {
            "type": "file",
            "file": {"file_data": "data:application/pdf;base64,JVBERi0=", "filename": "a.pdf"},
        },
    ]
    form = {
        "model": "m",
        "messages": [
            {"role": "system", "content": [HI]},
            {"role": "user", "content": "hi"},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "a", "name": "f", "content": [HI]},
            {"role": "assistant", "content": None, "refusal": "no"},
            {"role": "assistant", "content": [{"type": "refusal", "refusal": "never"}]},
            {"role": "user", "content": parts},
        ],
    }
    expected = [
        SystemContent(system_message="hi"),
        user("hi"),
        AssistantResponseContent(parts=(ToolCall("a", "f", '{"x":1}'),)),
        ActionResponseContent(call_id="a", function="f", output=[TextPart("hi")]),
        AssistantResponseContent(parts=(TextPart("no"),)),
        AssistantResponseContent(parts=(TextPart("never"),)),
        user(
            "hi",
            Image("https://a.b/c.png"),
            Audio("data:audio/wav;base64,UklGRg=="),
            File("data:application/pdf;base64,JVBERi0=", name="a.pdf"),
        ),
    ]
    for protocol in ("openai", "events"):
        assert await contents(form, protocol) == expected


@pytest.mark.parametrize("protocol", ["events", "text", "jsonl"])
async def test_a_question_alone(protocol):
    assert await contents({"question": "hi"}, protocol) == [user("hi")]


# The way back: what the real clients send of what the encoders told them.


async def test_what_the_ai_sdk_sends_back_is_the_conversation(client):
    first, _ = await client("ui.mjs", page(UIEncoder(), conversation()), way="chat")
    _, requests = await client(
        "ui.mjs",
        page(UIEncoder(), answer("Bye.")),
        way="chat",
        messages=first["messages"],
        files=[{"type": "file", "mediaType": "image/png", "url": PNG_URL}],
    )
    messages = await read_messages(Request(requests[0].body), protocol="ui")
    assert [message.content for message in messages] == [
        user("hi"),
        *_told(call_a='{"city": "Oslo"}', output={"celsius": 3}),
        user("hi", Image(PNG)),
    ]


async def test_what_ag_ui_sends_back_is_the_conversation(client):
    question = {"id": "q", "role": "user", "content": "hi"}
    first, _ = await client(
        "ag_ui.mjs",
        page(AGUIEncoder(thread_id="thread-1", run_id="run-1"), conversation()),
        messages=[question],
    )
    again = {"id": "q2", "role": "user", "content": "and?"}
    _, requests = await client(
        "ag_ui.mjs",
        page(AGUIEncoder(thread_id="thread-1", run_id="run-1"), answer("Bye.")),
        messages=[*first["messages"], again],
        context=[{"description": "the place", "value": "Oslo"}],
    )
    request = Request(requests[0].body)
    assert await run_ids(request) == {"thread_id": "thread-1", "run_id": "run-1"}
    messages = await read_messages(request, protocol="ag_ui")
    assert [message.content for message in messages] == [
        user("hi"),
        *_told(call_a='{"city":"Oslo"}', output='{"celsius": 3}'),
        user("and?", context=("the place: Oslo",)),
    ]
    assert messages[1].content.parts[0].native == Native("anthropic")


def _told(*, call_a, output):
    """The messages of `conversation`."""
    return [
        AssistantResponseContent(
            parts=(
                ThoughtPart("Which city?", signature="c2ln", native=Native("anthropic")),
                TextPart("Let me see."),
                ToolCall("call_a", "weather", call_a),
                ToolCall("call_b", "tides"),
            )
        ),
        ActionResponseContent(call_id="call_a", output=output),
        ActionResponseContent(call_id="call_b", output="no tides", is_error=True),
        AssistantResponseContent(parts=(TextPart("3 °C, no tides."),)),
    ]


ASKS = {"role": "user", "content": "hi"}


def _calls(*ids):
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": each, "function": {"name": each, "arguments": "{}"}} for each in ids],
    }


def _gives(call_id):
    return {"role": "tool", "tool_call_id": call_id, "content": "fine"}


def _shape(content):
    """The ids of an answer's calls, the id of a result's call, or the words of a question."""
    if isinstance(content, AssistantResponseContent):
        return [part.id for part in content.parts]
    return content.call_id if isinstance(content, ActionResponseContent) else content.instruction


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ([_gives("a"), ASKS], ["hi"]),
        ([ASKS, _gives("a"), _calls("a"), ASKS], ["hi", "hi"]),
        ([ASKS, _calls("a", "b"), _gives("b"), _gives("c")], ["hi", ["b"], "b"]),
        ([ASKS, _calls("a"), _gives("a"), _gives("a")], ["hi", ["a"], "a"]),
        ([ASKS, _calls("a", "a"), _gives("a"), _gives("a")], ["hi", ["a", "a"], "a", "a"]),
        ([ASKS, _calls("a"), ASKS, _calls("a"), _gives("a")], ["hi", "hi", ["a"], "a"]),
    ],
)
async def test_a_call_and_its_result_stand_together_or_not_at_all(told, kept):
    assert [_shape(each) for each in await contents({"messages": told}, "openai")] == kept
