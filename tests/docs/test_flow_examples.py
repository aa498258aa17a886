"""The workflow programs of docs/examples, run against the embedded server."""

from __future__ import annotations

from lionpride_trio import sinks
from lionpride_trio.transformers import from_iterable, sentences
from tests.docs.markdown import load


def prompts(server):
    return [request.json()["messages"] for request in server.requests]


async def test_workflow(server, capsys):
    await load("workflow")["streaming_workflow"]()
    out = capsys.readouterr().out
    assert out.startswith("Executing workflow...\n\n[research] ")
    assert out.endswith("\n\nWorkflow complete!\n")
    assert out.index("[article]") > out.rindex("[research]")
    first, second = prompts(server)
    assert first[0]["content"] == "List 3 key benefits of exercise"
    research = out.partition("\n\n")[2].partition("[article]")[0].replace("[research] ", "")
    assert second[0]["content"].replace(" ", "") == (
        f"{research}\n\nWrite a short article using these benefits".replace(" ", "")
    )


async def test_debate(server, capsys):
    text = await load("debate")["debate"]("Is the sea blue?")
    out = capsys.readouterr().out
    speakers = [line.partition("]")[0] for line in out.splitlines() if line.startswith("[")]
    assert speakers == ["[for", "[against", "[for", "[against", "[judge"]
    assert out.endswith(f"[judge] {text}\n")
    third = prompts(server)[2]
    assert [message["role"] for message in third] == ["user", "assistant", "user"]
    assert third[2]["content"].endswith("\n\nAnswer what was said last.")
    assert len(prompts(server)) == 5


async def test_translate_while_it_writes(server, capsys):
    story, translated = await load("translate_while_it_writes")["write_and_translate"]("the sea")
    pieces = await sinks.collect(from_iterable([story]) | sentences())
    assert len(pieces) > 1
    asked = {messages[0]["content"] for messages in prompts(server)[1:]}
    assert asked == {f"Translate into German: {piece}" for piece in pieces}
    assert len(translated) == len(pieces)
    assert capsys.readouterr().out == "".join(translated) + "\n"
