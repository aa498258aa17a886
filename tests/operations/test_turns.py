"""A turn is committed whole or not at all, and one that was paid for is not lost."""

from __future__ import annotations

import functools
import json

import pytest
import trio
from hypothesis import example, given

from lionpride_trio import (
    AnswerCut,
    ConfigurationError,
    FinishChunk,
    FlowError,
    OtherChunk,
    ProviderError,
    ReasoningChunk,
    Response,
    Session,
    TextChunk,
    ToolCall,
    ToolCallChunk,
    Usage,
    UsageChunk,
    Verdict,
    chunks_of,
    iModel,
    reassemble,
)
from lionpride_trio.operations import Builder, communicate, flow, flow_stream
from lionpride_trio.services import fallback
from lionpride_trio.session import (
    ActionRequestContent,
    ActionResponseContent,
    AssistantResponseContent,
    InstructionContent,
    Message,
)
from lionpride_trio.testing import Answer, FaultyServer, ScriptedProvider
from lionpride_trio.transformers import from_iterable
from tests.chunks.making import chunks

CUT = [Verdict.LENGTH, Verdict.BLOCKED, Verdict.REFUSED, Verdict.PAUSED]
WHOLE = [verdict for verdict in Verdict if verdict not in CUT]

CUT_CALL = [
    TextChunk("Let me look. "),
    ToolCallChunk(slot=0, id="a", name="f", arguments='{"x": 1, "y'),
    FinishChunk(verdict=Verdict.LENGTH, reason="length"),
]


def ended(verdict, text="An answer"):
    return [TextChunk(text), FinishChunk(verdict=verdict, reason="its word")]


def asked(*answers, stream=True, **settings):
    """A session with a branch and a model that answers so."""
    session = Session()
    session.create_branch(name="b")
    session.services.register(ScriptedProvider(*answers).model("m", stream=stream, **settings))
    return session


def contents(session, branch="b"):
    return [message.content for message in session.history(branch)]


ASK = {"instruction": "Why?", "imodel": "m"}
QUESTION = InstructionContent(instruction="Why?")
STREAMED = pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])


def answer(text, verdict):
    return AssistantResponseContent(assistant_response=text, verdict=verdict)


@STREAMED
@pytest.mark.parametrize("verdict", WHOLE)
async def test_a_whole_answer_is_committed_with_its_verdict(verdict, stream):
    session = asked(ended(verdict), stream=stream)
    assert await communicate(session=session, branch="b", parameters=ASK) == "An answer"
    assert contents(session) == [QUESTION, answer("An answer", verdict)]


@STREAMED
@pytest.mark.parametrize("verdict", CUT)
async def test_a_cut_answer_is_not_taken_for_a_whole_one(verdict, stream):
    session = asked(ended(verdict), stream=stream)
    with pytest.raises(AnswerCut, match="on_cut='keep'") as caught:
        await communicate(session=session, branch="b", parameters=ASK)
    assert caught.value.verdict is verdict
    assert caught.value.partial.text == "An answer"
    assert (caught.value.provider, caught.value.model) == ("scripted", "m")
    assert not caught.value.retryable
    assert contents(session) == []


@STREAMED
@pytest.mark.parametrize("verdict", CUT)
async def test_a_cut_answer_is_kept_with_its_verdict_when_asked_for(verdict, stream):
    session = asked(ended(verdict), stream=stream)
    said = await communicate(session=session, branch="b", parameters=ASK, on_cut="keep")
    assert said == "An answer"
    assert contents(session) == [QUESTION, answer("An answer", verdict)]


@STREAMED
@pytest.mark.parametrize("verdict", CUT)
async def test_a_cut_answer_is_given_and_not_kept_when_asked_for(verdict, stream):
    session = asked(ended(verdict), stream=stream)
    parameters = {**ASK, "on_cut": "discard"}
    assert await communicate(session=session, branch="b", parameters=parameters) == "An answer"
    assert contents(session) == []


@STREAMED
async def test_a_cut_tool_call_is_reached_and_is_not_kept(stream):
    """It will have no result, and no API takes a call without one: the branch could not go on."""
    session = asked(CUT_CALL, stream=stream)
    with pytest.raises(AnswerCut) as caught:
        await communicate(session=session, branch="b", parameters=ASK)
    assert caught.value.partial == reassemble(CUT_CALL)
    await communicate(session=session, branch="b", parameters=ASK, on_cut="keep")
    assert contents(session) == [QUESTION, answer("Let me look. ", Verdict.LENGTH)]


@pytest.mark.parametrize("arguments", ["[1]", '"a"', "3", "{", "", '{"a": NaN}', '{"a": 1}'])
async def test_whatever_the_arguments_are_the_turn_is_committed_and_saved(arguments, tmp_path):
    calls = (ToolCall("1", "f", arguments), ToolCall("2", "g", "{}"))
    verdict = Verdict.TOOL_USE
    session = asked(Response(tool_calls=calls, verdict=verdict, verdicts=(verdict,)))
    assert await communicate(session=session, branch="b", parameters=ASK) == ""
    assert contents(session) == [
        QUESTION,
        ActionRequestContent(function="f", arguments=arguments or "{}", call_id="1"),
        ActionRequestContent(function="g", call_id="2"),
    ]
    session.save(tmp_path / "s.json")
    assert dict(Session.load(tmp_path / "s.json").messages) == dict(session.messages)


async def test_a_kept_turn_without_text_has_its_verdict_too():
    session = asked(CUT_CALL[1:])
    await communicate(session=session, branch="b", parameters=ASK, on_cut="keep")
    assert contents(session)[1] == answer("", Verdict.LENGTH)


async def test_a_refusal_is_kept_in_its_own_words():
    refused = FinishChunk(verdict=Verdict.REFUSED)
    session = asked([OtherChunk(kind="refusal", value="I won't."), refused])
    await communicate(session=session, branch="b", parameters=ASK, on_cut="keep")
    assert contents(session) == [QUESTION, answer("I won't.", Verdict.REFUSED)]


async def test_of_several_models_the_error_names_what_was_asked():
    provider = ScriptedProvider(ended(Verdict.LENGTH))
    session = asked("unused")
    session.services.register(fallback([provider.model(stream=True)], name="either"))
    with pytest.raises(AnswerCut) as caught:
        await communicate(session=session, branch="b", parameters={**ASK, "imodel": "either"})
    assert caught.value.model == "either"


@pytest.mark.parametrize("wrong", ["drop", None, True, ["keep"]])
async def test_another_word_is_refused_before_anything_is_sent(wrong):
    provider = ScriptedProvider("Hi")
    session = Session()
    session.create_branch(name="b")
    session.services.register(provider.model("m"))
    for given_so in (
        {"parameters": {**ASK, "on_cut": wrong}},
        {"parameters": ASK, "on_cut": wrong},
    ):
        with pytest.raises(ConfigurationError, match="'raise', 'keep' or 'discard'"):
            await communicate(session=session, branch="b", **given_so)
    builder = Builder(session=session)
    with pytest.raises(ConfigurationError, match="'raise', 'keep' or 'discard'"):
        builder.communicate(instruction="Why?", imodel="m", on_cut=wrong)
    with pytest.raises(ConfigurationError, match="'raise', 'keep' or 'discard'"):
        builder.communicate_each(
            stream_from=builder.add(work), template="{item}", imodel="m", on_cut=wrong
        )
    assert provider.calls == []
    assert builder.operations[1:] == ()


@pytest.mark.parametrize("context", ["a text", [1], ["a", None]])
async def test_a_context_that_is_no_list_of_texts_is_refused_when_it_is_written(context):
    session = asked("So.")
    with pytest.raises(TypeError, match="context"):
        await communicate(session=session, branch="b", parameters={**ASK, "context": context})
    builder = Builder(session=session)
    with pytest.raises(ConfigurationError, match="context must be a list of str"):
        builder.communicate(**ASK, context=context)
    with pytest.raises(ConfigurationError, match="context must be a list of str"):
        builder.communicate_each(
            stream_from=builder.add(work), template="{item}", imodel="m", context=context
        )


async def test_none_is_not_given():
    session = asked("So.")
    parameters = {**ASK, "context": None, "options": None}
    assert await communicate(session=session, branch="b", parameters=parameters) == "So."


async def work(context):
    """Gives nothing."""


# In a flow


async def test_an_operation_fails_with_the_cut_answer_and_commits_nothing():
    session = asked(CUT_CALL)
    builder = Builder(session=session)
    builder.communicate(instruction="Why?", imodel="m", branch="new")
    got = []
    with pytest.raises(AnswerCut) as caught:
        async with flow_stream(builder) as run:
            async for _, chunk in run:
                got.append(chunk)
    assert got == CUT_CALL
    assert caught.value.partial == reassemble(CUT_CALL)
    assert list(session.branches) == ["b"]


async def test_a_cut_answer_is_no_reason_to_ask_again():
    provider = ScriptedProvider(ended(Verdict.LENGTH, text=""), ended(Verdict.COMPLETE))
    builder = Builder(session=Session())
    operation = builder.communicate(instruction="Why?", imodel=provider.model(), retry=3)
    with pytest.raises(FlowError):
        await flow(builder, on_error="skip")
    assert len(provider.calls) == 1
    assert operation.retry == 3


@pytest.mark.parametrize(("on_cut", "kept"), [("keep", 2), ("discard", 0)])
async def test_an_operation_keeps_or_discards_a_cut_answer(on_cut, kept):
    builder = Builder(session=asked(ended(Verdict.PAUSED)))
    operation = builder.communicate(instruction="Why?", imodel="m", branch="b", on_cut=on_cut)
    assert operation.parameters["on_cut"] == on_cut
    results = await flow(builder)
    assert results[operation].verdict is Verdict.PAUSED
    assert len(contents(builder.session)) == kept


async def test_a_discarded_turn_makes_no_branch():
    builder = Builder(session=asked(ended(Verdict.PAUSED)))
    builder.communicate(instruction="Why?", imodel="m", on_cut="discard")
    await flow(builder)
    assert list(builder.session.branches) == ["b"]


@pytest.mark.parametrize(
    ("on_cut", "kept"),
    [("raise", []), ("keep", ["1", "a", "2", "b", "3", "c"]), ("discard", ["1", "a", "3", "c"])],
)
async def test_each_call_of_many_is_kept_or_discarded_by_itself(on_cut, kept):
    session = asked(
        ended(Verdict.COMPLETE, "a"), ended(Verdict.LENGTH, "b"), ended(Verdict.COMPLETE, "c")
    )
    builder = Builder(session=session)
    items = builder.add(lambda context: from_iterable(["1", "2", "3"]))
    each = builder.communicate_each(
        stream_from=items, template="{item}", imodel="m", branch="b", limit=1, on_cut=on_cut
    )
    if on_cut == "raise":
        with pytest.raises(AnswerCut):
            await flow(builder)
    else:
        results = await flow(builder)
        assert [response.text for response in results[each]] == ["a", "b", "c"]
    texts = [message.chat_msg["content"] for message in session.history("b")]
    assert texts == kept


RICH = [
    ReasoningChunk(text="Hm.", signature="s"),
    TextChunk("Look:"),
    ToolCallChunk(id="1", name="f", arguments="{}"),
    OtherChunk(kind="citation", value={"url": "u"}),
    UsageChunk(usage=Usage(3, 4)),
    FinishChunk(verdict=Verdict.TOOL_USE, reason="tool_calls"),
]


@STREAMED
async def test_a_flow_gives_all_of_an_answer_streamed_or_not(stream):
    builder = Builder(session=asked(RICH, stream=stream))
    operation = builder.communicate(instruction="Why?", imodel="m")
    async with flow_stream(builder) as run:
        got = [chunk async for _, chunk in run]
        assert got == RICH
        assert reassemble(got) == run.results[operation]


async def test_a_resumed_flow_gives_all_of_an_answer_again():
    builder = Builder(session=asked(RICH, stream=False))
    first = builder.communicate(instruction="Why?", imodel="m")
    items = builder.add(lambda context: from_iterable(["1", "2"]))
    each = builder.communicate_each(stream_from=items, template="{item}", imodel="m")
    results = await flow(builder)
    assert list(first.replay(results[first])) == RICH
    assert list(each.replay(results[each])) == [*RICH, *RICH]


@given(
    chunks.map(lambda chunk: [chunk]) | chunks.flatmap(lambda a: chunks.map(lambda b: [a, b, a]))
)
@example([ToolCallChunk(slot=1), ToolCallChunk(slot=0)])
def test_the_chunks_of_a_response_add_up_to_it(made):
    response = reassemble(made)
    again = reassemble(chunks_of(response))
    assert repr(again) == repr(response)
    assert repr(again.metadata) == repr(response.metadata)


# Names of branches


def say(text):
    return Message(content=InstructionContent(instruction=text))


def test_a_branch_without_a_name_gets_the_first_free_one():
    session = Session()
    for name in ("branch-2", "branch-3", "main", "main-3"):
        session.create_branch(name=name)
    assert [session.create_branch().name for _ in range(3)] == ["branch-1", "branch-4", "branch-5"]
    assert [session.fork("main").name for _ in range(2)] == ["main-2", "main-4"]
    with pytest.raises(ConfigurationError, match="'main' exists"):
        session.fork("main", name="main")


@pytest.mark.parametrize("taken", ["branch-1", "branch-2"])
async def test_a_paid_answer_is_not_lost_because_a_name_is_taken(taken):
    session = Session()
    session.create_branch(name=taken)
    builder = Builder(session=session)
    builder.communicate(instruction="Why?", imodel=ScriptedProvider("So.").model())
    await flow(builder)
    (name,) = session.branches.keys() - {taken}
    assert len(session.history(name)) == 2
    assert len(session.history(taken)) == 0


async def test_no_two_conversations_are_in_one_branch():
    model = ScriptedProvider("So.").model()
    builder = Builder(session=Session())
    for _ in range(3):
        builder.communicate(instruction="Why?", imodel=model)
    builder.communicate(instruction="Why?", imodel=model, branch="branch-2")
    inner = Builder(session=builder.session)
    inner.communicate(instruction="Why?", imodel=model, branch="branch-3")
    builder.subflow(inner)
    await flow(builder)
    assert {name: len(branch) for name, branch in builder.session.branches.items()} == {
        f"branch-{number}": 2 for number in (1, 2, 3, 4, 5)
    }


async def test_names_are_given_in_the_order_in_which_operations_start(autojump_clock):
    session = Session()
    builder = Builder(session=session)
    for start, seconds in ((0, 30.0), (1, 10.0), (2, 20.0)):
        begin = builder.add(functools.partial(wait, start), name="wait")
        model = ScriptedProvider([seconds, *ended(Verdict.COMPLETE, str(seconds))]).model()
        builder.communicate(instruction="Why?", imodel=model, depends_on=[begin])
    await flow(builder)
    said = {name: contents(session, name)[1].assistant_response for name in session.branches}
    assert said == {"branch-1": "30.0", "branch-2": "10.0", "branch-3": "20.0"}


async def wait(seconds, context):
    await trio.sleep(seconds)


@pytest.mark.parametrize("claimed", [True, False], ids=["claimed", "made"])
async def test_a_name_that_is_taken_during_the_call_is_left_to_its_owner(claimed, autojump_clock):
    session = Session()
    builder = Builder(session=session)
    model = ScriptedProvider([5.0, *ended(Verdict.COMPLETE)], "So.").model()
    builder.communicate(instruction="Why?", imodel=model)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(flow, builder)
        await trio.sleep(1)
        if claimed:
            other = Builder(session=session)
            other.communicate(instruction="Why?", imodel=model, branch="branch-1")
        else:
            session.conversations.add_item(say("mine"), [session.create_branch(name="branch-1")])
    assert len(session.history("branch-2")) == 2
    if claimed:
        assert list(session.branches) == ["branch-2"]
    else:
        assert len(session.history("branch-1")) == 1


async def test_a_name_is_free_again_when_its_operation_failed():
    builder = Builder(session=asked(ended(Verdict.LENGTH), "So."))
    builder.communicate(instruction="Why?", imodel="m")
    with pytest.raises(AnswerCut):
        await flow(builder)
    assert builder.session.create_branch().name == "branch-1"


@pytest.mark.parametrize("provider", ["openai", "anthropic", "gemini", "ollama"])
@pytest.mark.parametrize(
    "arguments", ['{"x": 1,}', '{"x": 1, "y', "[1]", "5", "null", '{"a": NaN}']
)
async def test_a_branch_goes_on_whatever_a_model_wrote_as_arguments(provider, arguments):
    """The next question is sent, in the form of any provider, with what was written."""
    session = asked(
        Response(
            tool_calls=(ToolCall("1", "f", arguments),),
            verdict=Verdict.TOOL_USE,
            verdicts=(Verdict.TOOL_USE,),
        )
    )
    await communicate(session=session, branch="b", parameters=ASK)
    result = ActionResponseContent(output="no", function="f", call_id="1")
    session.conversations.add_item(Message(content=result), ["b"])
    async with FaultyServer(Answer(status=418, body=b"{}")) as server:
        model = iModel(provider, "x", api_key="sk-0123456789", base_url=server.url(provider))
        session.services.register(model)
        with pytest.raises(ProviderError):
            await communicate(session=session, branch="b", parameters={**ASK, "imodel": "x"})
        sent = json.loads(server.requests[0].body, parse_constant=pytest.fail)
        assert len(server.requests) == 1
    assert "f" in json.dumps(sent)


async def test_a_request_that_is_no_json_is_refused_before_it_is_sent():
    async with FaultyServer(Answer()) as server:
        model = iModel(
            "openai", "x", api_key="sk-0123456789", base_url=server.url(), temperature=float("nan")
        )
        with pytest.raises(ConfigurationError, match="JSON"):
            await model.complete("hi")
        assert server.requests == []
