"""Which options become fields of a request, and which do not."""

import json

import pytest

from lionpride_trio import ConfigurationError
from lionpride_trio.providers import ModelCall, get
from tests.providers.asking import CLOCK, WIRES, call, written


@pytest.mark.parametrize(("provider", "endpoint"), WIRES)
def test_an_option_that_is_none_is_not_given(provider, endpoint):
    given = dict.fromkeys(["stop", "tools", "temperature"])
    if endpoint == "responses":
        del given["stop"]
    assert written(provider, endpoint, **given) == written(provider, endpoint)


@pytest.mark.parametrize("provider", ["openrouter", "openai_compatible", "openai", "groq"])
def test_openai_and_groq_are_sent_no_fields_of_other_services(provider):
    mark = {"cache_control": {"type": "ephemeral"}}
    messages = [
        {"role": "user", "content": [{"type": "text", "text": "a", **mark}], **mark},
        {"role": "assistant", "tool_calls": [call("1", "f")]},
        {"role": "tool", "tool_call_id": "1", "name": "f", "content": "y"},
    ]
    body = written(provider, "chat", messages, tools=[{**CLOCK, **mark}])
    extends = provider in {"openrouter", "openai_compatible"}
    assert json.dumps(body).count("cache_control") == (3 if extends else 0)
    assert ("name" in body["messages"][2]) == extends


def test_anthropics_headers_are_no_part_of_its_body():
    options = {"workspace_id": "w", "user_profile_id": "u", "anthropic_version": "2026-10-21"}
    request = get("anthropic").request(
        ModelCall(
            "m", [{"role": "user", "content": "hi"}], {**options, "anthropic_beta": ["a", "b"]}
        )
    )
    assert request.headers == {
        "anthropic-version": "2026-10-21",
        "anthropic-user-profile-id": "u",
        "anthropic-workspace-id": "w",
        "anthropic-beta": "a,b",
    }
    assert not request.body.keys() & options.keys()


def test_a_field_of_openai_that_groq_has_not_is_refused():
    with pytest.raises(ConfigurationError, match="groq has no option 'verbosity'"):
        written("groq", None, verbosity="low")
