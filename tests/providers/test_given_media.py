"""Media that a model gives: parts of its answer, which go back to it as they came, and what others are told."""

import base64
import json
import pickle

import attrs
import pytest

from lionpride_trio import (
    Audio,
    ConfigurationError,
    Image,
    MediaPart,
    PartChunk,
    RawPart,
    TextPart,
    ThoughtPart,
    Verdict,
    chunks_of,
    from_json,
    iModel,
    reassemble,
)
from lionpride_trio.providers import ModelCall, StreamDecoder, get
from tests.providers.reading import read, read_whole


def written(provider, endpoint, *messages, **options):
    """The body of the request that has *messages* after a question."""
    asked = {"role": "user", "content": "q"}
    call = ModelCall("m", [asked, *(message.chat_msg() for message in messages)], options)
    return json.loads(json.dumps(get(provider, endpoint).request(call).body))


PNG = b"\x89PNG\r\n\x1a\nwhale"
DATA = base64.b64encode(PNG).decode()
URL = f"data:image/png;base64,{DATA}"


def candidate(*parts, reason="STOP"):
    return {"candidates": [{"content": {"parts": list(parts)}, "finishReason": reason}]}


def delta(reason=None, **fields):
    return {"choices": [{"index": 0, "delta": fields, "finish_reason": reason}]}


def message(**fields):
    return {"choices": [{"index": 0, "message": fields, "finish_reason": "stop"}]}


def response_of(*output):
    return {"id": "r", "object": "response", "status": "completed", "output": list(output)}


DRAWN = {"inlineData": {"mimeType": "image/png", "data": DATA}}
SIGNED = {**DRAWN, "thoughtSignature": "c2ln"}
CALL = {
    "type": "image_generation_call",
    "id": "ig_1",
    "status": "completed",
    "result": DATA,
    "output_format": "png",
    "revised_prompt": "a whale",
}
LISTED = {"type": "image_url", "image_url": {"url": URL}, "index": 0}
SAID = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed"}
SAID["content"] = [{"type": "output_text", "text": "Here:", "annotations": []}]
SPOKEN = [
    delta(role="assistant", audio={"id": "audio_1", "transcript": ""}),
    delta(audio={"data": "AAEC"}),
    delta(audio={"transcript": "Thar she "}),
    delta(audio={"data": "AwQF", "transcript": "blows"}),
    delta(audio={"expires_at": 1_800_000_000}),
    delta("stop"),
    "[DONE]",
]
SPEAKS = MediaPart("audio", "audio/pcm", data=bytes(range(6)), transcript="Thar she blows")


def gemini(*parts):
    streamed, failure = read("gemini", *(candidate(p, reason=None) for p in parts), candidate())
    assert failure is None
    return streamed


def drawn_by_gemini():
    return gemini({"text": "Here:"}, SIGNED)


def drawn_by_responses():
    return read_whole("openai", response_of(CALL, SAID), "responses")[0]


def drawn_by_openrouter():
    return read("openrouter", delta(content="Here:"), delta("stop", images=[LISTED]), "[DONE]")[0]


def spoken():
    return read("openai", *SPOKEN, endpoint="chat")[0]


ANSWERS = [drawn_by_gemini, drawn_by_responses, drawn_by_openrouter, spoken]


@pytest.mark.parametrize(
    ("part", "wanted"),
    [
        (DRAWN, MediaPart("image", "image/png", data=PNG)),
        (SIGNED, MediaPart("image", "image/png", data=PNG, signature="c2ln")),
        (
            {"inlineData": {"mimeType": "audio/L16;rate=24000", "data": "AAEC"}},
            MediaPart("audio", "audio/L16;rate=24000", data=b"\0\1\2"),
        ),
        (
            {"fileData": {"mimeType": "video/mp4", "fileUri": "https://a.b/c"}},
            MediaPart("file", "video/mp4", url="https://a.b/c"),
        ),
        ({"inlineData": {"data": DATA}}, MediaPart("image", "image/png", data=PNG)),
        (
            {"inlineData": {"mimeType": "image/png", "data": DATA, "displayName": "w.png"}},
            MediaPart("image", "image/png", data=PNG, name="w.png"),
        ),
        (
            {"inlineData": {"mimeType": "image/x", "data": "-_8"}, "mediaResolution": {"level": 1}},
            MediaPart("image", "image/x", data=b"\xfb\xff"),
        ),
    ],
)
def test_a_part_of_gemini(part, wanted):
    response = gemini({"text": "a"}, part, {"text": "b"})
    assert response.parts == (TextPart("a"), wanted, TextPart("b"))
    sent = written("gemini", None, response.message)["contents"][1]
    assert sent == {"role": "model", "parts": [{"text": "a"}, part, {"text": "b"}]}


@pytest.mark.parametrize(
    "part",
    [
        {**DRAWN, "thought": True},  # drawn while it thinks: no part of the answer
        {"inlineData": {"mimeType": "image/png", "data": "?"}},
        {"inlineData": {"mimeType": "image/png", "data": ""}},
        {"fileData": {"mimeType": "image/png"}},
    ],
)
def test_what_is_no_medium_of_gemini_goes_back_too(part):
    response = gemini(part)
    assert response.parts == (RawPart("gemini", part),)
    assert written("gemini", None, response.message)["contents"][1]["parts"] == [part]


def test_a_medium_stands_between_two_thoughts():
    response = gemini({"text": "a", "thought": True}, DRAWN, {"text": "b", "thought": True})
    assert [type(part) for part in response.parts] == [ThoughtPart, MediaPart, ThoughtPart]


def test_an_image_of_responses():
    added = {"type": "response.output_item.added", "output_index": 0}
    added["item"] = {"type": "image_generation_call", "id": "ig_1", "status": "in_progress"}
    partial = {"type": "response.image_generation_call.partial_image", "partial_image_b64": "AA=="}
    done = {"type": "response.output_item.done", "output_index": 0, "item": CALL}
    end = {"type": "response.completed", "response": response_of(CALL, SAID)}
    streamed, failure = read("openai", added, partial, done, end, endpoint="responses")
    assert failure is None
    for response in (streamed, drawn_by_responses()):
        assert response.parts == (MediaPart("image", "image/png", data=PNG), TextPart("Here:"))
        items = written("openai", "responses", response.message)["input"][1:]
        assert items == [CALL, SAID]


def test_an_image_of_responses_that_was_not_drawn_stays_as_it_is():
    failed = {**CALL, "status": "failed", "result": None}
    response, _ = read_whole("openai", response_of(failed), "responses")
    assert response.parts == (RawPart("openai", failed),)


@pytest.mark.parametrize(
    ("entry", "wanted"),
    [
        (LISTED, MediaPart("image", "image/png", data=PNG)),
        (
            {"type": "image_url", "image_url": {"url": "https://a.b/c.png", "detail": "high"}},
            MediaPart("image", url="https://a.b/c.png"),
        ),
        ({"image_url": {"url": "data:,x"}}, MediaPart("image", "image/png", data=b"x")),
        (
            {"image_url": {"url": "data:image/webp;base64,?"}},
            MediaPart("image", url="data:image/webp;base64,?"),
        ),
    ],
)
@pytest.mark.parametrize("provider", ["openrouter", "openai_compatible"])
def test_images_of_chat_completions(provider, entry, wanted):
    whole, failure = read_whole(provider, message(content="Here:", images=[entry, entry]))
    assert failure is None
    in_deltas = [delta(content="Here:"), delta(content="", images=[entry])]
    events = [*in_deltas, delta(images=[entry]), delta("stop"), "[DONE]"]
    told_again = [*events[:-2], message(content="Here:", images=[entry, entry]), "[DONE]"]
    for response in (whole, read(provider, *events)[0], read(provider, *told_again)[0]):
        assert response.parts == (TextPart("Here:"), wanted, wanted)
        sent = written(provider, None, response.message)["messages"][1]
        assert sent == {"role": "assistant", "content": "Here:", "images": [entry, entry]}


def test_media_of_another_form_are_news():
    decoder = StreamDecoder(get("openai", "chat"))
    for told in ({"images": [{"b64": "x"}]}, {"audio": {"data": "?!?!"}}, {"audio": "beep"}):
        (chunk,) = decoder.feed(f"data: {json.dumps(delta(**told))}\n\n".encode())
        assert {chunk.kind: chunk.value if "audio" in told else [chunk.value]} == told


def test_a_sound_is_added_up():
    response, failure = read("openai", *SPOKEN, endpoint="chat")
    assert failure is None
    assert (response.parts, response.verdict, response.text) == ((SPEAKS,), Verdict.COMPLETE, "")
    told = {"id": "audio_1", "expires_at": 1_800_000_000}
    assert response.parts[0].native.facts == told
    whole, _ = read_whole(
        "openai",
        message(content=None, audio={**told, "data": "AAECAwQF", "transcript": "Thar she blows"}),
        "chat",
    )
    assert whole.parts == response.parts
    for each in (response, whole):
        (said,) = written("openai", "chat", each.message)["messages"][1:]
        assert said == {"role": "assistant", "content": None, "audio": {"id": "audio_1"}}


def test_a_sound_that_ends_early_is_what_has_come():
    response, failure = read("openai", *SPOKEN[:3], endpoint="chat")
    assert failure is not None
    (part,) = response.parts
    assert (part.data, part.transcript) == (b"\0\1\2", "Thar she ")


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7])
def test_base64_that_is_cut_anywhere(size):
    text = base64.b64encode(b"ID3" + bytes(20)).decode()
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    events = [delta(audio={"id": "a", "data": piece}) for piece in pieces]
    response, _ = read("openai", *events, delta("stop"), endpoint="chat")
    assert response.parts == (MediaPart("audio", "audio/mpeg", data=b"ID3" + bytes(20)),)


def test_a_sound_in_pieces_is_one_part_between_texts():
    first, second = (PartChunk(part=MediaPart("audio", data=data), slot=0) for data in (b"a", b"b"))
    other = PartChunk(part=MediaPart("audio", data=b"c"), slot=1)
    parts = reassemble([first, other, second]).parts
    assert [part.data for part in parts] == [b"ab", b"c"]


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.__name__)
def test_an_answer_with_media_is_kept_whole(answer):
    response = answer()
    media = [part for part in response.parts if isinstance(part, MediaPart)]
    assert media
    for again in (
        reassemble(chunks_of(response)),
        from_json(response.to_json()),
        pickle.loads(pickle.dumps(response)),
    ):
        assert again == response
        assert again.parts == response.parts
        assert [p.native for p in again.parts] == [p.native for p in response.parts]
    rest = tuple(part for part in response.parts if not isinstance(part, MediaPart))
    assert attrs.evolve(response, parts=rest) != response


TEXT = "Here:"
PICTURE = {"type": "image_url", "image_url": {"url": URL}}
BLOB = {"inlineData": {"mimeType": "image/png", "data": DATA}}


@pytest.mark.parametrize("answer", [drawn_by_gemini, drawn_by_openrouter, drawn_by_responses])
def test_an_image_moves_where_an_answer_may_have_one(answer):
    said = answer().message
    own = said.parts[-1].native or said.parts[0].native
    sent = written("ollama", None, said)["messages"][1]
    assert sent == {"role": "assistant", "content": TEXT, "images": [DATA]}
    if own.provider != "chat":
        sent = written("openrouter", None, said)["messages"][1]
        assert sent == {"role": "assistant", "content": TEXT, "images": [PICTURE]}
    if own.provider != "gemini":
        parts = written("gemini", None, said)["contents"][1]["parts"]
        assert BLOB in parts
    for provider in ("openai", "groq", "deepseek"):
        (sent,) = written(provider, "chat", said)["messages"][1:]
        assert sent == {"role": "assistant", "content": TEXT}
    (sent,) = written("anthropic", None, said)["messages"][1:]
    assert sent["content"] == [{"type": "text", "text": TEXT}]
    if own.provider != "openai":
        (sent,) = written("openai", "responses", said)["input"][1:]
        assert sent == {"role": "assistant", "content": TEXT}


def test_gemini_3_is_given_an_image_of_another_model_with_a_word_for_its_signature():
    call = {"role": "assistant", "content": list(drawn_by_openrouter().parts)}
    body = iModel("gemini", "gemini-3-pro-image", api_key="k")
    sent = body.provider.request(_call("gemini-3-pro-image", call)).body["contents"][0]["parts"]
    assert sent == [
        {"text": TEXT},
        {**BLOB, "thoughtSignature": "skip_thought_signature_validator"},
    ]


def _call(model, *messages):
    return ModelCall(model, list(messages), {})


@pytest.mark.parametrize(
    ("provider", "endpoint", "where"),
    [
        ("anthropic", None, "messages"),
        ("gemini", None, "contents"),
        ("groq", None, "messages"),
        ("ollama", None, "messages"),
        ("openai", "responses", "input"),
        ("openrouter", None, "messages"),
    ],
)
def test_of_a_sound_another_provider_is_told_what_is_said(provider, endpoint, where):
    (sent,) = written(provider, endpoint, spoken().message)[where][1:]
    said = sent.get("content") or sent["parts"]
    text = said if isinstance(said, str) else said[0]["text"]
    assert text == "Thar she blows"
    assert "audio" not in sent


@pytest.mark.parametrize(
    ("provider", "endpoint"),
    [("anthropic", None), ("openai", "chat"), ("openai", "responses"), ("groq", None)],
)
def test_a_medium_that_no_model_gave_is_refused_in_an_answer(provider, endpoint):
    model = iModel(provider, "m", endpoint, api_key="k")
    with pytest.raises(ConfigurationError, match="message of the user"):
        model.stream([
            {"role": "user", "content": "q"},
            {"role": "assistant", "content": [Image(PNG)]},
            {"role": "user", "content": "q"},
        ])


def test_a_medium_that_a_model_gave_is_one_in_a_question_as_any_other():
    given = drawn_by_gemini().parts[1]
    for name in (("gemini", None), ("openai", "responses"), ("openai", "chat")):
        provider = get(*name)
        sent, plain = (
            provider.request(_call("m", {"role": "user", "content": [part]})).body
            for part in (given, Image(PNG))
        )
        assert sent == plain
    sound = spoken().parts[0]
    same = Audio(sound.data, media_type="audio/pcm")
    sent, plain = (
        get("openai", "chat").request(_call("m", {"role": "user", "content": [part]})).body
        for part in (sound, same)
    )
    assert sent == plain
