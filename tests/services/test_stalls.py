"""A reply whose server is slow is told from one whose reader is."""

from contextlib import asynccontextmanager

import pytest
import trio

from lionpride_trio import StreamTimeout, Timeouts
from lionpride_trio._transport import open_client
from lionpride_trio.testing import ScriptedClient
from tests.observe.recorder import Recorder, check_stories, event, model_of, saying

CLOCKS = Timeouts(first_content=40, content_idle=60, byte_idle=20)
PING = b": ping\n\n"


async def read(answer, pause=0.0, timeouts=CLOCKS, **settings):
    """Read an answer; what is told of stalls, with the time of each."""
    recorder = Recorder()
    model = model_of(answer, observers=[recorder], timeouts=timeouts, **settings)
    failure = None
    try:
        async with model.stream("?") as reply:
            async for _ in reply:
                await trio.sleep(pause)
    except StreamTimeout as error:
        failure = error
    check_stories(recorder)
    told = [(one.time, one.slow, one.clock, one.seconds) for one in recorder.of("stalled")]
    return told, failure


async def test_a_server_that_is_quick_stalls_nobody(autojump_clock):
    assert await read(saying("a", 9.9, "b", 9.9, "c")) == ([], None)


async def test_a_silent_server_is_told_at_half_of_the_clock_once(autojump_clock):
    told, failure = await read(saying("a", 19.0, "b", 1.0, "c", 15.0, "d"))
    assert told == [(10.0, "server", "byte_idle", 10.0), (30.0, "server", "byte_idle", 10.0)]
    assert failure is None


async def test_the_clock_goes_on_from_there(autojump_clock):
    told, failure = await read(saying("a", 100.0))
    assert told == [(10.0, "server", "byte_idle", 10.0)]
    assert failure.clock == "byte_idle"
    assert failure.timings.ended == pytest.approx(20)


async def test_one_that_says_nothing_but_pings_is_told_by_the_clock_of_content(autojump_clock):
    told, failure = await read(["data: {}\n\n", event("a"), *[5.0, PING] * 20])
    assert told == [(30.0, "server", "content_idle", 30.0)]
    assert failure.clock == "content_idle"
    assert failure.timings.ended == pytest.approx(60)


async def test_so_is_one_whose_first_content_does_not_come(autojump_clock):
    told, failure = await read([*[5.0, PING] * 20], retry=None)
    assert told == [(20.0, "server", "first_content", 20.0)]
    assert failure is not None


async def test_a_slow_reader_is_told_when_it_comes_back(autojump_clock):
    """Its server may well have been waiting for it."""
    told, failure = await read(saying("a", 0.0, "b"), pause=12.0)
    assert told[0] == (12.0, "reader", "byte_idle", 12.0)
    assert {slow for _, slow, *_ in told} == {"reader"}
    assert failure is None


async def test_or_when_it_leaves(autojump_clock):
    recorder = Recorder()
    model = model_of(saying("a", 50.0, "b"), observers=[recorder], timeouts=CLOCKS)
    async with model.stream("?") as reply:
        await reply.receive()
        await trio.sleep(31)
    check_stories(recorder)
    assert recorder.names[-2:] == ["stalled", "finished"]
    assert (recorder.one("stalled").slow, recorder.one("stalled").seconds) == ("reader", 31.0)


async def test_a_reader_that_takes_its_time_within_half_of_the_clock_is_not_slow(autojump_clock):
    assert await read(saying("a", 0.0, "b", 0.0, "c"), pause=9.0) == ([], None)


class SlowStream:
    """A connection whose answer takes half a minute."""

    def __init__(self):
        self.pieces = [
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n",
            *saying("a"),
            b"",
        ]

    async def send_all(self, data):
        await trio.lowlevel.checkpoint()

    async def receive_some(self, count=None):
        await trio.sleep_until(30)
        return self.pieces.pop(0)

    async def aclose(self):
        await trio.lowlevel.checkpoint()


async def test_the_head_of_an_answer_is_waited_for_too(autojump_clock):
    async def connect(host, port):
        await trio.lowlevel.checkpoint()
        return SlowStream()

    client = open_client(connect=connect)
    told, failure = await read(None, http_client=client, base_url="http://127.0.0.1:9/v1")
    assert told == [(20.0, "server", "first_content", 20.0)]
    assert failure is None


class LateClient(ScriptedClient):
    """A client of the user's, which cannot be asked while it waits."""

    @asynccontextmanager
    async def _answered(self, *args):
        await trio.sleep(30)
        async with super()._answered(*args) as response:
            yield response


async def test_a_client_that_does_not_tell_is_told_of_afterwards(autojump_clock):
    recorder = Recorder()
    client = LateClient(saying("a"))
    model = model_of(http_client=client, observers=[recorder], timeouts=CLOCKS)
    async with model.stream("?") as reply:
        async for _ in reply:
            pass
    check_stories(recorder)
    assert recorder.names[:4] == ["call_started", "request_sent", "stalled", "answered"]


@pytest.mark.parametrize(("seconds", "stalls"), [(299.0, []), (400.0, [300.0])])
async def test_of_an_answer_that_is_not_streamed_the_clock_is_answer(
    autojump_clock, seconds, stalls
):
    recorder = Recorder()
    body = '{"choices": [{"message": {"content": "a"}, "finish_reason": "stop"}]}'
    model = model_of([seconds, body], observers=[recorder])
    await model.complete("?")
    check_stories(recorder)
    assert [one.time for one in recorder.of("stalled")] == stalls
    assert {one.clock for one in recorder.of("stalled")} <= {"answer"}
