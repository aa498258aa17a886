"""Pictures, sounds and files in messages: from bytes, a path and a URL, to each wire that takes them."""

import base64
import json
import os

import pytest

from lionpride_trio import (
    Audio,
    ConfigurationError,
    ConnectionFailed,
    File,
    Image,
    TextPart,
    ToolCall,
    ToolResult,
    iModel,
    local,
)
from lionpride_trio.services import _files
from tests.local.conftest import WIRES

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PDF = b"%PDF-1.4\n%%EOF\n"
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt "
B64 = base64.b64encode(PNG).decode()


def model_of(server, wire, **options):
    provider, endpoint = wire
    return iModel(
        provider, "m", endpoint, api_key="any", base_url=server.url(provider), retry=None, **options
    )


async def sent(wire, *parts):
    """The body that a strict server is sent of a question with *parts*."""
    async with local.serve() as server:
        model = model_of(server, wire)
        question = [{"role": "user", "content": [*parts, TextPart("What is this?")]}]
        async with model.stream(question) as reply:
            assert [chunk async for chunk in reply]
        await model.complete(question)
        first, second = (json.loads(request.body) for request in server.requests)
    for body in (first, second):
        for name in ("stream", "stream_options"):
            body.pop(name, None)
    assert first == second
    return json.dumps(first)


@pytest.mark.parametrize("wire", WIRES, ids="-".join)
async def test_an_image_of_bytes_and_of_a_path(wire, tmp_path):
    (tmp_path / "a.png").write_bytes(PNG)
    by_path = await sent(wire, Image(str(tmp_path / "a.png")))
    assert B64 in by_path
    assert by_path == await sent(wire, Image(tmp_path / "a.png"))
    assert by_path.replace("a.png", "") == (await sent(wire, Image(PNG))).replace("a.png", "")


@pytest.mark.parametrize("wire", [wire for wire in WIRES if wire[0] != "ollama"], ids="-".join)
async def test_an_image_of_a_url(wire):
    assert "https://a.example/b.png" in await sent(wire, Image("https://a.example/b.png"))


@pytest.mark.parametrize("wire", [wire for wire in WIRES if wire[0] != "ollama"], ids="-".join)
async def test_a_file(wire, tmp_path):
    path = tmp_path / "paper.pdf"
    path.write_bytes(PDF)
    assert base64.b64encode(PDF).decode() in await sent(wire, File(path))


@pytest.mark.parametrize("provider", ["openai", "gemini", "openrouter"])
async def test_a_sound(provider):
    wire = next(wire for wire in WIRES if wire[0] == provider)
    assert base64.b64encode(WAV).decode() in await sent(wire, Audio(WAV))


@pytest.mark.parametrize(
    ("provider", "endpoint", "part", "words"),
    [
        ("anthropic", None, Audio(WAV), "anthropic takes text, images"),
        ("anthropic", None, Audio("no.wav"), "anthropic takes text, images"),
        ("anthropic", None, Image(b"", media_type="image/tiff"), "image/tiff"),
        ("openai", "responses", Audio(WAV), "no audio"),
        ("openai", "chat", File("https://a.example/b.pdf"), "as bytes"),
        ("ollama", None, File(PDF), "no file"),
        ("ollama", None, Image("https://a.example/b.png"), "no image as a URL"),
    ],
)
def test_what_a_provider_cannot_take_is_refused_when_it_is_written(provider, endpoint, part, words):
    model = iModel(provider, "m", endpoint, api_key="k")
    with pytest.raises(ConfigurationError, match=words):
        model.stream([{"role": "user", "content": [part]}])


@pytest.mark.parametrize("provider", ["openai", "groq", "ollama"])
def test_a_picture_that_a_tool_gave_is_refused_where_results_are_text(provider):
    call = ToolCall("c0", "look")
    messages = [
        {"role": "user", "content": "Look."},
        {"role": "assistant", "content": [call]},
        ToolResult(call.id, call.name, [TextPart("this: "), Image(PNG)]),
    ]
    with pytest.raises(ConfigurationError, match=r"takes text alone .* no image as image/png"):
        iModel(provider, "m", api_key="k").stream(messages)


async def test_a_file_that_is_not_there_is_told_before_any_connection():
    async with local.serve() as server:
        model = model_of(server, ("openai", "chat"))
        source = model.stream([{"role": "user", "content": [Image("no/such.png")]}])
        with pytest.raises(ConfigurationError, match=r"no/such\.png cannot be read: No such file"):
            async with source:
                raise AssertionError("it opened")
        assert not server.requests


async def test_a_file_whose_kind_nobody_can_tell_is_refused(tmp_path):
    (tmp_path / "picture").write_bytes(b"?")
    async with local.serve() as server:
        model = model_of(server, ("openai", "chat"))
        with pytest.raises(ConfigurationError, match=r"write media_type='image/…'"):
            await model.complete([{"role": "user", "content": [Image(tmp_path / "picture")]}])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Image(b"?"), "write media_type='image/…'"),
        (lambda: Image(3), "made of bytes, a path or a URL, not of int"),
        (lambda: Image("data:image/png;base64,***"), "no base64"),
        (lambda: Image("data:nothing"), "a data: URL is"),
    ],
)
def test_what_is_no_media_is_refused(make, words):
    with pytest.raises(ConfigurationError, match=words):
        make()


@pytest.mark.parametrize(
    ("part", "media_type"),
    [
        (Image(PNG), "image/png"),
        (Image(b"\xff\xd8\xff\xe0"), "image/jpeg"),
        (Image("data:image/gif;base64,R0lGODdh"), "image/gif"),
        (Image("https://a.example/b.webp"), "image/webp"),
        (Audio(WAV), "audio/wav"),
        (Audio(b"ID3"), "audio/mpeg"),
        (File(PDF), "application/pdf"),
        (File(b"text", name="notes.txt"), "text/plain"),
        (File(b"?"), "application/octet-stream"),
    ],
)
def test_the_media_type_is_told_by_the_bytes_or_the_name(part, media_type):
    assert part.media_type == media_type


def asked_of(part):
    model = iModel("openai", "m", api_key="k", base_url="http://127.0.0.1:1/v1", retry=None)
    return model.complete([{"role": "user", "content": [part]}])


async def test_a_pipe_is_not_waited_for(tmp_path):
    """It would be, until somebody writes, in a thread that no cancellation reaches."""
    os.mkfifo(tmp_path / "a.png")
    for place in (tmp_path / "a.png", "/dev/zero"):
        with pytest.raises(ConfigurationError, match="is no file"):
            await asked_of(Image(place, media_type="image/png"))
    with pytest.raises(ConfigurationError, match="directory"):
        await asked_of(Image(tmp_path, media_type="image/png"))
    with pytest.raises(ConfigurationError, match="null byte"):
        await asked_of(Image("a\0.png"))


async def test_a_file_is_read_up_to_a_bound(tmp_path, monkeypatch):
    (tmp_path / "a.png").write_bytes(PNG)
    monkeypatch.setattr(_files, "MAX_FILE", len(PNG) - 1)
    with pytest.raises(ConfigurationError, match="more than"):
        await asked_of(Image(tmp_path / "a.png"))
    monkeypatch.setattr(_files, "MAX_FILE", len(PNG))
    with pytest.raises(ConnectionFailed):
        await asked_of(Image(tmp_path / "a.png"))
