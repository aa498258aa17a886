"""One conversation, with parallel tools and their results, as each provider is sent it.

The files beside are what the services' references say, checked by eye; a change of one is a change of
what a service receives.
"""

import json
from pathlib import Path

import pytest

from lionpride_trio import ConfigurationError
from tests.providers.asking import CONVERSATION, OPTIONS, PIXEL, WIRES, written

FOLDER = Path(__file__).parent / "requests"


@pytest.mark.parametrize(("provider", "endpoint"), WIRES)
def test_a_conversation_is_written_as_the_provider_wants_it(provider, endpoint):
    wanted = json.loads((FOLDER / f"{provider}-{endpoint}.json").read_text())
    choice = {} if provider == "ollama" else {"tool_choice": "required"}
    sent = json.loads(json.dumps(written(provider, endpoint, CONVERSATION, **OPTIONS, **choice)))
    assert sent == wanted


@pytest.mark.parametrize(("provider", "endpoint"), WIRES)
def test_writing_leaves_the_callers_own_objects_as_they_are(provider, endpoint):
    before = json.dumps([CONVERSATION, OPTIONS])
    written(provider, endpoint, CONVERSATION, **OPTIONS)
    assert json.dumps([CONVERSATION, OPTIONS]) == before


@pytest.mark.parametrize(
    ("provider", "endpoint", "look"),
    [
        ("openai", "chat", lambda body: [m["content"] for m in body["messages"][:-1]]),
        ("openai", "responses", lambda body: [m["content"] for m in body["input"][:-1]]),
        ("ollama", "chat", lambda body: [m["content"] for m in body["messages"][:-1]]),
        ("anthropic", None, lambda body: body["system"].split("\n\n")),
        ("gemini", None, lambda body: [p["text"] for p in body["systemInstruction"]["parts"]]),
    ],
)
def test_the_option_system_is_told_after_the_system_messages(provider, endpoint, look):
    told = [{"role": "system", "content": "A"}, {"role": "user", "content": "q"}]
    assert look(written(provider, endpoint, told, system="B")) == ["A", "B"]
    assert look(written(provider, endpoint, told[1:], system="B")) == ["B"]
    assert look(written(provider, endpoint, told, system=None)) == ["A"]


def test_geminis_own_system_instruction_joins_the_messages():
    told = [{"role": "system", "content": "A"}, {"role": "user", "content": "q"}]
    own = {"parts": [{"text": "B"}]}
    for name in ("systemInstruction", "system_instruction"):
        body = written("gemini", None, told, **{name: own})
        assert body["systemInstruction"] == {"parts": [{"text": "A"}, {"text": "B"}]}


@pytest.mark.parametrize(
    ("provider", "messages", "words"),
    [
        ("gemini", [{"role": "tool", "tool_call_id": "x", "content": "y"}], "'name'"),
        ("anthropic", [{"role": "tool", "content": "y"}], "'tool_call_id'"),
        ("openai", [{"role": "user", "content": 3}], "list of parts"),
        ("openai", [{"role": "user", "content": None}], "list of parts"),
        ("openai", ["hi"], "'role'"),
        ("anthropic", [{"role": "system", "content": "x"}], "user's message"),
        ("gemini", [{"role": "assistant", "tool_calls": [{"id": "1"}]}], "'function'"),
        ("openai", [{"role": "user"}], "without 'content'"),
        ("openai", [{"role": "assistant", "content": "", "tool_calls": ["x"]}], "a tool call is a dict"),
        ("anthropic", [{"role": "system", "content": [{"type": "image_url", "image_url": PIXEL}]},
                       {"role": "user", "content": "q"}],
         "a system message has text alone"),
    ],
)  # fmt: skip
def test_a_message_that_cannot_be_sent_is_refused(provider, messages, words):
    with pytest.raises(ConfigurationError, match=words):
        written(provider, None, messages)


@pytest.mark.parametrize("arguments", [None, "", {}, {"city": "Oslo"}])
@pytest.mark.parametrize("endpoint", ["chat", "responses"])
def test_arguments_are_sent_to_openai_as_text(endpoint, arguments):
    function = {"name": "f", "arguments": arguments}
    calls = [{"id": "c", "type": "function", "function": function}]
    body = written("openai", endpoint, [{"role": "assistant", "tool_calls": calls}])
    [said] = body.get("messages") or body["input"]
    sent = said["arguments"] if endpoint == "responses" else said["tool_calls"][0]["function"]
    assert json.loads(sent if endpoint == "responses" else sent["arguments"]) == (arguments or {})


@pytest.mark.parametrize(
    ("provider", "look"),
    [
        ("anthropic", lambda body: body["messages"][0]["content"][0]["input"]),
        ("gemini", lambda body: body["contents"][0]["parts"][0]["functionCall"]["args"]),
        ("ollama", lambda body: body["messages"][0]["tool_calls"][0]["function"]["arguments"]),
    ],
)
@pytest.mark.parametrize("arguments", [{"city": "Oslo"}, '{"city": "Oslo"}'])
def test_arguments_are_sent_to_the_others_as_an_object(provider, look, arguments):
    calls = [{"id": "c", "type": "function", "function": {"name": "f", "arguments": arguments}}]
    assert look(written(provider, None, [{"role": "assistant", "tool_calls": calls}])) == {
        "city": "Oslo"
    }


@pytest.mark.parametrize(
    ("given", "parts"),
    [("B", [{"text": "B"}]), ({"parts": ({"text": "B"},)}, [{"text": "B"}]), ("", []), (None, [])],
)
def test_geminis_own_system_instruction_may_be_a_text(given, parts):
    told = [{"role": "system", "content": "A"}, {"role": "user", "content": "q"}]
    body = written("gemini", None, told, systemInstruction=given)
    assert body["systemInstruction"]["parts"] == [{"text": "A"}, *parts]


@pytest.mark.parametrize("given", [5, {"text": "B"}, {"parts": "B"}])
def test_a_system_instruction_of_another_form_is_refused(given):
    with pytest.raises(ConfigurationError, match="systemInstruction= is"):
        written("gemini", systemInstruction=given)


@pytest.mark.parametrize(
    ("provider", "endpoint", "look"),
    [
        ("openai", "chat", lambda body: body["messages"][0]["role"]),
        ("openai", "responses", lambda body: body["input"][0]["role"]),
        ("ollama", None, lambda body: body["messages"][0]["role"]),
    ],
)
def test_a_developer_is_one_where_there_is_that_role(provider, endpoint, look):
    told = [{"role": "developer", "content": "A"}, {"role": "user", "content": "q"}]
    assert look(written(provider, endpoint, told)) == (
        "system" if provider == "ollama" else "developer"
    )
