"""The pipeline programs of docs/examples, run against the embedded server."""

from __future__ import annotations

import httpx
import trio

from lionpride_trio import iModel, local
from lionpride_trio.transformers import from_iterable
from lionpride_trio.wire import SSEDecoder
from tests.docs.markdown import load
from tests.pages import read_and_leave


async def test_speech(server, capsys, autojump_clock):
    example = load("speech")
    await example["main"]()
    spoken, _, last = capsys.readouterr().out.rstrip("\n").rpartition("\n")
    text = (await iModel("openai", "gpt-4o-mini").complete("How does a whale sleep?")).text
    said = [line.removeprefix("🔊 ") for line in spoken.split("🔊 ")]
    assert "".join("".join(said).split()) == "".join(text.split())
    assert last == f"({len(text)} characters, complete)"


async def test_redactor(server, capsys):
    await load("redactor")["main"]()
    assert len(capsys.readouterr().out) > 20


async def test_live_json(capsys):
    document = ['{"name": "bis', 'cuit", "steps": [{"minu', 'tes": 4', "5}, null]}"]
    await load("live_json")["show"](from_iterable(document))
    assert capsys.readouterr().out == (
        "name: 'bis'\nname: 'cuit'\nsteps.0.minutes: 45\nsteps.1: None\n"
    )


async def test_own_stage(capsys):
    await load("own_stage")["main"]()
    assert capsys.readouterr().out == "7. Call me Ishmael. \n8. Some years ago I went to sea.\n"


async def test_own_operator(autojump_clock, capsys):
    await load("own_operator")["main"]()
    assert capsys.readouterr().out == "0.2 s: Call\n0.3 s: me\n0.1 s: Ishmael.\n"


async def test_broken_off(capsys):
    await load("broken_off")["main"]()
    assert capsys.readouterr().out == (
        "'It was a bright cold day. ' complete=True\n"
        "'The clocks were striking thir' complete=False\n"
        "and then: the line is dead\n"
    )


async def test_three_sinks(server, capsys, tmp_path):
    path = tmp_path / "answer.txt"
    questions = ["Why is the sea salt?", "Why is the sky blue?"]
    async with trio.open_nursery() as nursery, httpx.AsyncClient(trust_env=False) as client:
        (url,) = await nursery.start(load("three_sinks")["main"], "127.0.0.1:0", path)
        page = await client.get(f"{url}/page")
        answers = [await client.get(url, params={"question": one}) for one in questions]
        nursery.cancel_scope.cancel()
    assert 'addEventListener("end", () => events.close())' in page.text
    out = capsys.readouterr().out
    for question, answer, name in zip(
        questions, answers, ["answer.txt", "answer-2.txt"], strict=True
    ):
        decoder = SSEDecoder()
        events = [*decoder.feed(answer.content), *decoder.flush()]
        text = (await iModel("openai", "gpt-4o-mini").complete(question)).text
        assert "".join(event.data for event in events if event.event == "message") == text
        assert events[-1].event == "end"
        assert (tmp_path / name).read_text(encoding="utf-8") == text
        assert text in out


async def test_three_sinks_leave_nothing_of_a_page_that_went_away(monkeypatch, tmp_path):
    monkeypatch.setenv("OPENAI_API_KEY", "any")
    async with local.serve(rate=20) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url("openai"))
        async with trio.open_nursery() as nursery:
            (url,) = await nursery.start(
                load("three_sinks")["main"], "127.0.0.1:0", tmp_path / "answer.txt"
            )
            for _ in range(3):
                await read_and_leave(url, 3)
                await server.wait_active(0)
            nursery.cancel_scope.cancel()
    assert list(tmp_path.iterdir()) == []
