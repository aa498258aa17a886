"""Anthropic: what it refuses, and thinking that comes back through its own client."""

import anthropic
import pytest

from tests.local.strict.asking import HELLO, WEATHER, answered, refused

# The client leaves its generators to the garbage collector where an answer streams.
pytestmark = pytest.mark.filterwarnings(
    r"ignore:Async generator '(anthropic|httpx2?|httpcore2?)\.:ResourceWarning"
)
USER = HELLO[0]
TOOL = {"name": "f", "input_schema": WEATHER}
THINKING = {"type": "enabled", "budget_tokens": 1024}


def use(id="t1", **more):
    return {"type": "tool_use", "id": id, "name": "f", "input": {}, **more}


def answer(id="t1"):
    return {"type": "tool_result", "tool_use_id": id, "content": "sun"}


def text(said="x"):
    return {"type": "text", "text": said}


def said(*blocks):
    return {"role": "assistant", "content": [*blocks]}


def told(*blocks):
    return {"role": "user", "content": [*blocks]}


def form(schema):
    return {"output_config": {"format": {"type": "json_schema", "schema": schema}}}


def unanswered(place, ids):
    return (
        f"messages.{place}: `tool_use` ids were found without `tool_result` blocks immediately after:"
        f" {ids}. Each `tool_use` block must have a corresponding `tool_result` block in the next"
        " message."
    )


def unexpected(at, id):
    return (
        f"messages.{at}: unexpected `tool_use_id` found in `tool_result` blocks: {id}. Each"
        " `tool_result` block must have a corresponding `tool_use` block in the previous message."
    )


CONVERSATIONS = {
    "none": ([], "messages: at least one message is required"),
    "assistant first": (
        [said(text())],
        'messages: first message must use the "user" role',
    ),
    "system": (
        [{"role": "system", "content": "x"}, USER],
        "messages.0.role: Input should be 'user' or 'assistant'",
    ),
    "left open": ([USER, said(use())], unanswered(1, "t1")),
    "one of two": ([USER, said(use("a"), use("b")), told(answer("b"))], unanswered(1, "a")),
    "after a text": ([USER, said(use()), told(text(), answer())], unanswered(1, "t1")),
    "a turn later": ([USER, said(use()), USER, said(text()), told(answer())], unanswered(1, "t1")),
    "no call": ([USER, said(text()), told(answer())], unexpected("2.content.0", "t1")),
    "at once": ([told(answer())], unexpected("0.content.0", "t1")),
    "another call's": (
        [USER, said(use()), told(answer(), answer("t2"))],
        unexpected("2.content.1", "t2"),
    ),
    "twice": (
        [USER, said(use()), told(answer(), answer())],
        "messages.2.content.1: each tool_use must have a single result. Found multiple `tool_result`"
        " blocks with id: t1",
    ),
    "same id": (
        [USER, said(use(), use()), told(answer())],
        "messages.1.content.1: `tool_use` ids must be unique",
    ),
    "empty text": ([told(text(""))], "messages: text content blocks must be non-empty"),
    "blank text": (
        [{"role": "user", "content": " \n"}],
        "messages: text content blocks must contain non-whitespace text",
    ),
    "empty text in a result": (
        [USER, said(use()), told({**answer(), "content": [text("")]})],
        "messages: text content blocks must be non-empty",
    ),
    "empty message": (
        [USER, said(), USER],
        "messages.1: all messages must have non-empty content except for the optional final"
        " assistant message",
    ),
    "trailing space": (
        [USER, said(text("The answer is "))],
        "messages: final assistant content cannot end with trailing whitespace",
    ),
    "input": (
        [USER, said(use(input="{}")), told(answer())],
        "messages.1.content.0.tool_use.input: Input should be a valid dictionary",
    ),
    "id": (
        [USER, said(use("a b")), told(answer("a b"))],
        "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
    ),
    "user's call": (
        [told(use())],
        "messages.0.content.0: `tool_use` blocks can only be in `assistant` messages",
    ),
    "model's result": (
        [USER, said(answer())],
        "messages.1.content.0: `tool_result` blocks can only be in `user` messages",
    ),
    "kind": (
        [told({"type": "image_url", "image_url": {"url": "x"}})],
        "messages.0.content.0: Input tag 'image_url' found using 'type' does not match any of the",
    ),
    "content": (
        [{"role": "user", "content": 3}],
        "messages.0.content: Input should be a valid list",
    ),
    "no signature": (
        [USER, said({"type": "thinking", "thinking": "x"}, text())],
        "messages.1.content.0.thinking.signature: Field required",
    ),
    "wrong signature": (
        [USER, said({"type": "thinking", "thinking": "x", "signature": "eA=="}, text()), USER],
        "messages.1.content.0: Invalid `signature` in `thinking` block",
    ),
    "wrong data": (
        [USER, said({"type": "redacted_thinking", "data": "eA=="}, text()), USER],
        "messages.1.content.0: Invalid `data` in `redacted_thinking` block",
    ),
    "in a block": (
        [told({**text(), "id": 1})],
        "messages.0.content.0.text.id: Extra inputs are not permitted",
    ),
    "in a message": ([{**USER, "id": 1}], "messages.0.id: Extra inputs are not permitted"),
}


@pytest.mark.parametrize("case", CONVERSATIONS)
async def test_messages_that_it_does_not_take(server, case):
    messages, expected = CONVERSATIONS[case]
    error = await refused(server, "anthropic", messages=messages)
    assert error["type"] == "invalid_request_error"
    assert error["message"].startswith(expected)
    assert error["message"] == expected or case == "kind"


FIELDS = {
    "stranger": ({"wether": 1}, "wether: Extra inputs are not permitted"),
    "of OpenAI": ({"response_format": {}}, "response_format: Extra inputs are not permitted"),
    "of a beta": ({"context_management": {}}, "context_management: Extra inputs are not permitted"),
    "no limit": ({"max_tokens": ...}, "max_tokens: Field required"),
    "limit": ({"max_tokens": 0}, "max_tokens: Input should be greater than or equal to 1"),
    "hot": ({"temperature": 1.5}, "temperature: Input should be less than or equal to 1"),
    "word": ({"temperature": "x"}, "temperature: Input should be a valid number"),
    "half": ({"top_k": 1.5}, "top_k: Input should be a valid integer"),
    "stream": ({"stream": 1}, "stream: Input should be a valid boolean"),
    "blank stop": (
        {"stop_sequences": ["\n"]},
        "stop_sequences.0: each stop sequence must contain non-whitespace",
    ),
    "empty system": (
        {"system": [text("")]},
        "system: text content blocks must be non-empty",
    ),
    "five marks": (
        {"messages": [told(*[{**text(), "cache_control": {"type": "ephemeral"}}] * 5)]},
        "A maximum of 4 blocks with cache_control may be provided.",
    ),
    "OpenAI's tool": (
        {"tools": [{"type": "function", "function": {}}]},
        "tools.0: Input tag 'function' found using 'type' does not match any of the expected tags:",
    ),
    "tool's field": (
        {"tools": [{**TOOL, "parameters": {}}]},
        "tools.0.custom.parameters: Extra inputs are not permitted",
    ),
    "tool's name": (
        {"tools": [{**TOOL, "name": "f.g"}]},
        "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
    ),
    "tool's schema": (
        {"tools": [{**TOOL, "input_schema": {"type": "string"}}]},
        "tools.0.custom.input_schema.type: Input should be 'object'",
    ),
    "one of several": (
        {"tools": [{**TOOL, "input_schema": {"type": "object", "anyOf": []}}]},
        "tools.0.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top",
    ),
    "strict tool": (
        {"tools": [{**TOOL, "strict": True, "input_schema": {"type": "object"}}]},
        "tools.0.custom.input_schema: For 'object' type, 'additionalProperties' must be explicitly set"
        " to false",
    ),
    "open object": (
        form({"type": "object", "properties": {}}),
        "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set"
        " to false",
    ),
    "open object inside": (
        form({"$ref": "#/$defs/a", "$defs": {"a": {"type": "object"}}}),
        "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set"
        " to false",
    ),
    "bound": (
        form({"type": "array", "items": {"type": "integer", "minimum": 1}}),
        "output_config.format.schema: For 'integer' type, property 'minimum' is not supported",
    ),
    "bounds": (
        form({"anyOf": [{"type": "string", "minLength": 1, "maxLength": 2}]}),
        "output_config.format.schema: For 'string' type, properties maxLength, minLength are not"
        " supported",
    ),
    "two items": (
        form({"type": "array", "minItems": 2}),
        "output_config.format.schema: For 'array' type, 'minItems' values other than 0 or 1 are not"
        " supported",
    ),
    "twice": ({"tools": [TOOL, TOOL]}, "tools: Tool names must be unique."),
    "choice of nothing": (
        {"tool_choice": {"type": "auto"}},
        "tool_choice: may only be specified while providing tools",
    ),
    "chosen stranger": (
        {"tools": [TOOL], "tool_choice": {"type": "tool", "name": "g"}},
        "Tool 'g' not found in provided tools",
    ),
    "choice in words": (
        {"tools": [TOOL], "tool_choice": {"type": "required"}},
        "tool_choice: Input tag 'required' found using 'type' does not match any of the expected",
    ),
    "small budget": (
        {"thinking": {"type": "enabled", "budget_tokens": 1023}, "max_tokens": 2000},
        "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
    ),
    "half a budget": (
        {"thinking": {"type": "enabled", "budget_tokens": 1024.5}, "max_tokens": 2000},
        "thinking.enabled.budget_tokens: Input should be a valid integer",
    ),
    "budget and limit": (
        {"thinking": THINKING, "max_tokens": 1024},
        "`max_tokens` must be greater than `thinking.budget_tokens`.",
    ),
    "forced": (
        {"thinking": THINKING, "max_tokens": 2000, "tools": [TOOL], "tool_choice": {"type": "any"}},
        "Thinking may not be enabled when tool_choice forces tool use.",
    ),
    "cool thoughts": (
        {"thinking": THINKING, "max_tokens": 2000, "temperature": 0.5},
        "`temperature` may only be set to 1 when thinking is enabled.",
    ),
    "few thoughts": (
        {"thinking": THINKING, "max_tokens": 2000, "top_k": 3},
        "`top_k` must be unset when thinking is enabled.",
    ),
    "narrow thoughts": (
        {"thinking": THINKING, "max_tokens": 2000, "top_p": 0.5},
        "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.",
    ),
    "call without its thought": (
        {
            "thinking": THINKING,
            "max_tokens": 2000,
            "messages": [USER, said(text(), use()), told(answer())],
        },
        "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `text`."
        " When `thinking` is enabled, a final `assistant` message must start with a thinking block",
    ),
}


@pytest.mark.parametrize("case", FIELDS)
async def test_what_it_does_not_take(server, case):
    change, expected = FIELDS[case]
    assert (await refused(server, "anthropic", **change))["message"].startswith(expected)


async def test_what_it_takes(server):
    beta = {"anthropic-beta": "context-management-2025-06-27"}
    await answered(server, "anthropic", headers=beta, context_management={"edits": []})
    await answered(server, "anthropic", messages=[USER, USER, said(text()), told(text(), text())])
    await answered(server, "anthropic", messages=[USER, {"role": "assistant", "content": ""}])
    await answered(server, "anthropic", messages=[
        USER, said(use("a"), use("b")), told(answer("b")), told(answer("a"), text("And now?"))])  # fmt: skip
    earlier = [USER, said(text(), use()), told(answer()), said(text()), USER]
    await answered(server, "anthropic", thinking=THINKING, max_tokens=2000, messages=earlier)
    adaptive = [USER, said(use()), told(answer())]
    await answered(server, "anthropic", thinking={"type": "adaptive"}, messages=adaptive)
    image = {"type": "image", "source": {"type": "url", "url": "https://x.example/a.png"}}
    plain = await answered(server, "anthropic", messages=[told(text())])
    shown = await answered(server, "anthropic", messages=[told(text(), image)])
    assert shown["usage"]["input_tokens"] > plain["usage"]["input_tokens"]


@pytest.fixture
async def client(server):
    async with anthropic.AsyncAnthropic(
        api_key="any", base_url=server.url("anthropic"), max_retries=0
    ) as client:
        yield client


ASKED = {"max_tokens": 2000, "thinking": THINKING, "tools": [TOOL]}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("model", ["m-tools", "m-tools-redacted", "m-parallel"])
async def test_thinking_comes_back_through_the_official_client(client, model, stream):
    if stream:
        async with client.messages.stream(model=model, messages=[USER], **ASKED) as events:
            first = await events.get_final_message()
    else:
        first = await client.messages.create(model=model, messages=[USER], **ASKED)
    kind = "redacted_thinking" if "redacted" in model else "thinking"
    assert first.content[0].type == kind
    results = [answer(block.id) for block in first.content if block.type == "tool_use"]
    assert results
    messages = [USER, {"role": "assistant", "content": first.content}, told(*results)]
    second = await client.messages.create(model=model, messages=messages, **ASKED)
    assert second.stop_reason == "end_turn"
    assert second.content[-1].text
    # And on with the next question.
    messages += [{"role": "assistant", "content": second.content}, USER]
    await client.messages.create(model=model, messages=messages, **ASKED)


async def rounds(client):
    """Two rounds of thinking and calling, each as its blocks."""
    found = []
    for question in ("Oslo?", "Bergen?"):
        asked = [{"role": "user", "content": question}]
        message = await client.messages.create(model="m-tools", messages=asked, **ASKED)
        found.append([block.model_dump(exclude_none=True) for block in message.content])
    return found


def changed(blocks, **fields):
    return [{**blocks[0], **fields}, *blocks[1:]]


async def test_thinking_that_was_tampered_with_is_refused(client):
    first, other = await rounds(client)
    tampered = {
        "another's signature": changed(first, signature=other[0]["signature"]),
        "another's text": changed(first, thinking=other[0]["thinking"]),
        "a letter more": changed(first, thinking=first[0]["thinking"] + "."),
    }
    for blocks in tampered.values():
        messages = [USER, said(*blocks), told(answer(blocks[1]["id"]))]
        with pytest.raises(anthropic.BadRequestError, match="Invalid `signature` in `thinking`"):
            await client.messages.create(model="m", messages=messages, **ASKED)
    for blocks, match in (
        (first[1:], "Expected `thinking` or `redacted_thinking`, but found `tool_use`"),
        ([first[1], first[0]], "final block in an assistant message cannot be `thinking`"),
    ):
        messages = [USER, said(*blocks), told(answer(first[1]["id"]))]
        with pytest.raises(anthropic.BadRequestError, match=match):
            await client.messages.create(model="m", messages=messages, **ASKED)


async def test_interleaved_thinking_comes_before_each_call(client):
    message = await client.messages.create(
        model="m-parallel",
        messages=[USER],
        extra_headers={"anthropic-beta": "interleaved-thinking-2025-05-14"},
        max_tokens=500,
        thinking={"type": "enabled", "budget_tokens": 5000},
        tools=[TOOL],
    )
    kinds = [block.type for block in message.content]
    assert kinds == ["thinking", "tool_use", "thinking", "tool_use"]
    assert message.content[0].thinking != message.content[2].thinking
