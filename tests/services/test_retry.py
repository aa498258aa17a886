"""A call that fails before its first content is tried again; every wait is exact."""

import email.utils
import time

import pytest
import stamina
import trio

from lionpride_trio import (
    AuthenticationError,
    BadRequest,
    ConfigurationError,
    ConnectionLost,
    LionprideError,
    NotAStream,
    Overloaded,
    QuotaExhausted,
    RateLimited,
    ServerError,
    StreamTimeout,
    StreamTruncated,
    TextChunk,
    Timeouts,
    UsageChunk,
    providers,
)
from lionpride_trio.services import Retry
from lionpride_trio.testing import Answer, FaultyServer, HangUp
from tests.faults.wires import TEXT, WIRES

EXACT = Retry(attempts=3, wait_initial=1.0, wait_max=8.0, wait_jitter=0.0)
CHAT, RESPONSES, ANTHROPIC, GEMINI = WIRES[:4]
GOOD = Answer(body=CHAT.body)


async def asked(script, *, wire=CHAT, retry=EXACT, stream=True, **settings):
    """The text or the error, the seconds it took, and the number of requests."""
    async with FaultyServer(script) as server:
        model = wire.model(server, retry=retry, **settings)
        began = trio.current_time()
        try:
            if stream:
                async with model.stream("hi") as reply:
                    said = "".join([chunk.data async for chunk in reply])
            else:
                said = (await model.complete("hi")).text
        except LionprideError as error:
            said = error
        took = trio.current_time() - began
        await server.wait_idle()
        return said, pytest.approx(took), len(server.requests)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504, 529])
async def test_a_status_that_may_pass_is_tried_again(status, autojump_clock):
    assert await asked([Answer(status=status), Answer(status=status), GOOD]) == (TEXT, 1 + 2, 3)


async def test_the_last_failure_comes_out_as_it_is(autojump_clock):
    said, took, requests = await asked([Answer(status=503), Answer(status=529)])
    assert type(said) is Overloaded
    assert (said.status, took, requests) == (529, 3, 3)


@pytest.mark.parametrize("fault", [HangUp(), HangUp(reset=True), Answer(head=b"no\r\n\r\n")])
async def test_a_broken_connection_is_tried_again(fault, autojump_clock):
    assert await asked([fault, GOOD]) == (TEXT, 1, 2)


@pytest.mark.parametrize(
    ("status", "error"), [(400, LionprideError), (401, AuthenticationError), (402, QuotaExhausted)]
)
async def test_what_does_not_pass_is_not_tried_again(status, error, autojump_clock):
    said, took, requests = await asked([Answer(status=status), GOOD])
    assert isinstance(said, error)
    assert (took, requests) == (0, 1)


async def test_a_page_is_not_tried_again(autojump_clock):
    said, _, requests = await asked([Answer(body=b"<html>", media="text/html"), GOOD])
    assert type(said) is NotAStream
    assert requests == 1


async def test_none_turns_it_off(autojump_clock):
    said, took, requests = await asked([Answer(status=503), GOOD], retry=None)
    assert type(said) is Overloaded
    assert (took, requests) == (0, 1)


async def test_a_whole_answer_is_tried_again_too(autojump_clock):
    body = b'{"id":"1","choices":[{"index":0,"message":{"content":"Hello you"},"finish_reason":"stop"}]}'
    good = Answer(body=body, media="application/json")
    assert await asked([HangUp(), Answer(status=500), good], stream=False) == (TEXT, 3, 3)


@pytest.mark.parametrize("wire", WIRES, ids=str)
async def test_an_error_in_the_stream_before_content_is_tried_again(wire, autojump_clock):
    failed = Answer(body=wire.before + wire.failure, media=wire.media)
    cut = Answer(body=wire.before, media=wire.media)
    good = Answer(body=wire.body, media=wire.media)
    assert await asked([failed, cut, good], wire=wire) == (TEXT, 3, 3)


@pytest.mark.parametrize("wire", WIRES, ids=str)
@pytest.mark.parametrize("then", ["end", "reset"])
async def test_nothing_is_tried_again_after_content(wire, then, autojump_clock):
    first = wire.before + wire.pieces[0]
    failed = Answer(body=first + wire.failure, media=wire.media, then=then)
    async with FaultyServer([failed, Answer(body=wire.body, media=wire.media)]) as server:
        heard = []
        with pytest.raises((Overloaded, ConnectionLost)):
            async with wire.model(server, retry=EXACT).stream("hi") as reply:
                async for chunk in reply:
                    heard.append(chunk.data)
        assert "".join(heard) == "Hel"
        assert len(server.requests) == 1


async def test_what_came_before_the_content_comes_first_and_only_once(autojump_clock):
    start = ANTHROPIC.event({
        "type": "message_start",
        "message": {"id": "m", "usage": {"input_tokens": 7}},
    })
    body = start + b"".join(ANTHROPIC.pieces) + ANTHROPIC.after
    script = [Answer(body=start + ANTHROPIC.failure), Answer(body=body)]
    async with (
        FaultyServer(script) as server,
        ANTHROPIC.model(server, retry=EXACT).stream("hi") as reply,
    ):
        chunks = [chunk async for chunk in reply]
    assert [type(chunk) for chunk in chunks[:2]] == [UsageChunk, TextChunk]
    assert sum(isinstance(chunk, UsageChunk) for chunk in chunks) == 1
    assert reply.response.usage.input_tokens == 7


async def test_a_stall_before_content_is_tried_again(autojump_clock):
    stalled = Answer(body=ANTHROPIC.before, then="stall")
    good = Answer(body=ANTHROPIC.body)
    timeouts = Timeouts(first_content=10)
    assert await asked([stalled, good], wire=ANTHROPIC, timeouts=timeouts) == (TEXT, 11, 2)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "2.5"}, 2.5),
        ({"retry-after": "0"}, 0),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after": "60"}, 60),
        ({"retry-after": "soon"}, 1),
        ({"retry-after": "-5"}, 1),
        ({"retry-after": "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"}, 1),
        (
            {
                "retry-after": "Sun, 28 Nov 2027 20:00:30 GMT",
                "date": "Sun, 28 Nov 2027 20:00:00 GMT",
            },
            30,
        ),
    ],
)
async def test_the_delay_that_the_provider_names(headers, seconds, autojump_clock):
    refused = Answer(status=429, headers=list(headers.items()))
    assert await asked([refused, GOOD]) == (TEXT, seconds, 2)


async def test_a_date_is_a_delay_too(autojump_clock):
    date = email.utils.formatdate(time.time() + 30, usegmt=True)
    said, took, requests = await asked([Answer(status=503, headers=[("retry-after", date)]), GOOD])
    assert (said, requests) == (TEXT, 2)
    assert 20 < took.expected < 31


@pytest.mark.parametrize(
    ("document", "seconds"),
    [
        (b'{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "12.5s"}', 12.5),
        (b'{"@type": "other"}', 1),
    ],
)
async def test_gemini_names_its_delay_in_the_document(document, seconds, autojump_clock):
    body = (
        b'{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "no", "details": [%s]}}'
        % document
    )
    good = Answer(body=GEMINI.body)
    refused = Answer(status=429, body=body, media="application/json")
    assert await asked([refused, good], wire=GEMINI) == (TEXT, seconds, 2)


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("Quota exceeded. Please retry in 46.25s.", 46.25),
        ("Rate limit reached. Please try again in 350ms. Visit us.", 0.35),
        ("Please try again in 1m6.5s.", 66.5),
        ("Please retry in 2h3m", 7380),
        ("Please retry in a while", None),
    ],
)
def test_a_delay_in_words(words, seconds):
    found = providers.get("gemini").parse_error(429, {}, {"error": {"message": words}})
    assert type(found) is RateLimited
    assert found.retry_after == seconds


def test_a_quota_of_a_day_is_spent():
    violation = {"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}
    details = [{"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [violation]}]
    document = {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "details": details}}
    found = providers.get("gemini").parse_error(429, {}, document)
    assert type(found) is QuotaExhausted
    assert not found.retryable


@pytest.mark.parametrize("after", ["61", "86400"])
async def test_a_delay_above_the_cap_is_raised_at_once(after, autojump_clock):
    refused = Answer(status=429, headers=[("retry-after", after)])
    said, took, requests = await asked([refused, GOOD])
    assert type(said) is RateLimited
    assert (said.retry_after, took, requests) == (float(after), 0, 1)


async def test_a_spent_quota_is_never_tried_again(autojump_clock):
    body = b'{"error": {"message": "pay", "code": "insufficient_quota"}}'
    headers = [("x-should-retry", "true"), ("retry-after", "1")]
    said, _, requests = await asked([
        Answer(status=429, body=body, media="application/json", headers=headers),
        GOOD,
    ])
    assert type(said) is QuotaExhausted
    assert requests == 1


async def test_the_server_may_say_whether_to_try_again(autojump_clock):
    yes, no = [("x-should-retry", "true")], [("x-should-retry", "false")]
    assert await asked([Answer(status=403, headers=yes), GOOD]) == (TEXT, 1, 2)
    said, _, requests = await asked([Answer(status=500, headers=no), GOOD])
    assert type(said) is ServerError
    assert requests == 1


async def test_the_request_of_a_call_is_written_once_however_often_it_is_tried(
    monkeypatch, autojump_clock
):
    kind = type(providers.get("openai"))
    write, written = kind.request, []

    def request(self, call):
        written.append(call)
        return write(self, call)

    async with FaultyServer([Answer(status=503), GOOD]) as server:
        model = CHAT.model(server, retry=EXACT)
        monkeypatch.setattr(kind, "request", request)
        async with model.stream("hi"):
            pass
        assert len(server.requests) == 2
    assert len(written) == 1


@pytest.mark.parametrize("status", [400, 413, 422])
async def test_a_wrong_request_is_never_repeated(status, autojump_clock):
    said, took, requests = await asked([
        Answer(status=status, headers=[("x-should-retry", "true")]),
        GOOD,
    ])
    assert isinstance(said, BadRequest)
    assert (took, requests) == (0, 1)


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("asked_by", [{}, {"extra_body": {"background": True}}])
@pytest.mark.parametrize(
    "fault", [Answer(status=503), Answer(status=429), HangUp(), Answer(body=RESPONSES.failure)]
)
async def test_a_job_in_the_background_is_never_sent_twice(stream, asked_by, fault, autojump_clock):
    options = asked_by or {"background": True}
    said, took, requests = await asked([fault, fault], wire=RESPONSES, stream=stream, **options)
    assert isinstance(said, LionprideError)
    assert (took, requests) == (0, 1)


async def test_waits_have_chance_in_them(autojump_clock):
    retry = Retry(attempts=3, wait_initial=1.0, wait_jitter=1.0)
    waits = {(await asked([Answer(status=500), GOOD], retry=retry))[1].expected for _ in range(5)}
    assert len(waits) > 1
    assert all(1 <= wait <= 2 for wait in waits)


async def test_a_cancelled_wait_ends_the_call(autojump_clock):
    async with FaultyServer(Answer(status=503)) as server:
        model = CHAT.model(server, retry=EXACT)
        with trio.move_on_after(1.5) as scope:
            async with model.stream("hi"):
                pass
        assert scope.cancelled_caught
        assert len(server.requests) == 2
        await server.wait_idle()


async def test_no_connection_is_held_while_waiting(autojump_clock):
    async def call(model):
        async with model.stream("hi") as reply:
            assert "".join([chunk.data async for chunk in reply]) == TEXT

    async with (
        FaultyServer([Answer(status=503, then="stall"), GOOD]) as server,
        trio.open_nursery() as nursery,
    ):
        nursery.start_soon(call, CHAT.model(server, retry=EXACT))
        # The document is read for 30 seconds at most, then one second is waited.
        await trio.sleep(30.5)
        assert (len(server.requests), server.connected) == (1, 0)


async def test_the_users_own_exceptions_are_not_touched(autojump_clock):
    async with FaultyServer(GOOD) as server:
        with pytest.raises(KeyError) as caught:
            async with CHAT.model(server, retry=EXACT).stream("hi"):
                raise KeyError("mine")
        assert caught.value.__cause__ is None
        with pytest.raises(Overloaded):
            async with CHAT.model(server, retry=EXACT).stream("hi"):
                raise Overloaded("the user's own, of another call", retryable=True)
        assert len(server.requests) == 2


async def test_stamina_can_be_turned_off_for_a_program(autojump_clock):
    stamina.set_active(False)
    try:
        said, _, requests = await asked([Answer(status=503), GOOD])
    finally:
        stamina.set_active(True)
    assert type(said) is Overloaded
    assert requests == 1


async def test_a_truncated_answer_without_content_is_truncated_at_last(autojump_clock):
    said, took, requests = await asked(Answer(body=b""))
    assert type(said) is StreamTruncated
    assert (took, requests) == (3, 3)
    assert said.partial.text == ""


async def test_clocks_begin_anew_with_each_attempt(autojump_clock):
    slow = Answer(body=b"", head=b"", then="stall")
    said, took, requests = await asked(slow, timeouts=Timeouts(first_content=4))
    assert type(said) is StreamTimeout
    assert (took, requests) == (4 + 1 + 4 + 2 + 4, 3)


@pytest.mark.parametrize(
    "setting", [{"attempts": 0}, {"attempts": 1.5}, {"wait_initial": -1}, {"max_retry_after": "1"}]
)
def test_a_wrong_setting_says_so(setting):
    (name,) = setting
    with pytest.raises(ConfigurationError, match=name):
        Retry(**setting)
