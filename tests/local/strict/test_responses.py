"""OpenAI's Responses: what they refuse, what they remember, and reasoning that comes back."""

import openai
import pytest

from lionpride_trio.local._stored import MAX_STORED, StoredResponses
from tests.local.strict.asking import WEATHER, answered, refused

USER = {"role": "user", "content": "hi"}


def call(id="c1", **more):
    return {"type": "function_call", "call_id": id, "name": "f", "arguments": "{}", **more}


def output(id="c1", **more):
    return {"type": "function_call_output", "call_id": id, "output": "sun", **more}


def reasoning(id="rs_1", **more):
    return {"type": "reasoning", "id": id, "summary": [], **more}


def tool(name="f", **more):
    return {"type": "function", "name": name, "parameters": WEATHER, **more}


REFUSED = {
    "stranger": ({"wether": 1}, "Unknown parameter: 'wether'.", "unknown_parameter"),
    "stop": ({"stop": ["a"]}, "Unknown parameter: 'stop'.", "unknown_parameter"),
    "moved": (
        {"response_format": {"type": "text"}},
        "Unsupported parameter: 'response_format'. In the Responses API, this parameter has moved to"
        " 'text.format'. Try again with the new parameter.",
        "unsupported_parameter",
    ),
    "in an item": (
        {"input": [{**USER, "metadata": {}}]},
        "Unknown parameter: 'input[0].metadata'.",
        "unknown_parameter",
    ),
    "kind": (
        {"input": [{"type": "tool_result", "content": "x"}]},
        "Invalid value: 'tool_result'. Supported values are: 'message',",
        "invalid_value",
    ),
    "role": (
        {"input": [{"role": "tool", "content": "x"}]},
        "Invalid value: 'tool'. Supported values are: 'assistant', 'user', 'system', and 'developer'.",
        "invalid_value",
    ),
    "user's part": (
        {"input": [{"role": "user", "content": [{"type": "text", "text": "x"}]}]},
        "Invalid value: 'text'. Supported values are: 'input_text', 'input_image', and 'input_file'.",
        "invalid_value",
    ),
    "model's part": (
        {"input": [USER, {"role": "assistant", "content": [{"type": "input_text", "text": "x"}]}]},
        "Invalid value: 'input_text'. Supported values are: 'output_text' and 'refusal'.",
        "invalid_value",
    ),
    "part's field": (
        {"input": [{"role": "user", "content": [{"type": "input_text", "text": "x", "id": 1}]}]},
        "Unknown parameter: 'input[0].content[0].id'.",
        "unknown_parameter",
    ),
    "no input": (
        {"input": ...},
        "Missing required parameter: 'input'.",
        "missing_required_parameter",
    ),
    "item's id": (
        {"input": [USER, call(id="c1") | {"id": "call_1"}, output()]},
        "Invalid 'input[1].id': 'call_1'. Expected an ID that begins with 'fc'.",
        "invalid_value",
    ),
    "open call": ({"input": [USER, call()]}, "No tool output found for function call c1.", None),
    "no call": (
        {"input": [USER, output()]},
        "No tool call found for function call output with call_id c1.",
        None,
    ),
    "call after": (
        {"input": [USER, output(), call()]},
        "No tool call found for function call output with call_id c1.",
        None,
    ),
    "twice": (
        {"input": [USER, call(), output(), output()]},
        "Duplicate tool output found for function call c1.",
        None,
    ),
    "unnamed output": (
        {"input": [USER, call(), {"type": "function_call_output", "output": "x"}]},
        "Missing required parameter: 'input[2].call_id'.",
        "missing_required_parameter",
    ),
    "arguments": (
        {"input": [USER, call(arguments={}), output()]},
        "Invalid type for 'input[1].arguments': expected a string, but got an object instead.",
        "invalid_type",
    ),
    "unknown reasoning": (
        {"input": [USER, reasoning(), call(), output()]},
        "Item with id 'rs_1' not found.",
        None,
    ),
    "unstored reasoning": (
        {"input": [USER, reasoning(), call(), output()], "store": False},
        "Item with id 'rs_1' not found. Items are not persisted when `store` is set to false. Try"
        " again with `store` set to true, or remove this item from your input.",
        None,
    ),
    "sealed by another": (
        {"input": [USER, reasoning(encrypted_content="gAAAA"), call(), output()]},
        "The encrypted content for item rs_1 could not be verified. Reason: Encrypted content could"
        " not be decrypted or parsed.",
        "invalid_encrypted_content",
    ),
    "reference": (
        {"input": [{"type": "item_reference", "id": "msg_1"}]},
        "Item with id 'msg_1' not found.",
        None,
    ),
    "previous": (
        {"previous_response_id": "resp_x"},
        "Previous response with id 'resp_x' not found.",
        "previous_response_not_found",
    ),
    "few tokens": (
        {"max_output_tokens": 15},
        "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 15"
        " instead.",
        "integer_below_min_value",
    ),
    "nested tool": (
        {"tools": [{"type": "function", "function": {"name": "f"}}]},
        "Missing required parameter: 'tools[0].name'.",
        "missing_required_parameter",
    ),
    "empty object": (
        {"tools": [tool(parameters={"type": "object"})]},
        "Invalid schema for function 'f': In context=(), object schema missing properties.",
        "invalid_function_parameters",
    ),
    "strict tool": (
        {"tools": [tool(strict=True, parameters={"type": "object", "properties": {"a": {}}})]},
        "Invalid schema for function 'f': In context=(), 'additionalProperties' is required to be"
        " supplied and to be false.",
        "invalid_function_parameters",
    ),
    "choice": (
        {"tools": [tool()], "tool_choice": {"type": "function", "name": "g"}},
        "Tool choice 'g' not found in 'tools' parameter.",
        None,
    ),
    "form": (
        {"text": {"format": {"type": "json_schema", "name": "a", "strict": True, "schema": {
            "type": "object", "properties": {"a": {}}, "additionalProperties": False}}}},
        "Invalid schema for response_format 'a': In context=(), 'required' is required to be supplied"
        " and to be an array including every key in properties. Missing 'a'.",
        "invalid_json_schema",
    ),
    "json unsaid": (
        {"text": {"format": {"type": "json_object"}}, "input": "hi"},
        "Response input messages must contain the word 'json' in some form to use 'text.format' of"
        " type 'json_object'.",
        None,
    ),
    "include": (
        {"include": ["everything"]},
        "Invalid value: 'everything'. Supported values are: 'file_search_call.results',",
        "invalid_value",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
async def test_what_is_refused(server, case):
    change, expected, code = REFUSED[case]
    error = await refused(server, "responses", **change)
    assert error["message"].startswith(expected)
    assert error["code"] == code


@pytest.fixture
async def client(server):
    async with openai.AsyncOpenAI(
        api_key="any", base_url=server.url("openai"), max_retries=0
    ) as client:
        yield client


ASKED = {"tools": [tool(strict=True)], "reasoning": {"summary": "auto"}}


def outputs(response):
    return [output(item.call_id) for item in response.output if item.type == "function_call"]


async def test_reasoning_comes_back_by_its_id(client):
    first = await client.responses.create(model="m-tools", input=[USER], **ASKED)
    assert [item.type for item in first.output] == ["reasoning", "function_call"]
    conversation = [USER, *first.output, *outputs(first)]
    second = await client.responses.create(model="m-tools", input=conversation, **ASKED)
    assert second.output_text
    later = [*conversation, *second.output, USER]
    await client.responses.create(model="m", input=later, **ASKED)
    with pytest.raises(openai.BadRequestError, match="without its required 'reasoning' item: 'rs_"):
        await client.responses.create(model="m", input=[USER, first.output[1], *outputs(first)])
    with pytest.raises(openai.BadRequestError, match="without its required following item"):
        await client.responses.create(model="m", input=[USER, first.output[0]])


async def test_reasoning_that_was_not_stored_comes_back_sealed(client):
    settings = {"store": False, "include": ["reasoning.encrypted_content"], **ASKED}
    first = await client.responses.create(model="m-tools", input=[USER], **settings)
    assert first.output[0].encrypted_content
    conversation = [USER, *first.output, *outputs(first)]
    second = await client.responses.create(model="m-tools", input=conversation, **settings)
    assert second.output_text
    other = await client.responses.create(model="m-tools-2", input=[USER], **settings)
    swapped = first.output[0].model_copy(
        update={"encrypted_content": other.output[0].encrypted_content}
    )
    with pytest.raises(openai.BadRequestError, match="could not be verified"):
        await client.responses.create(
            model="m", input=[USER, swapped, *conversation[2:]], **settings
        )
    plain = first.output[0].model_copy(update={"encrypted_content": None})
    with pytest.raises(openai.NotFoundError, match="not persisted"):
        await client.responses.create(
            model="m", input=[USER, plain, *conversation[2:]], store=False
        )


async def test_a_response_is_gone_on_from(client):
    first = await client.responses.create(model="m-tools", input="Oslo?", **ASKED)
    with pytest.raises(openai.BadRequestError, match="No tool output found for function call"):
        await client.responses.create(model="m", input="And?", previous_response_id=first.id)
    second = await client.responses.create(
        model="m-tools", input=outputs(first), previous_response_id=first.id, **ASKED
    )
    assert second.output_text
    assert second.previous_response_id == first.id
    third = await client.responses.create(
        model="m", input="And?", previous_response_id=second.id, stream=True
    )
    events = [event async for event in third]
    assert events[-1].response.usage.input_tokens > second.usage.input_tokens
    await client.responses.create(
        model="m", input="And?", previous_response_id=events[-1].response.id
    )
    unstored = await client.responses.create(model="m", input="hi", store=False)
    with pytest.raises(openai.BadRequestError, match="not found") as caught:
        await client.responses.create(model="m", input="x", previous_response_id=unstored.id)
    assert caught.value.code == "previous_response_not_found"


async def test_an_item_is_named_by_its_id(client):
    first = await client.responses.create(model="m", input="Oslo?")
    reference = {"type": "item_reference", "id": first.output[0].id}
    await client.responses.create(model="m", input=[USER, reference, USER])


def test_the_oldest_responses_are_forgotten():
    stored = StoredResponses()
    for number in range(MAX_STORED + 1):
        stored.add(f"resp_{number}", [USER], [{"type": "message", "id": f"msg_{number}"}])
    assert stored.conversation("resp_0") is None
    assert stored.item("msg_0") is None
    assert stored.conversation("resp_1") == (USER, stored.item("msg_1"))


async def test_an_image_and_a_file_count_as_input(server):
    plain = await answered(server, "responses", input=[USER])
    content = [
        {"type": "input_image", "image_url": "data:image/png;base64,aGk="},
        {
            "type": "input_file",
            "file_data": "data:application/pdf;base64,aGk=",
            "filename": "a.pdf",
        },
    ]
    shown = await answered(server, "responses", input=[USER, {"role": "user", "content": content}])
    assert shown["usage"]["input_tokens"] >= plain["usage"]["input_tokens"] + 2
