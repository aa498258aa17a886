"""``record`` and ``replay`` on the command line."""

from __future__ import annotations

import attrs

from lionpride_trio import local
from lionpride_trio.cli._record import record_call, replay_calls
from lionpride_trio.recording import Recording


async def test_a_call_is_recorded_and_shown_again(tmp_path, capsys, monkeypatch):
    path = tmp_path / "call.jsonl"
    monkeypatch.setenv("OPENAI_API_KEY", "an-invented-key")
    async with local.serve() as server:
        code = await record_call(
            str(path),
            "How does a whale sleep?",
            provider="openai",
            model="trigram-1-pieces-5",
            base_url=server.url("openai"),
        )
    assert code == 0
    answer, end, told = capsys.readouterr().out.splitlines()
    assert answer
    assert end.startswith("(complete, ")
    assert told == f"recorded in {path}"
    assert await replay_calls(str(path), pace="at_once") == 0
    assert capsys.readouterr().out.splitlines() == [answer, end]


async def test_all_calls_are_shown_and_failures_told(tmp_path, capsys, monkeypatch):
    path = tmp_path / "calls.jsonl"
    async with local.serve() as server:
        await record_call(
            str(path), "hi", provider="ollama", model="pieces-2", base_url=server.url("ollama")
        )
    (call,) = Recording.load(path).calls
    cut = attrs.evolve(call, pieces=call.pieces[:-1])
    path.write_text(Recording((call, cut)).text())
    capsys.readouterr()
    assert await replay_calls(str(path), pace="at_once") == 1
    out = capsys.readouterr().out
    assert "[2] http" in out
    assert "error: ollama/" in out
