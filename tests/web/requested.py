"""Requests of pages, in each protocol."""

from __future__ import annotations

import json

import attrs

from lionpride_trio.session import (
    InstructionContent,
)
from lionpride_trio.web import read_messages

PNG = b"\x89PNG\r\n\x1a\n"


PNG_URL = "data:image/png;base64,iVBORw0KGgo="


PROTOCOLS = ["events", "ui", "ag_ui", "openai", "text", "jsonl"]


@attrs.frozen
class Request:
    """A request without a server."""

    content: bytes
    headers: dict[str, str] = attrs.Factory(dict)

    async def body(self):
        return self.content


def asked(form):
    return Request(json.dumps(form).encode())


async def contents(form, protocol):
    return [message.content for message in await read_messages(asked(form), protocol=protocol)]


def user(text, *attachments, context=()):
    return InstructionContent(instruction=text, attachments=attachments, context=context)


def ui(*messages):
    return {"id": "chat-1", "messages": messages, "trigger": "submit-message"}


def ui_user(*parts):
    return {"id": "m", "role": "user", "parts": parts}


def ag_ui(*messages, **more):
    return {"threadId": "t", "runId": "r", "messages": messages, "state": {}, "tools": [], **more}


HI = {"type": "text", "text": "hi"}
