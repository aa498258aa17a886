"""``respond``: what a page gets of a source, and what becomes of the source when the page goes."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager

import httpx
import pytest
import trio
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.routing import Route
from trio.testing import wait_all_tasks_blocked

from lionpride_trio import (
    ConfigurationError,
    Overloaded,
    Source,
    StreamTruncated,
    from_json,
    iModel,
    local,
    reassemble,
    sinks,
    source,
)
from lionpride_trio.durable import open_streams
from lionpride_trio.transformers import from_channel, from_iterable, sentences, tee, text
from lionpride_trio.web import respond
from lionpride_trio.web.encoders import JSONLinesEncoder, UIEncoder
from tests.counting import numbers
from tests.pages import read_and_leave
from tests.web.visits import Visit, decode, hypercorn_serves

QUESTION = "How does a whale sleep?"


@pytest.fixture
async def server():
    async with local.serve() as server:
        yield server


def model_of(server, name="trigram-1", **settings):
    return iModel("openai", name, api_key="any", base_url=server.url("openai"), **settings)


def app_of(make_source, **options):
    async def answer(_request):
        return respond(make_source(), **options)

    return Starlette(routes=[Route("/", answer)])


async def visited(response, **options):
    visit = Visit(**options)
    await visit.to(response)
    return visit


# What a page gets


async def test_a_reply_as_events(server):
    model = model_of(server)
    visit = await visited(respond(model.stream(QUESTION)))
    *events, end = decode(visit.body)
    assert visit.status == 200
    assert visit.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert "no-transform" in visit.headers["cache-control"]
    assert visit.headers["x-accel-buffering"] == "no"
    assert [event.id for event in events] == [str(n + 1) for n in range(len(events))]
    assert (
        reassemble(from_json(event.data) for event in events).text
        == (await model.complete(QUESTION)).text
    )
    assert end.event == "end"
    assert json.loads(end.data)["verdict"] == "complete"
    assert visit.is_whole


async def test_a_pipeline_has_the_verdict_and_the_usage_of_its_reply(server):
    """An answer that was cut must not look whole because its chunks became sentences."""
    model = model_of(server, max_tokens=5)
    visit = await visited(respond(model.stream(QUESTION) | text() | sentences()))
    end = json.loads(decode(visit.body)[-1].data)
    assert end["verdict"] == "length"
    assert end["usage"]["output_tokens"] == 5


async def test_a_protocol_by_name_and_as_an_encoder():
    by_name = await visited(respond(from_iterable(["a", "b"]), protocol="text"))
    assert by_name.body == b"ab"
    assert by_name.headers["content-type"].startswith("text/plain")
    settings = await visited(respond(from_iterable(["a"]), protocol=UIEncoder(message_id="m-7")))
    assert b'"messageId":"m-7"' in settings.body
    assert settings.headers["x-vercel-ai-ui-message-stream"] == "v1"


async def test_status_and_headers_of_ones_own():
    response = respond(
        from_iterable("a"), status=201, headers={"X-Mine": "1", "Cache-Control": "private"}
    )
    response.set_cookie("a", "b")
    visit = await visited(response)
    assert visit.status == 201
    assert visit.headers["x-mine"] == "1"
    assert visit.headers["cache-control"] == "private"
    assert visit.headers["set-cookie"].startswith("a=b")


async def test_a_background_task_runs_when_the_answer_was_sent():
    ran = []
    await visited(respond(from_iterable("a"), background=BackgroundTask(ran.append, 1)))
    assert ran == [1]


async def test_head_opens_nothing():
    log = []
    visit = await visited(respond(numbers(3, log=log)), method="HEAD")
    assert (visit.status, visit.body, log) == (200, b"", [])
    assert visit.is_whole


async def test_each_request_opens_the_source_anew(server):
    async with hypercorn_serves(app_of(lambda: model_of(server).stream(QUESTION))) as client:
        bodies = {(await client.get("/")).content.count(b"event: ") for _ in range(3)}
    assert len(bodies) == 1
    assert len(server.requests) == 3


async def test_fastapi_sends_it_as_it_is():
    app = FastAPI()

    @app.get("/")
    async def answer():
        return respond(from_iterable(["a", "b"]), protocol="jsonl")

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://a") as page:
        answered = await page.get("/")
    assert [json.loads(line) for line in answered.text.splitlines()][:2] == ["a", "b"]
    assert answered.headers["x-accel-buffering"] == "no"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"protocol": "event"}, "there is no protocol 'event' .do you mean 'events'"),
        ({"protocol": 3}, "protocol= is the name of a protocol"),
        ({"head_after": -1}, "head_after must be a positive number of seconds"),
        ({"heartbeat": 0}, "heartbeat must be a positive number of seconds"),
    ],
)
def test_what_is_wrong_is_refused_where_it_is_written(options, words):
    with pytest.raises(ConfigurationError, match=words):
        respond(from_iterable("a"), **options)


@pytest.mark.parametrize("wrong", ["text", None, [1]])
def test_what_is_no_source_is_refused(wrong):
    with pytest.raises(ConfigurationError, match="and opens it itself"):
        respond(wrong)


# Silence


@source
async def late(seconds, *, then=None):
    await trio.sleep(seconds)
    yield "a"
    if then is not None:
        raise then


def times(visit):
    return [(when, message.get("body")) for when, message in visit.sent]


BEAT = b": keep-alive\n\n"


async def test_the_head_waits_for_the_first_content(autojump_clock):
    visit = await visited(respond(late(9)))
    assert {when for when, _ in visit.sent} == {9}


async def test_a_late_answer_has_its_head_and_heartbeats(autojump_clock):
    visit = await visited(respond(late(50)))
    assert times(visit)[:4] == [(10, None), (10, BEAT), (25, BEAT), (40, BEAT)]
    assert [when for when, _ in visit.sent][4:] == [50, 50]
    assert visit.status == 200


async def test_other_times(autojump_clock):
    visit = await visited(respond(late(8), head_after=0, heartbeat=3))
    assert times(visit)[:4] == [(0, None), (0, BEAT), (3, BEAT), (6, BEAT)]


async def test_a_heartbeat_is_due_after_silence_alone(autojump_clock):
    @source
    async def paced():
        for seconds in (1, 4, 4, 9):
            await trio.sleep(seconds)
            yield "a"

    visit = await visited(respond(paced(), heartbeat=5))
    assert [when for when, body in times(visit) if body == BEAT] == [14]


@pytest.mark.parametrize("options", [{"heartbeat": None}, {"protocol": "text"}])
async def test_no_heartbeats_where_there_are_none(autojump_clock, options):
    visit = await visited(respond(late(50), **options))
    assert times(visit)[:2] == [(10, None), (10, b"")]
    assert [when for when, _ in visit.sent][2:] == [50, 50]


# Failures


async def test_a_failure_behind_the_head_comes_in_the_stream(autojump_clock):
    visit = await visited(respond(late(20, then=Overloaded("pool 7 is full"))))
    *_, chunk, failure = decode(visit.body)
    assert visit.status == 200
    assert chunk.data == '"a"'
    assert failure.event == "failure"
    assert json.loads(failure.data)["error"] == "Overloaded"
    assert b"pool 7" not in visit.body
    assert visit.is_whole


async def test_a_late_refusal_comes_in_the_stream(autojump_clock):
    @source
    async def refused():
        await trio.sleep(11)
        raise Overloaded("full")
        yield

    visit = await visited(respond(refused()))
    assert visit.status == 200
    assert decode(visit.body)[-1].event == "failure"


async def test_a_cut_answer_is_told_after_its_chunks(server):
    visit = await visited(respond(model_of(server, "m-cut").stream(QUESTION)))
    *chunks, failure = decode(visit.body)
    assert chunks
    assert json.loads(failure.data)["error"] == StreamTruncated.__name__


@pytest.mark.parametrize(("begun", "status"), [(False, 502), (True, 200)])
async def test_an_exception_that_is_not_ours_is_told_and_raised(begun, status):
    error = KeyError("/etc/secret of the server")

    @source
    async def failing():
        if begun:
            yield "a"
        raise error

    visit = Visit()
    with pytest.raises(KeyError) as caught:
        await visit.to(respond(failing()))
    assert caught.value is error
    assert visit.status == status
    assert visit.is_whole
    assert b"secret" not in visit.body
    assert b"KeyError" in visit.body


async def test_a_failure_is_logged_for_who_runs_the_server(caplog):
    @source
    async def failing():
        raise Overloaded("pool 7 is full")
        yield

    await visited(respond(failing()))
    assert [record.getMessage() for record in caplog.records] == [
        "a page was told of a failure: Overloaded: pool 7 is full"
    ]


async def test_a_file_that_cannot_be_written_is_a_failure_and_no_end(tmp_path):
    """It is known when the block is left, behind the last item."""
    write = sinks.write_file(tmp_path / "none" / "answer.txt")
    visit = await visited(respond(from_iterable(["a"]) | tee(write)))
    assert b"event: end" not in visit.body
    assert b'"error":"SinkError"' in visit.body


async def test_what_cannot_be_written_comes_after_what_could():
    visit = Visit()
    with pytest.raises(TypeError):
        await visit.to(respond(from_iterable(["a", object(), "b"]), protocol=JSONLinesEncoder()))
    first, *_ = visit.body.splitlines()
    assert b'"a"' in first
    assert b'"b"' not in visit.body


async def test_text_can_only_break_the_connection(server):
    app = app_of(lambda: model_of(server, "m-cut").stream(QUESTION), protocol="text")
    async with hypercorn_serves(app) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/")


# Pages that go away, and slow ones


async def test_a_page_that_goes_while_nothing_is_sent_cancels_the_source(autojump_clock):
    left = []

    @source
    async def silent():
        yield "a"
        try:
            await trio.sleep(1000)
        finally:
            left.append(trio.current_time())

    visit = Visit()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(visit.to, respond(silent(), heartbeat=None))
        await trio.sleep(5)
        visit.has_gone.set()
    assert left == [5]
    assert not visit.is_whole


async def test_a_page_that_goes_before_the_head_cancels_the_opening(autojump_clock):
    visit = Visit()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(visit.to, respond(late(1000)))
        await trio.sleep(5)
        visit.has_gone.set()
    assert trio.current_time() == 5
    assert visit.sent == []


async def test_a_server_that_says_it_by_an_oserror():
    log = []
    visit = Visit()

    async def send(message):
        raise OSError("gone")

    visit.send = send
    await visit.to(respond(numbers(100, log=log)))
    assert log[-1] == "closed"
    assert len(log) < 5


async def test_a_slow_page_holds_the_source_back():
    log = []
    visit = Visit(takes=4)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(visit.to, respond(numbers(100, log=log)))
        await wait_all_tasks_blocked()
        assert log == [0, 1, 2, 3, 4]
        visit.goes_on.set()
    assert log[-1] == "closed"
    assert visit.is_whole


async def test_a_page_that_goes_closes_the_models_connection(server):
    app = app_of(lambda: model_of(server, "m-slow").stream(QUESTION))
    async with hypercorn_serves(app) as client:
        for n in range(3):
            assert b"200" in await read_and_leave(f"{client.base_url}", 1)
            await server.wait_active(0)
            assert server.requests[n].disconnected


async def test_a_slow_page_holds_the_models_server_back():
    made = []
    piece = "word " * 1000

    @source
    async def endless():
        while True:
            made.append(len(made))
            yield piece

    async with hypercorn_serves(app_of(endless)) as client:
        url = client.base_url
        stream = await trio.open_tcp_stream(url.host, url.port)
        async with stream:
            await stream.send_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
            await wait_all_tasks_blocked(0.1)
            held_at = len(made)
            await wait_all_tasks_blocked(0.1)
            assert len(made) == held_at  # all buffers on the way are full
            while len(made) == held_at:
                await stream.receive_some()


async def test_a_thousand_pages_that_come_and_go_leave_nothing_open():
    root = trio.lowlevel.current_root_task()

    def tasks(of=root):
        return sum(
            1 + tasks(each) for nursery in of.child_nurseries for each in nursery.child_tasks
        )

    opened = []

    @asynccontextmanager
    async def counted():
        opened.append(1)
        try:
            async with numbers(10) as channel:
                yield channel
        finally:
            opened.pop()

    async def come_and_go(n):
        visit = Visit(takes=2 + n % 5)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(visit.to, respond(Source(counted, name="counted")))
            await wait_all_tasks_blocked()
            assert opened
            if n % 3:
                visit.has_gone.set()
            else:
                visit.goes_on.set()

    before = tasks()
    for _ in range(10):
        async with trio.open_nursery() as nursery:
            for n in range(100):
                nursery.start_soon(come_and_go, n)
    assert opened == []
    assert tasks() == before


async def test_pages_over_loopback_that_come_and_go_leave_no_socket_open(server):
    app = app_of(lambda: model_of(server, "trigram-1-pieces-4000").stream(QUESTION))
    async with hypercorn_serves(app) as client:
        async with trio.open_nursery() as nursery:
            for n in range(50):
                nursery.start_soon(read_and_leave, f"{client.base_url}", 1 + n % 3)
        await server.wait_active(0)
        assert len(server.requests) == 50


# Streams that can be resumed


@asynccontextmanager
async def durable_page(protocol="events"):
    async with open_streams("memory:") as streams:

        async def read(request):
            return respond(
                streams.follow(request.path_params["id"], after=request), protocol=protocol
            )

        app = Starlette(routes=[Route("/{id}", read)])
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://a") as page:
            yield streams, page


async def test_a_page_that_comes_back_goes_on_where_it_was():
    async with durable_page() as (streams, page):
        await streams.start("x", from_iterable("abcdef"))
        whole = decode((await page.get("/x")).content)
        assert [event.id for event in whole] == ["1", "2", "3", "4", "5", "6", "6"]
        for n in range(7):
            answered = await page.get("/x", headers={"Last-Event-ID": str(n)})
            assert [event.data for event in decode(answered.content)] == [
                event.data for event in whole[n:]
            ]


@pytest.mark.parametrize("wrong", ["x", "-1", "1.5"])
async def test_an_id_that_is_none_is_a_bad_request(wrong):
    async with durable_page() as (streams, page):
        await streams.start("x", from_iterable("abc"))
        answered = await page.get("/x", headers={"last-event-id": wrong})
    assert answered.status_code == 400
    assert answered.json()["error"] == "BadRequest"


@pytest.mark.parametrize(("protocol", "status"), [("events", 404), ("text", 404), ("ui", 204)])
async def test_a_stream_that_is_not_there(protocol, status):
    async with durable_page(protocol) as (_, page):
        answered = await page.get("/none")
    assert answered.status_code == status
    assert bool(answered.content) is (status == 404)


async def test_a_model_that_is_not_there_is_no_404(server):
    visit = await visited(respond(model_of(server, "m-error-404", retry=None).stream("hi")))
    assert visit.status == 502


async def test_a_run_that_is_refused_has_its_status(server):
    async with durable_page() as (streams, page):
        await streams.start("x", model_of(server, "m-error-429", retry=None).stream("hi"))
        answered = await page.get("/x")
    assert answered.status_code == 429


async def test_a_page_that_leaves_stops_no_run():
    async with open_streams("memory:", flush_every=1) as streams:
        send, receive = trio.open_memory_channel(9)
        await streams.start("x", from_channel(receive))
        visit = Visit()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(visit.to, respond(streams.follow("x")))
            await send.send("a")
            await wait_all_tasks_blocked(0.1)
            assert b'"a"' in visit.body
            visit.has_gone.set()
        await send.send("b")
        send.close()
        async with streams.follow("x") as channel:
            assert await sinks.collect(channel) == ["a", "b"]


async def test_a_stream_that_a_request_resumes_is_not_piped():
    class Request:
        headers = {}

    async with open_streams("memory:") as streams:
        with pytest.raises(ConfigurationError, match=r"streams\.start\(id, source \| text"):
            streams.follow("x", after=Request()) | text()
