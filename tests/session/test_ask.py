"""A turn of a conversation: streamed, and committed whole or not at all."""

import contextlib
import copy

import pytest
import trio
from hypothesis import settings

from lionpride_trio import (
    AnswerCut,
    ConfigurationError,
    FinishChunk,
    Image,
    LocalProtocolError,
    MediaPart,
    Native,
    OtherChunk,
    PartChunk,
    ProviderError,
    Session,
    TextChunk,
    ToolCallChunk,
    Usage,
    UsageChunk,
    Verdict,
    from_json,
)
from lionpride_trio.operations import Builder, communicate
from lionpride_trio.session import (
    ActionRequestContent,
    ActionResponseContent,
    AssistantResponseContent,
    InstructionContent,
    Message,
)
from lionpride_trio.testing import Answer, FaultyServer, ScriptedProvider, check_conversation
from lionpride_trio.tools import tool
from tests.faults.wires import WIRES

CHAT = WIRES[0]
QUESTION = InstructionContent(instruction="Is it cold?")
CALL = ToolCallChunk(id="c0", name="weather", arguments='{"city": "Oslo"}', last=True)


@tool
async def weather(city: str) -> str:
    "The weather now."
    return f"3 C in {city}"


def session_of(*answers, stream=True):
    provider = ScriptedProvider(*answers)
    session = Session()
    session.services.register(provider.model(stream=stream, name="gpt"))
    session.create_branch(name="b")
    return session, provider


def contents(session, branch="b"):
    return [message.content for message in session.history(branch)]


async def read(reply):
    return [chunk async for chunk in reply]


@pytest.mark.parametrize("stream", [True, False])
async def test_a_turn_is_committed_when_its_end_is_read(stream):
    session, _ = session_of(
        [TextChunk("Yes."), UsageChunk(usage=Usage(3, 1)), FinishChunk(verdict=Verdict.COMPLETE)],
        stream=stream,
    )
    async with session, session.ask("b", "Is it cold?", imodel="gpt") as reply:
        assert contents(session) == []
        assert "".join(chunk.data for chunk in await read(reply)) == "Yes."
        said = AssistantResponseContent(
            assistant_response="Yes.", verdict=Verdict.COMPLETE, usage=Usage(3, 1)
        )
        assert contents(session) == [QUESTION, said]


async def test_calls_and_results_are_committed_with_it(tmp_path):
    thinking = [TextChunk("Hm. "), CALL, FinishChunk(verdict=Verdict.TOOL_USE)]
    session, provider = session_of(thinking, "Yes.", "Bring a coat.")
    async with session:
        async with session.ask("b", "Is it cold?", imodel="gpt", tools=[weather]) as reply:
            await read(reply)
        assert contents(session) == [
            QUESTION,
            AssistantResponseContent(assistant_response="Hm. ", verdict=Verdict.TOOL_USE),
            ActionRequestContent(function="weather", arguments='{"city": "Oslo"}', call_id="c0"),
            ActionResponseContent(output="3 C in Oslo", function="weather", call_id="c0"),
            AssistantResponseContent(assistant_response="Yes.", verdict=Verdict.COMPLETE),
        ]
        session.save(tmp_path / "s.json")
        assert dict(Session.load(tmp_path / "s.json").messages) == dict(session.messages)
        async with session.ask("b", "So?", imodel="gpt") as reply:
            await read(reply)
    roles = [message["role"] for message in provider.calls[2]["messages"]]
    assert roles == ["user", "assistant", "tool", "assistant", "user"]


async def test_a_block_that_is_left_early_commits_nothing():
    session, _ = session_of([
        TextChunk("Y"),
        TextChunk("es."),
        FinishChunk(verdict=Verdict.COMPLETE),
    ])
    async with session, session.ask("b", "Is it cold?", imodel="gpt") as reply:
        async for _ in reply:
            break
    assert contents(session) == []


async def test_a_turn_that_fails_commits_nothing():
    session, _ = session_of([TextChunk("Y"), ProviderError("reset")])
    async with session:
        with pytest.raises(ProviderError):
            async with session.ask("b", "Is it cold?", imodel="gpt") as reply:
                await read(reply)
    assert contents(session) == []


@pytest.mark.parametrize(
    "verdict", [Verdict.LENGTH, Verdict.BLOCKED, Verdict.REFUSED, Verdict.PAUSED]
)
async def test_a_cut_answer_is_never_taken_for_a_whole_one(verdict):
    session, _ = session_of([TextChunk("Ye"), FinishChunk(verdict=verdict)])
    async with session:
        seen = []
        with pytest.raises(AnswerCut) as caught:
            async with session.ask("b", "Is it cold?", imodel="gpt") as reply:
                async for chunk in reply:
                    seen.append(chunk.data)
        assert "".join(seen) == "Ye"
        assert (caught.value.verdict, caught.value.partial.text) == (verdict, "Ye")
        async with session.ask("b", "Is it cold?", imodel="gpt", on_cut="discard") as reply:
            await read(reply)
        assert contents(session) == []
        async with session.ask("b", "Is it cold?", imodel="gpt", on_cut="keep") as reply:
            await read(reply)
        said = AssistantResponseContent(assistant_response="Ye", verdict=verdict)
        assert contents(session) == [QUESTION, said]


async def test_calls_that_nobody_runs_are_committed_as_they_are():
    session, provider = session_of([CALL, FinishChunk(verdict=Verdict.TOOL_USE)])
    async with session, session.ask("b", "Is it cold?", imodel="gpt") as reply:
        await read(reply)
    assert contents(session)[1:] == [
        ActionRequestContent(function="weather", arguments='{"city": "Oslo"}', call_id="c0")
    ]
    assert len(provider.calls) == 1


async def test_a_stopped_turn_is_kept_so_that_it_can_be_sent(autojump_clock):
    script = [TextChunk("Let me "), CALL, 60.0, FinishChunk(verdict=Verdict.TOOL_USE)]
    session, _ = session_of(script)
    async with session, session.ask("b", "Is it cold?", imodel="gpt") as reply:
        async for chunk in reply:
            if isinstance(chunk, ToolCallChunk):
                reply.stop()
    said = AssistantResponseContent(assistant_response="Let me ", verdict=Verdict.STOPPED)
    assert contents(session) == [QUESTION, said]


@pytest.mark.parametrize("tools", [[], [weather]])
async def test_a_turn_that_is_stopped_before_anything_came_leaves_nothing(tools, autojump_clock):
    session, _ = session_of([60.0, TextChunk("Yes."), FinishChunk(verdict=Verdict.COMPLETE)])
    async with session, trio.open_nursery() as nursery:
        async with session.ask("b", "Is it cold?", imodel="gpt", tools=tools) as reply:

            async def stop():
                await trio.sleep(1)
                reply.stop()

            nursery.start_soon(stop)
            assert await read(reply) == []
        assert reply.response.verdict is Verdict.STOPPED
    assert contents(session) == []


PICTURE = MediaPart(
    "image", "image/png", data=b"\x89PNG", signature="c2ln", native=Native("gemini")
)


async def test_what_a_model_draws_is_committed_saved_and_sent_again(tmp_path):
    drawn = [PartChunk(part=PICTURE), FinishChunk(verdict=Verdict.COMPLETE)]
    session, provider = session_of(drawn, "A whale.", "Blue.")
    async with session:
        async with session.ask("b", "Draw.", imodel="gpt") as reply:
            await read(reply)
        said = AssistantResponseContent(parts=[PICTURE], verdict=Verdict.COMPLETE)
        assert contents(session)[1:] == [said]
        session.save(tmp_path / "s.json")
        loaded = Session.load(tmp_path / "s.json")
        assert contents(loaded) == contents(session)
        assert contents(loaded)[1].parts[0].native == PICTURE.native
        picture = contents(loaded)[1].parts[0]
        question = session.ask("b", "What is it?", imodel="gpt", attachments=[picture])
        async with question as reply:
            await read(reply)
    _, answer, asked = provider.calls[1]["messages"]
    assert answer == {"role": "assistant", "content": [PICTURE]}
    assert asked["content"][0] == PICTURE


async def test_a_turn_that_is_stopped_after_a_picture_is_kept(autojump_clock):
    session, _ = session_of([PartChunk(part=PICTURE), 60.0, FinishChunk(verdict=Verdict.COMPLETE)])
    async with session, session.ask("b", "Draw.", imodel="gpt") as reply:
        async for chunk in reply:
            if isinstance(chunk, PartChunk):
                reply.stop()
    said = AssistantResponseContent(parts=[PICTURE], verdict=Verdict.STOPPED)
    assert contents(session)[1:] == [said]


async def test_a_second_turn_on_a_branch_waits_for_the_first():
    session, provider = session_of("One.", "Two.")

    async def ask(question):
        async with session.ask("b", question, imodel="gpt") as reply:
            await read(reply)

    async with session, trio.open_nursery() as nursery:
        nursery.start_soon(ask, "1?")
        nursery.start_soon(ask, "2?")
    questions = [content.instruction for content in contents(session)[::2]]
    assert sorted(questions) == ["1?", "2?"]
    assert [len(call["messages"]) for call in provider.calls] == [1, 3]


async def test_inside_its_own_turn_a_task_is_told():
    session, _ = session_of("One.", "Two.")
    async with session, session.ask("b", "1?", imodel="gpt") as reply:
        with pytest.raises(LocalProtocolError, match="leave its block before the next ask"):
            async with session.ask("b", "2?", imodel="gpt"):
                raise AssertionError("it opened")
        await read(reply)
        async with session.ask("other", "2?", imodel="gpt") as second:  # made on demand
            await read(second)
    assert len(contents(session, "other")) == 2


async def test_a_refusal_is_kept_in_its_own_words():
    refused = FinishChunk(verdict=Verdict.REFUSED)
    session, _ = session_of([OtherChunk(kind="refusal", value="I won't."), refused])
    async with session, session.ask("b", QUESTION, imodel="gpt", on_cut="keep") as reply:
        await read(reply)
    assert contents(session)[1].assistant_response == "I won't."


async def test_the_question_may_have_context_and_pictures():
    session, provider = session_of("A cat.")
    picture = Image(b"\xff\xd8\xff")
    async with (
        session,
        session.ask(
            "b", "What is this?", imodel="gpt", context=["Look."], attachments=[picture]
        ) as reply,
    ):
        await read(reply)
    question = InstructionContent(
        instruction="What is this?", context=["Look."], attachments=[picture]
    )
    assert contents(session)[0] == question
    assert provider.calls[0]["messages"] == [question.chat_msg()]


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"imodel": "gtp"}, "did you mean 'gpt'"),
        ({"on_cut": "drop"}, "on_cut must be"),
        ({"tools": [len]}, "write @tool above it"),
        ({"max_turns": 0}, "max_turns must be"),
    ],
)
async def test_mistakes_are_told_where_they_are_written(how, words):
    session, _ = session_of("never")
    with pytest.raises(ConfigurationError, match=words):
        session.ask("b", "?", **{"imodel": "gpt", **how})


async def test_a_copy_of_a_message_is_refused_before_anything_is_sent():
    """Refused when the turn is committed, its answer would be paid for and lost."""
    session, provider = session_of("One.", "Two.")
    question = Message(content=QUESTION)
    async with session:
        async with session.ask("b", question, imodel="gpt") as reply:
            await read(reply)
        for copied in (copy.deepcopy(question), from_json(question.to_json())):
            with pytest.raises(ConfigurationError, match="another message has the id"):
                session.ask("other", copied, imodel="gpt")
        assert [*session.branches] == ["b"]
        async with session.ask("other", Message(content=QUESTION), imodel="gpt") as reply:
            await read(reply)
    assert len(provider.calls) == 2
    assert len(contents(session, "other")) == 2


async def test_a_copy_that_was_committed_meanwhile_leaves_no_empty_branch():
    session, _ = session_of("One.")
    question = Message(content=QUESTION)
    async with session:
        with pytest.raises(ConfigurationError, match="another message has the id"):
            async with session.ask("other", question, imodel="gpt") as reply:
                session.conversations.add_item(copy.deepcopy(question), "b")
                await read(reply)
    assert [*session.branches] == ["b"]


@pytest.mark.parametrize("name", ["b", "elsewhere"])
async def test_a_branch_of_another_session_is_refused(name):
    """Its history is not here, and a branch of that name may be another one."""
    session, provider = session_of("One.")
    foreign = Session().create_branch(name=name)
    refused = pytest.raises(ConfigurationError, match=f"'{name}' is not one of this session")
    async with session:
        with refused:
            session.ask(foreign, "?", imodel="gpt")
        with refused:
            parameters = {"instruction": "?", "imodel": "gpt"}
            await communicate(session=session, branch=foreign, parameters=parameters)
        with refused:
            Builder(session=session).communicate(instruction="?", imodel="gpt", branch=foreign)
        with refused:
            session.history(foreign)
    assert provider.calls == []
    assert [*session.branches] == ["b"]


async def test_a_branch_of_a_session_that_was_saved_is_known_again(tmp_path):
    session, provider = session_of("One.")
    branch = session.branches["b"]
    session.save(tmp_path / "session.json")
    again = Session.load(tmp_path / "session.json")
    async with again, again.ask(branch, "?", imodel=provider.model(stream=True)) as reply:
        await read(reply)
    assert len(contents(again)) == 2


def test_a_turn_keeps_the_laws_of_conversations():
    """Cancelled at each step, left early and failing among them: all of it is there, or nothing."""
    sessions = []

    def make(model, tools):
        session = Session()
        sessions.append(session)
        session.services.register(model)
        return session.ask("b", "?", imodel=model, tools=tools)

    check_conversation(
        make, kept=lambda: len(sessions[-1].messages), settings=settings(max_examples=40)
    )


@pytest.mark.parametrize("way", ["cancelled", "left", "failed"])
async def test_a_turn_that_ends_early_leaves_no_socket_and_no_message(way):
    class Mine(Exception):
        pass

    stalled = Answer(body=CHAT.text_event("Yes, "), then="stall")
    async with FaultyServer(stalled) as server, Session() as session:
        session.services.register(CHAT.model(server, stream=True, name="gpt"))
        with trio.CancelScope() as scope, contextlib.suppress(Mine):
            async with session.ask("b", "?", imodel="gpt", tools=[weather]) as reply:
                assert (await reply.receive()).data == "Yes, "
                if way == "cancelled":
                    scope.cancel()
                if way == "failed":
                    raise Mine
        await server.wait_idle()
        assert not session.messages


async def test_a_third_turn_waits_for_both_before_it_and_a_failed_one_holds_nobody_up():
    session, provider = session_of("One.", ProviderError("reset"), "Three.")
    order = []

    async def ask(question):
        with contextlib.suppress(ProviderError):
            async with session.ask("b", question, imodel="gpt") as reply:
                order.append(question)
                await read(reply)

    async with session, trio.open_nursery() as nursery:
        for question in ("1?", "2?", "3?"):
            nursery.start_soon(ask, question)
    assert sorted(order) == sorted({*order})
    assert [content.role for content in contents(session)] == ["user", "assistant"] * 2
    assert len(provider.calls) == 3


async def test_what_a_response_says_may_be_committed():
    session, provider = session_of("Yes.")
    response = await provider.model().complete("?")
    session.conversations.add_item(Message(content=QUESTION), ["b"])
    session.conversations.add_item(response.message, ["b"])
    assert contents(session)[1].assistant_response == "Yes."
