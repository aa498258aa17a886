"""The server answers, and it is no good answer.  On every wire the same."""

import itertools
import json

import pytest
import trio

from lionpride_trio import (
    AuthenticationError,
    BadRequest,
    DecodeError,
    LimitExceeded,
    LionprideError,
    NotAStream,
    NotFound,
    Overloaded,
    PermissionDenied,
    ProviderError,
    QuotaExhausted,
    RateLimited,
    RedirectRefused,
    RequestTooLarge,
    ServerError,
    StreamTruncated,
    reassemble,
)
from lionpride_trio.providers import StreamDecoder, get
from lionpride_trio.services import Bounds
from lionpride_trio.testing import Answer, FaultyServer
from tests.faults.asking import ask
from tests.faults.wires import KEY, TEXT

STATUSES = {
    400: BadRequest,
    401: AuthenticationError,
    402: QuotaExhausted,
    403: PermissionDenied,
    404: NotFound,
    408: ServerError,
    409: BadRequest,
    413: RequestTooLarge,
    418: BadRequest,
    422: BadRequest,
    429: RateLimited,
    498: Overloaded,
    500: ServerError,
    502: ServerError,
    503: Overloaded,
    504: ServerError,
    529: Overloaded,
}
DOCUMENTS = {
    "json": (b'{"error": {"message": "no %s"}}' % KEY.encode(), "application/json"),
    "html": (b"<html>\x1b[2J<h1>gateway</h1></html>", "text/html"),
    "empty": (b"", None),
    "300 MB": (itertools.repeat(b"x" * 65536, 4800), "text/plain"),
}


@pytest.mark.parametrize("document", DOCUMENTS)
async def test_each_status_with_each_body(wire, document):
    body, media = DOCUMENTS[document]
    for status, error in STATUSES.items():
        async with FaultyServer(Answer(status=status, body=body, media=media)) as server:
            got = await ask(wire.model(server))
            assert type(got.error) is error
            assert got.error.status == status
            assert got.error.provider == wire.provider
            assert got.error.model == "m"
            shown = str(got.error) + repr(got.error)
            assert KEY not in shown
            assert "\x1b" not in shown
            assert len(str(got.error)) <= 2048
            await server.wait_idle()


async def test_an_error_document_that_never_ends_is_not_waited_for(wire, autojump_clock):
    body = itertools.repeat(b"x")
    async with FaultyServer(Answer(status=500, body=body, media=None, pause=1)) as server:
        began = trio.current_time()
        assert type((await ask(wire.model(server))).error) is ServerError
        assert trio.current_time() - began <= 30


@pytest.mark.parametrize(
    ("body", "media", "error"),
    [
        (b"<html><body>sign in</body></html>", "text/html; charset=utf-8", NotAStream),
        (b"", "text/html", NotAStream),
        (b"", "text/event-stream", StreamTruncated),
        (b"", None, StreamTruncated),
        (b'{"error": {"message": "no", "code": "server_error"}}', "application/json", ServerError),
        (b'[{"error": {"message": "no", "code": 503}}]', None, Overloaded),
    ],
)
async def test_status_200_without_a_stream(wire, body, media, error):
    async with FaultyServer(Answer(body=body, media=media)) as server:
        got = await ask(wire.model(server))
        assert isinstance(got.error, error)
        assert got.text == ""
        await server.wait_idle()


@pytest.mark.parametrize("body", [b"{}", b"[]", b"null", b"17", b'"text"', b'{"choices": []}'])
async def test_status_200_with_some_json(wire, body):
    async with FaultyServer(Answer(body=body, media="application/json")) as server:
        got = await ask(wire.model(server))
        assert isinstance(got.error, NotAStream | StreamTruncated | DecodeError)
        assert got.text == ""


async def test_status_204(wire):
    answer = Answer(status=204, head=b"HTTP/1.1 204 None\r\n\r\n", then="close")
    async with FaultyServer(answer) as server:
        assert type((await ask(wire.model(server))).error) is NotAStream


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("where", ["http://elsewhere.invalid/", "/v2/"])
async def test_a_redirect_is_refused_and_nothing_follows_it(wire, status, where):
    answer = Answer(status=status, headers=[("location", where)])
    async with FaultyServer(answer) as server:
        got = await ask(wire.model(server))
        assert type(got.error) is RedirectRefused
        assert not got.error.retryable
        assert len(server.requests) == 1


async def test_an_error_event_after_text(wire):
    body = wire.unended + wire.failure
    async with FaultyServer(Answer(body=body, media=wire.media)) as server:
        got = await ask(wire.model(server))
        assert isinstance(got.error, ProviderError)
        assert type(got.error) is Overloaded
        assert got.error.status is None
        assert got.error.retryable
        assert got.text == got.error.partial.text == TEXT
        await server.wait_idle()


@pytest.mark.parametrize("bad", [b'{"a": ', b"}{", b"not json", b"'single'", b"NaN,"])
async def test_malformed_json_after_text(wire, bad):
    body = wire.unended + wire.event(bad) + wire.after
    async with FaultyServer(Answer(body=body, media=wire.media)) as server:
        got = await ask(wire.model(server))
        assert type(got.error) is DecodeError
        assert got.text == got.error.partial.text == TEXT


@pytest.mark.parametrize("value", [17, "text", [], [1], None, True, {"choices": 1, "type": 2}])
async def test_json_of_a_wrong_type_is_one_typed_error_or_passes(wire, value):
    body = wire.unended + wire.event(json.dumps(value).encode()) + wire.after
    async with FaultyServer(Answer(body=body, media=wire.media)) as server:
        got = await ask(wire.model(server))
        assert got.error is None or isinstance(got.error, DecodeError | ProviderError)
        assert got.text == TEXT


WRONG = [None, 1, "x", [], {}, [None], [1], {"a": 1}, 2**70, -1, 1.5]


def test_any_field_of_a_wrong_type_is_one_typed_error_or_passes(wire):
    """Every value in every event, exchanged for every other kind of value."""
    documents = events_of(wire)
    for number, (_, document) in enumerate(documents):
        for changed in mutations(document):
            pieces = [
                wire.event(json.dumps(changed if at == number else value).encode(), label)
                if not isinstance(value, str)
                else b"data: [DONE]\n\n"
                for at, (label, value) in enumerate(documents)
            ]
            decoder = StreamDecoder(get(wire.provider, wire.endpoint))
            chunks = decoder.feed(b"".join(pieces)) + decoder.flush()
            assert decoder.failure is None or isinstance(decoder.failure, LionprideError)
            reassemble(chunks).text.encode()


def events_of(wire):
    if wire.media != "text/event-stream":
        return [(None, json.loads(line)) for line in wire.body.splitlines()]
    found = []
    for block in wire.body.decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines())
        if lines:
            data = lines["data"]
            value = data if data == "[DONE]" else json.loads(data)
            found.append((lines.get("event"), value))
    return found


def mutations(value):
    """*value* with one place of it exchanged, for every place."""
    yield from WRONG
    if isinstance(value, dict):
        for key in value:
            yield {k: v for k, v in value.items() if k != key}
            for inner in mutations(value[key]):
                yield {**value, key: inner}
    elif isinstance(value, list):
        for at in range(len(value)):
            for inner in mutations(value[at]):
                yield [*value[:at], inner, *value[at + 1 :]]


async def test_what_follows_the_end_mark_does_not_count(wire):
    if wire.provider == "gemini":
        return  # there is no end mark for anything to follow
    for more in (wire.unended, wire.after, b"\0\0garbage", b"data: {broken\n\n"):
        async with FaultyServer(Answer(body=wire.body + more, media=wire.media)) as server:
            got = await ask(wire.model(server))
            assert (got.text, got.error) == (TEXT, None)
            await server.wait_idle()


async def test_an_end_mark_is_enough_though_the_server_stays_silent(wire, autojump_clock):
    if wire.provider == "gemini":
        return  # there is none: see the test of the end of its body
    async with FaultyServer(Answer(body=wire.body, media=wire.media, then="stall")) as server:
        began = trio.current_time()
        got = await ask(wire.model(server))
        assert (got.text, got.error) == (TEXT, None)
        assert trio.current_time() - began <= 5.1
        await server.wait_idle()


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("a\u2028b\u2029c\x85d\x0be", None),
        ("\ufeffx", None),
        ("nul \0 nul", None),
        ("\U0001f389", None),
        ("\ud83d", "\ufffd"),
        ("\udf89 lone", "\ufffd lone"),
    ],
)
async def test_hard_characters(wire, said, heard):
    body = wire.before + wire.text_event(said) + wire.after
    async with FaultyServer(Answer(body=body, media=wire.media, piece=5)) as server:
        got = await ask(wire.model(server))
        assert (got.text, got.error) == (said if heard is None else heard, None)


async def test_a_character_cut_in_two_escapes(wire):
    halves = wire.text_event("\ud83c") + wire.text_event("\udf89")
    async with FaultyServer(
        Answer(body=wire.before + halves + wire.after, media=wire.media)
    ) as server:
        got = await ask(wire.model(server))
        assert (got.text, got.error) == ("\U0001f389", None)


async def test_bytes_that_are_no_utf8(wire):
    bad = wire.text_event("xxx").replace(b"xxx", b"\xff\xc3\x28")
    async with FaultyServer(
        Answer(body=wire.before + bad + wire.after, media=wire.media)
    ) as server:
        got = await ask(wire.model(server))
        assert (got.text, got.error) == ("\ufffd\ufffd(", None)


async def test_a_bom_before_the_stream(wire):
    body = b"\xef\xbb\xbf" + wire.body
    async with FaultyServer(Answer(body=body, media=wire.media, piece=1)) as server:
        assert (await ask(wire.model(server))).text == TEXT


async def test_whole_answers_that_are_none(wire):
    """The same for calls that are not streamed."""
    cases = [
        (Answer(body=b"", media="application/json"), NotAStream),
        (Answer(body=b"<html>", media="text/html"), NotAStream),
        (Answer(body=b"[]", media="application/json"), NotAStream),
        (Answer(body=b"{}", media="application/json"), (StreamTruncated, NotAStream)),
        (Answer(body=b'{"a": ', media="application/json"), NotAStream),
        (Answer(body=b"x" * 3000, media="text/plain"), LimitExceeded),
        (Answer(status=529, body=b"{}", media="application/json"), Overloaded),
        (Answer(status=307, headers=[("location", "/")]), RedirectRefused),
    ]
    for answer, error in cases:
        async with FaultyServer(answer) as server:
            model = wire.model(server, bounds=Bounds(max_answer_bytes=2048))
            with pytest.raises(error) as caught:
                await model.complete("hi")
            assert caught.value.provider == wire.provider
            await server.wait_idle()
