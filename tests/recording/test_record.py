"""Calls are written down, their secrets masked, and come out again."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack

import attrs
import pytest
import trio
from hypothesis import given, settings

from lionpride_trio import (
    ConfigurationError,
    ConnectionFailed,
    ConnectionLost,
    LionprideError,
    RateLimited,
    SinkError,
    StreamTruncated,
    Verdict,
    iModel,
    local,
)
from lionpride_trio.recording import Piece, RecordedCall, Recording, ReplayClient, record, replay
from lionpride_trio.testing import Script, ScriptedClient, replays
from lionpride_trio.testing.laws._running import run
from lionpride_trio.wire import encode_event

KEY = "sk-an-invented-key-0123456789"


def event(text, **choice):
    value = {"choices": [{"index": 0, "delta": {"content": text}, **choice}]}
    return encode_event(json.dumps(value, ensure_ascii=False))


WHOLE = event("Hé") + event("llo", finish_reason="stop") + encode_event("[DONE]")
CUT = WHOLE.index("é".encode()) + 1  # inside the character


async def recorded(path, *answers, ask=None, **options):
    """Record one call to a scripted client."""
    client = ScriptedClient(*answers)
    async with record(path, client=client, **options) as recorder:
        model = iModel("openai", "m", api_key=KEY, http_client=recorder, retry=None)
        try:
            if ask is not None:
                await ask(model)
            else:
                async with model.stream("hi") as reply:
                    async for _ in reply:
                        pass
        except LionprideError as error:
            return error
    return reply.response if ask is None else None


@pytest.fixture
async def path(tmp_path, autojump_clock):
    path = tmp_path / "call.jsonl"
    await recorded(path, [WHOLE[:CUT], 2.0, WHOLE[CUT:]])
    return path


async def test_the_bytes_their_cuts_and_times_are_kept(path, autojump_clock):
    (call,) = Recording.load(path).calls
    assert call.answer == WHOLE
    assert call.pieces == (Piece(0.0, WHOLE[:CUT]), Piece(2.0, WHOLE[CUT:]))
    assert (call.provider, call.endpoint, call.status) == ("openai", "chat", 200)
    assert call.end in {"end", "left"}  # a reply leaves at the end mark
    assert call.url == "https://api.openai.com/v1/chat/completions"
    assert call.body["messages"] == [{"role": "user", "content": "hi"}]


async def test_a_recording_can_be_read_and_compared(path, autojump_clock):
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert lines[0] == {"format": "lionpride_trio recording", "version": 1}
    assert list(lines[1]) == ["call", "request", "provider", "endpoint"]
    assert list(lines[2]) == ["call", "at", "response"]
    assert list(lines[3]) == ["call", "at", "base64"]  # cut inside a character
    assert list(lines[-1]) == ["call", "at", "end"]
    assert {line["call"] for line in lines[1:]} == {1}
    assert Recording.load(path).text() == path.read_text()


async def test_it_is_replayed_at_once(path, autojump_clock):
    start = trio.current_time()
    response = await read(replay(path).stream("hi"))
    assert (response.text, response.verdict) == ("Héllo", Verdict.COMPLETE)
    assert trio.current_time() == start


@pytest.mark.parametrize(("pace", "seconds"), [("recorded", 2.0), (4, 0.5), ("at_once", 0)])
async def test_it_is_replayed_at_a_pace(path, pace, seconds, autojump_clock):
    start = trio.current_time()
    await read(replay(path, pace=pace).stream("hi"))
    assert trio.current_time() - start == pytest.approx(seconds)


async def test_by_the_providers_name_with_a_path(path, autojump_clock):
    model = iModel(provider="replay", path=path, pace=2)
    assert (model.provider.name, model.model) == ("openai", "m")
    start = trio.current_time()
    assert (await read(model.stream("hi"))).text == "Héllo"
    assert trio.current_time() - start == pytest.approx(1.0)
    with pytest.raises(ConfigurationError, match="needs path="):
        iModel("replay", "m")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        iModel("replay", path=path.with_name("none"))


async def read(source):
    async with source as reply:
        async for _ in reply:
            pass
    return reply.response


def test_it_is_replayed_cut_in_every_way(tmp_path):
    path = tmp_path / "call.jsonl"
    run(recorded, path, [WHOLE])

    @given(replays(path))
    @settings(max_examples=30, deadline=None)
    def check(client):
        response = run(lambda: read(replay(client).stream("hi")))
        assert response.text == "Héllo"

    check()


async def test_the_pieces_of_a_cut_have_to_be_the_body(path, autojump_clock):
    with pytest.raises(ConfigurationError, match="cut="):
        await read(replay(path, cut=lambda body: [body[1:]]).stream("hi"))


# Secrets


async def test_keys_are_in_no_recording(tmp_path, autojump_clock):
    path = tmp_path / "call.jsonl"
    echoed = json.dumps({"error": {"message": f"Incorrect API key provided: {KEY}."}}).encode()
    half = echoed.index(KEY.encode()) + 5

    async def ask(model):
        await model.complete(f"is {KEY} good? and hunter2-hunter2?")

    answer = Script(
        [echoed[:half], echoed[half:]], status=401, headers={"set-cookie": "a=b", "x-a": KEY}
    )
    await recorded(path, answer, ask=ask, secrets=["hunter2-hunter2"])
    text = path.read_text()
    assert KEY not in text
    assert KEY[:12] not in text
    assert "hunter2" not in text
    (call,) = Recording.load(path).calls
    assert call.headers["authorization"] == "[secret]"
    assert call.answer_headers == {"set-cookie": "[secret]", "x-a": "[secret]"}
    assert call.body["messages"][0]["content"] == "is [secret] good? and [secret]?"
    assert [len(piece.data) for piece in call.pieces] == [half, len(echoed) - half]
    assert f"provided: {'*' * len(KEY)}.".encode() in call.answer


async def test_keys_in_the_address_are_masked(tmp_path):
    path = tmp_path / "call.jsonl"
    client = ScriptedClient([b"{}"])
    async with record(path, client=client) as recorder:
        url = f"https://a.b/v1/models/m:generateContent?key={KEY}&alt=sse"
        async with recorder.stream("POST", url) as response:
            assert [piece async for piece in response.aiter_raw()] == [b"{}"]
    (call,) = Recording.load(path).calls
    assert call.url == "https://a.b/v1/models/m:generateContent?key=[secret]&alt=sse"
    assert call.provider == "gemini"
    assert call.end == "end"


# Failures


async def test_a_body_that_broke_breaks_again(tmp_path, autojump_clock):
    path = tmp_path / "call.jsonl"
    failure = await recorded(path, [event("Hé"), 1.0, b"data: ", ConnectionResetError("reset")])
    assert isinstance(failure, ConnectionLost)
    with pytest.raises(ConnectionLost) as caught:
        await read(replay(path).stream("hi"))
    assert caught.value.partial == failure.partial
    assert Recording.load(path).calls[0].error == ("ConnectionResetError", "reset")


async def test_a_body_that_was_cut_is_cut_again(tmp_path, autojump_clock):
    path = tmp_path / "call.jsonl"
    assert isinstance(await recorded(path, [event("Hé")]), StreamTruncated)
    with pytest.raises(StreamTruncated):
        await read(replay(path).stream("hi"))


async def test_a_connection_that_failed_fails_again(tmp_path, autojump_clock):
    path = tmp_path / "call.jsonl"
    await recorded(path, ConnectionFailed("no route"))
    (call,) = Recording.load(path).calls
    assert (call.status, call.end) == (None, "failed")
    with pytest.raises(ConnectionFailed, match="no route"):
        await read(replay(path).stream("hi"))


async def test_an_error_status_comes_again(tmp_path, autojump_clock):
    path = tmp_path / "call.jsonl"
    answer = Script([b'{"error": {"message": "slow"}}'], status=429, headers={"retry-after": "3"})
    await recorded(path, answer)
    with pytest.raises(RateLimited) as caught:
        await read(replay(path).stream("hi"))
    assert caught.value.retry_after == 3


async def test_a_call_that_was_left_is_kept_as_far_as_it_came(tmp_path, autojump_clock):
    path = tmp_path / "call.jsonl"

    async def ask(model):
        async with model.stream("hi") as reply:
            await reply.receive()

    await recorded(path, [event("Hé"), 1000.0, WHOLE], ask=ask)
    (call,) = Recording.load(path).calls
    assert (call.answer, call.end) == (event("Hé"), "left")


async def test_a_cancelled_call_is_kept(tmp_path, autojump_clock):
    path = tmp_path / "call.jsonl"

    async def ask(model):
        with trio.move_on_after(5):
            await read(model.stream("hi"))

    await recorded(path, [event("Hé"), 1000.0], ask=ask)
    (call,) = Recording.load(path).calls
    assert (call.answer, call.end) == (event("Hé"), "left")


# Several calls


async def test_each_request_gets_its_own_answer(tmp_path, autojump_clock):
    path = tmp_path / "calls.jsonl"
    answers = {"one": "1", "two": "2"}
    client = ScriptedClient(*([event(text, finish_reason="stop")] for text in answers.values()))
    async with record(path, client=client) as recorder:
        model = iModel("openai", "m", api_key=KEY, http_client=recorder)
        for question in answers:
            await read(model.stream(question))
    again = replay(path)
    for question in ("two", "one", "two"):
        assert (await read(again.stream(question))).text == answers[question]
    # Requests that were not recorded get the answers in their order.
    assert (await read(again.stream("other"))).text == "1"
    strict = replay(path, strict=True)
    assert (await read(strict.stream("one"))).text == "1"
    with pytest.raises(ConfigurationError, match="no such request"):
        await read(strict.stream("other"))


@pytest.mark.parametrize("fsync", [True, False])
async def test_calls_at_the_same_time_are_told_apart(tmp_path, fsync):
    path = tmp_path / "calls.jsonl"
    questions = ["one", "two", "three"]
    answers = [[event(text), event("!", finish_reason="stop")] for text in questions]
    turns = trio.CapacityLimiter(1)  # fair, so the reads of the calls alternate

    async def ask(client):
        async with client.stream("POST", "https://a.b/v1/chat/completions") as response:
            async for _ in response.aiter_raw():
                async with turns:
                    await trio.lowlevel.checkpoint()

    async with (
        record(path, client=ScriptedClient(*answers), fsync=fsync) as client,
        trio.open_nursery() as nursery,
    ):
        for _ in questions:
            nursery.start_soon(ask, client)
    numbers = [json.loads(line)["call"] for line in path.read_text().splitlines()[1:]]
    assert numbers != sorted(numbers)
    calls = Recording.load(path).calls
    assert sorted(call.answer for call in calls) == sorted(map(b"".join, answers))
    assert {call.end for call in calls} == {"end"}
    assert Recording.load(path).text().count("\n") == len(numbers) + 1


async def test_a_call_that_goes_on_behind_its_block_is_recorded_until_then(tmp_path):
    path = tmp_path / "calls.jsonl"
    async with AsyncExitStack() as stack:
        client = ScriptedClient([b"one", b"two"])
        async with record(path, client=client) as recorder:
            response = await stack.enter_async_context(recorder.stream("POST", "https://a.b/"))
            pieces = response.aiter_raw()
            assert await anext(pieces) == b"one"
        with pytest.raises(SinkError, match=r"calls\.jsonl was closed"):
            await anext(pieces)
    (call,) = Recording.load(path).calls
    assert (call.answer, call.end) == (b"one", "cut")


@pytest.mark.parametrize("provider", ["openai", "anthropic", "gemini", "ollama", "groq"])
async def test_every_provider_on_the_librarys_own_client(tmp_path, provider):
    path = tmp_path / "call.jsonl"
    async with local.serve() as server, record(path) as client:
        model = iModel(
            provider,
            "trigram-1-pieces-5",
            api_key=KEY,
            base_url=server.url(provider),
            http_client=client,
        )
        streamed = await read(model.stream("hi"))
        whole = await model.complete("hi")
    again = replay(path)
    assert again.model == "trigram-1-pieces-5"
    assert await read(again.stream("hi")) == streamed
    assert await again.complete("hi") == whole


async def test_an_unknown_address_needs_a_provider(tmp_path):
    call = RecordedCall(url="https://a.b/ask", status=200, pieces=(Piece(0, WHOLE),))
    recording = Recording((call,))
    with pytest.raises(ConfigurationError, match="pass provider="):
        replay(recording)
    assert (await read(replay(recording, provider="openai").stream("hi"))).text == "Héllo"
    assert replay(recording, provider="openai").model == "recorded"


def test_nothing_can_be_replayed_of_nothing():
    with pytest.raises(ConfigurationError, match="no calls"):
        ReplayClient(Recording(()))
    with pytest.raises(ConfigurationError, match="pace must be"):
        ReplayClient(Recording((RecordedCall(url="u", status=200),)), pace=0)


async def test_a_file_that_cannot_be_written_is_told_at_once(tmp_path):
    with pytest.raises(ConfigurationError, match="cannot be written"):
        async with record(tmp_path / "no" / "such" / "folder"):
            pass


# Damage


CALL = RecordedCall(
    url="https://api.openai.com/v1/chat/completions", status=200, pieces=(Piece(0.5, b"a\xc3"),)
)
GOOD = Recording((CALL, attrs.evolve(CALL, status=None, pieces=(), end="failed", error=("E", "m"))))


def test_what_is_written_is_read(tmp_path):
    path = tmp_path / "good.jsonl"
    path.write_text(GOOD.text())
    assert Recording.load(path).calls == GOOD.calls


@pytest.mark.parametrize(
    ("line", "text", "why"),
    [
        (1, "", "not JSON"),
        (1, "{}", "not a recording"),
        (1, '{"format": "lionpride_trio recording", "version": 2}', "version 2 .* reads 1"),
        (2, "[]", "JSON object"),
        (2, "{", "not JSON"),
        (2, '{"at": 0, "text": "a"}', "a request has to come first"),
        (2, '{"request": {"method": "POST"}}', "'url' is missing"),
        (2, '{"request": {"method": "", "url": "", "headers": {"a": 1}}}', "has to have strings"),
        (2, '{"request": {}, "provider": 1}', "'provider' has to be"),
        (3, '{"at": -1, "response": {"status": 200, "headers": {}}}', "'at' has to be seconds"),
        (3, '{"at": 0, "response": {"status": true, "headers": {}}}', "'status' is missing"),
        (4, '{"at": 0, "base64": "a"}', "no base64"),
        (4, '{"at": 0, "text": 5}', "'text' is missing or of a wrong type"),
        (4, '{"at": 0, "text": "\\ud83d"}', "half of a character"),
        (4, '{"at": 0, "what": 5}', "no part of a recording: 'at', 'what'"),
        (4, '{"at": 0, "response": {"status": 200, "headers": {}}}', "two answers"),
        (3, '{"call": 7, "at": 0, "text": "a"}', "a request has to come first"),
        (3, '{"call": "1", "at": 0, "text": "a"}', "'call' is missing or of a wrong type"),
        (3, '{"call": 1, "request": {}}', "call 1 has a request before it"),
        (4, '{"call": 1, "at": 0, "text": "a", "goes_on": true}', "no read that it goes on from"),
        (7, '{"call": 1, "at": 0, "text": "a"}', "call 1 has ended before it"),
        (5, '{"at": 0, "end": "well"}', "'end' has to be one of end, left, failed"),
        (5, '{"at": 0, "end": "failed"}', "has an 'error'"),
        (7, '{"at": 0, "end": "end"}', "can only have failed"),
    ],
)
def test_damage_is_told_with_its_line(tmp_path, line, text, why):
    path = tmp_path / "bad.jsonl"
    lines = GOOD.text().split("\n")
    lines[line - 1] = text
    path.write_text("\n".join(lines))
    with pytest.raises(ConfigurationError, match=f"bad.jsonl, line {line}: .*{why}"):
        Recording.load(path)


def test_no_file_is_told(tmp_path):
    with pytest.raises(ConfigurationError, match="cannot be read"):
        Recording.load(tmp_path / "none")
