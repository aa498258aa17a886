"""Several models as one: the next where the last one failed before it said anything."""

from contextlib import AsyncExitStack

import pytest

from lionpride_trio import (
    AuthenticationError,
    ConfigurationError,
    ConnectionLost,
    LionprideError,
    Overloaded,
    Session,
    iModel,
)
from lionpride_trio.operations import communicate
from lionpride_trio.services import fallback
from lionpride_trio.testing import Answer, FaultyServer, HangUp
from tests.faults.wires import TEXT, WIRES

CHAT, ANTHROPIC = WIRES[0], WIRES[2]
GOOD = Answer(body=ANTHROPIC.body)


class Two:
    """A chat model, then an Anthropic one, on servers of their own."""

    def __init__(self, first, second):
        self.scripts = (first, second)

    async def __aenter__(self):
        self.stack = AsyncExitStack()
        self.servers = [
            await self.stack.enter_async_context(FaultyServer(script)) for script in self.scripts
        ]
        models = [
            CHAT.model(self.servers[0], name="a", stream=True),
            ANTHROPIC.model(self.servers[1], name="b"),
        ]
        return fallback(models), self.servers

    async def __aexit__(self, *exc):
        return await self.stack.__aexit__(*exc)


@pytest.mark.parametrize(
    "fault",
    [
        HangUp(),
        Answer(status=401),
        Answer(status=529),
        Answer(body=b"<html>", media="text/html"),
        Answer(body=CHAT.failure),
        Answer(body=b""),
    ],
)
async def test_the_next_is_asked_where_one_fails_before_content(fault):
    async with Two(fault, GOOD) as (model, servers):
        async with model.stream("hi") as reply:
            assert "".join([chunk.data async for chunk in reply]) == TEXT
        assert [len(server.requests) for server in servers] == [1, 1]


async def test_a_reply_that_has_begun_is_never_begun_again():
    cut = Answer(body=CHAT.unended, frame_cut=True, then="close")
    async with Two(cut, GOOD) as (model, servers):
        with pytest.raises(ConnectionLost) as caught:
            async with model.stream("hi") as reply:
                async for _ in reply:
                    pass
        assert caught.value.partial.text == TEXT
        assert len(servers[1].requests) == 0


async def test_the_first_that_answers_is_the_only_one_asked():
    async with Two(Answer(body=CHAT.body), GOOD) as (model, servers):
        async with model.stream("hi") as reply:
            assert "".join([chunk.data async for chunk in reply]) == TEXT
        assert [len(server.requests) for server in servers] == [1, 0]


async def test_when_all_fail_the_last_error_names_the_others():
    async with Two(Answer(status=401), Answer(status=529)) as (model, _):
        with pytest.raises(Overloaded) as caught:
            async with model.stream("hi"):
                pass
        (note,) = caught.value.__notes__
        assert note.startswith("before it, a failed: AuthenticationError")


async def test_whole_answers():
    body = b'{"content": [{"type": "text", "text": "Hello you"}], "stop_reason": "end_turn"}'
    good = Answer(body=body, media="application/json")
    async with Two(HangUp(), good) as (model, _):
        assert (await model.complete("hi")).text == TEXT
    async with Two(Answer(status=401), Answer(status=401)) as (model, _):
        with pytest.raises(AuthenticationError):
            await model.complete("hi")


async def test_invoke_and_a_session():
    async with Two(HangUp(), GOOD) as (model, _), Session() as session:
        session.services.register(model)
        assert session.services.get("a|b") is model
        assert "".join([chunk.data async for chunk in model.invoke("hi")]) == TEXT
        branch = session.create_branch(name="x")
        said = {"instruction": "hi", "imodel": model.name}
        assert await communicate(session=session, branch=branch, parameters=said) == TEXT


async def test_a_mistake_in_the_program_is_not_hidden_by_another_model():
    async with Two(GOOD, GOOD) as (model, servers):
        with pytest.raises(ConfigurationError):
            model.stream("hi", temprature=1)
        with pytest.raises(LionprideError):
            await model.complete([])
        assert [len(server.requests) for server in servers] == [0, 0]


@pytest.mark.parametrize("models", [[], ["openai/gpt"], None, "gpt", iModel("local")])
def test_models_are_needed(models):
    with pytest.raises(ConfigurationError, match="fallback"):
        fallback(models)
