"""A program that is killed leaves what it saw."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from itertools import count

import attrs
import pytest
import trio

from lionpride_trio import ConfigurationError, ConnectionLost, SinkError, StreamTruncated, local
from lionpride_trio.recording import Piece, RecordedCall, Recording, record, replay
from lionpride_trio.testing import ScriptedClient

PROGRAM = """
import sys
import trio
from lionpride_trio import iModel
from lionpride_trio.recording import record

async def main(path, url, fsync):
    async with record(path, fsync=fsync == "fsync") as client:
        model = iModel("openai", "trigram-1-pieces-4000", api_key="an-invented-key", base_url=url,
                       http_client=client)
        async with model.stream("hi") as reply:
            async for chunk in reply:
                sys.stdout.write(chunk.data)
                sys.stdout.flush()

trio.run(main, *sys.argv[1:])
"""


async def run_and_kill(arguments, characters):
    """Run the program and kill it when it has shown so many *characters*; what it has shown."""
    process = await trio.lowlevel.open_process(
        [sys.executable, "-c", PROGRAM, *arguments], stdout=subprocess.PIPE
    )
    shown = b""
    async with process.stdout:
        while len(shown) < characters:
            shown += await process.stdout.receive_some()
        process.send_signal(signal.SIGKILL)
        async for piece in process.stdout:
            shown += piece
    assert await process.wait() == -signal.SIGKILL
    return shown.decode()


@pytest.mark.parametrize("fsync", ["fsync", "no"])
async def test_a_killed_program_leaves_the_reads_that_it_was_given(tmp_path, fsync):
    path = tmp_path / "call.jsonl"
    async with local.serve(rate=200) as server:
        shown = await run_and_kill([path, server.url("openai"), fsync], 100)
    (call,) = Recording.load(path).calls
    assert (call.status, call.end, call.error) == (200, "cut", None)
    assert call.ended_at == call.pieces[-1].at > 0
    with pytest.raises(StreamTruncated) as caught:
        async with replay(path).stream("hi") as reply:
            async for _ in reply:
                pass
    # All that was shown was recorded; not all that was recorded need have been shown.
    assert caught.value.partial.text.startswith(shown)


async def test_each_read_is_in_the_file_before_it_is_handed_out(tmp_path):
    path = tmp_path / "call.jsonl"
    async with record(path, client=ScriptedClient([b"one", b"two", b"three"])) as client:
        assert Recording.load(path).calls == ()
        async with client.stream("POST", "https://a.b/", content=b"ask") as response:
            (call,) = Recording.load(path).calls
            assert (call.body, call.status, call.answer, call.end) == ("ask", 200, b"", "cut")
            numbers = count(1)
            async for piece in response.aiter_raw():
                (call,) = Recording.load(path).calls
                assert (call.pieces[-1].data, len(call.pieces)) == (piece, next(numbers))
    (call,) = Recording.load(path).calls
    assert (call.answer, call.end) == (b"onetwothree", "end")


async def test_a_request_is_in_the_file_before_it_is_sent(tmp_path, autojump_clock):
    path = tmp_path / "call.jsonl"
    seen = []

    class Client(ScriptedClient):
        def stream(self, method, url, **options):
            seen.extend(Recording.load(path).calls)
            return super().stream(method, url, **options)

    url = "https://a.b/v1/chat/completions"
    async with (
        record(path, client=Client([b"one"])) as client,
        client.stream("POST", url, content=b"ask"),
    ):
        pass
    (call,) = seen
    assert (call.body, call.status, call.end) == ("ask", None, "cut")
    # It can be replayed, as a connection that broke before an answer came.
    with pytest.raises(ConnectionLost, match="cut before an answer came"):
        await replay(Recording((call,))).complete("hi")


async def test_a_read_is_not_lost_when_its_reader_is_cancelled(tmp_path):
    path = tmp_path / "call.jsonl"
    async with (
        record(path, client=ScriptedClient([b"one", b"two"]), fsync=True) as client,
        client.stream("POST", "https://a.b/") as response,
    ):
        pieces = response.aiter_raw()
        got = []
        while len(got) < 2:
            with trio.CancelScope() as scope:
                # Due after the read, while it is being written down.
                trio.lowlevel.current_trio_token().run_sync_soon(scope.cancel)
                got.append(await anext(pieces))
    assert got == [b"one", b"two"]
    assert Recording.load(path).calls[0].answer == b"onetwo"


@pytest.mark.parametrize("fsync", [True, False])
async def test_a_file_that_cannot_be_written_any_further_fails_the_call(
    tmp_path, monkeypatch, fsync
):
    path = tmp_path / "call.jsonl"
    async with record(path, client=ScriptedClient([b"one", b"two"]), fsync=fsync) as client:
        with pytest.raises(SinkError) as caught:
            async with client.stream("POST", "https://a.b/") as response:
                pieces = response.aiter_raw()
                assert await anext(pieces) == b"one"
                monkeypatch.setattr(os, "write", disk_is_full)
                await anext(pieces)
    assert (caught.value.sink, caught.value.__cause__.errno) == ("record", errno.ENOSPC)
    assert Recording.load(path).calls[0].answer == b"one"


def disk_is_full(*_):
    raise OSError(errno.ENOSPC, "no space left on device")


# Cut files


CALL = RecordedCall(
    url="https://api.openai.com/v1/chat/completions",
    status=200,
    pieces=(Piece(0.5, "aü".encode()), Piece(0.6, b"b")),
    ended_at=0.7,
)
CALLS = (CALL, attrs.evolve(CALL, status=None, pieces=(), end="failed", error=("E", "m")))


def test_a_recording_cut_anywhere_has_what_was_whole(tmp_path):
    data = Recording(CALLS).text().encode()
    lines = data.splitlines()
    path = tmp_path / "cut.jsonl"
    for place in range(len(lines[0]), len(data) + 1):
        path.write_bytes(data[:place])
        # A line is whole without its line end too: that is the last byte of a write.
        whole = [line for line in data[:place].split(b"\n") if line in lines]
        calls = Recording.load(path).calls
        assert len(calls) == sum(b'"request"' in line for line in whole)
        assert sum(len(call.pieces) for call in calls) == sum(b'"text"' in line for line in whole)
        assert sum(call.end != "cut" for call in calls) == sum(b'"end"' in line for line in whole)
    assert calls == CALLS


def test_what_was_cut_is_written_as_it_is(tmp_path):
    cut = attrs.evolve(CALL, end="cut", ended_at=0.6)
    path = tmp_path / "cut.jsonl"
    path.write_text(Recording((cut, CALL)).text())
    assert Recording.load(path).calls == (cut, CALL)


@pytest.mark.parametrize("text", ["", "{", '{"format": "lionpride_trio reco'])
def test_a_recording_cut_in_its_first_line_is_none(tmp_path, text):
    path = tmp_path / "cut.jsonl"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=r"cut\.jsonl, line 1: not"):
        Recording.load(path)


async def test_numbers_may_be_left_out_of_what_is_written_by_hand(tmp_path):
    path = tmp_path / "hand.jsonl"
    request = '{"request": {"method": "POST", "url": "https://a.b/", "headers": {}, "body": null}}'
    answer = '{"at": 0, "response": {"status": 200, "headers": {}}}'
    lines = [Recording(()).text().strip()]
    for text in ("one", "two"):
        lines += [request, answer, f'{{"at": 0, "text": "{text}"}}', '{"at": 0, "end": "end"}']
    path.write_text("\n".join(lines))
    assert [call.answer for call in Recording.load(path).calls] == [b"one", b"two"]


async def test_half_of_a_character_in_a_request_is_recorded(tmp_path):
    path = tmp_path / "call.jsonl"
    async with (
        record(path, client=ScriptedClient([b"one"])) as client,
        client.stream("POST", "https://a.b/", content=b'{"a": "\\ud83d"}'),
    ):
        pass
    assert Recording.load(path).calls[0].body == {"a": "\ud83d"}
