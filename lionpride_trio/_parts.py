"""Parts: the ordered pieces of a whole message, what is said in it and what has to go back with it.

A model's answer is told in parts, and so may a question be::

    match part:
        case TextPart(text=text):
            ...
        case ThoughtPart(text=thought):
            ...
        case ToolCall(name=name, arguments=arguments):
            ...

A part that a provider wrote keeps that provider's own facts in ``native``, such as the ids of its
items: they are sent back to it with the part, and to no other.  They do not count when two parts are
compared.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final, Literal, TypeAlias

import attrs

from ._json_form import has_json_form
from ._media import MediaPart
from ._native import Native as Native
from .wire._json import loads

_OWN_ID: Final = "lpt_"


def make_call_id(*told: object) -> str:
    """An id for a call that its provider gave none: the same for the same words of *told*.

    It is not random, so that the same chunks always add up to the same response.
    """
    words = "\0".join(map(str, told)).encode("utf-8", "replace")
    return _OWN_ID + hashlib.blake2b(words, digest_size=10).hexdigest()


def is_made_id(call_id: str | None) -> bool:
    """Whether `make_call_id` made this id, so that the provider of the call knows none."""
    return call_id is not None and call_id.startswith(_OWN_ID)


@has_json_form
@attrs.frozen
class TextPart:
    """A text."""

    text: str
    """The text."""
    signature: str | None = attrs.field(default=None, kw_only=True)
    """The provider's proof that the text is its own (Gemini's ``thoughtSignature``)."""
    citations: tuple[Any, ...] = attrs.field(default=(), kw_only=True)
    """The provider's citation objects for this text, in order."""
    native: Native | None = attrs.field(default=None, kw_only=True, eq=False, repr=False)
    """The provider's own facts of it; None for a part that no provider wrote."""
    type: Literal["text"] = attrs.field(default="text", kw_only=True, repr=False)
    """The kind of part, for converters such as cattrs that choose a class by it."""


@has_json_form
@attrs.frozen
class ThoughtPart:
    """A block of a model's reasoning, with what is needed to send it back."""

    text: str = ""
    """The reasoning; empty where the provider shows none of it."""
    signature: str | None = None
    """The provider's proof that the reasoning is its own."""
    redacted: str | None = None
    """The reasoning in encrypted form."""
    id: str | None = None
    """The provider's id of the block."""
    native: Native | None = attrs.field(default=None, kw_only=True, eq=False, repr=False)
    """The provider's own facts of it; None for a part that no provider wrote."""
    type: Literal["thought"] = attrs.field(default="thought", kw_only=True, repr=False)
    """The kind of part, for converters such as cattrs that choose a class by it."""


@has_json_form
@attrs.frozen
class ToolCall:
    """A whole tool call."""

    id: str = attrs.field(eq=lambda call_id: None if is_made_id(call_id) else call_id)
    """The id of the call, which its result has to name.

    The provider's own, or one that this library made where the provider gives none; such a one does
    not count when two calls are compared.
    """
    name: str
    """The name of the tool."""
    arguments: str = "{}"
    """The arguments as the model wrote them; ``"{}"`` where it wrote none."""
    signature: str | None = None
    """The provider's proof that the call is its own (Gemini's ``thoughtSignature``)."""
    native: Native | None = attrs.field(default=None, kw_only=True, eq=False, repr=False)
    """The provider's own facts of it; None for a part that no provider wrote."""
    type: Literal["tool_call"] = attrs.field(default="tool_call", kw_only=True, repr=False)
    """The kind of part, for converters such as cattrs that choose a class by it."""

    def parsed(self) -> Any:
        """The arguments decoded from JSON.

        :raises DecodeError: when they are no JSON, as in an answer cut by its length.
        """
        return loads(self.arguments)


@has_json_form
@attrs.frozen
class ToolResult:
    """The result of a tool call."""

    call_id: str
    """The id of the call that this answers."""
    name: str = ""
    """The name of the tool."""
    output: Any = ""
    """A text, a list of `TextPart` and `MediaPart`, or what JSON can say."""
    is_error: bool = False
    """The tool failed, and the output says how."""
    type: Literal["tool_result"] = attrs.field(default="tool_result", kw_only=True, repr=False)
    """The kind of part, for converters such as cattrs that choose a class by it."""


@has_json_form
@attrs.frozen
class RawPart:
    """A provider's own block that this library does not model, kept to be sent back to it."""

    provider: str
    """The provider's form of messages, as in `Native`."""
    block: Any
    """The block, decoded."""
    type: Literal["raw"] = attrs.field(default="raw", kw_only=True, repr=False)
    """The kind of part, for converters such as cattrs that choose a class by it."""


Part: TypeAlias = TextPart | ThoughtPart | ToolCall | ToolResult | MediaPart | RawPart
"""One piece of a message."""
PARTS: Final = (TextPart, ThoughtPart, ToolCall, ToolResult, MediaPart, RawPart)
"""The classes of parts."""
