"""Chat completions: what OpenAI refuses, what Groq refuses, and what the others pass over."""

import pytest

from tests.local.strict.asking import HELLO, WEATHER, answered, ask, refused, sentence

CHAT = ["openai", "groq", "openrouter", "openai_compatible", "local"]
USER = HELLO[0]


def call(id="c1", arguments="{}", **more):
    return {"id": id, "type": "function", "function": {"name": "f", "arguments": arguments}, **more}


def called(*ids):
    return {"role": "assistant", "content": None, "tool_calls": [call(each) for each in ids]}


def result(id="c1", **more):
    return {"role": "tool", "tool_call_id": id, "content": "sun", **more}


def tool(name="f", **more):
    return {"type": "function", "function": {"name": name, "parameters": WEATHER, **more}}


def named(name):
    return {"type": "function", "function": {"name": name}}


def schema(schema, *, strict=True):
    described = {"name": "answer", "strict": strict, "schema": schema}
    return {"type": "json_schema", "json_schema": described}


MUST_FOLLOW = (
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each"
    " 'tool_call_id'. The following tool_call_ids did not have response messages: {}"
)
NO_CALL = (
    "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with"
    " 'tool_calls'."
)
CONVERSATIONS = {
    "call left open": ([USER, called("c1")], MUST_FOLLOW.format("c1")),
    "one of two": ([USER, called("a", "b"), result("b")], MUST_FOLLOW.format("a")),
    "user between": (
        [USER, called("a", "b"), result("a"), USER, result("b")],
        MUST_FOLLOW.format("b"),
    ),
    "no call": ([USER, result()], NO_CALL),
    "after a user": ([USER, called("c1"), result(), USER, result()], NO_CALL),
    "another call's": (
        [USER, called("a"), result("b")],
        "Invalid parameter: 'tool_call_id' of 'b' not found in 'tool_calls' of previous message.",
    ),
    "twice": (
        [USER, called("a"), result("a"), result("a")],
        "Invalid parameter: Duplicate value for 'tool_call_id' of 'a' in message.",
    ),
    "same id": (
        [USER, called("a", "a"), result("a")],
        "Invalid 'messages[1].tool_calls[1].id': 'a' is the id of another call of this message.",
    ),
    "silent": (
        [USER, {"role": "assistant", "content": None}],
        "Invalid value for 'content': expected a string, got null.",
    ),
    "no calls": (
        [USER, {"role": "assistant", "content": "x", "tool_calls": []}],
        "Invalid 'messages[1].tool_calls': empty array. Expected an array with minimum length 1, but"
        " got an empty array instead.",
    ),
    "no parts": (
        [{"role": "user", "content": []}],
        "Invalid 'messages.[0].content': empty array. Expected an array with minimum length 1, but"
        " got an empty array instead.",
    ),
}


@pytest.mark.parametrize("wire", CHAT)
@pytest.mark.parametrize("case", CONVERSATIONS)
async def test_messages_that_cannot_follow_each_other(server, wire, case):
    messages, expected = CONVERSATIONS[case]
    assert sentence(await refused(server, wire, messages=messages)) == expected


@pytest.mark.parametrize("wire", CHAT)
async def test_a_whole_conversation_is_taken(server, wire):
    messages = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": [{"type": "text", "text": "Where?"}, {
            "type": "image_url", "image_url": {"url": "data:image/png;base64,aGk="}}]},
        called("a", "b"),
        result("b"),
        result("a", content=[{"type": "text", "text": "sun"}]),
        {"role": "assistant", "content": "Here."},
        USER,
        called("a"),
        result("a"),
    ]  # fmt: skip
    await answered(server, wire, messages=messages, tools=[tool()])


FIELDS = {
    "stranger": ({"wether": 1}, "Unrecognized request argument supplied: wether", None),
    "of Responses": ({"input": "x"}, "Unrecognized request argument supplied: input", None),
    "of vLLM": ({"top_k": 1}, "Unrecognized request argument supplied: top_k", None),
    "in a message": (
        {"messages": [{**USER, "id": "x"}]},
        "Unknown parameter: 'messages[0].id'.",
        "unknown_parameter",
    ),
    "user's call": (
        {"messages": [{**USER, "tool_calls": [call()]}]},
        "Unknown parameter: 'messages[0].tool_calls'.",
        "unknown_parameter",
    ),
    "no id": (
        {"messages": [USER, called("c"), {"role": "tool", "content": "x"}]},
        "Missing required parameter: 'messages[2].tool_call_id'.",
        "missing_required_parameter",
    ),
    "arguments": (
        {"messages": [USER, {"role": "assistant", "tool_calls": [call(arguments={})]}, result()]},
        "Invalid type for 'messages[1].tool_calls[0].function.arguments': expected a string, but got"
        " an object instead.",
        "invalid_type",
    ),
    "role": (
        {"messages": [{"role": "robot", "content": "x"}]},
        "Invalid value: 'robot'. Supported values are: 'system', 'assistant', 'user', 'function',"
        " 'tool', and 'developer'.",
        "invalid_value",
    ),
    "part of Responses": (
        {"messages": [{"role": "user", "content": [{"type": "input_text", "text": "x"}]}]},
        "Invalid value: 'input_text'. Supported values are: 'text', 'image_url', 'input_audio', and"
        " 'file'.",
        "invalid_value",
    ),
    "image told by the system": (
        {"messages": [{"role": "system", "content": [{"type": "image_url", "image_url": {}}]}, USER]},
        "Invalid value: 'image_url'. Supported values are: 'text'.",
        "invalid_value",
    ),
    "flat tool": (
        {"tools": [{"type": "function", "name": "f"}]},
        "Missing required parameter: 'tools[0].function'.",
        "missing_required_parameter",
    ),
    "in a tool": (
        {"tools": [tool(cache=True)]},
        "Unknown parameter: 'tools[0].function.cache'.",
        "unknown_parameter",
    ),
    "long name": (
        {"tools": [tool("f" * 65)]},
        "Invalid 'tools[0].function.name': string too long. Expected a string with maximum length 64,"
        " but got a string with length 65 instead.",
        "string_above_max_length",
    ),
    "tool's name": (
        {"tools": [tool("f.g")]},
        "Invalid 'tools[0].function.name': string does not match pattern. Expected a string that"
        " matches the pattern '^[a-zA-Z0-9_-]+$'.",
        "invalid_value",
    ),
    "hot": (
        {"temperature": 2.5},
        "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 2.5"
        " instead.",
        "decimal_above_max_value",
    ),
    "word": (
        {"temperature": "hot"},
        "Invalid type for 'temperature': expected a decimal, but got a string instead.",
        "invalid_type",
    ),
    "half": (
        {"n": 1.5},
        "Invalid type for 'n': expected an integer, but got a decimal instead.",
        "invalid_type",
    ),
    "none": (
        {"n": 0},
        "Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0 instead.",
        "integer_below_min_value",
    ),
    "five stops": (
        {"stop": ["a", "b", "c", "d", "e"]},
        "Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array"
        " with length 5 instead.",
        "array_above_max_length",
    ),
    "effort": (
        {"reasoning_effort": "much"},
        "Invalid value: 'much'. Supported values are: 'none', 'minimal', 'low', 'medium', 'high',"
        " 'xhigh', and 'max'.",
        "invalid_value",
    ),
    "switch": (
        {"parallel_tool_calls": "no", "tools": [tool()]},
        "Invalid type for 'parallel_tool_calls': expected a boolean, but got a string instead.",
        "invalid_type",
    ),
    "stream options": (
        {"stream_options": {"include_usage": True}},
        "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
        None,
    ),
    "both limits": (
        {"max_tokens": 9, "max_completion_tokens": 9},
        "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
        "invalid_parameter_combination",
    ),
    "top_logprobs alone": (
        {"top_logprobs": 2},
        "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.",
        None,
    ),
    "no tools": (
        {"tools": []},
        "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty"
        " array instead.",
        "empty_array",
    ),
    "choice of nothing": (
        {"tool_choice": "auto"},
        "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
        None,
    ),
    "choice": (
        {"tools": [tool()], "tool_choice": "any"},
        "Invalid value: 'any'. Supported values are: 'none', 'auto', and 'required'.",
        "invalid_value",
    ),
    "chosen stranger": (
        {"tools": [tool()], "tool_choice": named("g")},
        "Tool choice 'g' not found in 'tools' parameter.",
        None,
    ),
    "allowed stranger": (
        {"tools": [tool()], "tool_choice": {
            "type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [named("g")]}}},
        "Tool choice 'g' not found in 'tools' parameter.",
        None,
    ),
    "form": (
        {"response_format": {"type": "xml"}},
        "Invalid value: 'xml'. Supported values are: 'text', 'json_schema', and 'json_object'.",
        "invalid_value",
    ),
    "json unsaid": (
        {"response_format": {"type": "json_object"}, "messages": [{"role": "user", "content": "x"}]},
        "'messages' must contain the word 'json' in some form, to use 'response_format' of type"
        " 'json_object'.",
        None,
    ),
    "open object": (
        {"response_format": schema({"type": "object", "properties": {}})},
        "Invalid schema for response_format 'answer': In context=(), 'additionalProperties' is"
        " required to be supplied and to be false.",
        "invalid_json_schema",
    ),
    "optional field": (
        {"response_format": schema({
            "type": "object", "additionalProperties": False, "required": ["a"], "properties": {
                "a": {"type": "object", "additionalProperties": False, "properties": {"b": {}}}}})},
        "Invalid schema for response_format 'answer': In context=('properties', 'a'), 'required' is"
        " required to be supplied and to be an array including every key in properties. Missing 'b'.",
        "invalid_json_schema",
    ),
    "no object": (
        {"response_format": schema({"type": "array"}, strict=False)},
        "Invalid schema for response_format 'answer': schema must be a JSON Schema of 'type:"
        " \"object\"', got 'type: \"array\"'.",
        "invalid_json_schema",
    ),
    "empty object": (
        {"tools": [tool(parameters={"type": "object"})]},
        "Invalid schema for function 'f': In context=(), object schema missing properties.",
        "invalid_function_parameters",
    ),
    "strict tool": (
        {"tools": [tool(strict=True, parameters={"type": "object", "properties": {}})]},
        "Invalid schema for function 'f': In context=(), 'additionalProperties' is required to be"
        " supplied and to be false.",
        "invalid_function_parameters",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FIELDS)
async def test_what_openai_does_not_take(server, case):
    change, expected, code = FIELDS[case]
    error = await refused(server, "openai", **change)
    assert (error["message"], error["code"]) == (expected, code)
    assert error["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"wether": 1}, "property 'wether' is unsupported"),
        ({"stor": True}, "property 'stor' is unsupported, did you mean 'store'?"),
        ({"logit_bias": {}}, "property 'logit_bias' is unsupported"),
        ({"verbosity": "low"}, "property 'verbosity' is unsupported"),
        (
            {"messages": [{**USER, "timestamp": 1}]},
            "'messages.0' : for 'role:user' the following must be satisfied[('messages.0' : property"
            " 'timestamp' is unsupported)]",
        ),
        (
            {
                "messages": [
                    USER,
                    {"role": "assistant", "tool_calls": [call(arguments={})]},
                    result(),
                ]
            },
            "'messages.1' : for 'role:assistant' the following must be satisfied"
            "[('messages.1.tool_calls.0.function.arguments' : value must be a string)]",
        ),
        (
            {"messages": [{"role": "robot", "content": "x"}]},
            "'messages.0' : discriminator property 'role' has invalid value",
        ),
        (
            {"reasoning_format": "raw", "tools": [tool()]},
            "`reasoning_format` must be `parsed` or `hidden` with tools or JSON mode",
        ),
        (
            {"reasoning_format": "parsed", "include_reasoning": True},
            "cannot specify both `reasoning_format` and `include_reasoning`",
        ),
    ],
)
async def test_what_groq_does_not_take(server, change, expected):
    error = await refused(server, "groq", **change)
    assert error["message"] == expected
    assert "param" not in error


@pytest.mark.parametrize("wire", ["openrouter", "openai_compatible", "local"])
async def test_the_others_pass_over_what_they_do_not_know(server, wire):
    await answered(server, wire, wether=1, top_k=3, messages=[{**USER, "id": "x"}])
    error = await refused(server, wire, messages=[{"role": "robot", "content": "x"}])
    assert "'robot'" in sentence(error)


async def test_groq_takes_reasoning_back(server):
    told = {"role": "assistant", "content": "x", "reasoning": "because"}
    await answered(server, "groq", messages=[USER, told, USER])
    status, _ = await ask(server, "openai", messages=[USER, told, USER])
    assert status == 400
