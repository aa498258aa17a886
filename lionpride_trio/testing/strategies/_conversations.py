"""Conversations, as they are sent to a model: questions, what a provider answered, results of tools."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any, Final, TypeAlias

import attrs
from hypothesis import strategies as st

from ..._assistant import AssistantResponseContent
from ..._media import Image
from ..._parts import (
    Part,
    RawPart,
    TextPart,
    ThoughtPart,
    ToolCall,
    ToolResult,
    is_made_id,
    make_call_id,
)
from ..._response import Response, chunks_of, reassemble
from ...providers import Provider, StreamDecoder, get
from ._prose import json_arguments, prose
from ._replies import replies_of
from .wires import WIRES, wire_of

Message: TypeAlias = dict[str, Any] | AssistantResponseContent | ToolResult

_SOME_TEXT: Final = prose(min_size=1, max_size=6).filter(str.strip)
_PNG: Final = b"\x89PNG\r\n\x1a\n" + bytes(8)
_IMAGES: Final = st.binary(max_size=3).map(lambda data: Image(_PNG + data))
_IDS: Final = st.integers(0, 9).map("call_{}".format)
_OUTPUTS: Final = st.one_of(
    _SOME_TEXT,
    st.just(""),
    json_arguments(),
    st.lists(st.integers(), max_size=2),
    st.lists(_SOME_TEXT.map(TextPart), min_size=1, max_size=2),
)


def parts() -> st.SearchStrategy[Part]:
    """Any part of a message that no provider wrote: text, thought, call, result, image, raw block.

    Shrinks to a short text.
    """
    signature = st.sampled_from([None, "c2ln"])
    name = st.sampled_from(["f", "get_weather"])
    return st.one_of(
        st.builds(TextPart, prose(max_size=6), signature=signature),
        st.builds(
            ThoughtPart, prose(max_size=6), signature, st.none(), st.sampled_from([None, "t1"])
        ),
        st.builds(ThoughtPart, redacted=st.just("c2VhbGVk")),
        st.builds(ToolCall, _IDS, name, json_arguments().map(json.dumps), signature),
        st.builds(
            ToolResult,
            _IDS,
            name,
            _OUTPUTS | st.lists(_IMAGES, min_size=1, max_size=1),
            st.booleans(),
        ),
        _IMAGES,
        st.builds(RawPart, st.just("another"), json_arguments()),
    )


def conversations(
    provider: str | Provider | None = None,
    endpoint: str | None = None,
    *,
    max_turns: int = 3,
    media: bool = False,
) -> st.SearchStrategy[list[Any]]:
    """A conversation with *provider* as far as it has come, as ``messages=`` takes it; with any, without one.

    Questions, answers as they were read from the provider's own bytes (text, thoughts with signatures,
    parallel calls), a `ToolResult` for each call, with failures among them, and answers that were cut.
    It ends with a question, or with results: a model may be asked at once.  Call ids differ within a
    conversation.  With *media* questions may have images.  Shrinks to one short question.

    :raises ConfigurationError: the kit writes no bodies of that provider.
    """
    if provider is None:
        each = [conversations(*wire, max_turns=max_turns, media=media) for wire in WIRES]
        return st.one_of(each)
    found = get(provider, endpoint) if isinstance(provider, str) else provider
    answers = replies_of(wire_of(found).fresh().abilities).map(lambda reply: _as_read(found, reply))
    return _conversations(answers.filter(_says_something), _questions(media=media), max_turns)


def _as_read(provider: Provider, reply: Response) -> Response:
    """*reply* as the provider's bytes mean it, with all that is sent back to it."""
    encoder = wire_of(provider).fresh()
    decoder = StreamDecoder(provider)
    body = encoder.begin() + b"".join(map(encoder.feed, chunks_of(reply))) + encoder.end()
    return reassemble([*decoder.feed(body), *decoder.flush()])


def _says_something(answer: Response) -> bool:
    """Whether an answer can be sent back: no API takes one of blanks or of thoughts alone."""
    message = answer.message
    calls = any(isinstance(part, ToolCall) for part in message.parts)
    return calls or bool(message.assistant_response.strip())


@st.composite
def _conversations(
    draw: st.DrawFn,
    answers: st.SearchStrategy[Response],
    question: st.SearchStrategy[Message],
    max_turns: int,
) -> list[Message]:
    numbers = count()
    told: list[Message] = [draw(question)]
    for _ in range(draw(st.integers(0, max_turns))):
        message = _renumbered(draw(answers).message, numbers)
        told.append(message)
        calls = [part for part in message.parts if isinstance(part, ToolCall)]
        told += [
            ToolResult(call.id, call.name, draw(_OUTPUTS), draw(st.booleans())) for call in calls
        ]
        if not calls or draw(st.booleans()):
            told.append(draw(question))
    return told


def _questions(*, media: bool) -> st.SearchStrategy[Message]:
    plain: st.SearchStrategy[Any] = _SOME_TEXT
    if media:
        plain |= st.tuples(_SOME_TEXT.map(TextPart), _IMAGES).map(list)
    return plain.map(lambda content: {"role": "user", "content": content})


def _renumbered(
    message: AssistantResponseContent, numbers: Iterator[int]
) -> AssistantResponseContent:
    """*message* with ids of calls that no other message has, and with names that every provider takes."""
    parts = [
        _as_offered(part, next(numbers)) if isinstance(part, ToolCall) else part
        for part in message.parts
    ]
    return attrs.evolve(message, parts=parts)


def _as_offered(call: ToolCall, number: int) -> ToolCall:
    name = call.name if call.name.isascii() else "look"
    made = is_made_id(call.id)
    return attrs.evolve(call, id=make_call_id(number) if made else f"call_{number}", name=name)
