"""Tool calls without ids, and the results that belong to them."""

import json

import pytest

from lionpride_trio import ConfigurationError, ToolCallChunk
from lionpride_trio._parts import is_made_id
from lionpride_trio.providers._call_ids import IdsOfAnswer
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


SAME_IDS = [
    {"role": "user", "content": "q"},
    {"role": "assistant", "tool_calls": [call("c", "f", n=1), call("c", "f", n=2)]},
    {"role": "tool", "tool_call_id": "c", "content": "first"},
    {"role": "tool", "tool_call_id": "c", "content": "second"},
]


@pytest.mark.parametrize("provider", ["openai_compatible", "anthropic"])
def test_results_of_calls_with_one_id_are_those_of_their_calls_in_order(provider):
    messages = written(provider, None, SAME_IDS)["messages"]
    ids = (
        [each["id"] for each in messages[1]["tool_calls"]]
        if provider == "openai_compatible"
        else [each["id"] for each in messages[1]["content"]]
    )
    answered = (
        [each["tool_call_id"] for each in messages[2:]]
        if provider == "openai_compatible"
        else [each["tool_use_id"] for each in messages[2]["content"]]
    )
    assert len(set(ids)) == 2
    assert answered == ids


def test_each_call_of_an_answer_has_an_id_that_no_other_has():
    ids = IdsOfAnswer()
    first = [
        ToolCallChunk(slot=0, id="c", name="f", arguments="{"),
        ToolCallChunk(slot=1, id="c", name="f", arguments="{"),
        ToolCallChunk(slot=0, id="c", index=1, name="f"),
    ]
    later = [ToolCallChunk(slot=slot, id="c", arguments="}", last=True) for slot in (0, 1)]
    chunks = [*ids.tell_apart(first), *ids.tell_apart(later)]
    told = {(chunk.index, chunk.slot): chunk.id for chunk in chunks}
    assert told[0, 0] == told[1, 0] == "c"
    assert is_made_id(told[0, 1])
    assert {chunk.id for chunk in chunks if chunk.slot} == {told[0, 1]}
