"""Calls through proxies, and with certificates of one's own, without a client of one's own."""

import copy
import gc
import pickle
import ssl

import certifi
import httpx
import pytest
import trio

from lionpride_trio import (
    ConfigurationError,
    ConnectionFailed,
    Secret,
    Session,
    StreamTimeout,
    Timeouts,
    iModel,
)
from lionpride_trio._transport import Route
from lionpride_trio.testing import Answer, FaultyServer, ScriptedProvider
from tests.faults.asking import ask
from tests.faults.wires import KEY, TEXT, WIRES
from tests.transport.authority import authority, client_context, server_context
from tests.transport.proxies import open_proxy

CHAT = WIRES[0]
NAMES = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"]


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(params=["the model", "its session"])
def call(request):
    """A call with settings of the model, without a session, or with those of its session."""

    async def of_model(server, **settings):
        return await ask(CHAT.model(server, **settings))

    async def of_session(server, **settings):
        async with Session(**settings) as session:
            model = CHAT.model(server)
            session.services.register(model)
            return await ask(model)

    return of_model if request.param == "the model" else of_session


def place(server):
    return server.url().split("/")[2]


# Proxies.


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


# The environment.


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


# Who is trusted.


async def test_an_authority_of_ones_own(call):
    async with FaultyServer(Answer(body=CHAT.body), ssl_context=server_context()) as server:
        assert (await call(server, ssl_context=client_context())).text == TEXT
        assert type((await call(server)).error) is ConnectionFailed
    async with FaultyServer(
        Answer(body=CHAT.body), ssl_context=server_context("a.example")
    ) as server:
        got = await call(server, ssl_context=client_context())
        assert "not valid for '127.0.0.1'" in str(got.error)


@pytest.mark.parametrize("through_proxy", [False, True])
async def test_a_certificate_of_the_clients_own(call, through_proxy):
    asking = server_context()
    asking.verify_mode = ssl.CERT_REQUIRED
    authority().configure_trust(asking)
    context = client_context()
    async with (
        FaultyServer(Answer(body=CHAT.body), ssl_context=asking) as server,
        open_proxy() as proxy,
    ):
        settings = {"proxy": proxy.url()} if through_proxy else {}
        got = await call(server, ssl_context=context, **settings)
        assert got.error is not None
        authority().issue_cert("me@example.org").configure_cert(context)
        got = await call(server, ssl_context=context, **settings)
        assert (got.text, got.error) == (TEXT, None)


# Who says what.


async def test_a_model_goes_by_its_own_settings_and_then_by_its_sessions():
    tls = server_context()
    async with (
        open_proxy() as ours,
        open_proxy() as theirs,
        FaultyServer(Answer(body=CHAT.body), ssl_context=tls) as server,
        Session(proxy=theirs.url(), ssl_context=client_context()) as session,
    ):
        plain, own = (
            CHAT.model(server, name="plain"),
            CHAT.model(server, name="own", proxy=ours.url()),
        )
        session.services.register(plain)
        session.services.register(own)
        assert (await ask(plain)).text == (await ask(own)).text == TEXT
        assert (len(ours.asked), len(theirs.asked)) == (1, 1)
        async with httpx.AsyncClient(verify=client_context()) as client:
            with_client = CHAT.model(server, name="client", http_client=client)
            session.services.register(with_client)
            assert (await ask(with_client)).text == TEXT
        assert (len(ours.asked), len(theirs.asked)) == (1, 1)


async def test_a_server_in_this_process_is_behind_no_proxy():
    async with open_proxy() as proxy, Session(proxy=proxy.url()) as session:
        model = iModel("local")
        session.services.register(model)
        assert (await model.complete("hi")).text
        assert proxy.asked == []


def test_a_sessions_way_is_not_written_down(tmp_path):
    context = ssl.create_default_context()
    session = Session(name="a", proxy="http://me:secret-word@a.example:1", ssl_context=context)
    assert "secret-word" not in repr(session) + repr(session._owner._route)
    assert b"secret-word" not in pickle.dumps(session)
    assert copy.deepcopy(session).name == "a"
    session.save(tmp_path / "session.json")
    assert "secret-word" not in (tmp_path / "session.json").read_text()
    loaded = Session.load(tmp_path / "session.json", proxy="http://a.example:1", trust_env=True)
    assert loaded._owner._route == Route(proxy="http://a.example:1", trust_env=True)


WRONG = {
    "a context by its path": (
        {"ssl_context": "/etc/ca.pem"},
        "ssl_context= takes an ssl.SSLContext",
    ),
    "no verification": ({"ssl_context": False}, "not False"),
    "no scheme": ({"proxy": "proxy.example:3128"}, "begins with one of http://, https://"),
    "another scheme": ({"proxy": "ftp://proxy.example"}, "begins with one of http://"),
    "no host": ({"proxy": "http://"}, "takes a URL"),
    "nothing": ({"proxy": ""}, "takes a URL"),
    "no port": ({"proxy": "http://user:secret-word@a.example:port"}, "no sensible host and port"),
    "blanks": ({"proxy": "http://a b"}, "has blanks"),
    "a line end": ({"proxy": "http://a\r\nb: c"}, "has blanks"),
    "a mapping": ({"proxy": {"https": "http://a.example"}}, "not dict"),
    "socks": ({"proxy": "socks5://user:secret-word@a.example"}, r"pip install 'httpx\[socks\]'"),
    "a word": ({"trust_env": "yes"}, "True or False, not 'yes'"),
}


@pytest.mark.parametrize(
    "maker", [Session, lambda **given: iModel("openai", "m", api_key=KEY, **given)]
)
@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_refused_at_once(wrong, maker):
    settings, text = WRONG[wrong]
    with pytest.raises(ConfigurationError, match=text) as caught:
        maker(**settings)
    assert "secret-word" not in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [
        {"proxy": "http://a.example"},
        {"trust_env": False},
        {"ssl_context": ssl.create_default_context()},
    ],
)
def test_what_contradicts_is_refused_and_says_what_to_write(given):
    (name,) = given
    client = httpx.AsyncClient()
    with pytest.raises(ConfigurationError, match=rf"{name}= would be.*httpx.AsyncClient\(proxy="):
        iModel("openai", "m", api_key=KEY, http_client=client, **given)
    with pytest.raises(ConfigurationError, match=f"lives in this process: leave {name}= out"):
        iModel("local", **given)
    with pytest.raises(ConfigurationError, match=f"uses no network: leave {name}= out"):
        iModel(ScriptedProvider("Hello"), "m", **given)


@pytest.mark.parametrize(
    ("option", "instead"),
    [("verify", "ssl_context="), ("proxies", "proxy="), ("cert", "load_cert_chain")],
)
def test_words_of_other_libraries(option, instead):
    with pytest.raises(ConfigurationError, match=instead):
        iModel("openai", "m", api_key=KEY, **{option: "x"})
    for setting in ("proxy", "ssl_context", "trust_env"):
        with pytest.raises(ConfigurationError, match=setting):
            iModel("openai", "m", api_key=KEY).stream("hi", **{setting: "x"})
