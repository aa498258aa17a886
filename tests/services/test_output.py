"""Answers of a type: asked for on every wire, read, and asked for again where they are wrong."""

from __future__ import annotations

import datetime as dt
import enum
import subprocess
import sys
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import attrs
import pytest
from msgspec import Meta

from lionpride_trio import (
    ConfigurationError,
    OutputInvalid,
    Response,
    Session,
    ToolCall,
    Usage,
    Verdict,
    fallback,
    iModel,
    local,
    sinks,
)
from lionpride_trio.testing import ScriptedProvider
from lionpride_trio.transformers import elements, map_concurrent, typed
from tests.local.conftest import WIRES


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


@attrs.frozen
class Step:
    """One thing to do."""

    text: Annotated[str, Meta(description="what to do", min_length=1)]
    minutes: Annotated[int, Meta(ge=0)] = 5


@attrs.frozen
class Recipe:
    title: str
    steps: list[Step]
    color: Color = Color.RED
    day: dt.date | None = None
    pair: tuple[Step, Step] | None = None
    kind: Literal["a", 1] = "a"


@dataclass
class Note:
    note: str
    at: dt.datetime


class Cat(TypedDict):
    name: str
    lives: NotRequired[int]


@attrs.frozen
class Node:
    name: str
    children: list[Node] = attrs.field(factory=list)


TYPES = [
    Recipe,
    Note,
    Cat,
    Node,
    list[Step],
    Step | Note,
    Literal["yes", "no"],
    int,
    bool,
    Color,
    dict[str, Step],
    list[Any],
    Step | None,
    set[int],
]


@pytest.mark.parametrize("wire", WIRES, ids="-".join)
async def test_each_wire_gives_each_type_whole_and_streamed(wire):
    """The embedded server refuses what the providers refuse, and answers what it is asked for."""
    provider, endpoint = wire
    async with local.serve() as server:
        model = iModel(
            provider,
            "trigram-1",
            endpoint,
            api_key="any",
            base_url=server.url(provider),
            retry=None,
        )
        for output in TYPES:
            response: Response[Any] = await model.complete("Say something.", output=output)
            async with model.stream("Say something.", output=output) | typed(output) as partials:
                last = await sinks.last(partials)
            assert last.output == response.output
            assert last.output is not None or output == Step | None
        async with model.stream("Say something.", output=Recipe) | elements(Step, at="steps") as it:
            steps = await sinks.collect(it)
        assert steps == (await model.complete("Say something.", output=Recipe)).output.steps


async def test_elements_are_ready_for_what_works_on_each():
    provider = ScriptedProvider('{"steps": [{"text": "boil"}, {"text": "eat", "minutes": 2}]}')

    async def minutes(step):
        return step.minutes

    recipe = elements(Step, at="steps") | map_concurrent(minutes, 2)
    async with provider.model().stream("x") | recipe as numbers:
        assert await sinks.collect(numbers) == [5, 2]


def asked(provider):
    return [call["messages"] for call in provider.calls]


async def test_a_wrong_answer_is_asked_for_again_with_the_complaint():
    wrong = Response(
        text='{"text": "boil", "minutes": "ten"}',
        verdict=Verdict.COMPLETE,
        usage=Usage(input_tokens=5, output_tokens=7),
    )
    right = Response(
        text='{"text": "boil", "minutes": 10}',
        verdict=Verdict.COMPLETE,
        usage=Usage(input_tokens=20, output_tokens=7, reasoning_tokens=1),
    )
    provider = ScriptedProvider(wrong, right)
    response = await provider.model().complete("A step, please.", output=Step, repair=1)
    assert response.output == Step("boil", 10)
    assert response.text == right.text
    assert response.usage == Usage(input_tokens=25, output_tokens=14, reasoning_tokens=1)
    assert asked(provider)[1] == [
        {"role": "user", "content": "A step, please."},
        {"role": "assistant", "content": wrong.text},
        {
            "role": "user",
            "content": "That answer does not have the form that was asked for: minutes: expected int,"
            " got 'ten'\nGive the whole answer again, mended, as JSON and nothing else.",
        },
    ]
    forms = [call["options"]["response_format"] for call in provider.calls]
    assert forms[0] == forms[1]


async def test_the_last_wrong_answer_is_raised_with_all_the_usage():
    wrong = Response(text="no", verdict=Verdict.COMPLETE, usage=Usage(output_tokens=1))
    provider = ScriptedProvider(wrong)
    with pytest.raises(OutputInvalid) as caught:
        await provider.model().complete("hi", output=Step, repair=2)
    assert len(provider.calls) == 3
    error = caught.value
    assert (error.provider, error.model) == ("scripted", "scripted")
    assert (error.path, error.text) == ("", "no")
    assert (error.partial.text, error.partial.usage) == ("no", Usage(output_tokens=3))
    assert str(error) == "scripted/scripted: there is no JSON in the answer"


@pytest.mark.parametrize("verdict", [Verdict.LENGTH, Verdict.BLOCKED, Verdict.REFUSED])
async def test_what_was_cut_or_refused_is_not_asked_for_again(verdict):
    provider = ScriptedProvider(Response(text='{"text": "b', verdict=verdict))
    with pytest.raises(OutputInvalid, match="text: the JSON is cut off") as caught:
        await provider.model().complete("hi", output=Step, repair=3)
    assert len(provider.calls) == 1
    assert caught.value.partial.verdict is verdict


async def test_an_answer_without_any_text_is_complained_of_alone():
    provider = ScriptedProvider(Response(verdict=Verdict.COMPLETE, finish_reason="stop"))
    with pytest.raises(OutputInvalid):
        await provider.model().complete("hi", output=Step, repair=1)
    assert [message["role"] for message in asked(provider)[1]] == ["user", "user"]


# Tools beside an output.

CLOCK = {"type": "function", "function": {"name": "clock", "parameters": {"type": "object"}}}


def calling(name, arguments):
    return Response(
        tool_calls=(ToolCall("c1", name, arguments),),
        verdict=Verdict.TOOL_USE,
        finish_reason="tool_calls",
    )


async def test_a_model_that_calls_a_tool_has_no_output_yet():
    provider = ScriptedProvider(calling("clock", '{"text": "not the answer"}'))
    response = await provider.model().complete("hi", output=Step, tools=[CLOCK])
    assert (response.output, response.verdict) == (None, Verdict.TOOL_USE)


async def test_the_call_of_a_tool_that_was_demanded_is_the_answer():
    provider = ScriptedProvider(calling("clock", '{"text": "boil"}'), calling("clock", "{}"))
    ask = provider.model(tools=[CLOCK], tool_choice="required").complete
    assert (await ask("hi", output=Step)).output == Step("boil")
    with pytest.raises(OutputInvalid, match="text: is missing"):
        await ask("hi", output=Step)


async def test_the_answers_own_tool_is_told_from_others():
    provider = ScriptedProvider(calling("Node", '{"name": "a"}'))
    response = await provider.model().complete("hi", output=Node, tools=[CLOCK])
    assert response.output == Node("a")


# Options.


async def test_a_response_format_of_the_call_stays():
    provider = ScriptedProvider('{"text": "boil"}')
    form = {"type": "json_object"}
    model = provider.model(response_format={"type": "text"})
    assert (await model.complete("hi", output=Step, response_format=form)).output == Step("boil")
    assert provider.calls[0]["options"]["response_format"] == form
    await model.complete("hi", output=Step)
    assert provider.calls[1]["options"]["response_format"]["type"] == "json_schema"


async def test_a_provider_may_be_given_the_schema_in_its_own_way():
    class Own(ScriptedProvider):
        def answer_options(self, name, schema, options):
            return {"answer": {name: schema["required"]}, "seen": sorted(options)}

    provider = Own('{"text": "boil"}')
    await provider.model(temperature=1).complete("hi", output=Step)
    options = provider.calls[0]["options"]
    assert options == {"temperature": 1, "answer": {"Step": ["text"]}, "seen": ["temperature"]}


async def test_invoke_takes_an_output_too():
    provider = ScriptedProvider('{"text": "boil"}')
    assert (await provider.model().invoke("hi", output=Step)).output == Step("boil")
    async with provider.model(stream=True).invoke("hi", output=Step) | typed(Step) as partials:
        assert (await sinks.last(partials)).output == Step("boil")


async def test_without_an_output_there_is_none():
    provider = ScriptedProvider('{"text": "boil"}')
    response = await provider.model().complete("hi")
    assert response.output is None
    assert "response_format" not in provider.calls[0]["options"]


async def test_an_output_is_not_written_with_its_response():
    provider = ScriptedProvider('{"text": "boil"}')
    typed_one = await provider.model().complete("hi", output=Step)
    plain = await provider.model().complete("hi")
    assert typed_one == plain
    assert typed_one.to_json() == plain.to_json()


async def test_the_next_model_is_asked_where_the_answers_of_one_are_wrong():
    wrong, right = ScriptedProvider("no"), ScriptedProvider('{"text": "boil"}')
    both = fallback([wrong.model(), right.model()])
    response = await both.complete("hi", output=Step, repair=1)
    assert response.output == Step("boil")
    assert (len(wrong.calls), len(right.calls)) == (2, 1)
    async with both.stream("hi", output=Step) as reply:
        await sinks.drain(reply)
    assert "response_format" in wrong.calls[2]["options"]


async def test_a_model_of_a_session_gives_an_output():
    async with Session() as session:
        model = iModel("local")
        session.services.register(model)
        for _ in range(2):
            assert isinstance((await model.complete("hi", output=Step)).output, Step)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"output": object()}, "object"),
        ({"repair": 1}, "repair= asks again for a wrong output: give output=, too"),
        ({"output": Step, "repair": -1}, "repair"),
        ({"output": Step, "repair": True}, "repair"),
    ],
)
async def test_what_cannot_be_asked_is_refused_before_anything_is_sent(options, message):
    provider = ScriptedProvider("x")
    with pytest.raises(ConfigurationError, match=message):
        await provider.model().complete("hi", **options)
    assert provider.calls == []


def test_an_output_is_no_setting_of_a_model():
    with pytest.raises(ConfigurationError, match="no option 'output': did you mean complete"):
        iModel("openai", "m", api_key="k", output=Step)


def test_without_msgspec_it_is_told_what_to_install():
    script = """
import sys
sys.modules["msgspec"] = None
import trio
from lionpride_trio import ConfigurationError
from lionpride_trio.testing import ScriptedProvider
from lionpride_trio.transformers import elements, typed
provider = ScriptedProvider("3")
model = provider.model()
async def main():
    try:
        await model.complete("hi", output=int)
    except ConfigurationError as error:
        print(error)
for ask in (
    lambda: model.stream("hi", output=int),
    lambda: typed(int),
    lambda: elements(int),
    lambda: trio.run(main),
):
    try:
        ask()
    except ConfigurationError as error:
        print(error)
print(provider.calls)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    *told, calls = done.stdout.splitlines()
    assert set(told) == {"schemas of types need msgspec: pip install 'lionpride_trio[tools]'"}
    assert (len(told), calls) == (4, "[]")
