"""This library sends what the providers take."""

import json

import pytest

from lionpride_trio import BadRequest, MediaPart, Native, TextPart, Verdict
from tests.providers.asking import CONVERSATION, OPTIONS, PIXEL, WEATHER


async def streamed(model, messages, **options):
    async with model.stream(messages, **options) as reply:
        async for _ in reply:
            pass
    return reply.response


async def test_a_conversation_with_tools_is_taken_by_all(ask):
    response = await streamed(ask(**OPTIONS), CONVERSATION)
    assert response == await ask(**OPTIONS).complete(CONVERSATION)
    assert response.verdict is Verdict.COMPLETE
    assert json.loads(response.text).keys() == {"line"}


async def test_a_round_of_calls_and_results_goes_on(ask):
    model = ask("m-parallel", tools=[WEATHER])
    messages = [{"role": "user", "content": "Oslo?"}]
    first = await streamed(model, messages)
    calls = [
        {
            "id": call.id or f"c{place}",
            "type": "function",
            "function": {"name": call.name, "arguments": call.arguments},
        }
        for place, call in enumerate(first.tool_calls)
    ]
    assert len(calls) == 2
    messages.append({"role": "assistant", "content": first.text or None, "tool_calls": calls})
    messages += [{"role": "tool", "tool_call_id": call["id"], "content": "sun"} for call in calls]
    second = await streamed(model, messages)
    assert second.text
    messages += [
        {"role": "assistant", "content": second.text},
        {"role": "user", "content": "And later?"},
    ]
    assert (await streamed(model, messages)).tool_calls


PNG = b"\x89PNG\r\n\x1a\n"
GIVEN = [
    TextPart("Here:"),
    MediaPart("image", "image/png", data=PNG, native=Native("another")),
    MediaPart("audio", "audio/pcm", data=b"ab", transcript="Ahoy.", native=Native("another")),
    MediaPart("file", "video/mp4", url="https://a.b/c.mp4", native=Native("another")),
]
OWN = {
    "gemini": [MediaPart("image", "image/png", data=PNG, native=Native("gemini"))],
    "openai": [MediaPart("audio", "audio/pcm", native=Native("chat", {"id": "audio_1"}))],
    "openrouter": [MediaPart("image", "image/png", data=PNG, native=Native("chat", {"index": 0}))],
}


async def test_media_in_an_answer_are_taken_or_left_out(ask):
    answer = {"role": "assistant", "content": [*GIVEN, *OWN.get(ask.provider, ())]}
    messages = [{"role": "user", "content": "Draw."}, answer, {"role": "user", "content": "And?"}]
    model = "gemini-3-pro-image" if ask.provider == "gemini" else "m"
    assert (await ask(model).complete(messages)).text


@pytest.mark.parametrize("ask", [("gemini", "generate")], indirect=True, ids="-".join)
async def test_an_image_model_of_gemini_3_wants_its_images_signed(ask):
    blob = {"inlineData": {"mimeType": "image/png", "data": "aGk="}}
    messages = [
        {"role": "user", "content": "Draw."},
        {"role": "assistant", "content": [{"text": "Here:"}, blob]},
        {"role": "user", "content": "And?"},
    ]
    with pytest.raises(BadRequest, match="content position 2, part position 2"):
        await ask("gemini-3-pro-image").complete(messages)
    for taken in (ask("gemini-3-pro"), ask("gemini-2.5-flash-image")):
        assert (await taken.complete(messages)).text


async def test_a_choice_of_tools_is_kept_to(ask):
    named = {"type": "function", "function": {"name": "weather"}}
    other = {"type": "function", "function": {"name": "clock", "parameters": {"type": "object"}}}
    tools = [other, WEATHER]
    if ask.provider == "ollama":
        return  # it has no such choice
    told = await ask("m-tools", tools=tools, tool_choice="none").complete("hi")
    assert (told.tool_calls, bool(told.text)) == ((), True)
    forced = await ask("m", tools=tools, tool_choice="required").complete("hi")
    assert [call.name for call in forced.tool_calls] == ["clock"]
    chosen = await ask("m", tools=tools, tool_choice=named).complete("hi")
    assert [call.name for call in chosen.tool_calls] == ["weather"]
    assert (await ask("m", tools=tools, tool_choice="auto").complete("hi")).text


async def test_calls_come_one_at_a_time_where_that_is_asked(ask):
    if ask.provider in {"gemini", "ollama"}:
        return  # they have no such choice
    model = ask("m-parallel", tools=[WEATHER], parallel_tool_calls=False)
    assert len((await model.complete("hi")).tool_calls) == 1


async def test_some_tools_are_allowed(ask):
    if ask.provider in {"anthropic", "ollama"}:
        return  # the library says to leave the others out
    allowed = {
        "mode": "required",
        "tools": [{"type": "function", "function": {"name": "weather"}}],
    }
    other = {"type": "function", "function": {"name": "a"}}
    model = ask(
        tools=[other, WEATHER], tool_choice={"type": "allowed_tools", "allowed_tools": allowed}
    )
    assert [call.name for call in (await model.complete("hi")).tool_calls] == ["weather"]


FORM = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "enum": ["Oslo", "Bergen"]},
        "days": {"type": "array", "items": {"$ref": "#/$defs/day"}, "minItems": 1},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
    "required": ["city", "days", "note"],
    "additionalProperties": False,
    "$defs": {
        "day": {
            "type": "object",
            "properties": {
                "date": {"type": "string", "format": "date"},
                "rain": {"type": "boolean"},
            },
            "required": ["date", "rain"],
            "additionalProperties": False,
        }
    },
}


async def test_an_answer_has_the_form_that_was_asked_for(ask):
    described = {"name": "weather", "strict": True, "schema": FORM}
    model = ask(response_format={"type": "json_schema", "json_schema": described})
    response = await streamed(model, "What will it be like?")
    assert response == await model.complete("What will it be like?")
    answer = json.loads(response.text)
    assert answer.keys() == {"city", "days", "note"}
    assert answer["city"] in {"Oslo", "Bergen"}
    assert isinstance(answer["note"], str | None)
    assert [day.keys() for day in answer["days"]] == [{"date", "rain"}]
    assert {type(day["rain"]) for day in answer["days"]} == {bool}


async def test_an_answer_is_an_object_of_some_kind(ask):
    if ask.provider == "anthropic":
        return  # it has no JSON without a schema
    model = ask(response_format={"type": "json_object"})
    assert isinstance(json.loads((await model.complete("Tell me in JSON.")).text), dict)


async def test_an_image_counts_as_input(ask):
    def question(*parts):
        return [{"role": "user", "content": [{"type": "text", "text": "What is it?"}, *parts]}]

    plain = await ask().complete(question())
    image = {"type": "image_url", "image_url": {"url": PIXEL}}
    shown = await ask().complete(question(image))
    assert shown.usage.input_tokens > plain.usage.input_tokens


@pytest.mark.parametrize("fault", ["m-redacted", "m-reasoning", "m-redacted-parallel"])
async def test_reasoning_is_read_whether_it_is_shown_or_not(ask, fault):
    response = await streamed(ask(fault), "hi")
    assert response == await ask(fault).complete("hi")
    assert bool(response.reasoning) == (ask.provider != "anthropic" or fault == "m-reasoning")
