"""Which providers there are, by name and endpoint."""

from __future__ import annotations

import copy

import pytest

from lionpride_trio import ConfigurationError
from lionpride_trio.providers import get, register


@pytest.mark.parametrize(
    ("name", "endpoint", "words"),
    [
        ("opnai", None, "unknown provider 'opnai': did you mean 'openai'"),
        ("qwertz", None, "unknown provider 'qwertz': known are .*anthropic.*openai"),
        ("openai", "messages", "'openai' has no endpoint 'messages': known are chat, responses"),
        ("anthropic", "chat/completions", "no endpoint 'chat/completions'"),
    ],
)
def test_what_there_is_not_is_refused_with_what_there_is(name, endpoint, words):
    with pytest.raises(ConfigurationError, match=words):
        get(name, endpoint)


def test_the_first_endpoint_is_the_default_and_one_has_two_names():
    assert get("openai") is get("openai", "chat") is get("openai", "chat/completions")
    assert get("openai", "responses") is not get("openai")


def test_a_name_is_taken_once():
    mine = copy.copy(get("openai_compatible"))
    with pytest.raises(ConfigurationError, match=r"already has an endpoint 'chat'.*replace=True"):
        register(mine)
    assert get("openai_compatible") is not mine
