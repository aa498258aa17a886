"""Sources and operations on real workers of Ray: on this machine alone, and on a cluster of two raylets."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
import types

import pytest
import trio

from lionpride_trio import ConfigurationError, StreamTruncated, WorkerError, WorkerLost
from lionpride_trio.distributed import remote, remote_options
from lionpride_trio.local import serve
from lionpride_trio.observe import Timeline
from lionpride_trio.operations import Builder, flow, flow_stream
from tests.distributed import jobs
from tests.distributed.clusters import has_ray, ray

__all__ = ["ray"]

pytestmark = [
    pytest.mark.ray,
    # Ray leaves pipes and files of the processes that it starts to the collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:ray"),
    pytest.mark.filterwarnings("ignore::FutureWarning:ray"),
]


async def until_gone(pid):
    """Wait until the process has ended."""
    while True:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        await trio.sleep(0.01)


async def test_items(ray):
    async with remote(jobs.numbers, 10_000) as channel:
        assert [item async for item in channel] == list(range(10_000))


async def test_a_thousandth_of_a_processor_is_enough(ray):
    async with (
        remote(jobs.numbers, 10, num_cpus=0.001) as one,
        remote(jobs.numbers, 10, num_cpus=0) as other,
    ):
        assert [item async for item in one] == [item async for item in other]


async def test_it_runs_in_another_process(ray):
    async with remote(jobs.pid_and_wait) as channel:
        assert await channel.receive() != os.getpid()


async def test_leaving_ends_the_work_and_its_sockets_within_a_second(ray):
    async with serve(rate=5) as server:
        async with remote(jobs.asks, server.url("openai")) as channel:
            await channel.receive()
            (request,) = server.requests
            began = time.monotonic()
        with trio.fail_after(1):
            await request.wait_finished()
    assert request.disconnected
    assert time.monotonic() - began < 1


async def test_leaving_cleans_up_and_ends_the_process(ray, tmp_path):
    async with remote(jobs.cleaned, tmp_path / "left") as channel:
        pid = await channel.receive()
    assert (tmp_path / "left").read_text() == "clean"
    with trio.fail_after(1):
        await until_gone(pid)


async def test_a_worker_that_blocks_is_ended_all_the_same(ray):
    async with remote(jobs.blocks) as channel:
        pid = await channel.receive()
        await trio.sleep(0.5)  # it blocks now
        began = time.monotonic()
    with trio.fail_after(1):
        await until_gone(pid)
    assert time.monotonic() - began < 1


async def test_a_reader_that_stops_stops_the_source(ray, tmp_path):
    async with remote(jobs.counted, tmp_path / "made") as channel:
        await channel.receive()
        await trio.sleep(0.5)
        made = int((tmp_path / "made").read_text())
        assert made <= 64 * 3 + 1
        await trio.sleep(0.3)
        assert int((tmp_path / "made").read_text()) == made


async def test_a_killed_worker_is_lost_and_nothing_is_made_twice(ray):
    async with remote(jobs.two_texts_and_wait) as channel:
        texts = [(await channel.receive()).data for _ in range(2)]
        os.kill(await channel.receive(), signal.SIGKILL)
        with pytest.raises(WorkerLost, match="the worker was lost") as caught:
            await channel.receive()
    assert texts == ["a", "b"]
    assert caught.value.partial.text == "ab"


@pytest.mark.parametrize(
    ("kind", "expected", "text"),
    [
        ("truncated", StreamTruncated, "cut"),
        ("plain", jobs.Plain, "text"),
        ("odd", WorkerError, "Odd: one and two"),
    ],
)
async def test_failures(ray, kind, expected, text):
    async with remote(jobs.fails, kind) as channel:
        assert (await channel.receive()).data == "so far"
        with pytest.raises(expected, match=text) as caught:
            await channel.receive()
    assert type(caught.value) is expected
    assert getattr(caught.value, "partial", None) is None or caught.value.partial.text == "so far"


async def test_a_program_that_exits_there_does_not_exit_here(ray):
    async with remote(jobs.fails, "exit") as channel:
        with pytest.raises(WorkerError, match="SystemExit"):
            while True:
                await channel.receive()


async def test_a_module_that_the_worker_has_not(ray, monkeypatch):
    module = types.ModuleType("only_at_home")
    module.numbers = lambda: None
    module.numbers.__module__, module.numbers.__qualname__ = "only_at_home", "numbers"
    monkeypatch.setitem(sys.modules, "only_at_home", module)
    with pytest.raises(ConfigurationError, match="Install it on each machine"):
        async with remote(module.numbers):
            pass


class Heard(logging.Handler):
    def __init__(self):
        super().__init__()
        self.record = None
        self.is_there = trio.Event()

    def emit(self, record):
        self.record = record
        self.is_there.set()


async def test_logs_come_home_while_nothing_else_comes(ray):
    logger, heard = logging.getLogger("tests.worker"), Heard()
    logger.addHandler(heard)
    logger.setLevel(logging.INFO)
    async with remote(jobs.logs) as channel, trio.open_nursery() as nursery:
        nursery.start_soon(channel.receive)
        with trio.fail_after(30):
            await heard.is_there.wait()
        nursery.cancel_scope.cancel()
    logger.removeHandler(heard)
    logger.setLevel(logging.NOTSET)
    assert (heard.record.getMessage(), heard.record.user) == ("said something", "me")
    assert heard.record.process != os.getpid()


async def test_observers_hear_of_the_calls_there(ray):
    timeline = Timeline()
    async with (
        serve() as server,
        remote(jobs.asks, server.url("openai"), observers=[timeline]) as channel,
    ):
        async for _ in channel:
            pass
    assert repr(timeline) == "<Timeline of 1 stories, 0 going on>"


async def test_the_trace_goes_on(ray):
    trace = pytest.importorskip("opentelemetry.sdk.trace")
    tracer = trace.TracerProvider().get_tracer("tests")
    with tracer.start_as_current_span("home") as span:
        async with remote(jobs.traced) as channel:
            assert await channel.receive() == span.get_span_context().trace_id


async def test_operations(ray):
    builder = Builder()
    on = remote_options(num_cpus=0.5)
    numbers = builder.add(jobs.counts_to_hundred, on=on)
    total = builder.add(jobs.adds_up, stream_from=numbers, on=on)
    double = builder.add(jobs.double, context_from=[total], on=on)
    assert (await flow(builder))[double] == 2 * sum(range(100))


async def test_an_operation_whose_worker_is_killed(ray):
    builder = Builder()
    builder.add(jobs.says_pid_and_waits, on=remote_options())
    async with flow_stream(builder) as run:
        _, pid = await run.receive()
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(WorkerLost):
            await run.receive()


PROGRAM = """
import trio
from lionpride_trio.distributed import remote

class Mine(Exception):
    pass

async def work(name):
    yield "hello " + name
    raise Mine("of the main module")

async def main():
    try:
        async with remote(work, "there") as channel:
            async for item in channel:
                print(item)
    except Mine as error:
        print("caught", error)

trio.run(main)
"""


def test_a_program_that_starts_ray_by_itself():
    """Functions and classes of the main module are sent by value, and keep their identity."""
    if not has_ray():
        pytest.skip("Ray is not installed: 'make ray' runs this in an environment of its own")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=100, check=False
    )
    assert done.stdout.splitlines() == ["hello there", "caught of the main module"], done.stderr
