"""Who is told, and what becomes of an observer that fails."""

import logging

import pytest
import trio.lowlevel

from lionpride_trio import ConfigurationError, Session, iModel
from lionpride_trio.observe import Observer
from lionpride_trio.operations import Builder, flow
from tests.observe.recorder import Recorder, check_stories, model_of, saying


class Failing(Observer):
    def __init__(self):
        self.told = 0

    def call_started(self, event):
        self.told += 1
        raise ValueError("the secret of the observer")

    finished = call_started


async def test_an_observer_that_raises_is_logged_once_and_dropped(caplog):
    failing, recorder = Failing(), Recorder()
    model = model_of(saying("a"), observers=[failing, recorder])
    with caplog.at_level(logging.DEBUG, "lionpride_trio"):
        for _ in range(2):
            async with model.stream("?") as reply:
                assert [chunk.data async for chunk in reply if chunk.data] == ["a"]
    assert failing.told == 1
    (record,) = caplog.records
    assert record.levelname == "ERROR"
    assert "Failing raised ValueError in call_started" in record.message
    assert "secret" not in record.message
    assert record.exc_info is None
    assert recorder.names.count("finished") == 2


async def test_where_all_are_dropped_nothing_is_told_any_more():
    failing = Failing()
    async with Session(observers=[failing]) as session:
        model = model_of(saying("a"))
        session.services.register(model)
        for branch in "ab":
            async with session.ask(branch, "?", imodel=model) as reply:
                assert [chunk.data async for chunk in reply if chunk.data] == ["a"]
    assert failing.told == 1


async def test_one_that_is_given_twice_is_told_once():
    recorder = Recorder()
    async with Session(observers=[recorder]) as session:
        model = model_of(saying("a"), stream=True, name="m", observers=[recorder])
        session.services.register(model)
        builder = Builder(session=session)
        builder.communicate(instruction="?", imodel="m")
        await flow(builder, observers=[recorder])
    check_stories(recorder)
    assert recorder.names.count("finished") == 1
    assert recorder.names.count("flow_started") == 1


async def test_the_observers_of_a_session_hear_of_its_models_while_it_is_open():
    recorder = Recorder()
    model = model_of(saying("a"))
    async with Session(observers=[recorder]) as session:
        session.services.register(model)
        async with model.stream("?") as reply:
            await reply.receive()
    assert recorder.names.count("finished") == 1
    async with model.stream("?") as reply:
        await reply.receive()
    assert recorder.names.count("finished") == 1


async def test_a_reader_is_in_no_story():
    """What the reader of a turn or a flow calls between two chunks is no part of it."""
    recorder = Recorder()
    other = model_of(saying("b"), observers=[recorder])
    async with Session(observers=[recorder]) as session:
        model = model_of(saying("a"), stream=True, name="m")
        session.services.register(model)
        async with session.ask("main", "?", imodel=model) as turn:
            await turn.receive()
            async with other.stream("?") as reply:
                await reply.receive()
    first, second = recorder.of("call_started")
    assert first.parent_id == recorder.one("turn_started").call_id
    assert second.parent_id is None


class Later(Observer):
    async def finished(self, event):
        await trio.lowlevel.checkpoint()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (Recorder(), "takes a list, such as [LogObserver()]"),
        ([print], "objects of a subclass of Observer"),
        ([Recorder], "write its name with parentheses"),
        ([Later()], "Later.finished is async"),
        (None, "takes a list"),
    ],
)
def test_what_is_no_observer_is_refused_where_it_is_given(given, words):
    for make in (lambda: iModel("openai", "m", api_key="k", observers=given), lambda: Session(observers=given)):  # fmt: skip
        with pytest.raises(ConfigurationError) as caught:
            make()
        assert words in str(caught.value)


async def test_a_flow_refuses_it_too():
    async def work(context):
        return 1

    builder = Builder()
    builder.add(work)
    with pytest.raises(ConfigurationError, match="takes a list"):
        await flow(builder, observers=Recorder())
