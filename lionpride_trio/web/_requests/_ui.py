"""The request of the AI SDK's ``DefaultChatTransport``: ``{"id": …, "messages": [UIMessage], …}``.

A message of the model may be several: a part ``step-start`` begins the next call of the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from ..._media import MediaPart
from ..._parts import Part, TextPart, ThoughtPart, ToolCall
from ...session import Message
from ..encoders._back import KEY, with_facts
from ._fields import Fields, refusal
from ._said import answer, arguments_of, in_pairs, media, question, result, system

_DENIED: Final = "this call was refused"


def read_ui(request: Fields) -> list[Message]:
    """The messages of a chat."""
    messages: list[Message] = []
    for message in request.objects("messages"):
        parts = message.objects("parts")
        match message.value("role"):
            case "system":
                messages += system("\n".join(part.text("text") for part in _of_type(parts, "text")))
            case "user":
                messages += question(_input(parts))
            case "assistant":
                messages += _answers(parts)
            case other:
                raise refusal(message.place_of("role"), "'user', 'assistant' or 'system'", other)
    return in_pairs(messages)


def _of_type(parts: list[Fields], kind: str) -> list[Fields]:
    return [part for part in parts if part.value("type") == kind]


def _input(parts: list[Fields]) -> list[TextPart | MediaPart]:
    """The words and files of a user; parts of data are the page's own."""
    said: list[TextPart | MediaPart] = []
    for part in parts:
        kind = part.text("type")
        if kind == "text":
            said.append(TextPart(part.text("text")))
        elif kind == "file":
            name, media_type = part.text_or_none("filename"), part.text_or_none("mediaType")
            said.append(media(part.place_of("url"), part.text("url"), media_type, name=name))
    return said


def _answers(parts: list[Fields]) -> list[Message]:
    messages: list[Message] = []
    said: list[Part] = []
    results: list[Message] = []
    for part in parts:
        kind = part.text("type")
        if kind in {"step-start", "steering-message"}:
            messages += [*answer(said), *results]
            said, results = [], []
        if kind == "steering-message":
            messages += question(_input(part.objects("parts")))
        elif kind == "text":
            said.append(with_facts(TextPart(part.text("text")), _facts(part, "providerMetadata")))
        elif kind == "reasoning":
            facts = _facts(part, "providerMetadata")
            if facts:  # others cannot go back: a provider takes its own thoughts alone
                said.append(with_facts(ThoughtPart(part.text("text")), facts))
        elif kind == "dynamic-tool" or kind.startswith("tool-"):
            said += _call(part, kind)
            results += _result(part)
    return [*messages, *answer(said), *results]


def _facts(part: Fields, name: str) -> Any:
    metadata = part.value(name)
    return cast(Any, metadata).get(KEY) if isinstance(metadata, Mapping) else None


def _call(part: Fields, kind: str) -> list[ToolCall]:
    if part.value("state") == "input-streaming" or part.value("providerExecuted"):
        return []
    name = part.text("toolName") if kind == "dynamic-tool" else kind.removeprefix("tool-")
    given = part.value("input") if "input" in part else part.value("rawInput")
    call = ToolCall(part.text("toolCallId"), name, arguments_of(given))
    return [with_facts(call, _facts(part, "callProviderMetadata"))]


def _result(part: Fields) -> list[Message]:
    if part.value("providerExecuted"):
        return []
    output: Any
    match part.value("state"):
        case "output-available" if not part.value("preliminary"):
            output, is_error = _output(part.value("output"), part.place_of("output")), False
        case "output-error":
            output, is_error = part.text("errorText"), True
        case "output-denied":
            output, is_error = _DENIED, True
        case _:
            return []
    return [result(part.text("toolCallId"), output, is_error=is_error, place=part.place)]


def _output(output: Any, place: str) -> Any:
    """A tool's output; parts that `UIEncoder` wrote are parts again."""
    items: list[Any] = cast(Any, output) if isinstance(output, list) else []
    parts: list[TextPart | MediaPart] = []
    for number, item in enumerate(items):
        match item:
            case {"type": "text", "text": str(text)}:
                parts.append(TextPart(text))
            case {"type": "file", "url": str(url), "mediaType": str(media_type)}:
                name = item.get("filename")
                told = name if isinstance(name, str) else None
                parts.append(media(f"{place}[{number}].url", url, media_type, name=told))
            case _:
                return items
    return parts or cast(Any, output)
