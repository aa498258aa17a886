"""Writers that are killed or paused at any point: what a reader was given stays, once and in order."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio

from lionpride_trio import NotFound, WriterLost
from lionpride_trio.durable import State, open_streams
from tests.durable.sources import read_all, texts

ROOT = Path(__file__).parents[2]
IDS = ["a", "b", "c", "d"]


class Program:
    """A program of `tests.durable.programs`, and what it says."""

    def __init__(self, process):
        self.process = process
        self._text = b""

    async def line(self):
        """The next line that it says; None when it has ended."""
        while b"\n" not in self._text:
            piece = await self.process.stdout.receive_some()
            if not piece:
                return None
            self._text += piece
        line, _, self._text = self._text.partition(b"\n")
        return line.decode()

    async def lines(self):
        while (line := await self.line()) is not None:
            yield line

    async def tell(self, line):
        await self.process.stdin.send_all(line.encode() + b"\n")


@asynccontextmanager
async def run_program(*words):
    process = await trio.lowlevel.open_process(
        [sys.executable, "-m", "tests.durable.programs", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        async with process.stdout, process.stdin:
            yield Program(process)
    finally:
        process.kill()
        with trio.CancelScope(shield=True):
            await process.wait()


async def follow_to_the_end(streams, name, got, caught):
    try:
        async with streams.follow(name, wait=60) as channel:
            async for item in channel:
                got[name].append(item)
                assert channel.last_id == len(got[name])
    except WriterLost as error:
        caught[name] = error


async def test_writers_that_are_killed(shared_url, pytestconfig):
    """Readers in another process get each item once and in order, and then a typed end."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    async with open_streams(shared_url) as streams:
        for crash in range(pytestconfig.getoption("crashes")):
            ids = [f"{crash}{letter}" for letter in IDS]
            got, caught = {name: [] for name in ids}, {}
            shown = dict.fromkeys(ids, 0)
            async with trio.open_nursery() as nursery:
                for name in ids:
                    nursery.start_soon(follow_to_the_end, streams, name, got, caught)
                async with run_program("write", shared_url, "1", *ids) as program:
                    for _ in range(chance.randrange(1, 400)):
                        name, last = (await program.line()).split()
                        shown[name] = int(last)
                    program.process.send_signal(signal.SIGKILL)
                    async for line in program.lines():
                        name, last = line.split()
                        shown[name] = int(last)
            for name in ids:
                if name not in caught:  # killed before it was begun
                    assert shown[name] == 0
                    continue
                assert got[name] == texts(len(got[name]))
                assert shown[name] <= len(got[name])
                partial = caught[name].partial
                assert ("" if partial is None else partial.text) == "".join(got[name])
                assert (await streams.status(name)).state is State.LOST
    # After a restart it is all there.
    async with open_streams(shared_url) as streams:
        assert len(await streams.list()) > 0
        for name in ids:
            again, caught = {name: []}, {}
            await follow_to_the_end(streams, name, again, caught)
            assert again[name] == got[name]
            assert isinstance(caught[name], WriterLost)


async def test_a_kill_before_each_statement(tmp_path):
    """SQLite: on both sides of each commit, and between."""
    async with run_program("crash", str(tmp_path), "500") as program:
        fates = [line.split() async for line in program.lines()]
    assert [fate for _, fate in fates] == ["killed"] * (len(fates) - 1) + ["whole"]
    assert len(fates) > 50
    states = set()
    for number, _ in fates:
        shown = (tmp_path / f"{number}.shown").read_text().splitlines()
        got = []
        async with open_streams(f"sqlite:///{tmp_path / number}.db") as streams:
            try:
                async with streams.follow("chat") as channel:
                    async for item in channel:
                        got.append(item)
                state = (await streams.status("chat")).state
                assert got == texts(7)
            except WriterLost:
                state = State.LOST
            except NotFound:
                state = None
        states.add(state)
        assert got == texts(len(got))
        assert shown == got[: len(shown)]
    assert states == {None, State.LOST, State.ENDED}


async def test_two_processes_that_start_one_id(shared_url):
    async with (
        run_program("start", shared_url, "chat") as one,
        run_program("start", shared_url, "chat") as two,
    ):
        assert await one.line() == await two.line() == "ready"
        await one.tell("go")
        await two.tell("go")
        answers = [await one.line(), await two.line()]
        assert sorted(answer.split()[0] for answer in answers) == ["False", "True"]
        (began,) = (one if answers[0].startswith("True") else two,)
        assert {answer.split(maxsplit=1)[1] for answer in answers} == {f"by {began.process.pid}"}


async def test_a_process_that_was_paused_writes_nothing_after_it_was_seen_lost(shared_url):
    async with (
        open_streams(shared_url) as streams,
        run_program("hold", shared_url, "chat", "1") as program,
    ):
        assert await program.line() == "running"
        async with streams.follow("chat") as channel:
            assert await channel.receive() == "first"
            program.process.send_signal(signal.SIGSTOP)
            with pytest.raises(WriterLost, match="after item 1"):
                await channel.receive()
        await program.tell("late")
        program.process.send_signal(signal.SIGCONT)
        # Its run is cancelled, and its source closed.
        assert await program.line() == "closed"
        assert await program.line() == "done"
        status = await streams.status("chat")
        assert (status.state, status.items) == (State.LOST, 1)


async def test_stop_from_another_process(shared_url):
    async with (
        open_streams(shared_url) as streams,
        run_program("hold", shared_url, "chat", "60") as program,
    ):
        assert await program.line() == "running"
        await program.tell("second")
        async with streams.follow("chat") as channel:
            assert [await channel.receive(), await channel.receive()] == ["first", "second"]
            status = await streams.stop("chat")
        assert (status.state, status.items) == (State.STOPPED, 2)
        assert await program.line() == "closed"
        assert await read_all(streams.follow("chat", after=1)) == ["second"]
