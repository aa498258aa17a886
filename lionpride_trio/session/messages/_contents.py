"""The five contents of messages, each with its chat role."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, TypeAlias

import attrs
from attrs.validators import deep_iterable, instance_of, optional

from ..._assistant import AssistantResponseContent
from ..._checks import listed
from ..._json_form import has_json_form, written
from ..._media import MediaPart
from ..._parts import Native, TextPart, ToolCall
from ...wire._json import MAX_DEPTH, loads

_Arguments: TypeAlias = str | Mapping[str, Any] | list[Any]


def _texts(texts: Iterable[str]) -> tuple[str, ...]:
    if isinstance(texts, str):
        raise TypeError(f"context is a list of str: write context=[{texts!r:.100}]")
    return tuple(texts)


def _attached(parts: Iterable[MediaPart]) -> tuple[MediaPart, ...]:
    if isinstance(parts, MediaPart):
        raise TypeError("attachments is a list of parts: write attachments=[Image(…)]")
    return tuple(parts)


def _as_text(arguments: _Arguments) -> str:
    """The arguments of a call as the model would have written them."""
    if isinstance(arguments, Mapping):
        arguments = dict(arguments)
    if isinstance(arguments, dict | list):
        return _json(arguments, "arguments")
    if not isinstance(arguments, str):
        raise TypeError(f"arguments are JSON text, or a mapping, not {arguments!r:.100}")
    return arguments


def _json(value: Any, what: str) -> str:
    """*value* as text for a model."""
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise TypeError(f"{what} must be text or what JSON can say: {error}") from error


def _is_parts(output: Any) -> bool:
    several = listed(output)
    return len(several) > 0 and all(isinstance(part, TextPart | MediaPart) for part in several)


def _check_output(_: Any, __: Any, output: Any) -> None:
    if not _is_parts(output):
        _json(output, "output")  # a model can be told it,
    written(output, "output", MAX_DEPTH)  # and a session be saved with it


@has_json_form
@attrs.frozen(kw_only=True)
class SystemContent:
    """A rule for the model's behaviour."""

    role: ClassVar[str] = "system"
    system_message: str = attrs.field(validator=instance_of(str))
    """The text."""

    def chat_msg(self) -> dict[str, Any]:
        """The provider-neutral message."""
        return {"role": self.role, "content": self.system_message}


@has_json_form
@attrs.frozen(kw_only=True)
class InstructionContent:
    """The question of the user, with context to answer it by."""

    role: ClassVar[str] = "user"
    instruction: str = attrs.field(validator=instance_of(str))
    """The question or the task."""
    context: tuple[str, ...] = attrs.field(
        default=(), converter=_texts, validator=deep_iterable(instance_of(str))
    )
    """Texts that stand before the instruction."""
    attachments: tuple[MediaPart, ...] = attrs.field(
        default=(), converter=_attached, validator=deep_iterable(instance_of(MediaPart))
    )
    """Images, sounds and files that belong to it."""

    def chat_msg(self) -> dict[str, Any]:
        """The provider-neutral message: the context, then the attachments, then the instruction.

        Attachments stand before the question about them, as providers advise.
        """
        text = "\n\n".join([*self.context, self.instruction])
        if not self.attachments:
            return {"role": self.role, "content": text}
        return {"role": self.role, "content": [*self.attachments, TextPart(text)]}


@has_json_form
@attrs.frozen(kw_only=True)
class ActionRequestContent:
    """A tool call of the model."""

    role: ClassVar[str] = "assistant"
    function: str = attrs.field(validator=instance_of(str))
    """The name of the tool."""
    arguments: str = attrs.field(default="{}", converter=_as_text)
    """The arguments as the model wrote them, JSON or not; a mapping is written as JSON."""
    call_id: str | None = attrs.field(default=None, validator=optional(instance_of(str)))
    """The id of the call: its provider's, or one that this library made."""
    signature: str | None = attrs.field(default=None, validator=optional(instance_of(str)))
    """The provider's proof that the call is its own; see `ToolCall`."""
    native: Native | None = attrs.field(
        default=None, validator=optional(instance_of(Native)), repr=False
    )
    """The provider's own facts of it; see `ToolCall`."""

    def parsed(self) -> Any:
        """The arguments decoded from JSON.

        :raises DecodeError: when they are no JSON, as in an answer cut by its length.
        """
        return loads(self.arguments)

    @property
    def call(self) -> ToolCall:
        """The call as a part of a message."""
        return ToolCall(
            self.call_id or "", self.function, self.arguments, self.signature, native=self.native
        )

    def chat_msg(self) -> dict[str, Any]:
        """The provider-neutral message, with one tool call."""
        if self.signature or self.native:
            return {"role": self.role, "content": [self.call]}
        call = {
            "id": self.call_id,
            "type": "function",
            "function": {"name": self.function, "arguments": self.arguments},
        }
        return {"role": self.role, "content": None, "tool_calls": [call]}


@has_json_form
@attrs.frozen(kw_only=True)
class ActionResponseContent:
    """The result of a tool call."""

    role: ClassVar[str] = "tool"
    output: Any = attrs.field(validator=_check_output)
    """A text, a list of `TextPart` and `MediaPart`, or what JSON can say."""
    function: str = attrs.field(default="", validator=instance_of(str))
    """The name of the tool."""
    call_id: str | None = attrs.field(default=None, validator=optional(instance_of(str)))
    """The id of the call that this answers."""
    is_error: bool = attrs.field(default=False, validator=instance_of(bool))
    """The tool failed, and the output says how."""

    def chat_msg(self) -> dict[str, Any]:
        """The provider-neutral message; an output that is neither text nor parts is written as JSON."""
        said = self.output
        if _is_parts(said):
            said = list(said)
        elif not isinstance(said, str):
            said = _json(said, "output")
        message = {"role": self.role, "tool_call_id": self.call_id, "content": said}
        return message | ({"is_error": True} if self.is_error else {})


Content = (
    SystemContent
    | InstructionContent
    | AssistantResponseContent
    | ActionRequestContent
    | ActionResponseContent
)
"""The contents of a `Message`."""
