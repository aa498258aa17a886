"""A model's calls go through the proxy that it was given."""

import gc

import httpx
import pytest
import trio

from lionpride_trio import (
    ConnectionFailed,
    Secret,
    Session,
    StreamTimeout,
    Timeouts,
    iModel,
)
from lionpride_trio.testing import Answer, FaultyServer
from tests.faults.asking import ask
from tests.faults.wires import KEY, TEXT
from tests.transport.authority import client_context, server_context
from tests.transport.proxies import open_proxy
from tests.transport.routed import CHAT, place


@pytest.mark.parametrize("user", [None, "me:secret-word"])
async def test_a_request_of_https_goes_through_a_tunnel(call, user):
    async with (
        open_proxy(user=user) as proxy,
        FaultyServer(Answer(body=CHAT.body), ssl_context=server_context()) as server,
    ):
        got = await call(server, proxy=proxy.url(user), ssl_context=client_context())
        assert (got.text, got.error) == (TEXT, None)
        assert proxy.asked == [("CONNECT", place(server))]
        assert KEY not in str(proxy.headers), "what is inside is encrypted"


@pytest.mark.parametrize("user", [None, "me:secret-word"])
async def test_a_request_of_http_is_told_to_the_proxy_whole(call, user):
    async with open_proxy(user=user) as proxy, FaultyServer(Answer(body=CHAT.body)) as server:
        got = await call(server, proxy=proxy.url(user))
        assert (got.text, got.error) == (TEXT, None)
        assert proxy.asked == [("POST", f"{server.url()}/chat/completions")]


@pytest.mark.parametrize("given", ["url", "secret", "httpx"])
async def test_a_proxy_is_given_as_a_url_or_as_httpx_has_it(given):
    async with (
        open_proxy(user="me:secret-word") as proxy,
        FaultyServer(Answer(body=CHAT.body)) as server,
    ):
        url = proxy.url("me:secret-word")
        take = {"url": str, "secret": Secret, "httpx": httpx.Proxy}[given]
        model = CHAT.model(server, proxy=take(url))
        assert (await ask(model)).text == TEXT
        assert "secret-word" not in f"{model!r}{vars(model)}{model._caller!r}"


async def test_a_proxy_that_speaks_tls():
    async with (
        open_proxy(server_context()) as proxy,
        FaultyServer(Answer(body=CHAT.body), ssl_context=server_context()) as server,
    ):
        model = CHAT.model(server, proxy=proxy.url(scheme="https"), ssl_context=client_context())
        got = await ask(model)
        assert (got.text, got.error) == (TEXT, None)
        assert proxy.asked == [("CONNECT", place(server))]


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("status", [407, 403, 502])
async def test_a_proxy_that_refuses(call, status, tls):
    """It is named, and what it wants; a password that was wrong is not tried again."""
    async with (
        open_proxy(**({"user": "me:right"} if status == 407 else {"refuses": status})) as proxy,
        FaultyServer(
            Answer(body=CHAT.body), ssl_context=server_context() if tls else None
        ) as server,
    ):
        got = await call(server, proxy=proxy.url("me:wrong-word"), ssl_context=client_context())
        assert server.requests == []
        if status != 407 and not tls:
            assert got.error.status == status, "it looks as if the server had answered so"
            return
        assert type(got.error) is ConnectionFailed
        assert got.error.retryable is (status == 502)
        assert f"{status} " in str(got.error)
        assert f"(through the proxy of proxy=, 127.0.0.1:{proxy.port})" in str(got.error)
        assert ("write its user and password into its URL" in str(got.error)) == (status == 407)
        assert "wrong-word" not in repr(got.error)


async def test_a_proxy_that_is_not_there(call, monkeypatch):
    async with open_proxy() as proxy:
        pass
    async with FaultyServer(Answer(body=CHAT.body)) as server:
        got = await call(server, proxy=proxy.url())
        assert type(got.error) is ConnectionFailed
        assert got.error.retryable
        assert f"(through the proxy of proxy=, 127.0.0.1:{proxy.port})" in str(got.error)
        monkeypatch.setenv("http_proxy", proxy.url())
        got = await call(server, trust_env=True)
        assert type(got.error) is ConnectionFailed
        assert "(through the proxy of http_proxy, which trust_env=True reads" in str(got.error)
        assert "NO_PROXY" in str(got.error)
        assert server.requests == []


async def test_a_proxy_that_says_nothing(autojump_clock):
    async def silent(stream):
        await trio.sleep_forever()

    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(trio.serve_tcp, silent, 0)
        port = listeners[0].socket.getsockname()[1]
        model = iModel(
            "openai",
            "m",
            api_key=KEY,
            base_url="https://a.example/v1",
            proxy=f"http://127.0.0.1:{port}",
            timeouts=Timeouts(first_content=5),
            retry=None,
        )
        got = await ask(model)
        nursery.cancel_scope.cancel()
    assert type(got.error) is StreamTimeout
    assert f"127.0.0.1:{port}" in str(got.error)


async def test_an_error_of_the_answer_is_not_the_proxys(call):
    answer = Answer(status=503, body=b"busy")
    async with open_proxy() as proxy, FaultyServer(answer) as server:
        got = await call(server, proxy=proxy.url())
        assert got.error.status == 503
        assert "proxy" not in str(got.error)


async def test_only_the_proxy_knows_where_the_host_is():
    async with FaultyServer(
        Answer(body=CHAT.body), ssl_context=server_context("api.example")
    ) as server:
        port = int(place(server).split(":")[1])
        async with open_proxy(hosts={"api.example": port}) as proxy:
            model = iModel(
                "openai",
                "m",
                api_key=KEY,
                base_url="https://api.example/v1",
                proxy=proxy.url(),
                ssl_context=client_context(),
            )
            assert (await ask(model)).text == TEXT
            assert proxy.asked == [("CONNECT", "api.example:443")]


async def test_connections_through_a_proxy_serve_again_and_close_with_the_session():
    async with (
        open_proxy() as proxy,
        FaultyServer(Answer(body=CHAT.body), ssl_context=server_context()) as server,
    ):
        async with Session(proxy=proxy.url(), ssl_context=client_context()) as session:
            model = CHAT.model(server)
            session.services.register(model)
            for _ in range(3):
                assert (await ask(model)).text == TEXT
            assert len(proxy.asked) == server.accepted == 1
            (client,) = session._owner._clients.values()
            assert repr(client).endswith("over <ForeignClient over httpx.AsyncClient>>>")
        await server.wait_idle()
        gc.collect()


async def test_no_cookie_is_kept_and_no_redirect_followed():
    script = [
        Answer(body=CHAT.body, headers=[("set-cookie", "a=1")]),
        Answer(body=CHAT.body),
        Answer(status=307, headers=[("location", "/elsewhere")]),
    ]
    async with open_proxy() as proxy, FaultyServer(script) as server:
        async with Session(proxy=proxy.url()) as session:
            model = CHAT.model(server)
            session.services.register(model)
            for _ in script:
                got = await ask(model)
        assert got.error.retryable is False
        assert [asked for asked in server.requests if "cookie" in asked.headers] == []
        assert len(server.requests) == 3
