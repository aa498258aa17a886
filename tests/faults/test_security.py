"""Secrets and bytes that an attacker, a careless setting or a curious log must not get."""

import copy
import logging
import ssl
import subprocess
import sys
import traceback
import warnings
from contextlib import suppress
from functools import partial

import httpx
import pytest
import trio
import trustme

from lionpride_trio import ConfigurationError, ConnectionFailed, Secret, Session, iModel
from lionpride_trio._transport import _tls
from lionpride_trio.providers import get
from lionpride_trio.services import PlainHTTPWarning, Retry
from lionpride_trio.testing import Answer, FaultyServer
from tests.faults.asking import ask
from tests.faults.wires import KEY, TEXT, WIRES

CHAT, ANTHROPIC, GEMINI = WIRES[0], WIRES[2], WIRES[3]
BAD = ["a\r\nx: y", "a\nb", "a\rb", "a\0b", "a\x7f", "ä", " a", "a ", "\u2028", ""]


@pytest.mark.parametrize("bad", BAD)
def test_nothing_that_could_end_a_header_or_a_url_is_taken(bad):
    good = {"provider": "openai", "model": "m", "api_key": KEY}
    for setting in ("model", "api_key"):
        with pytest.raises(ConfigurationError) as caught:
            iModel(**{**good, setting: bad}, base_url="https://x.test")
        assert str(caught.value).isprintable()
    if bad:
        with pytest.raises(ConfigurationError):
            iModel(**good, base_url=f"https://x.test/{bad}")
        with pytest.raises(ConfigurationError):
            iModel(**{**good, "provider": "openrouter"}, x_title=bad)
        with pytest.raises(ConfigurationError):
            iModel("anthropic", "m", api_key=KEY).stream("hi", anthropic_version=bad)
        for headers in ({"x-a": bad}, {bad: "a"}):
            with pytest.raises(ConfigurationError):
                iModel(**good, extra_headers=headers)


@pytest.mark.parametrize("wire", WIRES, ids=str)
@pytest.mark.parametrize("library", [None, httpx])
async def test_extra_headers_are_headers_beside_the_key(wire, library):
    extra = {"X-Trace": "7", "User-Agent": "me", "Accept": "application/x-mine"}
    client = None if library is None else library.AsyncClient()
    async with FaultyServer(Answer(body=wire.body)) as server:
        await ask(wire.model(server, extra_headers=extra, http_client=client))
        if client is not None:
            await client.aclose()
    (request,) = server.requests
    assert request.headers["x-trace"] == "7"
    assert request.headers["user-agent"] == "me"
    assert request.headers["accept"] == "application/x-mine"
    key = get(wire.provider, wire.endpoint).authorize(Secret(KEY))
    assert {name: request.headers[name.lower()] for name in key} == key
    assert "extra_headers" not in request.body.decode()


@pytest.mark.parametrize("wire", WIRES, ids=str)
@pytest.mark.parametrize("key", [KEY, lambda: KEY])
def test_none_takes_the_keys_place(wire, key):
    """One of the two would be without effect, and nobody would see which."""
    (place,) = get(wire.provider, wire.endpoint).authorize(Secret(KEY))
    model = iModel(wire.provider, "m", wire.endpoint, api_key=key)
    for name in (place, place.title()):
        with pytest.raises(ConfigurationError, match="where the key is sent") as caught:
            model.stream("hi", extra_headers={"x-a": "b", name: "Basic my-own-secret"})
        assert "my-own-secret" not in str(caught.value)
        with pytest.raises(ConfigurationError, match="api_key= alone"):
            iModel(wire.provider, "m", wire.endpoint, api_key=key, extra_headers={name: "Basic x"})


async def test_without_a_key_they_may_have_ones_own_word():
    async with FaultyServer(Answer(body=WIRES[0].body)) as server:
        base = server.url("openai")
        own = {"Authorization": "Basic eHg6eXk="}
        model = iModel("openai_compatible", "m", api_key="", base_url=base, extra_headers=own)
        await ask(model)
    assert server.requests[0].headers["authorization"] == "Basic eHg6eXk="


@pytest.mark.parametrize(
    "name", ["transfer-encoding", "Content-Length", "Trailer", "upgrade", "Transfer-Encoding"]
)
def test_how_a_request_is_framed_is_not_the_callers_to_say(name):
    with pytest.raises(ConfigurationError, match="leave it out"):
        iModel("openai", "m", api_key=KEY, extra_headers={name: "7"})


@pytest.mark.parametrize(
    "wrong", ["x-trace: 7", {"a b": "c"}, {"a:": "c"}, {"x": 7}, {7: "x"}, {"x": None}]
)
def test_extra_headers_that_are_none_are_refused(wrong):
    with pytest.raises(ConfigurationError):
        iModel("openai", "m", api_key=KEY, extra_headers=wrong)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x.test",
        "x.test",
        "https://",
        "https://x.test:99999",
        "https://x.test:port",
        "https://[::1",
        "https://u:p@x.test",
        "https://x.test/?q=1",
        "https://x.test/#f",
        "https://x..test",
        "http://999.1.1.1/v1",
        "http://127.0.0.256:80",
        "https://1234567",
        "https://a[::1]",
        "https://[::1]b:80",
        "https://x test",
        "javascript:alert(1)",
        "file:///etc/passwd",
    ],
)
def test_a_base_url_that_is_none(url):
    with pytest.raises(ConfigurationError, match="base_url"):
        iModel("openai", "m", api_key=KEY, base_url=url)


@pytest.mark.parametrize("model", ["../../v1/files", "a/b", "a?key=b", "a#b", "a%2e%2e/b", "a b"])
async def test_a_models_name_stays_one_segment_of_the_path(model):
    async with FaultyServer(Answer(body=GEMINI.body)) as server:
        imodel = iModel("gemini", model, api_key=KEY, base_url=server.url("gemini"))
        await ask(imodel)
        target = server.requests[0].target
        assert target.startswith("/v1beta/models/")
        assert target.count("/") == 3
        assert target.count("?") == 1
        assert "#" not in target


@pytest.mark.parametrize("model", ["..", ".", "models/..", "models/"])
def test_a_models_name_that_leaves_its_segment(model):
    with pytest.raises(ConfigurationError):
        iModel("gemini", model, api_key=KEY)


def test_a_secret_shows_itself_nowhere():
    secret = Secret(KEY)
    model = iModel("openai", "m", api_key=secret, base_url="https://x.test")
    shown = [repr(secret), str(secret), f"{secret}", f"{secret:>40}", repr([secret]), repr(model)]
    shown += [repr(vars(model)), repr(model._caller), repr(copy.copy(secret))]
    assert KEY not in "".join(shown)
    assert secret.reveal() == KEY


async def test_no_error_of_any_kind_tells_the_key(wire):
    quoting = b'{"error": {"message": "your key %s is wrong"}}' % KEY.encode()
    answers = [
        Answer(status=401, body=quoting, media="application/json"),
        Answer(status=500, body=b"<p>%s</p>" % KEY.encode(), media="text/html"),
        Answer(body=KEY.encode(), media="text/html"),
        Answer(body=wire.unended + wire.event(quoting), media=wire.media),
        Answer(body=wire.unended + wire.event(b"{" + KEY.encode()), media=wire.media),
        Answer(head=b"HTTP/1.1 200 OK\r\n%s\r\n\r\n" % KEY.encode()),
    ]
    for answer in answers:
        async with FaultyServer(answer) as server:
            error = (await ask(wire.model(server))).error
            shown = "".join(traceback.format_exception(error)) + repr(vars(error)) + str(error.args)
            assert KEY not in shown


async def test_no_logger_tells_the_key(wire, caplog):
    caplog.set_level(logging.DEBUG)
    retry = Retry(wait_initial=0, wait_jitter=0)
    script = [Answer(status=503, body=KEY.encode()), Answer(body=wire.body, media=wire.media)]
    async with FaultyServer(script) as server:
        assert (await ask(wire.model(server, retry=retry))).text == TEXT
    assert KEY not in caplog.text
    assert KEY not in "".join(repr(vars(record)) for record in caplog.records)


async def test_a_redirect_takes_neither_key_nor_prompt_elsewhere(wire):
    async with FaultyServer(Answer(body=wire.body, media=wire.media)) as thief:
        for status in (301, 302, 303, 307, 308):
            lure = Answer(status=status, headers=[("location", thief.url(wire.provider))])
            async with FaultyServer(lure) as server:
                await ask(wire.model(server))
        assert thief.accepted == 0


async def test_a_proxy_of_the_environment_sees_nothing(wire, monkeypatch):
    async with FaultyServer(Answer(body=b"", media="text/html")) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url("anthropic"))
        monkeypatch.delenv("NO_PROXY", raising=False)
        async with FaultyServer(Answer(body=wire.body, media=wire.media)) as server:
            assert (await ask(wire.model(server))).text == TEXT
        assert proxy.accepted == 0


async def test_a_cookie_of_one_origin_is_not_told_another():
    baked = Answer(body=CHAT.body, headers=[("set-cookie", "spy=1; Path=/")])
    async with FaultyServer(baked) as first, FaultyServer(baked) as second, Session() as session:
        for server in (first, second):
            model = CHAT.model(server, name=server.url())
            session.services.register(model)
            await ask(model)
        assert "cookie" not in second.requests[0].headers


def test_plain_http_to_another_machine_is_warned_of_once():
    with pytest.warns(PlainHTTPWarning, match="unencrypted"):
        iModel("openai", "m", api_key=KEY, base_url="http://models.test/v1")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        iModel("openai", "m", api_key=KEY, base_url="http://models.test/v1")
        for host in ("127.0.0.1", "127.8.9.1", "localhost", "[::1]", "x.localhost"):
            iModel("openai", "m", api_key=KEY, base_url=f"http://{host}:1/v1")


@pytest.fixture(scope="module")
def authority():
    """An authority that nobody knows."""
    return trustme.CA()


def tls_server(authority, body):
    """A function for `nursery.start` that serves *body* over TLS."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    async def answer(stream):
        with suppress(trio.BrokenResourceError):
            received = b""
            while more := await stream.receive_some():
                received += more
                if b"\r\n\r\n" in received and received.endswith(b"}"):
                    received = b""
                    await stream.send_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
                    for at in range(0, len(body), 50):
                        piece = body[at : at + 50]
                        await stream.send_all(b"%x\r\n%b\r\n" % (len(piece), piece))
                    await stream.send_all(b"0\r\n\r\n")

    return partial(trio.serve_ssl_over_tcp, answer, 0, context, host="127.0.0.1")


async def test_tls_is_verified(authority, monkeypatch):
    async with trio.open_nursery() as nursery:
        (listener,) = await nursery.start(tls_server(authority, CHAT.body))
        port = listener.transport_listener.socket.getsockname()[1]
        settings = {"api_key": KEY, "base_url": f"https://127.0.0.1:{port}/v1", "retry": None}
        model = iModel("openai", "m", **settings)
        got = await ask(model)
        assert type(got.error) is ConnectionFailed
        assert "certificate" in str(got.error).lower()

        trusting = ssl.create_default_context()
        authority.configure_trust(trusting)
        monkeypatch.setattr(_tls, "default_context", lambda: trusting)
        async with Session() as session:
            session.services.register(model)
            for _ in range(3):
                got = await ask(model)
                assert (got.text, got.error) == (TEXT, None)
        nursery.cancel_scope.cancel()


def test_nothing_unpickles_evaluates_or_marshals():
    """No module of the package imports what would run a stranger's bytes.

    But for what goes to workers of Ray and comes from them: they are this program's own, and run its code.
    """
    code = (
        "import sys, lionpride_trio, lionpride_trio.session, lionpride_trio.operations\n"
        "import pathlib, re\n"
        "root = pathlib.Path(lionpride_trio.__file__).parent\n"
        "found = [str(p) for p in root.rglob('*.py') if p.parent.name != 'distributed' and re.search("
        "r'^\\s*(import|from) (pickle|marshal|shelve|yaml)|\\b(eval|exec)\\(', p.read_text(), re.M)]\n"
        "sys.exit(repr(found) if found else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
