"""Each provider says by words and statuses of its own what failed; gateways' words are known to all."""

import pytest

from lionpride_trio import (
    AuthenticationError,
    BadRequest,
    NotFound,
    OtherChunk,
    Overloaded,
    ProviderError,
    QuotaExhausted,
    RateLimited,
    ServerError,
)
from lionpride_trio.providers import HTTPRequest, Provider, StreamDecoder, get


class Passing:
    """A parser that knows no event, and so no failure."""

    ended = whole = False
    failure = None

    def feed(self, event, value):
        return [OtherChunk(value=value, raw_response=value)]


class Quiet(Provider):
    """A provider with facts of its own, as a third party writes one."""

    name = "quiet"
    endpoint = "chat"
    framing = "ndjson"
    base_url = "https://quiet.example"
    key_required = False
    error_statuses = {444: Overloaded, 404: ServerError}
    error_words = {RateLimited: "hush shhh", NotFound: "nobody-there"}
    request_id_headers = ("x-quiet-id",)

    def request(self, call):
        return HTTPRequest("/quiet", {})

    def parser(self):
        return Passing()

    def parse_body(self, value):
        return [], None


@pytest.mark.parametrize(
    ("status", "code", "meant"),
    [
        (None, "hush", RateLimited),
        (None, "SHHH", RateLimited),
        (None, "nobody_there", NotFound),
        (444, "", Overloaded),
        (404, "", ServerError),
        (401, "hush", AuthenticationError),
        (None, "overloaded_error", Overloaded),
        (None, "made up", ProviderError),
    ],
)
def test_words_and_statuses_of_its_own(status, code, meant):
    """A status is law, whatever the words say."""
    error = Quiet().parse_error(status, {}, {"error": {"code": code, "message": "m"}})
    assert type(error) is meant


def test_no_other_provider_knows_them():
    for document, status in (({"error": {"code": "hush", "message": "m"}}, None), ("m", 444)):
        error = get("openai").parse_error(status, {}, document)
        assert type(error) is (BadRequest if status else ProviderError)


def test_gateways_words_are_known_to_all():
    for name in ("openai", "anthropic", "gemini", "ollama", "openai_compatible"):
        for word, meant in (
            ("insufficient_quota", QuotaExhausted),
            ("overloaded_error", Overloaded),
            ("RESOURCE_EXHAUSTED", RateLimited),
            ("Throttling.RateQuota", RateLimited),
        ):
            error = get(name).parse_error(None, {}, {"error": {"code": word, "message": "m"}})
            assert type(error) is meant
        assert type(get(name).parse_error(498, {}, "busy")) is Overloaded
        assert type(get(name).parse_error(529, {}, "busy")) is Overloaded


@pytest.mark.parametrize(
    "line",
    [
        b'{"code": "hush", "message": "m"}\n',
        b'[{"error": {"code": "hush", "message": "m"}}]\n',
        b'{"error": {"code": "hush"}}',
    ],
)
def test_a_stream_that_reports_a_failure_asks_its_provider(line):
    decoder = StreamDecoder(Quiet())
    decoder.feed(b'{"x": 1}\n' + line)
    decoder.flush()
    assert type(decoder.failure) is RateLimited


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("openai", "x-request-id"),
        ("anthropic", "request-id"),
        ("groq", "x-groq-id"),
        ("openrouter", "x-generation-id"),
        ("openai_compatible", "x-groq-id"),
        ("openai_compatible", "x-generation-id"),
    ],
)
def test_the_id_of_the_request(name, header):
    error = get(name).parse_error(500, {header: "r-1"}, "m")
    assert error.request_id == "r-1"


def test_the_id_in_a_header_of_its_own():
    headers = {"x-request-id": "other", "x-quiet-id": "q-1"}
    assert Quiet().parse_error(500, headers, "m").request_id == "q-1"
