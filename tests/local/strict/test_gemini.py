"""Gemini: what it refuses, and signatures of thoughts that come back through Google's own client."""

import pytest
from google.genai import errors, types

from tests.local.google import in_thread
from tests.local.strict.asking import answered, refused

USER = {"role": "user", "parts": [{"text": "hi"}]}
SCHEMA = {"type": "OBJECT", "properties": {"city": {"type": "STRING"}}, "required": ["city"]}
TOOL = {"functionDeclarations": [{"name": "f", "parameters": SCHEMA}]}
THOUGHTS = {"thinkingConfig": {"includeThoughts": True}}


def call(name="f", **more):
    return {"functionCall": {"name": name, "args": {}, **more}}


def response(name="f", **more):
    return {"functionResponse": {"name": name, "response": {"result": 1}, **more}}


def model(*parts):
    return {"role": "model", "parts": [*parts]}


def user(*parts):
    return {"role": "user", "parts": [*parts]}


COUNT = (
    "Please ensure that the number of function response parts is equal to the number of function call"
    " parts of the function call turn."
)
AFTER_USER = (
    "Please ensure that function call turn comes immediately after a user turn or after a function"
    " response turn."
)
AFTER_CALL = (
    "Please ensure that function response turn comes immediately after a function call turn."
)
CONVERSATIONS = {
    "role": (
        [{"role": "assistant", "parts": [{"text": "x"}]}],
        "Please use a valid role: user, model.",
    ),
    "left open": ([USER, model(call())], COUNT),
    "one of two": ([USER, model(call(), call()), user(response())], COUNT),
    "apart": ([USER, model(call(), call()), user(response()), user(response())], COUNT),
    "one too many": ([USER, model(call()), user(response(), response())], COUNT),
    "user between": ([USER, model(call()), USER, user(response())], COUNT),
    "first": ([model(call()), user(response())], AFTER_USER),
    "no call": ([USER, user(response())], AFTER_CALL),
    "after an answer": ([USER, model({"text": "x"}), user(response())], AFTER_CALL),
    "other name": (
        [USER, model(call("f")), user(response("g"))],
        "Please ensure that the names of the function response parts are those of the function call"
        " parts of the function call turn.",
    ),
    "other id": (
        [USER, model(call(id="a")), user(response(id="b"))],
        "Please ensure that the id 'b' of a function response part is that of a function call part of"
        " the function call turn.",
    ),
    "no parts": (
        [{"role": "user", "parts": []}],
        "* GenerateContentRequest.contents[0].parts: contents.parts must not be empty.",
    ),
    "no data": (
        [user({"thought": True})],
        "* GenerateContentRequest.contents[0].parts[0].data: required oneof field 'data' must have one"
        " initialized field",
    ),
    "two data": (
        [user({"text": "x", "inlineData": {"data": "aGk=", "mimeType": "image/png"}})],
        "Invalid value at 'contents[0].parts[0]' (oneof), oneof field 'data' is already set. Cannot set"
        " 'inlineData'",
    ),
    "OpenAI's part": (
        [user({"type": "text", "text": "x"})],
        "Invalid JSON payload received. Unknown name \"type\" at 'contents[0].parts[0]': Cannot find"
        " field.",
    ),
    "text": (
        [user({"text": 3})],
        "Invalid value at 'contents[0].parts[0].text' (TYPE_STRING), 3",
    ),
    "arguments": (
        [USER, model(call(args="{}")), user(response())],
        "Invalid value at 'contents[1].parts[0].function_call.args'"
        " (type.googleapis.com/google.protobuf.Struct)",
    ),
    "signature": (
        [USER, model({**call(), "thoughtSignature": "eA=="}), user(response())],
        "Corrupted thought signature.",
    ),
    "text's signature": (
        [USER, model({"text": "x", "thoughtSignature": "eA=="}), USER],
        "Corrupted thought signature.",
    ),
}


@pytest.mark.parametrize("case", CONVERSATIONS)
async def test_contents_that_cannot_follow_each_other(server, case):
    contents, expected = CONVERSATIONS[case]
    error = await refused(server, "gemini", contents=contents)
    assert (error["message"], error["status"]) == (expected, "INVALID_ARGUMENT")


def declared(**fields):
    return {"tools": [{"functionDeclarations": [{"name": "f", **fields}]}]}


UNKNOWN = 'Invalid JSON payload received. Unknown name "{}"{}: Cannot find field.'
AT_SCHEMA = " at 'tools[0].function_declarations[0].parameters'"
FIELDS = {
    "stranger": ({"wether": 1}, UNKNOWN.format("wether", "")),
    "of OpenAI": ({"temperature": 1}, UNKNOWN.format("temperature", "")),
    "in the configuration": (
        {"generationConfig": {"max_tokens": 9}},
        UNKNOWN.format("max_tokens", " at 'generation_config'"),
    ),
    "in a tool": (
        {"tools": [{"type": "function"}]},
        UNKNOWN.format("type", " at 'tools[0]'"),
    ),
    "in a declaration": (
        declared(strict=True),
        UNKNOWN.format("strict", " at 'tools[0].function_declarations[0]'"),
    ),
    "in a schema": (
        declared(parameters={**SCHEMA, "additionalProperties": False}),
        UNKNOWN.format("additionalProperties", AT_SCHEMA),
    ),
    "deep in a schema": (
        declared(parameters={"type": "OBJECT", "properties": {"a_b": {"oneOf": []}}}),
        UNKNOWN.format("oneOf", f"{AT_SCHEMA[:-1]}.properties.a_b'"),
    ),
    "hot": (
        {"generationConfig": {"temperature": 2.5}},
        "* GenerateContentRequest.generation_config.temperature: temperature must be in the range"
        " [0, 2].",
    ),
    "word": (
        {"generationConfig": {"temperature": "hot"}},
        "Invalid value at 'generation_config.temperature' (TYPE_FLOAT), 'hot'",
    ),
    "six stops": (
        {"generationConfig": {"stopSequences": [*"abcdef"]}},
        "* GenerateContentRequest.generation_config.stop_sequences: at most 5 stop sequences are"
        " supported.",
    ),
    "schema of text": (
        {"generationConfig": {"responseSchema": SCHEMA}},
        "* GenerateContentRequest.generation_config.response_schema: only allowed when"
        " `response_mime_type` is `application/json` or `text/x.enum`.",
    ),
    "two schemas": (
        {"generationConfig": {
            "responseMimeType": "application/json", "responseSchema": SCHEMA,
            "responseJsonSchema": {}}},
        "* GenerateContentRequest.generation_config: only one of response_schema and"
        " response_json_schema can be set.",
    ),
    "form": (
        {"generationConfig": {"responseMimeType": "text/html"}},
        "* GenerateContentRequest.generation_config.response_mime_type: allowed mimetypes are"
        " `application/json`, `text/plain`, `text/x.enum`.",
    ),
    "name": (
        {"tools": [{"functionDeclarations": [{"name": "1 f"}]}]},
        "* GenerateContentRequest.tools[0].function_declarations[0].name: Invalid function name. Must"
        " start with a letter or an underscore. Must be alphameric (a-z, A-Z, 0-9), underscores (_),"
        " dots (.), colons (:), or dashes (-), with a maximum length of 128.",
    ),
    "twice": (
        {"tools": [TOOL, TOOL]},
        "Duplicate function declaration found: f",
    ),
    "both parameters": (
        declared(parameters=SCHEMA, parametersJsonSchema={}),
        "* GenerateContentRequest.tools[0].function_declarations[0]: only one of parameters and"
        " parameters_json_schema can be set.",
    ),
    "empty object": (
        declared(parameters={"type": "object", "properties": {}}),
        "* GenerateContentRequest.tools[0].function_declarations[0].parameters.properties: should be"
        " non-empty for OBJECT type",
    ),
    "required stranger": (
        declared(parameters={**SCHEMA, "required": ["town"]}),
        "* GenerateContentRequest.tools[0].function_declarations[0].parameters.required[0]: property"
        " is not defined",
    ),
    "list of nothing": (
        declared(parameters={"type": "OBJECT", "properties": {"a": {"type": "ARRAY"}}}),
        "* GenerateContentRequest.tools[0].function_declarations[0].parameters.properties[a].items:"
        " missing field.",
    ),
    "mode": (
        {"tools": [TOOL], "toolConfig": {"functionCallingConfig": {"mode": "any"}}},
        "Invalid value at 'tool_config.function_calling_config.mode' (type.googleapis.com/Mode),"
        ' "any"',
    ),
    "names in AUTO": (
        {"tools": [TOOL], "toolConfig": {"functionCallingConfig": {
            "mode": "AUTO", "allowedFunctionNames": ["f"]}}},
        "Allowed function names should be set only when function calling mode is ANY.",
    ),
    "allowed stranger": (
        {"tools": [TOOL], "toolConfig": {"functionCallingConfig": {
            "mode": "ANY", "allowedFunctionNames": ["g"]}}},
        "* GenerateContentRequest.tool_config.function_calling_config.allowed_function_names: 'g' is no"
        " name of a function declaration",
    ),
    "call of nothing": (
        {"toolConfig": {"functionCallingConfig": {"mode": "ANY"}}},
        "Function calling mode is ANY, but no function declarations are given.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FIELDS)
async def test_what_it_does_not_take(server, case):
    change, expected = FIELDS[case]
    assert (await refused(server, "gemini", **change))["message"] == expected


async def test_what_it_takes(server):
    conversation = [
        USER,
        model({"text": "Let me"}),
        model({"text": " see."}, call("f"), call("g")),
        user(response("g"), response("f")),
        model({"text": "Sun."}),
        USER,
        model(call("f", id="a")),
        {"role": "function", "parts": [response("f", id="a")]},
    ]
    await answered(server, "gemini", contents=conversation)
    snake = {"max_output_tokens": 50, "thinking_config": {"include_thoughts": True}}
    await answered(
        server, "gemini", generation_config=snake, system_instruction={"parts": [{"text": "x"}]}
    )
    await answered(server, "gemini", contents=[{"parts": [{"text": "no role"}]}])
    plain = await answered(server, "gemini")
    image = {"inlineData": {"data": "aGk=", "mimeType": "image/png"}}
    shown = await answered(server, "gemini", contents=[user({"text": "hi"}, image)])
    counts = [each["usageMetadata"]["promptTokenCount"] for each in (plain, shown)]
    assert counts[1] > counts[0]


async def test_the_first_call_of_each_step_needs_its_signature(server):
    missing = (
        "Function call is missing a thought_signature in functionCall parts. This is required for"
        " tools to work correctly, and missing thought_signature may lead to degraded model"
        " performance. Additional data, function call `default_api:f` , position {}. Please refer to"
        " https://ai.google.dev/gemini-api/docs/thought-signatures for more details."
    )
    step = [model(call()), user(response())]
    thinking = {"generationConfig": THOUGHTS}
    error = await refused(server, "gemini", contents=[USER, *step], **thinking)
    assert error["message"] == missing.format(2)
    error = await refused(server, "gemini", model="m-reasoning", contents=[USER, *step])
    assert error["message"] == missing.format(2)
    # Turns before the user's last word need none.
    await answered(server, "gemini", contents=[USER, *step, model({"text": "x"}), USER], **thinking)
    for dummy in ("skip_thought_signature_validator", "context_engineering_is_the_way_to_go"):
        first = [model({**call(), "thoughtSignature": dummy}, call()), user(response(), response())]
        await answered(server, "gemini", contents=[USER, *first], **thinking)
        error = await refused(server, "gemini", contents=[USER, *first, *step], **thinking)
        assert error["message"] == missing.format(4)


CONFIG = types.GenerateContentConfig(
    tools=[
        types.Tool(function_declarations=[types.FunctionDeclaration(name="f", parameters=SCHEMA)])
    ],
    thinking_config=types.ThinkingConfig(include_thoughts=True),
    automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
)


def results(content):
    return types.Content(role="user", parts=[
        types.Part(function_response=types.FunctionResponse(
            id=part.function_call.id, name=part.function_call.name, response={"result": 1}))
        for part in content.parts if part.function_call])  # fmt: skip


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("name", ["m-tools", "m-parallel"])
async def test_signatures_come_back_through_googles_client(server, name, stream):
    def ask(client, contents):
        settings = {"model": name, "contents": contents, "config": CONFIG}
        if not stream:
            return [client.models.generate_content(**settings).candidates[0].content]
        return [
            chunk.candidates[0].content
            for chunk in client.models.generate_content_stream(**settings)
        ]

    def work(client):
        asked = [types.Content(role="user", parts=[types.Part(text="Oslo?")])]
        first = ask(client, asked)
        signed = [part.thought_signature for c in first for part in c.parts if part.function_call]
        assert [bool(signature) for signature in signed] == [True, False][: len(signed)]
        calls = types.Content(role="model", parts=[part for c in first for part in c.parts])
        asked += [*first, results(calls)]
        second = ask(client, asked)
        assert second[-1].parts[-1].thought_signature
        asked += [*second, types.Content(role="user", parts=[types.Part(text="And?")])]
        ask(client, asked)

    await in_thread(server, work)


async def test_signatures_that_were_dropped_or_swapped_are_refused(server):
    def work(client):
        def ask(question):
            asked = types.Content(role="user", parts=[types.Part(text=question)])
            answer = (
                client.models
                .generate_content(model="m-tools", contents=[asked], config=CONFIG)
                .candidates[0]
                .content
            )
            return asked, answer

        def send_with(signature, match):
            part = answer.parts[-1].model_copy(update={"thought_signature": signature})
            content = types.Content(role="model", parts=[*answer.parts[:-1], part])
            with pytest.raises(errors.ClientError, match=match):
                client.models.generate_content(
                    model="m", contents=[asked, content, results(content)], config=CONFIG
                )

        asked, answer = ask("Oslo?")
        _, other = ask("Bergen?")
        assert answer.parts[-1].function_call.args != other.parts[-1].function_call.args
        send_with(None, "missing a thought_signature")
        send_with(other.parts[-1].thought_signature, "Corrupted thought signature")
        send_with(answer.parts[-1].thought_signature[:-1] + b"x", "Corrupted thought signature")

    await in_thread(server, work)
