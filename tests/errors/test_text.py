"""The text of an error: where it happened and what was said, safe to show and not too long."""

from __future__ import annotations

import pytest

from lionpride_trio import FlowError, LionprideError, OperationError, ProviderError
from lionpride_trio._safe_text import MAX_ERROR_TEXT


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ({}, "no"),
        ({"provider": "groq"}, "groq: no"),
        ({"model": "m"}, "m: no"),
        ({"provider": "groq", "model": "m"}, "groq/m: no"),
    ],
)
def test_it_says_where(where, text):
    error = LionprideError("no", **where)
    assert str(error) == text
    assert repr(error) == f"LionprideError({text!r})"
    assert error.message == "no"


def test_what_could_steer_a_terminal_is_escaped():
    error = ProviderError("\x1b[31mred\u202e\n", provider="a\x07", model="m\ud800")
    assert str(error) == "a\\x07/m\\ud800: \\x1b[31mred\\u202e\n"
    assert error.message == "\x1b[31mred\u202e\n"


@pytest.mark.parametrize("text", ["x" * 10_000, "\x00" * 1000])
def test_it_is_shortened_as_it_is_shown(text):
    error = LionprideError(text, provider="groq")
    assert len(str(error)) == MAX_ERROR_TEXT
    assert str(error).startswith("groq: ")
    assert str(error).endswith(" characters)")
    assert error.message == text


def test_a_group_counts_its_errors_as_any_other_does():
    error = FlowError("2 operations failed", [OperationError("a"), OperationError("b")])
    assert str(error).startswith("2 operations failed")


def test_a_group_keeps_its_results_in_each_part_of_it():
    inner = [OperationError("a"), ValueError("b")]
    error = FlowError("both", inner, results={"first": 1})
    ours, others = error.split(OperationError)
    assert ours is not None
    assert others is not None
    for part, left in ((ours, inner[:1]), (others, inner[1:])):
        assert type(part) is FlowError
        assert list(part.exceptions) == left
        assert part.message == "both"
        assert part.results == {"first": 1}


def test_a_group_has_the_places_of_an_error_and_they_are_empty():
    error = FlowError("both", [ValueError()])
    places = ("provider", "model", "request_id", "retry_after", "partial")
    assert [getattr(error, name) for name in places] == [None] * 5
    assert error.retryable is False
    assert error.results == {}
