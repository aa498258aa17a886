"""The site of the page, over real loopback: a question, its answers, stopping, and who may ask."""

from __future__ import annotations

import json
import re
from contextlib import asynccontextmanager
from importlib.resources import files

import h11
import httpx
import pytest
import trio

from lionpride_trio import (
    ConfigurationError,
    FinishChunk,
    OtherChunk,
    Overloaded,
    PartChunk,
    RawPart,
    ReasoningChunk,
    TextChunk,
    ToolCallChunk,
    ToolResultChunk,
    Usage,
    UsageChunk,
    Verdict,
)
from lionpride_trio._channels._nursery import open_pump_nursery
from lionpride_trio.durable import open_streams
from lionpride_trio.local._connections import Connections, open_listener, origin_of
from lionpride_trio.transformers import source
from lionpride_trio.web._site import Guard, Site
from lionpride_trio.web._site._app import MAX_BODY, MAX_RUNNING
from lionpride_trio.web._site._facts import fact
from lionpride_trio.wire import SSEDecoder

OWN = {"content-type": "application/json"}


class Model:
    """A model that says *pieces*, each when it is let go on."""

    def __init__(self, *pieces, error=None):
        self.pieces = pieces
        self.error = error
        self.goes_on = trio.Semaphore(0)
        self.asked = []
        self.is_open = False

    @source
    async def __call__(self, question):
        self.asked.append(question)
        self.is_open = True
        try:
            for piece in self.pieces:
                await self.goes_on.acquire()
                yield TextChunk(piece)
            if self.error is not None:
                raise self.error
            yield FinishChunk(verdict=Verdict.COMPLETE)
        finally:
            self.is_open = False

    def say(self, count=1):
        for _ in range(count):
            self.goes_on.release()


@asynccontextmanager
async def site(models, *, url="memory:"):
    """A client of a site of *models*; its attribute `site` is the site."""
    async with open_streams(url, flush_every=1) as streams, open_pump_nursery() as tasks:
        app = Site(models, streams)
        listener = await open_listener("127.0.0.1", 0)
        connections = Connections(Guard(app), listener)
        tasks.start_soon(connections.serve)
        async with httpx.AsyncClient(trust_env=False, base_url=origin_of(listener)) as client:
            client.site, client.streams = app, streams
            yield client
        connections.close_nowait()


async def ask(client, question="Why?", models=(0,)):
    answer = await client.post("/questions", json={"question": question, "models": list(models)})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


@asynccontextmanager
async def reading(client, key, after=None):
    """The events of a question's answers: a function that waits for the next one, None at the end.

    By hand: a client of httpx that goes in the middle leaves its generators to the collector.
    """
    url, connection, decoder, events = client.base_url, h11.Connection(h11.CLIENT), SSEDecoder(), []
    headers = [("host", f"{url.host}:{url.port}")]
    if after is not None:
        headers.append(("last-event-id", str(after)))
    asked = h11.Request(method="GET", target=f"/questions/{key}", headers=headers)
    async with await trio.open_tcp_stream(url.host, url.port) as stream:
        await stream.send_all(connection.send(asked) + connection.send(h11.EndOfMessage()))

        async def next_event():
            while not events:
                match connection.next_event():
                    case h11.NEED_DATA:
                        connection.receive_data(await stream.receive_some())
                    case h11.Data(data=data):
                        events.extend(decoder.feed(bytes(data)))
                    case h11.EndOfMessage():
                        return None
                    case answer:
                        assert answer.status_code == 200
            event = events.pop(0)
            return int(event.id or 0), event.event, json.loads(event.data)

        yield next_event


async def test_a_question_is_answered_by_each_model_in_its_lane():
    models = {"first": Model("a", "b"), "second": Model("c"), "third": Model("d")}
    async with site(models) as client:
        assert (await client.get("/models")).json() == ["first", "second", "third"]
        key = await ask(client, " What\nnow? ", [2, 0])
        async with reading(client, key) as next_event:
            assert await next_event() == (
                1,
                "chunk",
                {"question": "What\nnow?", "models": ["first", "third"]},
            )
            models["third"].say()
            models["first"].say(2)
            told = [await next_event() for _ in range(6)]
            assert await next_event() is None
    assert [number for number, *_ in told[:-1]] == [2, 3, 4, 5, 6]
    assert told[-1][1] == "end"
    for lane, text in ((0, "ab"), (1, "d")):
        facts = [data for _, _, data in told[:-1] if data["lane"] == lane]
        assert "".join(data.get("text", "") for data in facts) == text
        assert facts[-1]["end"] == "complete"
        assert sorted(data["at"] for data in facts) == [data["at"] for data in facts]
    assert models["second"].asked == []
    assert models["first"].asked == ["What\nnow?"]


async def test_a_reader_that_comes_back_gets_what_it_has_not():
    model = Model(*"abcdef")
    async with site({"m": model}) as client:
        key = await ask(client)
        async with reading(client, key) as next_event:
            model.say(3)
            last = [await next_event() for _ in range(4)][-1]
            assert last[2]["text"] == "c"
        model.say(3)  # nobody reads
        async with reading(client, key, last[0]) as next_event:
            rest = [await next_event() for _ in range(5)]
    assert [data.get("text") for _, _, data in rest[:3]] == ["d", "e", "f"]
    assert [number for number, *_ in rest[:3]] == [5, 6, 7]
    assert rest[3][2]["end"] == "complete"
    assert rest[4][1] == "end"


async def test_stopping_ends_the_models_and_the_stream():
    models = {"one": Model("a", "b"), "two": Model("c", "d")}
    async with site(models) as client:
        key = await ask(client, models=[0, 1])
        async with reading(client, key) as next_event:
            await next_event()
            models["one"].say()
            assert (await next_event())[2]["text"] == "a"
            stopped = await client.delete(f"/questions/{key}")
            assert stopped.json() == {"state": "stopped", "items": 2}
            assert (await next_event())[1] == "end"
        assert not models["one"].is_open
        assert not models["two"].is_open
        assert client.site._running == {}


async def test_stopping_one_lane_leaves_the_others():
    models = {"one": Model("a", "b"), "two": Model("c")}
    async with site(models) as client:
        key = await ask(client, models=[0, 1])
        async with reading(client, key) as next_event:
            await next_event()
            models["one"].say()
            assert (await next_event())[2]["text"] == "a"
            assert (await client.delete(f"/questions/{key}/0")).status_code == 202
            _, _, end = await next_event()
            assert (end["lane"], end["end"]) == (0, "stopped")
            assert not models["one"].is_open
            models["two"].say()
            assert (await next_event())[2]["text"] == "c"
            assert (await next_event())[2]["end"] == "complete"
            assert (await next_event())[1] == "end"
        for number in (1, 7):  # ended, and never there
            assert (await client.delete(f"/questions/{key}/{number}")).status_code == 202


@pytest.mark.parametrize(
    ("error", "name", "logged"),
    [
        (Overloaded("key sk-123 at 10.0.0.3", retry_after=4.0), "Overloaded", "a model failed: "),
        (ZeroDivisionError("sk-123"), "ZeroDivisionError", "a model failed"),
    ],
)
async def test_a_model_that_fails_ends_its_own_lane(error, name, logged, caplog):
    models = {"bad": Model("a", error=error), "good": Model("b")}
    async with site(models) as client:
        key = await ask(client, models=[0, 1])
        async with reading(client, key) as next_event:
            await next_event()
            models["bad"].say()
            assert (await next_event())[2]["text"] == "a"
            _, kind, failed = await next_event()
            assert (kind, failed["lane"], failed["end"]) == ("chunk", 0, "failed")
            assert failed["failure"]["error"] == name
            assert "sk-123" not in json.dumps(failed)
            models["good"].say()
            assert (await next_event())[2]["text"] == "b"
    assert caplog.records[0].message.startswith(logged)


async def test_stop_all_marks_what_runs_and_takes_no_more():
    model = Model("a", "b")
    async with site({"m": model}) as client:
        key = await ask(client)
        async with reading(client, key) as next_event:
            await next_event()
            await client.site.stop_all()
            assert (await next_event())[1] == "end"
        await client.site.wait_idle()
        assert (await client.streams.status(key)).state.value == "stopped"
        answer = await client.post("/questions", json={"question": "Why?", "models": [0]})
        assert answer.status_code == 503
        assert "stopped" in answer.json()["message"]


async def test_answers_are_there_after_the_server_has_ended(tmp_path):
    url = f"sqlite:///{tmp_path}/answers.db"
    model = Model("a", "b")
    async with site({"m": model}, url=url) as client:
        key = await ask(client)
        async with reading(client, key) as next_event:
            await next_event()
            model.say()
            await next_event()
    async with site({"m": model}, url=url) as client, reading(client, key) as next_event:
        told = [await next_event() for _ in range(3)]
    assert [data.get("text") for _, _, data in told[:2]] == [None, "a"]
    assert told[2][1] == "end"


# What is asked wrongly.


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b"{", 400, "the request is no JSON"),
        (b"[" * 100_000, 400, "the request is no JSON"),
        (b"[]", 400, "the request has to be an object, and is []"),
        (b"{}", 400, "question has to be a text, and is missing"),
        (b'{"question": " "}', 400, "question has to be a text, and is empty"),
        *(
            (
                json.dumps({"question": "Why?", "models": models}).encode(),
                400,
                "models has to be a list of different numbers from 0 to 1",
            )
            for models in (None, [], [2], [-1], [0, 0], ["0"], [True], [0.0], [[]], {"0": 1})
        ),
        (b'"' + b"a" * MAX_BODY, 413, "the question has more than 262,144 bytes"),
    ],
    ids=lambda value: repr(value)[:50],
)
async def test_what_is_no_question_is_refused(body, status, message):
    async with site({"a": Model(), "b": Model()}) as client:
        answer = await client.post("/questions", content=body, headers=OWN)
    assert (answer.status_code, answer.json()["message"]) == (status, message)


async def test_a_form_asks_nothing():
    async with site({"m": Model()}) as client:
        for kind in ("text/plain", "application/x-www-form-urlencoded"):
            answer = await client.post(
                "/questions", content=b'{"question":"Why?"}', headers={"content-type": kind}
            )
            assert answer.status_code == 415


async def test_more_questions_than_are_answered_at_once_are_refused():
    model = Model("a")
    async with site({"m": model}) as client:
        for _ in range(MAX_RUNNING):
            await ask(client)
        answer = await client.post("/questions", json={"question": "Why?", "models": [0]})
        assert answer.status_code == 503


async def test_what_is_not_there_is_404_and_ids_tell_nothing():
    async with site({"m": Model()}) as client:
        for method, path in (
            ("GET", "/questions/nobody"),
            ("DELETE", "/questions/nobody"),
            ("DELETE", "/questions/nobody/0"),
            ("GET", "/page/nobody.js"),
            ("GET", "/page/../__init__.py"),
            ("GET", "/page/%2e%2e%2f__init__.py"),
        ):
            answer = await client.request(method, path)
            assert (answer.status_code, "error" in answer.text.lower()) == (404, True), path
        ids = {await ask(client) for _ in range(3)}
        assert len(ids) == 3
        assert all(re.fullmatch(r"[\w-]{22}", key) for key in ids)


def test_a_site_needs_a_model():
    with pytest.raises(ConfigurationError, match="needs a model"):
        Site({}, None)


# Who may ask.

FOREIGN = "https://evil.example"


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),  # a program, which no page can make send it
        ({"origin": "{own}"}, True),
        ({"origin": "{own}", "sec-fetch-site": "same-origin"}, True),
        ({"origin": FOREIGN}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://[::1"}, False),
        ({"origin": "http://127.0.0.1:1"}, False),
        ({"origin": "{own}", "sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, False),
        ({"host": "evil.example"}, False),
        ({"host": "[::1"}, False),
        ({"host": "localhost"}, True),
        ({"host": "[::1]:80"}, True),
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_only_our_own_page_changes_anything(headers, allowed, method):
    model = Model("a")
    async with site({"m": model}) as client:
        key = await ask(client)
        own = str(client.base_url).rstrip("/")
        headers = OWN | {key: value.format(own=own) for key, value in headers.items()}
        if method == "POST":
            asked = {"question": "Why?", "models": [0]}
            answer = await client.post("/questions", content=json.dumps(asked), headers=headers)
            assert answer.status_code == (201 if allowed else 403)
            assert len(client.site._running) == 1 + allowed
        else:
            answer = await client.delete(f"/questions/{key}", headers=headers)
            assert answer.status_code == (200 if allowed else 403)
            assert len(client.site._running) == 1 - allowed
        if not allowed:
            assert answer.json()["error"] == "Forbidden"


async def test_another_site_may_link_here_and_read_nothing():
    async with site({"m": Model()}) as client:
        foreign = {"sec-fetch-site": "cross-site"}
        link = await client.get("/", headers=foreign | {"sec-fetch-mode": "navigate"})
        assert link.status_code == 200
        assert (await client.get("/models", headers=foreign)).status_code == 403
        assert (await client.get("/", headers={"host": "evil.example"})).status_code == 403


async def test_a_name_that_the_server_was_told_is_its_own():
    seen = []

    async def app(scope, receive, send):
        seen.append(scope["headers"])

    def visit(host, kind="http"):
        scope = {"type": kind, "method": "GET", "headers": [(b"host", host)]}
        return Guard(app, ["Chat.example"])(scope, None, send)

    async def send(message):
        seen.append(message.get("status"))

    await visit(b"chat.EXAMPLE:80")
    await visit(b"other.example")
    await visit(b"chat.example", "websocket")
    assert seen == [[(b"host", b"chat.EXAMPLE:80")], 403, None]


async def test_every_answer_has_the_headers_that_keep_a_page_safe():
    async with site({"m": Model("<script>", error=Overloaded("no"))}) as client:
        key = await ask(client)
        answers = [
            await client.get("/"),
            await client.get("/page/main.js"),
            await client.get("/nobody"),
            await client.post("/questions", headers={"origin": FOREIGN}),
            await client.delete(f"/questions/{key}"),
            await client.get(f"/questions/{key}"),
        ]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in answer.headers
    assert [answer.status_code for answer in answers] == [200, 200, 404, 403, 200, 200]


# The page's files.


def page_files():
    return {
        path.name: path.read_text("utf-8")
        for path in (files("lionpride_trio.web") / "page").iterdir()
    }


async def test_the_page_is_small_and_a_browser_keeps_it():
    async with site({"m": Model()}) as client:
        index = await client.get("/")
        names = {*re.findall(r'(?:href|src)="page/([^"]+)"', index.text), "events.js"}
        for text in page_files().values():
            names |= set(re.findall(r'from "\./([^"]+)"', text))
        assert names == {*page_files(), "events.js"} - {"index.html"}
        size = len(index.content)
        for name in names:
            answer = await client.get(f"/page/{name}")
            size += len(answer.content)
            assert answer.status_code == 200
            again = await client.get(
                f"/page/{name}", headers={"if-none-match": answer.headers["etag"]}
            )
            assert (again.status_code, again.content) == (304, b"")
    assert size <= 60 * 1024


def test_nothing_is_loaded_from_elsewhere_and_no_text_becomes_html():
    for name, text in page_files().items():
        urls = set(re.findall(r"\w+://[^\s\"'<>)]+", text)) - {"http://www.w3.org/2000/svg"}
        assert urls == set(), name
        forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|srcdoc|DOMParser"
        assert re.findall(forbidden, text) == [], name
    index = page_files()["index.html"]
    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", index) == []


# What the page is told of a chunk.


@pytest.mark.parametrize(
    ("chunk", "expected"),
    [
        (TextChunk("<b>"), {"text": "<b>"}),
        (TextChunk(""), None),
        (ReasoningChunk(text="Hm"), {"thought": "Hm"}),
        (ReasoningChunk(redacted="x"), None),
        (
            ToolCallChunk(slot=1, turn=2, id="c", name="clock", arguments='{"a":'),
            {"call": "2.1", "id": "c", "name": "clock", "arguments": '{"a":'},
        ),
        (ToolCallChunk(slot=1, last=True), {"call": "0.1"}),
        (ToolResultChunk(call_id="c", output="3 °C"), {"result": "3 °C", "of": "c"}),
        (
            ToolResultChunk(call_id="c", output={"a": [1, "ä"]}, is_error=True),
            {"result": '{"a": [1, "ä"]}', "of": "c", "failed": True},
        ),
        (ToolResultChunk(call_id="c", output="so", last=False), None),
        (OtherChunk(kind="refusal", value="No."), {"text": "No."}),
        (OtherChunk(kind="ping"), None),
        (PartChunk(part=RawPart("anthropic", {"type": "x"})), None),
        (UsageChunk(usage=Usage(3, 5), turn=1), {"tokens": 5, "turn": 1}),
        (UsageChunk(usage=Usage(3)), None),
        (FinishChunk(verdict=Verdict.LENGTH), None),  # the last fact of its lane has it
    ],
    ids=repr,
)
def test_a_chunk_is_told_in_few_words(chunk, expected):
    assert fact(chunk) == expected
