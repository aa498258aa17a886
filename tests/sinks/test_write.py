"""Writing to what has no room: it can be cancelled, and what comes later is in order."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from contextlib import suppress

import pytest
import trio

from lionpride_trio import SinkError, sinks
from lionpride_trio.transformers import from_iterable, merge

LONG = "".join(f"{number:07}\n" for number in range(40_000))
"""More than a pipe holds."""


@pytest.fixture
def pipe():
    """A pipe that nobody reads, as a text stream, and its other end."""
    read, write = os.pipe()
    stream = os.fdopen(write, "w", encoding="utf-8")
    yield stream, read
    os.close(read)
    with suppress(BrokenPipeError):
        stream.close()


def read_all(fd: int) -> str:
    """The bytes in the pipe."""
    os.set_blocking(fd, False)
    pieces = []
    try:
        while piece := os.read(fd, 65536):
            pieces.append(piece)
    except BlockingIOError:
        pass
    return b"".join(pieces).decode()


def write_some(stream) -> None:
    stream.write("after")
    stream.flush()


async def test_a_sink_on_a_full_pipe_can_be_cancelled(pipe):
    stream, read = pipe
    with trio.move_on_after(0.3) as scope:
        await sinks.to_stream(stream)(from_iterable([LONG]))
    assert scope.cancelled_caught
    came = read_all(read)
    assert LONG.startswith(came)
    assert len(came) > 1000
    # Nobody writes on behind it.
    await trio.to_thread.run_sync(write_some, stream)
    assert read_all(read) == "after"


async def test_a_pipe_that_is_read_late_gets_all(pipe):
    stream, read = pipe
    came = bytearray()

    async def read_late():
        await trio.sleep(0.2)
        while not came.endswith(b"end"):
            came.extend(await trio.to_thread.run_sync(os.read, read, 65536))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(read_late)
        await sinks.to_stream(stream, end="end")(from_iterable([LONG]))
    assert came.decode() == LONG + "end"


async def test_two_sinks_may_wait_for_one_pipe(pipe):
    stream, _ = pipe
    with trio.move_on_after(0.3):
        async with trio.open_nursery() as nursery:
            for _ in range(2):
                nursery.start_soon(sinks.to_stream(stream), from_iterable([LONG]))


async def test_labelled_on_a_full_pipe_can_be_cancelled(pipe):
    stream, _ = pipe
    with trio.move_on_after(0.3) as scope:
        await sinks.labelled(stream=stream)(merge({"a": from_iterable([LONG, "rest"])}))
    assert scope.cancelled_caught


async def test_a_pipe_without_a_reader_is_a_sink_error(pipe):
    stream, read = pipe
    os.close(os.dup(read))
    fd = os.open(os.devnull, os.O_RDONLY)
    os.dup2(fd, read)  # which closes the pipe's end
    os.close(fd)
    with pytest.raises(SinkError) as caught:
        await sinks.to_stream(stream)(from_iterable(["x"]))
    assert isinstance(caught.value.__cause__, BrokenPipeError)


class Stuck(io.StringIO):
    """A stream of the user's own that blocks in its first write."""

    def __init__(self):
        super().__init__()
        self.began = threading.Event()
        self.go_on = threading.Event()
        self.ended = threading.Event()

    def write(self, text):
        self.began.set()
        self.go_on.wait()
        super().write(text)
        self.ended.set()


async def test_a_write_that_blocks_is_left_to_its_thread_and_nothing_follows_it():
    stream = Stuck()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(sinks.to_stream(stream), from_iterable(["x" * 1024 + "y"]))
        await trio.to_thread.run_sync(stream.began.wait)
        nursery.cancel_scope.cancel()
    stream.go_on.set()
    await trio.to_thread.run_sync(stream.ended.wait)
    await sinks.to_stream(stream)(from_iterable("later"))
    assert stream.getvalue() == "x" * 1024 + "later\n"


async def test_a_program_whose_output_nobody_reads_ends_when_it_is_cancelled():
    program = (
        "import sys, trio\n"
        "from lionpride_trio import sinks\n"
        "from lionpride_trio.transformers import from_iterable\n"
        "async def main():\n"
        "    with trio.move_on_after(0.3) as scope:\n"
        "        await sinks.stdout(from_iterable(['x' * 1_000_000]))\n"
        "    assert scope.cancelled_caught\n"
        "    print('ended', file=sys.stderr)\n"
        "trio.run(main)\n"
    )
    process = await trio.lowlevel.open_process(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    async with process.stdout, process.stderr:
        told = b"".join([piece async for piece in process.stderr])
        assert await process.wait() == 0
    assert told == b"ended\n"


@pytest.mark.parametrize(
    "sink", [sinks.to_stream, lambda out: sinks.dots(1, stream=out)], ids=["to_stream", "dots"]
)
async def test_a_stream_that_is_closed_is_a_failure_of_the_sink(sink):
    out = io.StringIO()
    out.close()
    with pytest.raises(SinkError, match="closed") as caught:
        await sink(out)(from_iterable("a"))
    assert caught.value.sink == "stdout"
    assert isinstance(caught.value.__cause__, ValueError)
