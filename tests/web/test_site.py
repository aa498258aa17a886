"""A question is answered by each model in its lane, and can be stopped."""

from __future__ import annotations

import json

import pytest

from lionpride_trio import (
    FinishChunk,
    OtherChunk,
    Overloaded,
    PartChunk,
    RawPart,
    ReasoningChunk,
    TextChunk,
    ToolCallChunk,
    ToolResultChunk,
    Usage,
    UsageChunk,
    Verdict,
)
from lionpride_trio.web._site._facts import fact
from tests.web.sited import Model, ask, reading, site


async def test_a_question_is_answered_by_each_model_in_its_lane():
    models = {"first": Model("a", "b"), "second": Model("c"), "third": Model("d")}
    async with site(models) as client:
        assert (await client.get("/models")).json() == ["first", "second", "third"]
        key = await ask(client, " What\nnow? ", [2, 0])
        async with reading(client, key) as next_event:
            assert await next_event() == (
                1,
                "chunk",
                {"question": "What\nnow?", "models": ["first", "third"]},
            )
            models["third"].say()
            models["first"].say(2)
            told = [await next_event() for _ in range(6)]
            assert await next_event() is None
    assert [number for number, *_ in told[:-1]] == [2, 3, 4, 5, 6]
    assert told[-1][1] == "end"
    for lane, text in ((0, "ab"), (1, "d")):
        facts = [data for _, _, data in told[:-1] if data["lane"] == lane]
        assert "".join(data.get("text", "") for data in facts) == text
        assert facts[-1]["end"] == "complete"
        assert sorted(data["at"] for data in facts) == [data["at"] for data in facts]
    assert models["second"].asked == []
    assert models["first"].asked == ["What\nnow?"]


async def test_a_reader_that_comes_back_gets_what_it_has_not():
    model = Model(*"abcdef")
    async with site({"m": model}) as client:
        key = await ask(client)
        async with reading(client, key) as next_event:
            model.say(3)
            last = [await next_event() for _ in range(4)][-1]
            assert last[2]["text"] == "c"
        model.say(3)  # nobody reads
        async with reading(client, key, last[0]) as next_event:
            rest = [await next_event() for _ in range(5)]
    assert [data.get("text") for _, _, data in rest[:3]] == ["d", "e", "f"]
    assert [number for number, *_ in rest[:3]] == [5, 6, 7]
    assert rest[3][2]["end"] == "complete"
    assert rest[4][1] == "end"


async def test_stopping_ends_the_models_and_the_stream():
    models = {"one": Model("a", "b"), "two": Model("c", "d")}
    async with site(models) as client:
        key = await ask(client, models=[0, 1])
        async with reading(client, key) as next_event:
            await next_event()
            models["one"].say()
            assert (await next_event())[2]["text"] == "a"
            stopped = await client.delete(f"/questions/{key}")
            assert stopped.json() == {"state": "stopped", "items": 2}
            assert (await next_event())[1] == "end"
        assert not models["one"].is_open
        assert not models["two"].is_open
        assert client.site._running == {}


async def test_stopping_one_lane_leaves_the_others():
    models = {"one": Model("a", "b"), "two": Model("c")}
    async with site(models) as client:
        key = await ask(client, models=[0, 1])
        async with reading(client, key) as next_event:
            await next_event()
            models["one"].say()
            assert (await next_event())[2]["text"] == "a"
            assert (await client.delete(f"/questions/{key}/0")).status_code == 202
            _, _, end = await next_event()
            assert (end["lane"], end["end"]) == (0, "stopped")
            assert not models["one"].is_open
            models["two"].say()
            assert (await next_event())[2]["text"] == "c"
            assert (await next_event())[2]["end"] == "complete"
            assert (await next_event())[1] == "end"
        for number in (1, 7):  # ended, and never there
            assert (await client.delete(f"/questions/{key}/{number}")).status_code == 202


@pytest.mark.parametrize(
    ("error", "name", "logged"),
    [
        (Overloaded("key sk-123 at 10.0.0.3", retry_after=4.0), "Overloaded", "a model failed: "),
        (ZeroDivisionError("sk-123"), "ZeroDivisionError", "a model failed"),
    ],
)
async def test_a_model_that_fails_ends_its_own_lane(error, name, logged, caplog):
    models = {"bad": Model("a", error=error), "good": Model("b")}
    async with site(models) as client:
        key = await ask(client, models=[0, 1])
        async with reading(client, key) as next_event:
            await next_event()
            models["bad"].say()
            assert (await next_event())[2]["text"] == "a"
            _, kind, failed = await next_event()
            assert (kind, failed["lane"], failed["end"]) == ("chunk", 0, "failed")
            assert failed["failure"]["error"] == name
            assert "sk-123" not in json.dumps(failed)
            models["good"].say()
            assert (await next_event())[2]["text"] == "b"
    assert caplog.records[0].message.startswith(logged)


async def test_stop_all_marks_what_runs_and_takes_no_more():
    model = Model("a", "b")
    async with site({"m": model}) as client:
        key = await ask(client)
        async with reading(client, key) as next_event:
            await next_event()
            await client.site.stop_all()
            assert (await next_event())[1] == "end"
        await client.site.wait_idle()
        assert (await client.streams.status(key)).state.value == "stopped"
        answer = await client.post("/questions", json={"question": "Why?", "models": [0]})
        assert answer.status_code == 503
        assert "stopped" in answer.json()["message"]


async def test_answers_are_there_after_the_server_has_ended(tmp_path):
    url = f"sqlite:///{tmp_path}/answers.db"
    model = Model("a", "b")
    async with site({"m": model}, url=url) as client:
        key = await ask(client)
        async with reading(client, key) as next_event:
            await next_event()
            model.say()
            await next_event()
    async with site({"m": model}, url=url) as client, reading(client, key) as next_event:
        told = [await next_event() for _ in range(3)]
    assert [data.get("text") for _, _, data in told[:2]] == [None, "a"]
    assert told[2][1] == "end"


# What the page is told of a chunk.


@pytest.mark.parametrize(
    ("chunk", "expected"),
    [
        (TextChunk("<b>"), {"text": "<b>"}),
        (TextChunk(""), None),
        (ReasoningChunk(text="Hm"), {"thought": "Hm"}),
        (ReasoningChunk(redacted="x"), None),
        (
            ToolCallChunk(slot=1, turn=2, id="c", name="clock", arguments='{"a":'),
            {"call": "2.1", "id": "c", "name": "clock", "arguments": '{"a":'},
        ),
        (ToolCallChunk(slot=1, last=True), {"call": "0.1"}),
        (ToolResultChunk(call_id="c", output="3 °C"), {"result": "3 °C", "of": "c"}),
        (
            ToolResultChunk(call_id="c", output={"a": [1, "ä"]}, is_error=True),
            {"result": '{"a": [1, "ä"]}', "of": "c", "failed": True},
        ),
        (ToolResultChunk(call_id="c", output="so", last=False), None),
        (OtherChunk(kind="refusal", value="No."), {"text": "No."}),
        (OtherChunk(kind="ping"), None),
        (PartChunk(part=RawPart("anthropic", {"type": "x"})), None),
        (UsageChunk(usage=Usage(3, 5), turn=1), {"tokens": 5, "turn": 1}),
        (UsageChunk(usage=Usage(3)), None),
        (FinishChunk(verdict=Verdict.LENGTH), None),  # the last fact of its lane has it
    ],
    ids=repr,
)
def test_a_chunk_is_told_in_few_words(chunk, expected):
    assert fact(chunk) == expected
