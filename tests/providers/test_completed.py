"""A provider need not be a subclass: it has the defaults of all that it does not say."""

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
from lionpride_trio.providers import HTTPRequest
from lionpride_trio.testing import Answer, FaultyServer


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
