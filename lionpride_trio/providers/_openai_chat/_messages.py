"""Messages as chat completions take them: one of the assistant's has its text, its calls and its reasoning.

Facts: platform.openai.com for the form; api-docs.deepseek.com, "Thinking Mode", for ``reasoning_content``:
every message of a turn that called tools has to have it, an empty one included; openrouter.ai, "Reasoning
tokens", for ``reasoning_details``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias, cast

from ..._parts import Part, RawPart, TextPart, ThoughtPart, ToolCall
from .._message_parts import Media, read_part, refuse_part
from .._messages import Message, calls_in, facts_of, is_own, mapping_or_empty
from ._calls import NATIVE
from ._media import MediaRule, split_answer

WIRE: Final = NATIVE.provider
TAKES: Final = "text, images, audio and files"

ReasoningRule: TypeAlias = Literal[
    "never", "details", "with_calls", "in_turns_with_calls", "always"
]
"""Which of an answer's reasoning goes back: none; OpenRouter's details; that of messages with calls; that
of all messages of a turn with calls; all."""


def write_messages(
    messages: Sequence[Message], rule: ReasoningRule, media: MediaRule, *, extends: bool
) -> list[Message]:
    """*messages* as the service takes them; *extends* as `write_request` says."""
    calling = _turns_with_calls(messages) if rule == "in_turns_with_calls" else set[int]()
    written: list[Message] = []
    for place, message in enumerate(messages):
        made = {name: value for name, value in message.items() if name != "is_error"}
        content = message.get("content")
        if content is not None and not isinstance(content, str):
            if message["role"] == "tool" and not extends:
                _check_result(content)
            if message["role"] == "assistant":
                rest, given = split_answer(content, media)
                made |= _said(rest, is_answer=True, is_empty_null="audio" in given) | given
                made |= _reasoning(content, rule, in_calling_turn=place in calling)
            else:
                made |= _said(content)
        written.append(made if extends else plain(made))
    return written


def _turns_with_calls(messages: Sequence[Message]) -> set[int]:
    """The places of the messages that stand between two of the user's with a call among them."""
    places: set[int] = set()
    turn: list[int] = []
    calls = False
    for place, message in enumerate([*messages, {"role": "user"}]):
        if message["role"] == "user":
            places.update(turn if calls else ())
            turn, calls = [], False
        else:
            turn.append(place)
            calls = calls or bool(calls_in(message))
    return places


def _said(
    content: Sequence[Any], *, is_answer: bool = False, is_empty_null: bool = False
) -> Message:
    """The content and the calls of a message; no content is null where calls or a sound are there."""
    calls = [call for part in content if (call := _call(part)) is not None]
    rest = [part for part in content if not isinstance(part, ToolCall | ThoughtPart | RawPart)]
    if not is_answer or any(not isinstance(part, TextPart) for part in rest):
        said: Any = [_part(part) for part in rest]
    else:
        said = "".join(part.text for part in rest)
    if is_answer and not said:
        said = None if calls or is_empty_null else ""
    return {"content": said} | ({"tool_calls": calls} if calls else {})


def _check_result(content: Sequence[Any]) -> None:
    """Refuse media in the result of a tool, where OpenAI takes text alone.

    :raises ConfigurationError: there are some.
    """
    for part in content:
        read = read_part(part)
        if isinstance(read, Media):
            raise refuse_part("chat completions", read, "text alone as the result of a tool")


def _call(part: Part | Mapping[str, Any]) -> Mapping[str, Any] | None:
    """A call as it came; None for what is none."""
    if isinstance(part, RawPart):
        return part.block if part.provider == WIRE else None
    if not isinstance(part, ToolCall):
        return None
    facts = dict(facts_of(part, WIRE))
    if facts.get("type") == "custom":
        return {"id": part.id, **facts, "custom": {"name": part.name, "input": part.arguments}}
    about = {**mapping_or_empty(facts.pop("function", None)), "name": part.name}
    function = {**about, "arguments": part.arguments or "{}"}
    return {"id": part.id, **facts, "type": "function", "function": function}


def _reasoning(content: Sequence[Any], rule: ReasoningRule, *, in_calling_turn: bool) -> Message:
    """The fields that give an answer's reasoning back."""
    thoughts = [part for part in content if isinstance(part, ThoughtPart) and is_own(part, WIRE)]
    calls = any(isinstance(part, ToolCall) for part in content)
    match rule:
        case "details":
            told = (facts_of(thought, WIRE).get("reasoning_details") for thought in thoughts)
            details = next((each for each in told if each), None)
            return {"reasoning_details": details} if details else {}
        case "with_calls":
            sent = calls and bool(thoughts)
        case "in_turns_with_calls":
            sent = in_calling_turn
        case "always":
            sent = bool(thoughts)
        case _:
            sent = False
    text = "".join(thought.text for thought in thoughts)
    return {"reasoning_content": text} if sent else {}


def _part(part: Mapping[str, Any] | Part) -> Mapping[str, Any]:
    """A part in OpenAI's form; one that has it stays as it is."""
    read = read_part(part)
    if isinstance(part, Mapping):
        if isinstance(read, Media) and isinstance(part.get("image_url"), str):
            return {"type": "image_url", "image_url": {"url": part["image_url"]}}
        return part
    if isinstance(read, str):
        return {"type": "text", "text": read}
    if read is None:
        raise refuse_part("chat completions", part, TAKES)
    return _media(read)


def _media(media: Media) -> Mapping[str, Any]:
    data = f"data:{media.media_type};base64,{media.data}"
    if media.kind == "image":
        detail = {"detail": media.detail} if media.detail else {}
        return {"type": "image_url", "image_url": {"url": media.url or data, **detail}}
    if media.url:
        raise refuse_part("chat completions", media, f"{TAKES}, the latter two as bytes")
    if media.kind == "audio":
        form = str(media.media_type).removeprefix("audio/").replace("mpeg", "mp3")
        return {"type": "input_audio", "input_audio": {"data": media.data, "format": form}}
    file = {"file_data": data, "filename": media.name or "file"}
    return {"type": "file", "file": file}


def plain(marked: Mapping[str, Any]) -> dict[str, Any]:
    """A message or a tool without what OpenAI does not know, on it or on its parts."""
    others = {"cache_control", "name"} if marked.get("role") == "tool" else {"cache_control"}
    rest = {name: value for name, value in marked.items() if name not in others}
    content: object = rest.get("content")
    if isinstance(content, list):
        rest["content"] = [plain(part) for part in cast("list[Message]", content)]
    function = mapping_or_empty(rest.get("function"))
    if function:
        rest["function"] = plain(function)
    return rest
