"""Messages: what can be made can be told to a model, saved, copied and written as JSON."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import UTC, datetime, timedelta, timezone

import attrs
import pytest
from cattrs.preconf.json import make_converter
from hypothesis import given, strategies as st

from lionpride_trio import ConfigurationError, DecodeError, Session, Verdict, from_json
from lionpride_trio.session import (
    ActionRequestContent,
    ActionResponseContent,
    AssistantResponseContent,
    Branch,
    InstructionContent,
    Message,
    SystemContent,
)
from tests.chunks.making import optional_texts, plain_data, texts

# Mappings whose keys a model can be told.
outputs = plain_data.filter(lambda value: _is_json(value))


def _is_json(value):
    try:
        json.dumps(value)
    except TypeError:
        return False
    return True


contents = st.one_of(
    st.builds(SystemContent, system_message=texts),
    st.builds(InstructionContent, instruction=texts, context=st.lists(texts, max_size=2)),
    st.builds(
        AssistantResponseContent,
        assistant_response=texts,
        verdict=st.none() | st.sampled_from(Verdict) | st.sampled_from(["length", "complete"]),
    ),
    st.builds(
        ActionRequestContent,
        function=texts,
        arguments=texts
        | st.dictionaries(texts, outputs, max_size=2)
        | st.lists(outputs, max_size=2),
        call_id=optional_texts,
    ),
    st.builds(ActionResponseContent, output=outputs, function=texts, call_id=optional_texts),
)

zones = st.sampled_from([None, UTC, timezone(timedelta(hours=-3.5))])
times = st.datetimes(timezones=zones).map(lambda moment: moment.replace(fold=0))
messages = st.builds(Message, content=contents, created_at=times)


def same(one, other):
    return repr(attrs.asdict(one)) == repr(attrs.asdict(other))


@given(messages)
def test_every_message_comes_back_from_json(message):
    assert same(from_json(message.to_json()), message)


@given(messages)
def test_every_message_can_be_copied(message):
    assert same(pickle.loads(pickle.dumps(message)), message)
    assert same(copy.deepcopy(message), message)


@given(messages)
def test_every_message_can_be_told_to_a_model(message):
    told = message.chat_msg
    assert told["role"] == message.role
    json.dumps(told)


@given(st.lists(messages, max_size=4), texts, texts)
def test_every_session_comes_back_from_disk(tmp_path_factory, made, name, other):
    session = Session()
    session.create_branch(name=name or "a")
    if other != name:
        session.create_branch(name=other or "b")
    session.conversations.add_items(made, session.branches.values())
    path = tmp_path_factory.mktemp("saved") / "session.json"
    session.save(path)
    again = Session.load(path)
    assert [repr(m) for m in again.messages.values()] == [
        repr(m) for m in session.messages.values()
    ]
    assert {name: branch.order for name, branch in again.branches.items()} == {
        name: branch.order for name, branch in session.branches.items()
    }


@pytest.mark.parametrize(
    ("given_as", "text"),
    [
        ('{"x": 1, "y', '{"x": 1, "y'),
        ({"x": [1]}, '{"x": [1]}'),
        ([1], "[1]"),
        ("[1]", "[1]"),
        ({"é": float("nan")}, '{"é": NaN}'),
        ({}, "{}"),
    ],
)
def test_arguments_are_text_as_the_model_wrote_them(given_as, text):
    content = ActionRequestContent(function="f", arguments=given_as, call_id="1")
    assert content.arguments == text
    assert content.chat_msg()["tool_calls"] == [
        {"id": "1", "type": "function", "function": {"name": "f", "arguments": text}}
    ]


def test_arguments_are_parsed_when_asked_for():
    assert ActionRequestContent(function="f", arguments={"x": 10**30}).parsed() == {"x": 10**30}
    assert ActionRequestContent(function="f").parsed() == {}
    with pytest.raises(DecodeError):
        ActionRequestContent(function="f", arguments='{"x').parsed()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: InstructionContent(instruction=None), "instruction"),
        (lambda: InstructionContent(instruction="a", context="b"), r"context=\['b'\]"),
        (lambda: InstructionContent(instruction="a", context=[1]), "context"),
        (lambda: SystemContent(system_message=b"a"), "system_message"),
        (lambda: AssistantResponseContent(assistant_response=3), "assistant_response"),
        (lambda: AssistantResponseContent(assistant_response="", verdict="long"), "Verdict"),
        (lambda: ActionRequestContent(function="f", arguments=3), "arguments"),
        (lambda: ActionRequestContent(function="f", arguments={"a": {1}}), "arguments"),
        (lambda: ActionRequestContent(function=None), "function"),
        (lambda: ActionResponseContent(output={1}), "output"),
        (lambda: ActionResponseContent(output=b"a"), "output"),
        (lambda: ActionResponseContent(output={(1,): "a"}), "output"),
        (lambda: ActionResponseContent(output=[datetime.now(UTC)]), "output"),
        (lambda: ActionResponseContent(output=Verdict.LENGTH), "output"),
        (lambda: Message(content="Hi"), "SystemContent, InstructionContent"),
        (lambda: Message(content=InstructionContent), "one of"),
        (lambda: Message(content=SystemContent(system_message="a"), id=3), "id"),
        (lambda: Branch(name=3), "name"),
    ],
)
def test_what_could_not_be_told_or_saved_cannot_be_made(make, words):
    with pytest.raises((TypeError, ValueError), match=words):
        make()


def test_output_that_goes_round_in_a_circle_is_refused():
    value: list = []
    value.append(value)
    with pytest.raises(TypeError, match="output"):
        ActionResponseContent(output=value)


def nested(depth):
    value: object = "a"
    for _ in range(depth):
        value = [value]
    return value


def test_output_that_is_too_deep_to_be_saved_cannot_be_made(tmp_path):
    with pytest.raises(TypeError, match="nested too deep"):
        ActionResponseContent(output=nested(256))
    deepest = Message(content=ActionResponseContent(output=nested(255)))
    session = Session()
    session.conversations.add_item(deepest)
    session.save(tmp_path / "s.json")
    assert dict(Session.load(tmp_path / "s.json").messages) == dict(session.messages)
    assert from_json(deepest.to_json()) == deepest


@pytest.mark.parametrize(
    "content",
    [
        SystemContent(system_message="a"),
        InstructionContent(instruction="a", context=["b"]),
        AssistantResponseContent(assistant_response="a", verdict="length"),
        ActionRequestContent(function="f", arguments="[1"),
        ActionResponseContent(output={"a": [1]}, function="f"),
    ],
    ids=lambda content: type(content).__name__,
)
def test_cattrs_takes_messages_apart_and_puts_them_together(content):
    converter = make_converter()
    message = Message(content=content)
    assert converter.loads(converter.dumps(message), Message) == message


# Sessions


async def test_a_session_is_pickled_and_copied_without_its_models():
    session = Session(name="a")
    branch = session.create_branch(name="talk", system="Be kind.")
    session.create_branch(name="other")
    for again in (pickle.loads(pickle.dumps(session)), copy.deepcopy(session)):
        assert (again.id, again.name, again.is_open) == (session.id, "a", False)
        assert dict(again.messages) == dict(session.messages)
        assert again.branches["talk"].order == branch.order
        again.create_branch(name="new")
        assert list(session.branches) == ["talk", "other"]
        async with again:
            assert again.is_open
            with pytest.raises(TypeError, match="open session cannot be pickled"):
                pickle.dumps(again)


def test_damage_in_a_message_is_told_with_its_place(tmp_path):
    session = Session()
    session.create_branch(name="talk", system="Be kind.")
    path = tmp_path / "s.json"
    session.save(path)
    path.write_text(path.read_text(encoding="utf-8").replace('"Be kind."', "3"), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"messages\[0\]\.content .*system_message=3"):
        Session.load(path)
