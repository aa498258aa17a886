"""The server's wires and the library's, written apart, agree; whole answers and streams too."""

import pytest

from lionpride_trio import ConfigurationError, Verdict, iModel

WEATHER = {
    "type": "function",
    "function": {
        "name": "forecast",
        "description": "The weather to come",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "enum": ["Zürich", "Łódź"]},
                "days": {"type": "integer", "minimum": 2, "maximum": 2},
                "note": {"type": ["string", "null"]},
            },
            "required": ["city", "days"],
        },
    },
}


def model_of(server, provider, endpoint=None, model="m", **options):
    url = server.url(provider)
    return iModel(provider, model, endpoint, api_key="any", base_url=url, **options)


async def streamed(model, messages="What is a whale?", **options):
    async with model.stream(messages, **options) as reply:
        async for _ in reply:
            pass
    return reply.response


@pytest.mark.parametrize(
    "directives",
    [
        "",
        "reasoning",
        "thinktags",
        "tools",
        "parallel-reasoning",
        "filtered",
        "refusal",
        "pieces-1",
    ],
)
async def test_a_stream_and_a_whole_answer_are_equal(ask, directives):
    model = ask(f"trigram-1-{directives}")
    response = await streamed(model)
    assert response == await model.complete("What is a whale?")
    assert response.text or response.tool_calls or response.refusal
    assert bool(response.reasoning) == ("reasoning" in directives)
    assert response.usage.input_tokens > 0
    assert response.usage.output_tokens > 0
    assert response.verdict is not Verdict.UNKNOWN


async def test_the_answer_depends_on_model_prompt_and_seed_alone(ask):
    first = await streamed(ask())
    assert first.text == (await streamed(ask())).text
    assert first.text in (await streamed(ask("trigram-1-thinktags"))).text
    assert first.text != (await streamed(ask("trigram-2"))).text
    assert first.text != (await streamed(ask(), "What is a sail?")).text


async def test_a_limit_cuts_the_answer_and_says_so(ask):
    model = ask(max_tokens=16)  # OpenAI's Responses take no fewer
    response = await streamed(model)
    assert response == await model.complete("What is a whale?")
    assert response.verdict is Verdict.LENGTH
    assert response.usage.output_tokens == 16
    assert (await streamed(ask())).text.startswith(response.text)


async def test_a_stop_string_ends_the_answer_before_it(ask):
    if ask.endpoint == "responses":
        with pytest.raises(ConfigurationError, match="no stop sequences"):
            ask(stop=["a"])
        return
    whole = (await streamed(ask())).text
    stop = whole[20:24]
    model = ask(stop=[stop, "never said"])
    response = await streamed(model)
    assert response == await model.complete("What is a whale?")
    assert response.text == whole[: whole.index(stop)]
    assert response.verdict is Verdict.COMPLETE
    if ask.provider == "anthropic":
        assert response.finish_reason == "stop_sequence"
        assert response.metadata["stop_sequence"] == stop


async def test_an_offered_tool_is_called_by_its_schema_and_its_result_answered(ask):
    model = ask("trigram-1-tools", tools=[WEATHER])
    response = await streamed(model)
    assert response == await model.complete("What is a whale?")
    [call] = response.tool_calls
    assert call.name == "forecast"
    arguments = call.parsed()
    assert arguments["city"] in {"Zürich", "Łódź"}
    assert arguments["days"] == 2
    assert response.verdict is Verdict.TOOL_USE

    asked = {"role": "assistant", "content": "", "tool_calls": [
        {"id": call.id or "1", "type": "function",
         "function": {"name": call.name, "arguments": call.arguments}},
    ]}  # fmt: skip
    result = {"role": "tool", "tool_call_id": call.id or "1", "content": "rain"}
    after = await streamed(model, [{"role": "user", "content": "Weather?"}, asked, result])
    assert after.text
    assert after.verdict is Verdict.COMPLETE


async def test_two_calls_are_told_apart(ask):
    response = await streamed(ask("trigram-1-parallel"))
    first, second = response.tool_calls
    assert first.arguments != second.arguments
    if ask.provider != "ollama":
        assert first.id != second.id


@pytest.mark.parametrize(
    ("provider", "endpoint", "verdict"),
    [
        ("openai", "chat", Verdict.REFUSED),
        ("openai", "responses", Verdict.REFUSED),
        ("anthropic", "messages", Verdict.REFUSED),
        # These have no word for it: the model just says so.
        ("gemini", "generate", Verdict.COMPLETE),
        ("groq", "chat", Verdict.COMPLETE),
        ("openrouter", "chat", Verdict.COMPLETE),
        ("ollama", "chat", Verdict.COMPLETE),
    ],
)
async def test_a_refusal_has_each_providers_verdict(server, provider, endpoint, verdict):
    response = await streamed(model_of(server, provider, endpoint, "m-refusal"))
    assert response.verdict is verdict
    assert "sorry" in response.text + response.refusal


@pytest.mark.parametrize(
    ("provider", "option"),
    [
        ("openai_compatible", {"reasoning_effort": "low"}),
        ("openrouter", {"reasoning": {"effort": "low"}}),
        ("groq", {"reasoning_format": "parsed"}),
        ("anthropic", {"thinking": {"type": "enabled", "budget_tokens": 1024}}),
        ("gemini", {"thinking_config": {"includeThoughts": True}}),
        ("ollama", {"think": True}),
    ],
)
async def test_the_providers_own_switch_shows_reasoning(server, provider, option):
    assert (await streamed(model_of(server, provider, **option))).reasoning
    assert not (await streamed(model_of(server, provider))).reasoning
