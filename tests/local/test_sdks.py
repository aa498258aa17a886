"""The providers' official clients read what the server writes, and see what it says."""

import anthropic
import openai
import pytest
from google.genai import errors as genai_errors, types

from lionpride_trio import iModel
from tests.local.google import in_thread

# Both clients stop reading at the end mark or an error and leave their own generators, and their
# HTTP library's, to the garbage collector; closing the stream does not reach them.
pytestmark = pytest.mark.filterwarnings(
    r"ignore:Async generator '(openai|anthropic|httpx2?|httpcore2?)\.:ResourceWarning"
)

MESSAGES = [{"role": "user", "content": "hi"}]


@pytest.fixture
async def openai_client(server):
    async with openai.AsyncOpenAI(
        api_key="any", base_url=server.url("openai"), max_retries=0
    ) as client:
        yield client


@pytest.fixture
async def anthropic_client(server):
    async with anthropic.AsyncAnthropic(
        api_key="any", base_url=server.url("anthropic"), max_retries=0
    ) as client:
        yield client


async def ours(server, provider, model, endpoint=None):
    model = iModel(provider, model, endpoint, api_key="any", base_url=server.url(provider))
    return await model.complete("hi")


async def test_openai_streams_text(server, openai_client):
    expected = await ours(server, "openai", "m")
    stream = await openai_client.chat.completions.create(
        model="m", messages=MESSAGES, stream=True, stream_options={"include_usage": True}
    )
    async with stream:
        chunks = [chunk async for chunk in stream]
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text == expected.text
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage.completion_tokens == expected.usage.output_tokens
    assert {chunk.usage for chunk in chunks[:-1]} == {None}


async def test_openai_streams_tool_calls(server, openai_client):
    expected = await ours(server, "openai", "m-parallel")
    async with openai_client.chat.completions.stream(
        model="m-parallel", messages=MESSAGES
    ) as stream:
        async for _ in stream:
            pass
        completion = await stream.get_final_completion()
    assert [
        (call.id, call.function.name, call.function.arguments)
        for call in completion.choices[0].message.tool_calls
    ] == [(call.id, call.name, call.arguments) for call in expected.tool_calls]


async def test_openai_completes_and_refuses(openai_client):
    completion = await openai_client.chat.completions.create(model="m-refusal", messages=MESSAGES)
    assert completion.choices[0].message.refusal
    assert completion.choices[0].message.content is None


async def test_openai_responses(server, openai_client):
    expected = await ours(server, "openai", "m-reasoning", "responses")
    async with openai_client.responses.stream(model="m-reasoning", input="hi") as stream:
        events = [event async for event in stream]
        response = await stream.get_final_response()
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert response.output_text == expected.text
    assert response.output[0].summary[0].text == expected.reasoning
    assert response.usage.output_tokens == expected.usage.output_tokens
    whole = await openai_client.responses.create(model="m-reasoning", input="hi")
    assert whole.output_text == expected.text


async def test_openai_responses_call_tools(server, openai_client):
    expected = await ours(server, "openai", "m-tools", "responses")
    async with openai_client.responses.stream(model="m-tools", input="hi") as stream:
        async for _ in stream:
            pass
        response = await stream.get_final_response()
    [call] = response.output
    assert (call.call_id, call.name, call.arguments) == (
        expected.tool_calls[0].id,
        expected.tool_calls[0].name,
        expected.tool_calls[0].arguments,
    )


async def test_openai_errors(openai_client):
    with pytest.raises(openai.RateLimitError) as caught:
        await openai_client.chat.completions.create(model="m-error-429", messages=MESSAGES)
    assert caught.value.code == "rate_limit_exceeded"
    assert caught.value.request_id
    stream = await openai_client.chat.completions.create(
        model="m-midstream-error", messages=MESSAGES, stream=True
    )
    async with stream:
        with pytest.raises(openai.APIError, match="had an error"):
            async for _ in stream:
                pass


@pytest.mark.parametrize("model", ["m", "m-reasoning", "m-parallel"])
async def test_anthropic_streams(server, anthropic_client, model):
    expected = await ours(server, "anthropic", model)
    async with anthropic_client.messages.stream(
        model=model, max_tokens=1000, messages=MESSAGES
    ) as stream:
        async for _ in stream:
            pass
        message = await stream.get_final_message()
    whole = await anthropic_client.messages.create(model=model, max_tokens=1000, messages=MESSAGES)
    assert [block.model_dump(exclude_none=True) for block in whole.content] == [
        block.model_dump(exclude_none=True) for block in message.content
    ]
    blocks = {block.type: block for block in message.content}
    if expected.text:
        assert blocks["text"].text == expected.text
    if expected.reasoning:
        assert blocks["thinking"].thinking == expected.reasoning
        assert blocks["thinking"].signature == expected.reasoning_blocks[0].signature
    assert [
        (block.id, block.name, block.input) for block in message.content if block.type == "tool_use"
    ] == [(call.id, call.name, call.parsed()) for call in expected.tool_calls]
    assert message.stop_reason == expected.finish_reason
    assert message.usage.output_tokens == whole.usage.output_tokens == expected.usage.output_tokens


async def test_anthropic_errors(anthropic_client):
    with pytest.raises(anthropic.APIStatusError) as caught:
        await anthropic_client.messages.create(model="m-error-529", max_tokens=9, messages=MESSAGES)
    assert caught.value.status_code == 529
    assert caught.value.body["error"]["type"] == "overloaded_error"
    with pytest.raises(anthropic.APIStatusError, match="Overloaded"):
        async with anthropic_client.messages.stream(
            model="m-midstream-error", max_tokens=900, messages=MESSAGES
        ) as stream:
            async for _ in stream:
                pass


async def test_gemini_streams(server):
    expected = await ours(server, "gemini", "m-reasoning")
    chunks = await in_thread(
        server,
        lambda client: list(
            client.models.generate_content_stream(model="m-reasoning", contents="hi")
        ),
    )
    parts = [part for chunk in chunks for part in chunk.candidates[0].content.parts]
    assert "".join(part.text for part in parts if not part.thought) == expected.text
    assert "".join(part.text for part in parts if part.thought) == expected.reasoning
    assert chunks[-1].candidates[0].finish_reason is types.FinishReason.STOP
    counts = [chunk.usage_metadata.total_token_count for chunk in chunks]
    assert counts == sorted(counts)
    assert counts[-1] == expected.usage.total_tokens


async def test_gemini_completes_with_calls(server):
    expected = await ours(server, "gemini", "m-parallel")
    answer = await in_thread(
        server, lambda client: client.models.generate_content(model="m-parallel", contents="hi")
    )
    assert [(call.id, call.name, call.args) for call in answer.function_calls] == [
        (call.id, call.name, call.parsed()) for call in expected.tool_calls
    ]


async def test_gemini_errors(server):
    def work(client):
        with pytest.raises(genai_errors.ClientError) as caught:
            client.models.generate_content(model="m-error-429", contents="hi")
        assert (caught.value.code, caught.value.status) == (429, "RESOURCE_EXHAUSTED")
        with pytest.raises(genai_errors.APIError):
            list(client.models.generate_content_stream(model="m-midstream-error", contents="hi"))
        blocked = client.models.generate_content(model="m-blocked", contents="hi")
        assert blocked.prompt_feedback.block_reason is types.BlockedReason.SAFETY

    await in_thread(server, work)
