"""Images, files, sounds and texts in a message, as each provider is sent them."""

import pytest

from lionpride_trio import ConfigurationError, TextPart, ToolCall
from tests.providers.asking import CLOCK, PDF, PIXEL, WAV, call, written


@pytest.mark.parametrize(
    ("provider", "endpoint", "url", "wanted"),
    [
        (
            "anthropic",
            None,
            "https://x.example/a.png",
            {"type": "image", "source": {"type": "url", "url": "https://x.example/a.png"}},
        ),
        (
            "gemini",
            None,
            "https://x.example/a.jpg",
            {"fileData": {"mimeType": "image/jpeg", "fileUri": "https://x.example/a.jpg"}},
        ),
        ("gemini", None, PIXEL, {"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}}),
        (
            "openai",
            "responses",
            PIXEL,
            {"type": "input_image", "image_url": PIXEL, "detail": "auto"},
        ),
        ("openai", "chat", PIXEL, {"type": "image_url", "image_url": {"url": PIXEL}}),
    ],
)
@pytest.mark.parametrize("bare", [False, True])
def test_an_image_is_converted(provider, endpoint, url, wanted, bare):
    part = {"type": "image_url", "image_url": url if bare else {"url": url}}
    body = written(provider, endpoint, [{"role": "user", "content": [part]}])
    [message] = body.get("messages") or body.get("input") or body["contents"]
    assert (message.get("content") or message["parts"]) == [wanted]


def test_files_and_sounds_are_converted():
    asked = [{"role": "user", "content": [{"type": "file", "file": PDF}]}]
    assert written("anthropic", None, asked)["messages"][0]["content"] == [
        {
            "type": "document",
            "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="},
            "title": "a.pdf",
        }
    ]
    assert written("openai", "responses", asked)["input"][0]["content"] == [
        {"type": "input_file", **PDF}
    ]
    heard = [{"role": "user", "content": [WAV]}]
    assert written("gemini", None, heard)["contents"][0]["parts"] == [
        {"inlineData": {"mimeType": "audio/wav", "data": "UklGRg=="}}
    ]


@pytest.mark.parametrize(
    ("provider", "part", "words"),
    [
        ("ollama", {"type": "image_url", "image_url": {"url": "https://x.example/a.png"}}, "data:"),
        ("ollama", WAV, "no audio"),
        ("anthropic", WAV, "no audio"),
        ("anthropic", {"type": "file", "file": {"file_id": "f"}}, "as an id"),
        (
            "anthropic",
            {"type": "image_url", "image_url": {"url": "data:image/bmp;base64,Qk0="}},
            "bmp",
        ),
        ("gemini", {"type": "image", "source": {}}, "type 'image'"),
        ("openai", {"type": "image_url", "image_url": {"url": "/home/me/a.png"}}, "read a file"),
        ("openai", {"type": "image_url"}, "'image_url'"),
        ("gemini", {"type": "image_url", "file_id": "F"}, "as an id"),
        ("gemini", {"type": "input_audio", "input_audio": {"format": "wav"}}, "audio is"),
        ("gemini", {"type": "input_audio", "input_audio": {"data": b"UklGRg"}}, "audio is"),
        ("gemini", {"type": "file", "file": {}}, "a file is"),
        ("gemini", {"type": "file", "file": {"file_data": b"JVBERi0="}}, "a file is"),
    ],
)
def test_a_part_that_a_provider_cannot_take_is_refused(provider, part, words):
    with pytest.raises(ConfigurationError, match=words):
        written(provider, None, [{"role": "user", "content": [part]}])


def test_a_providers_own_parts_pass():
    own = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "x"}}
    body = written("anthropic", None, [{"role": "user", "content": [own]}])
    assert body["messages"][0]["content"] == [own]
    video = {"fileData": {"fileUri": "https://x.example/v.mp4"}, "videoMetadata": {"fps": 1}}
    body = written("gemini", None, [{"role": "user", "content": [video]}])
    assert body["contents"][0]["parts"] == [video]


def test_parts_that_anthropic_caches_keep_their_mark():
    mark = {"cache_control": {"type": "ephemeral"}}
    messages = [
        {"role": "system", "content": [{"type": "text", "text": "A", **mark}]},
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": PIXEL}, **mark}]},
        {"role": "assistant", "content": "x", "tool_calls": [call("1", "f")]},
        {"role": "tool", "tool_call_id": "1", "content": "y", **mark},
    ]
    body = written("anthropic", None, messages, system="B", tools=[{**CLOCK, **mark}])
    assert body["system"] == [
        {"type": "text", "text": "A", **mark},
        {"type": "text", "text": "B"},
    ]
    assert body["messages"][0]["content"][0].items() >= mark.items()
    assert body["messages"][2]["content"][0].items() >= mark.items()
    assert body["tools"][0].items() >= mark.items()


def test_responses_take_no_sound():
    with pytest.raises(ConfigurationError, match="no audio"):
        written("openai", "responses", [{"role": "user", "content": [WAV]}])


def test_an_assistants_parts_are_one_text_on_responses():
    parts = [{"type": "output_text", "text": "a"}, {"type": "refusal", "refusal": "b"}]
    [said] = written("openai", "responses", [{"role": "assistant", "content": parts}])["input"]
    assert said == {"role": "assistant", "content": "ab"}


def test_an_image_may_be_one_that_the_provider_has():
    asked = [{"role": "user", "content": [{"type": "image_url", "file_id": "F"}]}]
    assert written("openai", "responses", asked)["input"][0]["content"] == [
        {"type": "input_image", "file_id": "F", "detail": "auto"}
    ]


@pytest.mark.parametrize(
    ("url", "kind", "data"),
    [
        ("data:image/svg+xml,%3Csvg%2F%3E", "image/svg+xml", "PHN2Zy8+"),
        ("data:IMAGE/PNG;charset=x;BASE64,iVBORw0KGgo=", "image/png", "iVBORw0KGgo="),
        ("data:,hi%20there", "text/plain", "aGkgdGhlcmU="),
    ],
)
def test_a_data_url_is_read_in_each_of_its_forms(url, kind, data):
    part = {"type": "image_url", "image_url": url}
    [sent] = written("gemini", None, [{"role": "user", "content": [part]}])["contents"]
    assert sent["parts"] == [{"inlineData": {"mimeType": kind, "data": data}}]


def test_a_result_of_a_tool_may_be_in_parts():
    parts = [
        {"type": "text", "text": "a"},
        {"type": "text", "text": "b"},
        {"type": "image_url", "image_url": PIXEL},
    ]
    told = [
        {"role": "assistant", "content": "", "tool_calls": [call("1", "f")]},
        {"role": "tool", "tool_call_id": "1", "content": parts},
    ]
    answer = written("gemini", None, told)["contents"][1]["parts"][0]["functionResponse"]
    assert answer == {
        "name": "f",
        "response": {"result": "ab"},
        "parts": [{"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}}],
    }
    told[1]["content"] = parts[:2]
    assert written("ollama", None, told)["messages"][1]["content"] == "ab"
    with pytest.raises(ConfigurationError, match="text alone here"):
        written("ollama", None, [told[0], {**told[1], "content": parts}])


@pytest.mark.parametrize("space", [TextPart("\n\n"), {"type": "text", "text": " "}])
def test_a_text_of_spaces_goes_back_to_no_anthropic_model(space):
    """Models write them before a call, and the API refuses them."""
    said = [space, ToolCall("c1", "clock", "{}")]
    asked = [
        {"role": "user", "content": "What time is it?"},
        {"role": "assistant", "content": said},
        {"role": "tool", "tool_call_id": "c1", "content": "noon"},
        {"role": "assistant", "content": " "},
        {"role": "user", "content": "Thanks."},
    ]
    roles = [message["role"] for message in written("anthropic", None, asked)["messages"]]
    assert roles == ["user", "assistant", "user", "user"]
    blocks = written("anthropic", None, asked)["messages"][1]["content"]
    assert [block["type"] for block in blocks] == ["tool_use"]
