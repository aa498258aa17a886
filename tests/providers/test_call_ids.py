"""Tool calls without ids, and the results that belong to them."""

import json

import pytest

from lionpride_trio import ConfigurationError
from tests.providers.asking import call, written


def unnamed(name, **arguments):
    """A call as Gemini and Ollama make it, which has no id."""
    return {"type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}


WITHOUT_IDS = [
    {"role": "user", "content": "q"},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [unnamed("f"), unnamed("g"), unnamed("f")],
    },
    {"role": "tool", "name": "g", "content": "G"},
    {"role": "tool", "name": "f", "content": "F1"},
    {"role": "tool", "content": "F2"},
    {"role": "assistant", "tool_calls": [unnamed("f"), call("call_1", "g")]},
    {"role": "tool", "tool_call_id": "call_1", "content": "G2"},
    {"role": "tool", "content": "F3"},
]


def test_calls_without_ids_are_given_some_and_results_theirs():
    messages = written("openai", "chat", WITHOUT_IDS)["messages"]
    made = [[each["id"] for each in messages[place]["tool_calls"]] for place in (1, 5)]
    assert made == [["call_2", "call_3", "call_4"], ["call_5", "call_1"]]
    answered = {
        each["content"]: each["tool_call_id"] for each in messages if "tool_call_id" in each
    }
    assert answered == {
        "G": "call_3",
        "F1": "call_2",
        "F2": "call_4",
        "G2": "call_1",
        "F3": "call_5",
    }


@pytest.mark.parametrize(
    ("provider", "look"),
    [
        (
            "gemini",
            lambda body: [
                (part["functionResponse"]["name"], part["functionResponse"]["response"]["result"])
                for content in body["contents"]
                for part in content["parts"]
                if "functionResponse" in part
            ],
        ),
        (
            "ollama",
            lambda body: [
                (each["tool_name"], each["content"])
                for each in body["messages"]
                if each["role"] == "tool"
            ],
        ),
    ],
)
def test_results_without_ids_are_named_and_ordered_as_their_calls(provider, look):
    told = [("f", "F1"), ("g", "G"), ("f", "F2"), ("f", "F3"), ("g", "G2")]
    assert look(written(provider, None, WITHOUT_IDS)) == told
    ids = json.dumps(written(provider, None, WITHOUT_IDS))
    assert "call_" not in ids


def test_a_result_that_no_call_waits_for_is_refused():
    extra = [*WITHOUT_IDS[:5], {"role": "tool", "content": "F4"}]
    with pytest.raises(ConfigurationError, match="'tool_call_id'"):
        written("anthropic", None, extra)
