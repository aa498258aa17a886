"""The status of an answer whose source fails before its head."""

from __future__ import annotations

import json
import math

import pytest
import trio

import lionpride_trio as lp
from lionpride_trio import local, source
from lionpride_trio.web import BadPageRequest, respond
from tests.web.visits import Visit

SECRET = "sk-secret-of-the-server"
STATUSES = [
    (lp.RateLimited(SECRET), 429),
    (lp.QuotaExhausted(SECRET), 429),
    (lp.Overloaded(SECRET), 503),
    (lp.StreamTimeout(SECRET, clock="first_content"), 504),
    (lp.BadRequest(SECRET), 400),
    (lp.ContextTooLong(SECRET), 400),
    (lp.RequestTooLarge(SECRET), 400),
    (BadPageRequest("messages: a list is wanted"), 400),
    (lp.NotFound(SECRET), 404),
    (lp.NotFound(SECRET, provider="openai"), 502),
    (lp.AuthenticationError(SECRET, status=401), 502),
    (lp.PermissionDenied(SECRET, status=403), 502),
    (lp.ServerError(SECRET, status=500), 502),
    (lp.ConnectionFailed(SECRET), 502),
    (lp.ConfigurationError(SECRET), 502),
    (lp.StreamTruncated(SECRET), 502),
    (lp.SinkError(SECRET, sink="write_file"), 502),
    (lp.LocalProtocolError(SECRET), 502),
]


async def refused_by(error):
    @source
    async def refused():
        await trio.lowlevel.checkpoint()
        raise error
        yield

    visit = Visit()
    await visit.to(respond(refused()))
    return visit


@pytest.mark.parametrize(
    ("error", "status"), STATUSES, ids=lambda one: getattr(type(one), "__name__", one)
)
async def test_an_error_has_its_status_and_says_its_class(error, status):
    visit = await refused_by(error)
    assert visit.status == status
    assert visit.headers["content-type"] == "application/json"
    assert int(visit.headers["content-length"]) == len(visit.body)
    assert f'"error": "{type(error).__name__}"'.encode() in visit.body
    assert SECRET.encode() not in visit.body
    assert visit.is_whole


@pytest.mark.parametrize(
    ("seconds", "header"),
    [
        (3, "3"),
        (0.2, "1"),
        (2.5, "3"),
        (0, "0"),
        (None, None),
        (math.inf, None),
        (math.nan, None),
        (-5, None),
    ],
)
async def test_when_to_come_back(seconds, header):
    visit = await refused_by(lp.RateLimited("full", retry_after=seconds))
    assert visit.headers.get("retry-after") == header
    assert json.loads(visit.body).get("retry_after") == (None if header is None else seconds)


async def test_what_a_page_got_wrong_is_told_in_words():
    visit = await refused_by(BadPageRequest("messages: a list is wanted"))
    assert b"a list is wanted" in visit.body


@pytest.mark.parametrize(
    ("code", "status"), [(429, 429), (503, 503), (529, 503), (400, 400), (401, 502), (403, 502)]
)
async def test_a_providers_refusal(code, status):
    async with local.serve() as server:
        url = server.url("anthropic" if code == 529 else "openai")
        model = lp.iModel(
            "anthropic" if code == 529 else "openai",
            f"m-error-{code}",
            api_key=SECRET,
            base_url=url,
            retry=None,
        )
        visit = Visit()
        await visit.to(respond(model.stream("hi")))
    assert visit.status == status
    assert SECRET.encode() not in visit.body


async def test_a_model_without_a_key_is_the_servers_fault(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    async def no_key():
        return ""

    model = lp.iModel("openai", "m", api_key=no_key, base_url="http://127.0.0.1:1/v1")
    visit = Visit()
    await visit.to(respond(model.stream("hi")))
    assert visit.status == 502
