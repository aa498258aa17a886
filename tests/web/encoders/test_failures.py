"""A page is told of a failure by its class, in words that quote nobody."""

from __future__ import annotations

import math

import pytest

import lionpride_trio
from lionpride_trio import (
    AuthenticationError,
    FlowError,
    LionprideError,
    OperationError,
    Overloaded,
    RateLimited,
    StreamTimeout,
    WriterLost,
)
from lionpride_trio.web import BadPageRequest
from lionpride_trio.web.encoders import EventsEncoder, Failure, describe_failure

SECRET = "sk-secret at 10.0.0.3"


def errors():
    for name in lionpride_trio.__all__:
        kind = getattr(lionpride_trio, name)
        if isinstance(kind, type) and issubclass(kind, LionprideError):
            if kind is FlowError:
                yield FlowError(SECRET, [OperationError(SECRET, operation="a")])
                continue
            error = kind.__new__(kind, SECRET)
            LionprideError.__init__(error, SECRET, provider="openai", model="m")
            yield error


@pytest.mark.parametrize("error", list(errors()), ids=lambda error: type(error).__name__)
def test_no_text_of_an_error_is_told(error):
    failure = describe_failure(error)
    assert failure.error == type(error).__name__
    assert SECRET in str(error)
    assert failure.message.endswith(".")
    assert "sk-secret" not in repr(failure)


def test_the_nearest_class_has_the_word():
    assert describe_failure(WriterLost()).message == "The answer was cut off."
    assert describe_failure(AuthenticationError()).message == (
        "The model's service cannot be used at this time."
    )
    clock = StreamTimeout("late", clock="content_idle")
    assert describe_failure(clock).message == "The model's service did not answer in time."


def test_when_to_try_again_is_told():
    assert describe_failure(RateLimited(retry_after=2.5)).as_dict() == {
        "error": "RateLimited",
        "message": "The model's service takes no more requests at this time.",
        "retryable": True,
        "retry_after": 2.5,
    }
    assert "retry_after" not in describe_failure(Overloaded()).as_dict()


def test_another_exception_is_its_class_alone():
    assert describe_failure(KeyError("sk-secret")) == Failure("KeyError", "The server failed.")


def test_what_a_page_got_wrong_is_told_to_it():
    assert describe_failure(BadPageRequest("messages is missing")) == Failure(
        "BadPageRequest", "messages is missing"
    )


@pytest.mark.parametrize("seconds", [math.inf, -math.inf, math.nan, -5])
def test_seconds_that_are_none_are_not_told(seconds):
    error = Overloaded("full", retry_after=seconds)
    assert "retry_after" not in describe_failure(error).as_dict()
    assert b'"error":"Overloaded"' in EventsEncoder().fail(error)
