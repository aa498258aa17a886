"""Each request that the library can write is one that the official SDK of its wire would write.

Two things are asked of the SDK: whether its types allow every key and value of our body, and
whether it writes the same body and headers of the same facts.
"""

import json
from typing import get_args

import pydantic
import pytest
from google.genai import types
from hypothesis import given, settings, strategies as st
from pydantic_core import ValidationError

from lionpride_trio import ConfigurationError, Verdict
from lionpride_trio.providers import ModelCall, get
from lionpride_trio.providers._anthropic._request import OPTIONS as ANTHROPIC
from lionpride_trio.providers._ends import verdict_of
from lionpride_trio.providers._gemini._reading import FAILURES
from lionpride_trio.providers._gemini._request import OPTIONS as GEMINI
from lionpride_trio.providers._openai_chat._request import OPENAI
from lionpride_trio.providers._openai_responses._request import OPTIONS as RESPONSES
from tests.judges.conversations import MEDIA, conversations
from tests.judges.examples import EXAMPLES, TEXT_FORMAT
from tests.judges.sdks import JUDGES, TYPES
from tests.providers.asking import (
    CLOCK,
    CONVERSATION,
    NAMED,
    OPTIONS,
    SCHEMA,
    TWO_OF_THREE,
    WEATHER,
)

WIRES = list(JUDGES)
ALLOWED = {
    ("openai", "chat"): OPENAI,
    ("openai", "responses"): RESPONSES,
    ("anthropic", "messages"): ANTHROPIC,
    ("gemini", "generate"): GEMINI,
}
HI = [{"role": "user", "content": "hi"}]


def judge(wire, messages, *, stream=True, **options):
    """Let the SDK of *wire* judge the request for *messages*; its body."""
    request = get(*wire).request(ModelCall("m", messages, options, stream=stream))
    body = json.loads(json.dumps(request.body))
    sdk = JUDGES[wire]
    sdk.check(body)
    if stream:
        written, headers = sdk.write(body, request.headers)
        assert sdk.same(written) == sdk.same(body)
        ours = {name: value for name, value in request.headers.items() if "version" not in name}
        assert {name: headers[name] for name in ours} == ours
    return body


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("wire", WIRES, ids="-".join)
def test_the_golden_conversation(wire, stream):
    judge(wire, CONVERSATION, stream=stream, **OPTIONS, tool_choice="required")


@pytest.mark.parametrize("wire", WIRES, ids="-".join)
def test_each_option_has_an_example(wire):
    """Gemini's are allowed with underscores too, and mean the same."""
    named = {name for name in ALLOWED[wire] if wire[0] != "gemini" or _is_no_alias(name)}
    assert EXAMPLES[wire].keys() == named | {"system"}


def _is_no_alias(name):
    return "_" not in name or name in {"max_tokens", "response_format", "tool_choice"}


@pytest.mark.parametrize(
    ("wire", "option"), [(wire, option) for wire in WIRES for option in EXAMPLES[wire]]
)
def test_an_option(wire, option):
    judge(wire, HI, **{option: EXAMPLES[wire][option]})


CHOICES = [
    "auto",
    "none",
    "required",
    NAMED,
    TWO_OF_THREE,
    {**TWO_OF_THREE, "allowed_tools": {**TWO_OF_THREE["allowed_tools"], "mode": "auto"}},
    {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [NAMED]}},
]
FORMATS = [
    {"type": "text"},
    {"type": "json_object"},
    TEXT_FORMAT,
    {
        "type": "json_schema",
        "json_schema": {"name": "line", "description": "One.", "strict": True, "schema": SCHEMA},
    },
]
FORMS = [
    *({"tools": [WEATHER, CLOCK], "tool_choice": choice} for choice in CHOICES),
    *({"response_format": form} for form in FORMATS),
    *({"stop": stop} for stop in (None, "END", ["a", "b"])),
    *({"system": told} for told in (None, "", "Be kind.", [{"type": "text", "text": "a"}])),
    {"tools": [WEATHER], "parallel_tool_calls": True},
    {"tools": [WEATHER], "parallel_tool_calls": False, "tool_choice": "none"},
    {"tools": [WEATHER], "parallel_tool_calls": False, "tool_choice": NAMED},
    {"tools": [{"type": "function", "function": {"name": "f"}}]},
]


def refusal_of(wire, form):
    """The words that refuse a form which the provider cannot be asked for; None for all others."""
    choice = form.get("tool_choice")
    names = choice["allowed_tools"]["tools"] if isinstance(choice, dict) and choice != NAMED else ()
    match wire[0]:
        case "openai" if wire[1] == "responses" and form.get("stop"):
            return "Responses know no stop"
        case "anthropic" if len(names) > 1:
            return "leave the others out"
        case "anthropic" if form.get("response_format") == {"type": "json_object"}:
            return "JSON without a schema"
        case "gemini" if "parallel_tool_calls" in form:
            return "how many tools"
    return None


@pytest.mark.parametrize("form", FORMS, ids=json.dumps)
@pytest.mark.parametrize("wire", WIRES, ids="-".join)
def test_a_form_that_an_option_may_have(wire, form):
    words = refusal_of(wire, form)
    if words is None:
        judge(wire, HI, **form)
    else:
        with pytest.raises(ConfigurationError, match=words):
            judge(wire, HI, **form)


@pytest.mark.parametrize(
    ("wire", "part"), [(wire, place) for wire in WIRES for place in range(len(MEDIA[wire]))]
)
def test_a_part_of_a_message(wire, part):
    mark = {"cache_control": {"type": "ephemeral"}}
    parts = [{"type": "text", "text": "See."}, {**MEDIA[wire][part], **mark}]
    body = judge(wire, [{"role": "user", "content": parts}])
    assert ("cache_control" in json.dumps(body)) == (wire[0] == "anthropic")


@given(st.data())
@settings(max_examples=150, deadline=None)
@pytest.mark.parametrize("wire", WIRES, ids="-".join)
def test_conversations(wire, data):
    messages, options = data.draw(conversations(wire))
    judge(wire, messages, **options)


# -- the judges themselves


DEEP = {
    ("openai", "chat"): {
        "messages": [{"role": "user", "content": [{"type": "text", "text": "a", "wrong": 1}]}]
    },
    ("openai", "responses"): {
        "input": [{"role": "user", "content": [{"type": "input_text", "text": "a", "wrong": 1}]}]
    },
    ("anthropic", "messages"): {
        "max_tokens": 1,
        "messages": [{"role": "user", "content": [{"type": "text", "text": "a", "wrong": 1}]}],
    },
    ("gemini", "generate"): {"contents": [{"parts": [{"text": "a", "wrong": 1}]}]},
}


@pytest.mark.parametrize("wire", WIRES, ids="-".join)
def test_a_judge_refuses_an_unknown_key_at_every_depth(wire):
    model = {} if wire[0] == "gemini" else {"model": "m"}
    body = {**model, **DEEP[wire]}
    with pytest.raises((ValidationError, pydantic.ValidationError), match="wrong"):
        JUDGES[wire].check(body)
    right = json.loads(json.dumps(body).replace(', "wrong": 1', ""))
    JUDGES[wire].check(right)
    with pytest.raises((ValidationError, pydantic.ValidationError), match="outside"):
        JUDGES[wire].check({**right, "outside": 1})


# -- what the SDK has, and the library has not

WRITTEN_BY_THE_LIBRARY = {"messages", "input", "contents", "model", "stream"}


@pytest.mark.parametrize("wire", TYPES, ids="-".join)
def test_no_field_of_the_sdk_is_missing(wire):
    forms = get_args(TYPES[wire])  # with a stream and without
    known = {name for form in forms for name in form.__annotations__} - WRITTEN_BY_THE_LIBRARY
    renamed = {"betas"} if wire[0] == "anthropic" else set()  # the option `anthropic_beta`
    assert known - ALLOWED[wire] == renamed


def test_no_field_of_geminis_sdk_is_missing():
    known = {*types.GenerationConfig.model_fields, *types.GenerateContentConfig.model_fields}
    settings_of_the_sdk = {
        "automatic_continuation",
        "automatic_function_calling",
        "http_options",
        "should_return_http_response",
    }
    renamed = {"generation_output_config"}  # `output_config`, as it is sent
    assert known - GEMINI == settings_of_the_sdk | renamed


def test_each_reason_of_geminis_sdk_is_known():
    reasons = {reason.value for reason in types.FinishReason} - FAILURES
    unknown = {reason for reason in reasons if verdict_of(reason) is Verdict.UNKNOWN}
    assert unknown == {"FINISH_REASON_UNSPECIFIED"}
