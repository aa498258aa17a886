"""The model of the flow of thirty operations.

It answers each question with a text that tells how many messages came with it, so that a turn that is lost, or is
there twice, changes what is said.
"""

from __future__ import annotations

import json
import re

from lionpride_trio.testing import Answer

TOKEN = re.compile(r"<([^<>]+)>")


def answer_to(asked):
    """The answer of the model: depends on the question, and on the number of messages that came with it."""
    body = json.loads(asked.body)
    token = token_of(asked)
    said = [f"{token} in {len(body['messages'])}\n"]
    if token == "story":
        said = [f"line {number}\n" for number in range(6)]
    if body.get("tools") and body["messages"][-1]["role"] == "user":
        call = {"index": 0, "id": "c", "type": "function",
                "function": {"name": "double", "arguments": '{"number": 4}'}}  # fmt: skip
        return Answer(
            body=_stream([{"content": "Let me see. "}, {"tool_calls": [call]}], "tool_calls")
        )
    return Answer(body=_stream([{"content": piece} for piece in said], "stop"))


def _stream(deltas, reason):
    for delta in deltas:
        yield _event({"delta": delta})
    yield _event({"delta": {}, "finish_reason": reason}) + b"data: [DONE]\n\n"


def _event(choice):
    return (
        b"data: " + json.dumps({"id": "x", "choices": [{"index": 0, **choice}]}).encode() + b"\n\n"
    )


def token_of(asked):
    """What was asked: the last token of the last question."""
    questions = [m["content"] for m in json.loads(asked.body)["messages"] if m["role"] == "user"]
    return TOKEN.findall(str(questions[-1]))[-1]
