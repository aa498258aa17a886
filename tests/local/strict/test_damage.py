"""A request that is damaged anywhere is refused or answered; the server never breaks over it."""

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

import tests.providers
from lionpride_trio.local._app import _GEMINI, _ROUTES
from lionpride_trio.local._ask import BadAsk
from lionpride_trio.local._json import as_object
from lionpride_trio.local._wire import Asked

FOLDER = Path(tests.providers.__path__[0]) / "requests"
GENERATE = "/v1beta/models/m-reasoning:generateContent"
WIRES = {
    "/v1/chat/completions": "openai-chat",
    "/v1/responses": "openai-responses",
    "/v1/messages": "anthropic-messages",
    "/api/chat": "ollama-chat",
    "/openai/v1/chat/completions": "openai-chat",
    "/compatible/v1/responses": "openai-responses",
    GENERATE: "gemini-generate",
}
HEADERS = {"anthropic-version": "2023-06-01"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2)
    ),
    max_leaves=4,
)
MORE = {
    "/v1/messages": {"thinking": {"type": "enabled", "budget_tokens": 1024}, "max_tokens": 2000},
    "/v1/responses": {"include": ["reasoning.encrypted_content"], "store": False},
}


def places(value, path=()):
    """Each place in a JSON value."""
    if path:
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for step, each in pairs:
        if isinstance(each, dict | list):
            yield from places(each, (*path, step))
        else:
            yield (*path, step)


def judge(path, body):
    wire = _GEMINI if path == GENERATE else _ROUTES[path]
    asked = Asked(path=path, query={}, headers=HEADERS, body=as_object(body), id="1")
    try:
        wire.check(asked)
        wire.read(asked)
    except BadAsk:
        return


@pytest.mark.parametrize("path", WIRES)
@given(data=st.data())
@settings(max_examples=150)
def test_any_damage_is_survived(path, data):
    body = json.loads((FOLDER / f"{WIRES[path]}.json").read_text()) | MORE.get(path, {})
    for where in data.draw(st.lists(st.sampled_from([*places(body)]), min_size=1, max_size=2)):
        damaged = copy.deepcopy(body)
        held = damaged
        try:
            for step in where[:-1]:
                held = held[step]
            if data.draw(st.booleans()):
                held[where[-1]] = data.draw(JSON)
            else:
                del held[where[-1]]
        except (KeyError, IndexError, TypeError):
            continue  # it went with the first damage
        body = damaged
    judge(path, body)


@pytest.mark.parametrize("path", WIRES)
@given(body=JSON)
def test_anything_is_survived(path, body):
    judge(path, body)
