"""The five contents of messages, each with its chat role."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, TypeAlias

import attrs
from attrs.validators import deep_iterable, instance_of, optional

from ..._chunks import Verdict
from ..._json_form import has_json_form, written
from ...wire._json import MAX_DEPTH, loads

_Arguments: TypeAlias = str | Mapping[str, Any] | list[Any]


def _texts(texts: Iterable[str]) -> tuple[str, ...]:
    if isinstance(texts, str):
        raise TypeError(f"context is a list of str: write context=[{texts!r:.100}]")
    return tuple(texts)


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


def _check_output(_: Any, __: Any, output: Any) -> None:
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

    def chat_msg(self) -> dict[str, Any]:
        """The provider-neutral message: the context stands before the instruction."""
        return {"role": self.role, "content": "\n\n".join([*self.context, self.instruction])}


@has_json_form
@attrs.frozen(kw_only=True)
class AssistantResponseContent:
    """The answer of the model."""

    role: ClassVar[str] = "assistant"
    assistant_response: str = attrs.field(validator=instance_of(str))
    """The text of the answer."""
    verdict: Verdict | None = attrs.field(
        default=None, converter=attrs.converters.optional(Verdict)
    )
    """The end of the answer; None where it is not known."""

    def chat_msg(self) -> dict[str, Any]:
        """The provider-neutral message."""
        return {"role": self.role, "content": self.assistant_response}


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
    """The provider's id of the call."""

    def parsed(self) -> Any:
        """The arguments decoded from JSON.

        :raises DecodeError: when they are no JSON, as in an answer cut by its length.
        """
        return loads(self.arguments)

    def chat_msg(self) -> dict[str, Any]:
        """The provider-neutral message, with one tool call."""
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
    """The output: text, or a JSON value."""
    function: str = attrs.field(default="", validator=instance_of(str))
    """The name of the tool."""
    call_id: str | None = attrs.field(default=None, validator=optional(instance_of(str)))
    """The id of the call that this answers."""

    def chat_msg(self) -> dict[str, Any]:
        """The provider-neutral message; an output that is no text is written as JSON."""
        said = self.output if isinstance(self.output, str) else _json(self.output, "output")
        return {"role": self.role, "tool_call_id": self.call_id, "content": said}


Content = (
    SystemContent
    | InstructionContent
    | AssistantResponseContent
    | ActionRequestContent
    | ActionResponseContent
)
"""The contents of a `Message`."""
