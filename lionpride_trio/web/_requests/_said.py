"""Messages, made of what a page has sent: the same for all protocols."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence, Set as AbstractSet
from typing import Any, Final

import attrs

from ..._assistant import AssistantResponseContent
from ..._errors import ConfigurationError
from ..._media import Audio, File, Image, MediaPart
from ..._parts import Part, TextPart, ToolCall
from ...session import ActionResponseContent, InstructionContent, Message, SystemContent
from .._bad_request import BadPageRequest

_ON_THE_WEB: Final = ("https://", "http://", "data:")


def system(text: str) -> list[Message]:
    """A rule for the model."""
    return [Message(content=SystemContent(system_message=text))] if text else []


def question(parts: Iterable[TextPart | MediaPart], context: Sequence[str] = ()) -> list[Message]:
    """A user's message; none of nothing."""
    said = list(parts)
    texts = [part.text for part in said if isinstance(part, TextPart) and part.text]
    files = [part for part in said if isinstance(part, MediaPart)]
    if not texts and not files:
        return []
    content = InstructionContent(instruction="\n".join(texts), attachments=files, context=context)
    return [Message(content=content)]


def answer(parts: Iterable[Part]) -> list[Message]:
    """A message of the model; none of nothing."""
    said = tuple(part for part in parts if not isinstance(part, TextPart) or part.text)
    return [Message(content=AssistantResponseContent(parts=said))] if said else []


def result(
    call_id: str, output: Any, *, name: str = "", is_error: bool = False, place: str
) -> Message:
    """The result of a tool.

    :raises BadPageRequest: it cannot be told to a model.
    """
    try:
        content = ActionResponseContent(
            call_id=call_id, function=name, output=output, is_error=is_error
        )
    except TypeError as error:
        raise BadPageRequest(f"{place}: {error}") from error
    return Message(content=content)


def in_pairs(messages: Sequence[Message]) -> list[Message]:
    """*messages* without the calls that have no result, and the results that have no call before them.

    A page may have been closed before a result came, and may send the end of a conversation alone.
    Providers refuse the one without the other.
    """
    waiting: dict[str, list[tuple[int, int]]] = {}
    """The places of the calls that have no result yet, by their id: those of the newest answer that has it."""
    open_calls: dict[int, set[int]] = {}
    """The places of all of them, by their message."""
    orphans: set[int] = set()
    for number, message in enumerate(messages):
        content = message.content
        if isinstance(content, AssistantResponseContent):
            calls: dict[str, list[tuple[int, int]]] = {}
            for place, part in enumerate(content.parts):
                if isinstance(part, ToolCall):
                    calls.setdefault(part.id, []).append((number, place))
                    open_calls.setdefault(number, set()).add(place)
            waiting |= calls
        elif isinstance(content, ActionResponseContent):
            called = waiting.get(content.call_id or "")
            if called:
                owner, place = called.pop(0)
                open_calls[owner].discard(place)
            else:
                orphans.add(number)
    return [
        kept
        for number, message in enumerate(messages)
        if number not in orphans
        for kept in _without(message, open_calls.get(number, frozenset()))
    ]


def _without(message: Message, places: AbstractSet[int]) -> list[Message]:
    """*message* without its parts at those *places*; none where nothing is left of it."""
    content = message.content
    if not places or not isinstance(content, AssistantResponseContent):
        return [message]
    return answer(part for place, part in enumerate(content.parts) if place not in places)


def media(
    place: str,
    url: str,
    media_type: str | None = None,
    *,
    name: str | None = None,
    kind: str | None = None,
) -> MediaPart:
    """The image, the sound or the file at *url*.

    :raises BadPageRequest: it is no URL of the web, or one that does not say what it has in it.
    """
    if not url.lower().startswith(_ON_THE_WEB):
        raise BadPageRequest(
            f"{place} has to be a URL that begins with https:// or data:, and is {url!r:.60}"
        )
    whole = media_type if media_type and "/" in media_type and "*" not in media_type else None
    kind = kind or (media_type or url.removeprefix("data:")).partition("/")[0]
    try:
        if kind == "image":
            return attrs.evolve(Image(url, media_type=whole), name=name)
        if kind == "audio":
            return attrs.evolve(Audio(url, media_type=whole), name=name)
        return File(url, media_type=whole, name=name)
    except ConfigurationError as error:
        raise BadPageRequest(f"{place}: {error.message}") from error


def data_url(data: str, media_type: str) -> str:
    """The URL of bytes in base64."""
    return f"data:{media_type};base64,{data}"


def arguments_of(value: Any) -> str:
    """The arguments of a call as a model writes them."""
    if isinstance(value, str):
        return value
    return json.dumps({} if value is None else value, ensure_ascii=False)
