"""The request of OpenAI's chat completions, and our own: ``{"messages": […]}``, ``{"question": "…"}``."""

from __future__ import annotations

from ..._media import MediaPart
from ..._parts import Part, TextPart, ToolCall
from ...session import Message
from ._fields import Fields, refusal
from ._said import answer, data_url, in_pairs, media, question, result, system


def read_own(request: Fields) -> list[Message]:
    """The messages of our own request: a question, or a conversation in OpenAI's form."""
    if "question" in request and "messages" not in request:
        return question([TextPart(request.text("question"))])
    return read_chat(request)


def read_chat(request: Fields) -> list[Message]:
    """The messages of a conversation in OpenAI's form."""
    messages: list[Message] = []
    for message in request.objects("messages"):
        match message.value("role"):
            case "system" | "developer":
                messages += system(_text(message))
            case "user":
                messages += question(_content(message))
            case "assistant":
                messages += answer(_answer(message))
            case "tool":
                call_id, name = message.text("tool_call_id"), message.text_or_none("name")
                said = message.value("content")
                output = said if isinstance(said, str) else _content(message)
                place = message.place
                messages.append(result(call_id, output, name=name or "", place=place))
            case other:
                raise refusal(message.place_of("role"), "'user', 'assistant', …", other)
    return in_pairs(messages)


def _text(message: Fields) -> str:
    parts = _content(message)
    if any(isinstance(part, MediaPart) for part in parts):
        raise refusal(message.place_of("content"), "text alone", message.value("content"))
    return "\n".join(part.text for part in parts if isinstance(part, TextPart))


def _answer(message: Fields) -> list[Part]:
    said: list[Part] = []
    if "content" in message:
        said += [part for part in _content(message) if isinstance(part, TextPart)]
    if not said and "refusal" in message:
        said.append(TextPart(message.text("refusal")))
    for call in message.objects_if_any("tool_calls"):
        function = call.fields("function")
        arguments = function.text("arguments") or "{}"
        said.append(ToolCall(call.text("id"), function.text("name"), arguments))
    return said


def _content(message: Fields) -> list[TextPart | MediaPart]:
    content = message.value("content")
    if isinstance(content, str):
        return [TextPart(content)]
    return [_part(part) for part in message.objects("content")]


def _part(part: Fields) -> TextPart | MediaPart:
    match part.value("type"):
        case "text":
            return TextPart(part.text("text"))
        case "refusal":
            return TextPart(part.text("refusal"))
        case "image_url":
            image = part.fields("image_url")
            return media(image.place_of("url"), image.text("url"), kind="image")
        case "input_audio":
            audio = part.fields("input_audio")
            media_type = f"audio/{audio.text_or_none('format') or 'wav'}"
            place = audio.place_of("data")
            return media(place, data_url(audio.text("data"), media_type), media_type)
        case "file":
            file = part.fields("file")
            place, name = file.place_of("file_data"), file.text_or_none("filename")
            return media(place, file.text("file_data"), name=name, kind="file")
        case other:
            raise refusal(part.place_of("type"), "'text', 'image_url', …", other)
