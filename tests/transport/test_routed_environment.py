"""The environment is asked for proxies and certificates where it is trusted."""

import ssl

import certifi
import pytest
import trio

from lionpride_trio import (
    ConfigurationError,
    ConnectionFailed,
    Session,
)
from lionpride_trio.testing import Answer, FaultyServer
from tests.faults.asking import ask
from tests.faults.wires import TEXT
from tests.transport.authority import authority, client_context, server_context
from tests.transport.proxies import open_proxy
from tests.transport.routed import CHAT, place


async def test_the_environment_is_read_where_it_is_trusted(call, monkeypatch):
    async with open_proxy() as proxy, FaultyServer(Answer(body=CHAT.body)) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url())
        for trust_env in (None, False):
            assert (await call(server, trust_env=trust_env)).text == TEXT
        assert proxy.asked == []
        assert (await call(server, trust_env=True)).text == TEXT
        assert len(proxy.asked) == 1
        monkeypatch.setenv("NO_PROXY", "other.example,127.0.0.1")
        assert (await call(server, trust_env=True)).text == TEXT
        assert len(proxy.asked) == 1
        # What the caller names goes before what the environment names.
        assert (await call(server, trust_env=True, proxy=proxy.url())).text == TEXT
        assert len(proxy.asked) == 2


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
async def test_https_has_a_proxy_of_its_own(name, monkeypatch):
    async with (
        open_proxy() as proxy,
        FaultyServer(Answer(body=CHAT.body), ssl_context=server_context()) as server,
    ):
        monkeypatch.setenv(name, proxy.url())
        settings = {"trust_env": True, "ssl_context": client_context()}
        assert (await ask(CHAT.model(server, **settings))).text == TEXT
        assert proxy.asked == [("CONNECT", place(server))]


async def test_certificates_that_the_environment_names(call, monkeypatch, tmp_path):
    file = tmp_path / "company.pem"
    authority().cert_pem.write_to_path(file)
    async with FaultyServer(Answer(body=CHAT.body), ssl_context=server_context()) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        got = await call(server)
        assert "pass ssl_context= to Session or iModel" in str(got.error)
        assert "set SSL_CERT_FILE and pass trust_env=True" in str(got.error)
        assert (await call(server, trust_env=True)).text == TEXT
        async with open_proxy() as proxy:
            assert (await call(server, trust_env=True, proxy=proxy.url())).text == TEXT
        # What the caller names goes before what the environment names.
        strict = ssl.create_default_context(cafile=certifi.where())
        got = await call(server, trust_env=True, ssl_context=strict)
        assert type(got.error) is ConnectionFailed
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "gone.pem"))
        got = await call(server, trust_env=True)
        assert type(got.error) is ConfigurationError
        assert "trust_env=True reads SSL_CERT_FILE, and what it names has no" in str(got.error)


async def test_a_proxy_for_another_scheme_is_not_blamed(monkeypatch):
    async with FaultyServer(Answer(body=CHAT.body)) as server:
        pass
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    got = await ask(CHAT.model(server, trust_env=True))
    assert type(got.error) is ConnectionFailed
    assert "PROXY" not in str(got.error)


async def test_calls_at_once_share_one_client():
    async with FaultyServer(Answer(body=CHAT.body)) as server, open_proxy() as proxy:
        async with Session(proxy=proxy.url()) as session:
            model = CHAT.model(server)
            session.services.register(model)
            async with trio.open_nursery() as nursery:
                for _ in range(5):
                    nursery.start_soon(ask, model)
            assert len(session._owner._clients) == 1
            assert len(proxy.asked) == 5
        await server.wait_idle()


async def test_an_environment_without_proxies_leaves_the_call_to_our_own_client():
    async with FaultyServer(Answer(body=CHAT.body)) as server, Session(trust_env=True) as session:
        model = CHAT.model(server)
        session.services.register(model)
        assert (await ask(model)).text == TEXT
        (client,) = session._owner._clients.values()
        assert repr(client) == "<RoutedClient over <Client open, 1 connections idle>>"
    assert repr(client) == "<RoutedClient over <Client closed>>"


@pytest.mark.parametrize(
    "named", ["gopher://a.example", "http://user:secret-word@[::1", "socks5://a"]
)
async def test_a_proxy_in_the_environment_that_is_none(named, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", named)
    async with FaultyServer(Answer(body=CHAT.body)) as server:
        got = await ask(CHAT.model(server, trust_env=True))
    assert type(got.error) is ConfigurationError
    assert "reads HTTP_PROXY, and httpx takes no such proxy" in str(got.error)
    assert "secret-word" not in str(got.error)
