"""Concurrency, requests and tokens in a while: gated before anything is sent."""

import json

import pytest
import trio

from lionpride_trio import ConfigurationError, iModel
from lionpride_trio.providers import ModelCall
from lionpride_trio.services import Bounds, Retry
from lionpride_trio.services._rate_limit import RateLimiter
from lionpride_trio.testing import Answer, FaultyServer
from tests.faults.wires import WIRES

CHAT = WIRES[0]
GOOD = Answer(body=CHAT.body)


def using(tokens):
    usage = {"choices": [], "usage": {"total_tokens": tokens, "prompt_tokens": tokens}}
    finish, done = CHAT.after.split(b"data: [DONE]")
    return Answer(body=CHAT.unended + finish + CHAT.event(usage) + b"data: [DONE]" + done)


async def when_asked(model, calls, server):
    """The seconds at which *calls* calls, started together, got their first content."""
    times = []
    began = trio.current_time()

    async def call():
        async with model.stream("hi") as reply:
            times.append(round(trio.current_time() - began, 6))
            async for _ in reply:
                pass

    async with trio.open_nursery() as nursery:
        for _ in range(calls):
            nursery.start_soon(call)
    return sorted(times)


async def test_a_reply_holds_its_place_as_long_as_it_is_open(autojump_clock):
    async with FaultyServer(GOOD) as server:
        model = CHAT.model(server, max_concurrent=2)
        open_now, most = 0, 0

        async def call():
            nonlocal open_now, most
            async with model.stream("hi") as reply:
                open_now += 1
                most = max(most, open_now)
                await trio.sleep(1)
                assert (await reply.receive()).data
                open_now -= 1

        began = trio.current_time()
        async with trio.open_nursery() as nursery:
            for _ in range(10):
                nursery.start_soon(call)
        assert most == 2
        assert trio.current_time() - began == pytest.approx(5)
        assert len(server.requests) == 10


async def test_whole_answers_are_gated_too(autojump_clock):
    body = {
        "id": "1",
        "choices": [{"index": 0, "message": {"content": "x"}, "finish_reason": "stop"}],
    }
    answer = Answer(body=[json.dumps(body).encode()], pause=1, media="application/json")
    async with FaultyServer(answer) as server:
        model = CHAT.model(server, max_concurrent=1)
        began = trio.current_time()
        async with trio.open_nursery() as nursery:
            for _ in range(3):
                nursery.start_soon(model.complete, "hi")
        assert trio.current_time() - began == pytest.approx(3)


async def test_no_place_is_lost_when_calls_are_cancelled_anywhere(autojump_clock):
    """As the pool of an HTTP client loses them: 1,200 calls, cancelled while queued or running."""
    slow = Answer(body=[CHAT.unended, CHAT.after], pause=0.01)
    async with FaultyServer(slow) as server:
        model = CHAT.model(server, max_concurrent=3)

        async def call(seconds):
            with trio.move_on_after(seconds):
                async with model.stream("hi") as reply:
                    async for _ in reply:
                        pass

        for _ in range(12):
            async with trio.open_nursery() as nursery:
                for number in range(100):
                    nursery.start_soon(call, number * 0.0007)
        await server.wait_idle()
        # All three places are there still.
        async with model.stream("a"), model.stream("b"), model.stream("c"):
            pass


async def test_requests_in_a_window(autojump_clock):
    async with FaultyServer(GOOD) as server:
        model = CHAT.model(server, limit_requests=3, capacity_refresh_time=10)
        assert await when_asked(model, 8, server) == [0, 0, 0, 10, 10, 10, 20, 20]


async def test_a_window_begins_with_its_first_request(autojump_clock):
    async with FaultyServer(GOOD) as server:
        model = CHAT.model(server, limit_requests=1, capacity_refresh_time=10)
        assert await when_asked(model, 1, server) == [0]
        await trio.sleep(25)
        assert await when_asked(model, 2, server) == [0, 10]


async def test_each_attempt_is_a_request(autojump_clock):
    async with FaultyServer([Answer(status=503), GOOD]) as server:
        retry = Retry(wait_initial=1, wait_jitter=0)
        model = CHAT.model(server, limit_requests=1, capacity_refresh_time=10, retry=retry)
        assert await when_asked(model, 1, server) == [10]


async def test_tokens_in_a_window_are_estimated_and_then_corrected(autojump_clock):
    async with FaultyServer(using(4)) as server:
        # "hi" in its message is estimated at about ten tokens, and the option adds ninety.
        model = CHAT.model(server, limit_tokens=250, capacity_refresh_time=10, max_tokens=90)
        assert await when_asked(model, 3, server) == [0, 0, 10]
        await trio.sleep(20)
        # One after the other, each counts as the four tokens that it used.
        times = [await when_asked(model, 1, server) for _ in range(30)]
        assert times == [[0]] * 30


async def test_a_request_larger_than_the_limit_has_a_window_of_its_own(autojump_clock):
    async with FaultyServer(GOOD) as server:
        model = CHAT.model(server, limit_tokens=5, capacity_refresh_time=10, max_tokens=90)
        assert await when_asked(model, 3, server) == [0, 10, 20]


async def test_a_cancelled_wait_counts_nothing(autojump_clock):
    async with FaultyServer(GOOD) as server:
        model = CHAT.model(server, limit_requests=2, capacity_refresh_time=10)
        await when_asked(model, 2, server)
        with trio.move_on_after(5):
            await when_asked(model, 5, server)
        assert len(server.requests) == 2
        assert await when_asked(model, 2, server) == [5, 5]


def test_a_model_may_be_used_in_one_run_after_another():
    gate = RateLimiter(limit_requests=1, max_concurrent=1, refresh=1000)

    async def run():
        with trio.fail_after(5):  # each run has a clock of its own
            async with gate.slot():
                await gate.acquire(ModelCall("m", []))

    trio.run(run)
    trio.run(run)


@pytest.mark.parametrize(
    "setting",
    [
        {"max_concurrent": 0},
        {"max_concurrent": True},
        {"limit_requests": -1},
        {"limit_tokens": 1.5},
        {"capacity_refresh_time": 0},
        {"retry": 3},
        {"bounds": 100},
        {"timeouts": 5},
    ],
)
def test_a_wrong_setting_says_so(setting):
    (name,) = setting
    with pytest.raises(ConfigurationError, match=name):
        iModel("openai", "m", api_key="k", **setting)


def test_a_bound_too_small_says_so():
    with pytest.raises(ConfigurationError, match="max_event_bytes"):
        Bounds(max_event_bytes=0)


async def test_a_limiter_says_how_full_it_is(autojump_clock):
    assert repr(RateLimiter()) == "<RateLimiter without limits>"
    limiter = RateLimiter(max_concurrent=2, limit_requests=3, limit_tokens=100, refresh=30)
    empty = "<RateLimiter 0 of 2 calls open, 0 of 3 requests, 0 of 100 tokens in 30 s>"
    assert repr(limiter) == empty
    async with limiter.slot():
        reservation = await limiter.acquire(ModelCall("m", [], {"max_tokens": 40}, True))
        shown = repr(limiter)
        assert shown.startswith("<RateLimiter 1 of 2 calls open, 1 of 3 requests, ")
        assert f"{reservation.tokens} of 100 tokens" in shown
    assert repr(RateLimiter(limit_requests=3)) == "<RateLimiter 0 of 3 requests in 60 s>"
