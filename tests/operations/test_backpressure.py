"""A reader that stops stops every operation's socket: counted where the bytes are sent."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from lionpride_trio import Session, Timeouts, iModel
from lionpride_trio.operations import Builder, flow_stream
from lionpride_trio.transformers import sentences

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
EVENT = (
    b'data: {"id":"1","model":"m","choices":[{"index":0,"delta":{"content":"Words go on. "}}]}\n\n'
)
PIECE = EVENT * 100
SMALL = 16 * 1024


class Endless:
    """Answers every request with a stream that never ends, as fast as it is taken."""

    def __init__(self) -> None:
        self.sent: list[int] = []

    async def __call__(self, stream: trio.SocketStream) -> None:
        stream.setsockopt(trio.socket.SOL_SOCKET, trio.socket.SO_SNDBUF, SMALL)
        number = len(self.sent)
        self.sent.append(0)
        try:
            await stream.receive_some()
            await stream.send_all(HEAD)
            while True:
                await stream.send_all(PIECE)
                self.sent[number] += len(PIECE)
        except trio.BrokenResourceError:
            return  # the client has gone


@asynccontextmanager
async def endless():
    server = Endless()
    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(partial(trio.serve_tcp, server, 0, host="127.0.0.1"))
        port = listeners[0].socket.getsockname()[1]
        async with Session() as session:
            patient = Timeouts(byte_idle=1000, content_idle=1000, first_content=1000)
            session.services.register(
                iModel(
                    "openai",
                    "m",
                    api_key="any",
                    base_url=f"http://127.0.0.1:{port}",
                    stream=True,
                    timeouts=patient,
                )
            )
            yield server, session
        nursery.cancel_scope.cancel()


async def standing_still(server: Endless) -> list[int]:
    """The bytes that were sent when nothing moves any more."""
    while True:
        before = list(server.sent)
        await wait_all_tasks_blocked(0.1)
        if server.sent == before:
            return before


def plain(builder: Builder) -> None:
    for number in range(4):
        builder.communicate(instruction="Go on", imodel="m", branch=f"b{number}")


def joined(builder: Builder) -> None:
    """The reader of the stream asks a model for each sentence."""
    story = builder.communicate(instruction="Go on", imodel="m")
    builder.communicate_each(
        stream_from=builder.transform(story, sentences()), template="{item}", imodel="m", limit=3
    )


@pytest.mark.parametrize("build", [plain, joined])
async def test_bytes_stop_when_the_reader_does(build):
    async with endless() as (server, session):
        builder = Builder(session=session)
        build(builder)
        async with flow_stream(builder.operations, size=16) as run:
            for _ in range(200):
                await run.receive()
            stopped = await standing_still(server)
            assert len(stopped) == 4
            # As much as the sockets' buffers hold, and not as much as an endless stream would give.
            assert all(sent < 8_000_000 for sent in stopped)
            assert run.statistics().buffered <= 16
            # The streams are not broken: they go on with the reader.
            while server.sent == stopped:
                await run.receive()
            again = await standing_still(server)
            assert sum(again) > sum(stopped)
            assert run.statistics().peak <= 16
