"""The rules of turns: what a question may be, and what becomes of an answer with a type."""

import attrs
import pytest

from lionpride_trio import (
    AnswerCut,
    ConfigurationError,
    FinishChunk,
    Image,
    OutputInvalid,
    Session,
    TextChunk,
    ToolCallChunk,
    Verdict,
)
from lionpride_trio.operations import Builder, communicate, flow
from lionpride_trio.session import ActionRequestContent, InstructionContent, Message
from lionpride_trio.testing import ScriptedProvider
from lionpride_trio.tools import tool


@attrs.frozen
class Coat:
    needed: bool


WRITTEN = '{"needed": true}'
CALL = ToolCallChunk(id="c0", name="weather", arguments='{"city": "Oslo"}', last=True)
CALLS = [CALL, FinishChunk(verdict=Verdict.TOOL_USE)]
CUT = [TextChunk(WRITTEN[:9]), FinishChunk(verdict=Verdict.LENGTH)]


@tool
async def weather(city: str) -> str:
    "The weather now."
    return f"rain in {city}"


def session_of(*answers, stream=True):
    provider = ScriptedProvider(*answers)
    session = Session()
    session.services.register(provider.model(stream=stream, name="gpt"))
    session.create_branch(name="b")
    return session, provider


async def ask(session, **settings):
    async with session.ask("b", "A coat?", imodel="gpt", output=Coat, **settings) as turn:
        async for _ in turn:
            pass
    return turn.response


@pytest.mark.parametrize("stream", [True, False])
async def test_a_turn_may_have_a_type(stream):
    session, _ = session_of(CALLS, WRITTEN, stream=stream)
    response = await ask(session, tools=[weather])
    assert response.output == Coat(needed=True)
    assert [message.role for message in session.history("b")] == [
        "user",
        "assistant",
        "tool",
        "assistant",
    ]
    assert session.history("b")[-1].content.assistant_response == WRITTEN


@pytest.mark.parametrize("stream", [True, False])
async def test_of_a_wrong_answer_nothing_is_committed(stream):
    session, _ = session_of("maybe", stream=stream)
    with pytest.raises(OutputInvalid) as caught:
        await ask(session)
    assert caught.value.partial.text == "maybe"
    assert not session.history("b")


async def test_a_cut_answer_is_said_to_be_cut_and_not_to_be_wrong():
    session, _ = session_of(CUT)
    with pytest.raises(AnswerCut):
        await ask(session)
    assert not session.history("b")
    assert (await ask(session, on_cut="discard")).output is None
    assert not session.history("b")
    assert (await ask(session, on_cut="keep")).output is None
    assert session.history("b")[-1].content.verdict is Verdict.LENGTH


async def test_the_arguments_of_a_demanded_tool_are_kept_as_the_answer():
    session, _ = session_of([
        ToolCallChunk(id="a0", name="Coat", arguments=WRITTEN, last=True),
        FinishChunk(verdict=Verdict.TOOL_USE),
    ])
    assert (await ask(session)).output == Coat(needed=True)
    question, answer = session.history("b")
    assert not isinstance(answer.content, ActionRequestContent)
    assert answer.content.assistant_response == WRITTEN
    assert question.content.instruction == "A coat?"


async def test_communicate_gives_the_object():
    session, _ = session_of(CALLS, WRITTEN)
    output = await communicate(
        session=session,
        branch="b",
        parameters={"instruction": "?", "imodel": "gpt", "output": Coat, "tools": [weather]},
    )
    assert output == Coat(needed=True)


async def test_declared_tools_among_the_options_are_called_and_not_run():
    session, provider = session_of(CALLS)
    declared = {"type": "function", "function": {"name": "weather", "parameters": {}}}
    await communicate(
        session=session,
        branch="b",
        parameters={"instruction": "?", "imodel": "gpt", "options": {"tools": [declared]}},
    )
    assert provider.calls[0]["options"]["tools"] == [declared]
    assert isinstance(session.history("b")[-1].content, ActionRequestContent)


async def test_an_operation_may_have_a_type():
    session, _ = session_of(WRITTEN)
    builder = Builder(session=session)
    once = builder.communicate(instruction="?", imodel="gpt", branch="b", output=Coat)
    words = builder.add(spoken)
    each = builder.communicate_each(
        stream_from=words, template="{item}", imodel="gpt", output=Coat, branch="c"
    )
    results = await flow(builder)
    assert results[once].output == Coat(needed=True)
    assert [response.output for response in results[each]] == [Coat(needed=True)] * 2


async def spoken(_context):
    yield "one"
    yield "two"


IMAGE = Image(b"x", media_type="image/png")


@pytest.mark.parametrize("given", [{"context": ["x"]}, {"attachments": [IMAGE]}])
@pytest.mark.parametrize(
    "wrap", [lambda content: content, lambda content: Message(content=content)]
)
def test_a_question_that_has_its_own_context_is_given_no_other(given, wrap):
    session, _ = session_of("x")
    question = wrap(InstructionContent(instruction="?"))
    with pytest.raises(ConfigurationError, match="context= and attachments= go with a question"):
        session.ask("b", question, imodel="gpt", **given)


@pytest.mark.parametrize("wrong", [weather, 3])
def test_tools_are_a_list(wrong):
    session, _ = session_of("x")
    with pytest.raises(ConfigurationError, match="tools= takes a list of tools, not"):
        session.ask("b", "?", imodel="gpt", tools=wrong)
