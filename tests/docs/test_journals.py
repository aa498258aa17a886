"""The programs of the pages on journals and batches."""

from __future__ import annotations

import json

import trio

from lionpride_trio.durable import open_streams
from tests.docs.markdown import load
from tests.durable.waiting import until_it_waits


async def test_approval(server, tmp_path, capsys):
    program = load("approval")
    url = f"sqlite:///{tmp_path / 'app.db'}"
    results = []

    async def publish():
        results.append(await program["publish"](url))

    async with open_streams(url) as streams:
        async with trio.open_nursery() as nursery:  # which is killed as it waits
            nursery.start_soon(publish)
            await until_it_waits(streams)
            nursery.cancel_scope.cancel()
        await program["approve"](url)
        await publish()
    assert results == ["sent"]
    assert len(server.requests) == 1
    assert capsys.readouterr().out.strip()


async def test_batch(server, tmp_path, capsys):
    """At a small size; and what is left is done by a second run."""
    program = load("batch")
    questions, answers = tmp_path / "questions.txt", tmp_path / "answers.jsonl"
    asked = [f"What is the capital of country {number}?" for number in range(20)]
    url = f"sqlite:///{tmp_path / 'batch.db'}"
    for count in (12, 20):
        questions.write_text("\n".join(asked[:count]), encoding="utf-8")
        await program["main"](questions, answers, url)
        lines = [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]
        assert sorted(line["question"] for line in lines) == sorted(asked[:count])
        assert len(server.requests) == count
        assert all(line["answer"] for line in lines)
    assert "20 of 20 items" in capsys.readouterr().err
