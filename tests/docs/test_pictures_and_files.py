"""The program, the pieces and the table of the page on pictures and files."""

from __future__ import annotations

import base64
import json
import re

import attrs
import pytest

from lionpride_trio import (
    Audio,
    ConfigurationError,
    File,
    Image,
    Native,
    TextPart,
    ToolCall,
    ToolResult,
    iModel,
    reassemble,
)
from lionpride_trio.providers import ModelCall, get
from tests.docs.markdown import DOCS, blocks, load

PAGE = DOCS / "pictures_and_files.md"
PNG = b"\x89PNG\r\n\x1a\n"
COLUMNS = {
    "OpenAI chat and its dialects": ("openai", "chat"),
    "Responses": ("openai", "responses"),
    "Anthropic": ("anthropic", None),
    "Gemini": ("gemini", None),
    "Ollama": ("ollama", None),
}
PARTS = {
    "image, bytes or path": Image(PNG),
    "image, URL": Image("https://example.org/a.png"),
    "sound, bytes or path": Audio(b"ID3"),
    "sound, URL": Audio("https://example.org/a.mp3"),
    "file, bytes or path": File(b"%PDF-", name="paper.pdf"),
    "file, URL": File("https://example.org/a.pdf"),
}


def table():
    """Each cell of the page's table of providers, with its row and its column."""
    after = PAGE.read_text(encoding="utf-8").partition("\n## What each provider takes\n")[2]
    lines = re.search(r"(?:^\|.*\n)+", after, re.MULTILINE)[0].splitlines()
    head, _, *rows = [
        [cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")]
        for line in lines
    ]
    assert head[1:] == list(COLUMNS)
    return [
        (row[0], column, cell)
        for row in rows
        for column, cell in zip(COLUMNS, row[1:], strict=True)
    ]


def asked(part):
    return [{"role": "user", "content": [part]}]


@pytest.mark.parametrize(("row", "column", "cell"), table())
async def test_a_cell_says_what_a_provider_is_sent(row, column, cell, server):
    provider, endpoint = COLUMNS[column]
    model = iModel(provider, "m", endpoint)
    if row == "in the result of a tool":
        call = ToolCall("c0", "look", "{}")
        result = ToolResult(call.id, call.name, [TextPart("This:"), Image(PNG)])
        messages = [*asked(TextPart("Look.")), {"role": "assistant", "content": [call]}, result]
    else:
        messages = asked(PARTS[row])
    if cell == "refused" or cell.startswith("text alone"):
        with pytest.raises(ConfigurationError):
            model.stream(messages)
        return
    await model.complete(messages)
    sent = json.dumps(server.requests[-1].json())
    for word in re.findall(r"`([^`]+)`", cell):
        assert f'"{word}' in sent
    assert base64.b64encode(PNG).decode() in sent or row != "in the result of a tool"


@pytest.mark.parametrize("provider", ["openai", "groq", "deepseek"])
def test_these_take_text_alone_of_a_tool(provider):
    with pytest.raises(ConfigurationError, match="text alone"):
        iModel(provider, "m", api_key="k").stream([
            {"role": "assistant", "content": [ToolCall("c0", "look", "{}")]},
            ToolResult("c0", "look", [Image(PNG)]),
        ])


async def test_picture(server, capsys, tmp_path):
    (tmp_path / "whale.png").write_bytes(PNG)
    await load("picture")["main"](str(tmp_path / "whale.png"))
    assert capsys.readouterr().out.strip()
    (message,) = server.requests[0].json()["messages"]
    picture, question = message["content"]
    assert picture["source"]["media_type"] == "image/png"
    assert base64.b64decode(picture["source"]["data"]) == PNG
    assert question["text"] == "What is in it?"


def test_the_pieces_of_the_page_do_what_it_says(capsys, tmp_path):
    names = {}
    for block in blocks(PAGE, "python"):
        exec(compile(block.text, str(block), "exec"), names)
    assert [capsys.readouterr().out] == [block.text for block in blocks(PAGE, "text")]
    drawn = {"data": base64.b64encode(PNG).decode(), "mimeType": "image/png"}
    gemini = {"candidates": [{"content": {"parts": [{"inlineData": drawn}]}}]}
    item = {
        "type": "image_generation_call",
        "id": "i",
        "result": drawn["data"],
        "status": "completed",
    }
    responses = {"object": "response", "status": "completed", "output": [item]}
    url = f"data:image/png;base64,{drawn['data']}"
    said = {"images": [{"image_url": {"url": url}}], "audio": {"id": "a", "transcript": "Ahoy"}}
    for provider, endpoint, body in (
        ("gemini", None, gemini),
        ("openai", "responses", responses),
        ("openrouter", None, {"choices": [{"message": said, "finish_reason": "stop"}]}),
    ):
        chunks, _ = get(provider, endpoint).parse_body(body)
        names["save_pictures"](reassemble(chunks), tmp_path)
        (file,) = tmp_path.iterdir()
        assert (file.name, file.read_bytes()) == ("0.png", PNG)
        file.unlink()
    assert capsys.readouterr().out == "Ahoy\n"


MOVED = {
    "Gemini": [("gemini", None)],
    "OpenRouter": [("openrouter", None)],
    "Ollama": [("ollama", None)],
    "OpenAI chat, Groq, DeepSeek, `openai_compatible`": [
        ("openai", "chat"),
        ("groq", None),
        ("deepseek", None),
        ("openai_compatible", None),
    ],
    "Responses": [("openai", "responses")],
    "Anthropic": [("anthropic", None)],
}


def test_the_table_of_images_that_move():
    after = PAGE.read_text(encoding="utf-8").partition("### With the next question\n")[2]
    lines = re.search(r"(?:^\|.*\n)+", after, re.MULTILINE)[0].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert [name for name, _ in rows] == list(MOVED)
    image = attrs.evolve(Image(PNG), native=Native("another"))
    answer = {"role": "assistant", "content": [TextPart("Here:"), image]}
    for name, cell in rows:
        for provider, endpoint in MOVED[name]:
            body = get(provider, endpoint).request(ModelCall("m", [answer], {})).body
            sent = json.dumps(body)
            assert "Here:" in sent
            shown = base64.b64encode(PNG).decode() in sent
            assert shown == (cell != "left out")
            assert not shown or f'"{re.search(r"`([^`]+)`", cell)[1]}"' in sent
