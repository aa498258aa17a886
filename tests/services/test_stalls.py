"""A reply whose server is slow is told from one whose reader is."""

from contextlib import asynccontextmanager

import pytest
import trio

from lionpride_trio import Retry, Session, StreamTimeout, TextChunk, Timeouts
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


async def read_in_session(answer, pauses):
    """What is told of stalls in a session, with the time of each."""
    recorder = Recorder()
    async with Session(observers=[recorder]) as session:
        model = model_of(answer, timeouts=CLOCKS)
        session.services.register(model)
        async with model.stream("?") as reply:
            async for chunk in reply:
                await trio.sleep(pauses.pop(0) if pauses and isinstance(chunk, TextChunk) else 0)
    check_stories(recorder)
    return [(one.time, one.slow, one.seconds) for one in recorder.of("stalled")]


async def test_in_a_session_a_slow_reader_is_told_while_it_is_away(autojump_clock):
    told = await read_in_session(saying("a", 0.0, "b"), [500.0])
    assert told == [(10.0, "reader", 10.0)]


async def test_and_anew_each_time(autojump_clock):
    pauses = [12.0, 9.0, 0.0, 25.0]
    told = await read_in_session(saying("a", 0.0, "b", 0.0, "c", 0.0, "d", 0.0, "e"), pauses)
    assert told == [(10.0, "reader", 10.0), (31.0, "reader", 10.0)]


async def test_in_a_session_a_reader_that_waits_is_not_slow(autojump_clock):
    told = await read_in_session(saying("a", 9.0, "b", 19.0, "c"), [])
    assert told == [(19.0, "server", 10.0)]


async def test_nobody_is_told_of_a_reply_that_has_failed_and_is_tried_again(autojump_clock):
    """The time until the next attempt is not its reader's."""
    recorder = Recorder()
    failing = [event(error={"message": "overloaded", "type": "server_error"})]
    async with Session(observers=[recorder]) as session:
        model = model_of(
            failing, saying("a"), timeouts=CLOCKS, retry=Retry(wait_initial=100, wait_max=100)
        )
        session.services.register(model)
        async with model.stream("?") as reply:
            async for _ in reply:
                pass
    check_stories(recorder)
    assert "retried" in recorder.names
    assert "stalled" not in recorder.names


async def test_a_reader_that_takes_its_time_within_half_of_the_clock_is_not_slow(autojump_clock):
    assert await read(saying("a", 0.0, "b", 0.0, "c"), pause=4.9) == ([], None)


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
