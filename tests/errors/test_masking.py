"""A key is hidden in all that an error holds, and in all that it came from."""

from __future__ import annotations

import pytest

from lionpride_trio import DecodeError, LionprideError, ProviderError
from lionpride_trio._safe_text import Secret

KEY = "sk-0123456789abcdef"
SECRET = Secret(KEY)


def located(error):
    error._locate(provider="openai", model="m", secrets=[SECRET])
    return error


@pytest.mark.parametrize(
    "error",
    [
        LionprideError(f"no: {KEY}"),
        DecodeError("no", line=f"data: {KEY}"),
        ProviderError("no", body={"error": [{KEY: f"Bearer {KEY}"}], "code": 1}),
    ],
    ids=["its text", "the line that failed", "the document, keys too"],
)
def test_what_an_error_holds(error):
    assert KEY in repr(vars(error))
    located(error)
    assert KEY not in repr((vars(error), error.args))


def test_what_an_error_came_from():
    cause = RuntimeError(f"sent {KEY}", {"header": KEY})
    cause.url = f"https://x.test/?key={KEY}"
    cause.__context__ = OSError(KEY)
    error = LionprideError("no")
    error.__cause__ = cause
    located(error)
    assert KEY not in repr((cause.args, cause.url, cause.__context__.args))


def test_causes_that_go_in_a_circle():
    first, second = RuntimeError(KEY), RuntimeError(KEY)
    first.__context__, second.__context__ = second, first
    error = LionprideError("no")
    error.__context__ = first
    located(error)
    assert KEY not in repr((first.args, second.args))


def test_what_is_known_already_stays():
    error = LionprideError("no", provider="groq", request_id="r-1")
    error._locate(provider="openai", model="m", request_id="r-2")
    assert (error.provider, error.model, error.request_id) == ("groq", "m", "r-1")
