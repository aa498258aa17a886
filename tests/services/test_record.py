"""What is told and kept of one call: its events in order, its timings, its headers."""

import copy
import itertools
import json
import pickle
from functools import partial

import attrs
import pytest
import trio
from hypothesis import given, settings, strategies as st
from trio.testing import MockClock

from lionpride_trio import (
    ConnectionLost,
    LionprideError,
    NotAStream,
    OutputInvalid,
    RateLimited,
    Response,
    Retry,
    Session,
    StreamTruncated,
    Verdict,
    from_json,
    iModel,
)
from lionpride_trio.observe import Observer, Timings
from lionpride_trio.providers import get
from lionpride_trio.services import fallback
from lionpride_trio.testing import Answer, FaultyServer, Script, ScriptedClient
from tests.observe.recorder import Recorder, check_stories, model_of, saying

EXACT = Retry(wait_jitter=0, wait_initial=1, attempts=3)
HEADERS = {
    "content-type": "text/event-stream",
    "x-request-id": "req-1",
    "x-ratelimit-limit-requests": "100",
    "x-ratelimit-remaining-requests": "99",
    "x-ratelimit-reset-requests": "6m0s",
    "set-cookie": "session=1",
}
REFUSED = Script(
    [b'{"error": {"message": "slow down", "type": "rate_limit"}}'],
    status=429,
    headers={**HEADERS, "content-type": "application/json"},
)


async def test_a_call_tells_its_steps_in_their_order(autojump_clock):
    recorder = Recorder()
    answer = Script(saying(1.0, "a", 2.0, "b"), headers=HEADERS)
    model = model_of(OSError("reset"), REFUSED, answer, observers=[recorder], retry=EXACT)
    async with model.stream("?") as reply:
        async for _ in reply:
            pass
    check_stories(recorder)
    assert recorder.names == [
        "call_started",
        "retried",
        "request_sent",
        "answered",
        "retried",
        "request_sent",
        "answered",
        "first_content",
        "chunks_received",
        "chunks_received",
        "chunks_received",
        "finished",
    ]
    lost, refused = recorder.of("retried")
    assert (lost.attempt, lost.delay, lost.error, lost.status) == (1, 1.0, ConnectionLost, None)
    assert (refused.attempt, refused.delay, refused.error, refused.status) == (2, 2.0, RateLimited, 429)  # fmt: skip
    sent = recorder.of("request_sent")[-1]
    assert (sent.attempt, sent.server, sent.port) == (3, "api.openai.com", 443)
    answered = recorder.of("answered")[-1]
    assert (answered.status, answered.request_id) == (200, "req-1")
    assert attrs.astuple(answered.rate_limits.requests) == (100, 99, 360.0)
    finished = recorder.one("finished")
    assert (finished.outcome, finished.verdict, finished.error) == ("ended", Verdict.COMPLETE, None)
    assert (finished.attempts, finished.status, finished.request_id) == (3, 200, "req-1")
    assert finished.usage.output_tokens == 8
    assert finished.timings == reply.timings
    counts = sum(told.count for told in recorder.of("chunks_received"))
    assert counts == reply.timings.chunks == reply.statistics().items


async def test_timings_are_seconds_from_the_call(autojump_clock):
    model = model_of(saying(1.0, "a", 2.0, "b", 3.0, "c"), max_concurrent=1)
    async with trio.open_nursery() as nursery:

        async def hold():
            async with model.stream("?"):
                await trio.sleep(10)

        nursery.start_soon(hold)
        await trio.sleep(0.5)
        async with model.stream("?") as reply:
            assert reply.timings.ended is None
            async for _ in reply:
                pass
    assert reply.timings == Timings(
        waited=10.5,  # the other call holds its slot for 11 s, and this one began at 0.5
        sent=10.5,
        first_byte=10.5,
        first_content=11.5,
        ended=16.5,
        chunks=5,
        longest_gap=3.0,
        p95_gap=3.0,
        tokens_per_second=pytest.approx(8 / 5.0),
    )
    assert reply.response.timings == reply.timings


async def test_a_slow_reader_makes_no_gap(autojump_clock):
    async with model_of(saying("a", "b", "c")).stream("?") as reply:
        async for _ in reply:
            await trio.sleep(100)
    assert reply.timings.longest_gap == pytest.approx(0.0)


async def test_the_facts_stand_on_the_reply_the_response_and_the_error():
    answer = Script(saying("a", end=False), headers=HEADERS)
    async with model_of(answer).stream("?") as reply:
        with pytest.raises(StreamTruncated) as caught:
            async for _ in reply:
                pass
    error = caught.value
    for one in (reply, reply.response, error, error.partial, pickle.loads(pickle.dumps(error))):
        assert one.request_id == "req-1"
        assert one.headers["x-ratelimit-limit-requests"] == "100"
        assert "set-cookie" not in one.headers
        assert one.rate_limits.requests.remaining == 99
        assert one.timings.chunks == 1
        assert one.timings.ended is not None


@pytest.mark.parametrize("output", [None, list[int]])
async def test_and_on_a_response_that_was_not_streamed(autojump_clock, output):
    body = {
        "choices": [{"message": {"content": "[1]"}, "finish_reason": "stop"}],
        "usage": {"completion_tokens": 8},
    }
    recorder = Recorder()
    headers = {**HEADERS, "content-type": "application/json"}
    client = ScriptedClient(Script([2.0, json.dumps(body)], headers=headers))
    model = model_of(http_client=client, observers=[recorder])
    output = None if output is None else list[int]
    response = await model.complete("?", output=output)
    assert response.request_id == "req-1"
    assert response.timings.ended == response.timings.first_content == pytest.approx(2.0)
    assert response.timings.tokens_per_second == pytest.approx(4.0)
    check_stories(recorder)
    assert recorder.one("finished").timings == response.timings
    assert not recorder.one("call_started").streamed
    with pytest.raises(OutputInvalid) as caught:
        await model.complete("?", output=dict[str, int])
    assert caught.value.timings.ended == pytest.approx(2.0)


async def test_a_refused_call_has_them_too():
    for make in (lambda m: m.complete("?"), lambda m: m.stream("?").__aenter__()):
        with pytest.raises(RateLimited) as caught:
            await make(model_of(REFUSED, retry=None))
        assert caught.value.rate_limits.requests.limit == 100
        assert caught.value.headers["x-request-id"] == "req-1"
        assert caught.value.timings.first_byte is not None


async def test_an_error_of_no_answer_has_its_timings_and_no_headers():
    with pytest.raises(ConnectionLost) as caught:
        await model_of(OSError("reset"), retry=None).complete("?")
    assert caught.value.timings.first_byte is None
    assert caught.value.headers == {}
    assert caught.value.rate_limits is None
    assert LionprideError("of no call").timings is None
    assert LionprideError("of no call").headers is None


async def test_two_responses_are_equal_whenever_they_came(autojump_clock):
    found = []
    for pause in (0.0, 5.0):
        async with model_of(Script(saying(pause, "a"), headers=HEADERS)).stream("?") as reply:
            async for _ in reply:
                pass
        found.append(reply.response)
    first, second = found
    assert first == second
    assert first.timings != second.timings
    assert repr(first) == repr(second)
    again = from_json(first.to_json())
    assert again == first
    assert again.timings is None
    for copied in (pickle.loads(pickle.dumps(first)), copy.deepcopy(first)):
        assert copied == first
        assert copied.timings == first.timings
        assert copied.headers == first.headers
    assert Response().headers == {}
    assert Response().request_id is Response().rate_limits is None


async def test_a_key_that_an_answer_repeats_is_masked():
    key = "sk-abcdefghijkl"
    headers = {**HEADERS, "x-echo": f"Bearer {key}", "x-request-id": key}
    recorder = Recorder()
    model = model_of(Script(saying("a"), headers=headers), api_key=key, observers=[recorder])
    async with model.stream("?") as reply:
        await reply.receive()
    assert key not in str(dict(reply.headers)) + str(reply.request_id) + repr(recorder.events)


# Every way in which a call can end.


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([OSError("reset")], ConnectionLost),
        ([REFUSED], RateLimited),
        ([saying(end=False)], StreamTruncated),
        ([Script([b"<p>"], headers={"content-type": "text/html"})], NotAStream),
    ],
)
@pytest.mark.parametrize("limited", [None, 1])
async def test_a_call_that_fails_ends_its_story(answers, error, limited):
    recorder = Recorder()
    model = model_of(*answers, observers=[recorder], retry=None, max_concurrent=limited)
    with pytest.raises(error):
        async with model.stream("?"):
            raise AssertionError("it opens")
    check_stories(recorder)
    finished = recorder.one("finished")
    assert (finished.outcome, finished.error) == ("failed", error)


@pytest.mark.parametrize("limited", [None, 1])
async def test_one_that_breaks_off_ends_it_when_that_is_seen(limited):
    recorder = Recorder()
    answer = [*saying("a", end=False), OSError("reset")]
    model = model_of(answer, observers=[recorder], max_concurrent=limited)
    async with model.stream("?") as reply:
        with pytest.raises(ConnectionLost):
            async for _ in reply:
                pass
        assert recorder.one("finished").error is ConnectionLost
    check_stories(recorder)


@pytest.mark.parametrize("limited", [None, 1])
@pytest.mark.parametrize("way", ["break", "error", "cancel", "stop", "aclose"])
async def test_one_that_is_left_ends_it(way, limited, autojump_clock):
    recorder = Recorder()
    model = model_of(saying("a", 100.0, "b"), observers=[recorder], max_concurrent=limited)
    try:
        with trio.move_on_after(5):
            async with model.stream("?") as reply:
                await reply.receive()
                if way == "error":
                    raise ZeroDivisionError
                if way == "cancel":
                    await reply.receive()
                if way == "stop":
                    reply.stop()
                if way == "aclose":
                    await reply.aclose()
    except ZeroDivisionError:
        pass
    check_stories(recorder)
    finished = recorder.one("finished")
    outcome = {"cancel": "cancelled", "stop": "ended"}.get(way, "left")
    assert (finished.outcome, finished.error) == (outcome, None)
    assert finished.timings.chunks == 1
    if way == "stop":
        assert finished.verdict is Verdict.STOPPED


@pytest.mark.parametrize("seconds", [0.5, 1.5, 2.5])
@pytest.mark.parametrize("streamed", [True, False])
async def test_one_that_is_cancelled_before_its_answer_ends_it(seconds, streamed, autojump_clock):
    """While it waits for its slot, its limit, its key."""
    recorder = Recorder()

    async def key():
        await trio.sleep(10)
        return "k"

    model = model_of(
        saying("a"),
        api_key=key if seconds > 2 else "k",
        observers=[recorder],
        max_concurrent=1 if seconds < 1 else 5,
        limit_requests=1 if 1 < seconds < 2 else 5,
    )
    async with trio.open_nursery() as nursery:

        async def hold():
            async with model.stream("?"):
                await trio.sleep(20)

        if seconds < 2:
            nursery.start_soon(hold)
            await trio.sleep(0.1)
        before = len(recorder.events)
        with trio.move_on_after(seconds):
            if streamed:
                async with model.stream("?"):
                    pass
            else:
                await model.complete("?")
        told = recorder.events[before:]
        nursery.cancel_scope.cancel()
    names = [one.told_as for one in told]
    waits = ["waiting"] if seconds < 2 else []
    assert names == ["call_started", *waits, "finished"]
    assert told[-1].outcome == "cancelled"
    if waits:
        assert told[1].reason == ("slot" if seconds < 1 else "limit")
    check_stories(recorder)


async def test_what_a_providers_reading_of_headers_raises_closes_the_connection():
    """It is asked with the head, before there is a reply that could be closed."""

    class Careless(type(get("openai"))):
        def rate_limits(self, headers):
            raise ZeroDivisionError

    endless = Answer(body=itertools.repeat(b": still here\n\n"))
    recorder = Recorder()
    async with FaultyServer(endless) as server, Session() as session:
        settings = {"base_url": server.url("openai"), "observers": [recorder]}
        model = iModel(Careless(), "m", api_key="k", retry=None, **settings)
        session.services.register(model)
        with pytest.raises(ZeroDivisionError):
            async with model.stream("?"):
                pass
        await server.wait_idle()


async def test_each_model_of_a_fallback_tells_its_own():
    recorder = Recorder()
    first = model_of(OSError("reset"), observers=[recorder], retry=None)
    second = model_of(saying("a"), observers=[recorder])
    async with fallback([first, second]).stream("?") as reply:
        async for _ in reply:
            pass
    check_stories(recorder)
    assert [one.outcome for one in recorder.of("finished")] == ["failed", "ended"]


async def test_over_the_librarys_own_client_a_request_is_told_when_it_is_sent():
    """A request is told as sent though its answer never comes."""
    recorder = Recorder()
    sent = trio.Event()

    class Sent(Observer):
        def request_sent(self, event):
            sent.set()

    async def silent(stream):
        await trio.sleep_forever()

    async with trio.open_nursery() as nursery:
        (listener,) = await nursery.start(partial(trio.serve_tcp, silent, 0, host="127.0.0.1"))
        port = listener.socket.getsockname()[1]
        model = iModel(
            "openai", "m", api_key="k", base_url=f"http://127.0.0.1:{port}/v1",
            observers=[recorder, Sent()],
        )  # fmt: skip
        with trio.CancelScope() as scope:
            async with trio.open_nursery() as calling:
                calling.start_soon(model.complete, "?")
                await sent.wait()
                scope.cancel()
        nursery.cancel_scope.cancel()
    check_stories(recorder)
    assert recorder.names == ["call_started", "request_sent", "finished"]
    told = recorder.one("request_sent")
    assert (told.server, told.port) == ("127.0.0.1", port)


STEP = st.one_of(st.sampled_from(["a", "bc"]), st.floats(0.01, 70), st.just(OSError("reset")))
ANSWER = st.one_of(
    st.just(OSError("refused")),
    st.just(REFUSED),
    st.builds(
        lambda steps, end: saying(*steps, end=end), st.lists(STEP, max_size=5), st.booleans()
    ),
)


@settings(max_examples=60)
@given(
    answers=st.lists(ANSWER, min_size=1, max_size=3),
    seconds=st.floats(0, 200),
    pause=st.sampled_from([0.0, 0.3, 40.0]),
    limits=st.sampled_from([{}, {"max_concurrent": 1}, {"limit_requests": 1}]),
    calls=st.integers(1, 3),
)
def test_whatever_happens_each_call_tells_its_story_whole(answers, seconds, pause, limits, calls):
    recorder = Recorder()

    async def main():
        model = model_of(*answers, observers=[recorder], retry=EXACT, **limits)

        async def read():
            with trio.move_on_after(seconds):
                try:
                    async with model.stream("?") as reply:
                        async for _ in reply:
                            await trio.sleep(pause)
                except LionprideError:
                    pass

        async with trio.open_nursery() as nursery:
            for _ in range(calls):
                nursery.start_soon(read)

    trio.run(main, clock=MockClock(autojump_threshold=0))
    check_stories(recorder)
    assert recorder.names.count("finished") == calls
    for finished in recorder.of("finished"):
        of_call = recorder.stories()[finished.call_id]
        told = sum(one.count for one in of_call if one.told_as == "chunks_received")
        assert told >= finished.timings.chunks
