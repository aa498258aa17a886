"""Conversations of several turns with servers that refuse what real ones refuse.

A model's words go back as they came, thoughts and signatures included; and a conversation goes on with
another provider, which is told nothing that it could not understand.
"""

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from lionpride_trio import ToolResult, Verdict, iModel, local
from tests.local.conftest import WIRES

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": name,
            "description": "…",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
        },
    }
    for name in ("weather", "clock")
]
MODELS = ["m-reasoning-tools", "m-reasoning-tools-parallel", "m-redacted-tools", "m-reasoning", "m"]
OPTIONS = {
    "anthropic": {"thinking": {"type": "enabled", "budget_tokens": 1024}, "max_tokens": 4096},
    "gemini": {"thinking_config": {"includeThoughts": True}},
    "openai-responses": {"include": ["reasoning.encrypted_content"]},
}


ASKED = st.tuples(st.sampled_from(WIRES), st.sampled_from(MODELS), st.booleans(), st.booleans())


def model_of(server, wire, name, **options):
    provider, endpoint = wire
    return iModel(
        provider,
        name,
        endpoint,
        api_key="any",
        base_url=server.url(provider),
        retry=None,
        **options,
    )


def options_for(wire, *, stored):
    provider, endpoint = wire
    found = dict(OPTIONS.get(provider, OPTIONS.get("-".join(wire), {})))
    return found | ({"store": stored} if endpoint == "responses" else {})


async def answer(model, messages, *, streamed, tools=True, **options):
    options |= {"tools": TOOLS} if tools else {}
    if not streamed:
        return await model.complete(messages, **options)
    async with model.stream(messages, **options) as reply:
        async for _ in reply:
            pass
        return reply.response


def results(response):
    return [ToolResult(call.id, call.name, {"degrees": 3}) for call in response.tool_calls]


async def turn(messages, *asked):
    """Ask, answer the calls, ask again, the next of *asked* each time: a last word ends it."""
    for model, how in [*asked, *asked[-1:] * 4]:
        response = await answer(model, messages, **how)
        messages = [*messages, response.message, *results(response)]
        if response.verdict is not Verdict.TOOL_USE:
            return messages
    raise AssertionError("it calls without end")


@pytest.mark.parametrize("streamed", [True, False], ids=["streamed", "whole"])
@pytest.mark.parametrize("stored", [True, False], ids=["stored", "stateless"])
@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("wire", WIRES, ids="-".join)
async def test_every_wire_takes_back_what_it_said(server, wire, name, stored, streamed):
    model = model_of(server, wire, name)
    how = {"streamed": streamed, **options_for(wire, stored=stored)}
    messages = [{"role": "user", "content": "What is the weather like?"}]
    for question in ("And tomorrow?", "Why?"):
        messages = await turn(messages, (model, how))
        messages.append({"role": "user", "content": question})


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    turns=st.lists(st.lists(ASKED, min_size=1, max_size=2), min_size=2, max_size=4),
)
async def test_a_conversation_moves_between_providers(turns):
    """Between its turns, and between a call and its result."""
    async with local.serve() as server:
        messages = [{"role": "user", "content": "What is the weather like?"}]
        for models in turns:
            asked = []
            for wire, name, stored, streamed in models:
                how = {"streamed": streamed, **options_for(wire, stored=stored)}
                if asked:
                    # Anthropic refuses to begin to think between a call and its result.
                    how.pop("thinking", None)
                asked.append((model_of(server, wire, name), how))
            messages = await turn(messages, *asked)
            messages.append({"role": "user", "content": "Go on."})
