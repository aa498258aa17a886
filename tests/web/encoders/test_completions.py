"""``openai`` is what OpenAI's SDK reads, and our own client too."""

from __future__ import annotations

import attrs
import httpx  # ruff: ignore[unused-import]  # the SDK looks into it, and fails while it is half imported
import openai
import pytest
import trio

from lionpride_trio import (
    ConfigurationError,
    FinishChunk,
    OtherChunk,
    ReasoningChunk,
    ServerError,
    TextChunk,
    ToolCallChunk,
    ToolResultChunk,
    Usage,
    UsageChunk,
    Verdict,
    iModel,
)
from lionpride_trio.testing import FaultyServer
from lionpride_trio.web.encoders import OpenAIEncoder
from tests.web.node_clients import page
from tests.web.streams import URL_CITATION, answer, conversation

HI = [{"role": "user", "content": "hi"}]


async def read(items, **how):
    """The completion that the SDK makes of the stream."""
    async with FaultyServer(page(OpenAIEncoder(model="pipeline"), items, **how)) as server:

        def ask():
            with (
                openai.OpenAI(
                    api_key="any", base_url=server.url("openai"), max_retries=0
                ) as client,
                client.chat.completions.stream(model="m", messages=HI) as stream,
            ):
                return stream.get_final_completion()

        return await trio.to_thread.run_sync(ask)


async def test_a_pipeline_of_texts_is_a_completion():
    completion = await read(["One. ", "Two."])
    (choice,) = completion.choices
    assert (completion.model, choice.message.content) == ("pipeline", "One. Two.")
    assert choice.finish_reason == "stop"


async def test_a_conversation_is_its_text_and_none_of_the_calls_that_were_answered_here():
    completion = await read(conversation())
    (choice,) = completion.choices
    assert choice.message.content == "Let me see.3 °C, no tides."
    assert choice.message.tool_calls is None
    assert choice.finish_reason == "stop"
    assert choice.message.reasoning_content == "Which city?"
    usage = completion.usage
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (50, 28, 78)


async def test_calls_that_wait_for_the_client_come_at_the_end():
    items = [
        TextChunk("Well:"),
        ToolCallChunk(slot=0, id="call_1", name="mine", arguments="{}", last=True),
        ToolCallChunk(slot=1, id="call_2", name="ask", arguments='{"a":', last=False),
        ToolResultChunk(call_id="call_1", name="mine", output="done"),
        ToolCallChunk(slot=1, arguments=" 1}"),
        FinishChunk(verdict=Verdict.TOOL_USE),
    ]
    (choice,) = (await read(items)).choices
    (call,) = choice.message.tool_calls
    assert (call.id, call.function.name, call.function.arguments) == ("call_2", "ask", '{"a": 1}')
    assert choice.finish_reason == "tool_calls"


async def test_the_calls_of_an_earlier_turn_are_none_of_the_client_s():
    items = [
        ToolCallChunk(slot=0, id="call_1", name="mine", arguments='{"a": 1}', last=True),
        FinishChunk(verdict=Verdict.TOOL_USE),
        ToolResultChunk(call_id="call_1", name="mine", output="done"),
        ToolCallChunk(slot=0, id="call_2", name="ask", arguments="{}", last=True, turn=1),
        FinishChunk(verdict=Verdict.TOOL_USE, turn=1),
    ]
    (choice,) = (await read(items)).choices
    (call,) = choice.message.tool_calls
    assert (call.id, call.function.name, call.function.arguments) == ("call_2", "ask", "{}")


async def test_an_end_that_waits_for_no_call_is_a_plain_one():
    (choice,) = (await read(["a", FinishChunk(verdict=Verdict.TOOL_USE)])).choices
    assert choice.finish_reason == "stop"


async def test_a_call_without_an_id_gets_one():
    items = [
        ToolCallChunk(slot=0, name="ask", arguments="{}"),
        FinishChunk(verdict=Verdict.TOOL_USE),
    ]
    (choice,) = (await read(items)).choices
    assert choice.message.tool_calls[0].id == "call_0"


@pytest.mark.parametrize(
    ("verdict", "word"),
    [
        (Verdict.LENGTH, "length"),
        (Verdict.BLOCKED, "content_filter"),
        (Verdict.STOPPED, "stop"),
        (Verdict.PAUSED, "stop"),
        (Verdict.UNKNOWN, "stop"),
    ],
)
async def test_each_end_has_a_word_of_the_protocol(verdict, word):
    encoder = OpenAIEncoder()
    body = encoder.feed("a") + encoder.feed(FinishChunk(verdict=verdict, reason="of another"))
    assert f'"finish_reason":"{word}"'.encode() in body + encoder.flush()


async def test_alternatives_are_choices():
    items = [
        TextChunk("a"),
        TextChunk("b", index=1),
        FinishChunk(verdict=Verdict.COMPLETE, index=1),
        FinishChunk(verdict=Verdict.COMPLETE),
    ]
    completion = await read(items)
    assert [choice.message.content for choice in completion.choices] == ["a", "b"]
    assert [choice.finish_reason for choice in completion.choices] == ["stop", "stop"]


async def test_citations_and_refusals_have_their_places():
    items = [
        OtherChunk(kind="refusal", value="I will not."),
        OtherChunk(kind="citation", value=URL_CITATION),
        OtherChunk(kind="citation", value={"file_id": "f"}),
        OtherChunk(kind="odd", value=1),
    ]
    (choice,) = (await read(items)).choices
    assert choice.message.refusal == "I will not."
    (citation,) = choice.message.annotations
    assert citation.url_citation.url == "https://trio.example/"


async def test_a_failure_is_raised_by_the_client():
    with pytest.raises(openai.APIError, match=r"ServerError: The model's service failed\."):
        await read(["One. "], error=ServerError("at 10.0.0.3"))


async def test_our_own_client_reads_it_as_the_reply_that_it_was():
    items = [ReasoningChunk(text="?"), *answer("Hel", "lo")]
    async with FaultyServer(page(OpenAIEncoder(), items)) as server:
        model = iModel("openai", "m", api_key="any", base_url=server.url("openai"))
        response = await model.complete("hi")
    assert (response.text, response.reasoning) == ("Hello", "?")
    assert response.verdict is Verdict.COMPLETE
    assert response.usage == Usage(7, 5, 12)


def test_what_is_neither_text_nor_a_chunk_is_a_line_of_json():
    encoder = OpenAIEncoder()
    assert rb'"content":"{\"a\":1}\n"' in encoder.feed({"a": 1})


def test_chunks_that_say_nothing_give_nothing():
    encoder = OpenAIEncoder()
    assert encoder.feed("a")
    assert encoder.feed("") == encoder.feed(TextChunk("")) == b""
    assert encoder.feed(UsageChunk(usage=Usage(1, 1))) == b""


def test_another_kind_of_chunk_with_text_is_text():
    @attrs.frozen
    class Strange(FinishChunk.__mro__[1]):
        pass

    assert b'"content":"a"' in OpenAIEncoder().feed(Strange("a"))


def test_a_time_is_a_number():
    with pytest.raises(ConfigurationError, match="created= must be a whole number"):
        OpenAIEncoder(created="now")


@pytest.mark.parametrize("name", ["id", "model"])
def test_names_are_text(name):
    with pytest.raises(ConfigurationError, match=f"{name}= is a str, not 7"):
        OpenAIEncoder(**{name: 7})
