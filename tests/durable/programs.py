"""Programs that the tests of durable streams start, and kill: ``python -m tests.durable.programs NAME …``."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from functools import partial
from itertools import count

import trio

from lionpride_trio import source
from lionpride_trio.durable import open_streams
from tests.durable.sources import given, texts


def say(*words):
    """Print a line, in one write that a kill does not cut."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


@source
async def endless():
    for number in count():
        yield f"item {number}"
        await trio.sleep(0.0005)


async def write(url, lease, *ids):
    """Write endless streams, and say each item that a reader here was given: the name, and its number."""

    async def read(name):
        async with streams.follow(name) as channel:
            async for item in channel:
                assert item == f"item {channel.last_id - 1}"
                say(name, channel.last_id)

    often = {"flush_every": 7, "flush_seconds": 0.002}
    async with (
        open_streams(url, lease=float(lease), **often) as streams,
        trio.open_nursery() as nursery,
    ):
        for name in ids:
            assert await streams.start(name, endless())
            nursery.start_soon(read, name)


async def start(url, name):
    """Start a stream when told to, say whether it was this process that began it, and read it all."""
    async with open_streams(url, lease=60) as streams:
        say("ready")
        await trio.to_thread.run_sync(sys.stdin.readline)
        began = await streams.start(name, given([f"by {os.getpid()}"]))
        async with streams.follow(name) as channel:
            say(began, *[item async for item in channel])


async def hold(url, name, lease):
    """Write one item, and then whatever comes as a line, until the source is closed."""

    closed = trio.Event()

    @source
    async def lines():
        try:
            yield "first"
            say("running")
            # Its thread may stand in a read for ever; the program ends all the same.
            read = partial(trio.to_thread.run_sync, sys.stdin.readline, abandon_on_cancel=True)
            while line := await read():
                yield line.strip()
        finally:
            say("closed")
            closed.set()

    async with open_streams(url, flush_every=1, lease=float(lease)) as streams:
        await streams.start(name, lines())
        await closed.wait()
    say("done")


def crash(folder, limit):
    """For each n run a child that kills itself before its n-th SQL statement; say how it went.

    The children are forked from this process, which has imported all and has no threads.
    """
    for number in range(1, int(limit)):
        child = os.fork()
        if not child:
            trio.run(_crash_at, folder, number)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        say(number, "killed" if os.WIFSIGNALED(status) else "whole")
        if not os.WIFSIGNALED(status):
            return


async def _crash_at(folder, number):
    seen = count(1)

    def step(statement):
        if next(seen) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    connect = sqlite3.connect

    def traced(*args, **settings):
        connection = connect(*args, **settings)
        connection.set_trace_callback(step)
        return connection

    sqlite3.connect = traced
    shown = os.open(f"{folder}/{number}.shown", os.O_WRONLY | os.O_CREAT)
    url = f"sqlite:///{folder}/{number}.db"
    async with open_streams(url, flush_every=2, lease=0.05) as streams:
        await streams.start("chat", given(texts(7)))
        async with streams.follow("chat") as channel:
            async for item in channel:
                os.write(shown, f"{item}\n".encode())


if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    if name == "crash":
        crash(*arguments)
    elif name == "thirty":
        from tests.durable.thirty import serve

        serve()
    else:
        trio.run({"write": write, "start": start, "hold": hold}[name], *arguments)
