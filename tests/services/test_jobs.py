"""A job that the provider goes on with, ``background=True``, is never started twice by the library."""

import socket

import pytest
import trio

from lionpride_trio import (
    ConfigurationError,
    ConnectionFailed,
    ConnectionLost,
    FlowError,
    LionprideError,
    Session,
    Timeouts,
    iModel,
    sinks,
)
from lionpride_trio.operations import Builder, flow
from lionpride_trio.services import Retry, fallback
from lionpride_trio.testing import Answer, FaultyServer, HangUp
from lionpride_trio.transformers import chain, hedge, merge, race, sentences
from tests.faults.wires import TEXT, WIRES

RESPONSES = WIRES[1]
EXACT = Retry(attempts=3, wait_initial=1.0, wait_jitter=0.0)
GOOD = Answer(body=RESPONSES.body)
NOTHING_YET = RESPONSES.event({"type": "response.created", "response": {}}, "response.created")

ARRIVED = {
    "lost before the head": HangUp(),
    "reset before the head": HangUp(reset=True),
    "429": Answer(status=429),
    "500": Answer(status=500),
    "503 that asks for it": Answer(status=503, headers=[("x-should-retry", "true")]),
    "408": Answer(status=408),
    "no head": Answer(head=b"", then="stall"),
    "nothing": Answer(body=b""),
    "cut before content": Answer(body=NOTHING_YET, cut=len(NOTHING_YET), then="close"),
    "stalled before content": Answer(body=NOTHING_YET, then="stall"),
    "an error event": Answer(body=RESPONSES.failure),
}


def model_of(server, **settings):
    settings = {"retry": EXACT, "background": True, **settings}
    return RESPONSES.model(server, **settings)


async def outcome(work):
    try:
        return await work
    except LionprideError as error:
        return error


async def streamed(model, **options):
    return await sinks.join(model.stream("hi", **options))


@pytest.mark.parametrize("fault", ARRIVED)
@pytest.mark.parametrize("stream", [True, False])
async def test_what_may_have_arrived_is_not_sent_again(fault, stream, autojump_clock):
    async with FaultyServer([ARRIVED[fault], GOOD]) as server:
        model = model_of(server)
        said = await outcome(streamed(model) if stream else model.complete("hi"))
        assert isinstance(said, LionprideError)
        assert not said.retryable
        assert len(server.requests) == 1
    async with FaultyServer([ARRIVED[fault], GOOD]) as server:
        await outcome(streamed(model_of(server, background=False)))
        assert len(server.requests) == 2  # without a job it is repeated


@pytest.mark.parametrize("fault", ["lost before the head", "503 that asks for it"])
async def test_in_the_extra_body_it_is_a_job_too(fault, autojump_clock):
    async with FaultyServer([ARRIVED[fault], GOOD]) as server:
        model = model_of(server, background=None, extra_body={"background": True})
        assert isinstance(await outcome(streamed(model)), LionprideError)
        assert len(server.requests) == 1


async def test_what_never_left_is_sent_again(autojump_clock, monkeypatch):
    """The connection is refused; at the third attempt it is not."""
    async with FaultyServer(GOOD) as server:
        connect, tried = trio.open_tcp_stream, []

        async def refused_twice(*where, **options):
            tried.append(where)
            if len(tried) < 3:
                raise ConnectionRefusedError("refused")
            return await connect(*where, **options)

        monkeypatch.setattr("lionpride_trio._transport._socket.trio.open_tcp_stream", refused_twice)
        assert await streamed(model_of(server)) == TEXT
        assert (len(tried), len(server.requests)) == (3, 1)


async def test_a_connection_that_takes_too_long_is_tried_again(autojump_clock, monkeypatch):
    async with FaultyServer(GOOD) as server:
        connect, tried = trio.open_tcp_stream, []

        async def slow_once(*where, **options):
            tried.append(where)
            if len(tried) == 1:
                await trio.sleep_forever()
            return await connect(*where, **options)

        monkeypatch.setattr("lionpride_trio._transport._socket.trio.open_tcp_stream", slow_once)
        assert await streamed(model_of(server, timeouts=Timeouts(connect=3))) == TEXT
        assert (len(tried), len(server.requests)) == (2, 1)


async def test_a_job_goes_over_no_idle_connection():
    """One that turns out to be closed when the request was written gets a fresh one at once."""
    async with FaultyServer([GOOD, HangUp(), GOOD]) as server, Session() as session:
        model = model_of(server, background=None)
        session.services.register(model)
        assert await streamed(model) == TEXT  # and leaves its connection idle
        assert type(await outcome(streamed(model, background=True))) is ConnectionLost
        assert (len(server.requests), server.accepted) == (2, 2)


async def test_a_fallback_asks_no_other_model_where_a_job_may_have_begun(autojump_clock):
    async with FaultyServer([Answer(status=503), GOOD]) as server:
        models = [model_of(server, retry=None), model_of(server, name="other")]
        both = fallback(models)
        assert isinstance(await outcome(sinks.join(both.stream("hi"))), LionprideError)
        assert len(server.requests) == 1
    async with FaultyServer([Answer(status=503), GOOD]) as server:
        models = [model_of(server, retry=None), model_of(server, name="other")]
        assert isinstance(await outcome(fallback(models).complete("hi")), LionprideError)
        assert len(server.requests) == 1


async def test_a_fallback_asks_the_next_where_nothing_was_sent():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and listens to nobody
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        async with FaultyServer(GOOD) as server:
            first = iModel(
                "openai",
                "m",
                "responses",
                api_key="k-test-key",
                base_url=nobody,
                retry=None,
                background=True,
            )
            assert type(await outcome(streamed(first))) is ConnectionFailed
            assert await streamed(fallback([first, model_of(server)])) == TEXT


async def test_a_hedge_of_one_job_is_refused_when_it_is_written():
    async with FaultyServer(GOOD) as server:
        job = model_of(server).stream("hi")
        both = fallback([model_of(server)]).stream("hi")
        for source in (job, job | sentences(), both, merge(job), chain(job), race(job)):
            with pytest.raises(ConfigurationError, match="each opening starts a job"):
                hedge(source, after=1)
        assert await sinks.join(hedge(model_of(server, background=None).stream("hi"), after=60))
        assert server.requests[0].body
        assert len(server.requests) == 1


async def test_the_retry_of_an_operation_starts_no_second_job(autojump_clock):
    async with FaultyServer([Answer(status=503), GOOD]) as server, Session() as session:
        session.services.register(model_of(server, retry=None, stream=True))
        builder = Builder(session=session)
        builder.communicate(instruction="hi", imodel="m", retry=3)
        with pytest.raises((LionprideError, FlowError)):
            await flow(builder)
        assert len(server.requests) == 1
