"""Sessions as containers, and on disk."""

import json

import pytest

from lionpride_trio import ConfigurationError, Session, iModel
from lionpride_trio.session import (
    ActionRequestContent,
    ActionResponseContent,
    AssistantResponseContent,
    InstructionContent,
    Message,
)
from lionpride_trio.session.messages.utils import prepare_messages_for_chat


def talk() -> Session:
    session = Session()
    branch = session.create_branch(name="talk", system="Be kind.")
    for content in (
        InstructionContent(instruction="weather?", context=["It is May."]),
        ActionRequestContent(function="weather", arguments={"city": "Bern"}, call_id="1"),
        ActionRequestContent(function="weather", arguments={"city": "Rome"}, call_id="2"),
        ActionResponseContent(function="weather", output={"t": 20}, call_id="1"),
        AssistantResponseContent(assistant_response="20 \u2028 degrees \U0001f389"),
    ):
        session.conversations.add_item(Message(content=content), progressions=[branch.name])
    return session


def test_messages_become_what_models_are_asked_with():
    chat = prepare_messages_for_chat(talk().history("talk"))
    assert [m["role"] for m in chat] == ["system", "user", "assistant", "tool", "assistant"]
    assert chat[1]["content"] == "It is May.\n\nweather?"
    assert [call["id"] for call in chat[2]["tool_calls"]] == ["1", "2"]


def test_a_fork_shares_the_past_and_not_the_future():
    session = talk()
    fork = session.fork("talk", name="other")
    session.conversations.add_item(
        Message(content=InstructionContent(instruction="more")), progressions=[fork]
    )
    assert len(fork) == len(session.branches["talk"]) + 1


def test_a_session_comes_back_from_disk_as_it_was(tmp_path):
    session = talk()
    session.save(tmp_path / "s.json")
    again = Session.load(tmp_path / "s.json")
    assert dict(again.messages) == dict(session.messages)
    assert again.branches["talk"].order == session.branches["talk"].order
    assert [p.name for p in tmp_path.iterdir()] == ["s.json"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "damaged"),
        ("[]", "no saved session"),
        ('{"format": "lionpride_trio session", "version": 99}', "version 99"),
        ('{"format": "lionpride_trio session", "version": 1, "messages": 3}', "damaged"),
    ],
)
def test_a_damaged_or_foreign_file_is_a_clear_error(tmp_path, text, words):
    path = tmp_path / "s.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=words):
        Session.load(path)
    assert path.read_text(encoding="utf-8") == text


def test_a_branch_with_a_lost_message_is_damage(tmp_path):
    talk().save(tmp_path / "s.json")
    value = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    value["branches"][0]["order"].append("nowhere")
    (tmp_path / "s.json").write_text(json.dumps(value), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="nowhere"):
        Session.load(tmp_path / "s.json")


def test_messages_are_added_to_all_branches_or_to_none():
    session = talk()
    held = session.conversations
    before = dict(session.messages)
    kept = next(iter(before.values()))
    fresh = Message(content=InstructionContent(instruction="more"))
    double = Message(content=InstructionContent(instruction="another"), id=kept.id)
    with pytest.raises(ConfigurationError, match="another message has the id"):
        held.add_items([fresh, double], "talk")
    with pytest.raises(ConfigurationError, match="no branch named 'tlak': there are 'talk'"):
        held.add_items([fresh], ["talk", "tlak"])
    assert dict(session.messages) == before
    held.add_items([fresh], "talk")
    assert list(session.branches["talk"])[-1] == fresh.id


def test_models_are_found_by_name():
    services = Session().services
    model = iModel("local", name="mine")
    with pytest.raises(
        ConfigurationError, match=r"takes an iModel or a fallback.*register\(iModel"
    ):
        services.register("mine")
    with pytest.raises(ConfigurationError, match=r"call session\.services\.register"):
        services.get("mine")
    services.register(model)
    services.register(model)  # again is no other
    assert services["mine"] is services.get(model) is model
    assert ("mine" in services, "other" in services) == (True, False)
    assert (list(services), len(services)) == (["mine"], 1)
    with pytest.raises(ConfigurationError, match="named by a str, not by 3"):
        services.get(3)
    with pytest.raises(ConfigurationError, match="is registered: pass name="):
        services.register(iModel("local", name="mine"))


def test_a_session_shows_how_it_stands():
    session = talk()
    assert repr(session) == f"<Session {session.id[:8]} closed, 6 messages>"
