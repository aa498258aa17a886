"""The program of the page on conversations."""

from __future__ import annotations

import re

from lionpride_trio import Session, Verdict
from lionpride_trio.session import AssistantResponseContent
from tests.docs.markdown import load


async def test_conversation(server, capsys, tmp_path):
    session = await load("conversation")["main"](tmp_path / "whales.json")
    out = capsys.readouterr().out
    first, second = server.requests
    assert (first.path, second.path) == ("/v1/chat/completions", "/v1/messages")
    question, answer, *_ = [message.content for message in session.history("whales")]
    assert isinstance(answer, AssistantResponseContent)
    assert [message["content"] for message in second.json()["messages"]] == [
        question.instruction,
        answer.assistant_response,
        "And how does it dream?",
    ]
    assert f"> {question.instruction}\n{answer.assistant_response}\n(length)\n" in out
    assert re.findall(r"^(\S+): (.*)$", out, re.MULTILINE) == [
        ("gpt-4o-mini", "Verdict.LENGTH"),
        ("claude-haiku-4-5", "Verdict.LENGTH"),
    ]


async def test_what_it_kept_is_there(server, tmp_path):
    await load("conversation")["main"](tmp_path / "whales.json")
    question, answer = Session.load(tmp_path / "whales.json").history("whales")
    assert question.role == "user"
    assert answer.content.verdict is Verdict.LENGTH
