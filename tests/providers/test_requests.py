"""One conversation, with parallel tools and their results, as each provider is sent it.

The files beside are what the services' references say, checked by eye; a change of one is a change of
what a service receives.
"""

import json
from pathlib import Path

import pytest

from lionpride_trio import ConfigurationError
from lionpride_trio.providers import ModelCall, get

FOLDER = Path(__file__).parent / "requests"
WIRES = [
    ("openai", "chat"),
    ("openai", "responses"),
    ("anthropic", "messages"),
    ("gemini", "generate"),
    ("ollama", "chat"),
]
PIXEL = "data:image/png;base64,iVBORw0KGgo="


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


NAMED = {"type": "function", "function": {"name": "weather"}}
TWO_OF_THREE = {
    "type": "allowed_tools",
    "allowed_tools": {"mode": "required", "tools": [NAMED, {**NAMED, "function": {"name": "b"}}]},
}


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


def test_anthropics_schema_says_that_its_objects_have_no_more():
    point = {"type": "object", "properties": {"x": {"type": "number"}}}
    free = {"type": "object", "additionalProperties": True}
    schema = {
        "type": "object",
        "properties": {
            "type": {"type": "string"},
            "all": {"type": "array", "items": point},
            "one": {"anyOf": [{"$ref": "#/$defs/point"}, {"type": "null"}]},
            "free": free,  # and is refused by the service
        },
        "$defs": {"point": point},
        "enum": [{"type": "object"}],
    }
    form = {"type": "json_schema", "json_schema": {"name": "n", "schema": schema}}
    sent = written("anthropic", response_format=form)["output_config"]["format"]["schema"]
    shut = {**point, "additionalProperties": False}
    assert sent == {
        **schema,
        "properties": {**schema["properties"], "all": {"type": "array", "items": shut}},
        "$defs": {"point": shut},
        "additionalProperties": False,
    }


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
    ],
)
def test_what_cannot_be_converted_is_refused_with_the_word_to_write(provider, options, words):
    with pytest.raises(ConfigurationError, match=words):
        written(provider, **options)


def function(parameters):
    [tool] = written(
        "gemini",
        tools=[{"type": "function", "function": {"name": "f", "parameters": parameters}}],
    )["tools"]
    [declared] = tool["functionDeclarations"]
    return declared


def test_gemini_is_sent_no_word_of_a_schema_that_it_refuses():
    nested = {
        "type": "object",
        "properties": {
            "strict": {"type": "boolean"},
            "additionalProperties": {
                "type": "array",
                "items": {"type": "object", "properties": {}, "additionalProperties": False},
            },
        },
        "additionalProperties": False,
        "$schema": "https://json-schema.org/draft/2020-12/schema",
    }
    assert function(nested)["parameters"] == {
        "type": "object",
        "properties": {  # names of properties are no words of the schema
            "strict": {"type": "boolean"},
            "additionalProperties": {
                "type": "array",
                "items": {"type": "object", "properties": {}},
            },
        },
    }
    assert "parameters" not in function({"type": "object", "properties": {}})


@pytest.mark.parametrize(
    "schema",
    [
        {"type": ["string", "null"]},
        {"$ref": "#/$defs/city"},
        {"enum": [1, 2]},
        {"type": "string", "format": "email"},
        {"oneOf": [{"type": "string"}, {"type": "integer"}]},
    ],
)
def test_gemini_is_sent_as_json_schema_what_its_own_cannot_say(schema):
    declared = function({"type": "object", "properties": {"city": schema}})
    assert declared["parametersJsonSchema"]["properties"]["city"] == schema
    assert "parameters" not in declared


@pytest.mark.parametrize(
    ("provider", "endpoint", "url", "wanted"),
    [
        (
            "anthropic",
            None,
            "https://x.example/a.png",
            {"type": "image", "source": {"type": "url", "url": "https://x.example/a.png"}},
        ),
        (
            "gemini",
            None,
            "https://x.example/a.jpg",
            {"fileData": {"mimeType": "image/jpeg", "fileUri": "https://x.example/a.jpg"}},
        ),
        ("gemini", None, PIXEL, {"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}}),
        (
            "openai",
            "responses",
            PIXEL,
            {"type": "input_image", "image_url": PIXEL, "detail": "auto"},
        ),
        ("openai", "chat", PIXEL, {"type": "image_url", "image_url": {"url": PIXEL}}),
    ],
)
@pytest.mark.parametrize("bare", [False, True])
def test_an_image_is_converted(provider, endpoint, url, wanted, bare):
    part = {"type": "image_url", "image_url": url if bare else {"url": url}}
    body = written(provider, endpoint, [{"role": "user", "content": [part]}])
    [message] = body.get("messages") or body.get("input") or body["contents"]
    assert (message.get("content") or message["parts"]) == [wanted]


PDF = {"file_data": "data:application/pdf;base64,JVBERi0=", "filename": "a.pdf"}
WAV = {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}}


def test_files_and_sounds_are_converted():
    asked = [{"role": "user", "content": [{"type": "file", "file": PDF}]}]
    assert written("anthropic", None, asked)["messages"][0]["content"] == [
        {
            "type": "document",
            "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="},
            "title": "a.pdf",
        }
    ]
    assert written("openai", "responses", asked)["input"][0]["content"] == [
        {"type": "input_file", **PDF}
    ]
    heard = [{"role": "user", "content": [WAV]}]
    assert written("gemini", None, heard)["contents"][0]["parts"] == [
        {"inlineData": {"mimeType": "audio/wav", "data": "UklGRg=="}}
    ]


@pytest.mark.parametrize(
    ("provider", "part", "words"),
    [
        ("ollama", {"type": "image_url", "image_url": {"url": "https://x.example/a.png"}}, "data:"),
        ("ollama", WAV, "no audio"),
        ("anthropic", WAV, "no audio"),
        ("anthropic", {"type": "file", "file": {"file_id": "f"}}, "as an id"),
        (
            "anthropic",
            {"type": "image_url", "image_url": {"url": "data:image/bmp;base64,Qk0="}},
            "bmp",
        ),
        ("gemini", {"type": "image", "source": {}}, "type 'image'"),
        ("openai", {"type": "image_url", "image_url": {"url": "/home/me/a.png"}}, "read a file"),
        ("openai", {"type": "image_url"}, "'image_url'"),
    ],
)
def test_a_part_that_a_provider_cannot_take_is_refused(provider, part, words):
    with pytest.raises(ConfigurationError, match=words):
        written(provider, None, [{"role": "user", "content": [part]}])


def test_a_providers_own_parts_pass():
    own = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "x"}}
    body = written("anthropic", None, [{"role": "user", "content": [own]}])
    assert body["messages"][0]["content"] == [own]
    video = {"fileData": {"fileUri": "https://x.example/v.mp4"}, "videoMetadata": {"fps": 1}}
    body = written("gemini", None, [{"role": "user", "content": [video]}])
    assert body["contents"][0]["parts"] == [video]


def test_parts_that_anthropic_caches_keep_their_mark():
    mark = {"cache_control": {"type": "ephemeral"}}
    messages = [
        {"role": "system", "content": [{"type": "text", "text": "A", **mark}]},
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": PIXEL}, **mark}]},
        {"role": "assistant", "content": "x", "tool_calls": [call("1", "f")]},
        {"role": "tool", "tool_call_id": "1", "content": "y", **mark},
    ]
    body = written("anthropic", None, messages, system="B", tools=[{**CLOCK, **mark}])
    assert body["system"] == [
        {"type": "text", "text": "A", **mark},
        {"type": "text", "text": "B"},
    ]
    assert body["messages"][0]["content"][0].items() >= mark.items()
    assert body["messages"][2]["content"][0].items() >= mark.items()
    assert body["tools"][0].items() >= mark.items()


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


@pytest.mark.parametrize(("provider", "endpoint"), WIRES)
@pytest.mark.parametrize("tools", ["weather", print, [print], ["weather"], {"name": "f"}, 3])
def test_tools_of_a_wrong_kind_are_refused(provider, endpoint, tools):
    with pytest.raises(ConfigurationError, match="'type': 'function'"):
        written(provider, endpoint, tools=tools)


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
    ],
)  # fmt: skip
def test_a_message_that_cannot_be_sent_is_refused(provider, messages, words):
    with pytest.raises(ConfigurationError, match=words):
        written(provider, None, messages)


@pytest.mark.parametrize(("provider", "endpoint"), WIRES)
def test_an_option_that_is_none_is_not_given(provider, endpoint):
    given = dict.fromkeys(["stop", "tools", "temperature"])
    if endpoint == "responses":
        del given["stop"]
    assert written(provider, endpoint, **given) == written(provider, endpoint)


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


@pytest.mark.parametrize("arguments", [None, "", {}, {"city": "Oslo"}])
@pytest.mark.parametrize("endpoint", ["chat", "responses"])
def test_arguments_are_sent_to_openai_as_text(endpoint, arguments):
    function = {"name": "f", "arguments": arguments}
    calls = [{"id": "c", "type": "function", "function": function}]
    body = written("openai", endpoint, [{"role": "assistant", "tool_calls": calls}])
    [said] = body.get("messages") or body["input"]
    sent = said["arguments"] if endpoint == "responses" else said["tool_calls"][0]["function"]
    assert json.loads(sent if endpoint == "responses" else sent["arguments"]) == (arguments or {})


def test_a_custom_tools_call_goes_back_as_it_came():
    calls = [{"id": "c", "type": "custom", "custom": {"name": "sh", "input": "ls"}}]
    body = written("openai", "chat", [{"role": "assistant", "tool_calls": calls}])
    assert body["messages"][0]["tool_calls"] == calls


@pytest.mark.parametrize("provider", ["openrouter", "openai_compatible", "openai", "groq"])
def test_openai_and_groq_are_sent_no_fields_of_other_services(provider):
    mark = {"cache_control": {"type": "ephemeral"}}
    messages = [
        {"role": "user", "content": [{"type": "text", "text": "a", **mark}], **mark},
        {"role": "assistant", "tool_calls": [call("1", "f")]},
        {"role": "tool", "tool_call_id": "1", "name": "f", "content": "y"},
    ]
    body = written(provider, "chat", messages, tools=[{**CLOCK, **mark}])
    extends = provider in {"openrouter", "openai_compatible"}
    assert json.dumps(body).count("cache_control") == (3 if extends else 0)
    assert ("name" in body["messages"][2]) == extends


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


def test_responses_take_no_sound():
    with pytest.raises(ConfigurationError, match="no audio"):
        written("openai", "responses", [{"role": "user", "content": [WAV]}])


def test_an_assistants_parts_are_one_text_on_responses():
    parts = [{"type": "output_text", "text": "a"}, {"type": "refusal", "refusal": "b"}]
    [said] = written("openai", "responses", [{"role": "assistant", "content": parts}])["input"]
    assert said == {"role": "assistant", "content": "ab"}


def test_anthropics_headers_are_no_part_of_its_body():
    options = {"workspace_id": "w", "user_profile_id": "u", "anthropic_version": "2026-10-21"}
    request = get("anthropic").request(
        ModelCall(
            "m", [{"role": "user", "content": "hi"}], {**options, "anthropic_beta": ["a", "b"]}
        )
    )
    assert request.headers == {
        "anthropic-version": "2026-10-21",
        "anthropic-user-profile-id": "u",
        "anthropic-workspace-id": "w",
        "anthropic-beta": "a,b",
    }
    assert not request.body.keys() & options.keys()


def test_a_field_of_openai_that_groq_has_not_is_refused():
    with pytest.raises(ConfigurationError, match="groq has no option 'verbosity'"):
        written("groq", None, verbosity="low")
