"""Who may ask, what is asked wrongly, and what the page loads."""

from __future__ import annotations

import json
import re
from importlib.resources import files

import pytest

from lionpride_trio import (
    ConfigurationError,
    Overloaded,
)
from lionpride_trio.web._site import Guard, Site
from lionpride_trio.web._site._app import MAX_BODY, MAX_RUNNING
from tests.web.sited import OWN, Model, ask, site


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
