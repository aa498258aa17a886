"""A connection that cannot be made says the cause, and what to write."""

import socket

import httpx
import httpx2
import pytest
import trio

from lionpride_trio import ConnectionFailed, StreamTimeout, Timeouts, iModel
from lionpride_trio.testing import Answer, FaultyServer
from tests.faults.asking import ask
from tests.faults.wires import KEY, TEXT, WIRES
from tests.transport.authority import client_context, server_context

CHAT = WIRES[0]
PROXIES = ["HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY", "https_proxy", "all_proxy", "http_proxy"]
THROUGH_A_PROXY = "pass trust_env=True, or proxy=, to Session or iModel"
OWN_AUTHORITY = (
    "pass ssl_context= to Session or iModel, or set SSL_CERT_FILE and pass trust_env=True"
)
CLIENTS_AUTHORITY = "write http_client=httpx.AsyncClient(verify=ssl_context)"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch):
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def nobody():
    """The address of a port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{taken.getsockname()[1]}"


def model_at(base_url, **settings):
    return iModel("openai", "m", api_key=KEY, base_url=base_url, retry=None, **settings)


@pytest.mark.parametrize("library", [None, httpx, httpx2])
async def test_a_certificate_that_is_not_trusted_names_the_cause_and_what_to_write(library):
    async with FaultyServer(Answer(body=CHAT.body), ssl_context=server_context()) as server:
        if library is None:
            got = await ask(CHAT.model(server))
        else:
            async with library.AsyncClient() as client:
                got = await ask(CHAT.model(server, http_client=client))
        assert type(got.error) is ConnectionFailed
        assert "unable to get local issuer certificate" in str(got.error)
        assert OWN_AUTHORITY in str(got.error)
        assert CLIENTS_AUTHORITY in str(got.error)
        # And what it says to write is what helps.
        assert (await ask(CHAT.model(server, ssl_context=client_context()))).text == TEXT
        async with httpx.AsyncClient(verify=client_context()) as client:
            got = await ask(CHAT.model(server, http_client=client))
        assert got.text == TEXT


async def test_tls_with_a_server_that_speaks_none_says_nothing_of_authorities():
    async with FaultyServer(Answer(body=CHAT.body)) as server:
        got = await ask(model_at(server.url().replace("http:", "https:")))
    assert type(got.error) is ConnectionFailed
    assert "TLS with 127.0.0.1 failed" in str(got.error)
    assert OWN_AUTHORITY not in str(got.error)


async def test_a_refused_connection_says_why(nobody):
    got = await ask(model_at(f"http://{nobody}/v1"))
    assert str(got.error) == f"openai/m: no connection to {nobody}: Connection refused"


@pytest.mark.parametrize("name", PROXIES)
async def test_behind_a_proxy_a_failed_connection_says_what_to_write(name, nobody, monkeypatch):
    monkeypatch.setenv(name, "http://user:password@proxy.example:3128")
    got = await ask(model_at(f"https://{nobody}/v1"))
    assert type(got.error) is ConnectionFailed
    assert f"{name} is set" in str(got.error)
    assert THROUGH_A_PROXY in str(got.error)
    assert "password" not in str(got.error)


async def test_behind_a_proxy_a_connection_that_takes_too_long_says_what_to_write(
    monkeypatch, autojump_clock
):
    async def blocked(*where, **options):
        await trio.sleep_forever()

    monkeypatch.setattr("lionpride_trio._transport._socket.trio.open_tcp_stream", blocked)
    model = model_at("https://api.example/v1", timeouts=Timeouts(connect=3))
    got = await ask(model)
    assert str(got.error) == "openai/m: no connection within 3 s"
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    got = await ask(model)
    assert type(got.error) is StreamTimeout
    assert THROUGH_A_PROXY in str(got.error)


async def test_a_client_of_ones_own_has_chosen_its_proxies(nobody, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", f"http://{nobody}")
    async with httpx.AsyncClient(trust_env=False) as client:
        got = await ask(model_at(f"http://{nobody}/v1", http_client=client))
    assert type(got.error) is ConnectionFailed
    assert THROUGH_A_PROXY not in str(got.error)


@pytest.mark.parametrize("given", ["trust_env", "proxy", "http_client"])
async def test_what_to_write_goes_through_the_proxy(given, monkeypatch):
    """A plain proxy is asked for the whole URL."""
    async with (
        FaultyServer(Answer(body=CHAT.body)) as proxy,
        httpx.AsyncClient(trust_env=False, proxy=proxy.url().removesuffix("/v1")) as client,
    ):
        address = proxy.url().removesuffix("/v1")
        monkeypatch.setenv("HTTP_PROXY", address)
        monkeypatch.setenv("NO_PROXY", "")
        settings = {"trust_env": True, "proxy": address, "http_client": client}
        with pytest.warns(UserWarning, match="unencrypted"):
            model = model_at(f"http://{given}.words.example/v1", **{given: settings[given]})
        got = await ask(model)
        assert got.text == TEXT
        assert proxy.requests[0].target == f"http://{given}.words.example/v1/chat/completions"
