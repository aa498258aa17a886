"""Who is trusted, who says what, and what is refused."""

import copy
import pickle
import ssl

import httpx
import pytest

from lionpride_trio import (
    ConfigurationError,
    ConnectionFailed,
    Session,
    iModel,
)
from lionpride_trio._transport import Route
from lionpride_trio.testing import Answer, FaultyServer, ScriptedProvider
from tests.faults.asking import ask
from tests.faults.wires import KEY, TEXT
from tests.transport.authority import authority, client_context, server_context
from tests.transport.proxies import open_proxy
from tests.transport.routed import CHAT


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
    "a server's context": (
        {"ssl_context": ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)},
        "one of a server",
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
