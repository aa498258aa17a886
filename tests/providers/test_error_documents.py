"""Failures in the many forms that servers and gateways give them."""

from __future__ import annotations

import pytest

from lionpride_trio import DecodeError, NotAStream, ProviderError, QuotaExhausted, RateLimited
from lionpride_trio.providers import StreamDecoder, get


@pytest.mark.parametrize(
    ("document", "message", "code"),
    [
        (["boom"], "boom", None),
        ([[{"message": "m"}]], "m", None),
        ({"errors": [{"message": "m", "code": "7"}]}, "m", "7"),
        ({"error": {"error": "inner"}}, "inner", "inner"),
        ({"error": {"message": "m", "error": "inner"}}, "m", "inner"),
        (5, "5", None),
        ([], "[]", None),
        (None, "null", None),
    ],
)
def test_a_document_of_any_form_is_told(document, message, code):
    error = get("openai").parse_error(500, {}, document)
    assert (error.message, error.code, error.status) == (message, code, 500)


@pytest.mark.parametrize(
    ("quotas", "kind"),
    [
        (["GenerateRequestsPerDayPerProject"], QuotaExhausted),
        (["PerMinute", "TokensPerDay"], QuotaExhausted),
        (["GenerateRequestsPerMinute"], RateLimited),
        ([None], RateLimited),
        ([], RateLimited),
    ],
)
def test_a_quota_of_a_day_is_spent_and_one_of_a_minute_comes_back(quotas, kind):
    violations = [{"quotaId": quota} for quota in quotas]
    details = [{"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": violations}]
    error = {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "m", "details": details}
    assert type(get("gemini").parse_error(429, {}, {"error": error})) is kind


def failure_of(provider, body):
    decoder = StreamDecoder(get(provider))
    assert [*decoder.feed(body), *decoder.flush()] == []
    return decoder.failure


@pytest.mark.parametrize("provider", ["openai", "anthropic", "gemini"])
@pytest.mark.parametrize("data", ['{"choices": 3}', "[1]", '"it broke"', '{"delta": []}'])
def test_an_error_event_is_a_failure_whatever_its_data(provider, data):
    failure = failure_of(provider, f"event: error\ndata: {data}\n\n".encode())
    assert type(failure) is ProviderError
    assert failure.message == data.strip('"')


@pytest.mark.parametrize("text", ["it broke", '{"message": "it broke"}', '{"error": "it broke"}'])
def test_a_line_that_is_no_event_may_tell_of_a_failure(text):
    failure = failure_of("openai", f"error: {text}\n\n".encode())
    assert isinstance(failure, ProviderError)
    assert failure.message == "it broke"


def test_what_is_neither_a_failure_nor_an_answer_is_told_as_it_is():
    failure = failure_of("openai", b'data: {"choices": 3}\n\n')
    assert isinstance(failure, DecodeError)
    assert failure.line == '{"choices": 3}'
    assert isinstance(failure_of("openai", b"warning: it broke\n\n"), NotAStream)
