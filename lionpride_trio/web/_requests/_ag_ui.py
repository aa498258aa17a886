"""AG-UI's ``RunAgentInput``: ``{"threadId": …, "runId": …, "messages": […], "context": […], …}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from ..._media import MediaPart
from ..._parts import Part, TextPart, ThoughtPart, ToolCall
from ...session import Message
from .._strict_json import read_json
from ..encoders._back import KEY, with_facts
from ._fields import Fields, refusal
from ._said import answer, data_url, in_pairs, media, question, result, system


def read_ag_ui(request: Fields) -> list[Message]:
    """The messages of a run.  Its context stands before the last question."""
    told = request.objects("messages")
    context = [
        f"{item.text('description')}: {item.text('value')}"
        for item in request.objects_if_any("context")
    ]
    questions = [message for message in told if message.value("role") == "user"]
    messages: list[Message] = []
    thoughts: list[Part] = []
    for message in told:
        match message.value("role"):
            case "system" | "developer":
                messages += system(message.text("content"))
            case "user":
                last = message is questions[-1]
                messages += question(_content(message), context if last else ())
            case "reasoning":
                thoughts += _thought(message)
            case "assistant":
                messages += answer([*thoughts, *_answer(message)])
                thoughts = []
            case "tool":
                messages.append(_result(message))
            case "activity":
                pass  # what a page shows of the work, and no part of the conversation
            case other:
                raise refusal(message.place_of("role"), "a role of AG-UI", other)
    return in_pairs(messages)


def _content(message: Fields) -> list[TextPart | MediaPart]:
    content = message.value("content")
    if isinstance(content, str):
        return [TextPart(content)]
    return [_part(part) for part in message.objects("content")]


def _part(part: Fields) -> TextPart | MediaPart:
    match part.value("type"):
        case "text":
            return TextPart(part.text("text"))
        case "image" | "audio" | "video" | "document" as kind:
            source = part.fields("source")
            value, media_type = source.text("value"), source.text_or_none("mimeType")
            match source.value("type"):
                case "data":
                    url = data_url(value, media_type or "application/octet-stream")
                case "url":
                    url = value
                case other:
                    raise refusal(source.place_of("type"), "'data' or 'url'", other)
            return media(source.place_of("value"), url, media_type, kind=kind)
        case other:
            raise refusal(part.place_of("type"), "a kind of part that AG-UI has", other)


def _facts(owner: Fields) -> Any:
    """The facts that `AGUIEncoder` gave out with a part."""
    value = owner.value("encryptedValue")
    try:
        form: Any = read_json(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return cast(Any, form).get(KEY) if isinstance(form, Mapping) else None


def _thought(message: Fields) -> list[Part]:
    facts = _facts(message)
    return [with_facts(ThoughtPart(message.text("content")), facts)] if facts else []


def _answer(message: Fields) -> list[Part]:
    said: list[Part] = []
    text = message.text_or_none("content")
    if text:
        said.append(with_facts(TextPart(text), _facts(message)))
    for call in message.objects_if_any("toolCalls"):
        function = call.fields("function")
        told = ToolCall(call.text("id"), function.text("name"), function.text("arguments") or "{}")
        said.append(with_facts(told, _facts(call)))
    return said


def _result(message: Fields) -> Message:
    content: Any = message.value("content")
    metadata = message.value("metadata")
    own = cast(Any, metadata).get(KEY) if isinstance(metadata, Mapping) else None
    is_error = "error" in message or own == {"is_error": True}
    output = content if isinstance(content, str) else _content(message)
    if not output and "error" in message:
        output = message.text("error")
    call_id = message.text("toolCallId")
    return result(call_id, output, is_error=is_error, place=message.place)
