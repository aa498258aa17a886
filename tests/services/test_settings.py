"""A model is made with options, keys, addresses and clients; and what a call may be given."""

import json
import traceback
from contextlib import asynccontextmanager

import httpx
import pytest

from lionpride_trio import (
    AuthenticationError,
    ConfigurationError,
    NotAStream,
    ProviderError,
    Retry,
    iModel,
    providers,
)
from lionpride_trio.session import InstructionContent, Message
from lionpride_trio.testing import Answer, FaultyServer

ANSWER = json.dumps({
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"content": "x"}}]
}).encode()
NAMES = [name for name in providers.names() if name != "replay"]
ENVIRONMENT = (
    "OPENAI_API_KEY OPENAI_BASE_URL OPENAI_ORG_ID OPENAI_PROJECT_ID ANTHROPIC_API_KEY"
    " ANTHROPIC_AUTH_TOKEN ANTHROPIC_BASE_URL OLLAMA_HOST OLLAMA_API_KEY"
)


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch):
    for name in ENVIRONMENT.split():
        monkeypatch.delenv(name, raising=False)


def made(provider, **options):
    return iModel(provider, "m", api_key="k-test", base_url="http://127.0.0.1:9", **options)


@asynccontextmanager
async def asked(provider="openai", *, status=200, **settings):
    """A model, and the server that it asks, which answers in OpenAI's form."""
    body = ANSWER if status == 200 else b'{"error": {"message": "no"}}'
    async with FaultyServer(Answer(body=body, status=status, media="application/json")) as server:
        settings = {"api_key": "k-test-key", "retry": None, **settings}
        yield iModel(provider, "m", base_url=server.url(provider), **settings), server


@pytest.mark.parametrize("provider", NAMES)
@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("timeout", r"did you mean timeouts=Timeouts\("),
        ("max_retries", r"did you mean retry=Retry\(attempts="),
        ("default_headers", "extra_headers="),
        ("temprature", "did you mean 'temperature'"),
        ("max_concurent", "did you mean 'max_concurrent'"),
        ("brand_new_switch", r"extra_body=\{'brand_new_switch'"),
        ("messages", "leave it out"),
    ],
)
def test_an_option_that_no_request_has_is_refused(provider, option, words):
    with pytest.raises(ConfigurationError, match=words):
        made(provider, **{option: 3})
    model = made(provider)
    with pytest.raises(ConfigurationError, match=words):
        model.stream("q", **{option: 3} if option != "messages" else {"model": 3})


@pytest.mark.parametrize("setting", ["timeouts", "max_concurrent", "base_url", "api_key"])
def test_a_setting_of_the_model_is_none_of_its_calls(setting):
    with pytest.raises(ConfigurationError, match="setting of the model"):
        made("openai").stream("q", **{setting: 3})


@pytest.mark.parametrize("provider", NAMES)
def test_none_is_not_given(provider):
    names = "stop tools tool_choice response_format system temperature extra_body extra_query"
    model = made(provider, **dict.fromkeys(names.split()), extra_headers=None, brand_new=None)
    model.stream("q", stop=None, tools=None)


async def test_none_takes_an_option_of_the_model_away():
    async with asked(temperature=1, stop="x") as (model, server):
        await model.complete("q", stop=None)
    sent = json.loads(server.requests[0].body)
    assert sent["temperature"] == 1
    assert "stop" not in sent


async def test_what_is_newer_goes_into_the_body_the_url_and_the_headers():
    extras = {
        "extra_body": {"new": {"a": 1}, "metadata": {"b": "2"}},
        "extra_query": {"api-version": "2025 04", "beta": True, "gone": None, "each": ["x", "y"]},
        "extra_headers": {"x-new": "7"},
    }
    async with asked(metadata={"a": "1"}, **extras) as (model, server):
        await model.complete("q")
    [request] = server.requests
    sent = json.loads(request.body)
    assert sent["new"] == {"a": 1}
    assert sent["metadata"] == {"a": "1", "b": "2"}
    assert sent["messages"] == [{"role": "user", "content": "q"}]
    assert not sent.keys() & {"extra_body", "extra_query", "extra_headers"}
    assert request.target.endswith("/chat/completions?api-version=2025+04&beta=true&each=x&each=y")
    assert request.headers["x-new"] == "7"


async def test_each_part_of_a_list_in_a_query_is_written_as_one_alone_is():
    query = {
        "a": [True, None, False, 1.5, "x y"],
        "b": (False,),
        "c": [],
        "d": [None],
        "true": True,
    }
    async with asked(extra_query=query) as (model, server):
        await model.complete("q")
    assert server.requests[0].target.endswith("?a=true&a=false&a=1.5&a=x+y&b=false&true=true")


async def test_a_query_that_makes_the_url_too_long_is_refused():
    async with asked(extra_query={"token": "my-own-secret" * 9000}) as (model, server):
        with pytest.raises(ConfigurationError, match="extra_query=") as caught:
            await model.complete("q")
    assert server.requests == []
    assert "my-own" not in "".join(traceback.format_exception(caught.value))


async def test_a_query_joins_the_one_that_the_provider_has():
    async with asked("gemini", extra_query={"a": "b"}) as (model, server):
        with pytest.raises(NotAStream):
            async with model.stream("q"):
                pass
    assert server.requests[0].target.endswith("?alt=sse&a=b")


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ({"extra_body": "x"}, "extra_body must be a mapping"),
        ({"extra_body": {1: 2}}, "extra_body must be a mapping"),
        ({"extra_body": {"x": print}}, "no JSON"),
        ({"extra_body": {"stream": True}}, "complete"),
        ({"extra_query": [("a", "b")]}, "extra_query must be a mapping"),
        ({"extra_query": {"a": {}}}, "texts and numbers"),
    ],
)
def test_extras_of_a_wrong_kind_are_refused(extra, words):
    with pytest.raises(ConfigurationError, match=words):
        made("openai", **extra)


async def test_openrouters_provider_has_another_name():
    with pytest.raises(ConfigurationError, match="routing="):
        iModel("openrouter", "m", api_key="k", provider={"order": ["x"]})
    with pytest.raises(ConfigurationError, match="given twice"):
        iModel("openai", "m", api_key="k", provider="groq")
    with pytest.raises(ConfigurationError, match="routing="):
        made("openrouter").stream("q", provider={"order": ["x"]})
    async with asked("openrouter", routing={"order": ["x"]}) as (model, server):
        await model.complete("q")
    sent = json.loads(server.requests[0].body)
    assert sent["provider"] == {"order": ["x"]}
    assert "routing" not in sent


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("box.localhost", "http://box.localhost:11434"),
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        (":8080", "http://127.0.0.1:8080"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("::1", "http://[::1]:11434"),
        ("[::1]:99", "http://[::1]:99"),
        ("http://127.0.0.1", "http://127.0.0.1:80"),
        ("https://ollama.example/at/", "https://ollama.example:443/at"),
        (' "127.0.0.1" ', "http://127.0.0.1:11434"),
    ],
)
async def test_ollamas_host_is_read_as_ollama_reads_it(monkeypatch, host, url):
    monkeypatch.setenv("OLLAMA_HOST", host)
    async with iModel("ollama", "m")._address() as found:
        assert found == url


def test_a_port_that_is_none_is_refused(monkeypatch):
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:99999")
    with pytest.raises(ConfigurationError, match="base_url"):
        iModel("ollama", "m")


async def headers_of(provider, **settings):
    async with asked(provider, status=401, **settings) as (model, server):
        with pytest.raises(AuthenticationError):
            await model.complete("q")
    return server.requests[0].headers


async def test_anthropics_token_is_a_bearers(monkeypatch):
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "a-token-of-mine")
    sent = await headers_of("anthropic", api_key=None)
    assert sent["authorization"] == "Bearer a-token-of-mine"
    assert "x-api-key" not in sent
    for key in ("environment", "given"):
        if key == "environment":
            monkeypatch.setenv("ANTHROPIC_API_KEY", key)
        sent = await headers_of("anthropic", api_key=None if key == "environment" else key)
        assert sent["x-api-key"] == key
        assert "authorization" not in sent


async def test_openais_organization_and_project_are_headers_of_openai_alone(monkeypatch):
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-1")
    sent = await headers_of("openai")
    assert (sent["openai-organization"], sent["openai-project"]) == ("org-1", "proj-1")
    assert "openai-organization" not in await headers_of("groq")
    sent = await headers_of("openai", extra_headers={"OpenAI-Organization": "org-2"})
    assert sent["openai-organization"] == "org-2"
    monkeypatch.setenv("OPENAI_ORG_ID", "org\n1")
    with pytest.raises(ConfigurationError, match="printable"):
        made("openai")


@pytest.mark.parametrize("waits", [False, True])
async def test_a_key_may_be_asked_for_each_call(waits):
    keys = iter(["key-number-1", "key-number-2"])

    def ask():
        return next(keys)

    async def ask_and_wait():
        return next(keys)

    async with asked(api_key=ask_and_wait if waits else ask) as (model, server):
        await model.complete("q")
        with pytest.raises(NotAStream):
            async with model.stream("q"):
                pass
    sent = [request.headers["authorization"] for request in server.requests]
    assert sent == ["Bearer key-number-1", "Bearer key-number-2"]
    assert "key-number" not in repr(model)


async def test_one_call_asks_for_one_key_however_often_it_is_tried():
    times = []
    async with asked(
        status=503,
        api_key=lambda: times.append(1) or "key-number-1",
        retry=Retry(attempts=3, wait_initial=0, wait_jitter=0),
    ) as (model, server):
        with pytest.raises(ProviderError):
            await model.complete("q")
    assert len(server.requests) == 3
    assert len(times) == 1


async def test_a_key_that_was_asked_for_is_in_no_error():
    async with FaultyServer(
        Answer(
            status=401, body=b'{"error": {"message": "bad key-number-1"}}', media="application/json"
        )
    ) as server:
        model = iModel(
            "openai", "m", api_key=lambda: "key-number-1", base_url=server.url("openai"), retry=None
        )
        with pytest.raises(AuthenticationError) as caught:
            await model.complete("q")
    assert "key-number-1" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "words"), [(3, "api_key="), ("", "no key"), ("a\nb", "printable"), (None, "api_key=")]
)
async def test_a_key_that_is_none_is_refused_before_anything_is_sent(given, words):
    async with asked(api_key=lambda: given) as (model, server):
        with pytest.raises(ConfigurationError, match=words):
            await model.complete("q")
    assert not server.requests
    if given == 3:
        with pytest.raises(ConfigurationError, match=words):
            iModel("openai", "m", api_key=given)


async def test_a_client_that_cannot_be_used_is_refused_when_the_model_is_made():
    closed = httpx.AsyncClient()
    await closed.aclose()
    with httpx.Client() as sync:
        for client, words in [
            (sync, "must be async"),
            (httpx.AsyncClient, "not the class"),
            (closed, "closed"),
            ("client", "http_client="),
        ]:
            with pytest.raises(ConfigurationError, match=words):
                made("openai", http_client=client)
    async with httpx.AsyncClient() as client:
        made("openai", http_client=client)


@pytest.mark.parametrize(
    "messages", [["q"], [1], [None], [{"role": "user", "content": "q"}, "q"], [[]], iter(["q"])]
)
async def test_an_element_that_is_no_message_is_refused(messages):
    model = made("openai")
    with pytest.raises(ConfigurationError, match=r'write {"role": "user", "content": "…"}'):
        model.stream(messages)


@pytest.mark.parametrize(
    "messages",
    [
        {"role": "user", "content": "q"},
        Message(content=InstructionContent(instruction="q")),
        None,
        3,
        b"q",
    ],
    ids=["dict", "Message", "None", "int", "bytes"],
)
async def test_one_message_is_to_be_wrapped_in_a_list(messages):
    model = made("openai")
    with pytest.raises(ConfigurationError, match="wrap it in a list"):
        model.stream(messages)
    with pytest.raises(ConfigurationError, match="wrap it in a list"):
        await model.complete(messages)


async def test_an_option_that_json_cannot_say_is_refused_before_anything_is_sent():
    async with asked(metadata={"a": {1, 2}}) as (model, server):
        with pytest.raises(ConfigurationError, match="set is not JSON"):
            await model.complete("q")
        with pytest.raises(ConfigurationError, match="set is not JSON"):
            async with model.stream("q"):
                pass
    assert not server.requests


@pytest.mark.parametrize("provider", NAMES)
@pytest.mark.parametrize("stop", [3, True, [3], {"a": 1}, ["a", None]])
def test_stop_is_a_str_or_a_list_of_them(provider, stop):
    with pytest.raises(ConfigurationError, match="stop= takes a str or a list of them"):
        made(provider, stop=stop)
    made(provider, stop=("a", "b"))


def test_a_provider_and_a_name_of_a_wrong_kind_are_refused():
    with pytest.raises(ConfigurationError, match="provider must be the name of one"):
        iModel(3, "m")
    with pytest.raises(ConfigurationError, match="name must be a str, not 3"):
        made("openai", name=3)
