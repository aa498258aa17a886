"""A provider need not be a subclass: it has the defaults of all that it does not say."""

from types import SimpleNamespace

import pytest

from lionpride_trio import (
    ConfigurationError,
    FinishChunk,
    Overloaded,
    ProviderError,
    TextChunk,
    Verdict,
    iModel,
)
from lionpride_trio.providers import HTTPRequest, Provider, get
from lionpride_trio.providers._completed import completed
from lionpride_trio.testing import Answer, FaultyServer

MEMBERS = {name for name in {*dir(Provider), *Provider.__annotations__} if name[0] != "_"}


class Parser:
    ended = whole = False
    failure = None

    def feed(self, event, value):
        if "bye" in value:
            self.ended = self.whole = True
            return [FinishChunk(verdict=Verdict.COMPLETE)]
        return [TextChunk(value["say"])]


class Echo:
    name, endpoint, framing = "echo", "chat", "ndjson"
    base_url = None
    key_required = False

    def request(self, call):
        return HTTPRequest("/say", {"text": "hi"})

    def parser(self):
        return Parser()

    def parse_body(self, value):
        return [TextChunk(value["say"]), FinishChunk(verdict=Verdict.COMPLETE)], None


async def test_it_is_asked():
    body = b'{"say": "hello"}\n{"bye": 1}\n'
    async with FaultyServer([Answer(body=body), Answer(status=503)]) as server:
        model = iModel(Echo(), "m", base_url=server.url("echo"), api_key="k", retry=None)
        async with model.stream("hi") as reply:
            assert [chunk.data async for chunk in reply] == ["hello", ""]
        with pytest.raises(Overloaded):
            await model.complete("hi")
    assert server.requests[0].headers["authorization"] == "Bearer k"


async def test_what_it_says_is_not_the_default():
    class Own(Echo):
        default_model = "mine"

        def parse_error(self, status, headers, value):
            return ProviderError("own words", status=status)

    async with FaultyServer(Answer(status=503)) as server:
        model = iModel(Own(), base_url=server.url("echo"), retry=None)
        assert model.model == "mine"
        with pytest.raises(ProviderError, match="own words"):
            await model.complete("hi")


def test_what_is_missing_is_named():
    class Half:
        name = "half"

    with pytest.raises(
        ConfigurationError, match="has no endpoint, framing, base_url, key_required"
    ):
        iModel(Half(), "m")


def test_what_a_subclass_lacks_is_named_too():
    class Half(Provider):
        name = "half"
        endpoint = "chat"
        framing = "sse"

    with pytest.raises(ConfigurationError, match=r"has no base_url, key_required$"):
        iModel(Half(), "m")


def test_a_provider_that_says_all_of_it_is_taken_as_it_is():
    openai = get("openai")
    whole = SimpleNamespace(**{name: getattr(openai, name) for name in MEMBERS})
    assert completed(openai) is openai
    assert completed(whole) is whole
    del whole.hints
    assert completed(whole).hints == {}
