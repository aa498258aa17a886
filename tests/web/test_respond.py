"""What a page gets: a reply, in the words of its protocol, and its failures."""

from __future__ import annotations

import json

import httpx
import pytest
import trio
from fastapi import FastAPI
from starlette.background import BackgroundTask

from lionpride_trio import (
    ConfigurationError,
    Overloaded,
    StreamTruncated,
    from_json,
    reassemble,
    sinks,
    source,
)
from lionpride_trio.transformers import from_iterable, sentences, tee, text
from lionpride_trio.web import respond
from lionpride_trio.web.encoders import JSONLinesEncoder, UIEncoder
from tests.counting import numbers
from tests.web.responding import QUESTION, app_of, late, model_of, visited
from tests.web.visits import Visit, decode, hypercorn_serves


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
