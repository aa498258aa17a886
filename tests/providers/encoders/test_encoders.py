"""Each encoder refuses some chunks, leaves out others, and has words of its own."""

from __future__ import annotations

import json

import pytest

from lionpride_trio import (
    FinishChunk,
    LocalProtocolError,
    MediaPart,
    OtherChunk,
    PartChunk,
    RateLimited,
    ReasoningChunk,
    TextChunk,
    TextPart,
    ToolCallChunk,
    Usage,
    UsageChunk,
    Verdict,
    reassemble,
)
from lionpride_trio.providers import StreamDecoder, get
from lionpride_trio.providers.encoders import (
    ChatEncoder,
    ChatStyle,
    GeminiEncoder,
    Head,
    MessagesEncoder,
    OllamaEncoder,
    ResponsesEncoder,
    anthropic_error,
    chat_error,
    gemini_error,
    ollama_error,
)
from lionpride_trio.testing.strategies.wires import WIRES, wire_of

HEAD = Head(id="1", model="m", clock=lambda: 1)
PLAIN = ChatStyle(extras=False, role_first=False)
BLOCKS = [ResponsesEncoder, MessagesEncoder]
WHOLE_CALLS = [GeminiEncoder, OllamaEncoder]


def test_a_chat_completion_looks_like_one():
    encoder = ChatEncoder(HEAD, PLAIN)
    body = encoder.begin() + encoder.feed(TextChunk("Hé"))
    body += encoder.feed(FinishChunk(verdict=Verdict.LENGTH, reason="max_tokens"))
    head = (
        '{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,'
    )
    assert (body + encoder.end()).decode() == (
        f'data: {head}"delta":{{"content":"Hé"}},"finish_reason":null}}]}}\n\n'
        f'data: {head}"delta":{{}},"finish_reason":"length"}}]}}\n\n'
        "data: [DONE]\n\n"
    )


@pytest.mark.parametrize("encoder", BLOCKS)
def test_the_pieces_of_two_calls_may_not_be_mixed_where_calls_are_blocks(encoder):
    machine = encoder(HEAD)
    machine.begin()
    for slot in (0, 1):
        machine.feed(ToolCallChunk(slot=slot, id=f"c{slot}", name="f", arguments="{"))
    with pytest.raises(LocalProtocolError, match="slot 0"):
        machine.feed(ToolCallChunk(slot=0, arguments="}"))


def test_chat_completions_may_mix_them():
    encoder = ChatEncoder(HEAD)
    body = encoder.begin()
    for piece in ('{"a":', "1}"):
        for slot in (0, 1):
            name = "f" if piece[0] == "{" else None
            body += encoder.feed(ToolCallChunk(slot=slot, id="c", name=name, arguments=piece))
    body += encoder.end()
    calls = reassemble(StreamDecoder(get("openai")).feed(body)).tool_calls
    assert [call.arguments for call in calls] == ['{"a":1}', '{"a":1}']


@pytest.mark.parametrize("name", [("anthropic", "messages"), ("ollama", "chat")])
def test_alternatives_are_refused_where_a_stream_has_one_answer(name):
    encoder = wire_of(*name).fresh()
    encoder.begin()
    with pytest.raises(LocalProtocolError, match="index=1"):
        encoder.feed(TextChunk("a", index=1))


@pytest.mark.parametrize("encoder", WHOLE_CALLS)
def test_half_a_call_is_left_out_where_calls_are_whole(encoder):
    machine = encoder(HEAD)
    machine.begin()
    cut = [ToolCallChunk(name="f", arguments='{"a":'), FinishChunk(verdict=Verdict.LENGTH)]
    body = b"".join(map(machine.feed, cut)) + machine.end()
    assert b"functionCall" not in body
    assert b"tool_calls" not in body
    assert "length" in body.decode().lower().replace("max_tokens", "length")


@pytest.mark.parametrize("name", WIRES, ids="-".join)
def test_what_is_unknown_ends_no_call(name):
    """Decoders give keep-alives and news between the pieces of a call."""
    encoder = wire_of(*name).fresh()
    call = [
        ToolCallChunk(id="c", name="f"),
        OtherChunk(kind="a_new_event"),
        ToolCallChunk(arguments='{"a": '),
        OtherChunk(kind="a_new_event"),
        ToolCallChunk(arguments="1}"),
        FinishChunk(verdict=Verdict.TOOL_USE),
    ]
    body = encoder.begin() + b"".join(map(encoder.feed, call)) + encoder.end()
    decoder = StreamDecoder(get(*name))
    (made,) = reassemble(decoder.feed(body) + decoder.flush()).tool_calls
    assert (made.name, made.parsed()) == ("f", {"a": 1})


def test_the_last_event_of_responses_has_the_items_in_their_order():
    """Readers that keep up do not look at it again; official clients do."""
    encoder = ResponsesEncoder(HEAD)
    encoder.begin()
    for chunk in (ReasoningChunk(text="hm"), TextChunk("a"), ToolCallChunk(id="c", name="f")):
        encoder.feed(chunk)
    encoder.end()
    assert [item["type"] for item in encoder.output] == ["reasoning", "message", "function_call"]


@pytest.mark.parametrize("name", WIRES, ids="-".join)
def test_what_has_no_place_is_left_out(name):
    encoder = wire_of(*name).fresh()
    before = encoder.begin()
    assert encoder.feed(OtherChunk(kind="audio", value={"a": 1})) == b""
    assert get(*name).framing == "ndjson" or b"audio" not in before + encoder.end()


@pytest.mark.parametrize("name", WIRES, ids="-".join)
def test_media_without_a_place_are_left_out(name):
    encoder = wire_of(*name).fresh()
    before = encoder.begin()
    parts = [
        MediaPart("image", "image/png", data=b"\x89PNG\r\n\x1a\n"),
        MediaPart("audio", "audio/pcm", data=b"ab"),
        MediaPart("file", "video/mp4", url="https://a.b/c"),
    ]
    body = before + b"".join(encoder.feed(PartChunk(part=part)) for part in parts) + encoder.end()
    decoder = StreamDecoder(get(*name))
    made = reassemble(decoder.feed(body) + decoder.flush()).parts
    assert made == tuple(part for part in parts if part.kind in encoder.abilities.media)
    whole = wire_of(*name).fresh().whole([PartChunk(part=part) for part in parts])
    assert reassemble(get(*name).parse_body(whole)[0]).parts == made


def test_a_citation_stays_with_the_text_that_begins_with_it():
    cited = OtherChunk(kind="citation", value={"type": "page_location"})
    chunks = [TextChunk("a"), PartChunk(part=TextPart("")), cited, TextChunk("b")]
    chunks.append(FinishChunk(verdict=Verdict.COMPLETE))
    encoder = MessagesEncoder(HEAD)
    body = encoder.begin() + b"".join(map(encoder.feed, chunks)) + encoder.end()
    decoder = StreamDecoder(get("anthropic"))
    for made in (
        reassemble(decoder.feed(body)),
        reassemble(get("anthropic").parse_body(MessagesEncoder(HEAD).whole(chunks))[0]),
    ):
        assert [(part.text, part.citations) for part in made.parts] == [
            ("a", ()),
            ("b", (cited.value,)),
        ]


def test_the_end_is_said_in_words_of_the_wire():
    abilities = MessagesEncoder.abilities
    said = {
        (Verdict.COMPLETE, "stop"): "end_turn",
        (Verdict.COMPLETE, "stop_sequence"): "stop_sequence",
        (Verdict.LENGTH, None): "max_tokens",
        (Verdict.BLOCKED, "content_filter"): "refusal",
        (Verdict.STOPPED, None): "end_turn",
        (Verdict.UNKNOWN, "brand_new"): "brand_new",
        (Verdict.UNKNOWN, None): "end_turn",
    }
    for (verdict, reason), word in said.items():
        assert abilities.word_for(FinishChunk(verdict=verdict, reason=reason)) == word


def test_gemini_signs_the_call_that_a_signature_follows():
    encoder = GeminiEncoder(HEAD)
    chunks = [
        ToolCallChunk(id="c", name="f", arguments="{}"),
        ReasoningChunk(signature="c2ln", block=1),
        FinishChunk(verdict=Verdict.TOOL_USE),
    ]
    (part, _) = [
        json.loads(event.removeprefix("data: "))["candidates"][0]["content"]["parts"][0]
        for event in (b"".join(map(encoder.feed, chunks)) + encoder.end())
        .decode()
        .split("\r\n\r\n")[:-1]
    ]
    call = {"id": "c", "name": "f", "args": {}}
    assert part == {"functionCall": call, "thoughtSignature": "c2ln"}


def test_usage_that_comes_after_the_finish_is_told_with_it():
    """Decoders give it so, where an event holds both."""
    encoder = GeminiEncoder(HEAD)
    assert encoder.feed(FinishChunk(verdict=Verdict.COMPLETE)) == b""
    encoder.feed(UsageChunk(usage=Usage(1, 2, 3)))
    assert b'"totalTokenCount":3' in encoder.end()


@pytest.mark.parametrize(
    ("provider", "document"),
    [
        ("openai", chat_error(429, "slowly")),
        ("groq", chat_error(429, "slowly", "groq")),
        ("openrouter", chat_error(429, "slowly", "openrouter")),
        ("anthropic", anthropic_error(429, "slowly", "req_1")),
        ("gemini", gemini_error(429, "slowly")),
        ("ollama", ollama_error("slowly")),
    ],
)
def test_error_documents_are_read_by_their_providers(provider, document):
    error = get(provider).parse_error(429, {}, document)
    assert isinstance(error, RateLimited)
    assert "slowly" in str(error)
