"""Tools, the choice among them and the form of the answer, as each provider is sent them."""

import pytest

from lionpride_trio import ConfigurationError
from tests.providers.asking import CLOCK, NAMED, TWO_OF_THREE, WEATHER, WIRES, written


@pytest.mark.parametrize(
    ("provider", "endpoint", "choice", "field", "wanted"),
    [
        ("anthropic", None, "auto", "tool_choice", {"type": "auto"}),
        ("anthropic", None, "none", "tool_choice", {"type": "none"}),
        ("anthropic", None, NAMED, "tool_choice", {"type": "tool", "name": "weather"}),
        ("anthropic", None, {"type": "any"}, "tool_choice", {"type": "any"}),
        ("gemini", None, "none", "toolConfig", {"functionCallingConfig": {"mode": "NONE"}}),
        (
            "gemini",
            None,
            TWO_OF_THREE,
            "toolConfig",
            {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["weather", "b"]}},
        ),
        ("openai", "responses", NAMED, "tool_choice", {"type": "function", "name": "weather"}),
        (
            "openai",
            "responses",
            TWO_OF_THREE,
            "tool_choice",
            {
                "type": "allowed_tools",
                "mode": "required",
                "tools": [
                    {"type": "function", "name": "weather"},
                    {"type": "function", "name": "b"},
                ],
            },
        ),
        ("openai", "responses", {"type": "web_search"}, "tool_choice", {"type": "web_search"}),
        ("openai", None, NAMED, "tool_choice", NAMED),
        ("ollama", None, "none", "tools", None),
        ("ollama", None, "auto", "tools", [CLOCK]),
    ],
)
def test_the_choice_of_a_tool_is_converted(provider, endpoint, choice, field, wanted):
    assert written(provider, endpoint, tools=[CLOCK], tool_choice=choice).get(field) == wanted


def test_one_tool_at_a_time_is_part_of_anthropics_choice():
    body = written("anthropic", tools=[CLOCK], parallel_tool_calls=False)
    assert body["tool_choice"] == {"type": "auto", "disable_parallel_tool_use": True}
    assert "tool_choice" not in written("anthropic", tools=[CLOCK], parallel_tool_calls=True)


@pytest.mark.parametrize(
    ("provider", "endpoint", "wanted"),
    [
        ("gemini", None, {"generationConfig": {"responseMimeType": "application/json"}}),
        ("openai", "responses", {"text": {"format": {"type": "json_object"}}}),
        ("ollama", None, {"format": "json"}),
        ("groq", None, {"response_format": {"type": "json_object"}}),
    ],
)
def test_json_of_any_form_is_asked_for(provider, endpoint, wanted):
    assert written(provider, endpoint, response_format={"type": "json_object"}).items() >= (
        wanted.items()
    )


@pytest.mark.parametrize(
    ("provider", "options", "words"),
    [
        ("anthropic", {"response_format": {"type": "json_object"}}, "output_config="),
        ("anthropic", {"tool_choice": "any"}, r"\{'type': 'any'\}"),
        ("anthropic", {"tool_choice": TWO_OF_THREE}, "leave the others out"),
        ("gemini", {"tool_choice": {"mode": "ANY"}}, "tool_config="),
        ("ollama", {"tool_choice": "required"}, "ollama has no tool_choice"),
        ("openai", {"response_format": dict}, "json_schema"),
        ("openai", {"tool_choice": 3}, "'required'"),
        ("gemini", {"response_format": {"type": "xml"}}, "json_object"),
        ("openai", {"system": 3}, "system="),
        ("anthropic", {"tool_choice": {"type": "function", "function": {}}}, "names no function"),
        ("gemini", {"tool_choice": {"type": "function", "name": 3}}, "names no function"),
    ],
)
def test_what_cannot_be_converted_is_refused_with_the_word_to_write(provider, options, words):
    with pytest.raises(ConfigurationError, match=words):
        written(provider, **options)


UNNAMED = {"type": "function", "function": {"name": "", "parameters": {}}}


@pytest.mark.parametrize(("provider", "endpoint"), WIRES)
@pytest.mark.parametrize(
    "tools", ["weather", print, [print], ["weather"], {"name": "f"}, 3, [UNNAMED]]
)
def test_tools_of_a_wrong_kind_are_refused(provider, endpoint, tools):
    with pytest.raises(ConfigurationError, match="'type': 'function'"):
        written(provider, endpoint, tools=tools)


def test_a_custom_tools_call_goes_back_as_it_came():
    calls = [{"id": "c", "type": "custom", "custom": {"name": "sh", "input": "ls"}}]
    body = written("openai", "chat", [{"role": "assistant", "tool_calls": calls}])
    assert body["messages"][0]["tool_calls"] == calls


def test_a_function_is_as_strict_on_responses_as_in_chat_completions():
    bare = {"type": "function", "function": {"name": "f"}}
    own = {"type": "function", "name": "f", "parameters": {"type": "object"}}
    asked = written("openai", "responses", tools=[WEATHER, bare, own])["tools"]
    assert asked[0]["strict"] is True
    assert asked[1] == {
        "type": "function",
        "name": "f",
        "parameters": {"type": "object", "properties": {}},
        "strict": False,
    }
    # OpenAI refuses an object that names no properties; what is said of strictness stays.
    assert asked[2] == {**own, "parameters": {"type": "object", "properties": {}}}
